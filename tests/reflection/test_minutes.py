"""The minutes: one page, and files that say the same and never more."""

import json
import shutil
import subprocess
import time
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from docx.oxml.ns import qn

from reflection.minutes.content import minutes_to_keep
from reflection.minutes.files import for_sheet, title_of, words
from reflection.models import Reflection
from tests.collaboration.test_print import check_accessible, tags
from tests.factories import answer_everything, make_agreement, make_room
from tests.reflection.files import texts, texts_of_excel, texts_of_word
from tests.reflection.people import add, enter

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
    assert (found.count("/H1"), found.count("/H2")) == (1, 3)  # what was agreed, and two steps
    assert found.count("/Table") == 3
    assert found.count("/TH") == 4 + 2 * 6


def test_the_word_file_has_headings_header_rows_a_title_and_a_language(staff, logged_in, room):
    body = logged_in(staff).get(at(room, "word")).content
    document = docx.Document(BytesIO(body))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert (styles.count("Heading 1"), styles.count("Heading 2")) == (1, 3)
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
