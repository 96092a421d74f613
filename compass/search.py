"""One search over everything public; PostgreSQL keeps the index (docs/decisions/0006-search.md).

A search is read word by word: each word stands for its inflections, and more loosely for the compounds
it is part of and for its own parts. Only when that finds little are misspellings tried and hits with
some of the words let in. A hit counts by where its words stand: title, introduction, text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, pgettext_lazy

from aarhuskompas.translated import Text

MOST_WORDS = 8
FEW = 3  # so few hits that misspellings are tried
SHOWN_OF_EACH_KIND = 5
SHOWN_OF_ONE_KIND = 50
SUGGESTIONS = 7
EXCERPT_BEFORE, EXCERPT_LENGTH = 70, 240

WORD = re.compile(r"[^\W_]+")
LETTERS = str.maketrans("äöüéèêëáàâíìîïóòôúùûçñ", "æøueeeeaaaiiiiooouuucn")
DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


# --- What is searched ----------------------------------------------------------------------------


class Kind(NamedTuple):
    name: str
    label: str
    address: Callable[..., str]
    is_reference: bool


KINDS: dict[str, Kind] = {}


def register(
    name: str, label: str, route: str, fragment: str | None = None, *, is_reference: bool = False
):
    """Search a kind of entry that a migration writes (search_follow), and say where its pages are.

    The entry's `address` fills in the route; with a `fragment` the last of it fills that in instead.
    A reference tells where something stands, and comes after the thing itself.
    """

    def address(*parts: str) -> str:
        if fragment is None:
            return reverse(route, args=parts)
        return f"{reverse(route, args=parts[:-1])}#{fragment.format(parts[-1])}"

    KINDS[name] = Kind(name, label, address, is_reference)


register("pivot", pgettext_lazy("søgning", "Omdrejningspunkter"), "compass:pivot")
register("path", pgettext_lazy("søgning", "Veje"), "compass:path")
register("dilemma", pgettext_lazy("søgning", "Dilemmaer"), "compass:dilemma")
register("story", pgettext_lazy("søgning", "Historier"), "compass:story")
register("page", pgettext_lazy("søgning", "Sider"), "compass:page")
register("chapter", pgettext_lazy("søgning", "Lydbog"), "compass:chapter", is_reference=True)
register("milestone", pgettext_lazy("søgning", "Tidslinje"), "compass:timeline", "{}", is_reference=True)
register("resource", pgettext_lazy("søgning", "Dokumenter"), "compass:timeline", "{}", is_reference=True)


# --- What was typed ------------------------------------------------------------------------------


def fold(text: str) -> str:
    """A word as it is compared: search_fold() in the database, for what is marked on the page."""
    return text.lower().translate(LETTERS).translate(DANISH_LETTERS)


class Near(NamedTuple):
    word: str
    lexeme: str


@dataclass
class Term:
    """One word of a search, and what it stands for in the index."""

    folded: str
    lexemes: list[str]
    compounds: list[str]
    parts: list[str]
    is_known: bool
    near: list[Near] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        """Whether the word, or a compound with it, is in any text."""
        return self.is_known or bool(self.compounds)

    @property
    def exact(self) -> str:
        return _any(self.lexemes)

    @property
    def wide(self) -> str:
        """Also compounds with the word, both parts of it, and the words it may be a misspelling of."""
        found = _any([*self.lexemes, *self.compounds, *(near.lexeme for near in self.near)])
        return f"{found} | {_all(self.parts)}" if self.parts else found

    @property
    def all_lexemes(self) -> list[str]:
        return [*self.lexemes, *self.compounds, *self.parts, *(near.lexeme for near in self.near)]


def _any(lexemes: list[str]) -> str:
    """Lexemes are letters and digits alone (search_fold), so quotation marks are enough."""
    return " | ".join(f"'{lexeme}'" for lexeme in lexemes)


def _all(lexemes: list[str]) -> str:
    return "(" + " & ".join(f"'{lexeme}'" for lexeme in lexemes) + ")"


# The stemmer takes the s of «kompas» for a genitive and does not know that «artikler» is «artikel».
# The compounds of a word are those that contain the shortest form of it: «borgerinddragelse» for
# «inddragelsen». Five letters at least, and three before it, or «formål» would be a kind of mål.
READ = """
WITH typed AS (
    SELECT folded, min(position) AS position
    FROM unnest(string_to_array(search_fold(%(text)s), ' ')) WITH ORDINALITY AS t (folded, position)
    GROUP BY folded
), term AS (
    SELECT folded, position, own[1] AS own,
        own || CASE %(language)s
            WHEN 'en' THEN tsvector_to_array(search_vector('da', folded))
            ELSE ARRAY(
                SELECT DISTINCT lexeme FROM compass_search_word
                WHERE language = 'da' AND length(lexeme) > 4 AND lexeme <> own[1] AND lexeme IN (
                    own[1] || 's', rtrim(own[1], 's'),
                    regexp_replace(own[1], 'e([ln])$', '\\1'), regexp_replace(own[1], '([ln])$', 'e\\1')
                )
            )
        END AS lexemes
    FROM typed, LATERAL tsvector_to_array(search_vector(%(language)s, folded)) AS own
    WHERE own <> '{}'
    ORDER BY position LIMIT %(most_words)s
), family AS (
    SELECT term.*, coalesce(shortest.folded, CASE WHEN length(term.folded) >= 5 THEN term.folded END) AS base
    FROM term LEFT JOIN LATERAL (
        SELECT word.folded FROM compass_search_word AS word
        WHERE word.lexeme = own AND language = %(language)s AND length(word.folded) >= 5
        ORDER BY length(word.folded), word.folded LIMIT 1
    ) AS shortest ON true
)
SELECT folded, lexemes,
    ARRAY(
        SELECT lexeme FROM compass_search_word AS word
        WHERE word.folded LIKE '%%' || base || '%%'
        AND (word.folded LIKE base || '%%' OR word.folded LIKE '___%%' || base || '%%')
        AND language = %(language)s AND lexeme <> ALL (lexemes)
        GROUP BY lexeme ORDER BY min(length(word.folded)), lexeme LIMIT 40
    ) AS compounds,
    coalesce((
        SELECT ARRAY[modifier[1], head[1]]
        FROM generate_series(3, length(folded) - 4) AS cut,
        LATERAL tsvector_to_array(search_vector(%(language)s, left(folded, cut))) AS modifier,
        LATERAL tsvector_to_array(search_vector(%(language)s, substr(folded, cut + 1))) AS head
        WHERE EXISTS (SELECT FROM compass_search_word WHERE lexeme = modifier[1] AND language = %(language)s)
        AND EXISTS (SELECT FROM compass_search_word WHERE lexeme = head[1] AND language = %(language)s)
        ORDER BY cut LIMIT 1
    ), '{}') AS parts,
    EXISTS (SELECT FROM compass_search_word WHERE lexeme = ANY (lexemes) AND language = %(language)s) AS is_known
