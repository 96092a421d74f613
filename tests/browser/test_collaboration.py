"""A round of Samarbejdskompasset in real browsers: wide and narrow, by keyboard, and without JavaScript."""

import re

import pytest

from tests.browser.callers import Caller
from tests.browser.conftest import PASSWORD
from tests.browser.input_devices import Keyboard, Mouse, choose_day, press
from tests.browser.inspection import NARROW, WIDE, look, note

PRINCIPLES = 7


def open_round(page) -> str:
    """A collaboration between «Naboerne» and «Skolen», and a round in the open form; returns the code."""
    page.goto("/samarbejdskompasset/")
    look(page, "collaboration-about", WIDE, NARROW)
    press(page, "Kom i gang")
    page.fill("[name=title]", "Skolegården i weekenden")
    page.fill("[name=about]", "En gård, der er åben for alle.")
    for number, (title, kind) in enumerate([("Naboerne", "citizens"), ("Skolen", "department")], start=1):
        page.fill(f"[name=partner_{number}]", title)
        page.check(f"[name=kind_{number}][value={kind}]")
    look(page, "collaboration-register", WIDE, NARROW)
    press(page, "Gem samarbejdet")
    press(page, "Åbn en runde")
    page.check("[name=mode][value=open]")
    page.check("[name=agreed]")
    look(page, "collaboration-open", WIDE, NARROW)
    page.click("summary:has-text('Vejen ind')")
    page.check("[name=way_in][value=shared]")
    press(page, "Åbn rummet")
    page.wait_for_selector("h1:text-is('Saml svar')")
    return page.inner_text(".kompas-code--large")


def come_in(page, code, party, name="", *, agrees=True):
    page.goto("/deltag/")
    page.fill("[name=code]", code)
    press(page, "Find rummet")
    page.check(f"label:has-text('{party}') [name=party]")
    page.fill("[name=name]", name)
    if agrees:
        page.check("[name=agrees]")
    press(page, "Gå ind")
    page.wait_for_url(re.compile("/velkommen/"))


def answer(page, hand, own, guess, *, taps=False, sureness="3"):
    """Every principle and what the others say of it; by tap where the page goes on by itself."""
    for step in range(1, PRINCIPLES + 1):
        page.wait_for_url(re.compile(f"/trin/{step}/"))
        for name in scales(page):
            hand.choose(name, str(guess if "-about-" in name else own))
        if step < PRINCIPLES and not taps:
            hand.press("Fortsæt")
    hand.choose("sureness", sureness)
    hand.press("Jeg er færdig")
    page.wait_for_selector("h1:text-is('Vent på de andre')")


def scales(page) -> list[str]:
    return page.locator("main form .kompas-scale input").evaluate_all(
        "all => [...new Set(all.map(one => one.name))]"
    )


def begin(page):
    page.click("label:has([name=safety][value='4'])")
    press(page, "Begynd")


