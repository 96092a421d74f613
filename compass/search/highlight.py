"""What is shown of what was found: the words of the search marked, and some of the text around them."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice

from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from compass.search.query import WORD, Term, fold
from compass.search.ranking import Row
from publishing.translated import Text

EXCERPT_BEFORE, EXCERPT_LENGTH = 70, 240


class Marker:
    """Marks the words of a search in texts; everything else is escaped.

    The parts of a compound are marked only where neither the word nor a compound with it stands.
    """

    def __init__(self, terms: list[Term], forms: list[tuple[str, str]]):
        """`forms` are the words that are written anywhere, each with its lexeme."""
        parts = set(chain.from_iterable(term.parts for term in terms))
        lexemes = set(chain.from_iterable([*term.lexemes, *term.compounds] for term in terms))
        self.words = {term.folded for term in terms} | {word for word, lexeme in forms if lexeme in lexemes}
        self.part_words = {word for word, lexeme in forms if lexeme in parts}
        self.fold = cache(fold)  # most words stand in more than one text

    def marked(self, row: Row) -> tuple[str, str]:
        """Its title, and an excerpt."""
        texts = [row.title, row.intro, row.body]
        is_whole = any(self._first(text, self.words) for text in texts)
        words = self.words if is_whole else self.part_words
        return self._with_marks(row.title, words), self._with_marks(self._excerpt(row, words), words)

    def _places(self, text: str, words: set[str]) -> Iterator[re.Match]:
        return (match for match in WORD.finditer(text) if self.fold(match[0]) in words)

    def _first(self, text: str, words: set[str]) -> re.Match | None:
        """All of a long text folded at once takes a tenth of the time that its words take."""
        folded = WORD.findall(fold(text))
        number = next((number for number, word in enumerate(folded) if word in words), None)
        return None if number is None else next(islice(WORD.finditer(text), number, None), None)

    def _with_marks(self, text: Text, words: set[str]) -> str:
        pieces, end = [], 0
        for match in self._places(text, words):
            pieces += [escape(text[end : match.start()]), "<mark>", match[0], "</mark>"]
            end = match.end()
        html = mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308 – letters, and what is escaped
        return format_html('<span lang="{}">{}</span>', text.lang, html) if text.lang else html

    def _excerpt(self, row: Row, words: set[str]) -> Text:
        """The introduction – unless only the text below it has the words: then what is around them."""
        if not self._first(row.intro, words) and (place := self._first(row.body, words)):
            return _around(row.body, place.start())
        return Text(Truncator(str(row.intro)).chars(EXCERPT_LENGTH), row.intro.lang)


def _around(text: Text, place: int) -> Text:
    """Some of the text with `place` in it, cut between words."""
    start = text.rfind(" ", 0, max(place - EXCERPT_BEFORE, 0)) + 1
    end = text.find(" ", start + EXCERPT_LENGTH)
    cut = text[start : end if end > 0 else len(text)]
    return Text(f"{'… ' if start else ''}{cut}{' …' if end > 0 else ''}", text.lang)
