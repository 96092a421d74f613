"""Writing with the toolbar and pasting, by the keyboard, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.admin.test_pasted import FROM_WORD, WORD
from tests.browser.inspection import PHONE, WIDE, too_wide, violations
from tests.browser.test_admin import ADMIN_RULES, first_row

PASTE = """([name, html, text]) => {
    const data = new DataTransfer()
    if (html) data.setData('text/html', html)
    data.setData('text/plain', text)
    const field = document.querySelector(name)
    field.focus()
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})
    if (field.dispatchEvent(event)) field.setRangeText(text)
}"""
BODY = "#id_body"


@pytest.fixture
def story(editor_tab):
    editor_tab.goto(f"/admin/compass/story/{first_row(editor_tab, 'story')}/change/")
    editor_tab.fill(BODY, "")
    return editor_tab


def bar(tab):
    return tab.locator(".form-row.field-body [role=toolbar]").first


def panel(tab):
    return tab.locator(".form-row.field-body .kompas-toolbar__panel").first


def is_good(tab):
    for size in [WIDE, PHONE]:
        tab.set_viewport_size(size)
        assert [*violations(tab, ADMIN_RULES), *too_wide(tab)] == []
    tab.set_viewport_size(WIDE)


def paste(tab, html, text):
    tab.evaluate(PASTE, [BODY, html, text])


def test_a_text_from_word_is_shown_and_then_stands(story):
    paste(story, WORD, "Mødet på Bispehaven")
    expect(panel(story).locator("h2, h3")).to_have_text(
        ["Sådan bliver det", "Mødet på Bispehaven", "Sådan gjorde de"]
    )
    expect(panel(story).locator("button", has_text="Sæt ind sådan")).to_be_focused()
    is_good(story)
    story.keyboard.press("Enter")
    expect(panel(story)).to_be_hidden()
    assert story.input_value(BODY) == FROM_WORD
    assert story.seen.complaints == []


def test_lines_become_paragraphs_and_may_stay_as_they_are(story):
    paste(story, "", "Første afsnit.\nAndet afsnit.")
    panel(story).locator("button", has_text="Sæt ind sådan").press("Enter")
    assert story.input_value(BODY) == "Første afsnit.\n\nAndet afsnit."
    story.fill(BODY, "")
    paste(story, "", "Første afsnit.\nAndet afsnit.")
    panel(story).locator("button", has_text="ren tekst").press("Enter")
    assert story.input_value(BODY) == "Første afsnit.\nAndet afsnit."


def test_without_the_network_the_text_is_pasted_as_it_is(story):
    story.context.set_offline(True)
    paste(story, WORD, "Ren tekst")
    expect(panel(story)).to_contain_text("Der er ikke forbindelse")
    panel(story).locator("button", has_text="ren tekst").press("Enter")
    assert story.input_value(BODY) == "Ren tekst"
    story.context.set_offline(False)
    story.seen.complaints.clear()


def test_the_toolbar_is_one_stop_and_its_arrows_lead_through_it(story):
    buttons = bar(story).locator("button")
    names = ["Mellemrubrik", "Fed", "Liste", "Citat", "Link", "Billede", "Faktaboks", "Fodnote"]
    assert buttons.all_inner_texts() == names
    assert [one.get_attribute("tabindex") for one in buttons.all()].count("0") == 1
    buttons.first.focus()
    for _ in range(3):
        story.keyboard.press("ArrowRight")
    expect(buttons.nth(3)).to_be_focused()
    story.keyboard.press("End")
    expect(buttons.last).to_be_focused()
    is_good(story)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Mellemrubrik", "## ord"),
        ("Fed", "**ord**"),
        ("Liste", "- ord"),
        ("Citat", "> ord"),
        ("Fodnote", "[^1]\n\n[^1]: Skriv noten her."),
        ("Faktaboks", "::: faktaboks Overskrift\nSkriv fakta her.\n:::\n\n"),
    ],
)
def test_a_button_writes_its_markdown(story, name, written):
    story.fill(BODY, "ord")
    story.locator(BODY).press("Control+a")
    bar(story).locator("button", has_text=name).press("Enter")
    assert story.input_value(BODY) == written


def test_bold_and_link_have_keys_and_the_link_is_chosen(story):
    story.fill(BODY, "ord")
    story.locator(BODY).press("Control+a")
    story.keyboard.press("Control+b")
    assert story.input_value(BODY) == "**ord**"
    story.fill(BODY, "læs mere om det")
    story.locator(BODY).press("Control+a")
    story.keyboard.press("Control+k")
    search = panel(story).locator("input[type=search]")
    expect(search).to_be_focused()
    found = panel(story).locator("[data-address]")
    found.first.wait_for()
    is_good(story)
    address = found.first.get_attribute("data-address")
    found.first.press("Enter")
    assert story.input_value(BODY) == f"[læs mere om det]({address})"
    story.keyboard.press("Control+k")
    story.keyboard.press("Escape")
    expect(panel(story)).to_be_hidden()
    expect(story.locator(BODY)).to_be_focused()
