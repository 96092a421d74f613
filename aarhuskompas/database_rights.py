"""What the application's role may do in the database, as files of SQL: deploy/database/

A model with `is_append_only = True` keeps what it has: the application may read it and add to it.
"""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

FOLDER = settings.BASE_DIR / "deploy" / "database"


@transaction.atomic
def grant_rights(role: str) -> None:
    """Give `role` its rights, as the owner of the tables."""
    with connection.cursor() as cursor:
        _execute(cursor, FOLDER / "rights.sql", application=role)
        for table in append_only_tables():
            _execute(cursor, FOLDER / "append_only.sql", application=role, table=table)


def append_only_tables() -> list[str]:
    models = [model for model in apps.get_models() if getattr(model, "is_append_only", False)]
    return [model._meta.db_table for model in models]


def _execute(cursor, file: Path, **names: str) -> None:
    statements = sql.SQL(file.read_text(encoding="utf-8"))
    cursor.execute(statements.format(**{name: sql.Identifier(value) for name, value in names.items()}))
