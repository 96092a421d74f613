"""The minutes: one page, and files that say the same and never more."""

import json
import re
import shutil
import subprocess
import time
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from docx.oxml.ns import qn

from reflection.blindspots import spots
from reflection.minutes.content import minutes_to_keep
from reflection.minutes.files import for_sheet, title_of, words
from reflection.models import Reflection
from reflection.slides import slides_of
from tests.collaboration.people import SIDES
from tests.collaboration.test_print import check_accessible, tags
from tests.factories import (
    answer_everything,
    make_agreement,
    make_collaboration,
    make_room,
    make_round,
    make_user,
)
from tests.factories import seat as put_in
from tests.reflection.files import texts, texts_of_excel, texts_of_word
from tests.reflection.people import add, enter, seat

FILES = ["pdf", "word", "excel", "json"]
EVERY_FILE = pytest.mark.parametrize("kind", FILES)


def at(room, kind="") -> str:
    return reverse(f"reflection:minutes_{kind}" if kind else "reflection:minutes", args=[room.key])


@pytest.fixture
def room(staff):
    """Four have answered, one comment is hidden, a line is written, and something is agreed."""
    room = make_room(leader=staff, title="Stien langs åen\nfra bro til bro")
    add(room, ("1", "=1+1"), ("2", "@alle <b>råber</b>"), ("5", "Ord fra Alma"), ("5", "Nævner en borger"))
    room.reveal()
    room.shared_lines.create(step=room.version.steps.first(), text="-Vi ved det nu\nog husker det")
    _hide(room, "Nævner en borger")
    make_agreement(room, "+Vi mødes", who="Ea", note="Godt gået")
    room.outcome = [["Vi ændrer", "=Skiltet"], ["Sker der intet, så", ""]]
    room.save()
    room.conclude()
    return room


def _hide(room, text):
    for snapshot in room.snapshots.exclude(comments=[]):
        for position, said in enumerate(snapshot.comments):
            if said["text"] == text:
                snapshot.hidden.create(position=position, reason="Den nævner en borger", hidden_by="Malik")


@pytest.fixture
def alone(staff, room):
    """A look alone that has ended."""
    alone = Reflection.start_solo(room.version, staff)
    answer_everything(alone.participants.get(), 4)
    alone.outcome = [["Vi har besluttet", "Behold"]]
    alone.save()
    make_agreement(alone, "Kig igen")
    alone.conclude()
    return alone


# --- What the formats say --------------------------------------------------------------------------


def squeezed(text: str) -> str:
    return "".join(text.split())


def page_text(page) -> str:
    return squeezed(page.text)


@pytest.mark.parametrize("which", ["room", "alone"])
def test_json_holds_what_the_page_shows(page, staff, logged_in, request, which):
    found = request.getfixturevalue(which)
    seen = page_text(page(at(found), by=staff))
    kept = json.loads(logged_in(staff).get(at(found, "json")).content)
    assert kept.pop("language") == "da"
    assert [text for text in texts(kept) if squeezed(text) not in seen] == []
    assert "Nævner en borger" not in json.dumps(kept, ensure_ascii=False)


