"""One search, from what was typed to what is shown."""

from dataclasses import dataclass, field
from typing import NamedTuple

from compass.search.highlight import Marker
from compass.search.kinds import Kind, searched_kinds
from compass.search.query import WORD, Term, fold, read
from compass.search.ranking import Row, Search
from publishing.public_pages import is_open

FEW = 3  # so few hits that some of the words are enough; misspellings are tried where there are none
SHOWN_OF_EACH_KIND = 5
SHOWN_OF_ONE_KIND = 50


class Hit(NamedTuple):
    kind: Kind
    address: str
    is_draft: bool
    title: str
    excerpt: str
    path: str  # of a story: its path's verb
    year: int | None


class Group(NamedTuple):
    kind: Kind
    hits: list[Hit]
    number: int

    @property
    def has_more(self) -> bool:
        return self.number > SHOWN_OF_EACH_KIND


@dataclass
class Results:
    terms: list[Term]
    groups: list[Group] = field(default_factory=list)
    corrected: str = ""  # the search as it was understood, where words were misspelt
    is_loose: bool = False  # some of the hits lack some of the words

    @property
    def number(self) -> int:
        """How many were found; of a common word the best hundreds are looked through, and no more counted."""
        return sum(group.number for group in self.groups)


def find(text: str, user, kind: str = "") -> Results:
    """Everything the user may see that matches, grouped by kind, best first."""
    searched = Search(
        drafts=user.is_staff,
        kinds={name: one for name, one in searched_kinds().items() if kind in {"", name}},
        shown=SHOWN_OF_ONE_KIND if kind else SHOWN_OF_EACH_KIND,
    )
    terms = read(text, searched.language)
    if not terms:
        return Results(terms)
    (rows, forms), is_loose, corrected = searched.best(terms), False, ""
    if len(rows) < FEW:
        corrected = "" if rows else _corrected(text, searched.spell(terms))
        terms = read(corrected, searched.language) if corrected else terms
        is_loose = len(terms) > 1
        rows, forms = searched.best(terms, some=True) if corrected or is_loose else (rows, forms)
    return Results(terms, _groups(rows, searched.kinds, Marker(terms, forms)), corrected, is_loose)


def _corrected(text: str, near: dict[str, str]) -> str:
    """The search with its misspelt words put right, or nothing where none was."""
    return WORD.sub(lambda match: near.get(fold(match[0]), match[0]), text) if near else ""


def _groups(rows: list[Row], kinds: dict[str, Kind], marker: Marker) -> list[Group]:
    """By kind, without pages of a section that the municipality keeps to itself, as «Viden» may be."""
    groups: dict[str, Group] = {}
    for row in rows:
        kind = kinds[row.kind]
        address = kind.address(*row.address)
        if is_open(address.partition("#")[0]):
            hit = Hit(kind, address, row.is_draft, *marker.marked(row), row.path, row.year)
            groups.setdefault(row.kind, Group(kind, [], row.number)).hits.append(hit)
    return list(groups.values())
