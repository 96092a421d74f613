"""No order of typing, keeping, pressing, losing the network and logging in loses a letter or a click.

A few orders in every run; `ORDERS=200` tries as many. The model is what stood in a field after each letter.
"""

import os
import random
import time

import pytest
from playwright.sync_api import Error, expect

from tests.browser.conftest import EDITOR
from tests.browser.test_admin import first_row

ORDERS = int(os.environ.get("ORDERS", "4"))
STEPS = 14
FIELDS = ["standfirst", "body"]
BUTTON = "input[name=_continue]"
SENDS_AGAIN = "form.kompas-form[action$='/change/'] button"
# Autosaves come ten times as often, so that an order takes seconds; what is typed is told to the model.
HASTE = """
const slowly = window.setInterval;
window.setInterval = (what, pause) => slowly(what, pause / 10);
addEventListener("input", ({ target }) => window.typed(target.name, target.value), true);
"""


STATE = """() => [location.href, document.readyState, document.querySelector("#unsaved-status")?.className,
    document.querySelector("#unsaved-status")?.textContent, document.querySelector("form[id]")?.inert,
    document.activeElement.outerHTML.slice(0, 99)]"""


class Editor:
    """An editor at one page, with a second window; `typed` is what stood in each field at last."""

    def __init__(self, tab, address, begin, dice):
        self.tab, self.address, self.begin, self.dice = tab, address, begin, dice
        self.typed, self.is_online, self.is_in, self.answers = {}, True, True, []
        tab.context.expose_binding("typed", lambda _source, name, text: self.typed.update({name: text}))
        tab.add_init_script(HASTE)
        tab.on("dialog", lambda dialog: dialog.dismiss())  # who is warned stays
        tab.on("response", self._hear)
        self.network = tab.context.new_cdp_session(tab)
        self.other = tab.context.new_page()
        self.delay(0)
        self.tab.goto(self.address)
        while self.tab.locator(".kept button").count():  # what an earlier order left behind
            self.tab.locator(".kept button").first.click()
            self.tab.wait_for_load_state("load")

    def _is_saving(self, response) -> bool:
        return response.request.method == "POST" and response.url.endswith(self.address)

    def _hear(self, response):
        if self._is_saving(response):
            self.answers.append(response.status)

    def delay(self, latency, *, offline=False):
        conditions = {
            "offline": offline,
            "latency": latency,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        }
        self.network.send("Network.emulateNetworkConditions", conditions)

    def go(self, tab, address):
        """As one who types an address; a page that goes by itself at that moment comes first."""
        for _ in range(5):
            try:
                tab.goto(address, timeout=8_000)
            except Error:
                tab.wait_for_timeout(500)
            else:
                return
        tab.goto(address)

    def open(self):
        self.go(self.tab, self.address)
        if self.tab.locator(".kept a.button").count():
            self.tab.locator(".kept a.button").first.click()
        self.tab.wait_for_selector("#unsaved-status", state="attached")

    # --- What may happen -------------------------------------------------------------------------------

    def type(self):
        self.settle()
        field = self.tab.locator(f"[name={self.dice.choice(FIELDS)}]")
        letters = "".join(self.dice.choices("abcdefgh", k=self.dice.randint(1, 4)))
        try:
            field.press("End", timeout=2_000)
            self.tab.keyboard.type(letters, delay=self.dice.choice([0, 20, 60]))
        except Error:  # the page goes: whoever writes sees that the letters are not there
            return

    def wait(self):
        self.tab.wait_for_timeout(self.dice.choice([10, 150, 300, 700]))

    def press(self):
        """What is pressed is done, at once or as soon as it can be."""
        self.settle()
        before = len(self.answers)
        self.tab.locator(BUTTON).first.press("Enter", no_wait_after=True)
        if self.is_online and self.is_in:
            self.hear_after(before)

    def hear_after(self, before):
        until = time.monotonic() + 30
        while len(self.answers) == before:
            self.send_again()
            assert time.monotonic() < until, f"nothing came of a press: {self.tab.evaluate(STATE)}"
            self.tab.wait_for_timeout(20)
        self.tab.wait_for_load_state("load")

    def send_again(self):
        """A login that came between the press and the server: the words are given back, with a button."""
        button = self.tab.locator(SENDS_AGAIN)
        if button.count():
            button.press("Enter", no_wait_after=True)
            self.tab.wait_for_load_state("load")

    def press_while_keeping(self):
        """The moment that once was lost: one letter more since the autosave that is under way began."""
        self.type()
        self.tab.wait_for_timeout(self.dice.choice([300, 310, 330, 350]))
        self.type()
        self.press()

    def lose_network(self):
        self.is_online = False
        self.delay(0, offline=True)
        self.tab.context.set_offline(True)

    def find_network(self):
        self.is_online = True
        self.tab.context.set_offline(False)
        self.delay(self.dice.choice([0, 0, 100, 300]))

    def log_out(self):
        self.is_in = False
        self.tab.context.clear_cookies()

    def log_in(self):
        """In the other window, as the page says."""
        if self.is_online and not self.is_in:
            self._begin(self.other)

    def _begin(self, tab):
        for _ in range(5):
            try:
                self.begin(tab)
            except Error:
                tab.wait_for_timeout(500)
            else:
                break
        self.is_in = True

    def write_elsewhere(self):
        if self.is_online and self.is_in:
            self.go(self.other, self.address)
            self.other.fill("[name=title]", f"Titel {self.dice.random()}")
            with self.other.expect_response(self._is_saving, timeout=30_000):
                self.other.locator(BUTTON).first.press("Enter", no_wait_after=True)
            self.other.wait_for_load_state("load")  # who leaves before has unsaved work there too

    def leave_and_come_back(self):
        if self.is_online and self.is_in:
            self.settle()
            self.go(self.tab, "/admin/")
            self.tab.wait_for_timeout(600)  # what was sent at the end is still under way
            self.open()

    # --- What must be so -------------------------------------------------------------------------------

    def settle(self):
        """A page that goes has come; at a closed door one logs in and fetches what was kept."""
        self.tab.wait_for_timeout(30)
        self.tab.wait_for_load_state("load")
        self.send_again()
        if "/log-ind/" in self.tab.url or "/login/" in self.tab.url:
            self.find_network()
            self._begin(self.tab)
            self.open()
        elif self.tab.url.startswith("chrome-error"):
            self.find_network()
            self.log_in()
            self.open()

    def end(self):
        self.find_network()
        self.log_in()
        self.tab.wait_for_timeout(1_500)
        self.settle()
        self.press()
        self.tab.wait_for_timeout(300)
        self.settle()
        assert self.answers[-1] == 302
        self.go(self.tab, self.address)
        for name, text in self.typed.items():
            if name in FIELDS:
                assert self.tab.input_value(f"[name={name}]") == text


