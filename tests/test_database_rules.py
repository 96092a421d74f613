"""What the database keeps true by itself: it is what the files say, and nothing else is in it."""

import re
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from publishing.database_rules import UNREAD, content, source
from publishing.registry import ContentType, Search, content_types
from reflection.models import Step
from runner.serve import renew_database_of_another_edition
from tests.factories import make_guide

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(ROOT.glob("*/sql/*.sql"))
FUNCTIONS = """
    SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""
TRIGGERS = """
    SELECT tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""
OF_AN_INDEX = ["index_changed", "indexed_changed"]

pytestmark = pytest.mark.django_db


def definitions(query: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_database_does_what_the_file_says(path):
    before = definitions(FUNCTIONS), definitions(TRIGGERS)
    with connection.cursor() as cursor:
        cursor.execute(UNREAD + path.read_text(encoding="utf-8"))
    assert (definitions(FUNCTIONS), definitions(TRIGGERS)) == before


def test_every_function_has_one_file():
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    texts += [source(one, search) for one, search in searched() if not search.is_written]
    named = [name for text in texts for name in re.findall(r"CREATE OR REPLACE FUNCTION (\w+)\(", text)]
    assert sorted(named) == sorted(definitions(FUNCTIONS))


def searched() -> list[tuple[ContentType, Search]]:
    return [(one, search) for one in content_types() for search in one.search]


@pytest.mark.parametrize("app", ["compass", "goals", "reflection"])
def test_the_database_follows_what_is_declared(app):
    before = definitions(FUNCTIONS), definitions(TRIGGERS)
    with connection.cursor() as cursor:
        cursor.execute(content(app).sql)
    assert (definitions(FUNCTIONS), definitions(TRIGGERS)) == before


def test_every_trigger_is_in_a_file_or_follows_content():
    texts = "".join(path.read_text(encoding="utf-8") for path in FILES)
    declared = {f"{table} {name}" for name, table in re.findall(r"TRIGGER (\w+)\s+.*?\bON (\w+)", texts)}
    tables = [table for one in content_types() for table in one.tables()]
    followed = {f"{table.name} content_changed" for table in tables}
    followed |= {f"{table.name} search_write" for table in tables if table.kinds}
    followed |= {f"{table.name} {name}" for table in tables if table.indexed for name in OF_AN_INDEX}
    both = [one for one in content_types() if one.is_dated and one.translated]
    followed |= {f"{one.model._meta.db_table} english_behind" for one in both}
    on_pages = [
        "privacy_retentionperiod",
        "privacy_privacynotice",
        "publishing_portal",
        "publishing_announcement",
    ]
    followed |= {f"{table} content_changed" for table in on_pages}
    assert declared | followed == set(definitions(TRIGGERS))


def test_no_table_is_without_a_model():
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    models = connection.introspection.django_table_names(include_views=False)
    assert tables - set(models) == {"django_migrations"}


# --- Published versions, and a data migration ------------------------------------------------------

REST = "ALTER TABLE reflection_step {} TRIGGER steps_of_published_versions_never_change"


def test_a_data_migration_passes_the_rule_as_it_is_written_down():
    step = make_guide(steps=1).versions.get().steps.get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(REST.format("DISABLE"))
        cursor.execute("UPDATE reflection_step SET topic = 'ny form' WHERE id = %s", [step.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(REST.format("ENABLE"))
    step.refresh_from_db()
    assert step.topic == "ny form"
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.update(topic="og en til")


# --- A database of another edition ------------------------------------------------------------------


class FakeServer:
    """The part of runner.postgres.Server that is asked."""

    def __init__(self, *migrations: str):
        self.names, self.is_set_aside = list(migrations), False

    def migrations(self) -> list[str]:
        return self.names

    def set_database_aside(self) -> str:
        self.is_set_aside = True
        return "aarhuskompas_20261128_073000"


@pytest.mark.parametrize(
    ("migrations", "is_set_aside"),
    [
        ([], False),
        (["compass/migrations/0001_initial", "auth/migrations/0001_initial"], False),
        (["auth/migrations/0099_of_a_library"], False),
        (["compass/migrations/0001_initial", "compass/migrations/0003_search"], True),
    ],
)
def test_what_other_migrations_made_is_kept_and_a_new_database_begun(migrations, is_set_aside, capsys):
    server = FakeServer(*migrations)
    renew_database_of_another_edition(server)
    assert server.is_set_aside is is_set_aside
    assert ("0003_search" in capsys.readouterr().out) is is_set_aside
