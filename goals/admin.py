from django.contrib import admin

from goals.models import CityGoal, Goodbye
from privacy.models import Why
from publishing.admin import ContentAdmin, PublishableAdmin, TaskKind
from publishing.publishable import State, in_state


@admin.register(CityGoal)
class CityGoalAdmin(ContentAdmin):
    """The list that staff choose from when they write a goal in, and that the overview counts by."""

    list_display = ["title", "position"]
    search_fields = ["title", "title_en"]
    help_texts = {
        "title": (
            "Skriv målet, som byrådet har vedtaget det. Når listen er tom, skriver medarbejderne det "
            "med egne ord."
        ),
        "position": "Målene vises i denne rækkefølge. Det laveste tal står først.",
    }
    fieldsets = [(None, {"fields": ["title", "position"]})]


@admin.register(Goodbye)
class GoodbyeAdmin(PublishableAdmin):
    """Only what its owner has offered to the public; the goal and the answers are not shown here."""

    text_field = "why"
    looked_at_as = Why.CURATION
    # Whoever offers a goodbye asks for it to be read: it comes in as a draft.
    own_tasks = [TaskKind("Farveller til gennemsyn", lambda model: in_state(State.DRAFT), "status=kladde")]
    list_display = ["what", "department", "stops_on", "is_trial"]
    list_filter = ["department", "is_trial"]
    search_fields = ["what", "why", "frees"]
    fields = [
        "what",
        "why",
        "stops_on",
        "is_trial",
        "trial_until",
        "frees",
        "guard",
        "department",
        "published_at",
        "updated_at",
        "readability",
    ]
    help_texts = {
        "is_trial": "Et farvel på prøve står med en slutdato på den offentlige liste.",
        "trial_until": "Skal ligge efter den dag, noget holder op.",
    }

    def get_queryset(self, request):
        return super().get_queryset(request).shared()

    def has_add_permission(self, request):
        return False
