"""One search over everything public; PostgreSQL keeps the index (docs/decisions/0006-search.md).

A search is read word by word: each word stands for its inflections, and more loosely for the compounds
it is part of and for its own parts. Only when that finds little are misspellings tried and hits with
some of the words let in. A hit counts by where its words stand: title, introduction, text.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, pgettext_lazy

from compass.models import Story
from publishing.tidy_text import tidy
from publishing.translated import Text

MOST_WORDS = 8
LONGEST_WORD = 60  # as in the list of words; levenshtein() takes no more than 255 bytes
MOST_WORDS_BETWEEN = 3  # between the parts of a compound, where it is written as several words
FEW = 3  # so few hits that misspellings are tried
SHOWN_OF_EACH_KIND = 5
SHOWN_OF_ONE_KIND = 50
SUGGESTIONS = 7
SUGGEST_FROM = 2  # letters
EXCERPT_BEFORE, EXCERPT_LENGTH = 70, 240

WORD = re.compile(r"[^\W_]+")
LETTERS = str.maketrans("äöüéèêëáàâíìîïóòôúùûçñ", "æøueeeeaaaiiiiooouuucn")
DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


# --- What is searched ----------------------------------------------------------------------------


class Kind(NamedTuple):
    name: str
    label: str | Promise
    route: str
    fragment: str
    parts: int
    is_reference: bool

    @property
    def has_page(self) -> bool:
        """Not every installation has every part of the portal; what has no page is not searched."""
        try:
            return bool(self.address(*["1"] * self.parts))
        except NoReverseMatch:
            return False

    def address(self, *parts: str) -> str:
        if not self.fragment:
            return reverse(self.route, args=parts)
        return f"{reverse(self.route, args=parts[:-1])}#{self.fragment.format(parts[-1])}"


KINDS: dict[str, Kind] = {}


def register(
    name: str,
    label: str | Promise,
    route: str,
    fragment: str = "",
    *,
    parts: int = 1,
    is_reference: bool = False,
):
    """Search a kind of entry that a migration writes (search_follow), and say where its pages are.

    The `parts` of the entry's address fill in the route – or, the last of them, the `fragment`.
    A reference tells where something stands, and comes after the thing itself.
    """
    KINDS[name] = Kind(name, label, route, fragment, parts, is_reference)


register("pivot", pgettext_lazy("søgning", "Omdrejningspunkter"), "compass:pivot")
register("path", pgettext_lazy("søgning", "Veje"), "compass:path")
register("dilemma", pgettext_lazy("søgning", "Dilemmaer"), "compass:dilemma")
register("story", pgettext_lazy("søgning", "Historier"), "compass:story")
register("page", pgettext_lazy("søgning", "Sider"), "compass:page")
register("chapter", pgettext_lazy("søgning", "Lydbog"), "compass:chapter", parts=2, is_reference=True)
register("milestone", pgettext_lazy("søgning", "Tidslinje"), "compass:timeline", "{}", is_reference=True)
register("resource", pgettext_lazy("søgning", "Dokumenter"), "compass:documents", "{}", is_reference=True)


def searched_kinds() -> list[str]:
    return [kind.name for kind in KINDS.values() if kind.has_page]


# --- What was typed ------------------------------------------------------------------------------


def fold(text: str) -> str:
    """A word as it is compared: search_fold() in the database, for what is marked on the page."""
    return text.lower().translate(LETTERS).translate(DANISH_LETTERS)


@dataclass
class Term:
    """One word of a search, and what it stands for in the index."""

    folded: str
    lexemes: list[str]
    compounds: list[str]
    parts: list[str]

    @property
    def exact(self) -> str:
        return _any(self.lexemes)

    @property
    def whole(self) -> str:
        """Also the compounds with the word."""
        return _any([*self.lexemes, *self.compounds])

    @property
    def wide(self) -> str:
        """Also its own parts, where both of them are."""
        return f"{self.whole} | {_near(*self.parts)}" if self.parts else self.whole

    @property
    def all_lexemes(self) -> list[str]:
        return [*self.lexemes, *self.compounds, *self.parts]


def _any(lexemes: list[str]) -> str:
    """Lexemes are letters and digits alone (search_fold), so quotation marks are enough."""
    return " | ".join(f"'{lexeme}'" for lexeme in lexemes)


def _near(modifier: str, head: str) -> str:
    """Both parts of a compound, close to each other: «inddragelse af borgere»."""
    pairs = [(modifier, head), (head, modifier)]
    return " | ".join(
        f"'{first}' <{distance}> '{second}'"
        for first, second in pairs
        for distance in range(1, MOST_WORDS_BETWEEN + 2)
    )


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
                WHERE language = 'da' AND length(lexeme) > 3 AND lexeme <> own[1] AND lexeme IN (
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
        GROUP BY lexeme ORDER BY min(length(word.folded)), lexeme LIMIT 20
    ) AS compounds,
    coalesce((
        SELECT ARRAY[modifier[1], head[1]]
        FROM generate_series(3, length(folded) - 4) AS cut,
        LATERAL tsvector_to_array(search_vector(%(language)s, left(folded, cut))) AS modifier,
        LATERAL tsvector_to_array(search_vector(%(language)s, substr(folded, cut + 1))) AS head
        WHERE length(folded) <= %(longest_word)s
        AND EXISTS (SELECT FROM compass_search_word WHERE lexeme = modifier[1] AND language = %(language)s)
        AND EXISTS (SELECT FROM compass_search_word WHERE lexeme = head[1] AND language = %(language)s)
        ORDER BY cut LIMIT 1
    ), '{}') AS parts
FROM family ORDER BY position
"""


