"""The commands that start the portal: real processes, on folders and ports of their own."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import environ
import pytest

from runner import postgres, serve

ROOT = Path(__file__).resolve().parent.parent
LAUNCHER = [sys.executable, str(ROOT / "runner" / "postgres.py"), "run"]


@pytest.fixture
def start():
    """A function that starts a server in a folder; all are stopped after the test."""
    servers = []

    def start_server(folder, options=postgres.FORGETFUL):
        server = postgres.Server(folder, options)
        servers.append(server)
        server.start()
        return server

    yield start_server
    for server in servers:
        server.stop()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "postgres"


def sql(server, statement):
    psql = [postgres.binaries() / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement]
    done = subprocess.run(
        psql, env=os.environ | server.environment(), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def environment(**changes):
    """What a person's terminal has: no database of the test run."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | changes


def launch(*arguments, **changes):
    return subprocess.run(
        [*LAUNCHER, *map(str, arguments)], env=environment(**changes),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def is_alive(pid):
    """Whether the process runs; one that has ended and waits to be counted does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


# --- The database server -------------------------------------------------------------------------


def test_data_survive_when_the_database_server_is_killed(start, folder):
    server = start(folder, options=())
    sql(server, "CREATE TABLE answer AS SELECT 'kept' AS text")
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.start()
    assert sql(server, "SELECT text FROM answer") == "kept"


def test_a_server_that_lost_its_owner_makes_way_for_the_next_start(start, folder):
    orphan = start(folder, options=())
    sql(orphan, "CREATE TABLE answer AS SELECT 'kept' AS text")
    orphan._lock.close()  # what the kernel does when the owner is killed
    assert sql(start(folder), "SELECT text FROM answer") == "kept"
    assert not orphan.is_running()


def test_a_number_left_behind_that_is_another_programs_now_does_not_stop_the_start(start, folder):
    server = start(folder)
    pid_file = server.data / "postmaster.pid"
    lock_file = server.socket_folder / f"{postgres.SOCKET}.lock"
    left = pid_file.read_text().replace(str(server.process.pid), str(os.getpid()), 1)
    server.stop()
    server.socket_folder.mkdir(exist_ok=True)
    pid_file.write_text(left)
    lock_file.write_text(left)
    assert sql(start(folder), "SELECT 1") == "1"


def test_a_half_made_data_folder_is_made_anew(start, folder):
    (folder / "data.new" / "base").mkdir(parents=True)
    assert sql(start(folder), "SELECT 1") == "1"
    assert not (folder / "data.new").exists()


def test_two_servers_do_not_work_on_the_same_data(start, folder):
    first = start(folder)
    with pytest.raises(postgres.AlreadyRunningError):
        postgres.Server(folder).start()
    assert sql(first, "SELECT 1") == "1"


def test_data_of_another_version_are_left_alone_and_said_so(start, folder):
    start(folder).stop()
    (folder / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(SystemExit, match="was written by PostgreSQL 12"):
        start(folder)


@pytest.mark.parametrize("name", ["a", "æøå + 50% ? #", "/".join(["en-mappe-i-en-mappe"] * 7)])
def test_the_database_is_found_wherever_the_checkout_lies(start, tmp_path, name):
    server = start(tmp_path / name)
    assert len(os.fsencode(server.socket_folder / postgres.SOCKET)) <= postgres.LONGEST_SOCKET_PATH
    settings = environ.Env.db_url_config(server.environment()["DATABASE_URL"])
    assert settings["HOST"] == str(server.socket_folder)
    assert sql(server, "SELECT current_user") == settings["USER"] == postgres.OWNER


def test_nobody_else_reaches_the_database(start, folder):
    server = start(folder)
    for private in (server.data, server.socket_folder):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert sql(server, "SHOW listen_addresses") == ""


def test_the_portal_is_not_master_of_its_database_server(start, folder):
    server = start(folder)
    assert sql(server, "SELECT count(*) FROM pg_roles WHERE rolsuper AND NOT rolname LIKE 'postgres'") == "0"
    assert sql(server, "CREATE EXTENSION pg_trgm; SELECT 1") == "1"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 'hemmeligt'::int",
        "SELECT length('hemmeligt') / 0",
        "SET statement_timeout = 50; SELECT 'hemmeligt', pg_sleep(5)",
        "CREATE TABLE person (name text UNIQUE); INSERT INTO person VALUES ('hemmeligt'), ('hemmeligt')",
        "PREPARE wrong (text) AS SELECT $1::int; EXECUTE wrong('hemmeligt')",
        "DO $$ BEGIN RAISE WARNING 'hemmeligt'; RAISE EXCEPTION 'hemmeligt'; END $$",
        "SELECT 'hemmeligt', pg_terminate_backend(pg_backend_pid())",
    ],
)
def test_the_database_servers_log_repeats_no_word_of_what_failed(start, folder, statement):
    server = start(folder)
    with pytest.raises(subprocess.CalledProcessError):
        sql(server, statement)
    server.stop()
    assert "hemmeligt" not in server.log.read_text()


@pytest.mark.parametrize("page", ["compose.yaml", "docs/operations.md"])
def test_a_server_of_ones_own_is_told_to_be_as_discreet(page):
    words = (ROOT / page).read_text().replace(" = ", "=").split()
    assert set(postgres.DISCREET) - {"-c"} <= set(words)


# --- A server for one command --------------------------------------------------------------------


def test_a_temporary_server_leaves_nothing_and_hands_on_the_exit_code(tmp_path):
    script = "psql -XAtc 'SELECT 6 * 7'; exit 7"
    done = launch("--temporary", "--", "sh", "-c", script, TMPDIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (7, "42\n")
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_server_leaves_nothing_when_it_is_ended_from_outside(tmp_path):
    command = ["sh", "-c", "echo ready; exec sleep 60"]
    with subprocess.Popen(
        [*LAUNCHER, "--temporary", "--", *command], env=environment(TMPDIR=str(tmp_path)),
        stdout=subprocess.PIPE, text=True,
    ) as launcher:  # fmt: skip
        assert launcher.stdout.readline() == "ready\n"
        launcher.terminate()
        assert launcher.wait(60) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_a_command_uses_the_server_that_runs_already(start, folder):
    server = start(folder)
    sql(server, "CREATE TABLE answer AS SELECT 'shared' AS text")
    done = launch("--folder", folder, "--", "psql", "-XAtc", "SELECT text FROM answer")
    assert done.stdout == "shared\n"
    assert server.is_running()


def test_a_database_of_ones_own_is_used_and_none_started(folder):
    outside = "postgres://somebody@elsewhere/portal"
    done = launch("--folder", folder, "--", "printenv", "DATABASE_URL", DATABASE_URL=outside)
    assert done.stdout == f"{outside}\n"
    assert not folder.exists()


# --- Root without user namespaces ----------------------------------------------------------------

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL refuses only root")


@pytest.fixture
def no_namespaces(tmp_path, monkeypatch):
    """A machine whose `unshare` is refused, as in a container."""
    unshare = tmp_path / "bin" / "unshare"
    unshare.parent.mkdir()
    unshare.write_text("#!/bin/sh\nexit 1\n")
    unshare.chmod(0o755)
    monkeypatch.setenv("PATH", f"{unshare.parent}{os.pathsep}{os.environ['PATH']}")


@as_root
@pytest.mark.usefixtures("no_namespaces")
def test_root_without_namespaces_lets_the_server_run_as_nobody(start):
    as_nobody = ["setpriv", f"--reuid={postgres.NOBODY}", "test", "-x"]
    if not postgres.succeeds([*as_nobody, str(postgres.binaries() / "initdb")]):
        pytest.skip("this checkout lies where only root may look")
    folder = Path(tempfile.mkdtemp())
    try:
        server = start(folder)
        assert sql(server, "SELECT 1") == "1"
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == postgres.NOBODY
        server.stop()
    finally:
        shutil.rmtree(folder)


@as_root
@pytest.mark.usefixtures("no_namespaces")
def test_root_without_namespaces_is_told_when_nobody_cannot_reach_the_folder(start, folder):
    folder.parent.chmod(0o700)
    with pytest.raises(SystemExit, match="set DATABASE_URL"):
        start(folder)


# --- Starting the portal -------------------------------------------------------------------------


def start_portal(**settings):
    return subprocess.run(
        [sys.executable, "-m", "runner.serve"], cwd=ROOT, env=environment(**settings),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_taken_port_is_said_before_anything_is_started():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start_portal(PORT=str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used (Address already in")


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", ""])
def test_an_odd_port_is_named(port):
    done = start_portal(PORT=port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_the_secret_key_is_made_once_and_for_its_owner_alone(tmp_path):
    key = serve.secret_key(tmp_path)
    assert len(key) >= 64
    assert serve.secret_key(tmp_path) == key
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_installations_have_different_keys(tmp_path):
    (tmp_path / "other").mkdir()
    assert serve.secret_key(tmp_path) != serve.secret_key(tmp_path / "other")


# --- Keeping it running --------------------------------------------------------------------------

SUPERVISOR = """
import os, sys
from runner.serve import Service, keep_running
command = [sys.executable, "-c", sys.argv[1]]
service = Service("The sleeper", command, dict(os.environ))
service.start()
keep_running([service])
"""


@pytest.fixture
def supervise():
    """A function that watches over a Python program; what it says comes back line by line."""
    started = []

    def supervise_program(program):
        started.append(
            subprocess.Popen(
                [sys.executable, "-u", "-c", SUPERVISOR, program], cwd=ROOT,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
        )  # fmt: skip
        return started[-1]

    yield supervise_program
    for supervisor in started:
        supervisor.kill()
        supervisor.communicate()


SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def test_what_ends_by_itself_is_started_again(supervise):
    supervisor = supervise(SLEEPER)
    first = int(supervisor.stdout.readline())
    os.kill(first, signal.SIGKILL)
    second = int(supervisor.stdout.readline())
    assert is_alive(second)
    assert second != first
    assert supervisor.stderr.readline() == "The sleeper ended by itself and is started again.\n"


def test_what_is_started_ends_with_its_supervisor_even_when_that_is_killed(supervise):
    supervisor = supervise(SLEEPER)
    service = int(supervisor.stdout.readline())
    supervisor.kill()
    assert postgres.wait_until(lambda: not is_alive(service), 20)


class Dying:
    """Dies so many times before it stays up."""

    name = "The web server"

    def __init__(self, deaths):
        self.deaths = deaths

    def is_running(self):
        return self.deaths == 0

    def start(self):
        self.deaths -= 1

    def stop(self):
        pass


def test_a_web_server_that_dies_while_it_starts_is_started_again(monkeypatch, capsys):
    server = Dying(deaths=2)
    monkeypatch.setattr(serve, "answers", lambda host, port: server.is_running())
    serve.wait_for_pages("127.0.0.1", 1, [server])
    assert capsys.readouterr().err.count("is started again") == 2


def test_a_web_server_that_cannot_start_ends_the_start(monkeypatch):
    monkeypatch.setattr(serve, "answers", lambda host, port: False)
    with pytest.raises(SystemExit, match="does not stay up"):
        serve.wait_for_pages("127.0.0.1", 1, [Dying(deaths=99)])


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:9123"),
        ({"PORT": "9200"}, "http://127.0.0.1:9200"),
        ({"SITE_URL": "https://kompas.example.dk"}, "https://kompas.example.dk"),
    ],
)
def test_mails_of_a_command_lead_to_where_the_portal_is(tmp_path, given, address):
    python, var = tmp_path / ".venv" / "bin" / "python", tmp_path / "var"
    python.parent.mkdir(parents=True)
    var.mkdir()
    python.write_text('#!/bin/sh\necho "$SITE_URL"\n')
    python.chmod(0o755)
    (var / "secret-key").write_text("key")
    (var / "site-url").write_text("http://127.0.0.1:9123")
    done = subprocess.run(
        ["make", "-s", "-f", ROOT / "Makefile", "-o", "install", "manage", "ARGS=remind"],
        env={"PATH": os.environ["PATH"], **given}, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == address


def test_what_cannot_stay_up_stops_everything(supervise):
    supervisor = supervise("raise SystemExit(3)")
    assert supervisor.wait(60) == 1
    last_line = supervisor.stderr.read().splitlines()[-1]
    assert last_line == "The sleeper does not stay up; everything is stopped."
