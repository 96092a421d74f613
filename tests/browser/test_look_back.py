"""A goal is looked at twice, three months apart: what became of the plan, and the old answers beside.

Three months go by in the database: the first look is moved back.
"""

import re

import psycopg
import pytest

from tests.browser.input_devices import Mouse
from tests.browser.inspection import NARROW, WIDE, keep, too_wide
from tests.browser.test_goal_journey import GOAL, PLAN, line_of, scale_of, walk
from tests.databases import on_the_server

THREE_MONTHS_BACK = [
    """UPDATE reflection_reflection SET created_at = created_at - interval '3 months',
    concluded_at = concluded_at - interval '3 months' WHERE key = %(key)s""",
    """UPDATE goals_review SET decided_at = decided_at - interval '3 months', look_back_on = current_date
    FROM reflection_reflection reflection
    WHERE reflection.id = reflection_id AND reflection.key = %(key)s""",
]


@pytest.fixture
def move_back(own_database):
    """A function: the look whose printout is shown was three months ago, and is due today."""

    def move(page):
        key = page.url.rstrip("/").split("/")[-2]
        with psycopg.connect(**on_the_server(own_database)) as database:
            assert [database.execute(sql, {"key": key}).rowcount for sql in THREE_MONTHS_BACK] == [1, 1]

    return move


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "320"])
def test_two_looks_three_months_apart(new_page, login, move_back, size):
    page = new_page(viewport=size)
    login(page)
    hand = Mouse(page)
    walk(page, hand)
    move_back(page)
    page.click(".kompas-breadcrumb a:text-is('Målet')")
    hand.press("Gå det igennem alene (15 min)")
    look_back(page, hand)
    see_old_answers(page, hand)
    decide_again(page, hand)
    assert page.seen.complaints == []


def look_back(page, hand):
    """The first page of the new look asks what became of the last plan, word for word."""
    page.wait_for_selector("h1:text-is('Hvad blev der af planen?')")
    asked = page.inner_text("main")
    assert [PLAN[name] in asked for name in ["change", "stop", "first_sign"]] == [True] * 3
    hand.choose("was_useful", "no")
    hand.write("change_became", "Vi nåede to samtaler.")
    hand.write("stop_became", "Rapporten er væk.")
    keep(page, "look-back")
    assert too_wide(page) == []
    hand.press("Fortsæt")


def see_old_answers(page, hand):
    for number in [1, 2]:
        page.wait_for_selector(f"text=Trin {number} af 8")
        then = page.inner_text(".kompas-then-now__then")
        assert f"{number} af 5" in then
        assert f"Svaret på trin {number}" in then
        assert page.input_value(f"[name='{line_of(page)}']") == ""
        hand.choose(scale_of(page), "5")
        hand.write(line_of(page), f"Tre måneder senere, trin {number}.")
        page.wait_for_selector("#save-status:has-text('Gemt')")
        keep(page, f"step-{number}")
        assert too_wide(page) == []
        hand.press("Fortsæt")


def decide_again(page, hand):
    """Through what stands behind, to the history of the goal."""
    page.wait_for_selector("text=Trin 3 af 8")
    page.goto(re.sub(r"/rum/([\w-]+)/trin/3/", r"/maalkompasset/refleksion/\1/grundlag/", page.url))
    page.check("[name=voices]")
    hand.write("voices_line", "Seks brugere på Bispehaven")
    hand.write("pays", "Plejen")
    hand.write("benefits", "De pårørende")
    hand.press("Gem, og vis billederne")
    page.wait_for_selector("text=Bag står: borgerens stemme.")
    assert "er ikke nævnt blandt dem, der har glæde af målet" in page.inner_text(".kompas-carriers")
    keep(page, "evidence")
    assert too_wide(page) == []
    page.click(".kompas-breadcrumb a:text-is('Målet')")
    page.wait_for_selector("h1:text-is('Målet')")
    history = page.inner_text("main")
    for words in ["Vi nåede to samtaler.", "Rapporten er væk.", "i gang", GOAL["wording"]]:
        assert words in history
    keep(page, "goal")
    assert too_wide(page) == []
