"""Measure a room full of people, each with a browser that follows it: `make bench`, or alone

    python runner/postgres.py run --temporary -- python -m bench.rooms --participants 1000

People join by code, write, say that they are done and wait; then the facilitator reveals. What counts is
the time from that click until each of them has the whole board. Beside it stand the same streams without
a page to fetch, and a bare ASGI application that does nothing but wake its streams. The clients run on
the same processors as the server. Fills the database that DATABASE_URL names: never a portal's in use.
"""

import argparse
import asyncio
import gzip
import os
import random
import re
import resource
import secrets
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import django
import uvloop

from runner.serve import Service, open_port, services, wait_for_pages

PORT = 18_801
AT_ONCE = 40  # who join, or open their stream, at the same time
WRITERS, WRITING_SECONDS, BETWEEN_SAVES = 500, 24, (5, 11)  # seconds; autosave waits for a pause
STEP_RATIO = 20  # at most, of what an event from a bare server takes the same phones
PATIENCE = 90  # seconds, for all of them
CHANGED, COUNTED, REVEALED = b"event: changed", b"event: counted", b"event: revealed"
STEP = b"event: step"
ENDED_STREAM = b"0\r\n\r\n"


# --- A browser, as small as it can be ------------------------------------------------------------


class Response(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for found, value in self.headers if found == name), "")


class Exchange(asyncio.Protocol):
    """One request on a connection of its own; `response` is what came until the server closed it."""

    def __init__(self, request: bytes):
        self.request, self.received = request, bytearray()
        self.response: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        transport.write(self.request)

    def data_received(self, data):
        self.received += data

    def connection_lost(self, error):
        if self.response.done():
            return
        try:
            self.response.set_result(parse_response(bytes(self.received)))
        except (ValueError, IndexError):  # the server went before the answer was whole
            self.response.set_exception(ConnectionResetError("half an answer"))


def parse_response(received: bytes) -> Response:
    head, _blank, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    response = Response(
        int(first.split()[1]), [(name.lower(), value.strip()) for name, _, value in pairs], body
    )
    length = response.header("content-length")
    if length and len(body) != int(length):
        raise ValueError("cut off")
    return response


class Stream(asyncio.Protocol):
    """An event stream: `changed` is called for each event, `closed` when the server ends it."""

    def __init__(
        self,
        request: bytes,
        changed: Callable[[int], None],
        closed: Callable[[], None],
        revealed: Callable[[], None] = lambda: None,
        stepped: Callable[[], None] = lambda: None,
    ):
        self.request, self.changed, self.closed = request, changed, closed
        self.revealed, self.stepped = revealed, stepped

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data):
        if REVEALED in data:
            self.revealed()
        if STEP in data:
            self.stepped()
        if events := sum(map(data.count, [CHANGED, COUNTED, REVEALED])):
            self.changed(events)
        is_refused = data.startswith(b"HTTP/1.1 ") and b" 200 " not in data[:13]
        if is_refused or data.endswith(ENDED_STREAM):
            self.transport.close()

    def connection_lost(self, error):
        self.closed()


class Browser:
    """Cookies, forms, redirects and htmx requests, against one port of this machine."""

    def __init__(self, port: int, session: str = ""):
        self.port = port
        self.cookies = {"csrf": secrets.token_hex(16)}
        if session:
            self.cookies["session"] = session

    def head(self, method: str, path: str, headers: Iterable[str] = ()) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookies}", *headers]
        return "\r\n".join([*lines, "", ""]).encode()

    async def ask(self, path: str, form: dict | None = None, part: str = "") -> Response:
        """One request and its answer; `part` is the id of the element that htmx asks for."""
        headers = ["Connection: close", "Accept-Encoding: gzip"]
        if part:
            headers += ["HX-Request: true", f"HX-Target: {part}"]
        body = b""
        if form is not None:
            body = urlencode(form | {"csrfmiddlewaretoken": self.cookies["csrf"]}).encode()
            headers += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        request = self.head("POST" if form is not None else "GET", path, headers) + body
        loop = asyncio.get_running_loop()
        transport, exchange = await loop.create_connection(lambda: Exchange(request), "127.0.0.1", self.port)
        try:
            response = await exchange.response
        finally:
            transport.close()
        self._keep_cookies(response)
        return response

    def _keep_cookies(self, response: Response):
        for name, value in response.headers:
            if name == "set-cookie":
                cookie, _equals, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content

    async def post(self, path: str, **form: str) -> str:
        """Send a form that leads on, and return where to."""
        response = await self.ask(path, form)
        if response.status != 302:
            raise SystemExit(f"{path} answers {response.status}.")
        return urlsplit(response.header("location")).path


