"""Pages of their own, and the people one can write to."""

import re

from django.conf import settings
from django.contrib import admin, messages

from compass.admin.spreadsheets import SPREADSHEETS
from compass.models import Contact, Page
from publishing.admin import PUBLISHING, ContentAdmin, PublishableAdmin
from publishing.admin.bulk import asks_first
from publishing.admin.references import Use

ASKED_FOR_BY_VIEWS = {"kontakt", "viden", "tilgaengelighed"}
IN_A_TEMPLATE = re.compile(r"""["']compass:page["'] ["']([\w-]+)["']""")


def pages_in_templates() -> frozenset[str]:
    """The slugs that the menu, the footer and fixed pages lead to."""
    files = [file for folder in settings.TEMPLATES[0]["DIRS"] for file in folder.rglob("*.html")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return frozenset(slug for text in texts for slug in IN_A_TEMPLATE.findall(text))


@admin.register(Page)
class PageAdmin(PublishableAdmin):
    list_display = ["title", "slug"]
    search_fields = ["title", "title_en", "standfirst", "body"]
    fieldsets = [
        (None, {"fields": ["title", "standfirst", "body", "readability"]}),
        PUBLISHING,
    ]

    def uses(self, item):
        is_asked_for = item.slug in ASKED_FOR_BY_VIEWS | pages_in_templates()
        own = [Use("Portalen selv", "Menu, fod eller faste sider")] if is_asked_for else []
        return [*own, *super().uses(item)]


@asks_first(
    "Vis på siden", does="Alle kan så se dem under Kontakt.", applies=lambda contact: not contact.is_shown
)
def show(model_admin, request, contacts):
    _switch(model_admin, request, contacts, is_shown=True)


@asks_first("Skjul", does="Læserne kan så ikke se dem mere.", applies=lambda contact: contact.is_shown)
def hide(model_admin, request, contacts):
    _switch(model_admin, request, contacts, is_shown=False)


def _switch(model_admin, request, contacts, *, is_shown):
    message = "Vises på siden." if is_shown else "Skjult på siden."
    for contact in contacts:
        contact.is_shown = is_shown
        contact.save(update_fields=["is_shown"])
        model_admin.log_change(request, contact, message)
        messages.success(request, f"{contact}: {message}")


@admin.register(Contact)
class ContactAdmin(ContentAdmin):
    features = [SPREADSHEETS]
    list_display = ["name", "role", "department", "is_shown", "is_shown_in_english", "as_of"]
    list_filter = ["is_shown", "is_shown_in_english", "department"]
    list_select_related = ["department"]
    search_fields = ["name", "role", "email"]
    autocomplete_fields = ["department"]
    actions = [show, hide]
    help_texts = {
        "as_of": "Skriv den dag, du sidst spurgte. Læseren ser datoen.",
        "is_shown": "Fjern fluebenet, når kontakten er holdt op eller ikke vil stå på siden.",
        "is_shown_in_english": "Sæt kun flueben, når kontakten har sagt ja til det.",
    }
    fieldsets = [
        (None, {"fields": ["name", "role", "department", "email", "as_of"]}),
        ("Vises", {"fields": ["is_shown", "is_shown_in_english"]}),
    ]
