"""What the library does in a browser: filters that keep one's place, sound, a voice, one's own standpoint."""

import pytest

from tests.browser.inspection import NARROW, PHONE, WIDE, too_wide, until, violations

# A voice that says each sentence in no time, and notes what it was asked to say.
VOICE = """
window.said = [];
const voices = VOICES;
let waiting = null;
class Utterance { constructor(text) { this.text = text; this.rate = 1; } }
const speech = {
  getVoices: () => voices,
  speak(utterance) {
    const { text, lang, rate, voice } = utterance;
    window.said.push({ text, lang, rate, voice: voice.name });
    waiting = setTimeout(() => utterance.onend(), window.pace || 5);
  },
  cancel() { clearTimeout(waiting); },
  addEventListener() {},
};
Object.defineProperty(window, "speechSynthesis", { value: speech });
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
"""
DANISH = '[{ name: "Hjemme", lang: "da-DK", localService: true }]'
ENGLISH = '[{ name: "Home", lang: "en_GB", localService: true }]'
AWAY = '[{ name: "Fjern", lang: "da-DK", localService: false }]'


def cards(page) -> int:
    return page.locator("#stories .kompas-card").count()


def path(page) -> str:
    return page.evaluate("location.pathname + location.search")


def storage(page) -> dict[str, str]:
    return page.evaluate("({ ...localStorage })")


# --- Filters -------------------------------------------------------------------------------------


def test_a_filter_changes_the_list_and_keeps_focus_place_and_history(new_page):
    page = new_page(viewport=WIDE)
    page.goto("/historier/")
    everything = cards(page)
    page.evaluate("document.querySelector('h1').dataset.same = 'page'; scrollTo(0, 150)")
    place = page.evaluate("scrollY")

    page.locator("#vej-lytte").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/historier/?vej=lytte")
    page.wait_for_selector("#vej-lytte[aria-current]")
    assert 0 < cards(page) < everything
    assert page.evaluate("document.activeElement.id") == "vej-lytte"
    assert page.evaluate("scrollY") == place
    assert page.locator("h1[data-same]").count() == 1
    assert page.locator("[data-filters-status]").text_content() == f"{cards(page)} historier"

    page.locator("#gik-godt").click()
    page.wait_for_url("**/historier/?vej=lytte&gik=godt")
    page.go_back()
    page.wait_for_selector("#gik-godt:not([aria-current])")
    assert path(page) == "/historier/?vej=lytte"
    page.go_back()
    page.wait_for_selector("#vej-lytte:not([aria-current])")
    assert (path(page), cards(page)) == ("/historier/", everything)
    page.go_forward()
    page.wait_for_selector("#vej-lytte[aria-current]")
    assert storage(page) == {}
    assert page.seen.complaints == []


def test_what_was_removed_leaves_the_focus_at_the_number_of_stories(new_page):
    page = new_page(viewport=WIDE)
    page.goto("/historier/?vej=lytte")
    page.locator(".kompas-tag--remove").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/historier/")
    until(page, "document.activeElement.id === 'found'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.kompas-card') !== null")


def test_on_a_phone_the_filters_stay_open_while_one_chooses(new_page):
    page = new_page(viewport=NARROW)
    page.goto("/historier/")
    assert not page.locator("#vej-lytte").is_visible()
    page.locator("#filters summary").click()
    page.locator("#vej-lytte").click()
    page.wait_for_selector("#vej-lytte[aria-current]")
    assert page.locator("#gik-godt").is_visible()


def test_filters_work_without_javascript(new_page):
    page = new_page(viewport=WIDE, java_script_enabled=False)
    page.goto("/historier/")
    page.locator("#vej-lytte").click()
    page.wait_for_url("**/historier/?vej=lytte")
    page.locator("#slags-case").click()
    page.wait_for_url("**/historier/?vej=lytte&slags=case")
    assert cards(page) > 0


# --- Sound ---------------------------------------------------------------------------------------


@pytest.fixture
def audiobook(new_page):
    page = new_page(viewport=WIDE)
    page.goto("/lydbog/")
    return page


def sound(page, number=0):
    return page.locator("audio").nth(number)


def test_nothing_is_fetched_before_one_asks_for_it(audiobook):
    assert not [address for address in audiobook.seen.requests if "/lyd/" in address]
    assert sound(audiobook).evaluate("audio => audio.paused && audio.readyState === 0")


