"""A day of those who edit, by the keyboard, wide and narrow: what is thrown away, English, sound, drafts of a
compass, and people. What is written and published stands in test_admin.py and test_editors_tools.py."""

from playwright.sync_api import expect

from tests.browser.conftest import EDITOR
from tests.browser.inspection import PHONE, WIDE
from tests.browser.test_admin import ADMINISTRATOR, METHOD_OWNER, first_row, is_good, press, write

MORE = ["Første_del.mp3", "anden-del.mp3"]


def said(tab):
    return expect(tab.locator(".messagelist"))


def test_what_is_deleted_from_a_list_is_asked_about_and_comes_back(open_tab):
    tab = open_tab(EDITOR)
    tab.goto("/admin/compass/milestone/")
    first = tab.locator("#result_list tbody tr").first
    title = first.locator("th").inner_text()
    first.locator("[name=_selected_action]").press("Space")
    tab.select_option("[name=action]", "delete_selected")
    press(tab, "Udfør")
    expect(tab.locator("#content")).to_contain_text("ligger i papirkurven i 30 dage")
    is_good(tab)
    press(tab, "Ja, slet")
    expect(tab.locator("#result_list")).not_to_contain_text(title)
    tab.goto("/admin/")
    press(tab, "Papirkurven")
    expect(tab.locator("#binned")).to_contain_text(title)
    is_good(tab)
    press(tab, "Hent tilbage")
    tab.goto("/admin/compass/milestone/")
    expect(tab.locator("#result_list")).to_contain_text(title)


def test_english_stands_beside_danish_and_is_known_to_be_behind(open_tab):
    tab = open_tab(EDITOR)
    tab.goto(f"/admin/compass/story/{first_row(tab, 'story')}/change/")
    danish, english = tab.locator("[name=title]"), tab.locator("[name=title_en]")
    expect(english).to_have_attribute("lang", "en")
    assert danish.bounding_box()["y"] == english.bounding_box()["y"]
    tab.set_viewport_size(PHONE)
    assert danish.bounding_box()["y"] < english.bounding_box()["y"]
    tab.set_viewport_size(WIDE)
    english.fill("An English title")
    press(tab, "Gem og fortsæt med at redigere")
    danish.fill("En ny dansk titel")
    press(tab, "Gem og fortsæt med at redigere")
    expect(tab.locator(".field-title_en .help")).to_have_text(
        "Den danske tekst er ændret, siden den engelske blev skrevet."
    )
    tab.goto("/admin/compass/story/")
    press(tab, "Engelsk ældre end dansk")
    expect(tab.locator("#result_list")).to_contain_text("En ny dansk titel")
    is_good(tab)


def test_sound_is_known_by_its_bytes_and_what_is_wrong_loses_nothing(open_tab, server):
    tab = open_tab(EDITOR)
    tab.goto("/admin/compass/recording/add/")
    write(tab, title="En optagelse")
    tab.locator(".add-row a").press("Enter")
    write(tab, **{"chapters-0-title": "Begyndelsen", "chapters-0-transcript": "Goddag."})
    expect(tab.locator("[name=chapters-0-position]")).to_have_value("1")
    text = {"name": "tale.mp3", "mimeType": "audio/mpeg", "buffer": b"Det her er ikke lyd."}
    tab.set_input_files("[name=chapters-0-audio]", text)
    tab.locator("[name=_continue]").first.press("Enter")
    expect(tab.locator(".field-audio .errorlist")).to_contain_text("ikke lyd, som portalen kan afspille")
    audio = tab.locator("[name=chapters-0-audio]")
    expect(audio).to_be_focused()
    assert tab.locator(f"[id='{audio.get_attribute('aria-describedby')}']").count() == 1
    expect(tab.locator("[name=chapters-0-transcript]")).to_have_value("Goddag.")
    is_good(tab)
    spoken = next(server.media.rglob("lyd/*.mp3"))
    tab.set_input_files("[name=chapters-0-audio]", spoken)
    tab.locator("[name=_continue]").first.press("Enter")
    said(tab).to_contain_text("blev tilføjet")
    expect(tab.locator(".field-length .readonly").first).to_contain_text(":")
    files = [{"name": name, "mimeType": "audio/mpeg", "buffer": spoken.read_bytes()} for name in MORE]
    tab.get_by_label("Vælg flere lydfiler").set_input_files(files)
    expect(tab.locator("[name=chapters-1-title]")).to_be_focused()
    for number, title in [(1, "Første del"), (2, "anden del")]:
        expect(tab.locator(f"[name=chapters-{number}-title]")).to_have_value(title)
        expect(tab.locator(f"[name=chapters-{number}-position]")).to_have_value(str(number + 1))
        write(tab, **{f"chapters-{number}-transcript": "Og så videre."})
    tab.locator("[name=_continue]").first.press("Enter")
    said(tab).to_contain_text("blev ændret")
    expect(tab.locator("[name$=-audio]:not([name*=__prefix__])")).to_have_count(3)
    is_good(tab)


