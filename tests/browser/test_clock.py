"""The room's clock and its phases on everybody's screen: nobody touches anything but who leads."""

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from tests.browser.input_devices import press
from tests.browser.inspection import PHONE
from tests.browser.test_room import come_in, main_button, open_room
from tests.databases import on_the_server

POLL = 30_000  # milliseconds: components/live_attributes.html


@pytest.fixture
def set_in_the_room(own_database):
    """A function: change columns of the room at an address, as time or somebody else would."""

    def change(address, **columns):
        names = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns)
        update = sql.SQL("UPDATE reflection_reflection SET {} WHERE key = %s").format(names)
        with psycopg.connect(**on_the_server(own_database)) as database:
            database.execute(update, [*columns.values(), re.search(r"/rum/([\w-]+)/", address)[1]])

    return change


@pytest.fixture
def leader(new_page, login):
    page = new_page()
    login(page)
    return page


@pytest.fixture
def code(leader):
    return open_room(leader)


@pytest.fixture
def wait_in_the_room(new_page, code):
    """A function: somebody is done and waits; `is_alone` never hears an event, and asks by the clock."""

    def wait(*, language="", is_alone=False):
        page = new_page(viewport=PHONE)
        page.clock.install()
        if is_alone:
            page.route("**/haendelser/**", lambda route: route.abort())
        come_in(page, code, language=language)
        page.goto(page.url.replace("/velkommen/", "/mine-svar/"))
        with page.expect_event("request", lambda request: "/haendelser/" in request.url):
            main_button(page)
        page.wait_for_url(re.compile("/venter/"))
        if is_alone:  # its half minutes are over when the test says so
            page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))
        return page

    return wait


def seconds_left(page) -> int:
    minutes, seconds = (
        page.locator("[data-timer-left]", has_text=re.compile(r"^\d+:\d\d$")).inner_text().split(":")
    )
    return int(minutes) * 60 + int(seconds)


def test_the_clock_counts_down_for_all_and_rests_for_all(leader, wait_in_the_room):
    phones = [wait_in_the_room(), wait_in_the_room(language="/en")]
    leader.fill("[name=minutes]", "2")
    press(leader, "Start")
    for page in [leader, *phones]:
        assert 60 < seconds_left(page) <= 120
    for phone in phones:
        before, begun = seconds_left(phone), phone.evaluate("Date.now()")
        phone.clock.run_for(10_000)
        left, passed = seconds_left(phone), phone.evaluate("Date.now()") - begun
        assert before - passed / 1000 - 1 <= left <= before - 9
    press(leader, "Pause")
    phones[0].locator(".kompas-timer", has_text="sat på pause").wait_for()
    phones[1].locator(".kompas-timer", has_text="paused").wait_for()
    rested = phones[0].inner_text(".kompas-timer")
    phones[0].clock.run_for(5_000)
    assert phones[0].inner_text(".kompas-timer") == rested == leader.inner_text(".kompas-timer")
    press(leader, "Fortsæt uret")
    for page in [leader, *phones]:
        assert 60 < seconds_left(page) <= 120
    press(leader, "Stop uret")
    for phone in phones:
        phone.locator(".kompas-timer").wait_for(state="detached")
        assert phone.seen.complaints == []


def test_at_the_set_time_everybody_sees_the_board_and_nobody_has_touched_anything(
    leader, wait_in_the_room, set_in_the_room
):
    """The first page that asks by its clock makes it happen; all others are told."""
    phones = [wait_in_the_room(), wait_in_the_room(), wait_in_the_room(language="/en")]
    set_in_the_room(phones[0].url, reveal_at=datetime.now(UTC) + timedelta(days=1))
    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis dem på det aftalte tidspunkt")
    set_in_the_room(phones[0].url, reveal_at=datetime.now(UTC))
    assert [page.url.endswith("/venter/") for page in phones] == [True] * 3
    phones[0].clock.run_for(POLL)
    for page in phones:
        page.wait_for_url("**/tavle/")
        assert page.locator("#board").count() == 1
        assert page.seen.complaints == []
    assert [("/en/rum/" in page.url) for page in phones] == [False, False, True]
    leader.locator("#state", has_text="3 er færdige. 3 er med.").wait_for()


@pytest.mark.parametrize(
    ("is_concluded", "page", "heading"),
    [(False, "tavle", "Svarene samlet"), (True, "aftalt", "Det blev I enige om")],
)
def test_who_hears_no_event_is_sent_on_by_the_part_that_is_fetched(
    leader, wait_in_the_room, set_in_the_room, is_concluded, page, heading
):
    """To the board, or to the last screen where the room has ended meanwhile."""
    phone = wait_in_the_room(is_alone=True)
    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis svarene samlet")
    leader.wait_for_selector("h1:text-is('Svarene samlet')")
    if is_concluded:
        set_in_the_room(phone.url, phase="concluded", concluded_at=datetime.now(UTC))
    assert phone.url.endswith("/venter/")
    with phone.expect_response(lambda response: response.url.endswith("/venter/")) as part:
        phone.clock.run_for(POLL)
    assert part.value.status == 200
    assert part.value.header_value("hx-redirect").endswith(f"/{page}/")
    phone.wait_for_url(f"**/{page}/")
    assert phone.locator("h1").inner_text() == heading


def test_when_the_room_goes_back_the_board_leads_everybody_to_where_they_wait(leader, wait_in_the_room):
    phones = [wait_in_the_room(), wait_in_the_room(is_alone=True)]
    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis svarene samlet")
    phones[0].wait_for_url("**/tavle/")
    phones[1].clock.run_for(POLL)
    phones[1].wait_for_url("**/tavle/")
    leader.goto(re.sub("/tavle/", "/led/", leader.url))
    press(leader, "Tilbage: lad dem svare igen")
    phones[0].wait_for_url("**/venter/")
    phones[1].clock.run_for(POLL)
    phones[1].wait_for_url("**/venter/")