class Person(Browser):
    """Somebody in the room. What their open page does by itself is in `follow`."""

    def __init__(self, port: int, key: str, session: str = ""):
        super().__init__(port, session)
        self.key = key
        self.page = secrets.token_urlsafe(16)
        self.where = f"/rum/{key}/venter/"
        self.heard: list[float] = []
        self.fetches = 0
        self.board_at: float | None = None
        self.board = b""
        self.fetching: asyncio.Task | None = None
        self.is_stale = False
        self.is_new_page = False
        self.only_listens = False

    async def join(self, code: str):
        welcome = await self.post(await self.post("/deltag/", code=code), name="")
        await self.post(welcome, safety="4")

    async def save(self, step: int, answers: dict[int, str]) -> int:
        """What autosave sends: every field of the step, as it stands."""
        form = {"page": self.page}
        for prompt, raw in answers.items():
            form |= {f"prompt-{prompt}": raw, f"prompt-{prompt}-was": "", f"prompt-{prompt}-version": "0"}
        return (await self.ask(f"/rum/{self.key}/trin/{step}/", form, part="save-status")).status

    async def finish(self):
        self.where = await self.post(f"/rum/{self.key}/faerdig/")
        await self.ask(self.where)

    # --- the page that follows

    async def follow(self):
        """Open the stream and return when it says that it is open."""
        request = self.head("GET", f"/haendelser/{self.key}/")
        loop = asyncio.get_running_loop()
        _, self.stream = await loop.create_connection(
            lambda: Stream(request, self._changed, lambda: None, self._revealed, self._stepped),
            "127.0.0.1",
            self.port,
        )
        await until(lambda: bool(self.heard))

    def _revealed(self):
        """Who waits goes to the board: static/js/live.js."""
        if self.where.endswith("/venter/"):
            self.where, self.is_new_page = f"/rum/{self.key}/tavle/", True

    def _stepped(self):
        """The page has every step, and shows the one: static/js/follow_step.js."""
        self.board_at = time.perf_counter()

    def _changed(self, events: int):
        self.heard += [time.perf_counter()] * events
        if not self.only_listens:
            self.is_stale = True
            if self.fetching is None or self.fetching.done():  # htmx: one at a time, the last one waits
                self.fetching = asyncio.create_task(self._fetch())

    async def _fetch(self):
        while self.is_stale:
            self.is_stale = False
            self.fetches += 1
            await self._look()

    async def _look(self):
        """Fetch the part that follows; where it has become another page, go there: static/js/live.js."""
        part = "board" if self.where.endswith("/tavle/") else "state"
        if self.is_new_page:
            part, self.is_new_page = "", False
        asked = self.where
        response = await self.ask(asked, part=part)
        moved_to = response.header("hx-redirect")
        while response.status == 302:
            moved_to = urlsplit(response.header("location")).path
            response = await self.ask(moved_to, part=part)
        if moved_to:
            self.where = urlsplit(moved_to).path
            response = await self.ask(self.where)
        if response.status != 200:
            raise ConnectionResetError(f"{asked} answers {response.status}")
        if self.where.endswith("/tavle/"):
            self.board, self.board_at = response.body, time.perf_counter()


# --- Rooms and servers ---------------------------------------------------------------------------


class Room(NamedTuple):
    key: str
    code: str
    steps: dict[int, dict[int, str]]  # step → prompt → its kind
    facilitator: str  # session


def open_room() -> Room:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connections
    from django.utils import timezone

    from accounts.models import User
    from accounts.sessions import LOGIN
    from reflection.models import Reflection
    from reflection.models.guides import GuideVersion

    user, _is_new = User.objects.get_or_create(email="rooms@example.dk", defaults={"name": "Bench"})
    version = GuideVersion.objects.first()
    room = Reflection.open_room(version, user, mode=Reflection.Mode.CONFIDENTIAL, title="Bench")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    standing = user.login_sessions.create(kind="password", ends_at=timezone.now() + timedelta(hours=12))
    session[LOGIN] = str(standing.key)
    session.save()
    steps = {
        step.position: {prompt.pk: prompt.kind for prompt in step.answered_prompts}
        for step in version.steps.prefetch_related("prompts")
    }
    connections.close_all()
    return Room(str(room.key), room.code, steps, session.session_key)


