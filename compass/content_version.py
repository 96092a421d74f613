"""Whether anything that readers see has changed: marks that triggers write, whoever changes what
(compass/sql/content_marks.sql).

Finished pages are kept with the version (docs/decisions/0017-finished-pages.md).
"""

from django.db import connection
from django.utils import timezone

from compass import story_index

MARKS = f"""
SELECT
    concat((SELECT mark FROM compass_content_mark WHERE name = 'library'),
        current_setting('compass.library_mark', true)),
    concat((SELECT mark FROM compass_content_mark WHERE name = 'stories'),
        current_setting('compass.stories_mark', true)),
    {story_index.MARK}
"""  # noqa: S608 – put together from our own words


def content_version() -> tuple[str, str, str] | None:
    """Another one after every change of what readers see; nothing while the story index is behind it.

    The first part is of all but stories (publishing/content_version.py).
    """
    with connection.cursor() as cursor:
        cursor.execute(MARKS)
        marks = cursor.fetchone()
    return marks if story_index.is_renewed(marks[2]) else None


def state_of(model) -> str:
    """Another one whenever something in the library changes, or another one of the model is published."""
    table = connection.ops.quote_name(model._meta.db_table)
    published = (
        f"(SELECT count(*) FROM {table} "  # noqa: S608 – our own table
        "WHERE published_at <= %s AND coalesce(published_until > %s, true))"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{MARKS}, {published}", [timezone.now()] * 2)
        return "|".join(map(str, cursor.fetchone()))