def read(text: str, language: str) -> list[Term]:
    """The words of a search without the small ones («og», «på»); empty when there are no others."""
    values = {"text": text, "language": language, "most_words": MOST_WORDS, "longest_word": LONGEST_WORD}
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
    corrected: str = ""  # the search as it was understood, where words were misspelt
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
# and only a word that is rare among them, or among their headings, is looked up in all of them.
# The parts of a compound must stand together, which takes reading the text: not for all texts.
# OFFSET 0 keeps the planner from walking the dates instead of looking the word up.
FIND = """
WITH newest AS MATERIALIZED (
    SELECT id, vector @@ %(query)s::tsquery AS matches, heading @@ %(query)s::tsquery AS is_headed
    FROM (
        SELECT id FROM compass_search_entry AS entry
        WHERE kind = 'story' AND {visible}
        ORDER BY published_at DESC NULLS LAST LIMIT 100
    ) AS dated JOIN compass_search_entry USING (id)
), found AS (
    SELECT id FROM newest WHERE matches
    UNION (
        SELECT id FROM (
            SELECT * FROM compass_search_entry
            WHERE kind = 'story' AND heading @@ %(query)s::tsquery OFFSET 0
        ) AS entry
        WHERE {visible} AND (SELECT count(*) FROM newest WHERE is_headed) < 10 LIMIT 150
    )
    UNION (
        SELECT id FROM (
            SELECT * FROM compass_search_entry
            WHERE kind = 'story' AND vector @@ %(whole)s::tsquery OFFSET 0
        ) AS entry
        WHERE {visible} AND (SELECT count(*) FROM newest WHERE matches) < 10 LIMIT 150
    )
    UNION (
        SELECT id FROM compass_search_entry AS entry
        WHERE kind <> 'story' AND {visible} AND vector @@ %(query)s::tsquery LIMIT 150
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
SELECT kind, address, published_at IS NULL OR published_at > %(now)s AS is_draft,
    title, title_language, intro, intro_language, body, body_language, number
FROM placed JOIN compass_search_entry AS entry USING (id, kind)
WHERE place <= %(shown)s
ORDER BY points DESC, id
"""

VISIBLE = "entry.language = %(language)s AND entry.published_at <= %(now)s"
WITH_DRAFTS = "entry.language = %(language)s"


@dataclass
class Search:
    """One reader's search in the language of the page."""

    drafts: bool
    kinds: list[str]
    shown: int
    language: str = field(default_factory=lambda: "en" if get_language() == "en" else "da")

    def _ask(self, sql: str, values: dict) -> list[tuple]:
        seen = sql.format(visible=WITH_DRAFTS if self.drafts else VISIBLE)
        known = {"language": self.language, "kinds": self.kinds, "now": timezone.now()}
        return _rows(seen, {**known, **values})

    def best(self, terms: list[Term], *, some: bool = False) -> list[Row]:
        """What has every word – with `some`: any word – of the search, best first."""
        joined = " | " if some else " & "
        values = {
            "query": joined.join(f"({term.wide})" for term in terms),
            "whole": joined.join(f"({term.whole})" for term in terms),
            "exact": [term.exact for term in terms],
            "wide": [term.wide for term in terms],
            "heads": [_any(term.parts[1:]) for term in terms],
            "all": _any(list(chain.from_iterable(term.all_lexemes for term in terms))),
            "references": [kind.name for kind in KINDS.values() if kind.is_reference],
            "shown": self.shown,
        }
        return [self._row(*row) for row in self._ask(FIND, values)]

    def _row(self, kind, address, is_draft, *texts_and_number) -> Row:
        *texts, number = texts_and_number
        title, intro, body = [self._text(*text) for text in zip(texts[::2], texts[1::2], strict=True)]
        return Row(kind, address, is_draft, title, intro, body, number)

    def _text(self, text: str, language: str) -> Text:
        return Text(text, language if text and language != self.language else "")

    def spell(self, terms: list[Term]) -> dict[str, str]:
        """The nearest word for each that is not written anywhere, where one is near enough."""
        values = {
            "folded": [term.folded for term in terms],
            "lexemes": [term.lexemes[0] for term in terms],
            "whole": [term.whole for term in terms],
        }
        return dict(self._ask(SPELL, values))

    def titles(self, text: str) -> list[tuple]:
        """Kind, address and title of what begins as is typed."""
        values = {"text": text, "most_words": MOST_WORDS, "suggestions": SUGGESTIONS}
        return self._ask(SUGGEST, values)


