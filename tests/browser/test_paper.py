"""What is printed, and what stands on the narrowest phone."""

from tests.browser.inspection import NARROW

LONG = "Forvaltningssamarbejdsaftaleopfølgningsmødeindkaldelsesskabelon"


def test_the_audio_book_prints_the_text_that_is_folded_on_the_screen(new_page):
    page = new_page()
    page.goto("/lydbog/")
    text = page.locator(".kompas-recording__text .kompas-prose").first
    assert not text.is_visible()
    page.emulate_media(media="print")
    assert text.is_visible()
    assert text.bounding_box()["height"] > 50
    assert not page.locator(".kompas-player").first.is_visible()


def test_a_long_word_breaks_in_a_table_and_a_list_of_facts(new_page):
    """As «Mine data» has them: names, titles of rooms and an e-mail."""
    page = new_page(viewport=NARROW)
    page.goto("/om/")
    row = f"<tr><th scope='row'>{LONG}</th><td>{LONG}</td><td>{LONG}@example.dk</td></tr>"
    facts = f"<dl class='kompas-definitions'><div><dt>{LONG}</dt><dd>{LONG}@example.dk</dd></div></dl>"
    html = f"<div class='kompas-frame'><h2>{LONG}</h2><table class='kompas-table'>{row}</table>{facts}</div>"
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
