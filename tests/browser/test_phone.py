"""A participant with a phone: one question on each screen, few taps, and told at once when it is over.

`Phone` counts what a hand does and how many pages it sees.
"""

import re

import pytest

from tests.browser.input_devices import choose_day, press
from tests.browser.inspection import WIDE, look
from tests.browser.stopwatch import BY_EVENT
from tests.browser.test_room import open_room

SMALL = {"width": 375, "height": 700}
PRINCIPLES = 7
MOST_TAPS, MOST_SCREENS = 22, 10
# By the folds and not by checkVisibility(): before its first frame a page says that what is open is not seen.
LOWEST = """() => [...document.querySelectorAll('.kompas-scale')]
    .find(scale => !scale.closest('details:not([open])')).getBoundingClientRect().bottom"""
TOP = "() => scrollY"


class Phone:
    def __init__(self, page):
        self.page, self.taps, self.screens = page, 0, 0
        page.on("framenavigated", self._see)

    def _see(self, frame):
        self.screens += frame == self.page.main_frame

    def tap(self, css):
        self.taps += 1
        self.page.click(css)

    @property
    def lowest(self) -> float:
        """Where the scale that is asked for now ends, as one sees the page without touching it."""
        assert self.page.evaluate(TOP) == 0
        return self.page.evaluate(LOWEST)


def open_round(page) -> str:
    page.goto("/samarbejdskompasset/nyt/")
    page.fill("[name=title]", "Skolegården i weekenden")
    page.fill("[name=about]", "En gård, der er åben for alle.")
    for number, (title, kind) in enumerate(
        [("Teknik og Miljø", "department"), ("De frivillige i Ungdomsklubben", "association")], start=1
    ):
        page.fill(f"[name=partner_{number}]", title)
        page.check(f"[name=kind_{number}][value={kind}]")
    press(page, "Gem samarbejdet")
    press(page, "Åbn en runde")
    page.click("summary:has-text('Vejen ind')")
    page.check("[name=way_in][value=shared]")
    press(page, "Åbn rummet")
    return page.inner_text(".kompas-code--large")


def come_in(phone, code):
    phone.page.goto("/deltag/")
    phone.page.fill("[name=code]", code)
    phone.tap("text=Find rummet")
    phone.page.wait_for_url(re.compile(r"/deltag/[\w-]{20,}/"))
    phone.tap("label:has([name=party]) >> nth=0")
    phone.tap("label:has([name=safety][value='4'])")
    phone.tap("#join button")


@pytest.fixture
def leader(new_page, login):
    page = new_page(viewport=WIDE)
    login(page)
    return page


@pytest.fixture
def phone(new_page):
    return Phone(new_page(viewport=SMALL))


def test_a_round_takes_few_taps_and_each_scale_is_on_the_first_screen(leader, phone):
    come_in(phone, open_round(leader))
    page, positions = phone.page, []
    for step in range(1, PRINCIPLES + 1):
        page.wait_for_url(re.compile(f"/trin/{step}/"))
        own = phone.lowest
        phone.tap("[data-question] >> nth=0 >> label:has([value='3'])")
        page.wait_for_selector("[data-question]:not([open]) >> text=Dit eget svar")
        positions.append((own, phone.lowest))
        phone.tap("[data-question] >> nth=1 >> label:has([value='2'])")
    phone.tap("label:has([name=sureness][value='3'])")
    phone.tap("text=Jeg er færdig")
    page.wait_for_url(re.compile("/venter/"))
    assert phone.taps <= MOST_TAPS
    assert phone.screens <= MOST_SCREENS
    assert max(max(own, guess) for own, guess in positions) <= SMALL["height"]
    assert "Alle er færdige. Malik Medarbejder viser svarene om lidt." in page.inner_text("main")
    look(page, "phone-waiting")


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("kind", ["round", "room", "alone"])
def test_the_scale_is_on_the_first_screen_in_both_languages(leader, new_page, language, kind):
    phone = Phone(new_page(viewport=SMALL))
    if kind == "alone":
        leader.goto("/maalkompasset/nyt/")
        leader.fill(
            "[name=wording]", "Vi skal nå 95 procent af borgerne inden for fem hverdage, også om sommeren."
        )
        leader.check("[name=concerns][value=citizens]")
        press(leader, "Gem målet")
        press(leader, "Gå det igennem alene (15 min)")
        leader.wait_for_url(re.compile("/trin/1/"))
        phone.page.context.add_cookies(leader.context.cookies())
        first = leader.url
    else:
        code = open_round(leader) if kind == "round" else open_room(leader)
        phone.page.goto("/deltag/")
        phone.page.fill("[name=code]", code)
        press(phone.page, "Find rummet")
        if kind == "round":
            phone.page.click("label:has([name=party]) >> nth=0")
        phone.page.click("label:has([name=safety][value='4'])")
        press(phone.page, "Gå ind")
        phone.page.wait_for_url(re.compile("/trin/1/"))
        first = phone.page.url
    path = re.search(r"/rum/[\w-]+/trin/", first)[0]
    lowest = []
    for step in range(1, 8 + (kind != "round")):
        phone.page.goto(f"{language}{path}{step}/")
        lowest.append(phone.lowest)
        if kind == "round":
            phone.page.click("[data-question] >> nth=0 >> label:has([value='3'])")
            phone.page.wait_for_function("!document.querySelector('[data-question]').open")
            lowest.append(phone.lowest)
    assert max(lowest) <= SMALL["height"]
    look(phone.page, f"phone-{kind}{language.replace('/', '-')}", SMALL, {"width": 320, "height": 640}, WIDE)
    assert phone.page.locator(".kompas-breadcrumb, #menu").count() == 0


