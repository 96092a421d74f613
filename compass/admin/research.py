"""The research co-operation: questions, waves and the figures that editors enter."""

from django.contrib import admin

from compass.admin.spreadsheets import FIGURES, figures_link
from compass.models import ResearchFigure, ResearchQuestion, ResearchWave
from publishing.admin import ContentAdmin, OrderedInline, PublishableAdmin


@admin.register(ResearchQuestion)
class ResearchQuestionAdmin(ContentAdmin):
    list_display = ["text", "position"]
    search_fields = ["text", "text_en"]
    ordering = ["position"]
    fields = ["position", "text"]


class ResearchFigureInline(OrderedInline):
    model = ResearchFigure
    help_texts = {
        "label": "Skriv det som en sætning, læseren forstår uden spørgeskemaet.",
        "unit": "Fx procent eller gennemsnit fra 1 til 5.",
    }
    fields = ["position", "label", "value", "unit"]


@admin.register(ResearchWave)
class ResearchWaveAdmin(PublishableAdmin):
    features = [FIGURES]
    text_field = "text"
    list_display = ["title", "year"]
    search_fields = ["title", "title_en", "text"]
    inlines = [ResearchFigureInline]
    help_texts = {"year": "Det år, der blev spurgt i."}
    readonly_fields = [figures_link]
    fieldsets = [
        (None, {"fields": ["year", "title", "text", "readability", figures_link]}),
        ("Offentliggørelse", {"fields": ["published_at", "published_until", "updated_at"]}),
    ]