def test_one_voice_at_a_time_and_the_speed_is_for_all(audiobook):
    audiobook.locator("[data-player-speed]").first.select_option("1.5")
    sound(audiobook, 0).evaluate("audio => { audio.muted = true; return audio.play(); }")
    assert sound(audiobook, 0).evaluate("audio => audio.playbackRate") == 1.5
    sound(audiobook, 1).evaluate("audio => { audio.muted = true; return audio.play(); }")
    assert sound(audiobook, 0).evaluate("audio => audio.paused")
    assert sound(audiobook, 1).evaluate("audio => audio.playbackRate") == 1.5


def test_the_chapters_of_a_recording_can_be_heard_in_a_row(audiobook):
    audiobook.evaluate("document.querySelectorAll('audio').forEach((audio) => { audio.muted = true; })")
    audiobook.get_by_role("button", name="Hør det hele i træk").first.click()
    until(audiobook, "!document.querySelectorAll('audio')[0].paused")
    until(audiobook, "isFinite(document.querySelectorAll('audio')[0].duration)")
    sound(audiobook, 0).evaluate("audio => { audio.currentTime = audio.duration - 0.2; }")
    until(audiobook, "!document.querySelectorAll('audio')[1].paused")


def test_the_book_in_the_readers_language_comes_first(new_page):
    page = new_page(viewport=WIDE)
    page.goto("/en/lydbog/")
    assert "in-short" in page.locator("audio").first.get_attribute("src")


def test_one_goes_on_where_one_stopped(audiobook):
    play = "audio => { audio.muted = true; return audio.play(); }"
    sound(audiobook).evaluate(play)
    sound(audiobook).evaluate("audio => { audio.currentTime = 12; }")
    until(audiobook, "Object.values(localStorage).some((value) => Number(value) >= 12)")
    assert all(value.replace(".", "").isdigit() for value in storage(audiobook).values())
    audiobook.reload()
    sound(audiobook).evaluate(play)
    until(audiobook, "document.querySelector('audio').currentTime >= 12")
    assert audiobook.locator("[data-player-status]").first.text_content() == "Fortsætter, hvor du slap."


def test_the_sound_goes_on_when_the_network_is_back(audiobook):
    first = sound(audiobook).get_attribute("src")
    audiobook.route(f"**{first}", lambda route: route.abort("internetdisconnected"))
    audiobook.context.set_offline(True)
    sound(audiobook).evaluate("audio => { audio.muted = true; audio.play().catch(() => {}); }")
    status = audiobook.locator("[data-player-status]").first
    until(audiobook, "document.querySelector('[data-player-status]').textContent !== ''")
    assert status.text_content() == "Nettet er væk. Lyden går videre, når det er tilbage."
    audiobook.unroute(f"**{first}")
    audiobook.context.set_offline(False)
    until(audiobook, "document.querySelector('audio').currentTime > 0")
    assert status.text_content() == ""


# --- A voice -------------------------------------------------------------------------------------


@pytest.fixture
def reader(new_page, server):
    """A function: the page of a dilemma, in a browser with these voices."""

    def opened(voices, language="da"):
        page = new_page(viewport=WIDE)
        page.add_init_script(VOICE.replace("VOICES", voices))
        page.goto(server.address("compass:dilemma", language))
        return page

    return opened


def said(page) -> list[str]:
    return page.evaluate("said.map((one) => one.text)")


def test_a_page_is_read_from_its_heading_to_its_end_and_nothing_else(reader):
    page = reader(DANISH)
    page.get_by_role("button", name="Læs op").click()
    until(page, "document.querySelector('[data-read-aloud-stop]').hidden")
    texts = said(page)
    assert texts[0] == page.locator("h1").text_content()
    assert not [text for text in texts if text in {"Læs op", "Slet mit valg", "Menu"} or "ståsted" in text]
    assert {one["voice"] for one in page.evaluate("said")} == {"Hjemme"}
    assert max(map(len, texts)) < 400


def test_what_is_read_is_marked_and_can_be_paused_sped_up_and_stopped(reader):
    page = reader(DANISH)
    page.evaluate("window.pace = 60000")
    page.get_by_role("button", name="Læs op").click()
    marked = "[...CSS.highlights.get('read-aloud')].map((range) => range.toString().trim())"
    first = said(page)
    assert page.evaluate(marked) == first
    page.locator("[data-read-aloud-speed]").select_option("1.5")
    assert page.evaluate("said.at(-1).rate") == 1.5
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Fortsæt oplæsning").click()
    assert said(page)[-1] == first[0]
    page.get_by_role("button", name="Stop").click()
    assert page.evaluate(marked) == []
    assert page.get_by_role("button", name="Læs op").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Læs op"


