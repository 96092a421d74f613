"""How the search asks PostgreSQL; what it asks stands in sql/."""

from pathlib import Path

from django.db import connection

# Plans that look up words, and the few entries that have them: the planner does not know what it costs to
# read a long text, and would rather go through all of them than through the index.
PLANS = """
SELECT set_config(name, value, true) FROM (VALUES
    ('enable_seqscan', 'off'), ('enable_mergejoin', 'off'), ('enable_hashjoin', 'off'),
    ('pg_trgm.similarity_threshold', '0.25')
) AS plan (name, value)
"""


def sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def ask(*statements: str, **values) -> list[list[tuple]]:
    """The rows of each statement. All go in one message, which is one transaction with these plans."""
    with connection.cursor() as cursor:
        cursor.execute(";".join([PLANS, *statements]), values)
        return [cursor.fetchall() for _statement in statements if cursor.nextset()]
