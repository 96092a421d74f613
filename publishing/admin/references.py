"""What leads to a page of ours, and links in texts that lead nowhere."""

import functools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db import models
from django.urls import Resolver404, reverse
from django.utils.text import capfirst
from django.utils.translation import override

from publishing.admin.snapshots import key_to, parts_of
from publishing.danish_order import danish_key
from publishing.public_pages import content_at, danish_path
from publishing.publishable import Publishable
from publishing.signals import leads_on

LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
MOST_SHOWN = 100
HIDDEN = "Noget, som ikke vises her, fx medarbejderes mål ({})"
MOST_CHOSEN = 12


class Use(NamedTuple):
    """One place that leads to an item; `url` is where an editor can change it, or empty."""

    kind: str
    text: str
    url: str = ""


# --- What leads here ---------------------------------------------------------------------------------


def uses_of(item: models.Model) -> list[Use]:
    """Everything tied to the item in the tables, both ways, and every text with a link to its page."""
    return [*dict.fromkeys([*_related(item), *_linking(item)])]


def _related(item) -> Iterator[Use]:
    own = {key.model for key in parts_of(type(item)).values()}
    # Logs and versions name their object by a number in a text field, so they are not among these.
    uses = [
        use_at(row)
        for relation in item._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not (relation.concrete or relation.related_model._meta.auto_created)
        and relation.related_model not in own
        for row in relation.related_model._base_manager.filter(**{relation.field.name: item})[:MOST_SHOWN]
    ]
    yield from filter(None, uses)
    if hidden := uses.count(None):
        yield Use("Andet", HIDDEN.format(hidden))
    for field in item._meta.many_to_many:
        if issubclass(field.related_model, Publishable):
            yield from filter(None, map(use_at, getattr(item, field.name).all()[:MOST_SHOWN]))


def says(model, words: str, kind: Any = models.TextField, how="contains") -> models.Q:
    """The words in one of its texts; nothing of what has none."""
    texts = [(f"{field.name}__{how}", words) for field in text_fields(model, kind)]
    return models.Q(*texts, _connector=models.Q.OR) if texts else models.Q(pk__in=[])


def rows_with(words: str, *, only_public: bool = False) -> Iterator[Publishable]:
    """Every content with these words in one of its texts."""
    for model in published_models():
        rows = model.objects.filter(says(model, words))
        yield from (rows.published() if only_public else rows)[:MOST_SHOWN]


def public_pages(words: str) -> list[Publishable]:
    """What readers find at an address of its own, with these words in its title."""
    found = []
    for model in published_models():
        if hasattr(model, "get_absolute_url") and any(field.name == "title" for field in model._meta.fields):
            found += model.objects.published().filter(title__icontains=words)[:MOST_CHOSEN]

    def place(item) -> tuple[bool, str]:
        return not item.title.lower().startswith(words.lower()), danish_key(item.title)

    return sorted(found, key=place)[:MOST_CHOSEN]


def use_at(row: models.Model) -> Use | None:
    """Where the row is edited: its own page, or the page of what it is a part of; None if nowhere."""
    name = capfirst(row._meta.verbose_name)
    if admin.site.is_registered(type(row)):
        return Use(name, str(row), change_url(row))
    for one in admin.site._registry.values():
        for inline in one.inlines:
            if inline.model is type(row):
                whole = getattr(row, key_to(one.model, inline.model).name)
                return Use(name, f"{row} ({whole})", change_url(whole))
    return None


def change_url(row, page: str = "change") -> str:
    return reverse(admin_urlname(row._meta, page), args=[row.pk])


def _linking(item) -> Iterator[Use]:
    if not hasattr(item, "get_absolute_url"):
        return
    with override(settings.LANGUAGE_CODE):
        address = item.get_absolute_url()
    for row in rows_with(address):
        if row != item:
            yield Use(f"Link i teksten, {row._meta.verbose_name}", str(row), change_url(row))


def published_models() -> list[type[Publishable]]:
    """The models that readers have pages of and editors can change."""
    found = [model for model in apps.get_models() if issubclass(model, Publishable)]
    return [model for model in found if admin.site.is_registered(model)]


def text_fields(model, kind: Any = models.TextField) -> list[models.Field]:
    return [field for field in model._meta.fields if isinstance(field, kind) and not field.choices]


# --- Where an address leads --------------------------------------------------------------------------


def own_path(address: str) -> str:
    """The Danish path of an address of ours; empty for an address of somebody else's."""
    try:
        parts = urlsplit(address)
    except ValueError:  # «http://[» is none
        return ""
    if parts.netloc and parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return ""
    return danish_path(parts.path) if parts.path.startswith("/") else ""


def leads_to_a_page(path: str) -> bool:
    """Whether readers find something there: a fixed page, or content that is public now."""
    try:
        content = content_at(path)
    except Resolver404:
        return False
    return content is None or content.published().exists()


def is_good_link(address: str) -> bool:
    """Whether a reader who follows a link within the portal finds a page; also where it has moved."""
    where = own_path(address)
    return (
        not where
        or leads_to_a_page(where)
        or any(answer for _receiver, answer in leads_on.send(None, path=where))
    )


class Broken(NamedTuple):
    use: Use | None
    address: str


def broken_links() -> list[Broken]:
    """Every link in a public text to an address of ours where readers find nothing."""
    is_good = functools.cache(leads_to_a_page)
    return [*dict.fromkeys(Broken(use_at(row), path) for row, path in _links_of_ours() if not is_good(path))]


def _links_of_ours() -> Iterator[tuple[Publishable, str]]:
    for model in published_models():
        for row in model.objects.published().filter(says(model, "](")).iterator(chunk_size=500):
            for field in text_fields(model):
                paths = map(own_path, LINK.findall(getattr(row, field.name)))
                yield from ((row, path) for path in paths if path)
