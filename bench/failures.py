"""Let machines die while sixty people answer: `make cluster-test` (docs/operations/cluster.md).

Each round is a room: half of the people write, half wait for the reveal, and readers read. Then something
dies. What counts: that nothing acknowledged is lost, how long nobody could write, that everybody comes to the
board without touching anything, and that no page comes without its style sheet.

    make cluster-test ARGS="primary node --rounds 1 --people 20"
"""

import argparse
import asyncio
import gzip
import html
import os
import random
import re
import shutil
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import django

from bench import cluster
from bench.cluster import HOST, ROOT, Cluster, Database, Node, children
from bench.rooms import (
    Browser,
    Person,
    Response,
    Room,
    Stream,
    all_of,
    allow_many_files,
    open_room,
    random_answer,
)
from runner.serve import number_of_port, raise_exit

PATIENCE = 60  # seconds, for whatever is to come back
ASKED_FOR = 40  # seconds that a browser waits for an answer
DEAD_FOR = 12  # seconds more, until it is started again: what notices late has noticed by then
TYPING = (1.5, 3.5)  # seconds between two pauses
FETCH_EVERY = 30  # static/js/live.js
SHEET = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
PAGES = ["/", "/dilemmaer/", "/historier/", "/lydbog/", "/maalkompasset/", "/en/"]
HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')


# --- What people sent, and what they may find again ------------------------------------------------


class Ledger:
    """What one person sent, and the latest of it that was acknowledged."""

    def __init__(self):
        self.sent: list[dict[int, str]] = []
        self.acknowledged = -1

    def send(self, answers: dict[int, str]) -> int:
        self.sent.append(answers)
        return len(self.sent) - 1

    def acknowledge(self, number: int) -> None:
        self.acknowledged = max(self.acknowledged, number)

    def is_lost(self, stored: dict[int, str]) -> bool:
        """Whether what is stored is neither the latest acknowledged nor something sent after it, whole."""
        if self.acknowledged < 0:
            return False
        return stored not in self.sent[self.acknowledged :]


class Attempts:
    """When people tried to save, and what came of it."""

    def __init__(self):
        self.done: list[tuple[float, float, bool]] = []

    def note(self, started: float, is_saved: bool) -> None:
        self.done.append((started, time.monotonic(), is_saved))

    def back_after(self, moment: float) -> float | None:
        """Seconds from then until saves succeed, and none that began later fails; None: not yet."""
        later = [attempt for attempt in self.done if attempt[1] >= moment]
        failed = max((ended for _started, ended, is_saved in later if not is_saved), default=moment)
        saved = [ended for started, ended, is_saved in later if is_saved and started >= moment]
        after = [ended for ended in saved if ended >= failed]
        if not after:
            return None
        return (failed if failed > moment else min(saved)) - moment


# --- People ----------------------------------------------------------------------------------------


