"""How the search asks PostgreSQL; what it asks stands in sql/."""

from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction


def sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def planned():
    """Plans that look up words: the planner does not know what it costs to read a long text, and would
    rather go through all of them than through the index."""
    with transaction.atomic():
        rows(PLANS, {})
        yield


PLANS = """
SELECT set_config('enable_seqscan', 'off', true),
    set_config('pg_trgm.similarity_threshold', '0.25', true)
"""


def rows(sql: str, values: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
