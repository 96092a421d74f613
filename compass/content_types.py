"""What the compass publishes: one declaration a type, in the order in which the search shows them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compass.models import (
    Attachment,
    Chapter,
    Contact,
    Department,
    Dilemma,
    Fact,
    Milestone,
    Page,
    Path,
    Picture,
    Pivot,
    PivotPoint,
    Recording,
    Redirect,
    ResearchFigure,
    ResearchQuestion,
    ResearchWave,
    Resource,
    Source,
    Standpoint,
    Story,
    Theme,
)
from publishing.registry import ContentType, OpenData, Search, declare

# The mark of what a change is seen in, and that of the index of stories where they are filtered by it.
INDEXED = ("library", "index")
STORIES = ("stories", "index")  # apart: what all pages have alike is not read again for a story


declare(
    ContentType(
        model=Pivot,
        has_page=True,
        parts=(PivotPoint,),
        search=(
            Search(
                label=pgettext_lazy("søgning", "Omdrejningspunkter"),
                route="compass:pivot",
                intro=("subtitle",),
            ),
        ),
    ),
    ContentType(
        model=Path,
        has_page=True,
        search=(Search(label=pgettext_lazy("søgning", "Veje"), route="compass:path"),),
        marks=INDEXED,
    ),
    ContentType(
        model=Dilemma,
        has_page=True,
        parts=(Standpoint,),
        search=(
            Search(
                label=pgettext_lazy("søgning", "Dilemmaer"),
                route="compass:dilemma",
                intro=("pole_a", "pole_b"),
                body=("description", "question"),
            ),
        ),
        imported=(
            "key",
            "slug",
            "path",
            "title",
            "pole_a",
            "pole_b",
            "description",
            "question",
            "sources",
            "provenance",
            "provenance_note",
        ),
        open_data=OpenData(
            name="dilemmaer",
            columns={
                "pole_a": _("Den ene pol."),
                "pole_b": _("Den anden pol."),
                "description": _("Beskrivelse i Markdown."),
                "question": _("Spørgsmål til snak."),
                "standpoints": _("Steder at stå."),
            },
        ),
    ),
    ContentType(
        model=Story,
        has_page=True,
        search=(
            Search(label=pgettext_lazy("søgning", "Historier"), route="compass:story", body=("body", "talk")),
        ),
        imported=(
            "key",
            "slug",
            "kind",
            "path",
            "title",
            "standfirst",
            "body",
            "talk",
            "themes",
            "department",
            "year",
            "outcome",
            "facts_as_of",
            "dilemmas",
            "sources",
            "provenance",
            "provenance_note",
        ),
        open_data=OpenData(
            name="historier",
            columns={
                "kind": _("Slags: article, case, portrait eller tool."),
                "standfirst": _("Indledning."),
                "body": _("Teksten i Markdown."),
                "talk": _("Spørgsmål at snakke om."),
                "themes": _("Temaer."),
                "department": _("Forvaltning."),
                "year": _("Året, den handler om."),
                "outcome": _("Hvordan det gik: worked, mixed, did-not-work, open eller tomt."),
                "facts_as_of": _("Hvornår oplysningerne var rigtige."),
                "dilemmas": _("Nøgler på dilemmaer i historien."),
            },
        ),
        marks=STORIES,
        indexed=("path", "kind", "department", "year", "outcome", "published_at", "themes", "dilemmas"),
    ),
    ContentType(
        model=Page,
        has_page=True,
        edited_with=(Redirect,),
        search=(Search(label=pgettext_lazy("søgning", "Sider"), route="compass:page"),),
    ),
    ContentType(
        model=Recording,
        parts=(Chapter,),
        search=(
            Search(
                label=pgettext_lazy("søgning", "Lydbog"),
                route="compass:chapter",
                kind="chapter",
                length_of_address=2,
                is_reference=True,
                is_written=True,
            ),
        ),
    ),
    ContentType(
        model=Milestone,
        search=(
            Search(
                label=pgettext_lazy("søgning", "Tidslinje"),
                route="compass:timeline",
                fragment="{}",
                address="key",
                title="date_text",
                intro=("text",),
                body=(),
                is_reference=True,
            ),
        ),
        imported=("key", "order", "kind", "date", "precision", "date_text", "text", "sources", "resources"),
    ),
    ContentType(
        model=Resource,
        search=(
            Search(
                label=pgettext_lazy("søgning", "Dokumenter"),
                route="compass:documents",
                fragment="{}",
                address="key",
                intro=("text",),
                body=("note",),
                is_reference=True,
            ),
        ),
        imported=("key", "kind", "title", "text", "note", "url"),
    ),
    ContentType(
        model=Contact,
        imported=("email", "name", "role", "department", "as_of", "is_shown", "is_shown_in_english"),
    ),
    ContentType(model=Theme, moves_with="list_address", imported=("slug", "title"), marks=INDEXED),
    ContentType(model=Department, moves_with="list_address", imported=("slug", "title"), marks=INDEXED),
    ContentType(model=Fact),
    ContentType(model=Source),
    ContentType(model=Picture, in_texts="pictures"),
    ContentType(model=Attachment, moves_with="address"),
    ContentType(model=ResearchWave, parts=(ResearchFigure,)),
    ContentType(model=ResearchQuestion),
)
