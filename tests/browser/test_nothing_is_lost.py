"""Nothing typed is lost: two windows, no network, no session, no server."""

import re
from urllib.parse import parse_qs

import psycopg
import pytest

from tests.browser.conftest import send_login
from tests.browser.input_devices import hide, press
from tests.databases import on_the_server

SAVED, SAID = "Gemt kl.", "Gemt"  # the time of day is read, and not said each time
NOT_SAVED = "Ikke gemt. Teksten står her i vinduet, og vi prøver igen."
LOGGED_OUT = "Du er logget ud. Det, du skriver, er her endnu."
CLASH = "Ikke alt er gemt: teksten er også ændret i et andet vindue."


HEAR = """() => {
    window.heard = []
    const hear = () => {
        const words = [...document.querySelectorAll('[role=status]')].map(one => one.textContent.trim())
        if (words.join('') !== (heard.at(-1) || '')) heard.push(words.join(''))
    }
    new MutationObserver(hear).observe(document.body, {childList: true, characterData: true, subtree: true})
}"""


class Window:
    """A tab with the first step of a look at a goal."""

    def __init__(self, page, address):
        self.page = page
        page.goto(address)
        self.field = page.locator("textarea[name^=prompt-]")

    def type(self, text):
        self.field.click()
        self.field.fill("")
        self.field.press_sequentially(text)

    def save(self, text, words=SAVED):
        """Type, and wait for the answer to exactly this text."""
        with self.page.expect_response(lambda response: self._sent(response.request, text), timeout=10_000):
            self.type(text)
        self.wait_for(words)

    def _sent(self, request, text) -> bool:
        name = self.field.get_attribute("name")
        return request.method == "POST" and parse_qs(request.post_data).get(name) == [text]

    def wait_for(self, words):
        self.page.wait_for_selector(f"[data-save-text]:has-text('{words}')", timeout=20_000)

    def press(self, words):
        press(self.page, words)

    @property
    def text(self) -> str:
        return self.field.input_value()

    @property
    def theirs(self) -> list[str]:
        return self.page.locator("#save-status blockquote").all_inner_texts()


@pytest.fixture
def step(login):
    """A function: log in, write a goal in, and come to its first step; returns the address."""

    def begin(page) -> str:
        login(page)
        page.goto("/maalkompasset/nyt/")
        page.fill("[name=wording]", "Flere skal cykle til arbejde.")
        page.check("[name=concerns][value=citizens]")
        press(page, "Gem målet")
        press(page, "Gå det igennem alene (15 min)")
        page.wait_for_selector("text=Trin 1 af 8")
        return page.url

    return begin


@pytest.fixture
def first(browser_page, step):
    return Window(browser_page, step(browser_page))


@pytest.fixture
def open_window(first):
    """A function: another window of the same person, at the same step."""
    return lambda: Window(first.page.context.new_page(), first.page.url)


@pytest.fixture
def stored(server):
    """A function: the text that the database holds for a window's field."""

    def look(window) -> str | None:
        prompt = window.field.get_attribute("name").removeprefix("prompt-")
        key = re.search(r"[0-9a-f-]{36}", window.page.url)[0]
        with psycopg.connect(**on_the_server(server.database)) as database:
            found = database.execute(
                "SELECT text FROM reflection_answer JOIN reflection_participant p ON p.id = participant_id"
                " JOIN reflection_reflection r ON r.id = reflection_id WHERE r.key = %s AND prompt_id = %s",
                [key, prompt],
            ).fetchone()
        return found and found[0]

    return look


@pytest.fixture
def end_session(server):
    """A function: let the session of a page's browser end, as it does after twelve hours."""

    def end(page):
        key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "session")
        with psycopg.connect(**on_the_server(server.database)) as database:
            ended = database.execute("DELETE FROM django_session WHERE session_key = %s", [key])
            assert ended.rowcount == 1

    return end


def log_in_at(page):
    """Fill in the login that the page shows, and come to what was asked for."""
    send_login(page)
    page.wait_for_selector("h1:not(:text-is('Log ind'))")


# --- While one types -----------------------------------------------------------------------------


def test_what_one_types_is_saved_without_a_click(first, stored):
    first.save("Det, jeg skriver")
    assert stored(first) == "Det, jeg skriver"


def test_what_one_types_before_the_script_is_there_is_saved_as_the_rest(first, stored):
    """A phone on a slow network shows the field long before the scripts have come."""
    scripts = []
    first.page.route("**/autosave*.js", lambda route: scripts.append(route))
    first.page.goto(first.page.url, wait_until="commit")
    first.type("Hurtigere end telefonen")
    with first.page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        scripts[0].continue_()
    assert saved.value.status == 200
    first.wait_for(SAVED)
    assert stored(first) == "Hurtigere end telefonen"


def test_autosave_never_moves_the_place_one_types_at(first, stored):
    first.save("Begyndelse")
    with first.page.expect_response(lambda response: response.request.method == "POST"):
        first.page.keyboard.type(" og fortsættelse")
    first.page.keyboard.type(" og slutning")
    assert first.text == "Begyndelse og fortsættelse og slutning"


