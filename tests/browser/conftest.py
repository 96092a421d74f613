"""A real server, as in production, and a real browser.

`server` is started once; `browser_page` is a tab of its own for one test; `login(page)` logs somebody in.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
from django.db import connection
from playwright.sync_api import sync_playwright
from psycopg import sql

from tests.processes import DATABASE_URL, ROOT, database_url, environment
from tools.serve import GUNICORN

PASSWORD = "et-langt-kodeord-til-browseren"
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
SWITCHES = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Server:
    """gunicorn with production's settings; `log` holds what it has written."""

    def __init__(self, folder: Path, database: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.mail = folder / "mail"
        self.log_file = folder / "log"
        self.process = None
        self.database = database
        self.environment = environment(
            DATABASE_URL=database_url(database),
            SITE_URL=self.url,
            STATIC_ROOT=str(folder / "static"),
            MEDIA_ROOT=str(folder / "media"),
            EMAIL_URL=f"filemail://{self.mail}",
            DEMO_PASSWORD=PASSWORD,
            WAS_URL="https://was.example.dk/kompas",
            SOURCE_CODE_URL="https://kode.example.dk/kompas",
        )
        self.addresses: dict[str, dict[str, str]] = json.loads(self._run("-m", "tests.browser.prepare"))

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
        self.process.wait(timeout=10)

    def kill(self):
        """As a power cut stops it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def restart(self):
        self.kill()
        self.start()

    def _run(self, *arguments) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _wait_until_it_answers(self):
        for _ in range(200):
            try:
                with urlopen(f"{self.url}/health/live", timeout=2) as answer:  # noqa: S310
                    assert answer.status == 204
                    return
            except OSError:
                assert self.process.poll() is None, self.log
                time.sleep(0.1)
        raise AssertionError(f"no answer from {self.url}\n{self.log}")


def on_the_server(database: str) -> dict:
    """How psycopg reaches another database on the server of the tests."""
    given = connection.get_connection_params()
    return {key: given[key] for key in ["host", "port", "user", "password"] if given.get(key)} | {
        "dbname": database
    }


@pytest.fixture(scope="session")
def own_database():
    """An empty database beside the one that the other tests use; nothing in it is rolled back."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = f"{DATABASE_URL.rpartition('/')[2]}_browser_{worker}"
    with psycopg.connect(**on_the_server("postgres"), autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield name
        server.execute(drop)


@pytest.fixture(scope="session")
def server(own_database, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"), own_database)
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
    contexts = []

    def open_tab(**options):
        context = chromium.new_context(base_url=server.url, locale="da-DK", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5_000)
        watch(page)
        return page

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(new_page):
    return new_page()


@pytest.fixture
def login(server):
    """A function: log one of the demo people in, through the portal's own form."""

    def log_in(page, email="medarbejder@example.dk"):
        page.goto("/konto/log-ind/")
        page.fill("[name=login]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main form button[type=submit], main form button:not([type])")
        page.wait_for_url(f"{server.url}/maalkompasset/mine/")

    return log_in


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
