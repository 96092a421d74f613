"""The whole of Målkompasset, from the first word of a goal to the sheet one prints.

By mouse at 1280 and 320 pixels, by keyboard alone, and without JavaScript: the same journey, and at its
end every answer stands on the printout, on two sheets of paper.
"""

import re

import pytest

from tests.browser.input_devices import Keyboard, Mouse
from tests.browser.inspection import NARROW, WIDE

LONG = "Vi har spurgt dem, det handler om, og de siger noget andet end tallet. " * 4  # ~ 280 characters

GOAL = {
    "wording": "Vi skal nå 95 procent af borgerne inden fem hverdage.",
    "stands_in": "Budgettet for 2027",
    "serves": "En god by for alle",
    "set_by": "Byrådet i oktober",
}
DECISION = {
    "new_wording": "Vi taler med tre borgere om måneden om, hvordan det går.",
    "reason": "Fem dage er et dårligt mål for nærvær.",
    "dissent": "Karen vil beholde tallet et år til.",
}
PLAN = {
    "change": "Tallet bliver til tre samtaler om måneden.",
    "stop": "Ugerapporten hver fredag.",
    "responsible": "Karen Kollega",
    "tell": "Hele huset og brugerrådet",
    "first_sign": "Ingen spørger efter tallet.",
    "look_back_by": "Malik Medarbejder",
    "if_nothing": "Så tager vi det op på et husmøde.",
}
NUMBERS = ["1", "2", "3", "4", "5", "unknown", "2", "4"]


def line_of(page) -> str:
    return page.locator("textarea[name^=prompt-]").get_attribute("name")


def scale_of(page) -> str:
    return page.locator("[type=radio][name^=prompt-]").first.get_attribute("name")


def walk(page, hand, text="Svaret på trin {}: tallet siger ikke, om nogen fik det bedre.") -> list[str]:
    """From the list of goals to the printout; returns all that was written on the way."""
    hand.press("Skriv et mål ind")
    hand.write("wording", GOAL["wording"])
    hand.choose("concerns", "citizens")
    for name in ["stands_in", "serves", "set_by"]:
        hand.write(name, GOAL[name])
    hand.press("Gem målet")
    page.wait_for_selector("h1:text-is('Målet')")
    hand.press("Gå det igennem alene (15 min)")
    written = list(GOAL.values())
    for number, value in enumerate(NUMBERS, start=1):
        page.wait_for_selector(f"text=Trin {number} af 8")
        hand.choose(scale_of(page), value)
        written.append(text.format(number))
        hand.write(line_of(page), written[-1])
        hand.press("Fortsæt")
    page.wait_for_selector("h1:text-is('Dine svar')")
    hand.press("Gå til beslutningen")
    page.wait_for_selector("h1:text-is('Beslutning')")
    hand.choose("decision", "adjust")
    written += write_all(hand, DECISION)
    hand.press("Beslut, og lav en plan")
    page.wait_for_selector("h1:text-is('Opfølgningsplan')")
    written += write_all(
        hand, {name: PLAN[name] for name in ["change", "stop", "responsible", "tell", "first_sign"]}
    )
    hand.choose("look_back", "day")
    hand.date("look_back_on", "2027-03-03")
    written += write_all(hand, {name: PLAN[name] for name in ["look_back_by", "if_nothing"]})
    hand.press("Afslut")
    page.wait_for_selector("h1:text-is('Det har du besluttet')")
    assert page.inner_text(".kompas-panel__said") == "Justér"
    page.goto(page.url.replace("/rum/", "/maalkompasset/refleksion/").replace("/aftalt/", "/udskrift/"))
    return [*written, "3. marts 2027", "Justér"]


def write_all(hand, texts) -> list[str]:
    for name, text in texts.items():
        hand.write(name, text)
    return list(texts.values())


def check_printout(page, written):
    """On paper stands every word that was written, and each number, on at most two sheets."""
    page.emulate_media(media="print")
    printed = " ".join(page.inner_text("main").split())
    assert [text for text in written if " ".join(text.split()) not in printed] == []
    answers = page.locator(".kompas-sheet__answers dd").all_inner_texts()[::2]
    assert answers == [f"{number} af 5" if number != "unknown" else "ved ikke" for number in NUMBERS]
    assert sheets(page) <= 2


def sheets(page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "320"])
def test_the_journey_by_mouse(new_page, login, size):
    page = new_page(viewport=size)
    login(page)
    check_printout(page, walk(page, Mouse(page)))
    assert page.seen.complaints == []


@pytest.mark.long
def test_the_journey_by_keyboard_alone(new_page, login):
    page = new_page()
    login(page)
    check_printout(page, walk(page, Keyboard(page)))


def test_the_journey_without_javascript(new_page, login):
    page = new_page(java_script_enabled=False)
    login(page)
    check_printout(page, walk(page, Mouse(page)))


def test_long_answers_fit_two_sheets_too(new_page, login, monkeypatch):
    for texts in [DECISION, PLAN]:
        for name in texts.keys() - {"responsible", "look_back_by", "tell"}:
            monkeypatch.setitem(texts, name, f"{name}: {LONG}")
    page = new_page()
    login(page)
    check_printout(page, walk(page, Mouse(page), text="Trin {}: " + LONG))
