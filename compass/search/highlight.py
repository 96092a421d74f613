"""What is shown of what was found: the words of the search marked, and some of the text around them."""

import re
from itertools import chain

from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from compass.search.database import rows
from compass.search.query import WORD, Term, fold
from compass.search.ranking import Row
from publishing.translated import Text

EXCERPT_BEFORE, EXCERPT_LENGTH = 70, 240
FORMS = "SELECT folded, lexeme FROM compass_search_word WHERE lexeme = ANY (%(lexemes)s)"


class Marker:
    """Marks the words of a search in texts; everything else is escaped.

    The parts of a compound are marked only where neither the word nor a compound with it stands.
    """

    def __init__(self, terms: list[Term]):
        parts = set(chain.from_iterable(term.parts for term in terms))
        lexemes = set(chain.from_iterable([*term.lexemes, *term.compounds] for term in terms))
        written = rows(FORMS, {"lexemes": [*lexemes, *parts]})
        self.words = {term.folded for term in terms} | {word for word, lexeme in written if lexeme in lexemes}
        self.part_words = {word for word, lexeme in written if lexeme in parts}

    def marked(self, row: Row) -> tuple[str, str]:
        """Its title, and an excerpt."""
        texts = [row.title, row.intro, row.body]
        words = self.words if any(_places(text, self.words) for text in texts) else self.part_words
        return _marked(row.title, words), _marked(_excerpt(row, words), words)


def _places(text: str, words: set[str]) -> list[re.Match]:
    return [match for match in WORD.finditer(text) if fold(match[0]) in words]


def _marked(text: Text, words: set[str]) -> str:
    pieces, end = [], 0
    for match in _places(text, words):
        pieces += [escape(text[end : match.start()]), format_html("<mark>{}</mark>", match[0])]
        end = match.end()
    html = mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308 – each piece is escaped
    return format_html('<span lang="{}">{}</span>', text.lang, html) if text.lang else html


def _excerpt(row: Row, words: set[str]) -> Text:
    """The introduction – unless only the text below it has the words: then what is around them."""
    places = _places(row.body, words)
    if places and not _places(row.intro, words):
        return _around(row.body, places[0].start())
    return Text(Truncator(str(row.intro)).chars(EXCERPT_LENGTH), row.intro.lang)


def _around(text: Text, place: int) -> Text:
    """Some of the text with `place` in it, cut between words."""
    start = text.rfind(" ", 0, max(place - EXCERPT_BEFORE, 0)) + 1
    end = text.find(" ", start + EXCERPT_LENGTH)
    cut = text[start : end if end > 0 else len(text)]
    return Text(f"{'… ' if start else ''}{cut}{' …' if end > 0 else ''}", text.lang)
