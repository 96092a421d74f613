from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from publishing.danish_order import danish_order
from publishing.publishable import Publishable
from publishing.translated import Translated

NO_TEXT = "En optagelse skal have mindst ét kapitel med tekst, før den kan offentliggøres."


class Recording(Translated, Publishable):
    """Something read aloud, in chapters."""

    slug = models.SlugField("adresse", unique=True)
    title = models.CharField("titel", max_length=160)
    title_en = models.CharField("titel, engelsk", max_length=160, blank=True)
    note = models.TextField(
        "om optagelsen", blank=True, help_text="Fx hvem der læser op, eller at stemmen er kunstig."
    )
    note_en = models.TextField("om optagelsen, engelsk", blank=True)

    class Meta:
        verbose_name = "optagelse"
        verbose_name_plural = "lydbog"
        ordering = [danish_order("title")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"{reverse('compass:audiobook')}#{self.slug}"

    def is_read_in(self, language: str) -> bool:
        """Whether its voice speaks the language."""
        return any(chapter.language == language for chapter in self.chapters.all())

    def check_before_publishing(self):
        if not self.chapters.exclude(transcript="").exists():
            raise ValidationError(NO_TEXT)


class Chapter(Translated, models.Model):
    recording = models.ForeignKey(
        Recording, models.CASCADE, related_name="chapters", verbose_name="optagelse"
    )
    position = models.PositiveSmallIntegerField("rækkefølge")
    language = models.CharField(
        "sprog", max_length=2, choices=[("da", "dansk"), ("en", "engelsk")], default="da"
    )
    title = models.CharField("titel", max_length=160)
    title_en = models.CharField("titel, engelsk", max_length=160, blank=True)
    audio = models.FileField("lydfil", upload_to="lyd/")
    seconds = models.PositiveIntegerField("længde i sekunder")
    transcript = models.TextField(
        "teksten, som den læses", help_text="Uden tekst kan optagelsen ikke offentliggøres."
    )

    class Meta:
        verbose_name = "kapitel"
        verbose_name_plural = "kapitler"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "position"], name="chapters_have_an_order"),
            models.CheckConstraint(
                condition=~models.Q(transcript=""),
                name="no_audio_without_transcript",
                violation_error_message="Skriv teksten, som den læses.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("compass:chapter", args=[self.recording.slug, self.position])

    @cached_property
    def size(self) -> int | None:
        """The size of the file in bytes; None when it is not where it should be."""
        return default_storage.sizes([self.audio.name]).get(self.audio.name)


def look_up_sizes(chapters: list[Chapter]) -> None:
    """Those of all their files at once."""
    sizes = default_storage.sizes([chapter.audio.name for chapter in chapters])
    for chapter in chapters:
        chapter.size = sizes.get(chapter.audio.name)
