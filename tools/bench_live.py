"""Measure the event streams: `python tools/postgres.py run --temporary -- python -m tools.bench_live`

How long after an announcement the followers of one room hear of it, and what a follower costs, beside
a bare ASGI application that does nothing but wake its streams. One process each, one run, one table.
Fills the database that DATABASE_URL names: never that of a portal in use.
"""

import argparse
import asyncio
import os
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

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 10
PATIENCE = 20  # seconds, for whatever is waited for
CHANGED = b"event: changed"
GUNICORN = [sys.executable, "-m", "gunicorn", "--workers", "1"]
AS_THE_PORTAL = ["--config", "tools/gunicorn_conf.py"]
BARE = ["--worker-class", "asgi", "--asgi-lifespan", "off", "--graceful-timeout", "1", "--no-control-socket"]

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


class Follower(asyncio.Protocol):
    """A browser that counts what it hears."""

    def __init__(self, request: bytes, heard: list[float]):
        self.request, self.heard = request, heard

    def connection_made(self, transport):
        transport.write(self.request)

    def data_received(self, data):
        self.heard += [time.perf_counter()] * data.count(CHANGED)


@contextmanager
def server(port: int, *options: str):
    """A server of one process; gives a function that says what it has in memory, in bytes."""
    command = ["setpriv", "--pdeathsig=TERM", "--", *GUNICORN, "--bind", f"127.0.0.1:{port}", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield lambda: memory(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def memory(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in children]
    return sum(int(rollup.partition("Pss:")[2].split()[0]) * 1024 for rollup in rollups)


async def until(condition: Callable[[], bool]):
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.002)


async def connect_when_up(port: int, protocol: Callable):
    for _ in range(PATIENCE * 10):
        try:
            return await asyncio.get_running_loop().create_connection(protocol, "127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit("The server does not start.")


async def measure(port: int, requests: list[bytes], wake: Callable, memory: Callable) -> dict:
    heard: list[float] = []
    first, *others = requests
    await connect_when_up(port, lambda: Follower(first, heard))
    await until(lambda: len(heard) == 1)
    before = memory()
    for number, request in enumerate(others, start=2):
        await connect_when_up(port, lambda request=request: Follower(request, heard))
        if number % 50 == 0:
            await until(lambda number=number: len(heard) >= number - 50)
    await until(lambda: len(heard) == len(requests))
    kilobytes = (memory() - before) / len(others) / 1024
    rounds = [await one_round(heard, len(requests), wake) for _ in range(ROUNDS)]
    middle = [statistics.median(column) * 1000 for column in zip(*rounds, strict=True)]
    return dict(zip(["p50 ms", "p95 ms", "last ms"], middle, strict=True)) | {"KiB each": kilobytes}


async def one_round(heard: list[float], followers: int, wake: Callable) -> tuple[float, float, float]:
    await asyncio.sleep(0.3)
    heard.clear()
    start = time.perf_counter()
    await wake()
    await until(lambda: len(heard) == followers)
    late = sorted(moment - start for moment in heard)
    return statistics.median(late), late[int(len(late) * 0.95)], late[-1]


def request(path: str, cookie: str = "", method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


async def measure_bare(port: int, followers: int, memory: Callable) -> dict:
    async def wake():
        await connect_when_up(port, lambda: Follower(request("/", method="POST"), []))

    return await measure(port, [request("/")] * followers, wake, memory)


async def measure_room(port: int, key: UUID, sessions: list[str], memory: Callable) -> dict:
    from reflection import live

    requests = [request(f"/haendelser/{key}/", f"session={session}") for session in sessions]
    async with await live.connect() as database:

        async def wake():
            await database.execute("SELECT pg_notify(%s, %s)", [live.CHANNEL, str(key)])

        return await measure(port, requests, wake, memory)


def prepare(followers: int) -> tuple[UUID, list[str]]:
    """A room, and for each follower a session with a place in it."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connections

    from accounts.models import User
    from reflection.models import GuideVersion, Reflection
    from reflection.places import SESSION_KEY

    call_command("migrate", verbosity=0)
    call_command("load_content", stdout=StringIO())
    user = User.objects.create_user(email="bench@example.dk", password=None, name="Bench")
    room = Reflection.open_room(
        GuideVersion.objects.first(), user, mode=Reflection.Mode.CONFIDENTIAL, title="Bench"
    )
    sessions = []
    for number in range(followers):
        session = SessionStore()
        session[SESSION_KEY] = {str(room.key): room.participants.create(name=str(number)).pk}
        session.save()
        sessions.append(session.session_key)
    connections.close_all()
    return room.key, sessions


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--followers", type=int, default=1_000)
    parser.add_argument("--port", type=int, default=8_600)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    os.environ["LOG_LEVEL"] = "WARNING"
    django.setup()
    key, sessions = prepare(wanted.followers)
    with server(wanted.port, *BARE, "tools.bench_live:bare") as of_bare:
        floor = asyncio.run(measure_bare(wanted.port, wanted.followers, of_bare))
    with server(wanted.port + 1, *AS_THE_PORTAL, "aarhuskompas.asgi") as of_portal:
        ours = asyncio.run(measure_room(wanted.port + 1, key, sessions, of_portal))
    print(f"{wanted.followers} followers     bare ASGI    portal    ratio")
    for name, value in ours.items():
        print(f"{name:>14} {floor[name]:12.1f} {value:9.1f} {value / floor[name]:8.2f}")


if __name__ == "__main__":
    main()
