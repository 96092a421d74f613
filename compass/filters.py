"""Filtering stories: every filter is an address, and says beforehand how many stories it leaves."""

from collections.abc import Callable
from functools import cached_property
from math import ceil
from typing import NamedTuple
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from compass import library
from compass.models import Story
from compass.story_index import StoryIndex

STORIES_A_PAGE = 20

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


def choices_of(story_index: StoryIndex) -> dict[str, dict[str, Choice]]:
    """All choices there are, by facet and by how they stand in an address."""
    return {facet.name: {choice.value: choice for choice in facet.choices(story_index)} for facet in FACETS}


class FilterForm(forms.Form):
    """The query of an address: at most one choice of each facet, and the page of the list."""

    side = forms.IntegerField(label=_("Side"), min_value=1, required=False)

    def __init__(self, query, choices: dict[str, dict[str, Choice]]):
        super().__init__(query)
        for facet in FACETS:
            self.fields[facet.name] = forms.ChoiceField(
                label=facet.label,
                choices=[(value, value) for value in choices[facet.name]],
                required=False,
            )

    def known(self) -> dict[str, str]:
        """What was chosen, without what the portal does not know."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def unknown(self) -> list[str]:
        """«Tema: findes-ikke» for each part that the portal does not know."""
        return [f"{self[name].label}: {_printable(self.data[name])}" for name in self.errors]


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

    `visible` are the bits of what the reader may see, `start` is the address without any filter, in the
    reader's language. The library keeps it, so that the menu of filters is counted and rendered once.
    """

    def __init__(
        self, story_index: StoryIndex, visible: int, chosen: tuple[tuple[str, str], ...], start: str
    ):
        self.story_index, self.visible, self.start = story_index, visible, start
        self.chosen = dict(chosen)
        self.choices = choices_of(story_index)

    def bits(self, without: str = "") -> int:
        """What every chosen filter leaves, or every one but that of the facet `without`."""
        bits = self.visible
        for facet in FACETS:
            if facet.name in self.chosen and facet.name != without:
                choice = self.choices[facet.name][self.chosen[facet.name]]
                bits &= self.story_index.under(facet.heading, choice.key)
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
        count = (others & self.story_index.under(facet.heading, choice.key)).bit_count()
        is_chosen = self.chosen.get(facet.name) == choice.value
        address = self.address(**{facet.name: "" if is_chosen else choice.value})
        return Option(facet, choice, count, is_chosen, address)

    @property
    def chips(self) -> list[Option]:
        return [option for group in self.groups for option in group.options if option.is_chosen]

    def address(self, **changes: str) -> str:
        """The same choices but for the changes, always in the same order; back on the first page."""
        query = {**self.chosen, **changes}
        names = [*(facet.name for facet in FACETS), "side"]
        chosen = {name: query[name] for name in names if query.get(name)}
        return f"{self.start}?{urlencode(chosen)}" if chosen else self.start


class Filtered:
    """The stories that an address asks for, and where one can go from there."""

    def __init__(self, query, user):
        self.user = user
        self.library = library.current()
        story_index = self.library.story_index
        form = FilterForm(query, self.library.read(choices_of, story_index))
        chosen = form.known()
        self.page = chosen.pop("side", 1)
        self.unknown = form.unknown()
        self.filters: Filters = self.library.read(
            Filters,
            story_index,
            story_index.visible_to(user),
            tuple(chosen.items()),
            reverse("compass:stories"),
        )
        self.bits = self.filters.bits()
        if self.page > self.pages:
            self.unknown.append(f"{form['side'].label}: {self.page}")
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
        ids = self.library.story_index.newest(self.bits, STORIES_A_PAGE, after=after)
        return self.library.stories(ids, self.user)

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
