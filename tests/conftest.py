"""Fixtures for all tests: pages, people and the portal's real content."""

import fcntl
import resource
import shutil
from contextlib import contextmanager
from io import StringIO
from itertools import islice
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings

from bench.servers import free_port
from compass import story_index
from compass.content import read, stored_sound
from compass.models import Chapter
from publishing import content_version
from publishing.portal import Portal, current_portal
from reflection.published_guides import further_compasses
from tests import databases, factories
from tests.mail import Server
from tests.pages import Page, check_page, check_part
from tests.processes import database_url, run_module

# How production keeps its static files; the tests' own settings use plain names.
COLLECTED = {
    **django_settings.STORAGES,
    "staticfiles": {"BACKEND": "aarhuskompas.serving.static_files.BundledStorage"},
}


def pytest_collection_modifyitems(config, items):
    """Deal the long tests out to the workers and begin with them, so that nobody waits for one at the end."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    long = [item for item in items if item.get_closest_marker("long")]
    short = iter([item for item in items if not item.get_closest_marker("long")])
    share = -(-len(items) // workers)
    dealt = [long[worker::workers] for worker in range(workers)]
    first = [item for hand in dealt for item in [*hand, *islice(short, max(0, share - len(hand)))]]
    items[:] = [*first, *short]


# --- Made once for all workers of a run ----------------------------------------------------------


@pytest.fixture(scope="session")
def once(request, tmp_path_factory):
    """A function: the folder that `make(folder)` fills. Whoever asks first makes it, the others wait."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent

    def made(name, make) -> Path:
        folder, draft = shared / name, shared / f"{name}-draft"
        with (shared / f"{name}-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(draft, ignore_errors=True)
                draft.mkdir()
                make(draft)
                draft.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def migrated(once):
    """The name of a database to copy: migrating a copy again is many times faster than from nothing."""

    def make(_folder):
        databases.create(databases.MIGRATED)
        run_module("django", "migrate", "--skip-checks", "-v0", DATABASE_URL=database_url(databases.MIGRATED))
        databases.let_tests_empty_the_log(databases.MIGRATED)

    once("migrated", make)
    return databases.MIGRATED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, migrated):
    """pytest-django asks for this before it makes its database."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated


@pytest.fixture(scope="session")
def collected(once):
    """The folder of the portal's own static files, collected as in production. Only to be read."""

    def make(folder):
        with override_settings(STATIC_ROOT=folder, STORAGES=COLLECTED):
            call_command("collectstatic", interactive=False, verbosity=0)

    return once("static", make)


def pytest_unconfigure(config):
    """When no worker is left, what they shared on the database server goes too."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        for name in databases.SHARED:
            databases.drop(name)


@pytest.fixture(autouse=True)
def story_index_at_once(monkeypatch):
    """Beside the requests is in them: a test shall see what it has just made."""
    monkeypatch.setattr(story_index, "beside_the_requests", lambda work: work())


@pytest.fixture(autouse=True)
def portal_as_shipped(monkeypatch):
    """The record of the first set, read already: a test that saves another sees that one; two compasses."""
    words = read(django_settings.CONTENT_DIR / "portal.yaml")
    given = {name: value for name, value in django_settings.PORTAL_BEGINS_WITH.items() if value}
    kept = {current_portal: Portal(**words | given), further_compasses: []}
    monkeypatch.setattr(content_version._Kept, "values", kept)
    monkeypatch.setattr(content_version._Kept, "asked", float("inf"))
    monkeypatch.setattr(content_version._Kept, "away", float("-inf"))


# --- People --------------------------------------------------------------------------------------


@pytest.fixture
def staff(db):
    """Malik, who owns goals and reflections."""
    return factories.make_user("Malik Medarbejder", email="malik@example.dk")


@pytest.fixture
def colleague(db):
    """Karen, who has an account and no business with Malik's."""
    return factories.make_user("Karen Kollega", email="karen@example.dk")


@pytest.fixture
def editor(db):
    return factories.make_user("Rikke Redaktør", email="rikke@example.dk", role="redaktør")


@pytest.fixture
def method_owner(db):
    return factories.make_user("Mette Metodeansvarlig", email="mette@example.dk", role="metodeansvarlig")


@pytest.fixture
def administrator(db):
    return factories.make_user("Ada Administrator", email="ada@example.dk", role="administrator")


@pytest.fixture
def small_disk():
    """A block in which no file of ours grows beyond so many bytes, as on a disk that is full."""

    @contextmanager
    def limited(size: int):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited


@pytest.fixture
def logged_in(db):
    """A function: the browser of a person who has logged in."""

    def log_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def staff_client(staff, logged_in):
    return logged_in(staff)


@pytest.fixture
def colleague_client(colleague, logged_in):
    return logged_in(colleague)


