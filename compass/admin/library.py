"""What is read: dilemmas with their standpoints, and stories."""

from django.contrib import admin

from aarhuskompas.editing import (
    PROVENANCE,
    PUBLISHING,
    OrderedInline,
    PublishableAdmin,
    english,
)
from compass.models import Dilemma, Standpoint, Story


class StandpointInline(OrderedInline):
    model = Standpoint
    fieldsets = [
        (None, {"fields": ["position", "title", "text"]}),
        english("title_en", "text_en"),
    ]


@admin.register(Dilemma)
class DilemmaAdmin(PublishableAdmin):
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
class StoryAdmin(PublishableAdmin):
    list_display = ["title", "path", "kind"]
    list_filter = ["path", "kind", "outcome", "department", "themes", "provenance"]
    list_select_related = ["path"]
    search_fields = ["title", "title_en", "key", "standfirst", "body"]
    autocomplete_fields = ["themes", "department", "dilemmas", "sources"]
    help_texts = {
        "standfirst": "To eller tre sætninger, der siger, hvad der skete, og hvorfor det er værd at læse.",
        "talk": "Spørgsmål, som læserne kan tale om bagefter. Skriv ét på hver linje.",
        "outcome": "Det, der ikke gik, er lige så værdifuldt som det, der gik.",
        "year": "Det år, historien handler om.",
        "facts_as_of": "Skriv, hvornår oplysningerne var rigtige, fx «2018».",
        "dilemmas": "Vælg de dilemmaer, som historien belyser.",
        "sources": "Vælg de kilder, som oplysningerne kommer fra.",
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
        ("Ophav og kilder", {"fields": [*PROVENANCE, "facts_as_of", "sources"]}),
        PUBLISHING,
    ]  # fmt: skip
