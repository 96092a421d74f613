"""Pages that follow a room: nothing is pulled away, tabs share a stream, and what has changed is said."""

import re

import psycopg
import pytest

from tests.browser.input_devices import hide, press
from tests.browser.inspection import PHONE
from tests.browser.test_live import JOIN
from tests.browser.test_room import come_in, open_room
from tests.browser.test_wall import sees_only, shown_slides
from tests.databases import on_the_server
from tests.routes import COMPARED, LED, REVEALED

UPDATES = 10


@pytest.fixture
def room(own_database):
    """A function: change the first room of a title as somebody else would, and announce it."""

    def change(title, statement, *values, kind=""):
        with psycopg.connect(**on_the_server(own_database)) as database:
            key, pk = database.execute(
                "SELECT key, id FROM reflection_reflection WHERE title = %s", [title]
            ).fetchone()
            if statement:
                database.execute(statement, [pk, *values])
            database.execute("SELECT pg_notify('reflection', %s)", [f"{key}{kind}"])

    return change


REST = (
    "UPDATE reflection_reflection room SET timer_left = given.seconds"
    " FROM (VALUES (%s, %s)) given(id, seconds) WHERE room.id = given.id"
)


def visit(page, server, route):
    page.goto(server.addresses[route]["da"])
    page.wait_for_timeout(1_500)  # it has caught up
    return page


@pytest.fixture
def leader(browser_page, login, server):
    login(browser_page)
    return visit(browser_page, server, "reflection:lead")


# --- Nothing is pulled away ------------------------------------------------------------------------


def test_on_the_leaders_page_focus_open_parts_scroll_and_typed_words_stay(leader, room):
    room(LED, JOIN, "Mads Midt", "mads-midt")
    leader.locator("#state li", has_text="Mads Midt").wait_for(state="attached")
    leader.evaluate(
        """() => { window.mads = [...document.querySelectorAll('#state li')]
            .find(one => one.textContent.includes('Mads Midt')) }"""
    )
    leader.locator("details").first.evaluate("one => { one.open = true }")
    leader.fill("[name=minutes]", "17")
    leader.evaluate("scrollTo(0, 300)")
    for number in range(UPDATES):
        room(LED, JOIN, f"{'AZ'[number % 2]}bel {number}", f"abel-{number}")
        leader.locator("#state li", has_text=f"bel {number}").wait_for(state="attached")
        assert leader.evaluate("document.activeElement.name") == "minutes"
        assert leader.evaluate("mads.isConnected && mads.textContent.includes('Mads Midt')")
    assert leader.evaluate("scrollY") >= 300
    assert leader.locator("details").first.evaluate("one => one.open")
    assert leader.input_value("[name=minutes]") == "17"
    assert leader.seen.complaints == []


@pytest.mark.parametrize(
    ("route", "title", "part"),
    [("collaboration:result", COMPARED, "#result"), ("reflection:board", REVEALED, "#board")],
)
def test_on_the_board_open_parts_scroll_and_focus_stay(browser_page, login, server, room, route, title, part):
    login(browser_page)
    page = visit(browser_page, server, route)
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    opened = page.locator("main details[open]").count()
    focus = page.locator(f"{part} summary, {part} a").first
    focus.focus()
    page.evaluate("scrollTo(0, 500)")
    parts = page.locator(f"{part} > *").count()
    for number in range(UPDATES):
        with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == part[1:]):
            room(title, REST, 60 + number)
        page.locator(".kompas-timer", has_text=f"1:{number:02}").wait_for()
    assert page.locator(f"{part} > *").count() in {parts, parts + 1}
    assert page.locator("main details[open]").count() == opened
    assert focus.evaluate("one => one === document.activeElement")
    assert page.evaluate("scrollY") >= 500
    assert page.seen.complaints == []


# --- Many tabs -------------------------------------------------------------------------------------


def test_seven_tabs_of_a_room_work_and_share_one_stream(leader, server, room):
    streams = []
    tabs = [leader, *[leader.context.new_page() for _ in range(6)]]
    for tab in tabs:
        tab.on("request", lambda request: "/haendelser/" in request.url and streams.append(request.url))
        tab.goto(server.addresses["reflection:lead"]["da"], timeout=10_000)
    for tab in tabs:
        tab.wait_for_timeout(200)
    room(LED, JOIN, "Syv Skærme", "syv")
    for tab in tabs:
        tab.locator("#state li", has_text="Syv Skærme").wait_for(state="attached")
    assert len(streams) == 1
    eighth = leader.context.new_page()
    assert eighth.goto("/", timeout=10_000).status == 200
    tabs[0].close()  # another takes the stream over
    room(LED, JOIN, "Otte Skærme", "otte")
    tabs[6].locator("#state li", has_text="Otte Skærme").wait_for(state="attached")


def test_a_hidden_tab_follows_nothing_and_catches_up_when_it_is_shown(leader, room):
    hide(leader)
    asked = len(leader.seen.requests)
    room(LED, JOIN, "Gemt Gæst", "gemt")
    leader.wait_for_timeout(1_500)
    assert leader.seen.requests[asked:] == []
    hide(leader, False)
    leader.locator("#state li", has_text="Gemt Gæst").wait_for(state="attached")