@pytest.mark.parametrize("which", ["room", "alone"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_word_and_excel_say_no_word_that_the_page_does_not(page, staff, logged_in, request, which, language):
    found = request.getfixturevalue(which)
    with override(language):
        own = sorted(map(squeezed, words().values()), key=len, reverse=True)
        seen = page_text(page(at(found), by=staff))
        browser = logged_in(staff)
        made = texts_of_word(browser.get(at(found, "word")).content)
        made += texts_of_excel(browser.get(at(found, "excel")).content)
    assert len(made) > 10
    assert [text for text in made if not is_said(text, seen, own)] == []


def is_said(text: str, seen: str, own: list[str]) -> bool:
    """Whether the page says it, but for the words and signs that a file puts between the lines."""
    rest = squeezed(text)
    for between in [] if rest in seen else [*own, "(", ")", ":", ".", "·", "–"]:
        rest = rest.replace(between, " ")
    return all(piece in seen for piece in rest.split())


@pytest.mark.parametrize("which", ["room", "alone"])
def test_every_word_of_the_minutes_is_in_the_word_file_and_on_the_sheet(staff, logged_in, request, which):
    found = request.getfixturevalue(which)
    kept = minutes_to_keep(found.participants.get(user=staff))
    sheet = squeezed(" ".join(texts(for_sheet(kept))))
    document = squeezed(" ".join(texts_of_word(logged_in(staff).get(at(found, "word")).content)))
    del kept["language"]  # it is in the file, and not in its text
    assert [text for text in texts(kept) if squeezed(text) not in document] == []
    assert [text for text in texts(kept) if squeezed(text) not in sheet] == []


def test_excel_holds_the_figures_of_the_board_in_its_order(staff, logged_in, room):
    sheet = openpyxl.load_workbook(BytesIO(logged_in(staff).get(at(room, "excel")).content)).active
    header, *rows = sheet.values
    assert header == (
        "Trin", "Udsagn", "Part", "1", "2", "3", "4", "5", "Ved ikke", "I alt", "Snit", "Bemærkning",
    )  # fmt: skip
    assert [row[3:11] for row in rows] == [(1, 1, 0, 0, 2, 0, 4, 3.3)] * 2
    assert sheet.freeze_panes == "A2"


def test_a_small_party_is_a_remark_and_no_figures(staff, logged_in):
    room = make_room(leader=staff)
    for position, size in [(1, 4), (2, 2)]:
        party = room.parties.create(position=position, title=f"Part {position}")
        add(room, *[("3", "ord")] * size, party=party)
    room.reveal()
    body = logged_in(staff).get(at(room, "excel")).content
    _header, *rows = openpyxl.load_workbook(BytesIO(body)).active.values
    assert {row[2] for row in rows} == {"Part 1", None}
    assert {row[11] for row in rows if row[2] is None} == {"Fra en part er der for få svar. De vises ikke."}
    assert {row[3:11] for row in rows if row[2] is None} == {(None,) * 8}


# --- Texts that would be something else --------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", '=HYPERLINK("x")'])
def test_no_cell_becomes_a_formula(staff, logged_in, text):
    room = make_room(leader=staff)
    party = room.parties.create(position=1, title=text)
    add(room, "1", "2", "3", party=party)
    room.reveal()
    body = logged_in(staff).get(at(room, "excel")).content
    sheet = openpyxl.load_workbook(BytesIO(body)).active
    cell = sheet["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}


ODD = "🙂 中文 \x0b\x0c\x01\x7f \ufffe عربي & <b> #set \\ $x$ *_` ]"


@EVERY_FILE
def test_what_people_paste_breaks_no_file(staff, logged_in, kind):
    room = make_room(leader=staff, title=ODD)
    add(room, *[("1", ODD)] * 3, party=room.parties.create(position=1, title=ODD.strip()[:100]))
    room.reveal()
    make_agreement(room, ODD)
    room.outcome = [[ODD, ODD]]
    room.save()
    response = logged_in(staff).get(at(room, kind))
    assert response.status_code == 200
    if kind == "word":
        assert "🙂 中文 \n\n    عربي & <b> #set \\ $x$ *_` ]".strip() in " ".join(
            texts_of_word(response.content)
        )
    if kind == "excel":
        assert any("🙂 中文" in text for text in texts_of_excel(response.content))
    if kind == "pdf":
        assert "□" in for_sheet(minutes_to_keep(room.participants.get(user=staff)))["unseen"]


def test_a_sheet_with_ordinary_letters_says_nothing_of_boxes(staff, room):
    assert for_sheet(minutes_to_keep(room.participants.get(user=staff)))["unseen"] == ""


# --- Who gets them, and when -------------------------------------------------------------------------


@EVERY_FILE
def test_before_the_reveal_there_is_no_file_for_anybody(staff, logged_in, kind):
    room = make_room(leader=staff)
    guest = enter(room, name="Alma")
    add(room, "1", "2", "3")
    for browser in [logged_in(staff), guest]:
        assert browser.get(at(room, kind)).status_code == 404
    room.reveal()
    assert logged_in(staff).get(at(room, kind)).status_code == 200
    assert guest.get(at(room, kind)).status_code == 200
    room.collect_again()
    for browser in [logged_in(staff), guest]:
        assert browser.get(at(room, kind)).status_code == 404


@pytest.mark.parametrize("kind", ["", *FILES])
def test_strangers_get_nothing(colleague_client, client, room, alone, kind):
    for browser in [colleague_client, client]:
        assert browser.get(at(room, kind)).status_code == 403
        assert browser.get(at(alone, kind)).status_code == 403
    assert client.post(at(room, kind)).status_code in {403, 405}


@pytest.mark.parametrize("kind", ["", *FILES])
def test_a_look_alone_is_kept_when_it_has_ended(staff, logged_in, room, kind):
    alone = Reflection.start_solo(room.version, staff)
    assert logged_in(staff).get(at(alone, kind)).status_code == 404
    alone.conclude()
    assert logged_in(staff).get(at(alone, kind)).status_code == 200


def test_the_page_leads_to_the_files(page, staff, room, alone):
    for found in [room, alone]:
        links = page(at(found), by=staff).links("main a")
        assert {links[name] for name in ["PDF", "Word", "Excel", "JSON"]} == {
            at(found, kind) for kind in FILES
        }
        assert links["Aftalerne som kalender"] == reverse("reflection:room_in_calendar", args=[found.key])


def test_nobody_keeps_a_copy_on_the_way(staff, logged_in, room):
    for kind in FILES:
        assert logged_in(staff).get(at(room, kind))["Cache-Control"] == "no-store, private"


# --- Accessible files --------------------------------------------------------------------------------


def sheet_of(client, room) -> pikepdf.Pdf:
    response = client.get(at(room, "pdf"))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return pikepdf.open(BytesIO(response.content))


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_sheet_is_tagged_and_has_a_title_and_a_language(staff, logged_in, room, language):
    with override(language):
        pdf = sheet_of(logged_in(staff), room)
        title = title_of(minutes_to_keep(room.participants.get(user=staff)))
    check_accessible(pdf, title, language)
    found = tags(pdf)
    assert [found.count(kind) for kind in ["/H1", "/H2", "/H3"]] == [
        1,
        4,
        2,
    ]
    assert found.count("/Table") == 3
    assert found.count("/TH") == 4 + 2 * 6


def test_the_word_file_has_headings_header_rows_a_title_and_a_language(staff, logged_in, room):
    body = logged_in(staff).get(at(room, "word")).content
    document = docx.Document(BytesIO(body))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert [styles.count(f"Heading {level}") for level in [1, 2, 3]] == [1, 4, 2]
    assert document.core_properties.title == "Referat: Målkompasset"
    assert document.core_properties.language == "da"
    defaults = document.styles.element.find(".//" + qn("w:rPrDefault"))
    assert defaults.find(".//" + qn("w:lang")).get(qn("w:val")) == "da-DK"
    assert len(document.tables) == 3
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    assert styles.count("Caption") == len(document.tables)


def test_the_word_file_is_a_sheet_of_a4_made_today(staff, logged_in, room):
    document = docx.Document(BytesIO(logged_in(staff).get(at(room, "word")).content))
    [sheet] = document.sections
    assert (round(sheet.page_width.mm), round(sheet.page_height.mm)) == (210, 297)
    assert document.core_properties.created.date() == timezone.now().date()
    assert document.core_properties.last_modified_by == "Aarhus Kommune"


def test_the_excel_file_has_a_title_and_a_language(staff, logged_in, room):
    book = openpyxl.load_workbook(BytesIO(logged_in(staff).get(at(room, "excel")).content))
    assert (book.properties.title, book.properties.language) == ("Referat: Målkompasset", "da")


def test_three_pages_are_made_in_less_than_three_tenths_of_a_second(staff, logged_in):
    room = make_room(leader=staff, people=[None] * 12)
    room.reveal()
    for number in range(40):
        make_agreement(room, f"Aftale {number} " + "med en del ord i " * 8)
    browser = logged_in(staff)
    sheet_of(browser, room)
    make_agreement(room, "En til, så arket er et andet")
    begun = time.process_time()
    pdf = sheet_of(browser, room)
    assert time.process_time() - begun < 0.3
    assert len(pdf.pages) >= 3


# --- In an office program ----------------------------------------------------------------------------


def reads_documents_and_sheets(soffice: str | None) -> bool:
    """A package of LibreOffice may hold only some of its programs; these two files are Writer and Calc."""
    parts = ["libswlo.so", "libsclo.so"]
    return bool(soffice) and all((Path(soffice).resolve().parent / part).exists() for part in parts)


@pytest.mark.parametrize(
    ("parts", "is_whole"),
    [([], False), (["libsclo.so"], False), (["libswlo.so"], False), (["libsclo.so", "libswlo.so"], True)],
)
def test_an_office_program_without_writer_is_not_taken_for_one_with_it(tmp_path, parts, is_whole):
    for name in ["soffice", *parts]:
        (tmp_path / name).touch()
    assert reads_documents_and_sheets(str(tmp_path / "soffice")) is is_whole
    assert not reads_documents_and_sheets(None)


@pytest.mark.skipif(
    not reads_documents_and_sheets(shutil.which("soffice")),
    reason="LibreOffice is not installed with both Writer and Calc",
)
def test_an_office_program_reads_what_the_page_says(page, staff, logged_in, room, tmp_path):
    as_text, as_csv = "txt:Text (encoded):UTF8", "csv:Text - txt - csv (StarCalc):44,34,76"
    for kind, name, made in [("word", "referat.docx", as_text), ("excel", "tal.xlsx", as_csv)]:
        (tmp_path / name).write_bytes(logged_in(staff).get(at(room, kind)).content)
        command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless"]
        subprocess.run(
            [*command, "--convert-to", made, "--outdir", str(tmp_path), str(tmp_path / name)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    document = (tmp_path / "referat.txt").read_text(encoding="utf-8-sig")
    kept = minutes_to_keep(room.participants.get(user=staff))
    assert [text for text in texts(kept["steps"]) if squeezed(text) not in squeezed(document)] == []
    assert "1,1,0,0,2,0,4" in (tmp_path / "tal.csv").read_text(encoding="utf-8")


# --- A round: what was agreed first, then what was talked about ------------------------------------------


@pytest.fixture
def round_room(staff):
    """Four and four, far apart; two principles are to be asked about, and one has its three lines."""
    opened = make_round(make_collaboration("Stien langs åen", owner=staff), sides=SIDES)
    opened.reflection.reveal()
    topic = next(slide.shown.topic for slide in slides_of(opened.reflection) if slide.shown.topic)
    opened.insights.create(
        step=topic.step, guesser=topic.guesser, about=topic.about,
        thought="Vi troede, I var glade.", known="I mangler svar.", therefore="Vi ringer.",
    )  # fmt: skip
    opened.what, opened.who, opened.party = "Vi sætter et skilt op.", "Bo", opened.reflection.parties.last()
    opened.due, opened.look_back_on = date(2027, 1, 15), date(2027, 3, 1)
    opened.save()
    opened.conclude()
    return Reflection.objects.get(pk=opened.reflection_id)


def in_order(text: str, *words: str) -> bool:
    places = [squeezed(text).find(squeezed(word)) for word in words]
    return -1 not in places and places == sorted(places)


def test_the_agreement_stands_first_then_what_was_talked_about(page, staff, logged_in, round_room):
    seen = page(at(round_room), by=staff)
    document = "\n".join(paragraph.text for paragraph in words_of(logged_in(staff), round_room).paragraphs)
    for told in [seen.text, document]:
        assert in_order(
            told, "Vi sætter et skilt op.", "Bo (Teknik og Miljø)", "1. marts 2027", "Det talte I om",
            "Vi troede", "Vi troede, I var glade.", "I mangler svar.", "Vi ringer.",
        )  # fmt: skip
    assert seen.texts("h2")[:3] == ["Det blev I enige om", "I referatet", "Det talte I om"]


def test_the_page_is_short_and_leads_to_each_step_whose_numbers_are_folded(page, staff, round_room):
    seen = page(at(round_room), by=staff)
    steps = [step.get("id") for step in seen.select("section.kompas-result")]
    assert [link.get("href") for link in seen.select("nav[aria-labelledby=contents-title] a")] == [
        f"#{step}" for step in steps
    ]
    assert len(seen.select("section.kompas-result > details")) == len(steps)
    assert not seen.select("details[open]")
    assert "I mangler svar." in seen.texts("section.kompas-result > .kompas-result__line")[1]


def words_of(client, room):
    return docx.Document(BytesIO(client.get(at(room, "word")).content))


def test_guesses_and_blind_spots_are_in_the_minutes_as_picture_sentence_and_table(page, staff, round_room):
    seen = page(at(round_room), by=staff)
    found = [spot for spot in spots(round_room) if spot.kind]
    assert len(found) == 4
    assert sorted(seen.texts(".kompas-spot__title")) == sorted(spot.title for spot in found)
    assert len(seen.select(".kompas-spot svg")) == len(seen.select(".kompas-spot table")) == 4
    for spot in found:
        assert spot.sentence in seen.text
    assert "I ser det nogenlunde ens" not in seen.text  # of one party, under the widest gap of the round


@pytest.mark.parametrize("kind", ["pdf", "word", "json"])
def test_they_are_in_every_file_too(staff, logged_in, round_room, kind):
    kept = minutes_to_keep(round_room.participants.get(user=staff))
    marks = [mark["shown"] for step in kept["steps"] for it in step["compared"] for mark in it["marks"]]
    assert len(marks) == 12
    assert all(marks)
    body = logged_in(staff).get(at(round_room, kind)).content
    told = {
        "pdf": lambda: " ".join(texts(for_sheet(kept))),
        "word": lambda: " ".join(texts_of_word(body)),
        "json": body.decode,
    }[kind]()
    for spot in spots(round_room):
        assert squeezed(spot.sentence) in squeezed(told)


def test_the_sheet_of_a_round_can_be_read_by_everybody(staff, logged_in, round_room):
    title = title_of(minutes_to_keep(round_room.participants.get(user=staff)))
    with sheet_of(logged_in(staff), round_room) as sheet:
        check_accessible(sheet, title, "da")
        assert tags(sheet).count("/Table") >= 5


def test_no_minutes_depend_on_what_a_party_of_two_guessed_or_answered(staff):
    """Neither the figures of the two, nor a blind spot that could be reckoned from them."""
    opened = make_round(make_collaboration(owner=staff), sides=[[(2, 4, 4)] * 4])
    room, (_us, them) = opened.reflection, opened.reflection.parties.all()
    told = []
    for own, guess in [(None, None), (1, 5), (5, 1)]:
        with transaction.atomic():
            for name in ["Alma", "Bo"]:
                put_in(opened, them, own, guess, 4, name=name)
            Reflection.objects.get(pk=room.pk).reveal()
            seen = Reflection.objects.get(pk=room.pk).participants.get(user=staff)
            told.append(json.dumps(minutes_to_keep(seen), ensure_ascii=False))
            transaction.set_rollback(True)
    assert told[0] == told[1] == told[2]
    assert "Beboerne gættede på Teknik og Miljø" in told[0]


# --- What the files are called ------------------------------------------------------------------------------


def name_of(response) -> str:
    return response["Content-Disposition"].partition('filename="')[2].rstrip('"')


@pytest.mark.parametrize(
    ("kind", "ending"), [("pdf", "pdf"), ("word", "docx"), ("excel", "xlsx"), ("json", "json")]
)
def test_a_file_is_called_by_what_it_is_about_and_the_day(staff, logged_in, room, kind, ending):
    day = timezone.localdate(room.concluded_at).isoformat()
    named = name_of(logged_in(staff).get(at(room, kind)))
    assert named == f"referat-stien-langs-aaen-fra-bro-til-bro-{day}.{ending}"


def test_a_long_subject_is_cut_between_words(staff, logged_in, room):
    Reflection.objects.filter(pk=room.pk).update(title="Et meget langt mål " * 20)
    named = name_of(logged_in(staff).get(at(room, "pdf")))
    assert re.fullmatch(r"referat(-(et|meget|langt|maal))+-\d{4}-\d\d-\d\d\.pdf", named)
    assert len(named) < 90


def test_what_one_takes_home_is_a_sheet_too(staff, logged_in, room):
    person = room.participants.filter(user=None).first()
    answered = seat(person).get(reverse("reflection:download_pdf", args=[room.key]))
    assert name_of(answered).startswith("mine-svar-stien-langs-aaen")
    with pikepdf.open(BytesIO(answered.content)) as sheet:
        check_accessible(sheet, "Mine svar: Målkompasset", "da")
    assert logged_in(make_user("Karen")).get(answered.request["PATH_INFO"]).status_code == 403
