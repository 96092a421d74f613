"""One declaration a content type, in the app's content_types.py: declare(ContentType(model=Story, …)).

From it follow the search, the sitemap, redirects, spreadsheets, open data, the triggers that say «something
has changed», and who may edit. `publishing/README.md` shows how one is added.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise

from publishing.fields import MarkdownField
from publishing.publishable import Publishable
from publishing.translated import translated_names


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is found of the type, and where: words of the title count most, then those of the intro.

    `is_written` says that search_source_<kind> stands in a file of the app, and is not made of these names.
    """

    label: str | Promise
    route: str | Callable[..., str]
    fragment: str = ""
    kind: str = ""
    title: str = "title"
    intro: tuple[str, ...] = ("standfirst",)
    body: tuple[str, ...] = ("body",)
    address: str = "slug"
    length_of_address: int = 1
    is_reference: bool = False
    is_written: bool = False


@dataclass(frozen=True, kw_only=True)
class OpenData:
    name: str  # as it stands in the address
    columns: Mapping[str, str | Promise]  # what each means; texts get their English column by themselves


@dataclass(frozen=True)
class Table:
    """A table whose changes are changes of the content."""

    name: str
    marks: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    owner: str = "id"
    indexed: tuple[str, ...] = ()  # columns: an update of others moves the first mark alone


@dataclass(frozen=True, kw_only=True)
class ContentType:
    model: type[models.Model]
    has_page: bool = False  # of its own: in the sitemap, and its old addresses lead on
    moves_with: str = ""  # the property with its address, where it has a list instead of a page
    parts: tuple[type[models.Model], ...] = ()  # rows that are edited and shown with it
    edited_with: tuple[type[models.Model], ...] = ()  # others that whoever edits it may edit
    search: tuple[Search, ...] = ()
    imported: tuple[str, ...] = ()  # the columns of its spreadsheet, the key first; English comes by itself
    open_data: OpenData | None = None
    in_texts: str = ""  # where one is put into a text from its chooser: data-… of the toolbar's button
    role: str = "redaktør"
    marks: tuple[str, ...] = ("library",)
    indexed: tuple[str, ...] = ()  # fields: a change of others moves the first mark alone
    further_tables: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        return self.model.__name__.lower()

    def chooser_address(self) -> str:
        return reverse(f"admin:{self.model._meta.app_label}_{self.name}_choose")

    @cached_property
    def translated(self) -> set[str]:
        return set(translated_names(self.model))

    @cached_property
    def markdown(self) -> set[str]:
        return {one.name for one in self.model._meta.fields if isinstance(one, MarkdownField)}

    def in_both_languages(self, names) -> list[str]:
        return [
            found for name in names for found in ([name, f"{name}_en"] if name in self.translated else [name])
        ]

    @property
    def is_dated(self) -> bool:
        """Whether it has drafts; what has none is public from the start."""
        return issubclass(self.model, Publishable)

    @property
    def edited(self) -> list[str]:
        return [model.__name__.lower() for model in (self.model, *self.parts, *self.edited_with)]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(search.kind or self.name for search in self.search)

    def tables(self) -> Iterator[Table]:
        if not self.marks:
            return
        columns = tuple(one.attname for one in self.model._meta.concrete_fields if one.name in self.indexed)
        yield Table(self.model._meta.db_table, self.marks, self.kinds, indexed=columns)
        for part in self.parts:
            yield Table(part._meta.db_table, self.marks[:1], self.kinds, column_to(part, self.model))
        for relation in self.model._meta.many_to_many:
            is_indexed = not self.indexed or relation.name in self.indexed
            yield Table(relation.m2m_db_table(), self.marks if is_indexed else self.marks[:1])
        for name in self.further_tables:
            yield Table(name, self.marks[:1])


def column_to(part: type[models.Model], model: type[models.Model]) -> str:
    return next(one.attname for one in part._meta.fields if one.related_model is model)


_declared: dict[type[models.Model], ContentType] = {}


def declare(*content_types: ContentType):
    for content_type in content_types:
        _declared[content_type.model] = content_type


def content_types(app: str = "") -> list[ContentType]:
    """As they were declared: the search shows what it has found in this order."""
    return [one for one in _declared.values() if app in ("", one.model._meta.app_label)]


def content_type_of(model: type[models.Model]) -> ContentType | None:
    return _declared.get(model)
