"""Live updates: when a follower is woken, who may follow, and what a follower costs."""

import asyncio
from contextlib import aclosing, asynccontextmanager
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from reflection.live import notifications, streams
from reflection.live.notifications import (
    CHANGED,
    COUNTED,
    KEEP_ALIVE,
    REVEALED,
    announce,
    changes,
    dispatch,
    wake,
)
from reflection.participation import SESSION_KEY
from tests.factories import make_room

SOON = 0.2


async def elsewhere(function, *arguments):
    """Call `function` as a request would: in a thread, with a database connection of its own."""

    def call():
        try:
            return function(*arguments)
        finally:
            connections.close_all()

    return await asyncio.to_thread(call)


def query(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def announce_and_roll_back(key):
    with transaction.atomic():
        announce(key)
        transaction.set_rollback(True)


# --- The channel ---------------------------------------------------------------------------------


def test_a_follower_is_told_at_once_and_at_every_change():
    async def follow():
        async with aclosing(changes("hav")) as events:
            assert await anext(events) == CHANGED
            wake("hav")
            assert await anext(events) == CHANGED
            wake("hav")
            assert await anext(events) == CHANGED

    asyncio.run(follow())


def test_ten_changes_while_a_follower_is_slow_are_one():
    async def follow():
        async with aclosing(changes("hav", heartbeat=SOON)) as events:
            await anext(events)
            for _ in range(10):
                wake("hav")
            assert [await anext(events), await anext(events)] == [CHANGED, KEEP_ALIVE]

    asyncio.run(follow())


def test_a_reveal_is_not_forgotten_for_a_change_that_follows_at_once():
    async def follow():
        async with aclosing(changes("hav", heartbeat=SOON)) as events:
            await anext(events)
            dispatch("hav!")
            dispatch("hav")
            assert [await anext(events), await anext(events)] == [REVEALED, KEEP_ALIVE]
            dispatch("hav")
            assert await anext(events) == CHANGED

    asyncio.run(follow())


def test_of_several_events_a_slow_follower_is_told_the_one_that_says_most(monkeypatch):
    monkeypatch.setattr(notifications, "PAGES_A_SECOND", 1_000)

    async def follow():
        async with aclosing(changes("hav", heartbeat=SOON)) as events:
            await anext(events)
            dispatch("hav+")
            await asyncio.sleep(SOON / 4)
            assert await anext(events) == COUNTED
            wake("hav", what=COUNTED)
            dispatch("hav")
            wake("hav", what=COUNTED)
            assert await anext(events) == CHANGED
            wake("hav", what=COUNTED)
            assert await anext(events) == COUNTED

    asyncio.run(follow())


def test_in_a_large_room_what_is_not_urgent_comes_later_and_once(monkeypatch):
    monkeypatch.setattr(notifications, "PAGES_A_SECOND", 1 / SOON / 4)  # one follower waits 4 × SOON

    async def follow():
        async with aclosing(changes("hav", heartbeat=SOON)) as events:
            await anext(events)
            for _ in range(3):
                dispatch("hav+")
            told = [await anext(events) for _ in range(8)]
            assert told[0] == KEEP_ALIVE
            assert (told.count(COUNTED), told.count(CHANGED)) == (1, 0)
            dispatch("hav+")
            dispatch("hav")  # is urgent, and takes what waited with it
            told = [await anext(events) for _ in range(8)]
            assert (told.count(COUNTED), told.count(CHANGED)) == (0, 1)

    asyncio.run(follow())


def test_nobody_hears_of_another_room():
    async def follow():
        async with aclosing(changes("hav", heartbeat=SOON)) as events:
            await anext(events)
            wake("skov")
            assert await anext(events) == KEEP_ALIVE

    asyncio.run(follow())


def test_who_leaves_is_forgotten():
    async def follow():
        async with aclosing(changes("hav")) as first, aclosing(changes("hav")) as second:
            await anext(first)
            await anext(second)
            await first.aclose()
            assert len(notifications.followers["hav"]) == 1
        assert notifications.followers == {}

    asyncio.run(follow())


@pytest.mark.django_db
def test_an_announcement_arrives_when_its_transaction_is_committed_and_never_otherwise():
    async def follow():
        await notifications.start_listening()
        async with aclosing(changes("hav", heartbeat=SOON)) as events:
            await anext(events)
            await elsewhere(announce_and_roll_back, "hav")
            assert await anext(events) == KEEP_ALIVE
            await elsewhere(announce, "hav")
            assert await anext(event async for event in events if event != KEEP_ALIVE) == CHANGED

    asyncio.run(follow())


@pytest.mark.django_db
def test_a_lost_connection_is_made_again_and_everyone_fetches_what_they_may_have_missed(monkeypatch):
    monkeypatch.setattr(notifications, "RECONNECT_SECONDS", 0.01)
    end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'live'"

    async def follow():
        await notifications.start_listening()
        async with aclosing(changes("hav", heartbeat=10)) as events:
            await anext(events)
            assert await elsewhere(query, f"{end} AND datname = current_database()") == 1
            assert await anext(events) == CHANGED
            await elsewhere(announce, "hav")
            assert await anext(events) == CHANGED

    asyncio.run(follow())


@pytest.mark.django_db(transaction=True)
def test_a_process_that_hears_nothing_says_so_within_five_seconds(settings, caplog, monkeypatch):
    """It listens where nobody announces anything, as behind a pooler; LISTEN itself succeeds."""
    settings.DIRECT_DATABASE = {"NAME": "postgres"}
    assert notifications.PROBE_SECONDS < 5
    monkeypatch.setattr(notifications, "PROBE_SECONDS", SOON)

    async def listen():
        async with asyncio.timeout(60):
            await notifications.start_listening()
            while "live.deaf" not in caplog.text:
                await asyncio.sleep(0.05)

    asyncio.run(listen())


@pytest.mark.django_db(transaction=True)
def test_a_process_that_hears_has_nothing_to_say(caplog, monkeypatch):
    monkeypatch.setattr(notifications, "PROBE_SECONDS", 60)  # where another process has both processors

    async def listen():
        await notifications.start_listening()
        await asyncio.sleep(0)  # the question is asked beside what follows
        assert len(notifications.probes) == 1
        async with asyncio.timeout(50):
            while notifications.probes:
                await asyncio.sleep(0.01)

    asyncio.run(listen())
    assert caplog.text == ""


@pytest.mark.django_db
def test_an_idle_connection_is_asked_whether_it_still_works_and_misses_nothing_meanwhile(monkeypatch):
    monkeypatch.setattr(notifications, "IDLE_SECONDS", 0.01)

    async def follow():
        await notifications.start_listening()
        async with aclosing(changes("hav", heartbeat=10)) as events:
            await anext(events)
            for _ in range(20):
                await elsewhere(announce, "hav")
                assert await anext(events) == CHANGED

    asyncio.run(follow())


# --- The stream ----------------------------------------------------------------------------------


class Browser:
    """One request to the streams, and what it has got."""

    def __init__(self, address, client=None, *, method="GET", host="testserver"):
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in (client or Client()).cookies.items())
        self.scope = {
            "type": "http",
            "method": method,
            "path": address,
            "query_string": b"",
            "headers": [(b"host", host.encode()), (b"cookie", cookies.encode())],
        }
        self.messages = []
        self.has_left = asyncio.Event()
        self.has_got_more = asyncio.Event()

    async def receive(self):
        await self.has_left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.messages.append(message)
        self.has_got_more.set()

    @property
    def status(self):
        return self.messages[0]["status"]

    @property
    def headers(self):
        return dict(self.messages[0]["headers"])

    @property
    def text(self):
        return b"".join(message.get("body", b"") for message in self.messages[1:]).decode()

    async def wait_for(self, count, text="event: "):
        async with asyncio.timeout(5):
            while self.text.count(text) < count:
                self.has_got_more.clear()
                await self.has_got_more.wait()


