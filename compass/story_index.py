"""Which stories stand under which heading: one bit per story, in the memory of each process.

Counting 100,000 stories for every filter takes PostgreSQL longer than the whole page; counting bits
takes a millisecond. A mark in the database changes with every change of a story
(compass/sql/content_marks.sql) and tells `current()` when to read them again:
docs/decisions/0012-story-catalogue.md.
"""

import json
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import islice
from operator import or_
from threading import Lock, Thread

from django.db import connection
from django.utils import timezone

from compass.models import Department, Path, Theme
from publishing.trial import is_trial

BYTES_A_BLOCK = 256

# A transaction's own changes have a mark of their own.
MARK = """concat(
    (SELECT mark FROM compass_content_mark WHERE name = 'index'),
    current_setting('compass.index_mark', true)
)"""

# All in one statement, so that all of it is of one moment: places, newest first, under ("path", 3),
# ("kind", "case"), ("year", 2021) … PostgreSQL gathers them, for nobody's page waits for its processor.
READ = """
WITH placed AS MATERIALIZED (
    SELECT id, path_id, kind, department_id, year, outcome, published_at,
        row_number() OVER (ORDER BY published_at DESC NULLS FIRST, id DESC) - 1 AS place
    FROM compass_story
)
SELECT 'ids', NULL::jsonb, array_agg(id ORDER BY place) FROM placed
UNION ALL
SELECT 'dates', NULL, array_agg(-(extract(epoch FROM published_at) * 1000000)::bigint ORDER BY place)
    FROM placed WHERE published_at IS NOT NULL
UNION ALL SELECT 'path', to_jsonb(path_id), array_agg(place) FROM placed GROUP BY path_id
UNION ALL SELECT 'kind', to_jsonb(kind), array_agg(place) FROM placed GROUP BY kind
UNION ALL SELECT 'department', to_jsonb(department_id), array_agg(place) FROM placed GROUP BY department_id
UNION ALL SELECT 'year', to_jsonb(year), array_agg(place) FROM placed GROUP BY year
UNION ALL SELECT 'outcome', to_jsonb(outcome), array_agg(place) FROM placed GROUP BY outcome
UNION ALL SELECT 'theme', to_jsonb(theme_id), array_agg(place)
    FROM placed JOIN compass_story_themes ON story_id = placed.id GROUP BY theme_id
UNION ALL SELECT 'dilemma', to_jsonb(dilemma_id), array_agg(place)
    FROM placed JOIN compass_story_dilemmas ON story_id = placed.id GROUP BY dilemma_id
"""


class StoryIndex:
    """All stories, newest first: the lowest bit is the newest story, drafts stand before it."""

    def __init__(self, mark: str):
        self.mark = mark
        self.paths = list(Path.objects.all())
        self.themes = list(Theme.objects.all())
        self.departments = list(Department.objects.all())
        self.ids, self._dates, self._bits = array("q"), array("q"), {}
        with connection.cursor() as cursor:
            cursor.execute(READ)
            for name, key, places in cursor:
                self._take(name, key and json.loads(key), places or [])
        self._drafts = len(self.ids) - len(self._dates)
        self._rows = {(type(row), row.pk): row for row in [*self.paths, *self.themes, *self.departments]}

    def _take(self, name: str, key, places: list[int]):
        match name:
            case "ids":
                self.ids = array("q", places)
            case "dates":
                self._dates = array("q", places)
            case _:
                self._bits[name, key] = _bits(places)

    def placed(self, items: list) -> list:
        """Stories or dilemmas with path and department as this index knows them: these need no join."""
        for item in items:
            item.path = self._rows.get((Path, item.path_id)) or item.path
            if item.__dict__.get("department_id"):
                item.department = self._rows.get((Department, item.department_id)) or item.department
        return items

    @property
    def years(self) -> list[int]:
        years = {key for name, key in self._bits if name == "year" and key}
        return sorted(years, reverse=True)

    def visible_to(self, user) -> int:
        """The same rule as PublishedQuerySet.visible_to, for bits."""
        return (1 << len(self.ids)) - 1 if user.is_staff else self.published()

    def published(self) -> int:
        everything = (1 << len(self.ids)) - 1
        waiting = self._drafts + bisect_left(self._dates, -int(timezone.now().timestamp() * 1_000_000))
        return everything >> waiting << waiting

    def under(self, name: str, key) -> int:
        return self._bits.get((name, key), 0)

    def under_any(self, name: str, keys: Iterable) -> int:
        return reduce(or_, (self.under(name, key) for key in keys), 0)

    def newest(self, bits: int, number: int, *, after: int = 0) -> list[int]:
        """The ids of the `number` newest of these stories, without the `after` newest."""
        return [self.ids[place] for place in islice(_places(bits, after), number)]


def _bits(places: list[int]) -> int:
    raw = bytearray(max(places) // 8 + 1)
    for place in places:
        raw[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(raw, "little")


def _places(bits: int, skip: int) -> Iterator[int]:
    """Where bits are set, lowest first, without the first `skip`."""
    raw = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for start in range(0, len(raw), BYTES_A_BLOCK):
        block = int.from_bytes(raw[start : start + BYTES_A_BLOCK], "little")
        if skip >= (number := block.bit_count()):
            skip -= number
            continue
        while block:
            lowest = block & -block
            block ^= lowest
            if skip:
                skip -= 1
            else:
                yield start * 8 + lowest.bit_length() - 1


class _Kept:
    index: StoryIndex | None = None
    lock = Lock()  # of whoever reads the stories

    @classmethod
    def has(cls, mark: str) -> bool:
        return cls.index is not None and cls.index.mark == mark


def current() -> StoryIndex:
    """The index of this moment; one query when no story has changed since the last time."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {MARK}")
        return at(*cursor.fetchone())


def at(mark: str) -> StoryIndex:
    """The index with this mark, or the one before it while the stories are read again beside the requests.

    A transaction reads them itself, for nobody else sees what it has changed; so does the very first reader.
    What a trial reads is nobody else's.
    """
    if not _Kept.has(mark):
        if is_trial():
            return StoryIndex(mark)
        if _Kept.index is None or connection.in_atomic_block:
            with _Kept.lock:
                _read(mark)
        elif _Kept.lock.acquire(blocking=False):
            beside_the_requests(lambda: _read_and_release(mark))
    return _Kept.index


def is_renewed(mark: str) -> bool:
    """Whether pages may be kept: no index is in use, or it is the one with this mark."""
    return _Kept.index is None or at(mark).mark == mark


def beside_the_requests(work: Callable):
    def run():
        try:
            work()
        finally:
            connection.close()

    Thread(target=run, name="story index", daemon=True).start()


def _read(mark: str):
    if not _Kept.has(mark):
        _Kept.index = StoryIndex(mark)


def _read_and_release(mark: str):
    try:
        _read(mark)
    finally:
        _Kept.lock.release()
