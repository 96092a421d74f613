"""What stands beside the writing: advice, the reader's view, pictures, and import – with a keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import PHONE, WIDE, too_wide, violations
from tests.browser.test_admin import check, first_row

PAGES = [
    "/admin/compass/picture/",
    "/admin/compass/picture/add/",
    "/admin/compass/attachment/add/",
    "/admin/compass/story/import/",
    "/admin/compass/contact/import/",
]
STORY = (
    "nøgle;slags;vej;titel;indledning;tekst;ophav\n"
    "{key};Case;{path};Ny historie;Kort sagt.;De prøvede.;composed\n"
)


@pytest.fixture
def story(editor_tab):
    editor_tab.goto(f"/admin/compass/story/{first_row(editor_tab, 'story')}/change/")
    return editor_tab


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_of_the_tools_work_for_everybody(editor_tab, server, address):
    check(editor_tab, server, address)


def test_a_page_leads_its_editor_to_the_form_and_is_good_for_everybody(editor_tab, server):
    editor_tab.goto(server.address("compass:story"))
    link = editor_tab.locator(".kompas-edit-bar a")
    link.wait_for()
    for size in [WIDE, PHONE]:
        editor_tab.set_viewport_size(size)
        assert [*violations(editor_tab), *too_wide(editor_tab)] == []
    editor_tab.set_viewport_size(WIDE)
    link.press("Enter")
    editor_tab.wait_for_url("**/change/")


def good_for_everybody(tab):
    for size in [WIDE, PHONE]:
        tab.set_viewport_size(size)
        assert [*violations(tab), *too_wide(tab)] == []
    tab.set_viewport_size(WIDE)
    if hasattr(tab, "seen"):
        tab.seen.complaints.clear()  # of what axe puts into the frames of a page


def test_a_draft_beside_the_public_text_with_the_keyboard(editor_tab, server, new_page):
    story = editor_tab
    story.goto(server.address("compass:story"))
    story.locator(".kompas-edit-bar a").press("Enter")
    story.wait_for_url("**/change/")
    before = story.input_value("[name=title]")
    story.fill("[name=title]", "Noget helt andet")
    with story.context.expect_page() as opened:
        story.locator("[name=_preview]").press("Enter")
    shown = opened.value
    frame = shown.frame_locator("iframe >> nth=0")
    expect(frame.locator("h1")).to_have_text("Noget helt andet")
    expect(frame.locator(".kompas-edit-bar")).to_contain_text("Kladde")
    assert story.seen.complaints == []
    shown.locator("#language-en").press("Space")
    shown.locator("#width-narrow").press("Space")
    expect(shown.locator("iframe >> nth=1")).to_be_visible()
    expect(shown.locator("iframe >> nth=0")).to_be_hidden()
    assert shown.locator("iframe >> nth=1").bounding_box()["width"] < 380
    good_for_everybody(shown)
    shown.close()
    expect(story.locator("[name=title]")).to_have_value("Noget helt andet")
    story.locator("[name=_apart]").press("Enter")
    story.wait_for_url("**/kladde/")
    good_for_everybody(story)
    story.locator("summary", has_text="Vis kladden til en uden konto").press("Enter")
    reader = new_page()
    reader.goto(story.input_value("#share-url"))
    expect(reader.locator("h1")).to_have_text("Noget helt andet")
    good_for_everybody(reader)
    story.locator("[name=_appear]").press("Enter")
    story.wait_for_url("**/frem/")
    expect(story.locator("ins")).to_contain_text("Noget helt andet")
    good_for_everybody(story)
    story.locator("input[type=submit].default").press("Enter")
    story.wait_for_url("**/change/")
    expect(story.locator("[name=title]")).to_have_value("Noget helt andet")
    story.fill("[name=title]", before)
    story.locator("[name=_continue]").first.press("Enter")
    expect(story.locator(".messagelist")).to_contain_text("blev ændret")


def test_a_remark_is_made_answered_and_closed_with_the_keyboard(story):
    story.locator("#remarks-heading").press("Enter")
    story.select_option("#remark_field", "body")
    story.fill("#remark_text", "Hvem sagde det?")
    story.locator("button", has_text="Skriv bemærkningen").press("Enter")
    expect(story.locator(".field-body .kompas-remark")).to_contain_text("Hvem sagde det?")
    good_for_everybody(story)
    story.locator(".kompas-remarks li textarea").last.fill("Mette.")
    story.locator(".kompas-remarks li button", has_text="Svar").last.press("Enter")
    expect(story.locator(".kompas-remarks blockquote").last).to_contain_text("Mette.")
    story.locator(".kompas-remarks li button", has_text="Luk").last.press("Enter")
    expect(story.locator(".field-body .kompas-remark")).to_have_count(0)


def test_rows_move_up_and_down_with_the_keyboard_and_a_new_one_gets_the_next_number(editor_tab):
    tab = editor_tab
    tab.goto(f"/admin/compass/dilemma/{first_row(tab, 'dilemma')}/change/")
    titles = "[name^=standpoints-][name$=-title]:not([name*=__prefix__])"
    before = [field.input_value() for field in tab.locator(titles).all()]
    assert len(before) >= 2
    tab.locator(".kompas-order button", has_text="Ned").first.press("Enter")
    expect(tab.locator(".kompas-order button", has_text="Ned").nth(1)).to_be_focused()
    expect(tab.locator(titles).first).to_have_value(before[1])
    good_for_everybody(tab)
    tab.locator("[name=_continue]").first.press("Enter")
    expect(tab.locator(".messagelist")).to_contain_text("blev ændret")
    moved = [field.input_value() for field in tab.locator(titles).all()]
    assert moved == [before[1], before[0], *before[2:]]
    tab.locator(".kompas-order button", has_text="Op").nth(1).click()
    tab.locator(".add-row a").click()
    expect(tab.locator(f"[name=standpoints-{len(before)}-position]")).to_have_value(str(len(before) + 1))


def test_a_colleague_with_the_same_form_open_is_seen(story, new_page, login):
    other = new_page()
    login(other, "administrator@example.dk")
    other.goto(story.url)
    expect(other.locator("#open-beside")).to_contain_text("har også siden åben.")


def test_advice_comes_below_the_field_while_one_writes(story):
    shown = story.locator("#id_body-findings")
    expect(shown).to_have_attribute("aria-live", "polite")
    story.fill("#id_body", "### Mødet\n\n[her](/findes-ikke/)")
    expect(shown).to_contain_text("Skriv ## foran «Mødet».")
    expect(shown).to_contain_text("Linket «her» siger ikke, hvor det fører hen.")
    expect(shown).to_contain_text("Linket til /findes-ikke/ fører ingen steder hen.")
    story.fill("#id_body", "## Mødet\n\nVi mødtes i maj.")
    expect(shown).to_contain_text("Ingen bemærkninger til teksten.")
    assert story.seen.complaints == []


def test_the_readers_view_opens_and_closes_with_the_keyboard(story):
    story.fill("#id_body", "## Mødet\n\nVi **mødtes** <b onclick=alert(1)>i maj</b>.")
    button = story.locator("[aria-controls=id_body-preview]")
    button.focus()
    story.keyboard.press("Enter")
    shown = story.locator("#id_body-preview")
    expect(shown.locator("h2")).to_have_text("Mødet")
    expect(shown.locator("strong")).to_have_text("mødtes")
    assert shown.locator("b").count() == 0
    expect(shown).to_be_focused()
    closing = story.locator("[aria-controls=id_body-preview]", has_text="Luk visningen")
    expect(closing).to_have_accessible_name("Luk visningen: Tekst")  # there is one below each field
    expect(closing).to_have_attribute("aria-expanded", "true")
    closing.focus()
    story.keyboard.press("Enter")
    expect(shown).to_be_hidden()


def test_the_network_that_is_gone_loses_nothing(story):
    story.context.set_offline(True)
    story.fill("#id_body", "Det, jeg skrev.")
    story.locator("[aria-controls=id_body-preview]").click()
    expect(story.locator("#id_body-preview")).to_contain_text("Den står stadig i feltet.")
    assert story.input_value("#id_body") == "Det, jeg skrev."
    story.context.set_offline(False)
    story.seen.complaints.clear()


def test_a_file_is_tried_mended_and_imported(editor_tab):
    editor_tab.goto("/admin/compass/story/import/")
    wrong = STORY.format(key="B1", path="findes-ikke").encode()
    editor_tab.set_input_files("[name=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": wrong})
    editor_tab.locator("input[value='Prøv filen']").press("Enter")
    expect(editor_tab.locator("[role=alert]")).to_contain_text(
        "Række 2, kolonnen «vej»: «findes-ikke» findes ikke"
    )
    path = editor_tab.locator("[role=alert]").inner_text().split("Skriv en af: ")[1].split(",")[0]
    right = STORY.format(key="B1", path=path).encode()
    editor_tab.set_input_files("[name=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": right})
    editor_tab.locator("input[value='Prøv filen']").press("Enter")
    expect(editor_tab.locator("[role=status]").first).to_contain_text("1 nye, 0 ændrede og 0 uændrede.")
    editor_tab.locator("input[value='Importér nu']").press("Enter")
    expect(editor_tab.locator(".messagelist")).to_contain_text("Importeret: 1 nye")
    editor_tab.goto("/admin/compass/story/import/")
    changed = right.replace(b"Ny historie", b"Nyere historie")
    editor_tab.set_input_files("[name=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": changed})
    editor_tab.locator("input[value='Prøv filen']").press("Enter")
    rows = editor_tab.locator(".comparison tbody tr")
    expect(rows.locator("del").first).to_contain_text("Ny")
    expect(rows.locator("ins").first).to_contain_text("Nyere")
    good_for_everybody(editor_tab)