@pytest.fixture
def application():
    return streams.EventStreams(streams.may_follow)


@asynccontextmanager
async def connected(application, *browsers):
    tasks = [asyncio.create_task(application(one.scope, one.receive, one.send)) for one in browsers]
    try:
        for browser in browsers:
            await browser.wait_for(1)
        yield tasks
    finally:
        for browser in browsers:
            browser.has_left.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)


def ask(application, address, client=None, **options) -> Browser:
    async def refused():
        browser = Browser(address, client, **options)
        await asyncio.wait_for(application(browser.scope, browser.receive, browser.send), 5)
        return browser

    return asyncio.run(refused())


@pytest.fixture
def room(committed, staff):
    return make_room(leader=staff)


@pytest.fixture
def participant(room):
    """Somebody without an account, whose session has a place in the room."""
    client = Client()
    session = client.session
    session[SESSION_KEY] = {str(room.key): str(room.participants.create(name="Bo").key)}
    session.save()
    return client


def address_of(room) -> str:
    return f"/haendelser/{room.key}/"


@pytest.mark.parametrize("who", ["staff_client", "participant"])
def test_whoever_has_a_place_in_the_room_hears_what_has_happened_and_nothing_else(
    request, application, room, who
):
    client = request.getfixturevalue(who)

    async def follow():
        browser = Browser(address_of(room), client)
        async with connected(application, browser):
            await elsewhere(room.reveal)
            await browser.wait_for(2)
            await elsewhere(room.collect_again)
            await browser.wait_for(3)
        return browser

    browser = asyncio.run(follow())
    assert browser.status == 200
    assert browser.headers[b"content-type"] == b"text/event-stream"
    assert browser.headers[b"cache-control"] == b"no-store"
    assert browser.headers[b"x-accel-buffering"] == b"no"
    retry, _, events = browser.text.partition("\n\n")
    assert 1_000 <= int(retry.removeprefix("retry: ")) <= 5_000
    assert events == (CHANGED + REVEALED + CHANGED).decode()


