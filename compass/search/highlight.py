"""What is shown of what was found: the words of the search marked, and some of the text around them."""

import re
from collections.abc import Iterator
from itertools import chain

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

    def marked(self, row: Row) -> tuple[str, str]:
        """Its title, and an excerpt."""
        texts = [row.title, row.intro, row.body]
        is_whole = any(next(_places(text, self.words), None) for text in texts)
        words = self.words if is_whole else self.part_words
        return _with_marks(row.title, words), _with_marks(_excerpt(row, words), words)


def _places(text: str, words: set[str]) -> Iterator[re.Match]:
    """All of a text folded at once takes a tenth of the time that its words take."""
    folded = WORD.findall(fold(text))
    if words.isdisjoint(folded):
        return iter(())
    found = zip(WORD.finditer(text), folded, strict=True)
    return (match for match, word in found if word in words)


def _with_marks(text: Text, words: set[str]) -> str:
    pieces, end = [], 0
    for match in _places(text, words):
        pieces += [escape(text[end : match.start()]), "<mark>", match[0], "</mark>"]
        end = match.end()
    html = mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308 – letters, and what is escaped
    return format_html('<span lang="{}">{}</span>', text.lang, html) if text.lang else html


def _excerpt(row: Row, words: set[str]) -> Text:
    """The introduction – unless only the text below it has the words: then what is around them."""
    if not next(_places(row.intro, words), None) and (place := next(_places(row.body, words), None)):
        return _around(row.body, place.start())
    if len(row.intro) <= EXCERPT_LENGTH:
        return row.intro
    return Text(Truncator(str(row.intro)).chars(EXCERPT_LENGTH), row.intro.lang)


def _around(text: Text, place: int) -> Text:
    """Some of the text with `place` in it, cut between words."""
    start = text.rfind(" ", 0, max(place - EXCERPT_BEFORE, 0)) + 1
    end = text.find(" ", start + EXCERPT_LENGTH)
    cut = text[start : end if end > 0 else len(text)]
    return Text(f"{'… ' if start else ''}{cut}{' …' if end > 0 else ''}", text.lang)
