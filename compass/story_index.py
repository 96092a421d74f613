"""Which stories stand under which heading: one bit per story, in the memory of each process.

Counting 100,000 stories for every filter takes PostgreSQL longer than the whole page; counting bits
takes a millisecond. A mark in the database changes with every change of a story (migration
stories_mark) and tells `library.current()` when to read them again: docs/decisions/0012-story-catalogue.md.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import islice
from operator import or_
from threading import Lock

from django.db.models import F
from django.utils import timezone

from compass.models import Department, Path, Story, Theme

BYTES_A_BLOCK = 256

Heading = tuple[str, object]  # ("path", 3), ("kind", "case"), ("year", 2021) …


class StoryIndex:
    """All stories, newest first: the lowest bit is the newest story, drafts stand before it."""

    def __init__(self, mark: str):
        self.mark = mark
        self.paths = list(Path.objects.all())
        self.themes = list(Theme.objects.all())
        self.departments = list(Department.objects.all())
        self.ids = array("q")
        self._dates = array("d")
        self._drafts = 0
        places = self._read_stories()
        place_of = {pk: place for place, pk in enumerate(self.ids)}
        _read_related(Story.themes.through, "theme", place_of, places)
        _read_related(Story.dilemmas.through, "dilemma", place_of, places)
        self._bits = {heading: _bits(found) for heading, found in places.items()}

    def _read_stories(self) -> dict[Heading, list[int]]:
        places: dict[Heading, list[int]] = defaultdict(list)
        rows = Story.objects.order_by(F("published_at").desc(nulls_first=True), "-pk").values_list(
            "pk", "published_at", "path_id", "kind", "department_id", "year", "outcome"
        )
        for place, (pk, date, *values) in enumerate(rows.iterator(chunk_size=5_000)):
            self.ids.append(pk)
            if date is None:
                self._drafts += 1
            else:
                self._dates.append(-date.timestamp())
            for heading in zip(("path", "kind", "department", "year", "outcome"), values, strict=True):
                places[heading].append(place)
        return places

    @property
    def years(self) -> list[int]:
        years = {key for name, key in self._bits if name == "year" and key}
        return sorted(years, reverse=True)

    def visible_to(self, user) -> int:
        """The same rule as PublishedQuerySet.visible_to, for bits."""
        return (1 << len(self.ids)) - 1 if user.is_staff else self.published()

    def published(self) -> int:
        everything = (1 << len(self.ids)) - 1
        waiting = self._drafts + bisect_left(self._dates, -timezone.now().timestamp())
        return everything >> waiting << waiting

    def under(self, name: str, key) -> int:
        return self._bits.get((name, key), 0)

    def under_any(self, name: str, keys: Iterable) -> int:
        return reduce(or_, (self.under(name, key) for key in keys), 0)

    def newest(self, bits: int, number: int, *, after: int = 0) -> list[int]:
        """The ids of the `number` newest of these stories, without the `after` newest."""
        return [self.ids[place] for place in islice(_places(bits, after), number)]


def _read_related(through, name: str, place_of: dict[int, int], places: dict[Heading, list[int]]):
    rows = through.objects.values_list("story_id", f"{name}_id").iterator(chunk_size=5_000)
    for story, key in rows:
        if story in place_of:
            places[name, key].append(place_of[story])


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
    lock = Lock()


def at(mark: str) -> StoryIndex:
    """The index with this mark, or the one before it while another reader reads the stories again."""
    kept = _Kept.index
    if kept and kept.mark == mark:
        return kept
    if _Kept.lock.acquire(blocking=kept is None):
        try:
            if not (_Kept.index and _Kept.index.mark == mark):
                _Kept.index = StoryIndex(mark)
        finally:
            _Kept.lock.release()
    return _Kept.index