def answer_the_rest(room: Room):
    """Fill in what the people did not write over HTTP, so that the board is a full one."""
    from django.db import connections

    from reflection.models import Answer as Stored
    from reflection.models import Participant, Prompt

    prompts = Prompt.objects.in_bulk([prompt for step in room.steps.values() for prompt in step])
    people = Participant.objects.filter(reflection__key=room.key, is_respondent=True)
    Stored.objects.bulk_create(
        [
            Stored(participant=person, prompt=prompt, **prompt.content(raw))
            for person in people
            for prompt in prompts.values()
            for raw in [random_answer(prompt.kind)]
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )
    connections.close_all()


def random_answer(kind: str) -> str:
    if kind == "scale":
        return str(random.randint(1, 5))
    return f"Det ser jeg, når jeg møder borgerne om morgenen, gang nummer {random.randint(1, 999)}."


@contextmanager
def portal(port: int):
    """The server that `make run` starts, without a database of its own; gives its processes."""
    listener = open_port("127.0.0.1", port)
    workers = {"WEB_CONCURRENCY": os.environ.get("WEB_CONCURRENCY", "2"), "LOG_LEVEL": "WARNING"}
    running = services(os.environ | workers | {"DEBUG": "false"}, listener)
    try:
        for service in running:
            service.start()
        wait_for_pages("127.0.0.1", port, running)
        yield [service.process.pid for service in running]
    finally:
        for service in running:
            service.stop()
        listener.close()


@contextmanager
def bare_server(port: int):
    listener = open_port("127.0.0.1", port)
    options = ["--worker-class", "asgi", "--workers", "1", "--graceful-timeout", "1", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, "--asgi-lifespan", "off", "--log-level", "warning"]
    command += ["--bind", f"fd://{listener.fileno()}", "bench.live:bare"]
    service = Service("The bare server", command, dict(os.environ), listener=listener)
    try:
        service.start()
        wait_for_pages("127.0.0.1", port, [service])
        yield
    finally:
        service.stop()
        listener.close()


def kilobytes(servers: list[int]) -> int:
    """What servers and their workers have in memory; what they share counts once."""
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in with_workers(servers)]
    return sum(int(rollup.partition("Pss:")[2].split()[0]) for rollup in rollups)


def processor_seconds(servers: list[int]) -> float:
    """What servers and their workers have used so far: the figure a busy machine changes least."""
    stats = [
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in with_workers(servers)
    ]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")


def with_workers(servers: list[int]) -> list[int]:
    workers = [Path(f"/proc/{pid}/task/{pid}/children").read_text().split() for pid in servers]
    return [*servers, *(int(pid) for found in workers for pid in found)]


async def until(condition: Callable[[], bool]):
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.002)


async def all_of(tasks: Iterable[Callable[[], Awaitable]], at_once: int = AT_ONCE):
    gate = asyncio.Semaphore(at_once)

    async def limited(task):
        async with gate:
            return await task()

    return await asyncio.gather(*(limited(task) for task in tasks))


# --- Measuring -----------------------------------------------------------------------------------


