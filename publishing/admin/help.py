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
    "key": "En kort og entydig nøgle, fx S21. Andet indhold henviser med den.",
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


class TextArea(AdminTextareaWidget):
    """A browser sends every line end as CRLF; kept so, each text that is saved would seem changed."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value and value.replace("\r\n", "\n")


class HelpTexts(CheckedFields):
    """Mixin for admins and inlines: whole sentences beside the fields, and room for the long texts."""

    help_texts: dict[str, str] = {}
    formfield_overrides = {models.TextField: {"widget": TextArea}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        help_text = {**HELP, **self.help_texts}.get(db_field.name)
        if help_text:
            kwargs["help_text"] = help_text
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field.widget if field else None, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False  # a red cross there reads as «choose nothing»
        if isinstance(db_field, models.TextField):
            is_long = db_field.name.removesuffix("_en") in LONG_TEXTS
            field.widget.attrs["rows"] = 20 if is_long else 4
        return field
