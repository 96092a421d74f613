"""Several nodes on this machine, to see one of them die: `make cluster` (docs/operations/cluster.md).

Three PostgreSQL under Patroni with three etcd, HAProxy, and two nodes of pages with a PgBouncer each. What
they are told stands in deploy/machines/, and is filled in as on machines of their own. All is in var/cluster.
"""

import http.client
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shlex import quote
from string import Template
from urllib.error import HTTPError
from urllib.request import urlopen

import yaml

from runner.environment import PATRONI
from runner.postgres import Account
from runner.serve import ROOT, Service, keep_running, number_of_port, raise_exit

FOLDER = ROOT / "var" / "cluster"
TEMPLATES = ROOT / "deploy" / "machines"
POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")
SECRETS = [
    "secret_key", "superuser_password", "replication_password", "rewind_password", "owner_password",
    "application_password",
]  # fmt: skip
ROLE_PASSWORDS = {"owner_password", "application_password"}
DATABASES, NODES = ["one", "two", "three"], ["a", "b"]
HOST = "127.0.0.1"


# --- What each machine is told -------------------------------------------------------------------


def rendered(template: str, values: dict[str, str]) -> str:
    """A file of deploy/machines with its values; one that is missing is an error."""
    return Template((TEMPLATES / template).read_text()).substitute(values)


def settings(text: str) -> dict[str, str]:
    """What an EnvironmentFile of systemd says."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def command(unit: str) -> list[str]:
    """What a unit of systemd starts."""
    return re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)[0].split()


def common_values(folder: Path, port: int, passwords: dict[str, str]) -> dict[str, str]:
    """What all machines are told. On machines of their own addresses differ; here ports do."""
    peers = [f"{name}=http://{HOST}:{port + 60 + number}" for number, name in enumerate(DATABASES, start=1)]
    values = {
        "NETWORK": f"{HOST}/32",
        "SHARED_BUFFERS": "64MB",
        "POSTGRES_BIN": str(POSTGRES_BIN),
        "BACKUPS": str(folder / "backups"),
        "SECRETS": str(folder / "secrets"),
        "ETCD_PEERS": ",".join(peers),
        "ETCD_HOSTS": ",".join(f"{HOST}:{port + 50 + number}" for number in [1, 2, 3]),
        "PAGES_BIND": f"{HOST}:{port}",
        "PRIMARY_BIND": f"{HOST}:{port + 1}",
        "PRIMARY_HOST": HOST,
        "PRIMARY_PORT": str(port + 1),
        "SITE_URL": f"http://{HOST}:{port}",
        "SCHEME": "http",
        "PYTHON": sys.executable,
        "PATRONI_PROGRAM": str(PATRONI / "bin" / "patroni"),
    }
    for number, name in enumerate(DATABASES, start=1):
        values[f"POSTGRES_{name.upper()}"] = f"{HOST}:{port + 30 + number}"
        values[f"PATRONI_{name.upper()}_PORT"] = str(port + 40 + number)
    for number, name in enumerate(NODES, start=1):
        values[f"NODE_{name.upper()}"] = f"{HOST}:{port + 10 * number + 1}"
    return values | {name.upper(): password for name, password in passwords.items()}


def database_values(folder: Path, port: int, name: str) -> dict[str, str]:
    number = DATABASES.index(name) + 1
    return {
        "MACHINE": name,
        "FOLDER": str(folder / name),
        "POSTGRES": f"{HOST}:{port + 30 + number}",
        "POSTGRES_PORT": str(port + 30 + number),
        "PATRONI": f"{HOST}:{port + 40 + number}",
        "ETCD": f"{HOST}:{port + 50 + number}",
        "ETCD_PEER": f"{HOST}:{port + 60 + number}",
    }


def node_values(folder: Path, port: int, name: str) -> dict[str, str]:
    own = port + 10 * (NODES.index(name) + 1)
    return {"FOLDER": str(folder / name), "NODE": f"{HOST}:{own + 1}", "POOLER_PORT": str(own + 2)}


# --- Machines ------------------------------------------------------------------------------------


class Machine:
    """Programs that live and die together, and the folder with what they are told."""

    def __init__(self, name: str, values: dict[str, str], logs: Path):
        self.name, self.values, self.logs = name, values, logs
        self.folder = Path(values["FOLDER"])
        self.services: dict[str, Service] = {}

    def write(self, *templates: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for template in templates:
            file = self.folder / template
            file.touch(mode=0o600)
            file.write_text(rendered(template, self.values))

    def runs(self, name: str, *program: str, environment: dict[str, str] | None = None, **how) -> None:
        title = f"{name} of {self.name}"
        given = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "HOME": str(self.folder), "LANG": "C.UTF-8"}
        self.services[name] = Service(
            title,
            list(program),
            given | (environment or {}),
            log=self.logs / f"{self.name}-{name}.log",
            **how,
        )

    def start(self, *names: str) -> None:
        for name in names or self.services:
            self.services[name].start()

    def stop(self) -> None:
        for service in reversed(self.services.values()):
            service.stop()

    def kill(self, *names: str) -> None:
        """As when the power goes."""
        for name in names or self.services:
            self.services[name].kill()

    def stand_still(self) -> None:
        """As when nobody reaches it: what runs there knows nothing of it when it goes on."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: int) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def processes(self) -> list[int]:
        own = [service.process.pid for service in self.services.values() if service.process]
        return [each for pid in own for each in [pid, *children(pid)]]