@pytest.mark.long
def test_two_parties_guess_see_ask_and_agree(new_page, login, server):
    leader = new_page(viewport=WIDE)
    login(leader)
    code = open_round(leader)
    neighbour = new_page(viewport=NARROW)
    school = new_page(viewport=NARROW, java_script_enabled=False)
    come_in(neighbour, code, "Naboerne", "Alma")
    come_in(school, code, "Skolen", "Bo")
    begin(neighbour)
    begin(school)
    look(neighbour, "collaboration-guess", WIDE, NARROW)
    answer(neighbour, Keyboard(neighbour), 2, 5, sureness="4")
    answer(school, Mouse(school), 4, 4)

    leader.reload()
    look(leader, "collaboration-lead", WIDE, NARROW)
    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis svarene samlet")
    leader.wait_for_selector("h1:text-is('Gæt og svar')")
    neighbour.wait_for_url(re.compile("/samarbejdskompasset/runde/"))  # by itself, from where it waited
    press(school, "Opdatér")
    for page in [leader, neighbour, school]:
        seen = page.inner_text("main")
        assert "I snit: Skolen gættede 4, Naboerne svarede 2." in seen
        assert "De har det sværere, end I troede" in seen
        assert page.locator("svg.kompas-marks").count() == 2 * PRINCIPLES
    neighbour.locator("summary").first.click()
    look(neighbour, "collaboration-result", WIDE, NARROW)

    press(leader, "Tal om det første, alle sammen")
    press(leader, "Start 2 minutter")
    neighbour.wait_for_selector(".kompas-timer")
    leader.fill("[name=known]", "Naboerne mangler et sted at ringe hen.")
    look(leader, "collaboration-ask", WIDE, NARROW)
    press(leader, "Næste →")
    leader.wait_for_url(re.compile("/led/tal/2/"))
    press(leader, "Gå til Aftal")
    leader.fill("[name=what]", "Vi sætter et nummer på lågen.")
    leader.fill("[name=who]", "Bo")
    leader.click("label:has([name=party]):has-text('Skolen')")
    choose_day(leader, "done_by", "due", "2027-01-01")
    choose_day(leader, "look_back", "look_back_on", "2027-03-03")
    look(leader, "collaboration-agree", WIDE, NARROW)
    press(leader, "Afslut runden")
    leader.wait_for_selector("h1:text-is('Det blev I enige om')")
    look(leader, "collaboration-end", WIDE, NARROW)
    school.goto(leader.url)
    press(school, "Læs referatet")
    assert "Vi sætter et nummer på lågen." in school.inner_text("main")
    assert "Naboerne mangler et sted at ringe hen." in school.inner_text("main")
    neighbour.goto(school.url)
    look(neighbour, "collaboration-minutes", WIDE, NARROW)
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
    look(page, "collaboration-marks", WIDE, NARROW)


# --- Three parties -------------------------------------------------------------------------------

THREE = [("Beboerne", "citizens"), ("Barerne", "company"), ("Kommunen", "department")]
NUMBERS = {"Beboerne": (2, 4), "Barerne": (4, 2), "Kommunen": (3, 5)}  # own answers, and guesses

PAIRS = {  # and one guess in each: who guessed about whom, what, and what the answer was
    "Beboerne – Barerne": ("Beboerne gættede på Barerne", 4, 4),
    "Beboerne – Kommunen": ("Kommunen gættede på Beboerne", 5, 2),
    "Barerne – Kommunen": ("Barerne gættede på Kommunen", 2, 3),
}


def register_three(page):
    page.goto("/samarbejdskompasset/nyt/")
    page.fill("[name=title]", "Fester på havnen")
    page.fill("[name=about]", "Aftener, hvor nogen sover, og andre danser.")
    page.click("summary:text-is('Flere parter')")
    for number, (title, kind) in enumerate(THREE, start=1):
        page.fill(f"[name=partner_{number}]", title)
        page.check(f"[name=kind_{number}][value={kind}]")
    press(page, "Gem samarbejdet")
    press(page, "Åbn en runde")
    page.click("summary:has-text('Vejen ind')")
    page.check("[name=way_in][value=shared]")
    press(page, "Åbn rummet")
    return page.inner_text(".kompas-code--large")


def answer_by_keyboard(page, code, party):
    """The whole way from the front door to «Jeg er færdig», and nothing is clicked."""
    hand = Keyboard(page)
    page.goto("/deltag/")
    hand.tab_to("[name=code]")
    page.keyboard.type(code)
    hand.press("Find rummet")
    hand.choose("party", page.get_attribute(f"label:has-text('{party}') [name=party]", "value"))
    hand.choose("safety", "4")
    hand.press("Gå ind")
    answer(page, hand, *NUMBERS[party])


def come_in_and_answer(page, code, party):
    come_in(page, code, party, agrees=False)
    begin(page)
    answer(page, Mouse(page), *NUMBERS[party])


