"""Tables as spreadsheets have them: CSV as a Danish Excel writes it, and XLSX.

sheet = read(upload)          headers, rows and their numbers; ValidationError in a sentence for the editor
as_csv(rows), as_xlsx(rows)   the other way; what a spreadsheet would run as a formula becomes text
"""

import csv
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
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from compass.opendata import FORMULA
from compass.research import decoded

MOST_COLUMNS = 100
UNPACKED_TIMES = 3  # how much larger than the limit an XLSX file may become when it is unpacked
MOST_MARKS = 3_000_000  # of XML: what takes seconds to read, and twice what 10,000 full rows have
PROLOGUE = 2_000  # where a document type, and with it entities, would have to stand
EXCEL_CELL = 32_767
TOO_MUCH = "Regnearket er for stort, når det pakkes ud. Slet tomme rækker, kolonner og ark, eller del filen."
BROKEN = "Filen kan ikke læses. Gem den igen som CSV UTF-8 eller Excel (xlsx), og prøv på ny."


@dataclass
class Sheet:
    headers: list[str]
    rows: list[list[str]]
    numbers: list[int]  # of each row in the spreadsheet; the headers are row 1


def read(upload: File) -> Sheet:
    most = settings.IMPORT_MAX_BYTES
    if upload.size > most:
        raise ValidationError(
            f"Filen fylder {filesizeformat(upload.size)}. Den må højst fylde {filesizeformat(most)}. Del den."
        )
    upload.seek(0)
    content = upload.read()
    lines = _xlsx(content) if content.startswith(b"PK") else _csv(content)
    return _sheet(list(islice(lines, settings.IMPORT_MAX_ROWS + 2)))


def _csv(content: bytes) -> Iterator[list[str]]:
    text = decoded(content)
    if "\0" in text:
        raise ValidationError(BROKEN)
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise ValidationError(BROKEN) from error


def _xlsx(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            _check_unpacked(parts)
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
            yield [_text(value) for value in row]
    except ValidationError:
        raise
    except Exception as error:  # the readers of zip, XML and workbook each raise whatever they stumble on
        raise ValidationError(BROKEN) from error


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
    return [_plain(cell) for cell in row[:width]] + [""] * (width - len(row))


def _plain(text: str) -> str:
    """Without the mark that our own export puts before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def neutral(text: str) -> str:
    """A text that no spreadsheet runs (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text


class _Echo:
    """A file that gives back what is written: csv.writer then returns the line."""

    def write(self, line: str) -> str:
        return line


def as_csv(rows: Iterable[list[str]]) -> Iterator[str]:
    """Semicolons and a byte order mark: opened by two clicks in a Danish Excel."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    for row in rows:
        yield writer.writerow(map(neutral, row))


def as_xlsx(rows: Iterable[list[str]]) -> bytes:
    """ValidationError where a text is longer than a cell can be: Excel would cut it without a word."""
    rows = list(rows)
    if long := [row[0] for row in rows if any(len(cell) >= EXCEL_CELL for cell in row)]:
        raise ValidationError(f"En tekst i rækken «{long[0]}» er for lang til Excel. Hent CSV i stedet.")
    book = Workbook(write_only=True)
    page = book.create_sheet("Portalen")
    for row in rows:
        page.append([ILLEGAL_CHARACTERS_RE.sub("", neutral(cell)) for cell in row])
    written = BytesIO()
    book.save(written)
    return written.getvalue()
