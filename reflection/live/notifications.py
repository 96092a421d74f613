"""Live updates: whoever follows a room is told «changed», «counted» or «revealed», never what; the page
then fetches it. Of the step that everybody is taken to the number is told: it says nothing of anybody, and
a thousand phones that have the whole board need not fetch anything.

A process holds one database connection for all its followers (reflection.live.streams).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from uuid import UUID, uuid4

import psycopg
from django.db import connection

from publishing import direct_connection

logger = logging.getLogger(__name__)

CHANNEL = "reflection"  # one for all, so that no request names it; the key is the payload
CHANGED = b"event: changed\ndata:\n\n"
COUNTED = b"event: counted\ndata:\n\n"  # somebody came or is done: whoever is writing need not fetch
REVEALED = b"event: revealed\ndata:\n\n"  # what one waits for is there: go on, and need not fetch to find out
STEP = b"event: step\ndata: %d\n\n"
NO_EVENT = b""
PRECEDENCE = [NO_EVENT, COUNTED, CHANGED, REVEALED]
KEEP_ALIVE = b":\n\n"  # a comment: proxies do not close what says something
HEARTBEAT_SECONDS = 20
IDLE_SECONDS = 30
RECONNECT_SECONDS = 1
ANSWER_SECONDS = 5
CONNECTION_OPTIONS = {"application_name": "live", "autocommit": True, "connect_timeout": ANSWER_SECONDS}
DELAYED = "+"  # ends the payload of what may wait: that somebody came or is done
PHASE_CHANGED = "!"  # ends it at a reveal, and at the end
PROBE = "?"  # ends it where a process asks whether it hears at all
PROBE_SECONDS = 4
GONE = "-"  # ends it where the key is a participant's or a login's, whose followers are sent away
STEP_SEPARATOR = "#"  # stands before the number of the step that everybody is taken to
PAGES_A_SECOND = 25  # that one process lets the followers of a room fetch, where there is no hurry


class Follower(asyncio.Event):
    """Set when there is an event to send: of several the last in PRECEDENCE, and the last step."""

    what = NO_EVENT
    step: int | None = None
    is_last = False

    def tell(self, what: bytes):
        self.what = max(self.what, what, key=PRECEDENCE.index)
        self.set()

    def tell_step(self, number: int):
        self.step = number
        self.set()

    def take(self) -> bytes:
        """The event to send, once."""
        event = self.what if self.step is None else STEP % self.step + self.what
        self.what, self.step = NO_EVENT, None
        self.clear()
        return event


followers: defaultdict[str, set[Follower]] = defaultdict(set)
delayed: dict[str, asyncio.TimerHandle] = {}
listener: asyncio.Task | None = None
listening: asyncio.Event
probes: dict[str, asyncio.Event] = {}


def announce(key: UUID | str, *, is_urgent: bool = True, leads_on: bool = False) -> None:
    """Wake every open page of the room – at commit, or never if the transaction fails.

    What is not urgent may take seconds in a large room: if a thousand people each made a thousand
    pages count anew who is done, nobody could write any more.
    """
    payload = f"{key}{PHASE_CHANGED if leads_on else '' if is_urgent else DELAYED}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def announce_step(key: UUID | str, number: int) -> None:
    """Take every open page of the room to a step – at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{key}{STEP_SEPARATOR}{number}"])


def announce_gone(what: UUID) -> None:
    """End the event streams of one participant, or of one login; whoever comes back is asked again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{what}{GONE}"])


async def changes(
    key: UUID | str, heartbeat: float = HEARTBEAT_SECONDS, *, ends_with: Iterable[UUID] = ()
) -> AsyncGenerator[bytes]:
    """Events for one follower: one at once, so that nothing is missed, then one per change.

    Ten changes while the follower is slow are one event: one reason to fetch. It ends when one of what it
    `ends_with` is gone: the participant, the login.
    """
    keys, follower = [str(key), *map(str, ends_with)], Follower()
    for name in keys:
        followers[name].add(follower)
    try:
        yield CHANGED
        while True:
            try:
                async with asyncio.timeout(heartbeat):
                    await follower.wait()
            except TimeoutError:
                yield KEEP_ALIVE
            else:
                yield follower.take()
                if follower.is_last:
                    return
    finally:
        for name in keys:
            followers[name].discard(follower)
            if not followers[name]:
                del followers[name]


async def start_listening() -> None:
    """Return once this process hears announcements. The first follower starts the one listener."""
    global listener, listening
    if listener is None or listener.done():
        listening = asyncio.Event()
        listener = asyncio.create_task(listen())
    await listening.wait()


async def listen() -> None:
    """Pass announcements on for ever. Who may have missed some is woken when the connection is back."""
    while True:
        try:
            async with await connect() as database:
                await database.execute(f"LISTEN {CHANNEL}")
                listening.set()
                wake(*followers)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(check_listener())
                    await receive(database)
        except* (psycopg.Error, TimeoutError):
            listening.clear()
            logger.warning("no live updates until the database is reached again", exc_info=True)
        await asyncio.sleep(RECONNECT_SECONDS)


async def connect() -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(**direct_connection.parameters(**CONNECTION_OPTIONS))


async def check_listener() -> None:
    """Log an error where no announcement arrives: behind a pooler LISTEN succeeds all the same."""
    probe, heard = f"{uuid4()}{PROBE}", asyncio.Event()
    probes[probe] = heard
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            named = CONNECTION_OPTIONS | {"application_name": "live probe"}
            options = direct_connection.everyday_parameters(**named)
            async with await psycopg.AsyncConnection.connect(**options) as database:
                await database.execute("SELECT pg_notify(%s, %s)", [CHANNEL, probe])
            await heard.wait()
    except psycopg.Error:
        logger.warning("whether announcements arrive could not be asked", exc_info=True)
    except TimeoutError:
        logger.error("live.deaf: no announcement arrives; set DATABASE_DIRECT_URL to lead past the pooler")
    finally:
        del probes[probe]


async def receive(database: psycopg.AsyncConnection) -> None:
    while True:
        async with aclosing(database.notifies(timeout=IDLE_SECONDS)) as announcements:
            async for announcement in announcements:
                dispatch(announcement.payload)
        async with asyncio.timeout(ANSWER_SECONDS):  # a network may die without a word
            await database.execute("SELECT 1")


def dispatch(payload: str) -> None:
    key, _at, step = payload.rstrip(DELAYED + PHASE_CHANGED + GONE).partition(STEP_SEPARATOR)
    if step:
        for follower in followers.get(key, ()):
            follower.tell_step(int(step))
    elif payload.endswith(PHASE_CHANGED):
        wake(key, what=REVEALED)
    elif payload.endswith(GONE):
        send_away(key)
    elif payload.endswith(PROBE):
        probes.get(payload, asyncio.Event()).set()
    elif key == payload:
        wake(key)
    elif key not in delayed:
        seconds = len(followers.get(key, ())) / PAGES_A_SECOND
        delayed[key] = asyncio.get_running_loop().call_later(seconds, _count, key)


def wake(*keys: str, what: bytes = CHANGED) -> None:
    for key in keys:
        if waiting := delayed.pop(key, None):
            waiting.cancel()
        for follower in followers.get(key, ()):
            follower.tell(what)


def send_away(what: str) -> None:
    """One more event; the page that then fetches learns that its participant or login is gone."""
    for follower in followers.get(what, ()):
        follower.is_last = True
        follower.tell(CHANGED)


def _count(key: str) -> None:
    wake(key, what=COUNTED)
