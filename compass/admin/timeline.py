"""How the framework came about: timeline, facts and documents."""

from django.contrib import admin

from compass.admin.lists import has_link
from compass.admin.spreadsheets import SPREADSHEETS
from compass.models import Fact, Milestone, Resource
from publishing.admin import ContentAdmin


@admin.register(Milestone)
class MilestoneAdmin(ContentAdmin):
    features = [SPREADSHEETS]
    list_display = ["date_text", "text", "kind", "order"]
    list_filter = ["kind", "precision"]
    search_fields = ["text", "date_text", "key"]
    ordering = ["order"]
    autocomplete_fields = ["sources", "resources"]
    help_texts = {
        "order": "Det laveste tal vises øverst. Også det, der ikke har en dato, får her sin plads.",
        "date": "Er dagen ikke kendt, så skriv den første i måneden eller året.",
        "precision": "Siger, hvor meget af datoen der er sikkert.",
        "date_text": "Sådan ser læseren datoen, fx «foråret 2019».",
    }
    fieldsets = [
        (None, {"fields": ["order", "kind", "date", "precision", "date_text", "text", "key"]}),
        ("Kilder", {"fields": ["sources", "resources"]}),
    ]


@admin.register(Fact)
class FactAdmin(ContentAdmin):
    list_display = ["text", "key", "group"]
    list_filter = ["group"]
    search_fields = ["text", "key"]
    autocomplete_fields = ["sources"]
    help_texts = {"text": "Skriv altid årstallet ved et tal, fx «2018: godt 50 frivillige»."}
    fieldsets = [
        (None, {"fields": ["group", "text", "key"]}),
        ("Kilder", {"fields": ["sources"]}),
    ]


@admin.register(Resource)
class ResourceAdmin(ContentAdmin):
    features = [SPREADSHEETS]
    list_display = ["title", "key", "kind", has_link]
    list_filter = ["kind", ("url", admin.EmptyFieldListFilter)]
    search_fields = ["title", "title_en", "text", "key"]
    help_texts = {"note": "Det, læseren skal vide, før dokumentet åbnes, fx at det er på engelsk."}
    fields = ["kind", "title", "text", "note", "url", "found_at", "key"]