ACTIONS = {
    "type": 6, "wait": 3, "press": 2, "press_while_keeping": 2, "lose_network": 1, "find_network": 2,
    "log_out": 1, "log_in": 2, "write_elsewhere": 1, "leave_and_come_back": 1,
}  # fmt: skip


@pytest.mark.parametrize("seed", range(ORDERS))
def test_no_order_of_what_may_happen_loses_a_letter_or_a_click(new_page, login, seed):
    dice = random.Random(seed)  # noqa: S311
    tab = new_page()
    tab.set_default_timeout(20_000)
    login(tab, EDITOR)
    editor = Editor(
        tab, f"/admin/compass/page/{first_row(tab, 'page')}/change/", lambda page: login(page, EDITOR), dice
    )
    done = dice.choices(list(ACTIONS), weights=ACTIONS.values(), k=STEPS)
    try:
        for action in done:
            getattr(editor, action)()
        editor.end()
    except (AssertionError, Error) as error:
        raise AssertionError(f"order {seed}: {', '.join(done)}") from error


@pytest.mark.parametrize("latency", [0, 150, 400])
def test_a_button_pressed_while_an_autosave_is_under_way_works(new_page, login, latency):
    tab = new_page()
    login(tab, EDITOR)
    address = f"/admin/compass/page/{first_row(tab, 'page')}/change/"
    editor = Editor(tab, address, None, random.Random(latency))  # noqa: S311
    for round_ in range(4):
        editor.delay(latency)
        tab.locator("[name=body]").press("End")
        is_kept = lambda request: request.url.endswith("/ugemt/")  # noqa: E731
        with tab.expect_request(is_kept, timeout=20_000):
            tab.keyboard.type("a")
        tab.keyboard.type("b")
        before = len(editor.answers)
        tab.locator(BUTTON).first.press("Enter", no_wait_after=True)
        editor.hear_after(before)
        expect(tab.locator(".messagelist")).to_contain_text("blev ændret")
        assert editor.answers[-1] == 302, round_
