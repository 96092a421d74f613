"""A passkey in place of the code, under the strict policy; the browser plays the key."""

import psycopg
import pytest

from tests import oidc
from tests.browser.conftest import PASSWORD, Server, blank_tab
from tests.databases import on_the_server

ADMINISTRATOR = "administrator@example.dk"
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def portal(own_database, collected, server, folder, **settings):
    """At a name, for keys belong to names and not to numbers."""
    portal = Server(folder, own_database, collected, server.addresses, **settings)
    portal.url = portal.url.replace("127.0.0.1", "localhost")
    portal.environment |= {"SITE_URL": portal.url, "ALLOWED_HOSTS": "localhost,127.0.0.1"}
    portal.start()
    return portal


@pytest.fixture(scope="module")
def with_passwords(server, own_database, collected, tmp_path_factory):
    running = portal(own_database, collected, server, tmp_path_factory.mktemp("passwords"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def in_an_emergency(server, own_database, collected, tmp_path_factory):
    settings = {**oidc.ENVIRONMENT, "LOCAL_LOGIN": "break-glass", "OIDC_SERVER_URL": "http://localhost:9"}
    running = portal(own_database, collected, server, tmp_path_factory.mktemp("emergency"), **settings)
    yield running
    running.stop()


@pytest.fixture
def tab(chromium, with_passwords):
    tab = blank_tab(chromium, with_passwords)
    tab.set_default_timeout(15_000)
    tab.key = tab.context.new_cdp_session(tab)
    tab.key.send("WebAuthn.enable")
    tab.key.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield tab
    tab.context.close()


def send_password(tab, address):
    tab.goto(address)
    tab.fill("[name=login]", ADMINISTRATOR)
    tab.fill("[name=password]", PASSWORD)
    tab.press("[name=password]", "Enter")


def test_an_administrator_gets_in_by_a_passkey(tab, with_passwords, in_an_emergency):
    send_password(tab, f"{with_passwords.url}/konto/log-ind/")
    tab.wait_for_url(f"{with_passwords.url}/din-side/")
    tab.goto(f"{with_passwords.url}/konto/anden-faktor/noegler/ny/")
    tab.fill("[name=name]", "Nøglen i skuffen")
    tab.click("#add-passkey")
    tab.wait_for_selector("h1:text-is('Dine engangskoder')")
    assert tab.locator("main li code").count() == 10
    tab.goto(f"{with_passwords.url}/konto/anden-faktor/noegler/")
    assert "Nøglen i skuffen" in tab.inner_text("main")
    tab.context.clear_cookies()
    send_password(tab, f"{in_an_emergency.url}/konto/noedlogin/")
    tab.wait_for_selector("h1:text-is('Skriv koden fra din app')")
    tab.click("#use-passkey")
    tab.wait_for_url(f"{in_an_emergency.url}/din-side/")
    assert [text for text in tab.seen.complaints if "Content Security Policy" in text] == []
    with psycopg.connect(**on_the_server(in_an_emergency.database)) as database:
        kinds = database.execute("SELECT kind FROM accounts_loginsession ORDER BY began_at DESC LIMIT 1")
        assert kinds.fetchone() == ("emergency",)
    tab.goto(f"{in_an_emergency.url}/konto/anden-faktor/noegler/")
    tab.click("text=Fjern Nøglen i skuffen")
    tab.click("button:text-is('Fjern adgangsnøglen')")
    tab.wait_for_selector("text=Du har ingen endnu.")
