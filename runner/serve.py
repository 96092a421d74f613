"""Start the portal on this machine and keep it running: `make run` and `make dev`.

Everything it makes lies in var/. Everything it starts ends with it, however it ends.
"""

import argparse
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from contextlib import ExitStack, closing, nullcontext, suppress
from pathlib import Path

from runner import identity_provider
from runner.postgres import FOLDER, AlreadyRunningError, Server, wait_until

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
MANAGE = [sys.executable, str(ROOT / "manage.py")]
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "runner" / "gunicorn_conf.py")]
DEATHS, WITHIN_SECONDS = 5, 60  # more than bad luck


class Service:
    """A command that is meant to run until we stop it."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], *,
        listener: socket.socket | None = None, orphan_signal: str = "TERM",
        folder: Path = ROOT, log: Path | None = None, patience: float = 5,
    ):  # fmt: skip
        self.name, self.folder, self.log, self.patience = name, folder, log, patience
        self.command = ["setpriv", f"--pdeathsig={orphan_signal}", "--", *command]
        self.environment = environment
        self.files = (listener.fileno(),) if listener else ()
        self.process = None

    def start(self) -> None:
        if self.process:
            self._end_group()
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=self.folder, pass_fds=self.files,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0,
            )  # fmt: skip

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.is_running():
            self.process.terminate()
            wait_until(lambda: not self.is_running(), self.patience)
        self.kill()

    def kill(self) -> None:
        if self.process:
            self._end_group()

    def _end_group(self) -> None:
        """Also what the command itself has started and left."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


# --- Before anything is started ------------------------------------------------------------------


def number_of_port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def open_port(host: str, port: int) -> socket.socket:
    """Take the port now, so that nobody else can; a server that is just ending gets three seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for last in (False,) * 15 + (True,):
        try:
            return socket.create_server((host, port), family=family, backlog=512)
        except OSError as error:
            if last:
                raise SystemExit(
                    f"Port {port} on {host} cannot be used ({error.strerror.partition(' (')[0]})."
                    f" End what uses it, or choose another: make run PORT={port + 1}"
                ) from None
            time.sleep(0.2)
    raise AssertionError("the loop returns or raises")


def secret_key(var: Path) -> str:
    """This installation's key, made at the first start and readable by the owner alone."""
    key = var / "secret-key"
    if not key.exists():
        draft = var / f"secret-key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(draft, key)
        draft.unlink()
    return key.read_text().strip()


def environment(host: str, port: int, *, debug: bool) -> dict[str, str]:
    """The caller's settings, with what a try-out on one machine needs where nothing is said."""
    defaults = {}
    if "SITE_URL" not in os.environ:
        defaults["SITE_URL"] = f"http://127.0.0.1:{port}"
        defaults["ALLOWED_HOSTS"] = f"127.0.0.1,localhost,{host}"
    if not {"SECRET_KEY", "SECRET_KEY_FILE"} & os.environ.keys():
        defaults["SECRET_KEY"] = secret_key(VAR)
    if is_single_sign_on_tried():
        defaults |= identity_provider.settings(port + 1)
    return defaults | os.environ | {"DEBUG": str(debug).lower()}


def is_single_sign_on_tried() -> bool:
    """`make run SSO=demo`: with a provider of its own beside the portal."""
    wanted = os.environ.get("SSO", "")
    if wanted not in {"", "demo"}:
        raise SystemExit(f"SSO can be demo, not {wanted!r}. For a real provider: docs/identity.md")
    return wanted == "demo"


# --- Stages --------------------------------------------------------------------------------------


def start_database(stack: ExitStack) -> Server:
    server = Server(FOLDER)
    stack.callback(server.stop)
    start = time.monotonic()
    try:
        server.start()
    except AlreadyRunningError:
        raise SystemExit(
            "The portal's database is in use: another `make run` or command works in this folder."
        ) from None
    print(f"Database server … {time.monotonic() - start:.1f} s", flush=True)
    return server


def renew_database_of_another_edition(server: Server) -> None:
    """What other migrations made than those of this checkout, these cannot bring up to date."""
    unknown = [
        name
        for name in server.migrations()
        if (ROOT / name).parent.is_dir() and not (ROOT / f"{name}.py").exists()
    ]
    if unknown:
        print(
            f"The database in var/ was made by another edition of the portal (here is no {unknown[0]})."
            f" It is kept as «{server.set_database_aside()}», and a new one is made with the demo content.",
            flush=True,
        )


