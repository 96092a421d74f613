"""The servers that are measured, each with one process, and what a request costs them."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from runner.postgres import wait_until

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 6
PORTAL = "aarhuskompas.asgi:application"


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Served:
    """One gunicorn process on a port of its own."""

    def __init__(self, application: str, environment: dict[str, str]):
        self.port = free_port()
        command = [
            sys.executable, "-m", "gunicorn", "--worker-class", "asgi", "--workers", "1",
            "--no-control-socket", "--log-level", "warning", "--bind", f"127.0.0.1:{self.port}",
            application,
        ]  # fmt: skip
        self.master = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
        if not wait_until(self._answers, seconds=30):
            self.stop()
            raise SystemExit(f"{application} does not answer.")
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text()
        self.worker = int(children.split()[0])

    def _answers(self) -> bool:
        try:
            return self.get("/")[0] == 200
        except OSError:
            return False

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def processor_seconds(self) -> float:
        """What all threads have used; the kernel counts nanoseconds here, and only ticks elsewhere."""
        threads = Path(f"/proc/{self.worker}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def cost(self, path: str, times: int, headers: dict[str, str] | None = None) -> float:
        """Processor seconds of the server per request."""
        before = self.processor_seconds()
        for _ in range(times):
            self.get(path, headers)
        return (self.processor_seconds() - before) / times

    def stop(self):
        self.master.terminate()
        self.master.wait(10)


@contextmanager
def served(application: str, **environment: str):
    server = Served(application, environment)
    try:
        yield server
    finally:
        server.stop()


def python(*arguments: str, **environment: str):
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment}, check=True)


def manage(*arguments: str):
    python("manage.py", *arguments)


def ratio(portal: Served, floor: Served, path: str, headers=None, floor_path="/") -> tuple[float, float]:
    """The page's cost as a ratio to the floor, and in milliseconds; the middle of several rounds."""
    ratios, costs = [], []
    portal.cost(path, 5)
    floor.cost(floor_path, 5)
    for _ in range(ROUNDS):
        bare = floor.cost(floor_path, 100)
        cost = portal.cost(path, 60, headers)
        ratios.append(cost / bare)
        costs.append(cost * 1000)
    return statistics.median(ratios), statistics.median(costs)


@contextmanager
def prepared():
    """The portal with its content in the database of this run, and its static files."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"STATIC_ROOT": f"{folder}/static", "LOG_LEVEL": "WARNING", "DEBUG": "false"}
        os.environ.pop("SITE_URL", None)  # the portal is asked at this machine
        manage("migrate", "--no-input", "-v0")
        manage("load_content")
        manage("collectstatic", "--no-input", "-v0")
        yield
