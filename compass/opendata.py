"""Stories and dilemmas for other machines: every published one, in both languages, with its provenance.

A row is written as it is read, so that 100,000 stories need no more memory than a hundred.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from compass.content_version import state_of
from compass.models import Dilemma, Story

ROWS_AT_A_TIME = 500
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

# What a spreadsheet would run as a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Field(NamedTuple):
    name: str
    meaning: str
    value: Callable[[object], object]  # a text, a number, None, or a list of texts


class Collection(NamedTuple):
    name: str  # as it stands in the address
    title: str
    model: type
    rows: Callable[[], QuerySet]
    fields: list[Field]


def _plain(name: str, meaning: str, attribute: str = "") -> Field:
    return Field(name, meaning, lambda item: getattr(item, attribute or name))


def _both(name: str, meaning: str) -> list[Field]:
    return [
        _plain(name, meaning),
        _plain(f"{name}_en", _("Det samme på engelsk; tomt, hvor det ikke er oversat.")),
    ]


COMMON = [
    _plain("key", _("Kort og fast nøgle.")),
    Field("address", _("Sidens adresse."), lambda item: _address(item)),
    Field("path", _("Vejen, den hører til."), lambda item: item.path.slug),
    *_both("title", _("Titel.")),
]
PROVENANCE = [
    _plain("provenance", _("Ophav: sourced, sourced-theme eller composed.")),
    Field("provenance_text", _("Ophav, som læseren ser det."), lambda item: str(item.provenance_text)),
    Field("sources", _("Kilderne."), lambda item: [_source(source) for source in item.sources.all()]),
    Field("published", _("Offentlig fra."), lambda item: localtime(item.published_at).isoformat()),
    Field("updated", _("Sidst opdateret."), lambda item: localtime(item.updated_at).isoformat()),
]


def _address(item) -> str:
    return f"{settings.SITE_URL}{item.get_absolute_url()}"


def _source(source) -> str:
    return ", ".join(part for part in [source.title, source.dated, source.url or source.address] if part)


def _department(story) -> str | None:
    return story.department.slug if story.department else None


def _dilemma_keys(story) -> list[str]:
    return [dilemma.key for dilemma in story.dilemmas.all() if dilemma.is_published]


def _standpoints(dilemma) -> list[str]:
    return [f"{standpoint.title}: {standpoint.text}" for standpoint in dilemma.standpoints.all()]


def _stories() -> QuerySet:
    return (
        Story.objects.published()
        .select_related("path", "department")
        .prefetch_related("themes", "dilemmas", "sources")
        .order_by("pk")
    )


def _dilemmas() -> QuerySet:
    return (
        Dilemma.objects.published()
        .select_related("path")
        .prefetch_related("standpoints", "sources")
        .order_by("pk")
    )


STORIES = Collection(
    "historier",
    _("Historier"),
    Story,
    _stories,
    [
        *COMMON,
        _plain("kind", _("Slags: article, case, portrait eller tool.")),
        *_both("standfirst", _("Indledning.")),
        *_both("body", _("Teksten i Markdown.")),
        *_both("talk", _("Spørgsmål at snakke om.")),
        Field("themes", _("Temaer."), lambda story: [theme.slug for theme in story.themes.all()]),
        Field("department", _("Forvaltning."), _department),
        _plain("year", _("Året, den handler om.")),
        _plain("outcome", _("Hvordan det gik: worked, mixed, did-not-work, open eller tomt.")),
        _plain("facts_as_of", _("Hvornår oplysningerne var rigtige.")),
        Field("dilemmas", _("Nøgler på dilemmaer i historien."), _dilemma_keys),
        *PROVENANCE,
    ],
)

DILEMMAS = Collection(
    "dilemmaer",
    _("Dilemmaer"),
    Dilemma,
    _dilemmas,
    [
        *COMMON,
        *_both("pole_a", _("Den ene pol.")),
        *_both("pole_b", _("Den anden pol.")),
        *_both("description", _("Beskrivelse i Markdown.")),
        *_both("question", _("Spørgsmål til snak.")),
        Field("standpoints", _("Steder at stå."), _standpoints),
        *PROVENANCE,
    ],
)

COLLECTIONS = {collection.name: collection for collection in [STORIES, DILEMMAS]}


def version(collection: Collection) -> str:
    """Another one whenever something in the file may have changed: a source and a theme stand in it too."""
    state = hashlib.blake2b(state_of(collection.model).encode(), digest_size=12).hexdigest()
    return f"{collection.name}-{state}"


def _values(collection: Collection) -> Iterator[dict]:
    # In Danish whoever asks: the file has one address.
    for item in collection.rows().iterator(chunk_size=ROWS_AT_A_TIME):
        with override(settings.LANGUAGE_CODE):
            yield {field.name: field.value(item) for field in collection.fields}


def as_json(collection: Collection) -> Iterator[str]:
    """One object: where it comes from, and the rows."""
    about = {"source": settings.SITE_URL, "licence": LICENCE, "licence_url": LICENCE_URL}
    yield f'{json.dumps(about)[:-1]}, "{collection.name}": ['
    comma = "\n"
    for values in _values(collection):
        yield comma + json.dumps(values, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


def as_csv(collection: Collection) -> Iterator[str]:
    """RFC 4180 but for semicolons, after a byte order mark: a Danish Excel opens it by two clicks.

    Lists are joined by « | ».
    """
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    yield writer.writerow([*(field.name for field in collection.fields), "licence"])
    for values in _values(collection):
        yield writer.writerow([*map(_cell, values.values()), LICENCE])


class _Echo:
    """A file that gives back what is written: csv.writer then returns the line."""

    def write(self, line: str) -> str:
        return line


def _cell(value) -> str:
    text = " | ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