@pytest.mark.long
def test_three_parties_of_three_are_compared_two_by_two(new_page, login, server):
    """Nine people. Who leads has no JavaScript, one answers by keyboard, one without JavaScript."""
    leader = new_page(viewport=WIDE, java_script_enabled=False)
    login(leader)
    code = register_three(leader)
    keys = new_page(viewport=NARROW)
    plain = new_page(viewport=NARROW, java_script_enabled=False)
    answer_by_keyboard(keys, code, "Beboerne")
    come_in_and_answer(plain, code, "Barerne")
    for party in ["Beboerne", "Beboerne", "Barerne", "Barerne", "Kommunen", "Kommunen", "Kommunen"]:
        own, guessed = NUMBERS[party]
        Caller(server).answer_a_round(code, party, number=own, guess=guessed)
    press(leader, "Opdatér")
    assert "9 er færdige. 9 er med." in leader.inner_text("main")
    for page in [keys, plain]:
        assert "svarede" not in page.inner_text("main")

    press(leader, "Vis svarene samlet")
    press(leader, "Det passer. Vis svarene samlet")
    leader.wait_for_selector("h1:text-is('Gæt og svar')")
    keys.wait_for_url(re.compile("/samarbejdskompasset/runde/"))
    press(plain, "Opdatér")
    hand = Keyboard(keys)
    for pair, (who, guess, answer) in PAIRS.items():
        hand.press(pair)
        press(plain, pair)
        for page in [keys, plain]:
            assert page.inner_text(".kompas-filter [aria-current]") == pair
            spot = page.locator(f".kompas-spot:has(h3:text-is('{who}'))")
            assert spot.count() == PRINCIPLES
            guesser, _guessed, about = who.partition(" gættede på ")
            told = f"I snit: {guesser} gættede {guess}, {about} svarede {answer}."
            assert told in spot.first.inner_text()
            assert page.locator(".kompas-pair").count() == PRINCIPLES
    look(keys, "collaboration-three-pair", WIDE, NARROW)

    press(leader, "Tal om det første, alle sammen")
    for number, known in enumerate(["De kan ikke sove om torsdagen.", "Ingen tager telefonen."], start=1):
        leader.wait_for_url(re.compile(f"/led/tal/{number}/"))
        press(leader, "Start 2 minutter")
        leader.wait_for_selector("text=Uret: går til kl.")
        leader.fill("[name=known]", known)
        leader.click("main button[value=onward]" if number == 1 else "main button[value=agree]")
    leader.wait_for_url(re.compile("/aftale/"))
    leader.fill("[name=what]", "Et nummer, der bliver taget om natten.")
    leader.fill("[name=who]", "Bo")
    leader.check("label:has([name=party]):has-text('Barerne') input")
    choose_day(leader, "done_by", "due", "2027-01-01")
    choose_day(leader, "look_back", "look_back_on", "2027-03-03")
    press(leader, "Afslut runden")
    leader.wait_for_selector("h1:text-is('Det blev I enige om')")
    for page in [keys, plain]:
        page.goto(re.search(r"[\w-]{36}", page.url).expand(r"/rum/\g<0>/"))
        press(page, "Læs referatet")
        assert "Et nummer, der bliver taget om natten." in page.inner_text("main")
        assert "De kan ikke sove om torsdagen." in page.inner_text("main")
    look(keys, "collaboration-three-minutes", WIDE, NARROW)
    assert [line for line in keys.seen.complaints if "beforeunload" not in line] == []


# --- A new facilitator ---------------------------------------------------------------------------

WORDS_A_SECOND = 4  # 240 a minute: an ordinary pace of silent reading
LETTERS_A_SECOND = 3
TO_FIND_AND_PRESS = 3  # seconds
AT_MOST = 180


