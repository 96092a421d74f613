"""What whoever holds the application's password can do in the database."""

import pytest
from django.apps import apps
from django.db import connection

from aarhuskompas.database_rights import append_only_tables, grant_rights
from publishing.models import UnsavedWork

APPLICATION = "aarhuskompas"  # a role that owns nothing, made by the server of the tests
RIGHTS = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]


def rights(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) WITH ORDINALITY AS rights (name, position)"
            " WHERE has_table_privilege(%s, %s, name) ORDER BY position",
            [RIGHTS, APPLICATION, table],
        )
        return [right for (right,) in cursor.fetchall()]


@pytest.fixture
def granted(db):
    grant_rights(APPLICATION)


def tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models(include_auto_created=True)]


def test_the_application_reads_and_writes_rows_and_nothing_else(granted):
    assert {table: rights(table) for table in tables() if table not in append_only_tables()} == {
        table: ["SELECT", "INSERT", "UPDATE", "DELETE"]
        for table in tables()
        if table not in append_only_tables()
    }


def test_the_application_says_nothing_about_which_migrations_were_made(granted):
    assert rights("django_migrations") == ["SELECT"]


def test_the_application_makes_no_table_and_no_schema(granted):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest('{CREATE,USAGE}'::text[]) AS name"
            " WHERE has_schema_privilege(%s, 'public', name)",
            [APPLICATION],
        )
        assert cursor.fetchall() == [("USAGE",)]


def test_what_only_grows_can_be_read_and_added_to(db, monkeypatch):
    monkeypatch.setattr(UnsavedWork, "is_append_only", True, raising=False)
    grant_rights(APPLICATION)
    assert rights(UnsavedWork._meta.db_table) == ["SELECT", "INSERT"]
    monkeypatch.setattr(UnsavedWork, "is_append_only", False)
    grant_rights(APPLICATION)
    assert rights(UnsavedWork._meta.db_table) == ["SELECT", "INSERT", "UPDATE", "DELETE"]


def test_every_sequence_of_a_table_can_be_used(granted):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
            " AND NOT has_sequence_privilege(%s, format('public.%%I', sequencename), 'USAGE')",
            [APPLICATION],
        )
        assert cursor.fetchall() == []
