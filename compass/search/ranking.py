"""What is found: the entries that a reader may see, the best first."""

from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from compass.search.database import PLANS, ask, sql
from compass.search.kinds import Kind
from compass.search.query import LONGEST_WORD, MOST_WORDS, Term, any_of
from publishing.translated import Text

SUGGESTIONS = 7
SUGGESTED_WORDS = 3

# Points for each word of a search, by the best place it stands at. ts_rank adds less than one for how often.
WEIGHTS = {
    "word_in_title": 14,
    "compound_in_title": 11,  # or its parts, near each other; so below
    "short_title": 2.0,  # shared among the words of the title: the shorter, the more it is about the one
    "word_in_intro": 9,
    "head_in_title": 8,  # «inddragelse» of «borgerinddragelse», where the text has the whole
    "compound_in_intro": 7,
    "word_in_text": 6,
    "compound_in_text": 5,
    "reference": 1.5,  # less, for what tells where something stands
}

WRITTEN = """(
    EXISTS (
        SELECT FROM (
            SELECT * FROM compass_search_entry WHERE kind = 'story' AND vector @@ {query} OFFSET 0
        ) AS entry
        WHERE {{visible}}
    ) OR EXISTS (
        SELECT FROM compass_search_entry AS entry
        WHERE kind <> 'story' AND {{visible}} AND vector @@ {query}
    )
)"""
FIND = """
SELECT * FROM search_find(
    %(query)s, %(whole)s, %(exact)s::tsquery[], %(wide)s::tsquery[], %(heads)s::tsquery[], %(all)s,
    %(kinds)s, %(references)s, %(language)s, %(drafts)s, %(now)s, %(shown)s,
    %(word_in_title)s, %(compound_in_title)s, %(short_title)s, %(word_in_intro)s, %(head_in_title)s,
    %(compound_in_intro)s, %(word_in_text)s, %(compound_in_text)s, %(reference)s
)
"""
FORMS = "SELECT folded, lexeme FROM compass_search_word WHERE lexeme = ANY (%(lexemes)s)"
SPELL = sql("spell").format(
    written_whole=WRITTEN.format(query="term.whole::tsquery"),
    written_candidate=WRITTEN.format(query="format('%%L', candidate.lexeme)::tsquery"),
)
SUGGEST = sql("suggest")
WORDS = sql("words").format(written=WRITTEN.format(query="format('%%L', candidate.lexeme)::tsquery"))
VISIBLE = "entry.language = %(language)s AND entry.published_at <= %(now)s"
WITH_DRAFTS = "entry.language = %(language)s"


class Row(NamedTuple):
    kind: str
    address: list[str]
    is_draft: bool
    title: Text
    intro: Text
    body: Text
    number: int
    path: str  # of a story: its path's verb
    year: int | None


@dataclass
class Search:
    """One reader's search in the language of the page."""

    drafts: bool
    kinds: dict[str, Kind]
    shown: int
    language: str = field(default_factory=lambda: "en" if get_language() == "en" else "da")

    @property
    def _known(self) -> dict:
        return {"language": self.language, "kinds": list(self.kinds), "now": timezone.now()}

    def _ask(self, sql: str, **values) -> list[tuple]:
        seen = sql.format(visible=WITH_DRAFTS if self.drafts else VISIBLE)
        return ask(PLANS, seen, **self._known, **values)[-1]

    def best(self, terms: list[Term], *, some: bool = False) -> tuple[list[Row], list[tuple[str, str]]]:
        """What has every word – with `some`: any word – of the search, best first; and how it is written."""
        joined = " | " if some else " & "
        values = {
            "query": joined.join(f"({term.wide})" for term in terms),
            "whole": joined.join(f"({term.whole})" for term in terms),
            "exact": [term.exact for term in terms],
            "wide": [term.wide for term in terms],
            "heads": [any_of(term.parts[1:]) for term in terms],
            "all": any_of(list(chain.from_iterable(term.all_lexemes for term in terms))),
            "references": [kind.name for kind in self.kinds.values() if kind.is_reference],
            "shown": self.shown,
            "drafts": self.drafts,
            "lexemes": list(chain.from_iterable(term.all_lexemes for term in terms)),
        }
        rows, forms = ask(FIND, FORMS, **self._known, **WEIGHTS, **values)
        return [self._row(*row) for row in rows], forms

    def _row(self, kind, address, is_draft, *texts_and_about) -> Row:
        *texts, number, verb, verb_en, year = texts_and_about
        title, intro, body = [self._text(*text) for text in zip(texts[::2], texts[1::2], strict=True)]
        path = (verb_en if self.language == "en" else "") or verb or ""
        return Row(kind, address, is_draft, title, intro, body, number, path, year)

    def _text(self, text: str, language: str) -> Text:
        return Text(text, language if text and language != self.language else "")

    def spell(self, terms: list[Term]) -> dict[str, str]:
        """The nearest word for each that is not written anywhere, where one is near enough."""
        values = {
            "folded": [term.folded for term in terms],
            "lexemes": [term.lexemes[0] for term in terms],
            "whole": [term.whole for term in terms],
            "longest_word": LONGEST_WORD,
        }
        return dict(self._ask(SPELL, **values))

    def titles(self, text: str) -> list[tuple]:
        """Kind, address and title of what begins as is typed."""
        return self._ask(SUGGEST, text=text, most_words=MOST_WORDS, suggestions=SUGGESTIONS)

    def words(self, begun: str) -> list[str]:
        """The shortest words that begin so, of what the reader may see."""
        return [word for (word,) in self._ask(WORDS, begun=begun, words=SUGGESTED_WORDS)]