def milliseconds(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    figures = {"p50": statistics.median(ordered), "p95": p95, "max": ordered[-1]}
    return "   ".join(f"{name} {figure * 1000:6.0f}" for name, figure in figures.items()) + " ms"


async def write(people: list[Person], room: Room) -> list[float]:
    """Everybody writes in the first step, with a save at every pause; how long the saves took."""
    took: list[float] = []
    deadline = time.perf_counter() + WRITING_SECONDS

    async def write_until_deadline(person: Person):
        await asyncio.sleep(random.uniform(0, BETWEEN_SAVES[0]))
        while time.perf_counter() < deadline:
            answers = {prompt: random_answer(kind) for prompt, kind in room.steps[1].items()}
            start = time.perf_counter()
            status = await person.save(1, answers)
            took.append(time.perf_counter() - start)
            if status != 200:
                raise SystemExit(f"A save was answered {status}.")
            await asyncio.sleep(random.uniform(*BETWEEN_SAVES))

    await asyncio.gather(*map(write_until_deadline, people))
    return took


async def wait_together(people: list[Person]) -> float:
    """All say that they are done and follow the room; seconds until they do."""
    start = time.perf_counter()

    async def finish_and_follow(person: Person):
        await person.finish()
        await person.follow()

    await all_of([lambda person=person: finish_and_follow(person) for person in people])
    took = time.perf_counter() - start
    await until_quiet(people, 1 + len(people) / 40)  # how many are done may be told seconds later
    return took


async def until_quiet(people: list[Person], seconds: float = 0.5):
    """Until nobody has fetched anything for so long."""
    deadline = time.perf_counter() + PATIENCE
    before = -1
    while (now := sum(person.fetches for person in people)) != before or is_any_busy(people):
        before = now
        if time.perf_counter() > deadline:
            raise SystemExit("The room does not come to rest.")
        await asyncio.sleep(seconds)


def is_any_busy(people: list[Person]) -> bool:
    return any(person.fetching and not person.fetching.done() for person in people)


async def until_all_see(people: list[Person], press: Callable[[], Awaitable]) -> list[float]:
    """Press a button, and return for each the seconds until their page shows what came of it."""
    for person in people:
        person.board_at = None
    start = time.perf_counter()
    await press()
    deadline = start + PATIENCE
    while any(person.board_at is None for person in people):
        if time.perf_counter() > deadline:
            missing = sum(person.board_at is None for person in people)
            raise SystemExit(f"{missing} of {len(people)} never saw the board.")
        await asyncio.sleep(0.005)
    await until_quiet(people)
    return [person.board_at - start for person in people]


async def broadcast(people: list[Person], key: str) -> list[float]:
    """An announcement to the same streams, and nobody fetches anything; the middle one of five."""
    from reflection.live import notifications

    rounds = []
    async with await notifications.connect() as database:
        for _ in range(5):
            for person in people:
                person.only_listens = True
                person.heard.clear()
            start = time.perf_counter()
            await database.execute("SELECT pg_notify(%s, %s)", [notifications.CHANNEL, key])
            await until(lambda: all(person.heard for person in people))
            rounds.append([person.heard[0] - start for person in people])
            await asyncio.sleep(0.3)
    for person in people:
        person.only_listens = False
    return sorted(rounds, key=max)[2]


async def measure(people: list[Person], room: Room, facilitator: Browser, servers: list[int]) -> list[float]:
    """All of it, and how long a step took to each of them."""
    start = time.perf_counter()
    await all_of([lambda person=person: person.join(room.code) for person in people])
    report("all have joined after", f"{time.perf_counter() - start:.1f} s")
    await measure_writing(people[:WRITERS], room, servers)
    await asyncio.to_thread(answer_the_rest, room)

    before = kilobytes(servers)
    seconds = await wait_together(people)
    fetched = sum(person.fetches for person in people)
    report("all wait after", f"{seconds:.1f} s; their pages fetched {fetched:,} times")
    report("memory per waiting person", f"{(kilobytes(servers) - before) / len(people):.0f} KiB")
    event_seconds = await broadcast(people, room.key)
    report("an event to all, nothing fetched", milliseconds(event_seconds))
    moved = await measure_board(people, room, facilitator, servers, event_seconds)
    report("memory of all server processes", f"{kilobytes(servers) / 1024:.0f} MiB")
    return moved


async def measure_writing(writers: list[Person], room: Room, servers: list[int]):
    before = processor_seconds(servers)
    took = await write(writers, room)
    report(f"autosave, {len(writers)} writing", milliseconds(took))
    each = (processor_seconds(servers) - before) / len(took) * 1000
    report("  processor time of the server", f"{each:.1f} ms for each of {len(took):,} saves")


async def measure_board(
    people: list[Person], room: Room, facilitator: Browser, servers: list[int], event_seconds: list[float]
) -> list[float]:
    path, before = f"/rum/{room.key}/led", processor_seconds(servers)
    page = gzip.decompress((await facilitator.ask(f"{path}/vis/")).body).decode()
    counted = re.search(r'name="counted" value="(\w+)"', page)[1]
    seen = await until_all_see(people, lambda: facilitator.post(f"{path}/vis/", counted=counted, go="now"))
    used = processor_seconds(servers) - before
    report("from «Vis samlet» to the board", milliseconds(seen))
    report("  as a ratio to that event", f"{max(seen) / max(event_seconds):.1f}×")
    report("  processor time of the server", f"{used:.1f} s, {used / len(people) * 1000:.1f} ms for each")
    check(people)
    changed = await until_all_see(people, lambda: facilitator.post(f"{path}/ur/", minutes="2"))
    report("a later change of the board", milliseconds(changed))
    moved, one_step = await measure_steps(people, f"{path}/trin/", facilitator, servers, event_seconds)
    report("  as a share of the reveal", f"{max(moved) / max(seen):.2f}, processor {one_step / used:.2f}")
    if max(moved) > max(seen) or one_step > used:
        raise SystemExit("A step costs more than the reveal.")
    return moved


async def measure_steps(
    people: list[Person], path: str, facilitator: Browser, servers: list[int], event_seconds: list[float]
) -> tuple[list[float], float]:
    """Whoever leads takes all to another step: the middle one of five, and the server's processor for one."""
    fetched, before = sum(person.fetches for person in people), processor_seconds(servers)
    rounds = [
        await until_all_see(people, lambda step=step: facilitator.post(path, step=str(step)))
        for step in [1, 2, 3, 2, 1]
    ]
    used = (processor_seconds(servers) - before) / len(rounds)
    if sum(person.fetches for person in people) != fetched:
        raise SystemExit("A phone has fetched something for a step.")
    moved = sorted(rounds, key=max)[2]
    report("from «Næste» to the step", milliseconds(moved))
    report("  as a ratio to that event", f"{max(moved) / max(event_seconds):.1f}×")
    report("  processor time of the server", f"{used:.2f} s")
    return moved, used


def check(people: list[Person]):
    """Everybody has the whole board, with what all have said."""
    sizes = Counter(len(person.board) for person in people)
    page = people[0].board
    with suppress(gzip.BadGzipFile):
        page = gzip.decompress(page)
    if page.count(b"kompas-result__statement") < 2 or b"morgenen" not in page:
        raise SystemExit(f"That is no board: {sizes}")


def report(what: str, figure: str):
    print(f"  {what:<36}{figure}", flush=True)


async def measure_bare(number: int, port: int) -> list[float]:
    """The floor: streams of an application that does nothing else, in one process."""
    heard: list[float] = []
    browser = Browser(port)
    loop = asyncio.get_running_loop()
    for opened in range(number):
        request = browser.head("GET", "/")
        listen = lambda events: heard.extend([time.perf_counter()] * events)  # noqa: E731
        await loop.create_connection(lambda: Stream(request, listen, lambda: None), "127.0.0.1", port)  # noqa: B023
        await until(lambda: len(heard) > opened - AT_ONCE)  # noqa: B023
    await until(lambda: len(heard) == number)
    rounds = []
    for _ in range(5):
        heard.clear()
        start = time.perf_counter()
        await browser.ask("/", {})
        await until(lambda: len(heard) == number)
        rounds.append([moment - start for moment in heard])
    bare = sorted(rounds, key=max)[2]
    report("an event from a bare ASGI server", milliseconds(bare))
    return bare


def allow_many_files():
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16_384) if hard > 0 else 16_384, hard))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--participants", type=int, nargs="+", default=[200, 1_000])
    parser.add_argument("--port", type=int, default=PORT)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    allow_many_files()
    django.setup()
    for number in wanted.participants:
        print(f"\nA room with {number:,} participants; server and clients share {os.cpu_count()} processors,")
        print(f"on which {os.getloadavg()[0]:.0f} others want to run\n")
        room = open_room()
        facilitator = Browser(wanted.port, room.facilitator)
        with portal(wanted.port) as servers:
            people = [Person(wanted.port, room.key) for _ in range(number)]
            moved = uvloop.run(measure(people, room, facilitator, servers))
        with bare_server(wanted.port + 1):
            bare = uvloop.run(measure_bare(number, wanted.port + 1))
        report("a step as a ratio to that", f"{max(moved) / max(bare):.1f}× (aim: {STEP_RATIO}×)")


if __name__ == "__main__":
    main()