class Newcomer:
    """Somebody who knows only what stands on the screen: links, buttons and fields by their visible words.

    `seconds` is the time it takes to read every page from top to bottom, to type and to press.
    """

    def __init__(self, page):
        self.page, self.seconds = page, 0.0

    def read(self) -> str:
        text = self.page.inner_text("main")
        self.seconds += len(text.split()) / WORDS_A_SECOND
        return text

    def _pressed(self, control):
        self.seconds += TO_FIND_AND_PRESS
        control.click()

    def log_in(self):
        """Where the clock starts."""
        self.seconds = 0
        self.read()
        self.write("E-mail", "medarbejder@example.dk")
        self.write("Adgangskode", PASSWORD)
        self.press("Log ind")

    def has_time(self):
        note("from the login to an opened room", {"seconds": round(self.seconds)})
        assert self.seconds <= AT_MOST, f"{self.seconds:.0f} seconds"

    def follow(self, words):
        with self.page.expect_navigation():
            self._pressed(self.page.get_by_role("link", name=words, exact=True).first)

    def press(self, words):
        with self.page.expect_navigation():
            self._pressed(self.page.get_by_role("button", name=words, exact=True))

    def write(self, label, text):
        self.seconds += TO_FIND_AND_PRESS + len(text) / LETTERS_A_SECOND
        self.page.get_by_label(label, exact=True).fill(text)

    def tick(self, words):
        self._pressed(self.page.locator("main label", has_text=words).first)

    def choose(self, label, option):
        self.seconds += 2 * TO_FIND_AND_PRESS
        self.page.get_by_role("group", name=label).get_by_label(option, exact=True).check()


@pytest.mark.long
def test_somebody_new_gets_from_the_login_to_an_opened_room_within_three_minutes(new_page):
    page = new_page(viewport=WIDE)
    page.goto("/")
    newcomer = Newcomer(page)
    newcomer.follow("Samarbejdskompasset")
    newcomer.follow("Kom i gang")
    newcomer.log_in()
    assert "Skriv et samarbejde ind" in newcomer.read()
    newcomer.write("Hvad kalder I samarbejdet?", "Legepladsen i parken")
    newcomer.write("Hvad er I sammen om?", "At passe legepladsen og holde den åben.")
    newcomer.write("Part 1", "Forældrene")
    newcomer.choose("Hvad er part 1?", "Borgere")
    newcomer.write("Part 2", "Parkafdelingen")
    newcomer.choose("Hvad er part 2?", "Del af kommunen")
    newcomer.press("Gem samarbejdet")
    newcomer.read()
    newcomer.follow("Åbn en runde")
    newcomer.read()
    newcomer.write("Hvor mange svarer fra Forældrene?", "4")
    newcomer.write("Hvor mange svarer fra Parkafdelingen?", "3")
    newcomer.press("Åbn rummet")
    assert page.inner_text("h1") == "Saml svar"
    newcomer.has_time()
    newcomer.follow("Sedler")
    codes = page.locator(".kompas-slip .kompas-code").all_inner_texts()
    assert (len(codes), all(re.fullmatch("[2-9A-HJ-NP-Z]{6}", code) for code in codes)) == (7, True)

    # The way back to it, later the same day.
    newcomer.follow("Din side")
    newcomer.follow("Mine samarbejder")
    newcomer.follow("Legepladsen i parken")
    newcomer.follow("Gå til runden, der er i gang")
    assert page.inner_text("h1") == "Saml svar"


@pytest.mark.long
def test_somebody_new_opens_a_room_about_a_goal_within_three_minutes(new_page):
    page = new_page(viewport=WIDE)
    page.goto("/")
    newcomer = Newcomer(page)
    newcomer.follow("Målkompasset")
    newcomer.follow("Kom i gang")
    newcomer.log_in()
    assert "Skriv et mål ind" in newcomer.read()
    newcomer.write("Målet, ord for ord", "Vi skal svare inden fem dage.")
    newcomer.tick("Borgere")
    newcomer.press("Gem målet")
    newcomer.read()
    newcomer.follow("Gå det igennem som gruppe (75 min)")
    newcomer.read()
    newcomer.write("Hvor mange skal svare?", "6")
    newcomer.press("Åbn rummet")
    assert page.inner_text("h1") == "Saml svar"
    newcomer.has_time()
