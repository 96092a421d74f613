"""A picture is chosen by what it shows and uploaded in place, with a keyboard alone and at 375 px."""

from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_admin import first_row
from tests.browser.test_editors_tools import good_for_everybody


def picture(name):
    written = BytesIO()
    Image.new("RGB", (640, 360), name).save(written, "PNG")
    return {"name": f"{name}.png", "mimeType": "image/png", "buffer": written.getvalue()}


def test_pictures_are_uploaded_in_place_and_one_is_chosen(editor_tab):
    tab = editor_tab
    tab.goto(f"/admin/compass/story/{first_row(tab, 'story')}/change/")
    field, dialog = tab.locator(".field-picture"), tab.locator("dialog[open]")
    field.locator("button", has_text="Vælg billede").press("Enter")
    dialog.locator("[data-files]").set_input_files([picture("teal"), picture("red")])
    rows = dialog.locator("[data-rows] form")
    for number, words in enumerate(["Det blå.", "Det røde."]):
        rows.nth(number).locator("[name=alt]").fill(words)
        rows.nth(number).locator("[name=credit]").fill("Frida")
    good_for_everybody(tab)
    dialog.locator("[data-all]").press("Enter")
    expect(dialog.locator(".kompas-choices span").first).to_have_text("Det røde.")
    expect(rows).to_have_count(0)
    dialog.locator("button", has_text="Det blå.").press("Enter")
    expect(field.locator(".kompas-chosen span")).to_have_text("Det blå.")
    expect(field.locator("button", has_text="Vælg billede")).to_be_focused()
    tab.locator("[name=_continue]").first.press("Enter")
    expect(tab.locator(".messagelist")).to_contain_text("blev ændret")
    field.locator("button", has_text="Fjern").press("Enter")
    expect(tab.locator("[name=picture]")).to_have_value("")
    good_for_everybody(tab)


def test_a_click_says_what_matters_and_what_is_wrong_leaves_the_file(editor_tab):
    tab = editor_tab
    tab.goto("/admin/compass/picture/add/")
    tab.set_input_files("[name=file]", picture("teal"))
    shown = tab.locator("[data-focus] canvas")
    size = shown.bounding_box()
    shown.click(position={"x": size["width"] * 0.25, "y": size["height"] * 0.75})
    assert [tab.input_value(f"[name=focus_{axis}]") for axis in "xy"] == ["25", "75"]
    tab.locator("[name=_save]").first.press("Enter")
    expect(tab.locator(".field-credit .errorlist")).to_contain_text("påkrævet")
    expect(tab.locator(".form-row:has(.errorlist) [name]").first).to_be_focused()
    tab.fill("[name=alt]", "Det blå.")
    tab.fill("[name=credit]", "Frida")
    tab.locator("[name=_save]").first.press("Enter")
    expect(tab.locator(".messagelist")).to_contain_text("blev tilføjet")
    tab.seen.complaints.clear()


def test_a_file_that_is_stopped_leaves_nothing_behind_and_is_sent_again(editor_tab, server):
    tab = editor_tab
    before = sorted(server.media.rglob("*"))
    tab.goto("/admin/compass/attachment/add/")
    tab.fill("[name=title]", "Årsrapport")
    tab.check("[name=is_accessible]")
    report = {"name": "rapport.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + b"0" * 1_500_000}
    tab.set_input_files("[name=file]", report)
    network = tab.context.new_cdp_session(tab)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    network.send("Network.emulateNetworkConditions", slow)
    dialog = "document.getElementById('upload-words').content.firstElementChild.dataset"
    most = tab.evaluate(f"[{dialog}.mostBytes, {dialog}.mostBytes = 1000]")[0]
    tab.locator("[name=_save]").first.press("Enter")
    expect(tab.locator("#unsaved-status")).to_contain_text("Filerne fylder mere end 190,7 MB tilsammen")
    tab.evaluate(f"{dialog}.mostBytes = {most}")
    tab.locator("[name=_save]").first.press("Enter", no_wait_after=True)
    stop = tab.locator("dialog[open] button")
    expect(stop).to_be_focused()
    good_for_everybody(tab)
    stop.press("Enter")
    expect(tab.locator("dialog")).to_have_count(0)
    expect(tab.locator("#unsaved-status")).to_contain_text("Filen er ikke sendt")
    expect(tab.locator("[name=_save]").first).to_be_focused()
    assert sorted(server.media.rglob("*")) == before
    assert tab.input_value("[name=title]") == "Årsrapport"
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    tab.locator("[name=_save]").first.press("Enter")
    expect(tab.locator(".messagelist")).to_contain_text("blev tilføjet")
    expect(tab.locator("#result_list")).to_contain_text("Årsrapport")
    tab.seen.complaints.clear()