# --- What is said ----------------------------------------------------------------------------------

HEAR = """() => {
    window.heard = []
    new MutationObserver(() => {
        const words = [...document.querySelectorAll('[role=status]')].map(one => one.textContent.trim())
        window.heard.push(words.filter(Boolean).join(' '))
    }).observe(document.querySelector('[data-live-status]'), {childList: true, subtree: true})
}"""


def test_what_changed_is_said_once_and_nothing_else(leader, room):
    leader.evaluate(HEAR)
    before = int(re.search(r"(\d+) er med", leader.inner_text("#state"))[1])
    room(LED, "")  # nothing is other than before
    leader.wait_for_timeout(1_000)
    assert leader.evaluate("heard") == []
    room(LED, JOIN, "Hørt Her", "hoert")
    leader.locator("#state", has_text=f"{before + 1} er med").wait_for()
    [said] = leader.evaluate("heard")
    assert re.fullmatch(rf"\d+ er færdige?\. {before + 1} er med\.", said)


# --- The clock, while one writes -------------------------------------------------------------------


def at_the_first_step(page, code):
    come_in(page, code)
    press(page, "Begynd")
    page.wait_for_url(re.compile("/trin/1/"))
    page.wait_for_timeout(1_500)
    return page


def test_the_clock_comes_rests_and_goes_by_itself_while_one_writes(new_page, login):
    leader = new_page()
    login(leader)
    phone = at_the_first_step(new_page(viewport=PHONE), open_room(leader))
    phone.locator("textarea").first.fill("Midt i en sætning")
    leader.fill("[name=minutes]", "2")
    press(leader, "Start")
    phone.locator("[data-timer-left]", has_text=re.compile(r"^[12]:\d\d$")).wait_for()
    press(leader, "Pause")
    phone.locator(".kompas-timer", has_text="sat på pause").wait_for()
    press(leader, "Stop uret")
    phone.locator(".kompas-timer").wait_for(state="detached")
    assert "Uret er stoppet." in phone.inner_text("[data-live-status]")
    assert phone.locator("textarea").first.input_value() == "Midt i en sætning"


def test_a_phone_whose_clock_is_wrong_shows_the_time_of_the_room(new_page, login):
    leader = new_page()
    login(leader)
    code = open_room(leader)
    phone = new_page(viewport=PHONE)
    phone.add_init_script("const now = Date.now; Date.now = () => now() + 5 * 60 * 1000")
    at_the_first_step(phone, code)
    leader.fill("[name=minutes]", "2")
    press(leader, "Start")
    phone.locator("[data-timer-left]", has_text=re.compile(r"^(2:00|1:[345]\d)$")).wait_for()


def test_who_is_writing_at_the_reveal_is_told_and_finds_the_board(new_page, login):
    leader = new_page()
    login(leader)
    code = open_room(leader)
    phone, quick = [at_the_first_step(new_page(viewport=PHONE), code) for _ in range(2)]
    quick.goto(quick.url.replace("/trin/1/", "/mine-svar/"))
    press(quick, "Jeg er færdig")
    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis svarene alligevel")
    phone.locator("#answering .kompas-notice", has_text="Svarene er vist.").wait_for()
    assert "Svarene er vist." in phone.inner_text("[data-live-status]")
    phone.locator("textarea").first.fill("For sent")
    link = phone.locator("#save-status a", has_text="Se det samlede")
    link.wait_for()
    phone.once("dialog", lambda dialog: dialog.accept())
    link.click()
    phone.wait_for_url(re.compile("/tavle/"))


# --- The step, while something else is on its way ------------------------------------------------------


def test_an_answer_that_comes_late_does_not_take_the_phone_back(new_page, login):
    leader = new_page()
    login(leader)
    phone = at_the_first_step(new_page(viewport=PHONE), open_room(leader))
    phone.locator("label:has([name^=prompt-][value='2'])").first.click()
    phone.goto(phone.url.replace("/trin/1/", "/mine-svar/"))
    press(phone, "Jeg er færdig")
    leader.reload()
    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis svarene samlet")
    phone.wait_for_url(re.compile("/tavle/"))
    phone.wait_for_timeout(1_500)
    press(leader, "Tal om det første, alle sammen")
    sees_only(phone, 1)
    held = []
    phone.route(re.compile("/tavle/$"), lambda route: held.append((route, route.fetch())))
    press(leader, "Start 2 minutter")
    while not held:
        phone.wait_for_timeout(50)
    press(leader, "Næste →")
    sees_only(phone, 2)
    route, answer = held[0]
    route.fulfill(response=answer)
    phone.locator(".kompas-timer").wait_for()
    assert shown_slides(phone) == ["2"]
    phone.unroute_all(
        behavior="ignoreErrors"
    )  # what is being fetched when the tab closes is no fault of the next
