"""A small file may unpack to more than the server has room or time for; a full disk keeps no half of one."""

import errno
import struct
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from compass.models import Picture
from compass.tables import read
from compass.uploads import LARGEST, as_webp, kind_of, read_picture
from publishing.media import StorageFullError


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


# --- Spreadsheets --------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{{}}</worksheet>'


def book() -> bytes:
    made, written = Workbook(), BytesIO()
    made.active.append(["nøgle", "titel"])
    made.active.append(["H1", "En titel"])
    made.save(written)
    return written.getvalue()


def with_part(name: str, text: bytes) -> SimpleUploadedFile:
    """An ordinary workbook with one part of it exchanged."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(book())) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, text)
    return SimpleUploadedFile("regneark.xlsx", written.getvalue())


def sheet(rows: str) -> SimpleUploadedFile:
    return with_part("xl/worksheets/sheet1.xml", SHEET.format(f"<sheetData>{rows}</sheetData>").encode())


EXPLODING = {
    "empty rows": lambda: sheet("<row/>" * 4_000_000),
    "empty columns": lambda: sheet("<row>" + "<c/>" * 4_000_000 + "</row>"),
    "shared strings": lambda: with_part(
        "xl/sharedStrings.xml", b"<sst>" + b"<si><t>a</t></si>" * 1_500_000 + b"</sst>"
    ),
    "nested": lambda: sheet("<a>" * 3_500_000),
    "long": lambda: sheet("<row><c><v>" + " " * 70_000_000 + "</v></c></row>"),
    "entities": lambda: with_part(
        "xl/worksheets/sheet1.xml",
        b'<!DOCTYPE a [<!ENTITY b "cccccccc"><!ENTITY d "&b;&b;&b;">]>' + SHEET.format("&d;").encode(),
    ),
}


@pytest.mark.parametrize("kind", EXPLODING)
def test_a_spreadsheet_that_explodes_is_refused_at_once(kind):
    file = EXPLODING[kind]()
    assert file.size < 1_000_000
    begun = time.process_time()
    with pytest.raises(ValidationError):
        read(file)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "rows", ['<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', '<row r="900000"/>']
)
def test_a_cell_far_away_costs_nothing(rows):
    begun = time.process_time()
    with pytest.raises(ValidationError):
        read(sheet(rows))
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("xl/workbook.xml", b"<ikke xml"),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/worksheets/sheet1.xml", b""),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='x'><c r='?'/></row></sheetData>"),
        ("xl/styles.xml", b"<styleSheet><cellXfs><xf numFmtId='x'/></cellXfs></styleSheet>"),
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships/>"),
    ],
)
def test_a_broken_workbook_is_refused_in_words(name, text):
    with pytest.raises(ValidationError):
        read(with_part(name, text))


@rules(max_examples=150, deadline=None)
@given(st.integers(0, len(book()) - 1), st.binary(min_size=1, max_size=8), st.booleans())
def test_whatever_bytes_are_wrong_there_is_an_answer(place, odd, cut):
    whole = book()
    content = whole[:place] if cut else whole[:place] + odd + whole[place + len(odd) :]
    for reader in [read, kind_of]:
        try:
            reader(SimpleUploadedFile("a.xlsx", content or b"x"))
        except ValidationError:
            continue


# --- Pictures ------------------------------------------------------------------------------------------


def drawn(kind="PNG", size=(400, 300), mode="RGB", colour="teal", **options) -> SimpleUploadedFile:
    written = BytesIO()
    Image.new(mode, size, colour).save(written, kind, **options)
    return SimpleUploadedFile("billede", written.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_picture_that_must_be_unpacked_whole_may_have_half_the_dots(settings, kind):
    settings.PICTURE_MAX_PIXELS = 1_000_000
    with pytest.raises(ValidationError, match="for mange punkter"):
        read_picture(drawn(kind, (1000, 600)))
    assert read_picture(drawn("JPEG", (1000, 600))).size == (1000, 600)


def test_a_large_picture_is_kept_at_twice_the_widest_that_is_shown():
    assert max(read_picture(drawn("JPEG", (4000, 1000))).size) == LARGEST


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_picture_that_moves_is_refused_in_words(kind):
    written = BytesIO()
    first, second = Image.new("RGB", (60, 60), "teal"), Image.new("RGB", (60, 60), "red")
    first.save(written, kind, save_all=True, append_images=[second])
    with pytest.raises(ValidationError, match=r"bevæger sig|ikke et billede"):
        read_picture(SimpleUploadedFile("a", written.getvalue()))


MEASURE = """
import resource, sys
import django; django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from compass.uploads import as_webp, read_picture
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
as_webp(read_picture(SimpleUploadedFile("a", sys.stdin.buffer.read())))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(("kind", "side"), [("PNG", 5000), ("JPEG", 7000), ("WEBP", 5000)])
def test_the_largest_picture_takes_a_bounded_part_of_the_memory(kind, side):
    content = drawn(kind, (side, side)).read()
    done = subprocess.run([sys.executable, "-c", MEASURE], input=content, capture_output=True, check=True)
    assert int(done.stdout) < 260  # megabytes; it was a gigabyte


