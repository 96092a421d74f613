"""Whole sentences beside the fields, and room for the long texts."""

from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.db import models

from publishing.admin.text_checks import CheckedFields

LONG_TEXTS = {"body", "description", "transcript", "intro"}

MARKDOWN = (
    "Brug knapperne, eller skriv ## foran en mellemrubrik og - foran et punkt. Du kan sætte tekst ind fra "
    "Word, en hjemmeside eller et regneark: Overskrifter, lister, links og tabeller kommer med."
)
HELP = {
    "slug": (
        "Sidens adresse. Lad feltet stå tomt, så bliver den lavet af titlen. "
        "Ændrer du den på en offentlig side, fører den gamle adresse videre til den nye."
    ),
    "body": MARKDOWN,
    "description": MARKDOWN,
    "position": "Det laveste tal vises først. Lad en ny rækkes tal stå tomt, så kommer den sidst.",
    "provenance": "Læseren ser altid, hvor teksten kommer fra.",
    "provenance_note": "Står her en note, vises den i stedet for den faste tekst om ophav.",
    "key": "Andet indhold henviser med den. Lad feltet stå tomt, så får den den næste.",
}


def english(*fields: str) -> tuple:
    return (
        "Engelsk",
        {
            "fields": fields,
            "classes": ["collapse"],
            "description": "Er et felt tomt, viser de engelske sider den danske tekst.",
        },
    )


PROVENANCE = ["provenance", "provenance_note"]
DATES = ["published_at", "published_until", "updated_at"]
PUBLISHING = ("Adresse og offentliggørelse", {"fields": ["slug", *DATES]})
WITH_KEY = ("Adresse og offentliggørelse", {"fields": ["slug", "key", *DATES]})


ENGLISH_BESIDE = "Engelsk står ved siden af dansk. Er et felt tomt, viser de engelske sider den danske tekst."


def in_pairs(fieldsets) -> list[tuple]:
    """Each text beside its own English: ("title", ("title", "title_en")) instead of a fieldset at the end."""
    names = {name for _title, options in fieldsets for name in _flat(options["fields"])}
    paired = {name for name in names if name.endswith("_en") and name.removesuffix("_en") in names}
    found = []
    for title, options in fieldsets:
        fields = [_with_english(line, paired) for line in options["fields"] if line not in paired]
        if fields:
            found.append((title, {**options, "fields": fields}))
    return found


def _flat(lines) -> list[str]:
    return [name for line in lines for name in ([line] if isinstance(line, str) else line)]


def _with_english(line, paired: set[str]):
    return (line, f"{line}_en") if f"{line}_en" in paired else line


def mark_english_behind(form, names: list[str]):
    for name in names:
        if field := form.fields.get(f"{name}_en"):
            field.help_text = "Den danske tekst er ændret, siden den engelske blev skrevet."


class TextArea(AdminTextareaWidget):
    """A browser sends every line end as CRLF; kept so, each text that is saved would seem changed."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value and value.replace("\r\n", "\n")


class HelpTexts(CheckedFields):
    """Mixin for admins and inlines: whole sentences beside the fields, and room for the long texts."""

    help_texts: dict[str, str] = {}
    formfield_overrides = {models.TextField: {"widget": TextArea}}

    def get_fieldsets(self, request, obj=None):
        fieldsets = in_pairs(super().get_fieldsets(request, obj))
        if any(isinstance(line, tuple) for line in fieldsets[0][1]["fields"]) and not hasattr(
            self, "parent_model"
        ):
            fieldsets[0][1].setdefault("description", ENGLISH_BESIDE)
        return fieldsets

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        help_text = {**HELP, **self.help_texts}.get(db_field.name)
        if help_text:
            kwargs["help_text"] = help_text
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field.widget if field else None, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False  # a red cross there reads as «choose nothing»
        if field and db_field.name.endswith("_en"):
            field.widget.attrs["lang"] = "en"  # the browser spells by it, and a screen reader reads by it
        if isinstance(db_field, models.TextField):
            is_long = db_field.name.removesuffix("_en") in LONG_TEXTS
            field.widget.attrs["rows"] = 20 if is_long else 4
        return field
