from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.marks import PUBLISHED
from publishing.translated import Text, Translated, label_of


class Source(models.Model):
    """A page or document that facts were taken from."""

    key = models.CharField("nøgle", max_length=20, unique=True)
    title = models.CharField("titel", max_length=250)
    dated = models.CharField("dato eller udgiver", max_length=120, blank=True)
    address = models.CharField("adresse, som den stod", max_length=250, blank=True)
    url = models.URLField("link", blank=True, help_text="Kun hvis adressen er hel og virker.")

    personal_data = PUBLISHED

    class Meta:
        verbose_name = "kilde"
        verbose_name_plural = "kilder"
        ordering = ["key"]

    def __str__(self):
        return f"{self.key}: {self.title}"


class Provenance(Translated, models.Model):
    """Where a text comes from, always shown to the reader (product.md §4.6)."""

    class Kind(models.TextChoices):
        SOURCED = "sourced", _("Bygger på kilder")
        SOURCED_THEME = (
            "sourced-theme",
            _("Temaet er hentet fra en kilde. Teksten er skrevet til portalen."),
        )
        COMPOSED = (
            "composed",
            _("Eksempel skrevet til portalen. Det er ikke hentet fra en publikation."),
        )

    provenance = models.CharField("ophav", max_length=20, choices=Kind.choices)
    provenance_note = models.TextField("note om ophav", blank=True)
    provenance_note_en = models.TextField("note om ophav, engelsk", blank=True)

    class Meta:
        abstract = True

    @property
    def provenance_text(self) -> Text:
        """The note where somebody wrote one, else the label of the kind."""
        return self.local.provenance_note or Text(label_of(Provenance.Kind, self.provenance))
