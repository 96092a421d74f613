"""What compose starts, from the tree that the image would hold: read-only, as any user, with least rights.

No container engine is needed: Dockerfile, .dockerignore and compose.yaml are read, and what they say is done.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from fnmatch import fnmatch
from http.cookiejar import CookieJar
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psycopg
import pytest
import yaml
from lxml import html
from PIL import Image as Picture

from aarhuskompas.jobs import JOBS
from bench.servers import free_port
from runner import postgres
from tests.processes import ROOT

pytestmark = pytest.mark.long
UID = 12345
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
GIVEN = {"email_url": "consolemail://\n", "oidc_client_secret": "", "secret_key_fallbacks": ""}
SITE_PACKAGES = Path(yaml.__file__).parent.parent


def python_that_anybody_may_run() -> str | None:
    """Where tests run as root, Python may lie where only root may look."""
    return next(filter(is_run_by_anybody, [shutil.which("python3.11"), "/usr/bin/python3.11"]), None)


def is_run_by_anybody(program: str | None) -> bool:
    command = [
        *as_anybody(),
        program or "",
        "-c",
        "import sys; sys.path.insert(0, sys.argv[1]); import psycopg",
    ]
    return succeeds([*command, str(SITE_PACKAGES)])


def as_anybody() -> list[str]:
    return ["setpriv", f"--reuid={UID}", "--regid=0", "--clear-groups", "--"] if os.geteuid() == 0 else []


def succeeds(command: list[str]) -> bool:
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0
    return False


# --- What the Dockerfile makes -------------------------------------------------------------------


class Image:
    """The tree under `folder`, with /data, /tmp and /run/secrets beside it."""

    def __init__(self, folder: Path, python: str):
        self.folder = folder
        self.app, self.data = folder / "app", folder / "data"
        self._make_programs(python)
        self._copy()
        self.environment = self._of_the_dockerfile()
        self._run_what_it_runs()
        (folder / "tmp").mkdir()
        (folder / "tmp").chmod(0o1777)
        for path in [self.data, *self.data.iterdir()]:
            path.chmod(0o2770)

    def _make_programs(self, python: str):
        programs = self.folder / "bin"
        programs.mkdir(parents=True)
        start = f"#!/bin/sh\nPYTHONPATH={SITE_PACKAGES} PYTHONDONTWRITEBYTECODE= exec {python}"
        (programs / "python").write_text(f'{start} "$@"\n')
        (programs / "gunicorn").write_text(f'{start} -m gunicorn "$@"\n')
        for program in programs.iterdir():
            program.chmod(0o755)

    def _copy(self):
        assert re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) == [
            "requirements.lock .",
            ". .",
        ]
        ignored = (ROOT / ".dockerignore").read_text().split()

        def left_out(folder, names):
            inside = Path(folder).relative_to(ROOT)
            return [name for name in names if any(is_ignored(inside / name, rule) for rule in ignored)]

        shutil.copytree(ROOT, self.app, ignore=left_out, symlinks=True)

    def _of_the_dockerfile(self) -> dict[str, str]:
        (settings,) = re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)
        found = dict(setting.split("=", 1) for setting in settings.split())
        return {name: self.placed(value) for name, value in found.items()} | {
            "PATH": f"{self.folder}/bin:/usr/bin:/bin", "RELEASE": "local",
        }  # fmt: skip

    def _run_what_it_runs(self):
        """The last RUN, as whoever builds the image."""
        command = self.placed(re.findall(r"^RUN (.*)$", DOCKERFILE, re.MULTILINE)[-1])
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.app,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def placed(self, text: str) -> str:
        """With the folders of a container where they lie here."""
        return re.sub(r"(?<![\w.])/(data|srv|tmp|run/secrets)\b", rf"{self.folder}/\1", text)


def is_ignored(path: Path, rule: str) -> bool:
    name = rule.removeprefix("**/")
    return fnmatch(path.name, name) if rule.startswith("**/") else str(path) == name


# --- What compose starts -------------------------------------------------------------------------


class Compose:
    """Services of compose.yaml in the image, with a database of their own."""

    def __init__(self, image: Image, server: postgres.Server):
        self.image, self.server = image, server
        self.port = free_port()
        self.running: dict[str, subprocess.Popen] = {}
        (image.folder / "run" / "secrets").mkdir(parents=True)
        for name in COMPOSE["secrets"]:
            secret = GIVEN.get(name, f"a-{name}-that-is-long-enough-for-all\n")
            (image.folder / "run" / "secrets" / name).write_text(secret)

    def start(self, service: str, *command: str, **settings: str) -> subprocess.Popen:
        given = command or COMPOSE["services"][service].get("command") or self._of_the_image()
        with (self.image.folder / f"{service}.log").open("ab") as log:
            self.running[service] = subprocess.Popen(
                [*as_anybody(), *map(self._here, given)], cwd=self.image.app, stdout=log, stderr=log,
                env=self._environment(service) | settings,
            )  # fmt: skip
        return self.running[service]

    def _of_the_image(self) -> list[str]:
        (command,) = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
        return yaml.safe_load(command)

    def _environment(self, service: str) -> dict[str, str]:
        given = COMPOSE["services"][service]["environment"]
        return self.image.environment | {name: self._here(value) for name, value in given.items()}

    def _here(self, value) -> str:
        said = {"SITE_URL": f"http://127.0.0.1:{self.port}", "TRUSTED_PROXIES": "0"}
        text = re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda found: said.get(found[1], found[2]), str(value))
        socket = quote(str(self.server.socket_folder), safe="")
        text = text.replace("@database/", f"@{socket}/").replace("0.0.0.0:8000", f"127.0.0.1:{self.port}")
        return self.image.placed(text) if not text.startswith("postgres:") else text

    def log(self, service: str) -> str:
        return (self.image.folder / f"{service}.log").read_text()

    def stop(self):
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(20)

    def is_ready(self) -> bool:
        """As the health check of the service asks."""
        check = COMPOSE["services"]["pages"]["healthcheck"]["test"][1:]
        environment = self._environment("pages") | {"PORT": str(self.port)}
        return subprocess.run(
            [*as_anybody(), *check], env=environment, cwd=self.image.app, capture_output=True, check=False
        ).returncode == 0  # fmt: skip

    def rows(self, statement: str) -> list[tuple]:
        address = {"host": str(self.server.socket_folder), "user": postgres.OWNER, "dbname": postgres.NAME}
        with psycopg.connect(**address) as database:
            return database.execute(statement).fetchall()


@pytest.fixture(scope="module")
def folder():
    made = Path(tempfile.mkdtemp(prefix="kompas-image-", dir="/tmp"))  # pytest's own only its user may enter
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def compose(folder):
    python = python_that_anybody_may_run()
    if python is None:
        pytest.skip("this checkout or Python lies where only root may look")
    server = postgres.Server(folder / "postgres", ("-c", "fsync=off"))
    server.start()
    server.socket_folder.chmod(0o711)  # in compose it is the network that leads there
    up = Compose(Image(folder / "image", python), server)
    yield up
    up.stop()
    server.stop()


class OwnTime:
    """Seconds that pass while something works, but for those in which it waited for a processor.

    The kernel counts these for each process; of what works one after the other they are added up, and of the
    workers of a server, which wait at the same time, the longest counts.
    """

    def __init__(self, server: postgres.Server):
        self.server, self.begun = server, time.monotonic()
        self.queued: dict[int, float] = {}

    def look(self, pid: int):
        self.queued[pid] = self._queued(pid)
        workers = {child: self._queued(child) for child in children(pid)}
        self.workers = max(workers.values(), default=0)
        for backend in children(self.server.process.pid):
            if "[local]" in program(backend):
                self.queued[backend] = self._queued(backend)

    def _queued(self, pid: int) -> float:
        with suppress(OSError):  # it has just ended; what was seen of it last counts
            return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
        return self.queued.get(pid, 0)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun - sum(self.queued.values()) - self.workers


def children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def program(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


@pytest.fixture(scope="module")
def started(compose):
    """Seconds until the pages were ready, on a machine with nothing else to do."""
    clock = OwnTime(compose.server)

    def has_ended(process: subprocess.Popen) -> bool:
        clock.look(process.pid)
        return process.poll() is not None

    def is_ready() -> bool:
        clock.look(compose.running["pages"].pid)
        return compose.is_ready()

    prepare = compose.start("prepare")
    assert postgres.wait_until(lambda: has_ended(prepare), 300), compose.log("prepare")
    assert prepare.returncode == 0, compose.log("prepare")
    compose.start("pages")
    compose.start("jobs")
    assert postgres.wait_until(is_ready, 120), compose.log("pages")
    return clock.seconds


def test_an_empty_database_becomes_a_portal_within_half_a_minute(started):
    assert started < 30


def test_time_that_is_slept_is_counted(compose):
    """Only what others take of the processors is not."""
    clock, sleeper = OwnTime(compose.server), subprocess.Popen(["sleep", "1"])
    assert postgres.wait_until(lambda: clock.look(sleeper.pid) or sleeper.poll() is not None, 60)
    assert clock.seconds > 0.9


def test_only_tmp_and_data_can_be_written_to(started, compose):
    tree, data, temporary = compose.image.folder, compose.image.data, compose.image.folder / "tmp"
    places = f"{tree} -not -path '{data}*' -not -path '{temporary}*'"
    found = subprocess.run(
        [*as_anybody(), "sh", "-c", f"find {places} -not -type l -writable"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not found or os.geteuid() != 0, found


def test_what_people_type_and_what_is_secret_is_not_in_the_image(compose):
    names = {path.name for path in compose.image.app.iterdir()}
    assert not names & {".git", ".env", ".venv", "var", "secrets", "backups", "tests", "docs"}
    assert {"manage.py", "content", "deploy", "locale", "runner"} <= names


def test_the_portal_works_as_a_role_that_only_reads_and_writes_rows(started, compose):
    roles = compose.rows("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database()")
    assert {role for (role,) in roles} == {postgres.NAME, postgres.OWNER}  # the owner is this test
    assert compose.rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'") == [
        (postgres.OWNER,)
    ]


def test_the_jobs_are_done(started, compose):
    done = "SELECT count(*) FROM aarhuskompas_scheduledjob WHERE finished_at IS NOT NULL AND NOT has_failed"
    assert postgres.wait_until(lambda: compose.rows(done) == [(len(JOBS),)], 60), compose.log("jobs")


# --- An editor -----------------------------------------------------------------------------------


class Editor:
    """A browser that has logged in."""

    def __init__(self, compose: Compose):
        self.url = f"http://127.0.0.1:{compose.port}"
        self.open = build_opener(HTTPCookieProcessor(CookieJar())).open
        password = "et-langt-kodeord-til-billedet"
        made = compose.start(
            "createsuperuser", "python", "manage.py", "createsuperuser", "--no-input",
            "--email=rikke@example.dk", "--name=Rikke", DJANGO_SUPERUSER_PASSWORD=password,
        )  # fmt: skip
        assert made.wait(60) == 0, compose.log("createsuperuser")
        fields = self.fields("/konto/log-ind/") | {"login": "rikke@example.dk", "password": password}
        self.open(f"{self.url}/konto/log-ind/", urlencode(fields).encode())

    def fields(self, address: str) -> dict[str, str]:
        page = html.fromstring(self.open(self.url + address).read())
        form = next(form for form in page.forms if form.method == "POST" and "q" not in form.fields)
        token = page.xpath("//input[@name='csrfmiddlewaretoken']/@value")
        return dict(form.form_values()) | {"csrfmiddlewaretoken": token[-1]}

    def upload(self, address: str, fields: dict[str, str], file: bytes):
        parts = [
            f'--grænse\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = '--grænse\r\nContent-Disposition: form-data; name="file"; filename="bord.png"\r\n'
        parts += [f"{head}Content-Type: image/png\r\n\r\n".encode(), file, "\r\n--grænse--\r\n".encode()]
        body = b"".join(parts).replace("grænse".encode(), b"grense")
        kind = {"Content-Type": "multipart/form-data; boundary=grense"}
        return self.open(Request(self.url + address, body, kind))  # noqa: S310 – of this test alone

    def picture(self, name: str) -> bytes:
        return self.open(f"{self.url}/{name}").read()


@pytest.fixture(scope="module")
def editor(started, compose, folder):
    compose_service = COMPOSE["services"]["pages"]
    COMPOSE["services"]["createsuperuser"] = compose_service
    yield Editor(compose)
    del COMPOSE["services"]["createsuperuser"]


def test_a_picture_that_an_editor_uploads_survives_a_restart(editor, compose):
    drawn = BytesIO()
    Picture.new("RGB", (1200, 800), "teal").save(drawn, "PNG")
    form = "/admin/compass/picture/add/"
    fields = editor.fields(form) | {"alt": "Et bord.", "credit": "Frida", "focus_x": "50", "focus_y": "50"}
    fields.pop("file", None)
    editor.upload(form, fields, drawn.getvalue())
    ((name,),) = compose.rows("SELECT file FROM compass_picture")
    shown = name.replace(".webp", "-480.webp")
    before = editor.picture(shown)
    assert before[8:12] == b"WEBP"

    compose.running["pages"].terminate()
    assert compose.running["pages"].wait(20) == 0
    compose.start("pages")
    assert postgres.wait_until(compose.is_ready, 60), compose.log("pages")
    assert editor.picture(shown) == before
