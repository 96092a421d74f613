"""The audio book: recordings, and chapters that all have their text."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db.models import Q

from compass.models import Chapter, Recording
from compass.models.recordings import NO_TEXT
from publishing.admin import (
    PUBLISHING,
    OrderedForm,
    OrderedFormSet,
    OrderedInline,
    PublishableAdmin,
    TaskKind,
    english,
)

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


class NoSoundFilter(admin.SimpleListFilter):
    title = "lyd og tekst"
    parameter_name = "lyd"

    def lookups(self, request, model_admin):
        return [("mangler", "Mangler lyd og tekst")]

    def queryset(self, request, queryset):
        return queryset.filter(chapters__isnull=True) if self.value() == "mangler" else queryset


@admin.register(Recording)
class RecordingAdmin(PublishableAdmin):
    text_field = ""
    # No chapter can be without its text (a constraint of the table), so only whole recordings can lack it.
    own_tasks = [TaskKind("Mangler lyd og tekst", lambda model: Q(chapters__isnull=True), "lyd=mangler")]
    list_display = ["title"]
    list_filter = [NoSoundFilter]
    search_fields = ["title", "title_en", "note"]
    inlines = [ChapterInline]
    fieldsets = [
        (None, {"fields": ["title", "note"]}),
        english("title_en", "note_en"),
        PUBLISHING,
    ]