class Database(Machine):
    """PostgreSQL under Patroni, and a member of etcd."""

    def __init__(self, values: dict[str, str], logs: Path):
        super().__init__(values["MACHINE"], values, logs)
        self.write("etcd.yml", "patroni.yml", "pgbackrest.conf")
        for folder in ["socket", "log"]:
            (self.folder / folder).mkdir(mode=0o700, exist_ok=True)
        self.runs("etcd", "etcd", "--config-file", str(self.folder / "etcd.yml"))
        unit = rendered("patroni.service", values)
        self.runs("patroni", *command(unit), patience=60)

    def status(self) -> dict:
        """What Patroni says of this member; empty where it does not answer."""
        try:
            with urlopen(f"http://{self.values['PATRONI']}/patroni", timeout=2) as answer:
                return json.load(answer)
        except HTTPError as starting:
            return json.load(starting)
        except (OSError, http.client.HTTPException, ValueError):
            return {}

    @property
    def is_primary(self) -> bool:
        told = self.status()
        return told.get("role") in {"master", "primary"} and told.get("state") == "running"

    @property
    def is_streaming(self) -> bool:
        return self.status().get("replication_state") == "streaming"

    @property
    def is_synchronous(self) -> bool:
        return bool(self.status().get("sync_standby"))

    def is_leader_of_etcd(self) -> bool:
        said = subprocess.run(
            ["etcdctl", f"--endpoints={self.values['ETCD']}", "endpoint", "status", "--write-out=json"],
            env=os.environ | {"ETCDCTL_API": "3"}, capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        status = json.loads(said)[0]["Status"] if said.strip() else {}
        return bool(status) and status["leader"] == status["header"]["member_id"]

    def alone(self, *what: str) -> None:
        """`pg_ctl` while Patroni is away: reached by the socket, and nobody confirms what is written."""
        data = self.folder / "data"
        patroni = yaml.safe_load(rendered("patroni.yml", self.values))["postgresql"]["parameters"]
        told = {
            "port": self.values["POSTGRES_PORT"],
            "unix_socket_directories": self.folder / "socket",
            "listen_addresses": "",
            "hba_file": data / "pg_hba.conf",
            "ident_file": data / "pg_ident.conf",
            "archive_command": patroni["archive_command"],
            "synchronous_standby_names": "",
        }
        options = " ".join(f"-c {name}={quote(str(value))}" for name, value in told.items())
        log = self.logs / f"{self.name}-alone.log"
        run(POSTGRES_BIN / "pg_ctl", *what, "-w", "-D", data, "-l", log, "-o", options)

    def sql(self, statement: str, database: str = "aarhuskompas", **how) -> str:
        """As the superuser, by the socket."""
        address = ["--host", self.folder / "socket", "--port", self.values["POSTGRES_PORT"]]
        psql = [POSTGRES_BIN / "psql", "-XqAt", "--set=ON_ERROR_STOP=1", *address, "--username=postgres"]
        return run(*psql, f"--dbname={database}", "--command", statement, **how).strip()

    def backup(self, *what: str) -> str:
        """pgBackRest: `stanza-create`, `--type=full backup`, `--type=time --target=… restore`"""
        config = self.folder / "pgbackrest.conf"
        return run("pgbackrest", f"--config={config}", "--stanza=portal", *what)

    def kill(self, *names: str) -> None:
        """Patroni's PostgreSQL goes on without Patroni: it is killed too."""
        super().kill(*names)
        if "patroni" in (names or self.services) and (postmaster := self.postmaster()):
            os.kill(postmaster, signal.SIGKILL)

    def postmaster(self) -> int | None:
        pid_file = self.folder / "data" / "postmaster.pid"
        return int(pid_file.read_text().split()[0]) if pid_file.exists() else None

    def processes(self) -> list[int]:
        """PostgreSQL is nobody's child; it first, so that no new one of its own is missed."""
        postmaster = self.postmaster()
        theirs = [postmaster, *children(postmaster)] if postmaster else []
        return [*theirs, *super().processes()]

    def takes_a_write(self, seconds: float = 10) -> bool:
        """Whether somebody who still reaches it is told that something is kept."""
        try:
            self.sql("CREATE TABLE kept_by_whom ()", timeout=seconds)
        except (SystemExit, subprocess.TimeoutExpired):
            return False
        return True

    def stop(self) -> None:
        """Patroni ends PostgreSQL before it ends; where it was killed, nobody did."""
        super().stop()
        pid_file = self.folder / "data" / "postmaster.pid"
        if pid_file.exists():
            subprocess.run(
                [POSTGRES_BIN / "pg_ctl", "stop", "-D", self.folder / "data", "-m", "fast"],
                capture_output=True, check=False,
            )  # fmt: skip


class Node(Machine):
    """Pages and jobs of one release, and the pooler beside them."""

    def __init__(self, name: str, values: dict[str, str], logs: Path, code: Path):
        super().__init__(name, values, logs)
        self.write("pgbouncer.ini", "pgbouncer.users")
        self.runs("pooler", "pgbouncer", str(self.folder / "pgbouncer.ini"), orphan_signal="INT")
        self.release(code, "1")

    def release(self, code: Path, name: str) -> None:
        """Serve this release from the next start on."""
        values, environment = self._of_release(code, name)
        self.values = values
        self.write("portal.env", "prepare.env")
        for service, unit in [("pages", "portal-pages.service"), ("jobs", "portal-jobs.service")]:
            program = command(rendered(unit, values))
            self.runs(service, *program, environment=environment, folder=code, patience=30)
        self.services["pages"].command[1] = "--pdeathsig=QUIT"

    def prepare(self, code: Path, name: str) -> None:
        """What comes once with a release, before any node serves it."""
        values, environment = self._of_release(code, name)
        owner = settings(rendered("prepare.env", values))
        for arguments, more in [(["collectstatic", "--no-input", "-v0"], {}), (["prepare"], owner)]:
            given = {**os.environ, **environment, **more}
            run(sys.executable, "manage.py", *arguments, cwd=code, env=given)

    def _of_release(self, code: Path, name: str) -> tuple[dict[str, str], dict[str, str]]:
        own = {"RELEASE_FOLDER": str(code), "STATIC_ROOT": str(self.folder.parent / "static" / name)}
        values = self.values | own
        return values, settings(rendered("portal.env", values)) | {"RELEASE": name}

    def stop_serving(self) -> None:
        """Takes its leave of who is being answered, and goes."""
        for name in ["jobs", "pages"]:
            self.services[name].stop()

    def is_ready(self) -> bool:
        return answers(self.values["NODE"], "/health/ready")


def children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def answers(address: str, path: str) -> bool:
    try:
        with urlopen(f"http://{address}{path}", timeout=3) as answer:
            return answer.status < 400
    except (OSError, http.client.HTTPException):
        return False


# --- All of them ---------------------------------------------------------------------------------


class Cluster:
    """The machines, in the order in which they come up."""

    def __init__(self, folder: Path, port: int, code: Path):
        self.folder, self.port, self.code = folder, port, code
        for name in ["secrets", "logs", "backups", "balancer"]:
            (folder / name).mkdir(parents=True, exist_ok=True)
        values = common_values(folder, port, passwords(folder / "secrets"))
        (folder / "secrets" / "email_url").write_text(f"filemail:///{folder / 'mail'}\n")
        logs = folder / "logs"
        self.databases = [Database(values | database_values(folder, port, name), logs) for name in DATABASES]
        self.balancer = Machine("balancer", values | {"FOLDER": str(folder / "balancer")}, logs)
        self.balancer.write("haproxy.cfg", "away.http")
        self.balancer.runs("haproxy", "haproxy", "-db", "-f", str(self.balancer.folder / "haproxy.cfg"))
        self.nodes = [Node(name, values | node_values(folder, port, name), logs, code) for name in NODES]

    def start(self) -> None:
        with stage("Three PostgreSQL that know each other"):
            for program in ["etcd", "patroni"]:
                for database in self.databases:
                    database.start(program)
            wait_for(self.is_whole, 120, "The databases did not find each other")
        self.balancer.start()
        with stage("Roles and database, and a place for backups"):
            self._make_roles()
            self.primary.backup("stanza-create")
        for node in self.nodes:
            node.start("pooler")
        with stage("Tables, content and static files"):
            self.nodes[0].prepare(self.code, "1")
        with stage("Two nodes"):
            for node in self.nodes:
                node.start("pages", "jobs")
            wait_for(lambda: all(node.is_ready() for node in self.nodes), 60, "The pages are not ready")
            wait_for(lambda: answers(f"{HOST}:{self.port}", "/health/ready"), 30, "HAProxy finds no node")

    def is_whole(self) -> bool:
        """One is the primary, the others follow it, and one of them confirms each commit."""
        followers = [each for each in self.databases if not each.is_primary]
        return (
            len(followers) == len(self.databases) - 1
            and all(each.is_streaming for each in followers)
            and any(each.is_synchronous for each in followers)
        )

    @property
    def primary(self) -> Database:
        return next(each for each in self.databases if each.is_primary)

    def _make_roles(self) -> None:
        """As docs/operations/database.md says."""
        roles = ROOT / "deploy" / "database" / "roles.sql"
        names = {"owner": "aarhuskompas_owner", "application": "aarhuskompas", "database": "aarhuskompas"}
        known = {name: self.balancer.values[name.upper()] for name in ROLE_PASSWORDS}
        given = [f"--set={name}={value}" for name, value in (names | known).items()]
        socket = self.primary.folder / "socket"
        address = ["--host", socket, "--port", self.primary.values["POSTGRES_PORT"], "--username", "postgres"]
        psql = [POSTGRES_BIN / "psql", "-XqAt", "--set=ON_ERROR_STOP=1", *address]
        run(*psql, *given, "--dbname=postgres", "--file", roles)

    def restore(self, moment: str) -> None:
        """All as it was then (docs/operations/cluster.md, «A point in time»)."""
        first, *others = self.databases
        for node in self.nodes:
            node.stop_serving()
        for database in self.databases:
            database.services["patroni"].stop()
        target = ["--type=time", f"--target={moment}", "--target-action=promote"]
        first.backup("--delta", *target, "restore")
        first.alone("start")
        wait_for(lambda: first.sql("SELECT pg_is_in_recovery()") == "f", 60, "The moment was not reached")
        first.alone("stop")
        run("etcdctl", f"--endpoints={first.values['ETCD']}", "del", "--prefix", "/service/portal/")
        for database in others:
            shutil.rmtree(database.folder / "data")
        first.start("patroni")
        wait_for(lambda: first.is_primary, 60, "The restored one is no primary")
        for database in others:
            database.start("patroni")
        wait_for(self.is_whole, 120, "The databases did not find each other")
        for node in self.nodes:
            node.start("pages", "jobs")

    def stop(self) -> None:
        """The nodes while there is a database, and all of a kind at once."""
        for machines in [self.nodes, [self.balancer], self.databases]:
            with ThreadPoolExecutor() as together:
                list(together.map(lambda machine: machine.stop(), machines))

    def services(self) -> list[Service]:
        machines: list[Machine] = [*self.databases, self.balancer, *self.nodes]
        return [service for machine in machines for service in machine.services.values()]


def run(*program: str | Path, **how) -> str:
    done = subprocess.run(list(map(str, program)), capture_output=True, text=True, check=False, **how)
    if done.returncode:
        raise SystemExit(f"not done\n{done.stdout}{done.stderr}")
    return done.stdout


def passwords(folder: Path) -> dict[str, str]:
    """Made at the first start, and kept as files that nobody else may read."""
    folder.chmod(0o700)
    for name in SECRETS:
        file = folder / name
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(32))
    return {name: (folder / name).read_text() for name in SECRETS}