def test_the_last_words_before_a_button_are_saved(first, stored):
    first.type("Skrevet i sidste øjeblik")
    first.press("Gem, og fortsæt senere")
    first.page.wait_for_selector("h1:text-is('Målet')")
    first.page.go_back()
    assert stored(first) == "Skrevet i sidste øjeblik"


def test_a_slow_save_never_arrives_after_the_button_that_followed_it(first, stored):
    """An older text that comes last would be taken for the newer one."""
    posts = []

    def hold_the_first(route):
        if route.request.method == "POST":
            posts.append(route)
        if posts != [route]:
            route.continue_()

    first.page.route("**/trin/1/", hold_the_first)
    first.type("Gammel tekst")
    first.page.wait_for_selector(".kompas-save--saving")
    first.type("Ny tekst")
    first.press("Gem, og fortsæt senere")
    first.page.wait_for_timeout(300)
    assert len(posts) == 1
    posts[0].continue_()
    first.page.wait_for_selector("h1:text-is('Målet')")
    first.page.go_back()
    assert stored(first) == "Ny tekst"


def test_a_page_that_is_hidden_saves_at_once_and_goes_on_from_there(first, stored):
    with first.page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        first.type("Telefonen lægges væk")
        hide(first.page)
    assert saved.value.status == 200
    assert stored(first) == "Telefonen lægges væk"
    hide(first.page, False)
    first.wait_for(SAVED)
    first.save("Telefonen er fremme igen")
    assert stored(first) == "Telefonen er fremme igen"


def test_the_last_words_before_a_page_is_left_are_saved(first, stored):
    first.type("Skrevet, og så væk")
    first.page.once("dialog", lambda dialog: dialog.accept())
    address = first.page.url
    first.page.goto("/")
    for _try in range(20):
        first.page.goto(address)
        if first.text:
            break
    assert stored(first) == first.text == "Skrevet, og så væk"


def test_while_one_types_it_is_said_once_that_it_is_saved_and_each_time_it_is_not(first):
    first.page.evaluate(HEAR)
    for number in range(4):
        first.save(f"Sætning nummer {number}")
    assert first.page.evaluate("heard") == [SAID]
    first.page.context.set_offline(True)
    first.type("I en tunnel")
    first.wait_for(NOT_SAVED)
    first.page.context.set_offline(False)
    first.wait_for(SAVED)
    first.save("Ude igen")
    assert first.page.evaluate("heard") == [SAID, NOT_SAVED, SAID]


# --- Two windows ---------------------------------------------------------------------------------


def test_two_windows_show_each_other_what_they_wrote(first, open_window, stored):
    second = open_window()
    first.save("Fra det ene vindue")
    second.save("Fra det andet vindue", CLASH)
    assert (second.text, second.theirs) == ("Fra det andet vindue", ["Fra det ene vindue"])
    assert stored(first) == "Fra det ene vindue"

    second.press("Gem min tekst i stedet")
    second.wait_for(SAVED)
    assert second.theirs == []
    assert stored(first) == "Fra det andet vindue"

    first.save("Igen fra det ene", CLASH)
    assert first.theirs == ["Fra det andet vindue"]
    first.page.once("dialog", lambda dialog: dialog.accept())
    first.press("Brug den anden tekst")
    first.page.wait_for_function(
        "document.querySelector('textarea[name^=prompt-]').value === 'Fra det andet vindue'"
    )


def test_a_button_pressed_once_is_not_pressed_again_by_autosave(first, open_window, stored):
    second = open_window()
    first.save("Ét")
    second.save("To", CLASH)
    second.press("Gem min tekst i stedet")
    second.wait_for(SAVED)
    third = open_window()
    third.save("Tre")
    for text in ["Fire", "Fem"]:
        second.save(text, CLASH)
        second.page.wait_for_timeout(1_200)
        assert second.theirs == ["Tre"]
        assert stored(first) == "Tre"


def test_the_button_shows_the_clash_too(first, open_window, stored):
    second = open_window()
    first.save("Fra det ene vindue")
    second.page.check("[value='3'][name^=prompt-]")
    second.type("Fra det andet vindue")
    second.press("Fortsæt")
    second.page.wait_for_selector("#save-status blockquote")
    assert (second.text, second.theirs) == ("Fra det andet vindue", ["Fra det ene vindue"])
    assert stored(first) == "Fra det ene vindue"


def test_an_answer_in_one_window_survives_what_another_types_beside_it(first, open_window):
    second = open_window()
    first.page.check("[value='4'][name^=prompt-]")
    first.wait_for(SAVED)
    for text in ["Ord", "Ord og flere", "Ord og flere ord"]:
        second.save(text)
    assert open_window().page.is_checked("[value='4'][name^=prompt-]")


