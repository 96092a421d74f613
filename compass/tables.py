"""Tables as spreadsheets have them: CSV as a Danish Excel writes it, and XLSX.

sheet = read(upload)          headers, rows and their numbers; ValidationError in a sentence for the editor
sheet.note                    what had to be guessed about the file, in a sentence; mostly nothing
as_csv(rows), as_xlsx(rows)   the other way; what a spreadsheet would run as a formula becomes text
"""

import codecs
import csv
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat

MOST_COLUMNS = 100
UNPACKED_TIMES = 3  # how much larger than the limit an XLSX file may become when it is unpacked
MOST_MARKS = 3_000_000  # of XML: what takes seconds to read, and twice what 10,000 full rows have
PROLOGUE = 2_000  # where a document type, and with it entities, would have to stand
EXCEL_CELL = 32_767
# What a spreadsheet would run as a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FAILED = {
    "#REF!",
    "#NAME?",
    "#VALUE!",
    "#DIV/0!",
    "#N/A",
    "#NULL!",
    "#NUM!",
    "#REFERENCE!",
    "#NAVN?",
    "#VÆRDI!",
    "#I/T",
}
TOO_MUCH = "Regnearket er for stort, når det pakkes ud. Slet tomme rækker, kolonner og ark, eller del filen."
BROKEN = "Filen kan ikke læses. Gem den igen som Excel (xlsx) eller CSV UTF-8, og prøv på ny."
OLD_EXCEL = (
    "Filen er en gammel Excel-fil (xls), eller den er beskyttet med en adgangskode."
    " Åbn den, gem den som Excel (xlsx) uden adgangskode, og prøv på ny."
)
MERGED = (
    "Regnearket har flettede celler, og kun den første af dem har teksten. Ophæv fletningen, skriv teksten i"
    " hver række, og prøv på ny."
)
NO_TABLE = "Filen er ikke et regneark. Vælg en fil, der er gemt som Excel (xlsx) eller CSV."
NOT_CALCULATED = "Regnearket har formler, der ikke er regnet ud. Åbn filen i Excel, gem den, og prøv på ny."
NOT_UTF_8 = (
    "Filen er ikke gemt som UTF-8, men sådan som en dansk Excel gemmer CSV (Windows-1252), og er læst sådan."
    " Se efter, at æ, ø og å står rigtigt."
)
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how an xls begins
SEPARATOR = re.compile(r'"?sep=([;,\t|])"?\s*$', re.IGNORECASE)  # a line that Excel reads, and does not show
FORMULA_WITHOUT_VALUE = re.compile(rb"</f>\s*(?:<v>\s*</v>|<v\s*/>)?\s*</c>")


@dataclass
class Sheet:
    headers: list[str]
    rows: list[list[str]]
    numbers: list[int]  # of each row in the spreadsheet; the headers are row 1
    note: str = ""


def read(upload: File) -> Sheet:
    most = settings.IMPORT_MAX_BYTES
    if upload.size > most:
        raise ValidationError(
            f"Filen fylder {filesizeformat(upload.size)}. Den må højst fylde {filesizeformat(most)}. Del den."
        )
    upload.seek(0)
    content = upload.read()
    lines, note = _xlsx(content) if content.startswith(b"PK") else _csv(content)
    try:
        sheet = _sheet(list(islice(lines, settings.IMPORT_MAX_ROWS + 2)))
    except ValidationError:
        raise
    except Exception as error:  # the readers of zip, XML and workbook each raise whatever they stumble on
        raise ValidationError(BROKEN) from error
    sheet.note = note
    return sheet


