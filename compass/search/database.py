"""How the search asks PostgreSQL; what it asks stands in sql/, and in compass/sql/ what each search asks."""

from pathlib import Path

from django.db import connection

# For what is asked now and then, the plans of search_find() (compass/sql/search_find.sql).
PLANS = """
SELECT set_config(name, value, true) FROM (VALUES
    ('enable_seqscan', 'off'), ('enable_mergejoin', 'off'), ('enable_hashjoin', 'off'),
    ('pg_trgm.similarity_threshold', '0.25')
) AS plan (name, value)
"""


def sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def ask(*statements: str, **values) -> list[list[tuple]]:
    """The rows of each statement. All go in one message, which is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute(";".join(statements), values)
        rows = [cursor.fetchall()]
        while cursor.nextset():
            rows.append(cursor.fetchall())
        return rows
