"""Text as people paste it: one rule, wherever it is typed, imported or saved."""

import time
import unicodedata
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from compass.models import Page, Story, Theme
from compass.spreadsheets import resources_by_model, run
from compass.tables import Sheet
from goals.models import Goal
from publishing.tidy_text import tidy
from tests.factories import make_goal, make_path, make_story

SOFT, ZERO, VT = "\u00ad", "\u200b", "\x0b"
FAMILY, TEACHER, HEART = "👨‍👩‍👧", "👩🏽‍🏫", "❤\ufe0f"


@pytest.mark.parametrize(
    ("pasted", "on_one_line", "with_lines"),
    [
        ("Skolen\x0bog byen", "Skolen og byen", "Skolen\nog byen"),
        ("Skolen\r\nog\rbyen\n", "Skolen og byen ", "Skolen\nog\nbyen\n"),
        ("en\u2028to\u2029tre\x85fire\x0cfem", "en to tre fire fem", "en\nto\ntre\nfire\nfem"),
        ("a\tb\x00c\x1bd\x7fe\x9ff", "a b c d e f", "a b c d e f"),
        ("- en\n\t- to", "- en  - to", "- en\n    - to"),
        (f"borger{SOFT}ind{SOFT}drag{ZERO}else", "borgerinddragelse", "borgerinddragelse"),
        ("\ufeffHej\u2060 \u202edu\u202c\u200f", "Hej du", "Hej du"),
        ("bla\u030abær", "blåbær", "blåbær"),
        ("kom\u200dpas kom\u200cpas", "kompas kompas", "kompas kompas"),
        (f"{FAMILY} {TEACHER} {HEART}", f"{FAMILY} {TEACHER} {HEART}", f"{FAMILY} {TEACHER} {HEART}"),
        ("می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष"),
        ("\u200d\u200c\u200d", "", ""),
        ("z" + "\u0335" * 90 + "b", "z" + "\u0335" * 8 + "b", "z" + "\u0335" * 8 + "b"),
        ("👨‍👩‍👧" * 9, "👨‍👩‍👧" * 9, "👨‍👩‍👧" * 9),
        ("Å\ud800s", "Ås", "Ås"),
        ("10\u00a0kr. – «så» ½", "10\u00a0kr. – «så» ½", "10\u00a0kr. – «så» ½"),
        ("\uf0b7 punkt\ufffe\uffff", "\uf0b7 punkt", "\uf0b7 punkt"),
    ],
)
def test_what_is_pasted_becomes_what_was_meant(pasted, on_one_line, with_lines):
    assert tidy(pasted, lines=False) == on_one_line
    assert tidy(pasted) == with_lines


@given(st.text(st.characters()))
def test_a_tidy_text_holds_no_control_and_is_not_changed_again(text):
    tidied = tidy(text)
    assert tidy(tidied) == tidied
    assert [sign for sign in tidied if unicodedata.category(sign) in {"Cc", "Cs"} and sign != "\n"] == []
    assert unicodedata.is_normalized("NFC", tidied)
    assert "\n" not in tidy(text, lines=False)


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0301" * 20 + "\u0323" * 20, "\u0344", "\u0f73\u0301"])
def test_a_megabyte_of_marks_on_one_letter_is_tidied_in_no_time(marks):
    started = time.process_time()
    tidied = tidy("a" + marks * (300_000 // len(marks)))
    assert time.process_time() - started < 2
    assert len(tidied) <= 9
    assert tidy(tidied) == tidied


@given(st.text(st.characters()))
def test_a_tidy_text_is_fit_for_xml(text):
    ElementTree.fromstring(f"<a>{tidy(text).replace('&', '').replace('<', '')}</a>")  # noqa: S314 – our own


# --- Wherever it comes in -----------------------------------------------------------------------------


def test_every_row_is_tidied_when_it_is_saved(db):
    story = make_story(f"Skolen{VT}og by{SOFT}en", standfirst=f"En{VT}to", body="a\u200bb\tc")
    story.refresh_from_db()
    assert (story.title, story.standfirst, story.body) == ("Skolen og byen", "En\nto", "ab c")
    goal = make_goal(f"Flere{VT}skal cyk{SOFT}le")
    assert Goal.objects.get(pk=goal.pk).wording == "Flere\nskal cykle"


def test_the_feed_stands_whatever_a_row_holds(client, db):
    path = make_path("Lytte")
    story = make_story("En historie", path=path)
    Story.objects.filter(pk=story.pk).update(title=f"En{VT}historie\x01", standfirst="Ord\x1f\ufffe")
    for address in [reverse("compass:stories_feed"), reverse("compass:path_feed", args=[path.slug])]:
        response = client.get(address)
        assert response.status_code == 200
        ElementTree.fromstring(response.content)  # noqa: S314 – our own
        assert "En historie " in response.content.decode()


def test_a_form_gets_the_words_that_were_meant(staff_client, db):
    form = {"wording": f"{ZERO}Flere skal{SOFT} cykle{VT}til arbejde", "concerns": "citizens"}
    staff_client.post(reverse("goals:register"), form)
    assert Goal.objects.get().wording == "Flere skal cykle\ntil arbejde"


def test_a_field_with_nothing_one_can_see_is_empty(staff_client, db):
    response = staff_client.post(reverse("goals:register"), {"wording": f"{ZERO}{SOFT}\ufeff\u2060"})
    assert response.status_code in {200, 400, 422}
    assert not Goal.objects.exists()


def test_a_search_with_soft_hyphens_finds_the_word(page, db):
    make_story("Ny model for borgerinddragelse")
    word = "borgerinddragelse"
    for typed in [f"borger{SOFT}ind{SOFT}dragelse", f"{ZERO}{word}\ufeff", f"\x0b{word}"]:
        assert page("/soeg/", query={"q": typed}).texts(".kompas-results__title a")


def test_a_soft_hyphen_in_a_text_does_not_hide_the_word(page, db):
    story = make_story("Ny model", body="Om fri&shy;villig&shy;center.")
    Story.objects.filter(pk=story.pk).update(title=f"Borger{SOFT}ind{ZERO}dragelse", body_en="x")
    for typed in ["borgerinddragelse", "frivilligcenter"]:
        found = page("/soeg/", query={"q": typed}).texts(".kompas-results__title a")
        assert found == [f"Borger{SOFT}ind{ZERO}dragelse"]


def test_a_line_break_in_a_cell_is_a_space(db):
    sheet = Sheet(["adresse", "titel"], [["nyt-tema", f"Skole\nog{VT}by{SOFT}\r\nliv"]], [2])
    assert run(resources_by_model()[Theme], sheet, is_trial=False).errors == []
    assert Theme.objects.get(slug="nyt-tema").title == "Skole og by liv"


def test_the_admin_tidies_too(administrator_client, db):
    form = {
        "title": f"Om{VT}os", "body": f"En{SOFT} tekst\r\nto", "slug": "om-os-alle", "standfirst": "",
        "title_en": "", "body_en": "", "standfirst_en": "",
    }  # fmt: skip
    response = administrator_client.post(reverse("admin:compass_page_add"), form)
    assert response.status_code == 302, response.content.decode()
    page = Page.objects.get(slug="om-os-alle")
    assert (page.title, page.body) == ("Om os", "En tekst\nto")


def test_a_password_is_left_as_it_is_typed(client, staff):
    odd = "  kode\u00adord\tmed\u200btegn  "
    staff.set_password(odd)
    staff.save()
    client.post(reverse("account_login"), {"login": staff.email, "password": odd})
    assert client.get(reverse("goals:mine")).status_code == 200
