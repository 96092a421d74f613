"""Filtering stories: every filter is an address, and says beforehand how many stories it leaves."""

from collections.abc import Callable
from functools import cached_property
from math import ceil
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from compass import story_index
from compass.models import Story
from compass.story_index import StoryIndex

STORIES_A_PAGE = 20
PAGE = _("Side")
LONGEST_NUMBER = 9

KINDS = {
    "artikel": Story.Kind.ARTICLE,
    "case": Story.Kind.CASE,
    "portraet": Story.Kind.PORTRAIT,
    "vaerktoej": Story.Kind.TOOL,
}
OUTCOMES = {
    "godt": Story.Outcome.WORKED,
    "blandet": Story.Outcome.MIXED,
    "ikke": Story.Outcome.DID_NOT_WORK,
    "uvist": Story.Outcome.OPEN,
}


class Choice(NamedTuple):
    value: str  # as it stands in the address
    key: object  # as the index knows it
    item: object  # what it is called: something with `local.title`, or a text

    @property
    def label(self):
        return self.item.local.title if hasattr(self.item, "local") else self.item


class Facet(NamedTuple):
    name: str  # as it stands in the address
    label: str
    heading: str  # as the index knows it
    choices: Callable[[StoryIndex], list[Choice]]


def _of_terms(terms) -> list[Choice]:
    return [Choice(term.slug, term.pk, term) for term in terms]


def _of_words(words) -> list[Choice]:
    return [Choice(value, key.value, key.label) for value, key in words.items()]


FACETS = [
    Facet("vej", _("Vej"), "path", lambda kept: _of_terms(kept.paths)),
    Facet("gik", _("Hvordan gik det?"), "outcome", lambda kept: _of_words(OUTCOMES)),
    Facet("slags", _("Slags"), "kind", lambda kept: _of_words(KINDS)),
    Facet("tema", _("Tema"), "theme", lambda kept: _of_terms(kept.themes)),
    Facet("forvaltning", _("Forvaltning"), "department", lambda kept: _of_terms(kept.departments)),
    Facet("aar", _("År"), "year", lambda kept: [Choice(str(y), y, str(y)) for y in kept.years]),
]
NAMES = [*(facet.name for facet in FACETS), "side"]


def choices_of(index: StoryIndex) -> dict[str, dict[str, Choice]]:
    """All choices there are, by facet and by how they stand in an address."""
    return {facet.name: {choice.value: choice for choice in facet.choices(index)} for facet in FACETS}


class Asked(NamedTuple):
    """What the query of an address says: at most one choice of each facet, and the page of the list."""

    chosen: dict[str, str]
    page: int
    unknown: list[str]  # «Tema: findes-ikke» for each part that the portal does not know


def asked(query, choices: dict[str, dict[str, Choice]]) -> Asked:
    chosen, unknown = {}, []
    for facet in FACETS:
        value = query.get(facet.name, "").strip()
        if value in choices[facet.name]:
            chosen[facet.name] = value
        elif value:
            unknown.append(f"{facet.label}: {_printable(value)}")
    side = query.get("side", "").strip()
    page = int(side) if side.isdecimal() and len(side) <= LONGEST_NUMBER else 0
    if side and not page:
        unknown.append(f"{PAGE}: {_printable(side)}")
    return Asked(chosen, page or 1, unknown)


def _printable(text: str) -> str:
    """Without what no page may hold, such as the zero byte."""
    return "".join(letter for letter in text if letter.isprintable())


class Option(NamedTuple):
    """One filter as a link: choosing it, or leaving it when it is chosen."""

    facet: Facet
    choice: Choice
    count: int
    is_chosen: bool
    address: str


class Group(NamedTuple):
    label: str
    options: list[Option]


class PageLink(NamedTuple):
    number: int
    address: str


class Filters:
    """What is chosen, and what else could be: each choice with the number of stories that it would leave.

    `visible` are the bits of what the reader may see.
    """

    def __init__(self, index: StoryIndex, visible: int, choices, chosen: dict[str, str]):
        self.index, self.visible, self.choices, self.chosen = index, visible, choices, chosen
        self.start = reverse("compass:stories")

    def bits(self, without: str = "") -> int:
        """What every chosen filter leaves, or every one but that of the facet `without`."""
        bits = self.visible
        for facet in FACETS:
            if facet.name in self.chosen and facet.name != without:
                choice = self.choices[facet.name][self.chosen[facet.name]]
                bits &= self.index.under(facet.heading, choice.key)
        return bits

    @cached_property
    def groups(self) -> list[Group]:
        """The facets that divide these stories."""
        groups = [Group(facet.label, self._options(facet)) for facet in FACETS]
        return [group for group in groups if group.options]

    def _options(self, facet: Facet) -> list[Option]:
        others = self.bits(without=facet.name)
        options = [self._option(facet, choice, others) for choice in self.choices[facet.name].values()]
        return [option for option in options if option.count or option.is_chosen]

    def _option(self, facet: Facet, choice: Choice, others: int) -> Option:
        count = (others & self.index.under(facet.heading, choice.key)).bit_count()
        is_chosen = self.chosen.get(facet.name) == choice.value
        address = self.address(**{facet.name: "" if is_chosen else choice.value})
        return Option(facet, choice, count, is_chosen, address)

    @cached_property
    def chips(self) -> list[Option]:
        return [option for group in self.groups for option in group.options if option.is_chosen]

    def address(self, **changes: str) -> str:
        """The same choices but for the changes, always in the same order; back on the first page.

        Addresses and numbers need no quoting.
        """
        query = {**self.chosen, **changes}
        chosen = [f"{name}={query[name]}" for name in NAMES if query.get(name)]
        return f"{self.start}?{'&'.join(chosen)}" if chosen else self.start


class Filtered:
    """The stories that an address asks for, and where one can go from there."""

    def __init__(self, query, user):
        self.user = user
        self.index = story_index.current()
        choices = choices_of(self.index)
        chosen, self.page, self.unknown = asked(query, choices)
        self.filters = Filters(self.index, self.index.visible_to(user), choices, chosen)
        self.bits = self.filters.bits()
        if self.page > self.pages:
            self.unknown.append(f"{PAGE}: {self.page}")
            self.page = 1

    @property
    def number(self) -> int:
        return self.bits.bit_count()

    @property
    def pages(self) -> int:
        return max(1, ceil(self.number / STORIES_A_PAGE))

    @cached_property
    def stories(self) -> list[Story]:
        after = (self.page - 1) * STORIES_A_PAGE
        ids = self.index.newest(self.bits, STORIES_A_PAGE, after=after)
        return self.index.placed(Story.objects.cards(ids, self.user))

    @property
    def before(self) -> PageLink | None:
        return self._page_link(self.page - 1)

    @property
    def after(self) -> PageLink | None:
        return self._page_link(self.page + 1)

    def _page_link(self, number: int) -> PageLink | None:
        if not 1 <= number <= self.pages:
            return None
        return PageLink(number, self.filters.address(side=str(number) if number > 1 else ""))