@pytest.fixture
def editor_client(editor, logged_in):
    return logged_in(editor)


@pytest.fixture
def method_owner_client(method_owner, logged_in):
    return logged_in(method_owner)


@pytest.fixture
def administrator_client(administrator, logged_in):
    return logged_in(administrator)


# --- Time ----------------------------------------------------------------------------------------


@pytest.fixture
def within_one_window(time_machine):
    """Tries are counted in windows of some minutes or of a day: none ends, however long the machine takes."""
    time_machine.move_to("2026-11-24T12:00:00+00:00", tick=False)


# --- Mail ----------------------------------------------------------------------------------------


@pytest.fixture
def mail_server(settings):
    """A real server that Django sends to; `got` holds what it has taken."""
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield server
    controller.stop()


# --- Pages ---------------------------------------------------------------------------------------


@pytest.fixture
def page(client, logged_in):
    """A function that fetches an address and fails unless the answer is a good page.

    page("/dilemmaer/")                        as a reader
    page("/maalkompasset/mine/", by=staff)     as a person (each call a new browser) or a Client
    page("/x/", status=404)                    error pages are pages too
    page("/x/", post={"name": "value"})        send a form; redirects are followed
    page("/historier/", part="hits")           what htmx gets for the element of that id
    """

    def fetch(url, *, by=None, status=200, post=None, query=None, part=None, headers=None):
        browser = client if by is None else by if isinstance(by, Client) else logged_in(by)
        headers = {**({"HX-Request": "true", "HX-Target": part} if part else {}), **(headers or {})}
        if post is None:
            response = browser.get(url, query, headers=headers, follow=True)
        else:
            response = browser.post(url, post, headers=headers, follow=True)
        assert response.status_code == status, f"{url}: {response.status_code}, not {status}"
        assert response["Content-Type"] == "text/html; charset=utf-8"

        def fetch_again(url, **options):
            return fetch(url, **{"by": browser, **options})

        fetched = Page(response, fetch_again, is_part=bool(part))
        (check_part if part else check_page)(fetched)
        return fetched

    return fetch


# --- The portal's own content --------------------------------------------------------------------


COLUMNS = """
    SELECT quote_ident(table_name), string_agg(quote_ident(column_name), ', ')
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
    AND (starts_with(table_name, 'compass_') OR starts_with(table_name, 'reflection_')
        OR table_name = 'publishing_portal')
    AND table_name <> 'compass_content_mark'
    GROUP BY table_name
"""


# Also where a test with transactions of its own has emptied all tables before.
MARKED = """
    INSERT INTO compass_content_mark (name, mark)
    SELECT name, gen_random_uuid() FROM unnest(ARRAY['library', 'stories', 'index']) name
    ON CONFLICT (name) DO UPDATE SET mark = excluded.mark
"""


class Snapshot:
    """The rows that load_content makes, kept as text: putting them back is many times faster.

    The database's own triggers rest meanwhile: what they would write is among the rows, and what they
    would refuse is that a published version gets its steps.
    """

    def __init__(self):
        self.columns: dict[str, str] = {}
        self.rows: dict[str, bytes] = {}
        self.sounds: list[str] = []

    def restore(self, *, without=""):
        """Put back all tables but those whose name begins with `without`.

        A test may keep its uploaded files in a folder of its own, and the first may have been such a test.
        """
        if not self.rows:
            self._take()
        wanted = {
            table: rows for table, rows in self.rows.items() if not without or not table.startswith(without)
        }
        with connection.cursor() as cursor:
            self._alter(cursor, "DISABLE TRIGGER USER")
            for table, rows in wanted.items():
                with cursor.copy(f"COPY {table} ({self.columns[table]}) FROM STDIN") as copy:
                    copy.write(rows)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            self._alter(cursor, "ENABLE TRIGGER USER")
            cursor.execute(MARKED)
        for name in self.sounds:
            stored_sound(Path(name).name)

    def _take(self):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(COLUMNS)
            self.columns = dict(cursor.fetchall())
            call_command("load_content", stdout=StringIO())
            self.sounds = list(Chapter.objects.values_list("audio", flat=True))
            for table, columns in self.columns.items():
                with cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as copy:
                    if rows := b"".join(copy):
                        self.rows[table] = rows
            transaction.set_rollback(True)

    def _alter(self, cursor, what):
        cursor.execute(";".join(f"ALTER TABLE {table} {what}" for table in self.rows))


@pytest.fixture(scope="session")
def snapshot():
    return Snapshot()


@pytest.fixture
def content(db, snapshot):
    """Everything in content/, as `load_content` makes it."""
    snapshot.restore()


@pytest.fixture
def content_without_search(db, snapshot):
    """The same in a tenth of the time, for tests that look at every page and search for nothing."""
    snapshot.restore(without="compass_search")