def test_whoever_still_writes_is_told_at_once_and_loses_nothing(leader, phone, new_page):
    code = open_round(leader)
    come_in(phone, code)
    page = phone.page
    page.wait_for_url(re.compile("/trin/1/"))
    page.click("summary:text-is('Et eksempel')")
    page.fill("textarea", "Vi ringede sammen i maj.")
    other = Phone(new_page(viewport=SMALL))
    come_in(other, code)
    other.page.wait_for_url(re.compile("/trin/1/"))
    other.page.click("label:has([name^=prompt-][value='2']) >> nth=0")
    other.page.goto(re.sub(r"trin/1/", "mine-svar/", other.page.url))
    press(other.page, "Jeg er færdig")
    leader.reload()
    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis svarene alligevel")
    page.wait_for_selector(".kompas-over >> text=Svarene er vist.", timeout=BY_EVENT)
    box = page.locator(".kompas-over").bounding_box()
    assert box["y"] + box["height"] <= SMALL["height"]
    assert page.input_value("textarea") == "Vi ringede sammen i maj."
    look(page, "phone-over")
    leader.goto(re.sub(r"/runde/([\w-]+)/.*", r"/runde/\1/aftale/", leader.url))
    leader.fill("[name=what]", "Vi sætter et nummer på lågen.")
    leader.fill("[name=who]", "Bo")
    leader.click("label:has([name=party]) >> nth=0")
    choose_day(leader, "done_by", "due", "2027-01-01")
    choose_day(leader, "look_back", "look_back_on", "2027-03-03")
    leader.click("main form button[value=next]")
    page.wait_for_selector(".kompas-over >> text=Rummet er afsluttet.", timeout=BY_EVENT)
    assert page.input_value("textarea") == "Vi ringede sammen i maj."


def test_a_number_passed_by_keyboard_does_not_go_on(leader, phone):
    come_in(phone, open_round(leader))
    page = phone.page
    page.wait_for_url(re.compile("/trin/1/"))
    page.focus("[data-question] [type=radio]")
    page.keyboard.press("Space")
    for _step in range(3):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "4"
    assert page.locator("[data-question]").first.evaluate("one => one.open")


def test_a_guide_of_which_nobody_has_written_a_line_of_code(leader, new_page):
    """The example guide of tests/routes.py, from the menu to the minutes."""
    leader.goto("/")
    leader.click("#menu >> text=Hverdagskompasset")
    look(leader, "third-about", WIDE, SMALL)
    press(leader, "Kom i gang")
    look(leader, "third-begin", WIDE, SMALL)
    press(leader, "Åbn et rum")
    leader.fill("[name=title]", "Mandag morgen på plejehjemmet")
    leader.check("[name=way_in][value=shared]")
    look(leader, "third-open-room", WIDE, SMALL)
    press(leader, "Åbn rummet")
    code = leader.inner_text(".kompas-code--large")
    phone = Phone(new_page(viewport=SMALL))
    phone.page.goto("/deltag/")
    phone.page.fill("[name=code]", code)
    press(phone.page, "Find rummet")
    phone.tap("label:has([name=safety][value='4'])")
    press(phone.page, "Gå ind")
    for step in [1, 2]:
        phone.page.wait_for_url(re.compile(f"/trin/{step}/"))
        phone.tap("label:has([name^=prompt-][value='3'])")
        press(phone.page, "Fortsæt" if step == 1 else "Jeg er færdig")
    phone.page.wait_for_url(re.compile("/venter/"))
    leader.reload()
    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis svarene samlet")
    phone.page.wait_for_url(re.compile("/tavle/"))
    leader.goto(re.sub("/tavle/", "/aftale/", leader.url))
    look(leader, "third-agree", WIDE, SMALL)
    leader.fill("[name=what]", "Vi ringer om fredagen.")
    leader.fill("[name=who]", "Ea")
    choose_day(leader, "look_back", "due", "2027-03-03")
    press(leader, "Afslut")
    leader.wait_for_url(re.compile("/aftalt/"))
    assert "Vi ringer om fredagen." in leader.inner_text("main")
    assert leader.seen.complaints == []
