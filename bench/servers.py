"""How much of a processor a page costs, as a ratio to a bare Django response on the same server.

    make bench                       # pages, lists at 1,000 and 100,000 stories, rooms of 200 and 1,000
    make bench ARGS="--stories 0 --participants 0"    # pages only
    make bench ARGS=stranger         # what one stranger can do to the others

Both servers run one process under the same gunicorn; requests go to them turn by turn, so that a noisy
machine is noisy for both. The figure is the processor time of the process per request, the steadiest we
know; milliseconds differ from machine to machine, ratios hardly. Runs in a database of its own.
"""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

import bench.pages
from runner.postgres import wait_until
from runner.serve import free_port

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 6
PORTAL = "aarhuskompas.asgi:application"
PAGES = [
    "/", "/forstaaelsesrammen/", "/veje/lytte/", "/dilemmaer/", "/historier/",
    "/historier/nogen-at-foelges-med-til-laegen/", "/maalkompasset/", "/en/",
]  # fmt: skip
LISTS = {
    "list": "/historier/",
    "filter": "/historier/?vej=loese&slags=case",
    "detail": "/historier/nogen-at-foelges-med-til-laegen/",
    "search": "/soeg/?q=samarbejde",
}


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

    def seconds(self, path: str) -> float:
        """From asking to the last byte."""
        start = time.perf_counter()
        self.get(path)
        return time.perf_counter() - start

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


def pages(floor: Served):
    print("\nPages: processor time as a ratio to a bare Django response\n")
    print(f"{'page':<48}{'made anew':>11}{'from copy':>11}{'304':>7}{'ms anew':>9}")
    with (
        served(PORTAL, READER_CACHE_SECONDS="0") as fresh,
        served(PORTAL, READER_CACHE_SECONDS="3600") as copies,
    ):
        for path in PAGES:
            etag = copies.get(path)[1]["etag"]
            fresh.get(path)
            anew, milliseconds = ratio(fresh, floor, path)
            copied, _ = ratio(copies, floor, path)
            known, _ = ratio(copies, floor, path, {"If-None-Match": etag})
            print(f"{path:<48}{anew:>10.1f}×{copied:>10.1f}×{known:>6.1f}×{milliseconds:>9.1f}", flush=True)


def lists(stories: int):
    """Two portals with a database each take turns, so that a noisy machine is noisy for both."""
    print(f"\nLists: at {stories:,} stories as a ratio to 1,000 (processor time; p95)\n")
    with database_beside("many") as url:
        python("-m", "bench.make_stories", "1000")
        python("-m", "bench.make_stories", str(stories), DATABASE_URL=url)
        with (
            served(PORTAL, READER_CACHE_SECONDS="0") as few,
            served(PORTAL, READER_CACHE_SECONDS="0", DATABASE_URL=url) as many,
        ):
            for name, path in LISTS.items():
                times, cost = ratio(many, few, path, floor_path=path)
                p95_few, p95 = p95_in_turns([few, many], path)
                took = f"{cost:.1f} ms, p95 {p95 * 1000:.0f} ms"
                print(f"{name:<10}{times:>6.2f}×{p95 / p95_few:>8.2f}×   {took}", flush=True)


@contextmanager
def database_beside(name: str):
    """The address of a copy of the database, which nobody may be using."""
    server, _slash, own = os.environ["DATABASE_URL"].rpartition("/")
    copy = f"{own}_{name}"
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        names = map(sql.Identifier, [copy, own])
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        yield f"{server}/{copy}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))


def p95_in_turns(portals: list[Served], path: str, times: int = 200) -> list[float]:
    """For each the seconds from asking to the last byte, which 95 of 100 requests keep."""
    seconds = [[portal.seconds(path) for portal in portals] for _ in range(times)]
    return [statistics.quantiles(taken, n=20)[-1] for taken in zip(*seconds, strict=True)]


@contextmanager
def prepared():
    """The portal with its content in the database of this run, and its static files."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"STATIC_ROOT": f"{folder}/static", "LOG_LEVEL": "WARNING", "DEBUG": "false"}
        manage("migrate", "--no-input", "-v0")
        manage("load_content")
        manage("collectstatic", "--no-input", "-v0")
        yield


def main():
    if sys.argv[1:2] == ["pages"]:
        with prepared():
            bench.pages.main(sys.argv[2:])
        return
    if sys.argv[1:2] == ["stranger"]:
        with prepared():
            python("-m", "bench.stranger", *sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, default=100_000, help="0: pages only")
    parser.add_argument("--participants", type=int, default=1_000, help="of a large room; 0: no rooms")
    wanted = parser.parse_args()
    with prepared():
        with served("bench.baseline:application") as floor:
            pages(floor)
        if wanted.stories:
            lists(wanted.stories)
        if wanted.participants:
            python("-m", "bench.rooms", "--participants", "200", str(wanted.participants))


if __name__ == "__main__":
    main()
