"""Processes die while a room answers: nothing acknowledged is lost, and everybody is back by themselves.

The portal runs as `make run` runs it, in a folder of its own, with a database that writes to disk as in
production. `FAULTS=20 PARTICIPANTS=200` in the environment makes the test longer.
"""

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from bench.rooms import Person, Stream, all_of
from bench.servers import free_port
from runner.postgres import Server, wait_until
from tests.processes import ROOT, environment

pytestmark = pytest.mark.browser

FAULTS = int(os.environ.get("FAULTS", "8"))
PARTICIPANTS = int(os.environ.get("PARTICIPANTS", "60"))
BACK_WITHIN = 10  # seconds more than it takes everybody to write once more when nothing dies
TYPING = (PARTICIPANTS / 60, PARTICIPANTS / 20)  # seconds between two pauses: thirty saves a second in all
# In an order and at a pace at which the supervisor never sees five deaths within a minute: it would give up.
VICTIMS = [
    "a web worker", "the database server", "a database process", "a web worker",
    "the web server", "a web worker", "a database process", "a web worker",
]  # fmt: skip

chance = random.SystemRandom()


# --- The portal under test -----------------------------------------------------------------------


class Portal:
    """`make run` in `folder`, on a free port."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self.log = folder / "log"
        self.environment = environment(
            DATABASE_URL=None, PORT=str(self.port), STATIC_ROOT=str(folder / "static"),
            LOG_LEVEL="WARNING", WEB_CONCURRENCY="2",
        )  # fmt: skip
        self.database = Server(folder / "var" / "postgres")
        code = (
            "from pathlib import Path; from runner import serve;"
            f"serve.VAR = Path({str(folder / 'var')!r}); serve.FOLDER = serve.VAR / 'postgres'; serve.main()"
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code], env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )
        assert wait_until(lambda: b"The portal is at" in self.log.read_bytes() or self._has_ended(), 120)
        assert not self._has_ended(), self.log.read_text()

    def _has_ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=40)

    def open_room(self) -> dict:
        code = (
            "import django, json; django.setup(); from bench.rooms import open_room;"
            "print(json.dumps(open_room()._asdict()))"
        )
        given = self.environment | self.database.environment()
        command = [sys.executable, "-c", code]
        return json.loads(subprocess.check_output(command, env=given, cwd=ROOT, text=True))

    def victim(self, kind: str) -> int:
        ours = children(self.process.pid)
        database = next(pid for pid in ours if "postgres" in program(pid))
        web = next(pid for pid in ours if "gunicorn" in program(pid))
        if kind == "the database server":
            return database
        if kind == "the web server":
            return web
        inside = children(database) if kind == "a database process" else children(web)
        return chance.choice(inside)

    def stored(self) -> dict[str, tuple[str, int]]:
        """What stands in the database of each person: the text, and the number beside it."""
        given = self.database.environment()
        with psycopg.connect(
            host=given["PGHOST"], user=given["PGUSER"], dbname=given["PGDATABASE"], connect_timeout=5
        ) as database:
            rows = database.execute(
                "SELECT participant_id, max(text), max(value) FROM reflection_answer GROUP BY participant_id"
            ).fetchall()
        return {text.partition(":")[0]: (text, value) for _, text, value in rows}


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def program(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def all_running(portal: Portal) -> bool:
    """Whether there is one of everything that can be killed."""
    with suppress(OSError, ValueError, IndexError):
        return (
            all(portal.victim(kind) for kind in VICTIMS)
            and len(children(portal.victim("the web server"))) == 2
        )
    return False


# --- People who write, with a browser that tries again -------------------------------------------


class Writer(Person):
    """Types for as long as it is told to; saves as static/js/autosave.js, listens as an EventSource."""

    def __init__(self, port: int, room: dict, name: str):
        super().__init__(port, room["key"])
        self.name = name
        self.kinds = room["steps"]["1"]
        self.typed = self.acknowledged = 0
        self.hears = False

    def text(self, number: int) -> str:
        return f"{self.name}: ord {number} af det, jeg skriver"

    async def type(self, until: asyncio.Event):
        while not until.is_set():
            self.typed += 1
            await self.save_until_it_is_saved()
            with suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), chance.uniform(*TYPING))

    async def save_until_it_is_saved(self):
        wait = 3
        while not await self._save():
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, 30)
        self.acknowledged = self.typed

    async def _save(self) -> bool:
        said = {"scale": str(self.typed % 5 + 1), "line": self.text(self.typed)}
        answers = {prompt: said[kind] for prompt, kind in self.kinds.items()}
        try:
            status = await self.save(1, answers)
        except OSError:
            return False
        assert status == 200 or status >= 500, f"a save was answered {status}"
        return status == 200

    async def listen(self, until: asyncio.Event):
        """Reconnect as browsers do, after the time that the server has named; later when it cannot."""
        while not until.is_set():
            with suppress(OSError):
                await self._hear_until_closed(until)
            self.hears = False
            if not until.is_set():
                await asyncio.sleep(chance.uniform(1, 5))

    async def _hear_until_closed(self, until: asyncio.Event):
        closed = asyncio.Event()
        transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: Stream(self._request(), self._hear, closed.set), "127.0.0.1", self.port
        )
        waiting = [asyncio.create_task(event.wait()) for event in (closed, until)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        transport.close()

    def _request(self) -> bytes:
        return self.head("GET", f"/haendelser/{self.key}/")

    def _hear(self, events: int):
        self.hears = True


# --- The test ------------------------------------------------------------------------------------


@pytest.fixture
def portal(tmp_path):
    portal = Portal(tmp_path)
    yield portal
    portal.stop()


def check(portal: Portal, acknowledged: dict[str, int]):
    """What was acknowledged is there, or something newer; and number and text are of the same save."""
    stored = portal.stored()
    for name, number in acknowledged.items():
        text, value = stored[name]
        found = int(re.search(r"ord (\d+) af det, jeg skriver$", text)[1])
        assert found >= number, f"{name}: {number} was acknowledged, {found} is stored"
        assert value == found % 5 + 1, f"{name}: the number is not of the save that the text is of"


async def all_write_and_listen(people: list[Writer], patience: float = 60) -> float:
    """The seconds until everybody has typed something new, has it saved, and hears the room."""
    start, before = time.monotonic(), {person: person.typed for person in people}
    assert await until(lambda: all(person.acknowledged > before[person] for person in people), patience)
    assert await until(lambda: all(person.hears for person in people), patience)
    return time.monotonic() - start


async def kill_and_see_them_back(portal: Portal, people: list[Writer], kind: str) -> float:
    """Kill one process; the seconds it cost until everybody is back."""
    assert await until(lambda: all_running(portal), 30), portal.log.read_text()
    undisturbed = await all_write_and_listen(people)
    await asyncio.sleep(chance.uniform(0, 1))
    os.kill(portal.victim(kind), signal.SIGKILL)
    took = await all_write_and_listen(people)
    acknowledged = {person.name: person.acknowledged for person in people}
    await asyncio.to_thread(check, portal, acknowledged)
    print(f"{kind} killed: all back after {took:.1f} s, undisturbed {undisturbed:.1f} s")  # noqa: T201
    return took - undisturbed


async def until(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


async def write_while_processes_die(portal: Portal, room: dict) -> tuple[list[Writer], list[float]]:
    people = [Writer(portal.port, room, f"P{number}") for number in range(PARTICIPANTS)]
    await all_of([lambda person=person: person.join(room["code"]) for person in people], at_once=10)
    enough = asyncio.Event()
    tasks = [asyncio.create_task(work(enough)) for person in people for work in (person.type, person.listen)]
    victims = (VICTIMS * FAULTS)[:FAULTS]
    costs = [await kill_and_see_them_back(portal, people, kind) for kind in victims]
    enough.set()
    await asyncio.gather(*tasks)
    return people, costs


@pytest.mark.long
def test_processes_die_and_nobody_loses_an_answer_or_has_to_touch_anything(portal):
    people, costs = asyncio.run(write_while_processes_die(portal, portal.open_room()))
    assert portal.stored() == {
        person.name: (person.text(person.acknowledged), person.acknowledged % 5 + 1) for person in people
    }
    assert max(costs) <= BACK_WITHIN
