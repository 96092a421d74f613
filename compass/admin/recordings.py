"""The audio book: recordings, and chapters that all have their text."""

from pathlib import PurePath

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from compass.admin.choosers import limited
from compass.models import Chapter, Recording
from compass.models.recordings import NO_TEXT
from compass.templatetags.library import duration
from compass.uploads import SOUNDS, sound_of
from publishing.admin import PUBLISHING, OrderedForm, OrderedFormSet, OrderedInline, PublishableAdmin
from publishing.admin.filters import ConditionFilter


class ChapterForm(OrderedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "audio" in self.fields:
            endings = ",".join(f".{ending}" for ending in SOUNDS.values())
            limited(self.fields["audio"], settings.SOUND_MAX_BYTES, endings, "Gem den som MP3.")
            self.fields["audio"].widget.attrs["data-many"] = "Vælg flere lydfiler, og få et kapitel af hver:"

    def clean_audio(self):
        """Called by what it is; its length is read from it."""
        upload = self.cleaned_data["audio"]
        if isinstance(upload, UploadedFile):
            ending, self.instance.seconds = sound_of(upload)
            upload.name = f"{PurePath(upload.name).stem}.{ending}"
        return upload


class ChapterFormSet(OrderedFormSet):
    def clean(self):
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        if self.instance.published_at and not any(form.cleaned_data.get("transcript") for form in kept):
            raise ValidationError(NO_TEXT)


class ChapterInline(OrderedInline):
    model = Chapter
    form = ChapterForm
    formset = ChapterFormSet
    help_texts = {
        "transcript": (
            "Skriv teksten ord for ord, som den læses. Uden den kan kapitlet ikke gemmes. "
            "Begynd et afsnit med et tidspunkt, fx «1:35 », så kan læseren springe dertil i lyden."
        ),
        "audio": "MP3 fylder mindst. Længden bliver læst af filen.",
    }
    readonly_fields = ["length"]
    fields = ["position", "language", "title", "audio", "length", "transcript"]

    @admin.display(description="længde")
    def length(self, chapter):
        return duration(chapter.seconds) if chapter.seconds else "Læses af lydfilen."


class NoSoundFilter(ConditionFilter):
    title = "lyd og tekst"
    parameter_name = "lyd"
    conditions = {"mangler": ("Mangler lyd og tekst", lambda model: Q(chapters__isnull=True))}


@admin.register(Recording)
class RecordingAdmin(PublishableAdmin):
    text_field = ""
    # No chapter can be without its text (a constraint of the table), so only whole recordings can lack it.
    own_tasks = [NoSoundFilter.task("mangler")]
    list_display = ["title"]
    list_filter = [NoSoundFilter]
    search_fields = ["title", "title_en", "note"]
    inlines = [ChapterInline]
    fieldsets = [
        (None, {"fields": ["title", "note"]}),
        PUBLISHING,
    ]