@rules(max_examples=120, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "AVIF"]),
    st.floats(0, 1),
    st.binary(min_size=1, max_size=30),
    st.booleans(),
)
def test_a_broken_picture_is_refused_in_words(kind, where, odd, cut):
    whole = drawn(kind, (40, 30)).read()
    place = int(where * (len(whole) - 1))
    content = whole[:place] if cut else whole[:place] + odd + whole[place + len(odd) :]
    with suppress(ValidationError):
        read_picture(SimpleUploadedFile("a", content or b"x"))


# --- Colours -------------------------------------------------------------------------------------------


def number(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


@pytest.fixture
def p3() -> bytes:
    """Display P3, as a phone writes it: its three colours, its white, and a curve."""
    tags = {
        b"rXYZ": (0.51512, 0.2412, -0.00105), b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.1571, 0.06657, 0.78407), b"wtpt": (0.9642, 1.0, 0.8249),
    }  # fmt: skip
    bodies = {tag: b"XYZ \0\0\0\0" + b"".join(map(number, xyz)) for tag, xyz in tags.items()}
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    bodies |= dict.fromkeys([b"rTRC", b"gTRC", b"bTRC"], curve)
    bodies[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 3) + b"P3\0" + b"\0" * 79
    bodies[b"cprt"] = b"text\0\0\0\0fri\0"
    table, data, start = b"", b"", 128 + 4 + 12 * len(bodies)
    for tag, body in bodies.items():
        table += tag + struct.pack(">II", start + len(data), len(body))
        data += body + b"\0" * (-len(body) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(data), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 24 + b"\0" * 4
    head += number(0.9642) + number(1) + number(0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(bodies)) + table + data


def test_a_colour_of_another_profile_is_converted_before_the_profile_goes(p3):
    seen = read_picture(drawn("PNG", colour=(200, 60, 60), icc_profile=p3))
    red, green, blue = seen.getpixel((5, 5))
    assert (red, green, blue) != (200, 60, 60)
    assert red > 205  # the same red needs more of it in sRGB
    assert green < 60
    assert "icc_profile" not in Image.open(as_webp(seen)).info


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "LA", "1", "I;16"])
def test_any_kind_of_picture_may_have_a_profile(p3, mode):
    assert read_picture(drawn("PNG", mode=mode, colour=None, icc_profile=p3)).mode in {"RGB", "RGBA"}


def test_a_profile_that_is_none_is_left_out():
    seen = read_picture(drawn("PNG", colour=(1, 2, 3), icc_profile=b"ikke en profil"))
    assert seen.getpixel((1, 1)) == (1, 2, 3)


# --- A full disk ---------------------------------------------------------------------------------------


class TooLong(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"halvdelen"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_keeps_no_half_of_a_file(media):
    with pytest.raises(StorageFullError):
        default_storage.save("billeder/a.webp", TooLong(b"x" * 100))
    assert [file for file in media.rglob("*") if file.is_file()] == []


def test_a_file_is_kept_under_its_own_name(media):
    assert default_storage.save("filer/a.txt", ContentFile(b"hej")) == "filer/a.txt"
    assert [file.name for file in media.rglob("*.*")] == ["a.txt"]


def test_an_editor_is_told_that_there_is_no_room(administrator_client, db, monkeypatch, media):
    monkeypatch.setattr("django.core.files.base.File.chunks", TooLong.chunks)
    sent = {"file": drawn(), "alt": "Et bord.", "credit": "Frida", "focus_x": 50, "focus_y": 50}
    response = administrator_client.post("/admin/compass/picture/add/", sent)
    assert response.status_code == 507
    assert "ikke plads" in response.content.decode()
    assert not Picture.objects.exists()
    assert [file for file in media.rglob("*") if file.is_file()] == []


def test_it_is_told_too_where_the_room_ends_while_the_form_is_read(
    administrator, db, small_disk, media, settings
):
    """Django keeps what is above 2.5 MB beside until the form is looked at."""
    settings.FILE_UPLOAD_TEMP_DIR = media
    browser = Client(raise_request_exception=False)
    browser.force_login(administrator)
    sent = {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.4" + b"x" * 6_000_000), "title": "Planen"}
    with small_disk(5_000_000):
        response = browser.post("/admin/compass/attachment/add/", sent)
    assert response.status_code == 507
    assert "ikke plads" in response.content.decode()
    assert [file for file in media.rglob("*") if file.is_file()] == []