FROM family ORDER BY position
"""


def read(text: str, language: str) -> list[Term]:
    """The words of a search without the small ones («og», «på»); empty when there are no others."""
    values = {"text": text, "language": language, "most_words": MOST_WORDS}
    return [Term(*row) for row in _rows(READ, values)]


# --- What is found -------------------------------------------------------------------------------


class Hit(NamedTuple):
    kind: Kind
    address: str
    is_draft: bool
    title: str
    excerpt: str


class Group(NamedTuple):
    kind: Kind
    hits: list[Hit]
    has_more: bool


@dataclass
class Results:
    terms: list[Term]
    groups: list[Group] = field(default_factory=list)
    did_you_mean: str = ""
    is_loose: bool = False  # some of the hits lack some of the words


class Row(NamedTuple):
    kind: str
    address: list[str]
    is_draft: bool
    title: Text
    intro: Text
    body: Text
    number: int


# A common word has more hits than can be ranked in time. So: the newest stories are looked through,
# and only a word that is rare among them is looked up in all texts; titles and introductions always.
FIND = """
WITH newest AS MATERIALIZED (
    SELECT id, vector @@ %(query)s::tsquery AS matches
    FROM compass_search_entry AS entry
    WHERE kind = 'story' AND {visible}
    ORDER BY published_at DESC NULLS LAST LIMIT 200
), found AS (
    SELECT id FROM newest WHERE matches
    UNION (
        SELECT id FROM compass_search_entry AS entry
        WHERE kind = 'story' AND {visible} AND heading @@ %(query)s::tsquery LIMIT 300
    )
    UNION (
        SELECT id FROM compass_search_entry AS entry
        WHERE kind = 'story' AND {visible} AND vector @@ %(query)s::tsquery
        AND (SELECT count(*) FROM newest WHERE matches) < 20 LIMIT 300
    )
    UNION (
        SELECT id FROM compass_search_entry AS entry
        WHERE kind <> 'story' AND {visible} AND vector @@ %(query)s::tsquery LIMIT 500
    )
), scored AS (
    SELECT id, kind, (
        SELECT sum(CASE
            WHEN in_title @@ exact THEN 14 + 2.0 / length(in_title)
            WHEN in_title @@ wide THEN 11 + 2.0 / length(in_title)
            WHEN in_intro @@ exact THEN 9
            WHEN in_title @@ head AND vector @@ wide THEN 8
            WHEN in_intro @@ wide THEN 7
            WHEN vector @@ exact THEN 6
            WHEN vector @@ wide THEN 5
            ELSE 0 END)
        FROM unnest(
            %(exact)s::text[]::tsquery[], %(wide)s::text[]::tsquery[], %(heads)s::text[]::tsquery[]
        ) AS term (exact, wide, head)
    ) + ts_rank(vector, %(all)s::tsquery) - CASE WHEN kind = ANY (%(references)s) THEN 1 ELSE 0 END AS points
    FROM found JOIN compass_search_entry AS entry USING (id),
    LATERAL ts_filter(heading, '{{a}}') AS in_title, LATERAL ts_filter(heading, '{{b}}') AS in_intro
    WHERE kind = ANY (%(kinds)s)
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY points DESC, id) AS place,
        count(*) OVER (PARTITION BY kind) AS number
    FROM scored
)
SELECT kind, address, published_at IS NULL OR published_at > now() AS is_draft,
    title, title_language, intro, intro_language, body, body_language, number
