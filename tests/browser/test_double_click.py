"""Two clicks in a real browser while the database is slow: the browser forgets the answer to the first."""

import re
from contextlib import contextmanager

import psycopg
import pytest

from tests import databases
from tests.browser.inspection import PHONE
from tests.browser.test_room import open_room


@pytest.fixture
def slow(server):
    """A function: while its block runs, nothing is written to the table, as on a busy day."""

    @contextmanager
    def hold(table):
        with psycopg.connect(**databases.on_the_server(server.database)) as database:
            database.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield

    return hold


@pytest.fixture
def count(server):
    """A function: what a question about how many there are is answered with."""

    def ask(question) -> int:
        with psycopg.connect(**databases.on_the_server(server.database)) as database:
            return database.execute(question).fetchone()[0]

    return ask


GOALS = "SELECT count(*) FROM goals_goal"
PEOPLE = "SELECT count(*) FROM reflection_participant"
ON_PAPER = "SELECT count(*) FROM reflection_participant WHERE is_paper"


def click_twice(page, label, slow, table):
    """The second click comes while the first is under way."""
    button = page.get_by_role("button", name=label, exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    with slow(table):
        for _click in range(2):  # by place: the page is on its way elsewhere already
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(300)


def test_a_goal_is_made_once(browser_page, login, slow, count):
    login(browser_page)
    before = count(GOALS)
    browser_page.goto("/maalkompasset/nyt/")
    browser_page.fill("[name=wording]", "Dette mål er trykket to gange.")
    browser_page.check("[name=concerns][value=citizens]")
    click_twice(browser_page, "Gem målet", slow, "goals_goal")
    browser_page.wait_for_url(re.compile("/maalkompasset/maal/"))
    assert "Dette mål er trykket to gange." in browser_page.inner_text("main")
    assert count(GOALS) == before + 1


def test_a_phone_comes_in_once_and_is_in(new_page, login, slow, count):
    leader, phone = new_page(), new_page(viewport=PHONE)
    login(leader)
    phone.goto("/deltag/")
    phone.fill("[name=code]", open_room(leader))
    phone.keyboard.press("Enter")
    phone.wait_for_selector("h1:text-is('Gå ind i rummet')")
    before = count(PEOPLE)
    click_twice(phone, "Gå ind", slow, "reflection_participant")
    phone.wait_for_selector("h1:text-is('Velkommen i rummet')")
    assert count(PEOPLE) == before + 1
    assert phone.seen.complaints == []


def test_an_answer_on_paper_is_one_person(browser_page, login, slow, count):
    login(browser_page)
    open_room(browser_page)
    browser_page.goto(f"{browser_page.url}papir/")
    browser_page.locator("label:has([name^=prompt-][value='4'])").first.click()
    before = count(ON_PAPER)
    click_twice(browser_page, "Gem papirsvaret", slow, "reflection_participant")
    browser_page.wait_for_selector("h1:text-is('Saml svar')")
    assert "Papirsvaret er gemt" in browser_page.inner_text("body")
    assert count(ON_PAPER) == before + 1
