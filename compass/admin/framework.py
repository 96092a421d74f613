"""The framework: pivots with their points, and paths."""

from django.contrib import admin
from django.db.models import Max

from compass.models import Path, Pivot, PivotPoint
from publishing.admin import PUBLISHING, OrderedInline, PublishableAdmin


class PivotPointInline(OrderedInline):
    model = PivotPoint
    fields = ["position", "title", "text"]


class InOrderAdmin(PublishableAdmin):
    """What readers meet in an order; a new one comes last."""

    def get_changeform_initial_data(self, request):
        last = self.model.objects.aggregate(last=Max("position"))["last"] or 0
        return {"position": last + 1, **super().get_changeform_initial_data(request)}


@admin.register(Pivot)
class PivotAdmin(InOrderAdmin):
    list_display = ["title", "position"]
    search_fields = ["title", "title_en", "body"]
    ordering = ["position"]
    inlines = [PivotPointInline]
    fieldsets = [
        (None, {"fields": ["position", "title", "subtitle", "body", "readability"]}),
        PUBLISHING,
    ]


@admin.register(Path)
class PathAdmin(InOrderAdmin):
    list_display = ["title", "verb", "position"]
    search_fields = ["title", "title_en", "standfirst", "body"]
    ordering = ["position"]
    help_texts = {"verb": "Det ene ord, som vejen hedder, fx lytte."}
    fieldsets = [
        (None, {"fields": ["position", "verb", "title", "standfirst", "body", "readability", "drawing"]}),
        PUBLISHING,
    ]