def _csv(content: bytes) -> tuple[Iterator[list[str]], str]:
    text, note = decoded(content)
    first, _end, rest = text.partition("\n")
    if said := SEPARATOR.match(first):
        return csv.reader(StringIO(rest, newline=""), delimiter=said[1]), note
    return csv.reader(StringIO(text, newline=""), delimiter=max(";,\t", key=first.count)), note


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file, and a note where its encoding is guessed; ValidationError when it is no text."""
    if content.startswith(OLE):
        raise ValidationError(OLD_EXCEL)
    note = ""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, note = _from_danish_excel(content), NOT_UTF_8
    if "\0" in text:
        raise ValidationError(NO_TABLE)
    return text, note


def _from_danish_excel(content: bytes) -> str:
    """Five bytes mean nothing there, and pictures and programs are full of those that text never has."""
    if re.search(rb"[\x00-\x08\x0e-\x1f]", content):
        raise ValidationError(NO_TABLE)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise ValidationError(NO_TABLE) from error


def _xlsx(content: bytes) -> tuple[Iterator[list[str]], str]:
    """The first sheet with headers; others often lie before it, empty."""
    from openpyxl import load_workbook  # with what it brings along ten megabytes, which few requests need

    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            _check_unpacked(parts)
        pages = load_workbook(BytesIO(content), read_only=True, data_only=True).worksheets
        page = next(filter(_has_headers, pages), pages[0])
    except ValidationError:
        raise
    except Exception as error:  # as in read()
        raise ValidationError(BROKEN) from error
    note = "" if page is pages[0] else f"Tabellen er læst fra arket «{page.title}»."
    rows = page.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    return ([_text(value) for value in row] for row in rows), note


def _has_headers(page) -> bool:
    first = page.iter_rows(max_row=1, max_col=MOST_COLUMNS, values_only=True)
    return any(value is not None for row in first for value in row)


def _check_unpacked(parts: zipfile.ZipFile):
    """Before anything is read as XML: a small file may hold a million empty rows, or itself many times."""
    if sum(part.file_size for part in parts.infolist()) > settings.IMPORT_MAX_BYTES * UNPACKED_TIMES:
        raise ValidationError(TOO_MUCH)
    marks = 0
    for part in parts.infolist():
        text = parts.read(part)
        marks += text.count(b"<")
        if marks > MOST_MARKS:
            raise ValidationError(TOO_MUCH)
        if b"<!DOCTYPE" in text[:PROLOGUE]:
            raise ValidationError(BROKEN)
        if FORMULA_WITHOUT_VALUE.search(text):
            raise ValidationError(NOT_CALCULATED)
        if b"<mergeCell " in text:
            raise ValidationError(MERGED)


def _text(value) -> str:
    """A cell as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if not any(value.timetuple()[3:6]) else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _sheet(lines: list[list[str]]) -> Sheet:
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise ValidationError("Første række er tom. Den skal have navnene på kolonnerne.")
    headers = [cell.strip() for cell in lines[0]]
    while not headers[-1]:
        headers.pop()
    if len(headers) > MOST_COLUMNS:
        raise ValidationError(f"Filen har mere end {MOST_COLUMNS} kolonner. Slet dem, der ikke skal med.")
    if len(lines) > settings.IMPORT_MAX_ROWS + 1:
        raise ValidationError(f"Filen har mere end {settings.IMPORT_MAX_ROWS} rækker. Del den i flere filer.")
    filled = [(number, row) for number, row in enumerate(lines[1:], start=2) if any(map(str.strip, row))]
    if not filled:
        raise ValidationError("Der er ingen rækker under navnene på kolonnerne.")
    return Sheet(headers, [_fitted(row, number, headers) for number, row in filled], [n for n, _ in filled])


def _fitted(row: list[str], number: int, headers: list[str]) -> list[str]:
    width = len(headers)
    if any(cell.strip() for cell in row[width:]):
        raise ValidationError(
            f"Række {number} har flere felter, end der er kolonner. Sæt anførselstegn om tekst med semikolon."
        )
    if failed := next((cell for cell in row if cell in FAILED), ""):
        raise ValidationError(
            f"Række {number} har en formel, der ikke kan regnes ud ({failed}). Ret den, og prøv på ny."
        )
    return [_plain(cell) for cell in row[:width]] + [""] * (width - len(row))


def _plain(text: str) -> str:
    """Without the mark that our own export puts before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def neutral(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA) else text


class _Echo:
    """A file that gives back what is written: csv.writer then returns the line."""

    def write(self, line: str) -> str:
        return line


def as_csv(rows: Iterable[list[str]]) -> Iterator[str]:
    """RFC 4180 but for semicolons, after a byte order mark: a Danish Excel opens it by two clicks."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    for row in rows:
        yield writer.writerow(map(neutral, row))


def as_xlsx(rows: Iterable[list[str]]) -> bytes:
    """ValidationError where a text is longer than a cell can be: Excel would cut it without a word."""
    rows = list(rows)
    if long := [row[0] for row in rows if any(len(cell) >= EXCEL_CELL for cell in row)]:
        raise ValidationError(f"En tekst i rækken «{long[0]}» er for lang til Excel. Hent CSV i stedet.")
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    page = book.create_sheet("Portalen")
    for row in rows:
        page.append([ILLEGAL_CHARACTERS_RE.sub("", neutral(cell)) for cell in row])
    written = BytesIO()
    book.save(written)
    return written.getvalue()
