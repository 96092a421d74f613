"""Anybody begins on a phone and comes back by the link; the method owner makes a compass and shares it."""

import re
import time

import pytest

from tests import databases
from tests.browser.conftest import Server, send_login
from tests.browser.input_devices import Mouse, choose_day, press
from tests.browser.inspection import NARROW, PHONE, WIDE, look
from tests.browser.test_collaboration import scales
from tests.browser.test_room import come_in, main_button

METHOD_OWNER = "metode@example.dk"
STEPS = 4  # of «Vejkompasset»
FIELDS = "main form :is(textarea, select, fieldset, input:not([type=hidden]):not([type=radio]))"
MADE = ["Hver dag", "Når det brænder", "Om penge", "Om dem, vi er til for", "Om næste år"]


def answer(page, number, words):
    """Each step for oneself, with a line in one's own words."""
    page.click(f"label:has([name=safety][value='{number}'])")
    main_button(page)
    for step in range(1, STEPS + 1):
        page.wait_for_url(re.compile(f"/trin/{step}/"))
        page.locator(f"label:has([name^=prompt-][value='{number}'])").click()
        page.locator("textarea[name^=prompt-]").fill(f"{words} {step}")
        page.click("main button[name=go][value=next]")
    page.wait_for_url(re.compile("/mine-svar/"))
    main_button(page)
    page.wait_for_url(re.compile("/venter/"))


def answer_and_guess(page, own, guess):
    """By tap: the page goes on by itself when both are said."""
    hand = Mouse(page)
    hand.choose("safety", "4")
    main_button(page)
    for step in range(1, len(MADE) + 1):
        page.wait_for_url(re.compile(f"/trin/{step}/"))
        for name in scales(page):
            hand.choose(name, str(guess if "-about-" in name else own))
    hand.choose("sureness", "3")
    hand.press("Jeg er færdig")
    page.wait_for_selector("h1:text-is('Vent på de andre')")


def agree(page, what):
    page.fill("[name=what]", what)
    page.fill("[name=who]", "Ea")
    choose_day(page, "look_back", "due", "2027-03-01")
    press(page, "Afslut")
    page.wait_for_selector("h1:text-is('Det blev I enige om')")


@pytest.mark.long
def test_from_the_front_page_to_the_minutes_without_an_account(new_page, server):
    starter = new_page(viewport=PHONE)
    begun = time.monotonic()
    starter.goto("/")
    press(starter, "Ingen kode og ingen konto? Prøv et kompas selv")
    press(starter, "Vejkompasset")
    assert starter.locator(FIELDS).count() <= 6
    look(starter, "anybody-begin", PHONE, NARROW)
    assert starter.context.cookies() == [] or {c["name"] for c in starter.context.cookies()} == {"csrf"}
    starter.fill("[name=title]", "Stien langs åen")
    press(starter, "Begynd")
    code = starter.inner_text(".kompas-code--large")
    assert time.monotonic() - begun < 60
    link = starter.inner_text("#own-link")
    look(starter, "anybody-link", PHONE, NARROW)
    press(starter, "Jeg har gemt det. Gå videre")
    starter.wait_for_selector("h1:text-is('Saml svar')")
    phones = [new_page(viewport=PHONE, java_script_enabled=number > 1) for number in range(5)]
    for number, phone in enumerate(phones, start=1):
        come_in(phone, code)
        answer(phone, number, f"Ord {number}")
    starter.context.close()

    other = new_page(viewport=PHONE)  # another device
    other.goto(link)
    press(other, "Gå ind")
    press(other, "Vis svarene samlet")
    press(other, "Det passer. Vis svarene samlet")
    other.wait_for_url(re.compile("/tavle/"))
    room = other.url.partition("/rum/")[2].split("/")[0]
    other.goto(f"/rum/{room}/aftale/")
    other.click("label:has([name=decision][value=line-3])")
    other.fill("[name=why]", "Ingen kender svaret.")
    agree(other, "Vi går turen sammen")
    other.wait_for_url(re.compile("/aftalt/"))
    for phone in [other, *phones]:
        phone.goto(f"/rum/{room}/")
        told = phone.inner_text("main")
        assert "Vi går turen sammen" in told
        assert "Vi prøver og lærer" in told
        pdf = phone.request.get(f"{server.url}/rum/{room}/referat.pdf")
        assert pdf.body().startswith(b"%PDF")
    look(other, "anybody-end", PHONE, NARROW)
    other.set_viewport_size(NARROW)
    name = other.locator(".kompas-flow-header__name > :last-child")
    assert name.evaluate("one => one.scrollWidth <= one.clientWidth + 1")  # the whole name of the compass
    other.set_viewport_size(PHONE)


# --- A compass that somebody makes, and another instance ---------------------------------------------


def save(page):
    with page.expect_navigation():
        page.locator("input[name=_continue], input[name=_save]").first.click()