@pytest.mark.parametrize(
    ("voices", "language"), [("[]", "da"), (AWAY, "da"), (ENGLISH, "da"), (DANISH, "en")]
)
def test_without_a_voice_of_ones_own_in_the_language_the_bar_gives_way_to_a_sentence(
    reader, voices, language
):
    page = reader(voices, language)
    page.wait_for_selector("[data-read-aloud-without] a[href$='/lydbog/']")
    assert not page.locator("[data-read-aloud-bar]").is_visible()


def test_english_pages_are_read_by_an_english_voice(reader):
    page = reader(ENGLISH, "en")
    page.locator("[data-read-aloud-play]").click()
    until(page, "said.length > 3")
    assert {one["lang"] for one in page.evaluate("said")} == {"en"}


# --- One's own standpoint ------------------------------------------------------------------------


@pytest.fixture
def dilemma(new_page, server):
    page = new_page(viewport=WIDE)
    page.goto(server.address("compass:dilemma"))
    return page


def test_before_and_after_stand_side_by_side_and_are_there_next_time(dilemma):
    after = dilemma.locator("[data-standpoint=after]")
    assert not after.is_visible()  # nobody fills in both in one go
    dilemma.locator("[data-standpoint=before] input").nth(1).check()
    after.locator("input").nth(3).check()
    pole = dilemma.locator(".kompas-poles__pole").last.text_content().split(":", 1)[1].strip()
    assert after.locator("[data-standpoint-compared]").text_content() == f"Du har flyttet dig mod «{pole}»"
    dilemma.reload()
    assert dilemma.locator("[data-standpoint=before] input").nth(1).is_checked()
    assert dilemma.locator("[data-standpoint=after] input").nth(3).is_checked()
    assert (
        dilemma.locator("[data-standpoint=after] .kompas-stand__place--before input").get_attribute("value")
        == "2"
    )
    assert sorted(storage(dilemma).values()) == ["2", "4"]


def test_it_is_sent_nowhere_and_can_be_deleted(dilemma):
    dilemma.seen.requests.clear()
    dilemma.locator("[data-standpoint=before] input").nth(0).check()
    dilemma.locator("[data-standpoint=before] [data-standpoint-forget]").click()
    assert dilemma.locator("[data-standpoint] input:checked").count() == 0
    assert storage(dilemma) == {}
    assert not [address for address in dilemma.seen.requests if "/static/" not in address]
    assert not dilemma.locator("[data-standpoint-forget]").first.is_visible()


def test_it_works_by_keyboard(dilemma):
    dilemma.locator("[data-standpoint=before] input").first.focus()
    dilemma.keyboard.press("Space")
    dilemma.keyboard.press("ArrowRight")
    dilemma.keyboard.press("ArrowRight")
    assert storage(dilemma).popitem()[1] == "3"


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROW], ids=["1280", "375", "320"])
def test_each_place_says_in_sight_what_it_means(dilemma, size):
    dilemma.set_viewport_size(size)
    words = dilemma.locator("[data-standpoint=before] .kompas-stand__words")
    assert [word.strip() for word in words.all_inner_texts()] == [
        "Helt ved den første",
        "Nærmest den første",
        "Midt imellem",
        "Nærmest den anden",
        "Helt ved den anden",
    ]
    boxes = [word.bounding_box() for word in words.all()]
    assert all(box["height"] >= 14 and box["width"] >= 40 for box in boxes)
    assert [*violations(dilemma), *too_wide(dilemma)] == []


def test_on_paper_the_line_stands_between_the_poles_and_both_places_wait_for_a_pen(dilemma):
    dilemma.emulate_media(media="print")
    assert [stand.is_visible() for stand in dilemma.locator("[data-standpoint]").all()] == [True, True]
    adjust = "getComputedStyle(document.querySelector('.kompas-poles'), '::before').printColorAdjust"
    assert dilemma.evaluate(adjust) == "exact"


def test_without_javascript_nothing_of_it_is_seen(new_page, server):
    page = new_page(java_script_enabled=False)
    page.goto(server.address("compass:dilemma"))
    assert not page.locator("[data-standpoint]").first.is_visible()
    assert not page.locator("[data-read-aloud]").is_visible()


# --- Structured data -----------------------------------------------------------------------------


def test_the_content_security_policy_leaves_structured_data_alone(dilemma):
    assert dilemma.locator("script[type='application/ld+json']").count() == 1
    assert dilemma.seen.complaints == []
