"""The library as this process has read it: rows are read once and shown until something changes.

Django takes half a millisecond for a query, nearly all of it to write the SQL, so that a story of seven
queries cost more to fetch than to show. A mark in the database is new after every change of the library
(migration library_mark); a page asks for it, in one query, and reads again only when it is another:
docs/decisions/0015-rows-in-memory.md. What is read is shared by all threads and never changed by them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.utils import timezone

from compass import story_index
from compass.models import Dilemma, Fact, Milestone, Page, Path, Pivot, Resource, Story
from compass.story_index import StoryIndex

# Twenty stories, the largest entry, are about 200 KB.
ENTRIES_KEPT = 200


@dataclass(frozen=True)
class Library:
    """All of it at one moment, drafts included: `visible` leaves out what somebody may not see."""

    mark: str
    story_index: StoryIndex
    read: Callable  # read(function, *arguments): what the function returns, asked once for each arguments

    @property
    def pivots(self) -> list[Pivot]:
        return self.read(_pivots)

    @property
    def paths(self) -> list[Path]:
        return self.read(_paths)

    @property
    def dilemmas(self) -> list[Dilemma]:
        """With path, standpoints and sources."""
        return self.read(_dilemmas)

    def dilemmas_on(self, path: Path) -> list[Dilemma]:
        return [dilemma for dilemma in self.dilemmas if dilemma.path_id == path.pk]

    @property
    def milestones(self) -> list[Milestone]:
        """With sources and resources."""
        return self.read(_milestones)

    @property
    def resources(self) -> list[Resource]:
        return self.read(_resources)

    def facts(self, group: str) -> list[Fact]:
        """With sources."""
        return self.read(_facts, group)

    def page(self, slug: str) -> Page:
        """Raises Page.DoesNotExist."""
        return self.read(_page, slug)

    def story(self, slug: str) -> Story:
        """With all that its page shows; raises Story.DoesNotExist."""
        return self.read(_story, slug)

    def stories(self, ids: Iterable[int], user) -> list[Story]:
        """Those of these stories that the user may see, in this order, with path and picture."""
        return visible(self.read(_stories, tuple(ids)), user)


def visible(items: Iterable, user) -> list:
    """Those that the user may see: the rule of PublishedQuerySet.visible_to, for what has been read."""
    return [item for item in items if item.is_visible_to(user)]


def _pivots():
    return list(Pivot.objects.prefetch_related("points"))


def _paths():
    return list(Path.objects.all())


def _dilemmas():
    return list(Dilemma.objects.select_related("path").prefetch_related("standpoints", "sources"))


def _milestones():
    return list(Milestone.objects.prefetch_related("sources", "resources"))


def _resources():
    return list(Resource.objects.all())


def _facts(group):
    return list(Fact.objects.filter(group=group).prefetch_related("sources"))


def _page(slug):
    return Page.objects.get(slug=slug)


def _story(slug):
    related = ["themes", "dilemmas__path", "sources", "attachments"]
    stories = Story.objects.select_related("path", "department", "picture").prefetch_related(*related)
    return stories.get(slug=slug)


def _stories(ids):
    return Story.objects.select_related("path", "picture").in_order(ids)


class _Kept:
    library: Library | None = None


def current() -> Library:
    """The library of this moment; one query when nothing has changed since the last time."""
    mark, stories_mark = _marks()
    kept = _Kept.library
    found = story_index.at(stories_mark)
    if not (kept and kept.mark == mark and kept.story_index is found):
        is_known = kept and kept.mark == mark
        kept = _Kept.library = Library(mark, found, kept.read if is_known else _reader())
    return kept


def _reader() -> Callable:
    return lru_cache(maxsize=ENTRIES_KEPT)(lambda function, *arguments: function(*arguments))


# One row each; one more after rows were put back from a copy of the database without the triggers.
MARKS = """
SELECT
    (SELECT concat(string_agg(mark::text, ' ' ORDER BY mark), current_setting('compass.library_mark', true))
     FROM compass_library_mark),
    (SELECT concat(string_agg(mark::text, ' ' ORDER BY mark), current_setting('compass.stories_mark', true))
     FROM compass_stories_mark)
"""


def state_of(model) -> str:
    """Another one whenever something in the library changes, or another one of the model is published."""
    table = connection.ops.quote_name(model._meta.db_table)
    published = f"(SELECT count(*) FROM {table} WHERE published_at <= %s)"  # noqa: S608 – our own table
    with connection.cursor() as cursor:
        cursor.execute(f"{MARKS}, {published}", [timezone.now()])
        return "|".join(map(str, cursor.fetchone()))


def content_version() -> tuple[str, str] | None:
    """Another one after every change of what readers see; nothing while the story index is behind it."""
    marks = _marks()
    return marks if story_index.is_renewed(marks[1]) else None


def _marks() -> tuple[str, str]:
    """What others have changed, and what this transaction has: of the library, and of its story index."""
    with connection.cursor() as cursor:
        cursor.execute(MARKS)
        return cursor.fetchone()
