"""Stories and dilemmas for other machines: every published one, in both languages, with its provenance.

A row is written as it is read, so that 100,000 stories need no more memory than a hundred.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from compass.content_version import state_of
from publishing.registry import ContentType, content_types

ROWS_AT_A_TIME = 500
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"


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


def _plain(name: str, meaning: str) -> Field:
    return Field(name, meaning, attrgetter(name))


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


def _field(content_type: ContentType, name: str, meaning) -> list[Field]:
    """One column, and its English twin; of what it leads to the key or the slug, of its parts the text."""
    if name in content_type.translated:
        return _both(name, meaning)
    column = content_type.model._meta.get_field(name)
    if column.one_to_many:
        return [Field(name, meaning, lambda item: [_part(part) for part in getattr(item, name).all()])]
    if column.many_to_many:

        def open_keys(item) -> list:
            rows = getattr(item, name).all()
            return [_key(row) for row in rows if getattr(row, "is_published", True)]

        return [Field(name, meaning, open_keys)]
    if column.is_relation:
        return [Field(name, meaning, lambda item: _key(row) if (row := getattr(item, name)) else None)]
    return [_plain(name, meaning)]


def _part(part) -> str:
    return f"{part.title}: {part.text}"


def _key(row) -> str:
    return getattr(row, "key", None) or row.slug


def collection_of(content_type: ContentType) -> Collection:
    columns = content_type.open_data.columns.items()
    fields = [found for name, meaning in columns for found in _field(content_type, name, meaning)]
    relations = [one for one in content_type.model._meta.get_fields() if one.is_relation]
    many = [one.name for one in relations if one.name in {*content_type.open_data.columns, "sources"}]
    many = [name for name in many if not content_type.model._meta.get_field(name).many_to_one]
    one = [relation.name for relation in relations if relation.many_to_one and relation.concrete]

    def rows() -> QuerySet:
        published = content_type.model.objects.published()
        return published.select_related(*one or [None]).prefetch_related(*many).order_by("pk")

    name, title = content_type.open_data.name, content_type.search[0].label
    return Collection(name, title, content_type.model, rows, [*COMMON, *fields, *PROVENANCE])


def collections() -> dict[str, Collection]:
    found = [collection_of(one) for one in content_types() if one.open_data]
    return {collection.name: collection for collection in found}


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


def table(collection: Collection) -> Iterator[list[str]]:
    """The same in rows, lists joined by « | », each with its licence."""
    yield [*(field.name for field in collection.fields), "licence"]
    for values in _values(collection):
        yield [*map(_cell, values.values()), LICENCE]


def _cell(value) -> str:
    return " | ".join(value) if isinstance(value, list) else "" if value is None else str(value)
