"""Dilemmas with their standpoints."""

from django.contrib import admin

from compass.admin.spreadsheets import SPREADSHEETS
from compass.models import Dilemma, Standpoint
from publishing.admin import PROVENANCE, WITH_KEY, OrderedInline, PublishableAdmin


class StandpointInline(OrderedInline):
    model = Standpoint
    fields = ["position", "title", "text"]


@admin.register(Dilemma)
class DilemmaAdmin(PublishableAdmin):
    features = [SPREADSHEETS]
    text_field = "description"
    list_display = ["title", "path"]
    list_filter = ["path", "provenance"]
    list_select_related = ["path"]
    search_fields = ["title", "title_en", "key", "description"]
    autocomplete_fields = ["sources"]
    inlines = [StandpointInline]
    help_texts = {
        "key": "Kompassernes trin henviser med den. Lad feltet stå tomt, så får den den næste.",
        "pole_a": "Skriv polen, så den, der står der, kan kende sig selv.",
        "pole_b": "Skriv den lige så venligt og omtrent lige så langt som den første.",
        "question": "Et spørgsmål, som en gruppe kan begynde en samtale med.",
        "sources": "Vælg de kilder, som temaet eller oplysningerne kommer fra.",
    }
    fieldsets = [
        (None, {"fields": [
            "path", "title", "pole_a", "pole_b", "description", "readability",
            "question",
        ]}),
        ("Ophav og kilder", {"fields": [*PROVENANCE, "sources"]}),
        WITH_KEY,
    ]  # fmt: skip