def prepare(env: dict[str, str], *, embedded: bool) -> None:
    # Known accounts belong in a try-out, never unasked in a database that somebody else runs.
    demo = ["--demo"] if embedded or env.get("DEMO_PASSWORD") else []
    stages = [sys.executable, "-m", "runner.prepare", *demo]
    # In a group of its own, so that Ctrl-C ends it through us, without a traceback.
    done = subprocess.run(
        ["setpriv", "--pdeathsig=KILL", "--", *stages],
        env=env, cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit("The portal is not started; the reason stands above.")


# --- Running -------------------------------------------------------------------------------------


def services(env: dict[str, str], listener: socket.socket) -> list[Service]:
    """What runs beside the database. A further process is one more entry here."""
    if not is_single_sign_on_tried():
        return pages(env, listener)
    port = env["OIDC_SERVER_URL"].rpartition(":")[2]
    provider = [sys.executable, "-m", "runner.identity_provider", port]
    return [Service("The identity provider", provider, env), *pages(env, listener)]


def pages(env: dict[str, str], listener: socket.socket) -> list[Service]:
    if env["DEBUG"] == "true":
        host, port, *_ = listener.getsockname()
        listener.close()  # Django's own server opens it again
        return [Service("The development server", [*MANAGE, "runserver", f"{host}:{port}"], env)]
    portal = [*GUNICORN, "--bind", f"fd://{listener.fileno()}", "aarhuskompas.asgi"]
    return [
        Service("The web server", portal, env, listener=listener, orphan_signal="QUIT"),
        Service("The scheduled jobs", [*MANAGE, "jobs"], env),
    ]


def answers(host: str, port: int) -> bool:
    """Whether anything speaks HTTP there; an error page counts, for it is one the visitor sees."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    with closing(connection), suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/health/live")
        connection.getresponse()
        return True
    return False


def wait_for_pages(host: str, port: int, running: list[Service | Server]) -> None:
    start = time.monotonic()
    deaths = deaths_so_far()

    def is_up() -> bool:
        start_again(running, deaths)
        return answers(host, port)

    if not wait_until(is_up, 60):
        raise SystemExit("The pages did not start; the reason stands above.")
    print(f"Pages … {time.monotonic() - start:.1f} s", flush=True)


def keep_running(running: list[Service | Server]) -> None:
    """Start again what ends by itself, until a signal ends us."""
    deaths = deaths_so_far()
    while True:
        start_again(running, deaths)
        time.sleep(0.2)


def deaths_so_far() -> deque[float]:
    return deque(maxlen=DEATHS)


def start_again(running: list[Service | Server], deaths: deque[float]) -> None:
    """Give up on what cannot stay up."""
    for one in running:
        if one.is_running():
            continue
        deaths.append(time.monotonic())
        if len(deaths) == DEATHS and deaths[-1] - deaths[0] < WITHIN_SECONDS:
            raise SystemExit(f"{one.name} does not stay up; everything is stopped.")
        print(f"{one.name} ended by itself and is started again.", file=sys.stderr, flush=True)
        one.start()


def serve(*, debug: bool) -> None:
    started = time.monotonic()
    host, port = os.environ.get("LISTEN_ON", "127.0.0.1"), number_of_port()
    listener = open_port(host, port)
    VAR.mkdir(exist_ok=True)
    VAR.chmod(0o711)
    env = environment(host, port, debug=debug)
    (VAR / "site-url").write_text(env["SITE_URL"])  # for `make manage`, whose mails lead here
    with ExitStack() as stack:
        running: list[Service | Server] = []
        if embedded := not (env.get("DATABASE_URL") or env.get("DATABASE_URL_FILE")):
            database = start_database(stack)
            renew_database_of_another_edition(database)
            running.append(database)
            env |= database.environment()
        prepare(env, embedded=embedded)
        env = {name: value for name, value in env.items() if not name.startswith("DATABASE_OWNER_")}
        for service in services(env, listener):
            stack.callback(service.stop)
            service.start()
            running.append(service)
        wait_for_pages(host, port, running)
        took = time.monotonic() - started
        print(f"The portal is at {env['SITE_URL']}/ ({took:.1f} s). Ctrl-C stops it.", flush=True)
        if is_single_sign_on_tried():
            print("Log in with «kommunens login» and choose a name; each has other roles.", flush=True)
        keep_running(running)


def raise_exit(number: int, _frame: object) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)  # nothing interrupts the cleaning up
    print("\nStopping …", flush=True)
    raise SystemExit(130 if number == signal.SIGINT else 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dev", action="store_true", help="DEBUG, and reload when code changes")
    wanted = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_exit)
    os.umask(0o077)  # what is made here holds keys, mail and answers
    serve(debug=wanted.dev)


if __name__ == "__main__":
    main()