def test_a_draft_of_a_compass_is_seen_rehearsed_and_thrown_away(open_tab):
    tab = open_tab(METHOD_OWNER)
    tab.goto("/admin/reflection/guideversion/")
    with tab.expect_navigation():
        tab.locator("#result_list a", has_text="Samarbejdskompasset").first.press("Enter")
    press(tab, "Lav en kladde ud fra denne udgave")
    draft = tab.url
    tab.locator("details:has([name=steps-1-title]) summary").first.press("Enter")
    tab.locator("details[open] .kompas-order button", has_text="Op").first.press("Enter")
    press(tab, "Gem og fortsæt med at redigere")
    press(tab, "Se trinene, som de er gemt, som en deltager ser dem")
    is_good(tab)
    tab.goto(draft)
    press(tab, "Prøv kladden, som den er gemt, med opdigtede deltagere")
    expect(tab.locator("h1")).to_be_visible()
    tab.goto(draft)
    press(tab, "Slet")
    press(tab, "Ja, jeg er sikker")
    said(tab).to_contain_text("slettet")


def test_a_colleague_is_invited_and_what_was_done_is_in_the_log(open_tab, new_page, server):
    tab = open_tab(ADMINISTRATOR)
    tab.goto("/admin/accounts/user/add/")
    write(tab, name="Nye Nina", email="nina@example.dk")
    tab.get_by_label("redaktør").press("Space")
    press(tab, "Gem")
    said(tab).to_contain_text("invitation")
    mail = max(server.mail.iterdir(), key=lambda file: file.stat().st_mtime).read_text()
    assert "nina@example.dk" in mail
    tab.goto("/admin/privacy/event/")
    expect(tab.locator("#result_list tbody tr").first).to_contain_text("Ada Administrator")
    is_good(tab)
    tab.goto("/admin/compass/redirect/add/")
    write(tab, old="/plakat/", new="/veje/")
    press(tab, "Gem")
    reader = new_page()
    reader.goto("/plakat/")
    assert reader.url.endswith("/veje/")
    tab.goto("/admin/")
    tab.fill(".search-all [type=search]", "møde")
    tab.locator(".search-all [type=search]").press("Enter")
    expect(tab.locator("#content a[href*='/change/']").first).to_be_visible()
    is_good(tab)


def test_a_colleague_is_asked_to_read_and_sends_it_back(open_tab, server):
    tab, reviewer = open_tab(EDITOR), open_tab(ADMINISTRATOR)
    tab.goto("/admin/compass/page/add/")
    write(tab, title="En side til gennemsyn", body="Vi mødtes i maj.")
    tab.select_option("[name=reviewer]", label="Ada Administrator")
    press(tab, "Gem, og send til gennemsyn")
    mail = max(server.mail.iterdir(), key=lambda file: file.stat().st_mtime).read_text()
    assert "administrator@example.dk" in mail
    reviewer.goto("/admin/")
    is_good(reviewer)
    with reviewer.expect_navigation():
        reviewer.locator("#content a", has_text="En side til gennemsyn").first.press("Enter")
    press(reviewer, "Gem, og send tilbage")
    write(reviewer, comment="Hvor mødtes I?")
    press(reviewer, "Send tilbage")
    tab.goto("/admin/")
    expect(tab.locator("#content")).to_contain_text("En side til gennemsyn")
    with tab.expect_navigation():
        tab.locator("#content a", has_text="En side til gennemsyn").first.press("Enter")
    expect(tab.locator(".kept")).to_contain_text("Hvor mødtes I?")
