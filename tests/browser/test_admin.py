"""The admin in a real browser: every kind of page, wide and narrow, and the whole journeys of editors."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import EDITOR, send_login
from tests.browser.inspection import NARROW, RULES, WIDE, cut_off, too_wide, violations

METHOD_OWNER, ADMINISTRATOR = "metode@example.dk", "administrator@example.dk"
# axe would write the style sheets that others import into the page, which the portal forbids.
ADMIN_RULES = {**RULES, "preload": False}
PAGES = {
    "index": "/admin/",
    "app": "/admin/compass/",
    "links": "/admin/links/",
    "list": "/admin/compass/story/",
    "list, filtered": "/admin/compass/story/?status=kladde",
    "add": "/admin/compass/story/add/",
    "add with rows": "/admin/compass/dilemma/add/",
    "change": "/admin/compass/story/{story}/change/",
    "change with rows": "/admin/compass/dilemma/{dilemma}/change/",
    "change without states": "/admin/compass/milestone/{milestone}/change/",
    "history": "/admin/compass/story/{story}/history/",
    "schedule": "/admin/compass/story/{story}/planlaeg/",
    "return": "/admin/compass/story/{story}/send-tilbage/",
    "archive": "/admin/compass/story/{story}/arkiver/",
    "delete": "/admin/compass/story/{story}/delete/",
    "recordings": "/admin/compass/recording/",
    "contacts": "/admin/compass/contact/",
    "goodbyes": "/admin/goals/goodbye/",
}


@pytest.fixture(scope="module")
def rows(editor_tab):
    """The key of the first row of some lists."""
    return {name: first_row(editor_tab, name) for name in ["story", "dilemma", "milestone"]}


def first_row(editor_tab, name) -> str:
    editor_tab.goto(f"/admin/compass/{name}/")
    link = editor_tab.locator("#result_list tbody tr th a").first.get_attribute("href")
    return re.search(r"/(\d+)/change/", link)[1]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_admin_works_for_everybody(editor_tab, rows, server, name):
    check(editor_tab, server, PAGES[name].format(**rows))


OF_OTHERS = {
    METHOD_OWNER: ["/admin/", "/admin/reflection/guide/", "/admin/reflection/guideversion/"],
    ADMINISTRATOR: [
        "/admin/",
        "/admin/accounts/user/add/",
        "/admin/reflection/emergencyaccess/giv-videre/",
        "/admin/accounts/user/",
    ],
}


@pytest.mark.parametrize("email", OF_OTHERS)
def test_the_pages_of_other_roles_work_for_everybody(open_admin_tab, server, email):
    tab = open_admin_tab(email)
    for address in OF_OTHERS[email]:
        check(tab, server, address)
    check(tab, server, tab.locator("#result_list tbody a").first.get_attribute("href"))
    tab.context.close()


def check(editor_tab, server, address):
    editor_tab.seen.complaints.clear()
    editor_tab.seen.requests.clear()
    editor_tab.set_viewport_size(WIDE)
    assert editor_tab.goto(address, wait_until="load").status == 200
    problems = [f"wide: {one}" for one in [*violations(editor_tab, ADMIN_RULES), *cut_off(editor_tab)]]
    editor_tab.set_viewport_size(NARROW)
    problems += [f"narrow: {one}" for one in violations(editor_tab, ADMIN_RULES)]
    problems += [*too_wide(editor_tab), *cut_off(editor_tab)]
    problems += editor_tab.seen.complaints
    problems += [
        f"asks another host: {url}" for url in editor_tab.seen.requests if not url.startswith(server.url)
    ]
    assert not problems, "\n".join(problems)


# --- Whole journeys, by the keyboard -------------------------------------------------------------------


def press(tab, name):
    """Press a button or follow a link by its words, with the keyboard; done when the next page is there."""
    with tab.expect_navigation():
        button(tab, name).press("Enter")


def button(tab, name):
    return tab.locator(f"input[value='{name}'], button:text-is('{name}'), a:text-is('{name}')").last


def write(tab, **fields):
    for name, value in fields.items():
        field = tab.locator(f"#content [name={name}]")
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def is_good(tab):
    """No violation on the page as it stands now, wide and narrow."""
    for size in [WIDE, NARROW]:
        tab.set_viewport_size(size)
        found = [*violations(tab, ADMIN_RULES), *too_wide(tab)]
        assert not found, "\n".join(found)
    tab.set_viewport_size(WIDE)


def state(tab) -> str:
    return tab.inner_text(".state strong")


def test_a_story_from_an_empty_form_to_the_archive(open_tab, new_page):
    tab, reader = open_tab(EDITOR), new_page()
    tab.goto("/admin/compass/story/add/")
    expect(tab.locator("[name=kind]")).to_be_focused()  # Enter does not save at once
    expect(tab.locator(".form-foot [name=_preview]")).to_be_in_viewport()
    write(tab, key="S99", kind="case", title="Bænken ved åen", standfirst="Kort sagt.", provenance="composed")
    write(tab, path="1", body="Den blev flyttet i maj.", slug="baenken")
    press(tab, "Gem og fortsæt med at redigere")
    assert state(tab) == "Kladde"
    assert reader.goto("/historier/baenken/").status == 404

    press(tab, "Gem, og send til gennemsyn")
    assert state(tab) == "Til gennemsyn"
    press(tab, "Gem, og send tilbage")
    is_good(tab)
    write(tab, comment="Skriv, hvem der flyttede den.")
    press(tab, "Send tilbage")
    assert "Skriv, hvem der flyttede den." in tab.inner_text(".kept")
    is_good(tab)
    write(tab, body="Naboerne flyttede den i maj.")
    press(tab, "Gem, og send til gennemsyn")
    press(tab, "Gem, og offentliggør nu")
    assert state(tab) == "Offentlig"
    assert reader.goto("/historier/baenken/").status == 200

    write(tab, body="Naboerne flyttede den i juni.")
    with tab.expect_navigation():
        tab.keyboard.press("Control+s")
    press(tab, "Hvem har ændret hvad")
    is_good(tab)
    press(tab, "Sammenlign de to udgaver")
    assert "maj" in tab.inner_text("del")
    assert "juni" in tab.inner_text("ins")
    is_good(tab)
    press(tab, "Tilbage til historikken")
    with tab.expect_navigation():
        tab.locator("#versions tbody tr").nth(1).locator("a").press("Enter")
    is_good(tab)
    press(tab, "Gendan denne udgave")
    assert tab.input_value("[name=body]") == "Naboerne flyttede den i maj."
    assert state(tab) == "Offentlig"

    press(tab, "Gem, og træk tilbage")
    press(tab, "Gem, og planlæg")
    write(tab, moment="2040-05-01T08:00")
    press(tab, "Planlæg")
    assert state(tab) == "Planlagt til 1. maj 2040 kl. 08.00"
    press(tab, "Gem, og offentliggør nu")
    press(tab, "Arkivér")
    is_good(tab)
    press(tab, "Ja, arkivér")
    assert state(tab) == "Arkiveret"
    assert not tab.seen.complaints, tab.seen.complaints


def test_what_is_typed_and_never_saved_is_offered_again(open_tab):
    tab = open_tab(EDITOR)
    tab.goto("/admin/compass/dilemma/add/")
    write(tab, title="Et dilemma, der blev afbrudt")
    tab.locator(".add-row a").press("Enter")
    write(tab, **{"standpoints-0-title": "Et ståsted"})
    tab.wait_for_selector("#unsaved-status.kept")
    is_good(tab)
    tab.goto("/admin/")
    tab.goto("/admin/compass/dilemma/add/")
    press(tab, "Hent det")
    assert tab.input_value("[name=title]") == "Et dilemma, der blev afbrudt"
    assert tab.input_value("[name=standpoints-0-title]") == "Et ståsted"
    is_good(tab)
    tab.goto("/admin/compass/dilemma/add/")
    tab.locator(".kept summary").press("Enter")
    press(tab, "Ja, kassér det")
    assert tab.locator(".kept").count() == 0


def test_a_session_that_ends_while_one_types_loses_nothing(open_tab, server):
    tab = open_tab(EDITOR)
    tab.goto("/admin/compass/page/add/")
    tab.context.clear_cookies()
    write(tab, title="Skrevet uden at være logget ind", body="Tekst.")
    button(tab, "Gem og fortsæt med at redigere").press("Enter")
    tab.wait_for_selector("#unsaved-status.out")
    other = tab.context.new_page()
    other.goto("/konto/log-ind/?next=/admin/")
    send_login(other, EDITOR)
    other.wait_for_url("**/admin/")
    tab.wait_for_url("**/change/", timeout=15_000)  # the button that was pressed waited
    assert tab.input_value("[name=title]") == "Skrevet uden at være logget ind"


def test_two_editors_with_one_page_open_are_both_heard(open_tab):
    mine, theirs = open_tab(EDITOR), open_tab(ADMINISTRATOR)
    for tab in [mine, theirs]:
        tab.goto("/admin/compass/page/")
        tab.locator("#result_list tbody tr th a").first.press("Enter")
        tab.wait_for_url("**/change/")
    write(theirs, standfirst="Adas indledning.")
    press(theirs, "Gem og fortsæt med at redigere")
    write(mine, standfirst="Rikkes indledning.")
    press(mine, "Gem og fortsæt med at redigere")
    assert "Ada Administrator har gemt, mens du skrev" in mine.inner_text("#content-main")
    assert mine.input_value("[name=standfirst]") == "Rikkes indledning."
    is_good(mine)
    press(mine, "Gem min udgave alligevel")
    theirs.reload()
    assert theirs.input_value("[name=standfirst]") == "Rikkes indledning."


def test_a_guide_becomes_version_2_while_a_room_goes_on_with_version_1(open_tab, new_page, login, server):
    tab, room, reader = open_tab(METHOD_OWNER), new_page(), new_page()
    login(room)
    room.goto(server.address("reflection:step"))
    before = room.inner_text("main")
    tab.goto("/admin/reflection/guideversion/")
    with tab.expect_navigation():
        tab.locator("#result_list a", has_text="Målkompasset").first.press("Enter")
    press(tab, "Lav en kladde ud fra denne udgave")
    tab.locator("details:has([name=steps-0-title]) summary").first.press("Enter")
    write(tab, **{"steps-0-title": "Et trin med et helt nyt navn"})
    press(tab, "Gem, og se forskellen før udgivelse")
    is_good(tab)
    press(tab, "Udgiv som ny udgave")
    assert "er udgivet" in tab.inner_text(".messagelist")
    reader.goto("/maalkompasset/")
    assert "Et trin med et helt nyt navn" in reader.inner_text("main")
    room.reload()
    assert "Et trin med et helt nyt navn" not in room.inner_text("body")
    assert room.inner_text("main") == before
