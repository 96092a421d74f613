"""The municipality's login in a real browser, the provider on another origin, under the strict policy."""

import re

import psycopg
import pytest

from tests import oidc
from tests.browser.conftest import Server, blank_tab
from tests.databases import on_the_server
from tests.oidc import MALIK


@pytest.fixture(scope="module")
def provider():
    running = oidc.Provider()
    running.knows("malik", **MALIK, roles=["Kompas-Redaktoer"])
    yield running
    running.stop()


@pytest.fixture(scope="module")
def portal(provider, server, own_database, collected, tmp_path_factory):
    """The same portal once more, where single sign-on is the only way in."""
    folder = tmp_path_factory.mktemp("single-sign-on")
    portal = Server(
        folder, own_database, collected, server.addresses, OIDC_SERVER_URL=provider.url, **oidc.ENVIRONMENT
    )
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def tab(chromium, portal):
    tab = blank_tab(chromium, portal)
    tab.set_default_timeout(15_000)
    yield tab
    tab.context.close()


def log_in(tab):
    """From the portal's login page to the provider, and back to what was wanted."""
    with tab.expect_navigation(url="**/oauth2/authorize?*", wait_until="commit"):
        tab.click("text=Log ind med kommunens login")
    tab.fill("[name=sub]", "malik")
    with tab.expect_navigation(url=re.compile(r"^http://127\.0\.0\.1:")):
        tab.click("button:text-is('Authorize')")


def complaints(tab) -> list[str]:
    return [text for text in tab.seen.complaints if "Content Security Policy" in text or "rror" in text]


def test_the_whole_way_in_with_a_role_and_out_here_and_at_the_provider(tab, portal, provider):
    tab.goto("/admin/")
    log_in(tab)
    tab.wait_for_url(f"{portal.url}/admin/")
    assert "Aarhuskompasset: redaktion" in tab.inner_text("body")
    assert complaints(tab) == []
    tab.goto("/maalkompasset/mine/")
    with tab.expect_navigation(url=f"{provider.url}/oauth2/end_session?*", wait_until="commit"):
        tab.click("header >> text=Log ud")
    with tab.expect_navigation(url=f"{portal.url}/"):
        tab.click("button:text-is('End session')")
    assert complaints(tab) == []
    tab.goto("/maalkompasset/mine/")
    assert tab.inner_text("h1") == "Log ind"


def test_in_the_middle_of_an_answer_after_twelve_hours_nothing_is_lost(tab, portal):
    tab.goto("/maalkompasset/nyt/")
    log_in(tab)
    tab.fill("[name=wording]", "Flere skal cykle til arbejde.")
    tab.check("[name=concerns][value=citizens]")
    tab.click("button:text-is('Gem målet')")
    tab.click("button:has-text('Gå det igennem alene')")
    field = tab.locator("main textarea").first
    with tab.expect_response(lambda response: response.request.method == "POST"):
        field.fill("Begyndt før klokken tolv")
    with psycopg.connect(**on_the_server(portal.database)) as database:
        database.execute("UPDATE accounts_loginsession SET ends_at = now() WHERE kind = 'single_sign_on'")
    with tab.expect_response(lambda response: response.status == 403):
        field.fill("Begyndt før klokken tolv, og skrevet færdig bagefter")
    with tab.context.expect_page() as opened:
        tab.click("text=Log ind i et nyt vindue, så gemmes det")
    log_in(opened.value)
    with tab.expect_response(lambda response: response.request.method == "POST" and response.ok):
        field.press("End")
        field.type(".")
    assert field.input_value() == "Begyndt før klokken tolv, og skrevet færdig bagefter."
    tab.wait_for_selector("text=Gemt")
    tab.reload()
    assert field.input_value() == "Begyndt før klokken tolv, og skrevet færdig bagefter."


def test_one_sees_where_one_is_logged_in_and_ends_it_there(chromium, tab, portal):
    tab.goto("/konto/logget-ind/")
    log_in(tab)
    other = blank_tab(chromium, portal)
    other.goto("/konto/logget-ind/")
    log_in(other)
    assert other.locator("main li p[id]").count() >= 2
    other.click("text=Log ud alle andre steder")
    other.wait_for_selector("text=Du er logget ud alle andre steder.")
    tab.goto("/konto/logget-ind/")
    assert tab.inner_text("h1") == "Log ind"
    other.context.close()
