"""A whole room with five browsers: who answers alone, what all see together, and who takes over."""

import re

import pytest

from tests.browser.input_devices import press
from tests.browser.inspection import NARROW, PHONE, WIDE, look

SECRET = "Det har ingen sagt højt"


def open_room(page) -> str:
    """A goal of one's own, and a room to look at it; returns the code on the screen."""
    page.goto("/maalkompasset/nyt/")
    page.fill("[name=wording]", "Vi skal svare inden fem dage.")
    page.check("[name=concerns][value=citizens]")
    press(page, "Gem målet")
    press(page, "Gå det igennem som gruppe (75 min)")
    look(page, "room-open")
    page.check("[name=way_in][value=shared]")
    press(page, "Åbn rummet")
    page.wait_for_selector("h1:text-is('Saml svar')")
    look(page, "room-lead")
    return page.inner_text(".kompas-code--large")


def main_button(page):
    """The page's first button, whatever its language calls it."""
    page.locator(
        "main form button.kompas-button:not(.kompas-button--secondary):not(.kompas-button--quiet)"
    ).first.click()


def come_in(page, code, *, name="", language=""):
    page.goto(f"{language}/deltag/")
    page.fill("[name=code]", code.lower())
    main_button(page)
    page.wait_for_url(re.compile(r"/deltag/[\w-]{20,}/"))
    page.fill("[name=name]", name)
    main_button(page)
    page.wait_for_url(re.compile("/velkommen/"))


def answer_alone(page, number, words):
    page.click(f"label:has([name=safety][value='{number}'])")
    main_button(page)
    for step in range(1, 9):
        page.wait_for_url(re.compile(f"/trin/{step}/"))
        page.locator(f"label:has([name^=prompt-][value='{number}'])").click()
        page.fill("textarea[name^=prompt-]", f"{words} {step}")
        page.click("main button[name=go][value=next]")
    page.wait_for_url(re.compile("/mine-svar/"))
    main_button(page)
    page.wait_for_url(re.compile("/venter/"))


@pytest.mark.long
def test_five_people_in_one_room(new_page, login, server):
    leader = new_page(viewport=WIDE)
    login(leader)
    code = open_room(leader)
    second_link = leader.inner_text("#lead-link")
    phones = [
        new_page(viewport=PHONE),
        new_page(viewport=PHONE, color_scheme="dark"),
        new_page(viewport=NARROW),
        new_page(java_script_enabled=False),
    ]
    languages = ["", "", "/en", ""]
    for phone, language, name in zip(phones, languages, ["Alma", "", "Bo", ""], strict=True):
        come_in(phone, code, name=name, language=language)
    look(phones[0], "room-welcome")
    look(phones[2], "room-welcome-english")
    for number, (phone, language) in enumerate(zip(phones, languages, strict=True), start=1):
        assert f"{language}/rum/" in phone.url
        answer_alone(phone, number, f"{SECRET} {number}")
    look(phones[1], "room-waiting-dark")
    leader.reload()
    assert "4 er færdige. 4 er med." in leader.inner_text("main")
    assert SECRET not in leader.content()
    look(leader, "room-lead-answered")

    second = new_page(viewport=WIDE)
    second.goto(second_link)
    second.fill("[name=name]", "Sara")
    second.check("[name=spectator]")
    main_button(second)
    room = re.search(r"/rum/[\w-]+/", phones[0].url)[0]
    leader.context.close()
    second.goto(f"{room}led/")
    second.click("button:text-is('Start')")
    press(second, "Vis svarene samlet")
    press(second, "Det passer. Vis svarene samlet")
    second.wait_for_selector("h1:text-is('Svarene samlet')")
    look(second, "room-board")
    for phone, language in zip(phones, languages, strict=True):
        phone.goto(f"{language}{room}")
        assert phone.url.endswith("/tavle/")
        assert phone.inner_text("main").count(SECRET) == 4 * 8
    look(phones[1], "room-board-dark")
    look(phones[2], "room-board-english")
    for name, address in {"answers": "mine-svar/", "minutes": "referat/"}.items():
        phones[0].goto(f"{room}{address}")
        look(phones[0], f"room-{name}")
    for name in ["led/plakat/", "led/tal/1/"]:
        second.goto(f"{room}{name}")
        look(second, f"room-{name.split('/')[1]}")
    second.goto(f"{room}led/plakat/")
    assert len(re.findall(rb"/Type\s*/Page\b", second.pdf(format="A4"))) == 1
    assert SECRET not in server.log


def test_the_way_in_by_keyboard_alone(new_page, login):
    leader = new_page()
    login(leader)
    code = open_room(leader)
    page = new_page(viewport=PHONE)
    page.goto("/deltag/")
    tab_to(page, "[name=code]")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text-is('Gå ind i rummet')")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text-is('Velkommen i rummet')")
    tab_to(page, "[name=safety]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/trin/1/"))
    assert page.seen.complaints == []


def tab_to(page, css):
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", css):
            return
    raise AssertionError(f"no way to {css} by keyboard")