def make_compass(page) -> str:
    """From an empty form to a published version; the address of its public page."""
    page.goto("/admin/reflection/guide/add/")
    page.fill("[name=title]", "Nabokompasset")
    page.fill("[name=standfirst]", "Fem ting, to naboer ser på sammen.")
    page.fill("[name=slug]", "nabokompasset")
    with page.expect_navigation():
        page.click("input[name=_save]")
    draft = page.url
    page.fill("[name=intro]", "Vælg noget, I er fælles om.")
    page.select_option("[name=together]", "parties")
    page.check("[name=guesses]")
    page.uncheck("[name=for_one]")
    for number, title in enumerate(MADE):
        step = f"steps-{number}"
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        page.fill(f"[name={step}-position]", str(number + 1))
        page.fill(f"[name={step}-title]", title)
        page.fill(f"[name={step}-purpose]", "At se det fra begge sider.")
        for part, (kind, text) in enumerate([("scale", f"{title} går det godt."), ("line", "Jeg har set …")]):
            page.fill(f"[name={step}-prompts-{part}-position]", str(part + 1))
            page.select_option(f"[name={step}-prompts-{part}-kind]", kind)
            page.fill(f"[name={step}-prompts-{part}-text]", text)
        page.fill(f"[name={step}-prompts-0-low]", "Slet ikke")
        page.fill(f"[name={step}-prompts-0-high]", "Helt")
        save(page)
        page.goto(draft)
    page.goto(draft.replace("/change/", "/udgiv/"))
    with page.expect_navigation():
        page.click("main input[type=submit]")
    return "/kompasser/nabokompasset/"


@pytest.fixture
def other_instance(server, filled, collected, tmp_path):
    """Another municipality's portal, on a database of its own."""
    name = f"{databases.NAME}_browser_other"
    databases.create(name, like=databases.FILLED)
    other = Server(tmp_path, name, collected, server.addresses)
    other.start()
    yield other
    other.stop()
    databases.drop(name)


@pytest.mark.long
def test_a_compass_is_made_without_a_word_of_code_used_and_shared(new_page, login, server, other_instance):
    owner = new_page(viewport=WIDE)
    owner.set_default_timeout(15_000)
    login(owner, METHOD_OWNER)
    about = make_compass(owner)
    owner.goto(about)
    look(owner, "made-about", WIDE, NARROW)
    press(owner, "Kom i gang")
    press(owner, "Åbn et rum")
    owner.fill("[name=title]", "Hækken")
    owner.fill("[name=party_1]", "Nummer 7")
    owner.fill("[name=party_2]", "Nummer 9")
    owner.check("[name=mode][value=open]")
    owner.check("[name=way_in][value=shared]")
    press(owner, "Åbn rummet")
    code = owner.inner_text(".kompas-code--large")
    for name, party, own, guess in [("Alma", "Nummer 7", 2, 5), ("Bo", "Nummer 9", 4, 4)]:
        page = new_page(viewport=PHONE)
        page.goto("/deltag/")
        page.fill("[name=code]", code)
        main_button(page)
        page.click(f"label:has([name=party]):has-text('{party}')")
        page.fill("[name=name]", name)
        page.check("[name=agrees]")
        main_button(page)
        page.wait_for_url(re.compile("/velkommen/"))
        answer_and_guess(page, own, guess)
    owner.reload()
    press(owner, "Vis svarene samlet")
    press(owner, "Det passer. Vis svarene samlet")
    owner.wait_for_selector("h1:text-is('Gæt og svar')")
    assert "I snit: Nummer 9 gættede 4, Nummer 7 svarede 2." in owner.inner_text("main")
    look(owner, "made-compared", WIDE, NARROW)
    room = owner.url.partition("/rum/")[2].split("/")[0]
    owner.goto(f"/rum/{room}/aftale/")
    agree(owner, "Vi klipper sammen")
    owner.goto(f"/rum/{room}/referat/")
    owner.click("summary:has-text('Se tal og ord') >> nth=0")
    assert "Nummer 7 gættede på Nummer 9" in owner.inner_text("main")
    assert owner.request.get(f"{server.url}/rum/{room}/referat.pdf").body().startswith(b"%PDF")

    file = owner.request.get(f"{server.url}{about}kompas.json")
    there = new_page(viewport=WIDE)
    there.set_default_timeout(15_000)
    there.goto(f"{other_instance.url}/konto/log-ind/")
    send_login(there, METHOD_OWNER)
    there.goto(f"{other_instance.url}/admin/reflection/guide/importer/")
    there.set_input_files(
        "[name=file]", {"name": "kompas.json", "mimeType": "application/json", "buffer": file.body()}
    )
    with there.expect_navigation():
        there.click("main input[type=submit]")
    there.goto(there.url.replace("/change/", "/udgiv/"))
    with there.expect_navigation():
        there.click("main input[type=submit]")
    same = there.request.get(f"{other_instance.url}{about}kompas.json")
    assert same.json() == file.json()
    assert [step["title"] for step in same.json()["steps"]] == MADE