# The word list also holds what only drafts say, so both the word that is not written anywhere and the
# one that is are looked up among what the reader may see.
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
SPELL = f"""
WITH term AS MATERIALIZED (
    SELECT folded, lexeme
    FROM unnest(%(folded)s::text[], %(lexemes)s::text[], %(whole)s::text[]) AS term (folded, lexeme, whole)
    WHERE length(folded) BETWEEN 4 AND {LONGEST_WORD} AND NOT {WRITTEN.format(query="term.whole::tsquery")}
)
SELECT term.folded, near.word
FROM term, LATERAL (
    SELECT word FROM (
        SELECT word.word, word.lexeme, similarity(word.folded, term.folded) AS likeness,
            least(
                levenshtein(word.folded, term.folded),
                CASE WHEN length(term.lexeme) > 5 THEN levenshtein(word.lexeme, term.lexeme) END
            ) AS edits
        FROM compass_search_word AS word
        WHERE word.folded %% term.folded AND language = %(language)s
        ORDER BY edits, likeness DESC, word LIMIT 8
    ) AS candidate
    WHERE edits <= CASE WHEN length(term.folded) < 6 THEN 1 WHEN length(term.folded) < 9 THEN 2 ELSE 3 END
    AND {WRITTEN.format(query="format('%%L', candidate.lexeme)::tsquery")}
    ORDER BY edits, likeness DESC, word LIMIT 1
) AS near
"""  # noqa: S608 – put together from our own words


def find(text: str, user, kind: str = "") -> Results:
    """Everything the user may see that matches, grouped by kind, best first."""
    searched = Search(
        drafts=user.is_staff,
        kinds=[kind] if kind else searched_kinds(),
        shown=SHOWN_OF_ONE_KIND if kind else SHOWN_OF_EACH_KIND,
    )
    with _planned():
        terms = read(text, searched.language)
        if not terms:
            return Results(terms)
        rows, is_loose, corrected = searched.best(terms), False, ""
        if len(rows) < FEW:
            corrected = _corrected(text, searched.spell(terms))
            terms = read(corrected, searched.language) if corrected else terms
            is_loose = len(terms) > 1
            rows = searched.best(terms, some=True) if corrected or is_loose else rows
        return Results(terms, _groups(rows, terms), corrected, is_loose)


@contextmanager
def _planned():
    """Plans that look up words: the planner does not know what it costs to read a long text, and would
    rather go through all of them than through the index."""
    with transaction.atomic():
        _rows(PLANS, {})
        yield


PLANS = """
SELECT set_config('enable_seqscan', 'off', true),
    set_config('pg_trgm.similarity_threshold', '0.25', true)
"""


def _corrected(text: str, near: dict[str, str]) -> str:
    """The search with its misspelt words put right, or nothing where none was."""
    return WORD.sub(lambda match: near.get(fold(match[0]), match[0]), text) if near else ""


def _groups(rows: list[Row], terms: list[Term]) -> list[Group]:
    marker = _Marker(terms)
    groups: dict[str, Group] = {}
    for row in rows:
        has_more = row.number > SHOWN_OF_EACH_KIND
        groups.setdefault(row.kind, Group(KINDS[row.kind], [], has_more)).hits.append(marker.hit(row))
    return list(groups.values())


# --- While one types -----------------------------------------------------------------------------

