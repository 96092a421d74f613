"""The audio book: recordings, and chapters that all have their text."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator

from aarhuskompas.editing import (
    PUBLISHING,
    OrderedForm,
    OrderedFormSet,
    OrderedInline,
    PublishableAdmin,
    english,
)
from compass.models import Chapter, Recording

NO_TEXT = "En optagelse skal have mindst ét kapitel med tekst, før den kan offentliggøres."
SOUND = FileExtensionValidator(["mp3", "m4a", "ogg", "opus", "wav"])


class ChapterForm(OrderedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "audio" in self.fields:
            self.fields["audio"].validators.append(SOUND)


class ChapterFormSet(OrderedFormSet):
    def clean(self):
        super().clean()
        kept = [form for form in self.forms if self._is_kept(form)]
        if self.instance.published_at and not kept:
            raise ValidationError(NO_TEXT)

    def _is_kept(self, form) -> bool:
        return form not in self.deleted_forms and bool(form.cleaned_data.get("transcript"))


class ChapterInline(OrderedInline):
    model = Chapter
    form = ChapterForm
    formset = ChapterFormSet
    help_texts = {
        "transcript": "Skriv teksten ord for ord, som den læses. Uden den kan kapitlet ikke gemmes.",
        "seconds": "Afspilleren viser længden, før lyden er hentet.",
    }
    fieldsets = [
        (None, {"fields": ["position", "language", "title", "audio", "seconds", "transcript"]}),
        english("title_en"),
    ]


@admin.register(Recording)
class RecordingAdmin(PublishableAdmin):
    text_field = ""
    list_display = ["title"]
    search_fields = ["title", "title_en", "note"]
    inlines = [ChapterInline]
    fieldsets = [
        (None, {"fields": ["title", "note"]}),
        english("title_en", "note_en"),
        PUBLISHING,
    ]

    def check_before_publishing(self, item):
        if not item.chapters.exclude(transcript="").exists():
            raise ValidationError(NO_TEXT)
