"""Whole sentences beside the fields, and room for the long texts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.db import models

from publishing.admin.lists import is_key_of
from publishing.admin.text_checks import addresses_of_checks
from publishing.fields import MarkdownField, refuse_a_mistyped_year
from publishing.translated import translated_names

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


PROVENANCE = ["provenance", "provenance_note"]
DATES = ["published_at", "published_until", "updated_at"]
PUBLISHING = ("Adresse og offentliggørelse", {"fields": ["slug", *DATES]})
WITH_KEY = ("Adresse og offentliggørelse", {"fields": ["slug", "key", *DATES]})


ENGLISH_BESIDE = "Engelsk står ved siden af dansk. Er et felt tomt, viser de engelske sider den danske tekst."


def in_pairs(fieldsets, model) -> list[tuple]:
    """Each text beside its own English: ("title", "title_en") for "title"; a form names the Danish alone."""
    lines = [line for _title, options in fieldsets for line in options["fields"]]
    twins = [name for name in translated_names(model) if name in lines]
    named = [f"{name}_en" for name in twins]

    def paired(lines) -> list:
        danish = [line for line in lines if line not in named]
        return [(line, f"{line}_en") if line in twins else line for line in danish]

    return [(title, {**options, "fields": paired(options["fields"])}) for title, options in fieldsets]


def mark_english_behind(form, names: list[str]):
    for name in names:
        if field := form.fields.get(f"{name}_en"):
            field.help_text = "Den danske tekst er ændret, siden den engelske blev skrevet."


ADDRESSES: Mapping[type[models.Field], Mapping[str, Any]] = {models.URLField: {"assume_scheme": "https"}}


def with_help(db_field, model_admin) -> dict[str, str]:
    help_text = {**HELP, **model_admin.help_texts}.get(db_field.name)
    return {"help_text": help_text} if help_text else {}


class _KeysMixin:
    """For what Django looks the chosen rows up by: at what is no key it fails."""

    def optgroups(self, name, value, attr=None):
        opts = self.field.remote_field.model._meta
        return super().optgroups(name, [key for key in value if is_key_of(opts, key)], attr)


class TypedSelect(_KeysMixin, AutocompleteSelect):
    pass


class TypedSelectMultiple(_KeysMixin, AutocompleteSelectMultiple):
    pass


def with_typed_choice(db_field, request, model_admin) -> dict[str, Any]:
    if db_field.name not in model_admin.get_autocomplete_fields(request):
        return {}
    widget = TypedSelectMultiple if db_field.many_to_many else TypedSelect
    return {"widget": widget(db_field, model_admin.admin_site)}


def furnished(field, db_field, model_admin):
    """The form field, as editors need it; of an admin or of an inline."""
    if field is None:
        return None
    if isinstance(db_field, models.DateField):
        field.validators.append(refuse_a_mistyped_year)
    widget = field.widget
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget.can_delete_related = False  # a red cross there reads as «choose nothing»
    if db_field.name.endswith("_en"):
        widget.attrs["lang"] = "en"  # the browser spells by it, and a screen reader reads by it
    if isinstance(db_field, models.TextField):
        widget.attrs["rows"] = 20 if db_field.name.removesuffix("_en") in LONG_TEXTS else 4
    if isinstance(db_field, MarkdownField):
        widget.attrs |= addresses_of_checks(model_admin)
        if db_field.name.endswith("_en"):
            widget.attrs["data-english"] = "true"
    return field


def beside_each_other(fieldsets, model) -> list[tuple]:
    """In pairs, and the first of them says so."""
    paired = in_pairs(fieldsets, model)
    if any(isinstance(line, tuple) for line in paired[0][1]["fields"]):
        paired[0][1].setdefault("description", ENGLISH_BESIDE)
    return paired


class WrittenInline(admin.StackedInline):
    """Rows that somebody writes, with the same help as in a form of its own."""

    extra = 0
    help_texts: dict[str, str] = {}
    formfield_overrides = ADDRESSES

    def get_fieldsets(self, request, obj=None):
        return in_pairs(super().get_fieldsets(request, obj), self.model)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        kwargs |= with_help(db_field, self) | with_typed_choice(db_field, request, self)
        return furnished(super().formfield_for_dbfield(db_field, request, **kwargs), db_field, self)