# The last word may be half written; each of the others, and a whole last one, may be inflected.
SUGGEST = """
WITH typed AS (
    SELECT string_agg(
        concat_ws(' | ', CASE WHEN is_last THEN format('%%L:*A', folded) END, format('%%L:A', own[1])),
        ' & '
    )::tsquery AS query
    FROM (
        SELECT folded, position = max(position) OVER () AS is_last,
            tsvector_to_array(search_vector(%(language)s, folded)) AS own
        FROM unnest(string_to_array(search_fold(%(text)s), ' ')) WITH ORDINALITY AS t (folded, position)
        LIMIT %(most_words)s
    ) AS word
    WHERE is_last OR own <> '{{}}'
), found AS (
    (
        SELECT * FROM (
            SELECT entry.* FROM compass_search_entry AS entry, typed
            WHERE kind = 'story' AND heading @@ query OFFSET 0
        ) AS entry
        WHERE {visible} LIMIT 100
    )
    UNION ALL
    (
        SELECT entry.* FROM compass_search_entry AS entry, typed
        WHERE kind <> 'story' AND {visible} AND vector @@ query LIMIT 100
    )
)
SELECT kind, address, title FROM found
WHERE kind = ANY (%(kinds)s)
ORDER BY starts_with(search_fold(title), search_fold(%(text)s)) DESC, length(title), id
LIMIT %(suggestions)s
"""


def suggest(text: str, user) -> list[dict[str, str]]:
    """Titles with the words typed so far, and where they lead; nothing before the second letter."""
    if len(text.strip()) < SUGGEST_FROM:
        return []
    searched = Search(drafts=user.is_staff, kinds=searched_kinds(), shown=SUGGESTIONS)
    with _planned():
        found = searched.titles(text)
    return [
        {"title": title, "kind": str(KINDS[kind].label), "address": KINDS[kind].address(*address)}
        for kind, address, title in found
    ]


# --- What is shown of it -------------------------------------------------------------------------


class _Marker:
    """Marks the words of a search in texts; everything else is escaped.

    The parts of a compound are marked only where neither the word nor a compound with it stands.
    """

    def __init__(self, terms: list[Term]):
        parts = set(chain.from_iterable(term.parts for term in terms))
        lexemes = set(chain.from_iterable([*term.lexemes, *term.compounds] for term in terms))
        written = _rows(FORMS, {"lexemes": [*lexemes, *parts]})
        self.words = {term.folded for term in terms} | {word for word, lexeme in written if lexeme in lexemes}
        self.part_words = {word for word, lexeme in written if lexeme in parts}

    def hit(self, row: Row) -> Hit:
        texts = [row.title, row.intro, row.body]
        words = self.words if any(_places(text, self.words) for text in texts) else self.part_words
        kind = KINDS[row.kind]
        title, excerpt = _marked(row.title, words), _marked(_excerpt(row, words), words)
        return Hit(kind, kind.address(*row.address), row.is_draft, title, excerpt)


FORMS = "SELECT folded, lexeme FROM compass_search_word WHERE lexeme = ANY (%(lexemes)s)"


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


def _rows(sql: str, values: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


# --- For editors -----------------------------------------------------------------------------------


MOST_STORIES = 1_000

# The words that the index keeps; of «mødet på torvet» the one in the middle is not looked for.
TOLD_APART = """
SELECT word FROM unnest(%(words)s::text[]) WITH ORDINALITY AS typed (word, position)
WHERE search_vector('da', word) <> ''::tsvector ORDER BY position
"""

BEGINS_WITH = """
SELECT DISTINCT owner_id FROM (
    SELECT owner_id FROM compass_search_entry
    WHERE kind = 'story'
        AND vector @@ (to_tsquery('danish', %(words)s) || to_tsquery('english', %(words)s)) OFFSET 0
) AS found
ORDER BY owner_id DESC LIMIT %(most)s
"""


def _short_words(text: str) -> list[str]:
    return [word for word in WORD.findall(tidy(text)) if len(word) <= LONGEST_WORD]


def story_ids(text: str) -> list[int]:
    """The ids of the stories, drafts too, that have words beginning with each of these; newest first."""
    typed = _short_words(text)[:MOST_WORDS]
    with _planned():
        told = [word for (word,) in _rows(TOLD_APART, {"words": [fold(word) for word in typed]})]
        words = " & ".join(f"'{word}':*" for word in told)
        if words:
            return [owner for (owner,) in _rows(BEGINS_WITH, {"words": words, "most": MOST_STORIES})]
    return _with_small_words(typed)


def _with_small_words(words: list[str]) -> list[int]:
    """«på», «når», «være» are in no index: the titles that have them are read through."""
    found = Story.objects.order_by("-pk")
    for word in words:
        found = found.filter(title__iregex=rf"\m{word}\M")
    return list(found.values_list("pk", flat=True)[:MOST_STORIES]) if words else []