class Somebody(Person):
    """A phone: saves as static/js/autosave.js, follows as static/js/live.js."""

    def __init__(self, port: int, room: Room, attempts: Attempts):
        super().__init__(port, str(room.key))
        self.kinds = room.steps[1]
        self.ledger, self.attempts = Ledger(), attempts
        self.hidden: dict[str, str] = {}
        self.hears = self.is_stuck = False
        self.only_listens = True
        self.streams = 0

    async def ask(self, path: str, form: dict | None = None, part: str = "") -> Response:
        try:
            async with asyncio.timeout(ASKED_FOR):
                return await super().ask(path, form, part)
        except TimeoutError:
            raise ConnectionResetError("no answer") from None

    # --- writes

    async def write(self, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self.write_once()
            with suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), random.uniform(*TYPING))

    async def write_once(self) -> None:
        """Something new, sent again until it is saved."""
        said = {prompt: self._say(kind) for prompt, kind in self.kinds.items()}
        number, wait = self.ledger.send(said), 3.0
        while not await self._save(said):
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, 30)
        self.ledger.acknowledge(number)

    def _say(self, kind: str) -> str:
        said = random_answer(kind)
        return said if kind == "scale" else f"{self.page} {len(self.ledger.sent)}: {said}"

    async def _save(self, said: dict[int, str]) -> bool:
        started = time.monotonic()
        form = {"page": self.page} | self.hidden
        form |= {f"prompt-{prompt}": raw for prompt, raw in said.items()}
        try:
            response = await self.ask(f"/rum/{self.key}/trin/1/", form, part="save-status")
        except OSError:
            response = Response(0, [], b"")
        if response.status and response.status < 500 and response.status != 200:
            raise SystemExit(f"A save was answered {response.status}.")
        self.attempts.note(started, response.status == 200)
        if response.status == 200:
            self.hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(text(response))}
        return response.status == 200

    # --- follows

    async def follow_always(self, enough: asyncio.Event) -> None:
        """As an EventSource that the page opens anew when it is refused."""
        wait = 1.0
        while not enough.is_set():
            before = self.streams
            with suppress(OSError):
                await self._hear_until_closed(enough)
            self.hears = False
            is_refused = self.streams == before
            wait = min(wait * 2, 60) if is_refused else 1.0
            with suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), wait if is_refused else random.uniform(1, 5))

    async def _hear_until_closed(self, enough: asyncio.Event) -> None:
        closed = asyncio.Event()
        request = self.head("GET", f"/haendelser/{self.key}/")
        stream = Stream(request, self._changed, closed.set, self._revealed, self._stepped)
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: stream, HOST, self.port)
        waiting = [asyncio.create_task(event.wait()) for event in (closed, enough)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        transport.close()

    async def fetch_now_and_then(self, enough: asyncio.Event) -> None:
        while not enough.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), FETCH_EVERY)
            if not enough.is_set() and not self.only_listens:
                self._changed(0)

    def _changed(self, events: int) -> None:
        if events:
            self.hears = True
            self.streams += 1
        super()._changed(events)

    async def _fetch(self) -> None:
        """What cannot be fetched is fetched with the next event, or after half a minute."""
        is_navigation = self.is_new_page
        try:
            await super()._fetch()
        except OSError:
            self.is_stuck = self.is_stuck or is_navigation

    async def wait_for_the_reveal(self) -> None:
        await self.finish()
        self.only_listens = False
        self._changed(0)

    @property
    def has_board(self) -> bool:
        return self.board_at is not None and b"kompas-result__statement" in unpacked(self.board)


def unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def text(response: Response) -> str:
    return unpacked(response.body).decode(errors="replace")


class Readers:
    """Read on, and look whether each page has its style sheet."""

    def __init__(self, port: int):
        self.port = port
        self.pages = self.refused = self.unstyled = 0
        self.seen: set[str] = set()
        self.problems: list[str] = []

    async def read(self, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self.look_at(random.choice(PAGES))
            with suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), 0.3)

    async def look_at(self, path: str) -> None:
        try:
            page = await self._get(path)
        except OSError:
            self.refused += 1
            return
        self.pages += 1
        self.refused += page.status != 200
        files = SHEET.findall(text(page))
        if not any(name.endswith(".css") for name in files):
            self._note(f"{path} answers {page.status} without a style sheet")
        for name in files:
            await self.look_for(name)

    async def look_for(self, name: str) -> None:
        """A file that a page named, now or earlier."""
        for _try in range(2):  # a browser asks again when the connection broke
            with suppress(OSError):
                if (await self._get(name)).status == 200:
                    self.seen.add(name)
                    return
        self._note(f"{name} is missing")

    def _note(self, problem: str) -> None:
        self.unstyled += 1
        self.problems.append(problem)

    async def _get(self, path: str) -> Response:
        async with asyncio.timeout(ASKED_FOR):
            return await Browser(self.port).ask(path)


# --- What dies -------------------------------------------------------------------------------------


