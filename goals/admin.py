from django.contrib import admin

from aarhuskompas.editing import PublishableAdmin
from goals.models import Goodbye


@admin.register(Goodbye)
class GoodbyeAdmin(PublishableAdmin):
    """Only what its owner has offered to the public; the goal and the answers are not shown here."""

    text_field = "why"
    list_display = ["what", "department", "stops_on"]
    list_filter = ["department"]
    search_fields = ["what", "why", "frees"]
    fields = [
        "what",
        "why",
        "stops_on",
        "frees",
        "guard",
        "department",
        "published_at",
        "updated_at",
        "readability",
    ]

    def has_add_permission(self, request):
        return False
