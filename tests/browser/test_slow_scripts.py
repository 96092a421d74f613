"""What an editor does before the page is whole – a slow phone, a busy machine – is not lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import EDITOR
from tests.browser.test_admin import first_row

# Autosaves come ten times as often, so that nothing here takes seconds.
HASTE = "const slowly = window.setInterval; window.setInterval = (what, pause) => slowly(what, pause / 10);"
DEFERRED = "**/nav_sidebar*.js"  # until it is there, the page is seen and is not «ready»
PICTURES = "**/*.svg"  # until they are there, the page is not «loaded»


@pytest.fixture
def tab(open_admin_tab):
    tab = open_admin_tab(EDITOR)
    tab.add_init_script(HASTE)
    yield tab
    tab.context.close()


def hold(tab, pattern) -> list:
    """What answers this waits, until `let_go`."""
    held = []
    tab.route(pattern, lambda route: held.append(route))
    return held


def let_go(tab, pattern, held):
    for route in held:
        route.continue_()
    tab.unroute(pattern)


def is_kept(request) -> bool:
    return request.method == "POST" and request.url.endswith("/ugemt/") and "is_open" not in request.post_data


def test_what_is_typed_before_the_scripts_run_is_kept_without_another_letter(tab):
    held = hold(tab, DEFERRED)
    tab.goto("/admin/compass/page/add/", wait_until="commit")
    tab.locator("[name=title]").press_sequentially("Skrevet tidligt")
    assert held
    with tab.expect_request(is_kept) as kept:
        let_go(tab, DEFERRED, held)
    assert "Skrevet+tidligt" in kept.value.post_data


def test_half_a_page_cannot_be_sent(tab):
    address = f"/admin/compass/story/{first_row(tab, 'story')}/change/"
    tab.goto(address)
    body = tab.input_value("[name=body]")
    network = tab.context.new_cdp_session(tab)
    slow = {"offline": False, "latency": 0, "downloadThroughput": 8_000, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    sent = []
    tab.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    tab.goto(address, wait_until="commit")
    tab.locator("[name=title]").wait_for()
    assert tab.evaluate("() => document.readyState") == "loading"
    assert tab.locator("[name=_save], [name=_continue]").count() == 0
    tab.locator("[name=title]").press("Enter", no_wait_after=True)
    network.send("Network.emulateNetworkConditions", {**slow, "downloadThroughput": -1})
    tab.wait_for_load_state()
    assert [url for url in sent if url.endswith("/change/")] == []
    assert tab.input_value("[name=body]") == body != ""


def test_a_row_that_is_added_before_the_pictures_are_there_is_as_every_other(tab):
    address = f"/admin/compass/dilemma/{first_row(tab, 'dilemma')}/change/"
    held = hold(tab, PICTURES)
    tab.goto(address, wait_until="domcontentloaded")
    assert held
    tab.locator(".add-row a").click()
    row = tab.locator(".inline-related:not(.empty-form)").last
    expect(row.locator("[name$=-position]")).not_to_have_value("")
    expect(row.locator(".kompas-order button")).to_have_count(2)
    field = row.locator("[name$=-text]")
    row.locator("[role=toolbar] button", has_text="Fed").first.press("Enter")
    expect(field).to_have_value("**fed tekst**")
    field.fill("[her](/findes-ikke/)")
    row.locator("button", has_text="Vis, som læseren ser det").first.press("Enter")
    expect(row.locator(".kompas-preview a").first).to_have_text("her")
    expect(row.locator(".kompas-findings").first).to_contain_text("fører ingen steder hen")
    let_go(tab, PICTURES, held)


def test_a_form_that_nobody_wrote_in_is_not_kept(tab):
    """What the admin's own scripts fill in is no work of anybody's."""
    kept = []
    tab.on("request", lambda request: is_kept(request) and kept.append(request.url))
    for address in ["story/add/", f"dilemma/{first_row(tab, 'dilemma')}/change/"]:
        tab.goto(f"/admin/compass/{address}")
        tab.wait_for_timeout(400)
    tab.goto("/admin/")
    assert kept == []
