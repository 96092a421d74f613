"""A room that one comes into by a slip of one's own, from printing them to the answers shown together."""

import re

import pytest

from tests.browser.input_devices import press
from tests.browser.inspection import NARROW, PHONE, WIDE, look
from tests.browser.test_room import main_button

PEOPLE = 4


def open_by_slip(page):
    page.goto("/maalkompasset/nyt/")
    page.fill("[name=wording]", "Alle skal kunne finde et sted at spille musik.")
    page.check("[name=concerns][value=citizens]")
    press(page, "Gem målet")
    press(page, "Gå det igennem som gruppe (75 min)")
    page.fill("[name=people]", str(PEOPLE))
    press(page, "Åbn rummet")
    page.wait_for_selector("h1:text-is('Saml svar')")


def come_in_by_code(page, code, name):
    page.goto("/deltag/")
    page.fill("[name=code]", code)
    main_button(page)
    page.wait_for_selector("h1:text-is('Gå ind i rummet')")
    go_in(page, name)


def go_in(page, name):
    page.fill("[name=name]", name)
    press(page, "Gå ind")
    page.wait_for_url(re.compile("/velkommen/"))


def answer_the_first_step(page, number):
    main_button(page)
    page.wait_for_url(re.compile("/trin/1/"))
    page.locator(f"label:has([name^=prompt-][value='{number}'])").click()
    page.click("main button[name=go][value=next]")
    page.wait_for_url(re.compile("/trin/2/"))
    page.goto(re.sub("/trin/2/", "/mine-svar/", page.url))
    press(page, "Jeg er færdig")
    page.wait_for_url(re.compile("/venter/"))


@pytest.mark.long
def test_four_come_by_slip_and_a_fifth_with_a_used_one_stays_outside(new_page, login, server):
    leader = new_page(viewport=WIDE)
    login(leader)
    open_by_slip(leader)
    assert "Der er ingen fælles kode" in leader.inner_text("main")
    look(leader, "slips-lead")
    room = re.search(r"/rum/[\w-]+/", leader.url)[0]

    press(leader, "Sedler")
    codes = leader.locator(".kompas-slip .kompas-code").all_inner_texts()
    links = [link.get_attribute("href") for link in leader.locator(".kompas-slip a[href*='/deltag/']").all()]
    assert (len(codes), len(links), len({*codes, *links})) == (PEOPLE, PEOPLE, 2 * PEOPLE)
    look(leader, "slips", WIDE, NARROW)
    assert leader.request.get(f"{room}led/sedler.pdf").body().startswith(b"%PDF-")
    leader.emulate_media(media="print")
    assert leader.locator("h2:text-is('Kommer der flere?')").is_hidden()
    assert leader.locator(".kompas-slip .kompas-code").first.is_visible()
    leader.emulate_media(media="screen")

    phones = [
        new_page(viewport=PHONE),
        new_page(viewport=NARROW, java_script_enabled=False),
        new_page(viewport=PHONE),
        new_page(viewport=NARROW),
    ]
    for phone, code, name in zip(phones[:2], codes, ["Alma", "Bo"], strict=False):
        come_in_by_code(phone, code, name)
    for phone, link, name in zip(phones[2:], links[2:], ["", "Eva"], strict=True):
        phone.goto(link)
        go_in(phone, name)

    fifth = new_page(viewport=PHONE)
    fifth.goto(links[0])
    assert fifth.inner_text("h1") == "Sedlen er brugt"
    look(fifth, "slips-used")
    fifth.goto("/deltag/")
    fifth.fill("[name=code]", codes[1])
    main_button(fifth)
    assert "Sedlen er brugt" in fifth.inner_text("main")

    for number, phone in enumerate(phones, start=1):
        answer_the_first_step(phone, number)
    press(phones[1], "Opdatér")
    for phone in phones:
        phone.locator("#state", has_text="4 er færdige. 4 er med.").wait_for()
    leader.goto(f"{room}led/")
    press(leader, "Vis svarene samlet")
    assert "Her er 4. Er I så mange?" in leader.inner_text("main")
    look(leader, "slips-count", WIDE, NARROW)
    press(leader, "Det passer. Vis svarene samlet")
    leader.wait_for_selector("h1:text-is('Svarene samlet')")
    phones[0].wait_for_url(re.compile("/tavle/"))
    press(phones[1], "Opdatér")
    assert phones[1].url.endswith("/tavle/")
    assert [code for code in [*codes, *links] if code in server.log] == []
    for page in [leader, phones[0], phones[2], phones[3]]:
        assert page.seen.complaints == []
