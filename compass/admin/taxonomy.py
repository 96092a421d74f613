"""What content is sorted by and taken from."""

from django.contrib import admin

from compass.admin.lists import has_link
from compass.admin.spreadsheets import SPREADSHEETS
from compass.models import Department, Source, Theme
from publishing.admin import ContentAdmin


@admin.register(Department)
class TermAdmin(ContentAdmin):
    features = [SPREADSHEETS]
    list_display = ["title", "slug"]
    search_fields = ["title", "title_en"]
    help_texts = {
        "slug": "Står i adressen, når historier filtreres. Lad feltet stå tomt, så laves det af titlen."
    }
    fields = ["title", "slug"]


@admin.register(Theme)
class ThemeAdmin(TermAdmin):
    fields = ["title", "slug", "drawing"]


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    list_display = ["title", "key", "dated", has_link]
    list_filter = [("url", admin.EmptyFieldListFilter)]
    search_fields = ["title", "key", "address", "dated"]
    help_texts = {
        "key": "Den vises ikke for læseren. Lad feltet stå tomt, så får den den næste.",
        "address": "Skriv adressen, som den stod, da kilden blev læst.",
    }
    fields = ["title", "dated", "address", "url", "key"]