FROM placed JOIN compass_search_entry AS entry USING (id, kind)
WHERE place <= %(shown)s
ORDER BY points DESC, id
"""

VISIBLE = "entry.language = %(language)s AND entry.published_at <= now()"
WITH_DRAFTS = "entry.language = %(language)s"


@dataclass
class Search:
    """One reader's search in the language of the page."""

    drafts: bool
    kinds: list[str]
    shown: int
    language: str = field(default_factory=lambda: "en" if get_language() == "en" else "da")

    def find(self, terms: list[Term], *, some: bool = False) -> list[Row]:
        """What has every word – with `some`: any word – of the search, best first."""
        values = {
            "query": (" | " if some else " & ").join(f"({term.wide})" for term in terms),
            "exact": [term.exact for term in terms],
            "wide": [term.wide for term in terms],
            "heads": [_any(term.parts[1:]) for term in terms],
            "all": _any(list(chain.from_iterable(term.all_lexemes for term in terms))),
            "references": [kind.name for kind in KINDS.values() if kind.is_reference],
            "kinds": self.kinds,
            "shown": self.shown,
            "language": self.language,
        }
        rows = _rows(self._seen(FIND), values)
        return [self._row(*row) for row in rows]

    def _row(self, kind, address, is_draft, *texts_and_number) -> Row:
        *texts, number = texts_and_number
        texts = [self._text(*text) for text in zip(texts[::2], texts[1::2], strict=True)]
        return Row(kind, address, is_draft, *texts, number)

    def _text(self, text: str, language: str) -> Text:
        return Text(text, language if text and language != self.language else "")

    def spell(self, terms: list[Term]):
        """Give the words that nothing is written with their nearest neighbours, if there are any."""
        unknown = [term for term in terms if not term.is_written and len(term.folded) > 3]
        values = {
            "folded": [term.folded for term in unknown],
            "lexemes": [term.lexemes[0] for term in unknown],
            "language": self.language,
            "kinds": self.kinds,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL pg_trgm.similarity_threshold = 0.25")
            cursor.execute(self._seen(SPELL), values)
            for number, word, lexeme in cursor.fetchall():
                unknown[number - 1].near.append(Near(word, lexeme))

    def _seen(self, sql: str) -> str:
        return sql.format(visible=WITH_DRAFTS if self.drafts else VISIBLE)


# Neighbours are words that somebody may read: the word list also holds what only drafts say.
SPELL = """
SELECT term.number, near.word, near.lexeme
FROM unnest(%(folded)s::text[], %(lexemes)s::text[]) WITH ORDINALITY AS term (folded, lexeme, number),
LATERAL (
    SELECT word, lexeme, edits, likeness, rank() OVER (ORDER BY edits) AS place
    FROM (
        SELECT word.word, word.lexeme, similarity(word.folded, term.folded) AS likeness,
            least(
                levenshtein(word.folded, term.folded),
                levenshtein(word.lexeme, term.lexeme) + CASE WHEN length(term.lexeme) < 6 THEN 9 ELSE 0 END
            ) AS edits
        FROM compass_search_word AS word
        WHERE word.folded %% term.folded AND language = %(language)s
        ORDER BY edits, likeness DESC, word LIMIT 8
    ) AS candidate
    WHERE edits <= CASE WHEN length(term.folded) < 6 THEN 1 WHEN length(term.folded) < 9 THEN 2 ELSE 3 END
    AND EXISTS (
        SELECT FROM compass_search_entry AS entry
        WHERE {visible} AND kind = ANY (%(kinds)s) AND vector @@ format('%%L', candidate.lexeme)::tsquery
    )
) AS near
WHERE near.place = 1
ORDER BY term.number, likeness DESC, word
"""


def search(text: str, user, kind: str = "") -> Results:
    """Everything the user may see that matches, grouped by kind, best first."""
    searched = Search(
        drafts=user.is_staff,
        kinds=[kind] if kind else list(KINDS),
        shown=SHOWN_OF_ONE_KIND if kind else SHOWN_OF_EACH_KIND,
    )
    terms = read(text, searched.language)
    if not terms:
        return Results(terms)
    rows, is_loose = searched.find(terms), False
    if len(rows) < FEW:
        searched.spell(terms)
        rows, is_loose = searched.find(terms, some=True), len(terms) > 1
    return Results(terms, _groups(rows, _Marker(terms)), _did_you_mean(text, terms), is_loose)


def _groups(rows: list[Row], marker: "_Marker") -> list[Group]:
    groups: dict[str, Group] = {}
    for row in rows:
        kind = KINDS[row.kind]
        group = groups.setdefault(row.kind, Group(kind, [], row.number > SHOWN_OF_EACH_KIND))
        hit = Hit(kind, kind.address(*row.address), row.is_draft, marker.mark(row.title), marker.excerpt(row))
        group.hits.append(hit)
    return list(groups.values())


def _did_you_mean(text: str, terms: list[Term]) -> str:
    """The search with its misspelt words put right, or nothing where none was."""
    near = {term.folded: term.near[0].word for term in terms if term.near}
    return WORD.sub(lambda match: near.get(fold(match[0]), match[0]), text) if near else ""


# --- What is shown of it -------------------------------------------------------------------------


class _Marker:
    """Marks the words of a search in texts; everything else is escaped."""

    def __init__(self, terms: list[Term]):
        lexemes = list(chain.from_iterable(term.all_lexemes for term in terms))
        written = _rows("SELECT folded FROM compass_search_word WHERE lexeme = ANY (%(lexemes)s)", {"lexemes": lexemes})
        self.words = {term.folded for term in terms} | {folded for (folded,) in written}

    def mark(self, text: Text) -> str:
        html = mark_safe("".join(self._pieces(text)))  # noqa: S308 – each piece is escaped
        return format_html('<span lang="{}">{}</span>', text.lang, html) if text.lang else html

    def _pieces(self, text: str) -> Iterator[str]:
        end = 0
        for match in self._matches(text):
            yield conditional_escape(text[end : match.start()])
            yield format_html("<mark>{}</mark>", match[0])
            end = match.end()
        yield conditional_escape(text[end:])

    def _matches(self, text: str) -> Iterator[re.Match]:
        return (match for match in WORD.finditer(text) if fold(match[0]) in self.words)

    def excerpt(self, row: Row) -> str:
        """The introduction – unless only the text below it has the words: then what is around them."""
        first = next(self._matches(row.body), None)
        if next(self._matches(row.intro), None) or not first:
            return self.mark(_shortened(row.intro))
        return self.mark(_around(row.body, first.start()))


def _shortened(text: Text) -> Text:
    return Text(Truncator(str(text)).chars(EXCERPT_LENGTH), text.lang)


def _around(text: Text, place: int) -> Text:
    """Some of the text with `place` in it, cut between words."""
    start = text.rfind(" ", 0, max(place - EXCERPT_BEFORE, 0)) + 1
    end = text.find(" ", start + EXCERPT_LENGTH)
    cut = text[start : end if end > 0 else len(text)]
    return Text(f"{'… ' if start else ''}{cut}{' …' if end > 0 else ''}", text.lang)


def _rows(sql: str, values: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
