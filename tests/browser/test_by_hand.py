"""What a person with a keyboard, a screen reader, wide letters or a phone meets, and no checker sees."""

import pytest

from tests.browser.input_devices import press
from tests.browser.inspection import NARROW, PHONE, WIDE

MOVED = """() => new Promise(done => {
    let moved = 0
    new PerformanceObserver(list => list.getEntries().forEach(one => { moved += one.value }))
        .observe({type: 'layout-shift', buffered: true})
    setTimeout(() => done(moved), 1000)
})"""
SPACED = "* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important }"


@pytest.mark.parametrize("route", ["compass:dilemma", "compass:chapter", "compass:audiobook"])
def test_nothing_moves_when_a_script_shows_what_it_adds(new_page, server, route):
    page = new_page(viewport=PHONE)
    page.goto(server.address(route), wait_until="load")
    assert page.evaluate(MOVED) < 0.05


def test_a_page_with_errors_opens_at_their_summary(browser_page):
    browser_page.goto("/deltag/")
    press(browser_page, "Find rummet")
    browser_page.wait_for_selector("#error-summary")
    assert browser_page.evaluate("document.activeElement.id") == "error-summary"
    assert browser_page.title().startswith("Fejl: ")


def test_the_open_menu_keeps_the_keyboard_and_gives_it_back(new_page):
    page = new_page(viewport=PHONE)
    page.goto("/")
    page.click("text=Menu")
    for _step in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('body, #menu *')")
    page.locator("#menu a").last.focus()  # and not in the browser's own buttons, where so many steps may end
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('[popovertarget=menu]')")
    assert page.is_visible("main h1")


def test_the_menu_stays_in_the_window_when_letters_stand_wide(new_page):
    page = new_page(viewport=NARROW, bypass_csp=True)
    page.goto("/")
    page.add_style_tag(content=SPACED)
    box = page.locator("button.kompas-header__menu").bounding_box()
    assert box["x"] + box["width"] <= NARROW["width"]


def test_each_number_of_a_scale_says_what_it_means(browser_page, login, server):
    login(browser_page)
    browser_page.goto(server.address("reflection:step"))
    words = ["1 Passer slet ikke", "2 Passer lidt", "3 Passer nogenlunde", "4 Passer godt", "5 Passer helt"]
    for name in [*words, "Ved ikke"]:
        assert browser_page.get_by_role("radio", name=name, exact=True).count() == 1
        assert browser_page.get_by_text(name.lstrip("12345 "), exact=True).first.is_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_what_lies_in_a_card_can_be_clicked(new_page, login, size):
    page = new_page(viewport=size)
    login(page)
    page.goto("/maalkompasset/mine/?q=Ti+m%C3%B8der")  # other tests have goals and rooms on the list, too
    page.click("text=Ti møder om måneden.")
    page.click("text=Skriv farvellet ned", no_wait_after=True)
    page.wait_for_url("**/farvel/")
    page.goto("/mine-rum/")
    room = page.locator(".kompas-card a").first.get_attribute("href")
    gone = "room => !document.querySelector(`.kompas-card a[href='${room}']`)"
    page.locator(".kompas-card button").first.click()
    page.wait_for_function(gone, arg=room)
    page.goto("/mine-rum/?arkiv=on")
    page.locator(f".kompas-card:has(a[href='{room}']) button").click()
    page.wait_for_url("**/mine-rum/")
    page.wait_for_selector(f".kompas-card a[href='{room}']")
