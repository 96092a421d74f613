"""Stories, of which there may be 100,000."""

from django.contrib import admin
from django.db.models import Q

from compass.admin.choosers import ChooseOne, ChooseSeveral
from compass.admin.lists import LargeTablePaginator
from compass.admin.spreadsheets import SPREADSHEETS
from compass.models import Attachment, Picture, Story
from compass.search import MOST_STORIES, story_ids
from publishing.admin import PROVENANCE, WITH_KEY, PublishableAdmin, TaskKind
from publishing.publishable import State, in_state


@admin.register(Story)
class StoryAdmin(PublishableAdmin):
    features = [SPREADSHEETS]
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
    autocomplete_fields = ["themes", "department", "dilemmas", "sources"]
    help_texts = {
        "standfirst": "To eller tre sætninger, der siger, hvad der skete, og hvorfor det er værd at læse.",
        "talk": "Spørgsmål, som læserne kan tale om bagefter. Skriv ét på hver linje.",
        "outcome": "Det, der ikke gik, er lige så værdifuldt som det, der gik.",
        "year": "Det år, historien handler om.",
        "facts_as_of": "Skriv, hvornår oplysningerne var rigtige, fx «2018».",
        "dilemmas": "Vælg de dilemmaer, som historien belyser.",
        "sources": "Vælg de kilder, som oplysningerne kommer fra.",
        "drawing": "Vises, hvor der ikke er et billede. Vælg ingen, så er det vejens tegning.",
        "attachments": "Filer, som læseren kan hente under teksten.",
    }
    fieldsets = [
        (None, {"fields": [
            "kind", "path", "title", "standfirst", "body", "readability", "talk",
            "outcome", "year", "department", "themes", "dilemmas",
        ]}),
        ("Billede og filer", {"fields": ["drawing", "picture", "attachments"]}),
        ("Ophav og kilder", {"fields": [*PROVENANCE, "facts_as_of", "sources"]}),
        WITH_KEY,
    ]  # fmt: skip

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model is Picture:
            kwargs["widget"] = ChooseOne(Picture)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.related_model is Attachment:
            return db_field.formfield(**kwargs, widget=ChooseSeveral(Attachment))  # without «hold Ctrl down»
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_search_results(self, request, queryset, search_term):
        """By the portal's own index, the newest thousand: looking through every text takes seconds."""
        if not search_term.strip():
            return queryset, False
        key = search_term.strip()
        by_key = Story.objects.filter(Q(key__startswith=key) | Q(key__startswith=key.upper()))
        ids = [*story_ids(search_term), *by_key.values_list("pk", flat=True)[:MOST_STORIES]]
        return queryset.filter(pk__in=ids), False
