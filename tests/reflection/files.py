"""What files say, as texts."""

from io import BytesIO

import docx
import openpyxl


def texts(content) -> list[str]:
    """Every text in plain data."""
    if isinstance(content, dict):
        return [text for value in content.values() for text in texts(value)]
    if isinstance(content, list):
        return [text for value in content for text in texts(value)]
    return [content] if isinstance(content, str) and content else []


def texts_of_word(body: bytes) -> list[str]:
    document = docx.Document(BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text] + cells


def texts_of_excel(body: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(BytesIO(body)).active
    return [str(value) for row in sheet.values for value in row if value is not None]


def said(response) -> str:
    """The text of an answer, whatever kind of file it is; without when it was made."""
    body, kind = response.getvalue(), response.get("Content-Type", "")
    if "wordprocessing" in kind:
        return "\n".join(texts_of_word(body))
    if "spreadsheet" in kind:
        return "\n".join(texts_of_excel(body))
    return body.decode("latin-1" if kind == "application/pdf" else "utf-8")
