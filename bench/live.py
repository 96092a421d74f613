"""Measure the event streams: `python runner/postgres.py run --temporary -- python -m bench.live`

How long after an announcement the followers of one room hear of it, and what a follower costs, beside
a bare ASGI application that does nothing but wake its streams. One process each, one run, one table.
Fills the database that DATABASE_URL names: never that of a portal in use.
"""

import argparse
import asyncio
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from uuid import UUID

import django
import uvloop

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 10
PATIENCE = 20  # seconds, for whatever is waited for
CHANGED = b"event: changed"
GUNICORN = [sys.executable, "-m", "gunicorn", "--workers", "1", "--no-control-socket"]
PORTAL = ["--config", "runner/gunicorn_conf.py"]
BARE = ["--worker-class", "asgi", "--asgi-lifespan", "off", "--graceful-timeout", "1", "--log-level", "error"]

woken: set[asyncio.Event] = set()


async def bare(scope, receive, send):
    """The floor: GET opens a stream, POST wakes all of them."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["method"] == "POST":
        for event in woken:
            event.set()
        await send({"type": "http.response.body"})
        return
    event = asyncio.Event()
    woken.add(event)
    while True:
        await send({"type": "http.response.body", "body": CHANGED, "more_body": True})
        await event.wait()
        event.clear()


class Crowd:
    """Followers of one server, and when each of them heard something."""

    def __init__(self, port: int, memory: Callable[[], int], wake: Callable):
        self.port, self.memory, self.wake = port, memory, wake
        self.heard: list[float] = []
        self.size = 0
        self.kilobytes_each = 0.0
        self.rounds: list[tuple[float, float, float]] = []

    async def gather(self, requests: list[bytes]):
        """Connect, and find out what each takes after the first, who started what all share."""
        await self._connect(requests[:1])
        before = self.memory()
        await self._connect(requests[1:])
        self.kilobytes_each = (self.memory() - before) / (self.size - 1) / 1024

    async def _connect(self, requests: list[bytes]):
        for request in requests:
            await send(self.port, request, self.heard)
            self.size += 1
            if self.size % 50 == 0:
                await until(lambda: len(self.heard) == self.size)
        await until(lambda: len(self.heard) == self.size)

    async def hear(self):
        await asyncio.sleep(0.3)
        self.heard.clear()
        start = time.perf_counter()
        await self.wake()
        await until(lambda: len(self.heard) == self.size)
        late = sorted((moment - start) * 1000 for moment in self.heard)
        self.rounds.append((statistics.median(late), late[int(self.size * 0.95)], late[-1]))

    def result(self) -> dict[str, float]:
        middle = [statistics.median(column) for column in zip(*self.rounds, strict=True)]
        named = dict(zip(["p50 ms", "p95 ms", "last ms"], middle, strict=True))
        return named | {"KiB each": self.kilobytes_each}


class Follower(asyncio.Protocol):
    def __init__(self, request: bytes, heard: list[float]):
        self.request, self.heard = request, heard

    def connection_made(self, transport):
        transport.write(self.request)

    def data_received(self, data):
        self.heard += [time.perf_counter()] * data.count(CHANGED)


@contextmanager
def server(*options: str):
    """A server of one process: its port, and a function that says what it has in memory, in bytes."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        command = ["setpriv", "--pdeathsig=TERM", "--", *GUNICORN, "--bind", f"fd://{listener.fileno()}"]
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL, pass_fds=[listener.fileno()]
        )
        port = listener.getsockname()[1]
    try:
        yield port, lambda: memory_of(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def memory_of(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in children]
    return sum(int(rollup.partition("Pss:")[2].split()[0]) * 1024 for rollup in rollups)


async def until(condition: Callable[[], bool]):
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.002)


async def send(port: int, request: bytes, heard: list[float]):
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: Follower(request, heard), "127.0.0.1", port)


def request(path: str, cookie: str = "", method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


async def compare(of_bare: tuple, of_portal: tuple, key: UUID, sessions: list[str]) -> list[dict]:
    """Both in turns, so that what else the machine does disturbs both."""
    from reflection.live import notifications

    async def wake_bare():
        await send(of_bare[0], request("/", method="POST"), [])

    async def wake_room():
        await database.execute("SELECT pg_notify(%s, %s)", [notifications.CHANNEL, str(key)])

    async with await notifications.connect() as database:
        crowds = [Crowd(*of_bare, wake_bare), Crowd(*of_portal, wake_room)]
        await crowds[0].gather([request("/")] * len(sessions))
        await crowds[1].gather([request(f"/haendelser/{key}/", f"session={one}") for one in sessions])
        for _ in range(ROUNDS):
            for crowd in crowds:
                await crowd.hear()
    return [crowd.result() for crowd in crowds]


def prepare(followers: int) -> tuple[UUID, list[str]]:
    """A room, and for each follower a session with a place in it."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connections

    from accounts.models import User
    from reflection.models import GuideVersion, Reflection
    from reflection.participation import SESSION_KEY

    call_command("migrate", verbosity=0)
    call_command("load_content", stdout=StringIO())
    user = User.objects.create_user(email="bench@example.dk", password=None, name="Bench")
    room = Reflection.open_room(
        GuideVersion.objects.first(), user, mode=Reflection.Mode.CONFIDENTIAL, title="Bench"
    )
    sessions = []
    for number in range(followers):
        session = SessionStore()
        session[SESSION_KEY] = {str(room.key): str(room.participants.create(name=str(number)).key)}
        session.save()
        sessions.append(session.session_key)
    connections.close_all()
    return room.key, sessions


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--followers", type=int, default=1_000)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    os.environ["LOG_LEVEL"] = "WARNING"
    django.setup()
    key, sessions = prepare(wanted.followers)
    needed = 3 * wanted.followers
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with server(*BARE, "bench.live:bare") as bare, server(*PORTAL, "aarhuskompas.asgi") as portal:
        floor, ours = uvloop.run(compare(bare, portal, key, sessions))
    print(f"{wanted.followers} followers     bare ASGI    portal    ratio")
    for name, value in ours.items():
        print(f"{name:>14} {floor[name]:12.1f} {value:9.1f} {value / floor[name]:8.2f}")


if __name__ == "__main__":
    main()
