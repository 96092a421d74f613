"""What the database itself keeps true, as operations of migrations.

rule("compass", "search")                   compass/sql/search.sql: the current text of functions and triggers
follow("compass_story", kinds=["story"])    whatever changes the table is noticed, and found by the search

A rule is changed in its file, and a migration with the same rule(…) brings it to databases that are there:
docs/decisions/0021-rules-in-the-database.md.
"""

from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.db.migrations import RunSQL

# A file may name a column that a later migration makes: a function is read when it is called.
UNREAD = "SET LOCAL check_function_bodies = off;\n"


def rule(app: str, name: str) -> RunSQL:
    path = Path(apps.get_app_config(app).path, "sql", f"{name}.sql")
    return RunSQL(UNREAD + path.read_text(encoding="utf-8"), RunSQL.noop)


def follow(
    table: str, *, marks: Iterable[str] = ("library",), kinds: Iterable[str] = (), owner: str = "id"
) -> RunSQL:
    """Every change of the table moves `marks` (compass/sql/content_marks.sql) and writes what the search
    finds of `kinds`, whose id stands in the column `owner` (compass/sql/search.sql)."""
    changed = _arguments(" ".join(marks), *kinds)
    triggers = f"""
        CREATE OR REPLACE TRIGGER content_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION content_changed({changed});
    """
    if kinds:
        triggers += f"""
        CREATE OR REPLACE TRIGGER search_write AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION search_write({_arguments(owner, *kinds)});
        """
    return RunSQL(triggers, RunSQL.noop)


def _arguments(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)
