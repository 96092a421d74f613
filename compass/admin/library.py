"""What is read: dilemmas with their standpoints, and stories."""

from django.contrib import admin
from django.db.models import Q

from compass.admin.exchange import Exchange
from compass.admin.lists import LargeTablePaginator
from compass.models import Dilemma, Standpoint, Story
from compass.search import MOST_STORIES, story_ids
from publishing.admin import (
    PROVENANCE,
    PUBLISHING,
    OrderedInline,
    PublishableAdmin,
    TaskKind,
    english,
)
from publishing.publishable import State, in_state


class StandpointInline(OrderedInline):
    model = Standpoint
    fieldsets = [
        (None, {"fields": ["position", "title", "text"]}),
        english("title_en", "text_en"),
    ]


@admin.register(Dilemma)
class DilemmaAdmin(Exchange, PublishableAdmin):
    text_field = "description"
    list_display = ["title", "path"]
    list_filter = ["path", "provenance"]
    list_select_related = ["path"]
    search_fields = ["title", "title_en", "key", "description"]
    autocomplete_fields = ["sources"]
    inlines = [StandpointInline]
    help_texts = {
        "key": "En kort og entydig nøgle, fx D13. Kompassernes trin henviser med den.",
        "pole_a": "Skriv polen, så den, der står der, kan kende sig selv.",
        "pole_b": "Skriv den lige så venligt og omtrent lige så langt som den første.",
        "question": "Et spørgsmål, som en gruppe kan begynde en samtale med.",
        "sources": "Vælg de kilder, som temaet eller oplysningerne kommer fra.",
    }
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "key", "path", "title", "pole_a", "pole_b", "description", "readability",
                    "question",
                ]
            },
        ),
        english(
            "title_en", "pole_a_en", "pole_b_en", "description_en", "question_en", "provenance_note_en"
        ),
        ("Ophav og kilder", {"fields": [*PROVENANCE, "sources"]}),
        PUBLISHING,
    ]  # fmt: skip


@admin.register(Story)
class StoryAdmin(Exchange, PublishableAdmin):
    # A conversation that is told as a story gets such a key (collaboration/cases.py).
    own_tasks = [
        TaskKind(
            "Kladder fra samtaler",
            lambda model: in_state(State.DRAFT) & Q(key__startswith="SK"),
            "status=kladde&key__startswith=SK",
        )
    ]
    own_lookups = ["key__startswith"]
    list_display = ["title", "path", "kind"]
    list_filter = ["path", "kind", "outcome", "department", "themes", "provenance"]
    list_select_related = ["path"]
    search_fields = ["title", "title_en", "key", "standfirst", "body"]
    # There may be 100,000: what is newest is found by an index, and nothing else is counted.
    ordering = ["-updated_at"]
    paginator = LargeTablePaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    autocomplete_fields = ["themes", "department", "dilemmas", "sources", "picture", "attachments"]
    help_texts = {
        "standfirst": "To eller tre sætninger, der siger, hvad der skete, og hvorfor det er værd at læse.",
        "talk": "Spørgsmål, som læserne kan tale om bagefter. Skriv ét på hver linje.",
        "outcome": "Det, der ikke gik, er lige så værdifuldt som det, der gik.",
        "year": "Det år, historien handler om.",
        "facts_as_of": "Skriv, hvornår oplysningerne var rigtige, fx «2018».",
        "dilemmas": "Vælg de dilemmaer, som historien belyser.",
        "sources": "Vælg de kilder, som oplysningerne kommer fra.",
        "drawing": "Vises, hvor der ikke er et billede. Vælg ingen, så er det vejens tegning.",
        "picture": "Læg først billedet op under «Billeder», og vælg det her.",
        "attachments": "Læg først filen op under «Filer», og vælg den her.",
    }
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "key", "kind", "path", "title", "standfirst", "body", "readability", "talk",
                    "outcome", "year", "department", "themes", "dilemmas",
                ]
            },
        ),
        english(
            "title_en", "standfirst_en", "body_en", "talk_en", "facts_as_of_en", "provenance_note_en"
        ),
        ("Billede og filer", {"fields": ["drawing", "picture", "attachments"]}),
        ("Ophav og kilder", {"fields": [*PROVENANCE, "facts_as_of", "sources"]}),
        PUBLISHING,
    ]  # fmt: skip

    def get_search_results(self, request, queryset, search_term):
        """By the portal's own index, the newest thousand: looking through every text takes seconds."""
        if not search_term.strip():
            return queryset, False
        key = search_term.strip()
        by_key = Story.objects.filter(Q(key__startswith=key) | Q(key__startswith=key.upper()))
        ids = [*story_ids(search_term), *by_key.values_list("pk", flat=True)[:MOST_STORIES]]
        return queryset.filter(pk__in=ids), False
