"""Sheets are made in one go, whatever people write, and never keep the portal from its other work."""

import json
import subprocess
import time
from io import BytesIO
from threading import Thread

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.models import Portal
from reflection.minutes import pdf
from reflection.minutes.files import for_sheet
from reflection.minutes.pdf import DRAWABLE, NotMadeError, _make, drawable, has_undrawable
from tests.factories import make_collaboration_guide, make_room
from tests.reflection.people import add
from tests.reflection.test_minutes import at
from tools.drawable_signs import drawn

CHINESE = [chr(0x4E00 + 2_000 * part + number) for part in range(8) for number in range(2_000)]


def content(*texts: str) -> str:
    """What minutes.typ shows, with these texts as what was agreed."""
    agreement = dict.fromkeys(["who", "party", "due", "no_date_reason", "status", "note"], "Ea")
    minutes = {
        "title": "Referat", "compass": "Et kompas", "about": texts[0], "is_alone": False, "mode": "",
        "is_mixed": False, "is_rehearsal": False, "language": "da", "begun": "i dag", "concluded": "",
        "heading": "Det blev I enige om", "headline": texts[0],
        "lines": [{"label": "Hvem", "text": text} for text in texts],
        "outcome": [{"label": "Vi ændrer", "text": text} for text in texts],
        "agreements": [{"what": text, **agreement} for text in texts], "steps": [],
    }  # fmt: skip
    return drawable(json.dumps(for_sheet(minutes) | {"author": "Aarhus Kommune"}, ensure_ascii=False))


def make(*texts: str) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(_make("reflection/print/minutes.typ", content(*texts))))


def colours_of(answer) -> set[tuple[int, ...]]:
    """All that is drawn with on the first page: red, green and blue."""
    sheet = pikepdf.open(BytesIO(answer.content))
    drawn_with = [
        operands
        for operands, operator in pikepdf.parse_content_stream(sheet.pages[0])
        if str(operator).lower() in {"scn", "sc", "rg"} and len(operands) == 3
    ]
    return {tuple(round(float(part) * 255) for part in operands) for operands in drawn_with}


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        ({"main_colour": "#14532d", "accent_colour": "#8a2f5c"}, {(0x14, 0x53, 0x2D), (0x8A, 0x2F, 0x5C)}),
        ({}, {(0x10, 0x24, 0x3A), (0xAD, 0x3D, 0x1C)}),
    ],
)
def test_a_sheet_wears_the_municipalitys_own_colours(rf, monkeypatch, own, shown):
    monkeypatch.setattr(pdf, "current_portal", lambda: Portal(municipality="Fjordby Kommune", **own))
    sheet = json.loads(content("Vi ringer"))
    answer = pdf.pdf_response(rf.get("/"), "reflection/print/minutes.typ", sheet, "referat.pdf")
    assert shown <= colours_of(answer)


@pytest.fixture
def made(monkeypatch) -> list:
    """Each process that is begun for a sheet."""
    begun, run = [], subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: begun.append(args) or run(*args, **kwargs))
    return begun


def test_eight_answers_of_two_thousand_foreign_signs_take_one_process(staff, logged_in, made):
    room = make_room(leader=staff)
    add(room, *[("3", "".join(CHINESE[part::8])) for part in range(8)])
    room.reveal()
    browser, begun = logged_in(staff), time.monotonic()
    response = browser.get(at(room, "pdf"))
    assert (response.status_code, len(made)) == (200, 1)
    assert time.monotonic() - begun < 8  # it was 70 seconds of work


def test_every_sign_that_is_said_to_be_drawn_is():
    signs = [
        chr(number)
        for first, last in (line.split("-") for line in DRAWABLE.read_text().split())
        for number in range(int(first, 16), int(last, 16) + 1)
    ]
    assert len(signs) > 5_000
    assert list(drawn(signs)) == signs


@settings(max_examples=60, deadline=None)
@given(st.characters(min_codepoint=0x80, exclude_categories=["Cc", "Cs", "Cn", "Co"]))
def test_a_sign_is_a_box_only_where_the_fonts_do_not_have_it(sign):
    assert not has_undrawable(sign) or not list(drawn([sign]))


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_text_can_be_printed(text):
    assert make(text).pages


def test_signs_that_no_font_has_together_are_boxes():
    assert make("x\u0489 ᾳ\u0359\u0483 e\u20e3").pages


def test_danish_letters_and_quotation_marks_are_never_boxes():
    assert not has_undrawable("Æblegrød på Åboulevarden: «så – ja …» “hvad” é ü € ✓ → ½ ²")


def test_a_sheet_that_takes_too_long_is_refused_in_words(client, db, monkeypatch):
    make_collaboration_guide()
    monkeypatch.setattr(pdf, "SECONDS", 0.001)
    _make.cache_clear()
    response = client.get("/samarbejdskompasset/plakat.pdf")
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "Vent et minut" in response.content.decode()
    assert response["Cache-Control"] == "no-store, private"


def test_who_finds_all_places_taken_waits_a_little_and_is_told(monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS_IN_LINE", 0.05)
    for _ in range(pdf.AT_ONCE):
        pdf.slots.acquire()
    try:
        with pytest.raises(NotMadeError):
            make("En helt ny tekst")
    finally:
        pdf.slots.release(pdf.AT_ONCE)
    assert make("En helt ny tekst").pages


def test_many_at_once_all_get_their_sheet():
    sheets: list = []
    threads = [Thread(target=lambda n=n: sheets.append(make(f"Ark nummer {n}"))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sheets) == 4
