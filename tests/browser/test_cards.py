"""Cards: the whole card leads to what it is about, and whatever else stands in it can be clicked too.

`tests/browser/test_every_page.py` looks at one address of every route; here is every page that holds the
cards of somebody who has goals, rooms and agreements in all states.
"""

import pytest

from tests.browser.inspection import PHONE, WIDE, covered, too_wide

LISTS = [
    "reflection:home", "reflection:rooms", "reflection:agreements", "goals:mine", "collaboration:mine",
    "collaboration:collaboration", "compass:front", "compass:dilemmas", "compass:stories", "compass:paths",
]  # fmt: skip
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "375"])

# The words of all one may click in the cards of a page.
IN_CARDS = (
    "[...document.querySelectorAll('.kompas-card :is(a[href], button)')].map(e => e.textContent.trim())"
)


@pytest.fixture
def staff_page(new_page, login):
    page = new_page()
    login(page)
    return page


def goals_of(page, server) -> list[str]:
    """Every goal there is, current and in the archive."""
    page.goto(server.address("goals:mine"))
    return page.eval_on_selector_all("main .kompas-card__title a", "links => links.map(link => link.href)")


@SIZES
def test_everything_in_every_card_can_be_clicked(staff_page, server, size):
    staff_page.set_viewport_size(size)
    in_cards, problems = set(), []
    for address in [*map(server.address, LISTS), *goals_of(staff_page, server)]:
        staff_page.goto(address)
        in_cards |= {text.split(":")[0] for text in staff_page.evaluate(IN_CARDS)}
        problems += [f"{address}: {one}" for one in [*covered(staff_page), *too_wide(staff_page)]]
    assert problems == []
    assert {"Skriv farvellet ned", "Ret farvellet", "Læg i arkiv"} <= in_cards


@SIZES
def test_the_link_in_a_card_leads_where_it_says_and_the_card_itself_to_its_title(staff_page, server, size):
    staff_page.set_viewport_size(size)
    for address in goals_of(staff_page, server):
        staff_page.goto(address)
        if staff_page.get_by_role("link", name="Skriv farvellet ned").count():
            break
    card = staff_page.locator(".kompas-card", has_text="Skriv farvellet ned")
    title = card.locator(".kompas-card__title a").get_attribute("href")
    card.get_by_role("link", name="Skriv farvellet ned").click()
    staff_page.wait_for_selector("h1:text-is('Skriv farvellet ned')")
    staff_page.go_back()
    card.click(position={"x": 8, "y": 8})
    staff_page.wait_for_url(lambda url: url != address)
    assert staff_page.url.rstrip("/").split("/")[-2] in title