def test_who_has_no_place_learns_not_even_that_the_room_is_there(application, room, colleague_client):
    no_place = ask(application, address_of(room), colleague_client)
    no_room = ask(application, f"/haendelser/{uuid4()}/", colleague_client)
    nobody = ask(application, address_of(room))
    no_key = ask(application, "/haendelser/rummet/")
    assert [one.status for one in [no_place, no_room, nobody, no_key]] == [404] * 4
    assert no_place.messages == no_room.messages


def test_only_get_and_only_our_own_host_are_answered(application, room, staff_client):
    assert ask(application, address_of(room), staff_client, method="POST").status == 405
    assert ask(application, address_of(room), staff_client, host="evil.example").status == 400


def test_streams_hold_no_database_connection(application, room, staff, logged_in):
    clients = [logged_in(staff) for _ in range(8)]
    all_of_them = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"

    async def follow():
        async with connected(application, *(Browser(address_of(room), client) for client in clients)):
            return await elsewhere(query, all_of_them)

    # The test's own, the one that counts, and the one that listens.
    assert asyncio.run(follow()) == 3


def test_one_browser_cannot_take_all_places(application, room, staff_client, participant, monkeypatch):
    monkeypatch.setattr(streams, "PER_SESSION", 2)

    async def follow():
        first, second, third = (Browser(address_of(room), staff_client) for _ in range(3))
        async with connected(application, first, second):
            await application(third.scope, third.receive, third.send)
            async with connected(application, Browser(address_of(room), participant)):
                return third

    refused = asyncio.run(follow())
    assert (refused.status, refused.headers[b"retry-after"]) == (503, b"30")
    assert application.open == {}


def test_a_full_process_sends_newcomers_to_the_page(application, room, staff_client, participant):
    application.capacity = 1

    async def follow():
        newcomer = Browser(address_of(room), participant)
        async with connected(application, Browser(address_of(room), staff_client)):
            await application(newcomer.scope, newcomer.receive, newcomer.send)
        return newcomer.status

    assert asyncio.run(follow()) == 503


def test_a_stream_ends_after_its_time_so_that_permission_is_asked_again(
    application, room, staff_client, monkeypatch
):
    monkeypatch.setattr(streams, "LIFETIME", (SOON, SOON))
    browser = ask(application, address_of(room), staff_client)
    assert browser.messages[-1] == {"type": "http.response.body"}
    assert notifications.followers == {}


def test_a_process_that_is_to_stop_lets_go_of_everybody(application, room, staff_client):
    async def follow():
        browser = Browser(address_of(room), staff_client)
        task = asyncio.create_task(application(browser.scope, browser.receive, browser.send))
        await browser.wait_for(1)
        application.end()
        await asyncio.wait([task], timeout=5)
        return task.cancelled()

    assert asyncio.run(follow())
    assert notifications.followers == {}
    assert application.open == {}


def test_without_a_database_to_listen_to_a_newcomer_is_refused(application, room, staff_client, monkeypatch):
    async def never():
        await asyncio.Event().wait()

    monkeypatch.setattr(notifications, "connect", never)
    monkeypatch.setattr(notifications, "ANSWER_SECONDS", SOON)
    assert ask(application, address_of(room), staff_client).status == 503
