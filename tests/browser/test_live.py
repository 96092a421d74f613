"""A room in a real browser: what one person does reaches the others' screens by itself."""

import psycopg
import pytest

from tests.databases import on_the_server
from tests.routes import LED

JOIN = (
    "INSERT INTO reflection_participant (reflection_id, name, is_facilitator, is_respondent, is_done,"
    " is_paper, is_pretend, is_put_out, is_archived, language, vote, nonce)"
    " VALUES (%s, %s, false, true, false, false, false, false, false, 'da', '', %s)"
)


@pytest.fixture
def at_the_room(server, browser_page, login):
    """The facilitator's screen, following the room."""
    login(browser_page)
    with browser_page.expect_response(lambda response: "/haendelser/" in response.url) as stream:
        browser_page.goto(server.addresses["reflection:lead"]["da"])
    assert stream.value.status == 200
    return browser_page


@pytest.fixture
def arrive(own_database):
    """A function: somebody joins the room, and everybody is told."""

    def join(name):
        with psycopg.connect(**on_the_server(own_database)) as database:
            key, room = database.execute(
                "SELECT key, id FROM reflection_reflection WHERE title = %s", [LED]
            ).fetchone()
            database.execute(JOIN, [room, name, name])
            database.execute("SELECT pg_notify('reflection', %s)", [str(key)])

    return join


def test_who_arrives_appears_on_the_screen_and_the_page_asks_no_more_than_it_must(at_the_room, arrive):
    at_the_room.wait_for_load_state("load")
    before = None
    while before != len(at_the_room.seen.requests):  # it has caught up
        before = len(at_the_room.seen.requests)
        at_the_room.wait_for_timeout(500)
    at_the_room.seen.requests.clear()
    arrive("Bo Bogbind")
    at_the_room.locator("#state", has_text="Bo Bogbind").wait_for()
    at_the_room.wait_for_timeout(500)
    assert len(at_the_room.seen.requests) == 1  # the part, once; the stream stays open
    assert at_the_room.locator("#state").count() == 1
    assert at_the_room.seen.complaints == []


def test_after_a_power_cut_the_screen_catches_up_by_itself(server, at_the_room, arrive):
    server.kill()
    arrive("Eva Efterslæb")
    server.start()
    at_the_room.locator("#state", has_text="Eva Efterslæb").wait_for(timeout=15_000)


def test_the_server_stops_at_once_though_somebody_follows(server, at_the_room):
    server.stop()
    assert server.process.returncode == 0
    server.start()
