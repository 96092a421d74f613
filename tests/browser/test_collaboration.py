"""A round of Samarbejdskompasset in real browsers: wide and narrow, by keyboard, and without JavaScript."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 700}
PICTURES = Path("test-results")
PRINCIPLES = 7


@pytest.fixture(autouse=True, scope="module")
def folder():
    PICTURES.mkdir(exist_ok=True)


def look(page, name):
    """At 1280 and at 320 pixels: no fault that axe finds, nothing wider than the screen; and a picture."""
    before = page.viewport_size
    for size in [WIDE, NARROW]:
        page.set_viewport_size(size)
        found = Axe().run(page).response["violations"]
        assert [(fault["id"], [node["html"] for node in fault["nodes"]][:2]) for fault in found] == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        page.screenshot(path=PICTURES / f"collaboration-{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(before)


def press(page, words):
    page.click(f"main :is(button, a):text-is('{words}')")


def open_round(page) -> str:
    """A collaboration between «Naboerne» and «Skolen», and a round in the open form; returns the code."""
    page.goto("/samarbejdskompasset/")
    look(page, "about")
    press(page, "Kom i gang")
    page.fill("[name=title]", "Skolegården i weekenden")
    page.fill("[name=about]", "En gård, der er åben for alle.")
    for number, (title, kind) in enumerate([("Naboerne", "citizens"), ("Skolen", "department")], start=1):
        page.fill(f"[name=partner_{number}]", title)
        page.select_option(f"[name=kind_{number}]", kind)
    look(page, "register")
    press(page, "Gem samarbejdet")
    press(page, "Åbn en runde")
    page.check("[name=mode][value=open]")
    page.check("[name=agreed]")
    look(page, "open")
    press(page, "Åbn rummet")
    page.wait_for_selector("h1:text-is('Led rummet')")
    return page.inner_text(".kompas-code--large")


def come_in(page, code, party, name):
    page.goto("/deltag/")
    page.fill("[name=code]", code)
    press(page, "Find rummet")
    page.check(f"label:has-text('{party}') [name=party]")
    page.fill("[name=name]", name)
    page.check("[name=agrees]")
    press(page, "Gå ind")
    page.wait_for_url(re.compile("/velkommen/"))


def answer_alone(page, number):
    page.click("label:has([name=safety][value='4'])")
    press(page, "Begynd")
    for step in range(1, PRINCIPLES + 1):
        page.wait_for_url(re.compile(f"/trin/{step}/"))
        page.click(f"label:has([name^=prompt-][value='{number}'])")
        press(page, "Fortsæt")
    page.wait_for_selector("h1:has-text('Sæt dig i deres sted')")


class Mouse:
    def __init__(self, page):
        self.page = page

    def choose(self, name, value):
        self.page.click(f"label:has([name='{name}'][value='{value}'])")

    def press(self, words):
        press(self.page, words)


class Keyboard:
    """Tab, arrows, Space and Enter; nothing is ever clicked."""

    def __init__(self, page):
        self.page = page

    def tab_to(self, css, words=None):
        for _step in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(
                "([css, words]) => document.activeElement.matches(css) &&"
                " (!words || document.activeElement.textContent.trim() === words)",
                [css, words],
            ):
                return
        raise AssertionError(f"no way to {css} {words or ''} by keyboard")

    def choose(self, name, value):
        self.tab_to(f"[name='{name}']")
        self.page.keyboard.press("Space")
        while self.page.evaluate("document.activeElement.value") != value:
            self.page.keyboard.press("ArrowDown")

    def press(self, words):
        self.tab_to("main :is(button, a)", words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def guess(page, hand, number, sureness):
    names = page.locator("main form input[type=radio]").evaluate_all(
        "all => [...new Set(all.map(x => x.name))]"
    )
    assert len(names) == 2 * PRINCIPLES
    for name in names:
        hand.choose(name, sureness if name.endswith("-sure") else number)
    hand.press("Fortsæt")
    page.wait_for_selector("h1:text-is('Dine svar')")
    hand.press("Jeg er færdig")
    page.wait_for_selector("h1:text-is('Vent på de andre')")


def test_two_parties_guess_see_ask_and_agree(new_page, login, server):
    leader = new_page(viewport=WIDE)
    login(leader)
    code = open_round(leader)
    neighbour = new_page(viewport=NARROW)
    school = new_page(viewport=NARROW, java_script_enabled=False)
    come_in(neighbour, code, "Naboerne", "Alma")
    come_in(school, code, "Skolen", "Bo")
    answer_alone(neighbour, 2)
    answer_alone(school, 4)
    look(neighbour, "guess")
    guess(neighbour, Keyboard(neighbour), "5", "4")
    guess(school, Mouse(school), "4", "3")

    leader.reload()
    look(leader, "lead")
    press(leader, "Vis svarene samlet")
    leader.wait_for_selector("h1:text-is('Gæt og svar')")
    neighbour.wait_for_url(re.compile("/samarbejdskompasset/runde/"))  # by itself, from where it waited
    press(school, "Opdatér")
    for page in [leader, neighbour, school]:
        seen = page.inner_text("main")
        assert "Gættet var 4 i snit, svaret 2. Forskellen er 2." in seen
        assert "De har det sværere, end I troede" in seen
        assert page.locator("svg.kompas-marks").count() == 2 * PRINCIPLES
    neighbour.locator("summary").first.click()
    look(neighbour, "result")

    press(leader, "Gå videre til samtalen")
    press(leader, "Start to minutter")
    neighbour.wait_for_selector(".kompas-timer")
    leader.fill("[name=known]", "Naboerne mangler et sted at ringe hen.")
    look(leader, "ask")
    press(leader, "Næste princip")
    leader.wait_for_url(re.compile("/spoerg/2/"))
    press(leader, "Videre til aftalen")
    leader.fill("[name=what]", "Vi sætter et nummer på lågen.")
    leader.fill("[name=who]", "Bo")
    leader.click("label:has([name=party]):has-text('Skolen')")
    leader.fill("[name=due]", "2027-01-01")
    leader.fill("[name=look_back_on]", "2027-03-03")
    look(leader, "agree")
    press(leader, "Afslut runden, og vis referatet")
    leader.wait_for_selector("h1:text-is('Referat')")
    look(leader, "minutes")
    school.reload()
    press(school, "Referat")
    assert "Vi sætter et nummer på lågen." in school.inner_text("main")
    assert "Naboerne mangler et sted at ringe hen." in school.inner_text("main")
    assert "ringe hen" not in server.log
    for page in [leader, neighbour, school]:
        assert [line for line in page.seen.complaints if "beforeunload" not in line] == []


def test_the_picture_can_be_read_in_grey_and_without_colours(new_page, login, server):
    page = new_page(viewport=WIDE, forced_colors="active")
    login(page)
    page.goto(server.address("collaboration:result"))
    looks = page.evaluate(
        """() => ['own', 'guess', 'answer'].map(name => {
            const mark = document.querySelector(`.kompas-marks__${name}`), style = getComputedStyle(mark)
            const isSeen = style.fill !== 'none' || style.stroke !== 'none'
            return [mark.getAttribute('d') || 'circle', isSeen]
        })"""
    )
    assert len({shape for shape, _is_seen in looks}) == 3
    assert all(is_seen for _shape, is_seen in looks)
    page.emulate_media(forced_colors="none")
    look(page, "marks")
