"""A place in a room: it is there the next day, nobody counts twice unasked, and it can be taken away."""

import re

import psycopg
import pytest

from tests.browser.input_devices import press
from tests.browser.inspection import PHONE, WIDE, look
from tests.browser.stopwatch import BY_EVENT
from tests.browser.test_room import come_in, main_button, open_room
from tests.databases import on_the_server

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])


@pytest.fixture
def leader(new_page, login):
    page = new_page(viewport=WIDE)
    login(page)
    return page


@pytest.fixture
def code(leader, own_database):
    """Of a room that is open for three days."""
    code = open_room(leader)
    key = re.search(r"/rum/([\w-]+)/", leader.url)[1]
    with psycopg.connect(**on_the_server(own_database)) as database:
        moved = "UPDATE reflection_reflection SET reveal_at = now() + interval '3 days' WHERE key = %s"
        database.execute(moved, [key])
    return code


@pytest.fixture
def hours_pass(own_database):
    """A function: what a browser and the server hold of its session becomes so many hours older."""

    def pass_by(page, hours):
        cookies = page.context.cookies()
        page.context.clear_cookies()
        older = [{**cookie, "expires": cookie["expires"] - hours * 3600} for cookie in cookies]
        page.context.add_cookies([cookie for cookie in older if cookie["name"] == "session"])
        with psycopg.connect(**on_the_server(own_database)) as database:
            keys = [cookie["value"] for cookie in cookies if cookie["name"] == "session"]
            aged = "UPDATE django_session SET expire_date = expire_date - %s * interval '1 hour'"
            database.execute(f"{aged} WHERE session_key = ANY(%s)", [hours, keys])

    return pass_by


def own_code(page) -> str:
    """Of whoever is in the room; it stands on the page where one waits."""
    page.goto(f"{re.search(r'.*/rum/[^/]+/', page.url)[0]}venter/")
    return page.inner_text(".kompas-code")


def type_code(page, code):
    page.goto("/deltag/")
    page.fill("[name=code]", code)
    main_button(page)


@SCRIPTS
def test_a_phone_that_comes_back_after_thirteen_hours_has_its_place(
    new_page, leader, code, hours_pass, scripts
):
    phone = new_page(viewport=PHONE, java_script_enabled=scripts)
    come_in(phone, code, name="Alma")
    place = own_code(phone)
    hours_pass(phone, 13)
    type_code(phone, code)
    phone.wait_for_url(re.compile("/rum/"))
    assert own_code(phone) == place
    leader.reload()
    assert "1 er med." in leader.inner_text("#state")


@SCRIPTS
def test_a_second_device_is_asked_for_its_code_first(new_page, leader, code, scripts):
    phone = new_page(viewport=PHONE)
    come_in(phone, code, name="Alma")
    code_of_ones_own = own_code(phone)
    tablet = new_page(viewport=PHONE, java_script_enabled=scripts)
    type_code(tablet, code)
    headings = tablet.locator("main h2").all_inner_texts()
    assert headings[:2] == ["Har du været her før?", "Er du her for første gang?"]
    if scripts:
        look(tablet, "been-here-before")
    tablet.click("#back")
    tablet.fill("[name=code]", code_of_ones_own)
    press(tablet, "Kom tilbage til min plads")
    tablet.wait_for_url(re.compile("/rum/"))
    leader.reload()
    assert "1 er med." in leader.inner_text("#state")


@SCRIPTS
def test_whoever_is_put_out_sees_it_at_once(new_page, leader, code, scripts):
    phone = new_page(viewport=PHONE, java_script_enabled=scripts)
    come_in(phone, code, name="Trine")
    room = re.search(r"/rum/[\w-]+/", phone.url)[0]
    phone.goto(f"{room}venter/")
    press(leader, "Lad en anden lede, eller sæt en ud af rummet")
    look(leader, "people")
    leader.click("main a:has-text('Trine')")
    leader.check("[value=put_out]")
    look(leader, "put-out-asked")
    press(leader, "Gør det")
    leader.wait_for_url(re.compile("/personer/$"))
    if not scripts:
        phone.reload()
    phone.locator("h1", has_text="Du er sat ud af rummet").wait_for(timeout=BY_EVENT)
    if scripts:
        look(phone, "put-out")
    type_code(phone, code)
    phone.locator("h1", has_text="Du er sat ud af rummet").wait_for()
    assert "sat ud" in leader.inner_text("main")
