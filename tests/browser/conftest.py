"""A real server, as in production, and a real browser.

`server` is started once; `browser_page` is a tab of its own for one test; `login(page)` logs somebody in.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from bench.servers import free_port
from runner.environment import BROWSERS
from runner.postgres import wait_until
from runner.serve import GUNICORN
from tests import databases
from tests.browser.inspection import WIDE
from tests.processes import ROOT, database_url, environment, run_module

STAFF, EDITOR = "medarbejder@example.dk", "redaktor@example.dk"
PASSWORD = "et-langt-kodeord-til-browseren"
SETTINGS = {
    "DEMO_PASSWORD": PASSWORD,
    "WAS_URL": "https://was.example.dk/kompas",
    "SOURCE_CODE_URL": "https://kode.example.dk/kompas",
}
SWITCHES = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    """What fails is asked twice more: a busy machine is late at times, a fault comes back (decision 0002)."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=2))


class Server:
    """gunicorn with production's settings; `log` holds what it has written."""

    def __init__(
        self, folder: Path, database: str, static: Path, addresses: dict[str, dict[str, str]], **settings: str
    ):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mail = folder / "mail"
        self.media = folder / "media"
        self.log_file = folder / "log"
        self.process = None
        self.database = database
        self.environment = environment(
            DATABASE_URL=database_url(database),
            SITE_URL=self.url,
            STATIC_ROOT=str(static),
            MEDIA_ROOT=str(folder / "media"),
            EMAIL_URL=f"filemail:///{self.mail}",
            **SETTINGS,
            **settings,
        )
        self.addresses = addresses

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")

    def address(self, route: str, language: str = "da") -> str:
        return self.url + self.addresses[route][language]

    def start(self):
        command = [*GUNICORN, "--bind", f"127.0.0.1:{self.port}", "aarhuskompas.asgi"]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig=TERM", "--", *command],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log, process_group=0,
            )  # fmt: skip
        self._wait_until_it_answers()

    def stop(self):
        """As production stops it; what is being answered is answered first."""
        self.process.terminate()
        self.process.wait(timeout=60)

    def kill(self):
        """As a power cut stops it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=60)

    def restart(self):
        self.kill()
        self.start()

    def _wait_until_it_answers(self):
        def answers() -> bool:
            assert self.process.poll() is None, self.log
            with suppress(OSError), urlopen(f"{self.url}/health/live", timeout=2) as answer:  # noqa: S310
                return answer.status == 204
            return False

        assert wait_until(answers, 120), f"no answer from {self.url}\n{self.log}"


@pytest.fixture(scope="session")
def filled(once, migrated):
    """The folder with `media` and `addresses.json`; their database is databases.FILLED."""

    def make(folder):
        databases.create(databases.FILLED, like=migrated)
        given = SETTINGS | {
            "DATABASE_URL": database_url(databases.FILLED),
            "MEDIA_ROOT": str(folder / "media"),
        }
        (folder / "addresses.json").write_text(run_module("tests.browser.prepare", **given))

    return once("filled", make)


@pytest.fixture(scope="session")
def own_database(filled):
    """A database beside the one that the other tests use; nothing in it is rolled back."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = f"{databases.NAME}_browser_{worker}"
    databases.create(name, like=databases.FILLED)
    yield name
    databases.drop(name)


@pytest.fixture(scope="session")
def server(own_database, filled, collected, tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(filled / "media", folder / "media")
    addresses = json.loads((filled / "addresses.json").read_text())
    server = Server(folder, own_database, collected, addresses)
    server.start()
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture(scope="package")
def chromium(server):
    """Ends with the browser tests: while it runs, no other test could start an event loop."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*SWITCHES, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium, server):
    """A function: a tab in a browser of its own, which remembers nothing. `page.seen` is what went on."""
    if server.process.poll() is not None:  # a test stopped it and failed: that is no reason for others to
        server.start()
    opened = []

    def open_one(**options):
        opened.append(blank_tab(chromium, server, **options))
        return opened[-1]

    yield open_one
    for page in opened:
        page.context.close()


def blank_tab(chromium, server, **options):
    page = chromium.new_context(base_url=server.url, locale="da-DK", **options).new_page()
    page.set_default_timeout(15_000)  # two processors are shared with other workers and their servers
    watch(page)
    return page


@pytest.fixture
def browser_page(new_page):
    return new_page()


@pytest.fixture(scope="session")
def login(server):
    """A function: log one of the demo people in, the first time through the portal's own form.

    Checking a password takes half a second on purpose, so later logins get a new session that holds the same.
    """
    held = {}

    def log_in(page, email=STAFF):
        if email in held:
            begin_session(page, server, held[email])
        else:
            page.goto("/konto/log-ind/")
            send_login(page, email)
            held[email] = session_of(page, server)
            page.goto("/maalkompasset/mine/")
        page.wait_for_url(f"{server.url}/maalkompasset/mine/")

    return log_in


@pytest.fixture(scope="package")
def open_admin_tab(chromium, server, login):
    """A function: a tab of somebody at the front of the admin; who opens it closes it."""

    def open_for(email=EDITOR):
        tab = blank_tab(chromium, server, viewport=WIDE)
        tab.set_default_timeout(10_000)
        login(tab, email)
        tab.goto("/admin/")
        return tab

    return open_for


@pytest.fixture
def open_tab(open_admin_tab):
    """A function: the same, closed when the test ends."""
    opened = []

    def open_for(email):
        opened.append(open_admin_tab(email))
        return opened[-1]

    yield open_for
    for tab in opened:
        tab.context.close()


@pytest.fixture(scope="module")
def editor_tab(open_admin_tab):
    """An editor's tab, used for a whole module; what it must not do is written in `desk.seen`."""
    tab = open_admin_tab()
    yield tab
    tab.context.close()


def send_login(page, email=STAFF):
    """Fill in the login that the page shows, and send it."""
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")


def session_of(page, server) -> tuple:
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "session")
    with psycopg.connect(**databases.on_the_server(server.database)) as database:
        session = database.execute(
            "SELECT session_data, expire_date FROM django_session WHERE session_key = %s", [key]
        ).fetchone()
        newest = "SELECT * FROM accounts_loginsession ORDER BY began_at DESC LIMIT 1"
        return session, database.execute(newest).fetchone()


def begin_session(page, server, held: tuple):
    """Somebody else may have logged out meanwhile: the login is put back with the session."""
    key, (session, login) = secrets.token_hex(16), held
    with psycopg.connect(**databases.on_the_server(server.database)) as database:
        database.execute("INSERT INTO django_session VALUES (%s, %s, %s)", [key, *session])
        database.execute(
            "INSERT INTO accounts_loginsession VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING", login
        )
    page.context.add_cookies(
        [{"name": "session", "value": key, "url": server.url, "httpOnly": True, "sameSite": "Lax"}]
    )
    page.goto("/maalkompasset/mine/")


class Seen:
    """What a page has asked for and complained about."""

    def __init__(self):
        self.requests: list[str] = []
        self.complaints: list[str] = []


def watch(page):
    page.seen = Seen()
    page.on("request", lambda request: page.seen.requests.append(request.url))
    page.on("pageerror", lambda error: page.seen.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: message.type in {"error", "warning"} and page.seen.complaints.append(message.text),
    )