def test_two_windows_without_javascript(new_page, step, stored):
    page = new_page(java_script_enabled=False)
    first = Window(page, step(page))
    second = Window(page.context.new_page(), first.page.url)
    first.field.fill("Fra det ene vindue")
    first.press("Gem, og fortsæt senere")
    second.field.fill("Fra det andet vindue")
    second.press("Gem, og fortsæt senere")
    assert (second.text, second.theirs) == ("Fra det andet vindue", ["Fra det ene vindue"])
    assert stored(second) == "Fra det ene vindue"
    second.press("Gem min tekst i stedet")
    second.page.wait_for_selector("text=Din tekst er gemt i stedet.")
    assert (second.text, stored(second)) == ("Fra det andet vindue", "Fra det andet vindue")


# --- No network ----------------------------------------------------------------------------------


def test_without_a_network_the_text_stays_and_is_sent_when_it_returns(first, stored):
    first.save("Før")
    first.page.context.set_offline(True)
    first.type("Skrevet i en tunnel")
    first.wait_for(NOT_SAVED)
    assert (first.text, stored(first)) == ("Skrevet i en tunnel", "Før")
    first.page.context.set_offline(False)
    first.wait_for(SAVED)
    assert stored(first) == "Skrevet i en tunnel"


def test_a_button_pressed_without_a_network_takes_nothing_away(first, stored):
    first.page.context.set_offline(True)
    first.type("Skrevet i en tunnel")
    first.press("Gem, og fortsæt senere")
    first.wait_for(NOT_SAVED)
    assert first.text == "Skrevet i en tunnel"
    first.page.context.set_offline(False)
    first.wait_for(SAVED)
    assert stored(first) == "Skrevet i en tunnel"
    first.press("Gem, og fortsæt senere")
    first.page.wait_for_selector("h1:text-is('Målet')")


def test_closing_a_window_with_unsaved_words_asks_first(first):
    first.page.context.set_offline(True)
    first.type("Skrevet i en tunnel")
    first.wait_for(NOT_SAVED)
    asked = []
    first.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    first.page.close(run_before_unload=True)
    first.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]


# --- No session ----------------------------------------------------------------------------------


def test_when_the_session_ends_one_logs_in_beside_and_the_text_saves_itself(first, end_session, stored):
    first.save("Før")
    end_session(first.page)
    first.type("Skrevet efter tolv timer")
    first.wait_for(LOGGED_OUT)
    assert (first.text, stored(first)) == ("Skrevet efter tolv timer", "Før")
    with first.page.context.expect_page() as opened:
        first.press("Log ind i et nyt vindue, så gemmes det")
    log_in_at(opened.value)
    first.wait_for(SAVED)
    assert (first.text, stored(first)) == ("Skrevet efter tolv timer", "Skrevet efter tolv timer")


def test_a_button_pressed_after_the_session_ended_takes_nothing_away(first, end_session, stored):
    end_session(first.page)
    first.type("Skrevet efter tolv timer")
    first.press("Gem, og fortsæt senere")
    first.wait_for(LOGGED_OUT)
    assert first.text == "Skrevet efter tolv timer"
    with first.page.context.expect_page() as opened:
        first.press("Log ind i et nyt vindue, så gemmes det")
    log_in_at(opened.value)
    first.wait_for(SAVED)
    assert stored(first) == "Skrevet efter tolv timer"


def test_trying_again_does_not_take_the_login_away_from_whoever_is_about_to_press_it(first, end_session):
    end_session(first.page)
    first.type("Skrevet efter tolv timer")
    first.wait_for(LOGGED_OUT)
    link = first.page.locator("#save-status a")
    link.focus()
    with first.page.expect_response("**/trin/1/", timeout=10_000) as tried:
        pass
    assert tried.value.status == 403
    first.page.wait_for_timeout(100)
    assert link.evaluate("link => document.activeElement === link")


def test_without_javascript_the_words_come_back_and_are_sent_again(new_page, step, end_session, stored):
    page = new_page(java_script_enabled=False)
    address = step(page)
    window = Window(page, address)
    end_session(page)
    window.field.fill("Skrevet efter tolv timer")
    window.press("Gem, og fortsæt senere")
    page.wait_for_selector("h1:text-is('Du var logget ud, men det, du skrev, er her endnu')")
    assert page.locator(".kompas-typed").all_inner_texts() == ["Skrevet efter tolv timer"]
    with page.context.expect_page() as opened:
        page.click("main ol a")
    log_in_at(opened.value)
    page.click("button:text-is('Send igen')")
    page.wait_for_load_state()
    if page.locator("button:text-is('Send igen')").count():  # the token was older than the login
        page.click("button:text-is('Send igen')")
    page.wait_for_selector("h1:text-is('Målet')")
    assert stored(Window(page, address)) == "Skrevet efter tolv timer"


# --- No server -----------------------------------------------------------------------------------


def test_when_the_server_is_killed_nothing_acknowledged_is_lost(first, server, stored):
    first.save("Kvitteret")
    server.kill()
    first.type("Skrevet mens serveren var væk")
    first.wait_for(NOT_SAVED)
    assert (first.text, stored(first)) == ("Skrevet mens serveren var væk", "Kvitteret")
    server.start()
    first.wait_for(SAVED)
    assert stored(first) == "Skrevet mens serveren var væk"