class Faults:
    """Each gives back the moment at which it happened, and waits neither for it to be noticed nor mended."""

    def __init__(self, up: Cluster):
        self.up = up
        self.releases = 1
        self.dead: list[tuple] = []
        self.cut_off: list[Database] = []
        self.astray = 0  # writes taken by a primary that had been replaced

    async def primary(self) -> float:
        """kill -9 of Patroni and its PostgreSQL, as when the machine goes."""
        victim = await asyncio.to_thread(lambda: self.up.primary)
        self.dead.append((victim, "patroni"))
        moment = time.monotonic()
        victim.kill("patroni")
        return moment

    async def machine(self) -> float:
        """The same, and the member of etcd that is on it."""
        victim = await asyncio.to_thread(lambda: self.up.primary)
        self.dead.append((victim, "etcd", "patroni"))
        moment = time.monotonic()
        victim.kill()
        return moment

    async def cut(self) -> float:
        """The primary's machine is cut off: it stands still, and later goes on as if nothing had been."""
        victim = await asyncio.to_thread(lambda: self.up.primary)
        self.cut_off.append(victim)
        moment = time.monotonic()
        victim.stand_still()
        return moment

    async def node(self) -> float:
        """kill -9 of pages, jobs and pooler of one node."""
        victim = random.choice(self.up.nodes)
        self.dead.append((victim, *victim.services))
        moment = time.monotonic()
        victim.kill()
        return moment

    async def pooler(self) -> float:
        """Both poolers are started again at the same time."""
        moment = time.monotonic()
        for node in self.up.nodes:
            node.kill("pooler")
        for node in self.up.nodes:
            node.start("pooler")
        return moment

    async def etcd(self) -> float:
        """kill -9 of the member that leads."""
        leads = lambda: [each for each in self.up.databases if each.is_leader_of_etcd()]  # noqa: E731
        (victim, *_) = await asyncio.to_thread(leads)
        self.dead.append((victim, "etcd"))
        moment = time.monotonic()
        victim.kill("etcd")
        return moment

    async def upgrade(self) -> float:
        """Another release with a migration and another style sheet, on one node after the other."""
        self.releases += 1
        code = await asyncio.to_thread(next_release, self.up.folder, self.releases)
        moment = time.monotonic()
        await asyncio.to_thread(self.up.nodes[0].prepare, code, str(self.releases))
        for node in self.up.nodes:
            await asyncio.to_thread(node.stop_serving)
            node.release(code, str(self.releases))
            node.start("pages", "jobs")
            await eventually(node.is_ready, "The node of the new release is not ready")
            await asyncio.sleep(2)  # HAProxy looks once a second
        return moment

    async def mend(self) -> None:
        for machine, *names in self.dead:
            machine.start(*names)
        self.dead.clear()
        for database in self.cut_off:
            database.go_on()  # and is the primary, for all it knows
            self.astray += await asyncio.to_thread(database.takes_a_write)
        self.cut_off.clear()
        await eventually(self.up.is_whole, "The databases are not whole again")
        await eventually(lambda: all(node.is_ready() for node in self.up.nodes), "A node is not ready again")


def next_release(folder: Path, number: int) -> Path:
    """This code with one more column, and one more rule in the style sheet."""
    code = folder / f"release-{number}"
    left_out = shutil.ignore_patterns("var", ".venv", ".git", "tests", "docs", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, code, ignore=left_out)
    migrations = code / "reflection" / "migrations"
    names = sorted(path.stem for path in migrations.glob("[0-9]*.py"))
    for each in range(2, number + 1):
        name = f"9{each:03}_column_{each}"
        (migrations / f"{name}.py").write_text(MIGRATION.format(before=names[-1], number=each))
        names.append(name)
    sheet = code / "static" / "css" / "portal.css"
    sheet.write_text(f"{sheet.read_text()}\n.kompas-release-{number} {{ margin: 0 }}\n")
    return code


MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reflection", "{before}")]
    operations = [migrations.RunSQL("ALTER TABLE reflection_answer ADD COLUMN of_release_{number} int")]
"""


async def eventually(condition: Callable[[], bool], otherwise: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        if time.monotonic() > deadline:
            raise SystemExit(f"{otherwise} after {seconds} seconds.")
        await asyncio.sleep(0.1)


# --- A round ---------------------------------------------------------------------------------------


class Round(NamedTuple):
    back: float  # seconds until people could write again
    acknowledged: int
    lost: int
    failed: int  # saves that were answered no, and sent again
    on_board: int
    board: float  # seconds from the reveal until the last one had it
    unstyled: int
    pages: int
    astray: int = 0  # writes taken by a primary that had been replaced


@asynccontextmanager
async def working(tasks: Iterable[Callable[[asyncio.Event], Awaitable]]):
    """Runs them until the block is left; what one of them raises is raised."""
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(task(enough))
        try:
            yield
        finally:
            enough.set()


async def play(up: Cluster, faults: Faults, fault: str, number: int) -> Round:
    room = await asyncio.to_thread(open_room)
    attempts, readers = Attempts(), Readers(up.port)
    people = [Somebody(up.port, room, attempts) for _ in range(number)]
    await all_of([lambda person=person: person.join(room.code) for person in people], at_once=10)
    writers, waiting = people[::2], people[1::2]
    following = [task for person in people for task in (person.follow_always, person.fetch_now_and_then)]
    async with working([*following, readers.read, readers.read]):
        for person in people:
            await person.write_once()
        await all_of([person.wait_for_the_reveal for person in waiting], at_once=10)
        async with working([person.write for person in writers]):
            await asyncio.sleep(3)
            moment = await getattr(faults, fault)()
            await eventually(lambda: attempts.back_after(moment) is not None, "Nobody can write")
            await asyncio.sleep(DEAD_FOR)
            await faults.mend()
            await asyncio.sleep(2)
        back = attempts.back_after(moment)
        await eventually(lambda: all(person.hears for person in people), "Somebody hears nothing")
        lost = await asyncio.to_thread(count_lost, people)
        await all_of([person.wait_for_the_reveal for person in writers], at_once=10)
        for name in sorted(readers.seen):  # of a page that was open before
            await readers.look_for(name)
        board = await reveal(up.port, room, people)
    for problem in readers.problems[:3]:
        print(f"    {problem}", flush=True)
    return Round(
        back=back,
        acknowledged=sum(person.ledger.acknowledged + 1 for person in people),
        lost=lost,
        failed=sum(not is_saved for *_, is_saved in attempts.done),
        on_board=sum(person.has_board and not person.is_stuck for person in people),
        board=board,
        unstyled=readers.unstyled,
        pages=readers.pages,
        astray=faults.astray,
    )


async def reveal(port: int, room: Room, people: list[Somebody]) -> float:
    """Press «Vis samlet», and wait until all have the board; seconds until the last one had it."""
    facilitator = Browser(port, room.facilitator)
    path = f"/rum/{room.key}/led/vis/"
    counted = re.search(r'name="counted" value="(\w+)"', text(await facilitator.ask(path)))[1]
    started = time.perf_counter()
    await facilitator.post(path, counted=counted, go="now")
    with suppress(SystemExit):
        await eventually(lambda: all(person.has_board for person in people), "Not all have the board")
    return max(person.board_at or time.perf_counter() for person in people) - started


def count_lost(people: list[Somebody]) -> int:
    found = answers_of(people)
    return sum(person.ledger.is_lost(found.get(person.page, {})) for person in people)


def answers_of(people: list[Somebody]) -> dict[str, dict[int, str]]:
    """What is stored, by the page it was written on."""
    from django.db import connections

    from reflection.models import Answer as Stored

    found: dict[int, dict[int, str]] = {}
    for row in Stored.objects.filter(participant__reflection__key=people[0].key):
        found.setdefault(row.participant_id, {})[row.prompt_id] = row.raw
    connections.close_all()
    return {said.partition(" ")[0]: answers for answers in found.values() for said in answers.values()}


# --- Between two nodes -------------------------------------------------------------------------------


async def across(up: Cluster) -> float:
    """A reveal on one node, a follower of the other; seconds until the follower hears of it."""
    room = await asyncio.to_thread(open_room)
    here, there = (int(node.values["NODE"].rpartition(":")[2]) for node in up.nodes)
    people = [Somebody(there, room, Attempts()) for _ in range(5)]
    async with working([person.follow_always for person in people]):
        for person in people:
            await person.join(room.code)
            await person.write_once()
            await person.wait_for_the_reveal()
        await eventually(lambda: all(person.hears for person in people), "Somebody hears nothing")
        await asyncio.sleep(1)
        return await reveal(here, room, people)


class Restored(NamedTuple):
    seconds: float
    right: int  # people whose answers are those of that moment
    people: int
    opens: bool  # whether the room's code lets somebody in


async def to_a_moment(up: Cluster) -> Restored:
    """A backup, answers, a moment, a mistake; then all is as it was at the moment."""
    room = await asyncio.to_thread(open_room)
    people = [Somebody(up.port, room, Attempts()) for _ in range(5)]
    for person in people:
        await person.join(room.code)
        await person.write_once()
    await asyncio.to_thread(lambda: up.primary.backup("--type=full", "backup"))
    await asyncio.sleep(2)  # pgBackRest counts in seconds
    for person in people:
        await person.write_once()
    moment = await asyncio.to_thread(lambda: up.primary.sql("SELECT now()"))
    await asyncio.sleep(1)
    for person in people:
        await person.write_once()
    started = time.monotonic()
    up.restore(moment)  # here and not beside: what a thread starts ends with the thread
    await eventually(lambda: all(node.is_ready() for node in up.nodes), "A node is not ready again")
    seconds = time.monotonic() - started
    found = await asyncio.to_thread(answers_of, people)
    await asyncio.sleep(2)  # HAProxy looks once a second
    late = Somebody(up.port, room, Attempts())
    with suppress(SystemExit):
        await late.join(room.code)
    right = sum(found.get(person.page) == person.ledger.sent[1] for person in people)
    return Restored(seconds, right, len(people), "session" in late.cookies)


def megabytes(node: Node) -> float:
    """What the pages of a node have in memory."""
    parent = node.services["pages"].process.pid
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in [parent, *children(parent)]]
    return sum(int(rollup.partition("Pss:")[2].split()[0]) for rollup in rollups) / 1024


# --- All of it -------------------------------------------------------------------------------------

FAULTS = ["primary", "machine", "cut", "node", "pooler", "etcd", "upgrade"]
RESTORE = "restore"  # once, after all of them
LIMITS = {"node": 2}  # seconds until people can write again; 30 where none is said


def table(results: dict[str, list[Round]], number: int) -> Iterator[str]:
    yield (
        f"{'':<10}{'rounds':>7}{'acknowledged':>14}{'lost':>6}{'sent again':>12}{'writes back, s':>24}"
        f"{'on the board':>14}{'after, s':>10}{'pages':>7}{'unstyled':>10}"
    )
    for fault, rounds in results.items():
        back = [each.back for each in rounds]
        seconds = f"{statistics.median(back):.1f} (at most {max(back):.1f})"
        board = f"{sum(each.on_board for each in rounds)} of {number * len(rounds)}"
        yield (
            f"{fault:<10}{len(rounds):>7}{sum(each.acknowledged for each in rounds):>14,}"
            f"{sum(each.lost for each in rounds):>6}{sum(each.failed for each in rounds):>12}{seconds:>24}"
            f"{board:>14}{max(each.board for each in rounds):>10.1f}"
            f"{sum(each.pages for each in rounds):>7}{sum(each.unstyled for each in rounds):>10}"
        )


def shortcomings(results: dict[str, list[Round]], number: int, heard: list[float]) -> Iterator[str]:
    for fault, rounds in results.items():
        if lost := sum(each.lost for each in rounds):
            yield f"{fault}: {lost} people lost what had been acknowledged"
        if any(each.astray for each in rounds):
            yield f"{fault}: a primary that had been replaced took a write"
        if any(each.on_board < number for each in rounds):
            yield f"{fault}: not everybody came to the board by themselves"
        if unstyled := sum(each.unstyled for each in rounds):
            yield f"{fault}: {unstyled} pages or files came without style"
        if max(each.back for each in rounds) > LIMITS.get(fault, 30):
            yield f"{fault}: nobody could write for more than {LIMITS.get(fault, 30)} seconds"
    if heard and max(heard) > 1:
        yield "a reveal on one node took more than a second to reach the other"


async def let_them_die(up: Cluster, wanted) -> tuple[dict[str, list[Round]], list[float]]:
    faults, results = Faults(up), {}
    heard = [await across(up) for _ in range(wanted.rounds)]
    print("a reveal on one node, followed on the other:", ", ".join(f"{each:.2f}" for each in heard), "s")
    for fault in [fault for fault in FAULTS if fault in wanted.faults]:
        for number in range(1, wanted.rounds + 1):
            result = await play(up, faults, fault, wanted.people)
            results.setdefault(fault, []).append(result)
            figures = ", ".join(f"{name} {value:.4g}" for name, value in result._asdict().items())
            print(f"{fault} {number}: {figures}", flush=True)
    memory = ", ".join(f"{megabytes(node):.0f}" for node in up.nodes)
    print(f"memory of the pages of each node: {memory} MiB", flush=True)
    if RESTORE in wanted.faults:
        restored = await to_a_moment(up)
        print(f"back to a moment: {restored}", flush=True)
        if not (restored.right == restored.people and restored.opens):
            raise SystemExit("What was restored is not what there was.")
    return results, heard


@contextmanager
def django_of(up: Cluster) -> Iterator[None]:
    """The database for this program: past the poolers, as the application."""
    node = up.nodes[0]
    given = node.services["jobs"].environment
    os.environ |= {name: value for name, value in given.items() if name not in {"PATH", "HOME"}}
    os.environ["DATABASE_URL"] = os.environ.pop("DATABASE_DIRECT_URL")
    os.environ |= {"DJANGO_SETTINGS_MODULE": "aarhuskompas.settings", "LOG_LEVEL": "ERROR"}
    django.setup()
    yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    choices = [*FAULTS, RESTORE]
    parser.add_argument("faults", nargs="*", metavar=" ".join(choices))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=60)
    wanted = parser.parse_args()
    wanted.faults = wanted.faults or choices
    if unknown := set(wanted.faults) - set(choices):
        parser.error(f"{', '.join(unknown)}: there are {', '.join(choices)}")
    os.umask(0o077)
    folder = cluster.FOLDER / "test"
    if os.geteuid() == 0 and folder.exists():
        shutil.rmtree(folder)
    cluster.become_somebody()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_exit)
    allow_many_files()
    started = time.monotonic()
    code = next_release(folder, 1)  # of its own: whoever works on this one changes nothing under the nodes
    with cluster.running(folder, number_of_port(), code) as up, django_of(up):
        results, heard = asyncio.run(let_them_die(up, wanted))
    minutes, load = (time.monotonic() - started) / 60, os.getloadavg()[1]
    print(f"\n{wanted.people} people, two nodes, {os.cpu_count()} processors for all of it,")
    print(f"which {load:.0f} processes wanted, in {minutes:.0f} minutes\n")
    print("\n".join(table(results, wanted.people)))
    if found := list(shortcomings(results, wanted.people, heard)):
        raise SystemExit("\n" + "\n".join(found))


if __name__ == "__main__":
    sys.exit(main())