def wait_for(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{otherwise}: see the logs in {FOLDER}")
        time.sleep(0.2)


@contextmanager
def stage(title: str) -> Iterator[None]:
    print(f"{title} … ", end="", flush=True)
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:.1f} s", flush=True)


@contextmanager
def running(folder: Path, port: int, code: Path = ROOT) -> Iterator[Cluster]:
    """A cluster that is up, and gone afterwards; its data stay for the next time."""
    with ExitStack() as stack:
        cluster = Cluster(folder, port, code)
        stack.callback(cluster.stop)
        cluster.start()
        yield cluster


def become_somebody() -> None:
    """PostgreSQL refuses root, who goes on as a normal user: in a user namespace, or as one who exists."""
    if os.geteuid() != 0:
        return
    account = Account(FOLDER)
    account.check_reach(FOLDER)
    if account.uid:
        shutil.chown(FOLDER, account.uid)
    os.execvp(account.prefix[0], [*account.prefix, sys.executable, "-m", *module_and_arguments()])  # noqa: S606


def module_and_arguments() -> list[str]:
    name = sys.modules["__main__"].__spec__.name
    return [name.removesuffix(".__main__"), *sys.argv[1:]]


def main() -> None:
    os.umask(0o077)
    FOLDER.mkdir(parents=True, exist_ok=True)
    become_somebody()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_exit)
    with running(FOLDER / "data", number_of_port()) as cluster:
        print(f"The portal is at http://{HOST}:{cluster.port}/. Ctrl-C stops it.", flush=True)
        keep_running(cluster.services())


if __name__ == "__main__":
    main()
