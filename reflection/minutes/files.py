"""The minutes as files. Each writer gets what reflection/minutes/content.py made, and nothing else.

What writes Word and Excel is loaded by whoever asks for such a file: it is ten megabytes with what it needs.
"""

import json
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _

from compass.tables import FORMULA
from publishing.portal import current_portal
from publishing.tidy_text import tidy
from reflection.minutes.pdf import has_undrawable

INK = "10243A"


def words() -> dict[str, str]:
    """What stands between the lines, the same in every file."""
    return {
        "plan": _("Planen"),
        "talked": _("Det talte I om"),
        "rest": _("De andre svar"),
        "answers": _("Svarene"),
        "agreements": _("Aftaler"),
        "low": _("Fra"),
        "high": _("Til"),
        "what": _("Hvad"),
        "who": _("Hvem"),
        "when": _("Hvornår"),
        "state": _("Status"),
        "unknown": _("Ved ikke"),
        "step": _("Trin"),
        "statement": _("Udsagn"),
        "party": _("Part"),
        "total": _("I alt"),
        "mean": _("Snit"),
        "note": _("Bemærkning"),
        "answer": _("Svar"),
        "counts": _("Hvor mange svarede hvad"),
    }


def title_of(minutes: dict) -> str:
    """What the window of a reader says."""
    return f"{minutes['title']}: {minutes['compass']}"


def notes(minutes: dict) -> list[str]:
    """What kind of room it was, for whoever reads the file later."""
    lines = [minutes["mode"]] if minutes["mode"] else []
    if minutes["is_mixed"]:
        lines.append(_("Både ansatte og folk udefra. Det skrevne kan være omfattet af aktindsigt."))
    if minutes["is_rehearsal"]:
        lines.append(_("Prøve med opdigtede deltagere."))
    if minutes["concluded"]:
        lines.append(_("Afsluttet %(day)s.") % {"day": minutes["concluded"]})
    return lines


def parts_of(minutes: dict) -> list[tuple[str, list[dict]]]:
    """The steps under their headings: what was talked about, then the rest; of a look alone all as one."""
    talked = [step for step in minutes["steps"] if step["is_talked_about"]]
    rest = [step for step in minutes["steps"] if not step["is_talked_about"]]
    headings = words()
    parts = [(headings["talked"], talked), (headings["rest" if talked else "answers"], rest)]
    return [(heading, steps) for heading, steps in parts if steps]


def row_of(agreement: dict) -> tuple[str, str, str, str]:
    """An agreement as a row: what, who, when, state."""
    who = f"{agreement['who']} ({agreement['party']})" if agreement["party"] else agreement["who"]
    state = ". ".join(filter(None, [agreement["status"], agreement["note"]]))
    return agreement["what"], who, agreement["due"] or agreement["no_date_reason"], state


def plain(content):
    """The same without signs that a file of the kind cannot hold, also where a row still has them."""
    if isinstance(content, dict):
        return {name: plain(value) for name, value in content.items()}
    if isinstance(content, list):
        return [plain(value) for value in content]
    return tidy(content) if isinstance(content, str) else content


# --- PDF -------------------------------------------------------------------------------------------


def for_sheet(minutes: dict) -> dict:
    """What minutes.typ shows."""
    minutes = plain(minutes)
    names = ["what", "carried", "date", "now"]
    agreements = [dict(zip(names, row_of(agreement), strict=True)) for agreement in minutes["agreements"]]
    unseen = has_undrawable(json.dumps(minutes, ensure_ascii=False))
    return {
        **minutes,
        "title": title_of(minutes),
        "heading": minutes["title"],
        "agreements": agreements,
        "agreed": minutes["heading"],
        "parts": [{"heading": heading, "steps": steps} for heading, steps in parts_of(minutes)],
        "lang": minutes["language"],
        "source": "",
        "notes": notes(minutes),
        "words": words(),
        "unseen": _("□ står for et tegn, som arket ikke kan vise.") if unseen else "",
    }


# --- Word ------------------------------------------------------------------------------------------


def word(minutes: dict) -> bytes:
    minutes, headings = plain(minutes), words()
    document = _document(minutes)
    document.add_heading(minutes["title"], 1)
    document.add_paragraph(f"{minutes['compass']} · {minutes['begun']}")
    if minutes["about"]:
        document.add_paragraph(minutes["about"], style="Quote")
    for note in notes(minutes):
        document.add_paragraph(note)
    _write_end(document, minutes, headings)
    for heading, steps in parts_of(minutes):
        document.add_heading(heading, 2)
        for step in steps:
            _write_step(document, step, headings)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _write_end(document, minutes: dict, headings: dict):
    """What was agreed, before anything else."""
    if minutes["heading"]:
        document.add_heading(minutes["heading"], 2)
    if minutes["headline"]:
        document.add_paragraph(minutes["headline"], style="Intense Quote")
    for line in minutes["lines"]:
        _labelled(document, line["label"], line["text"])
    if minutes["agreements"]:
        header = [headings[name] for name in ["what", "who", "when", "state"]]
        rows = [row_of(agreement) for agreement in minutes["agreements"]]
        _table(document, headings["agreements"], header, rows)
    if minutes["outcome"]:
        document.add_heading(headings["plan"], 2)
    for line in minutes["outcome"]:
        _labelled(document, line["label"], line["text"])


def _document(minutes: dict):
    """An empty sheet of A4 that says its title, its language and when it was made."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Mm, RGBColor

    document = Document()
    document.sections[0].page_width, document.sections[0].page_height = Mm(210), Mm(297)
    properties = document.core_properties
    properties.created = properties.modified = timezone.now().replace(tzinfo=None)
    properties.last_modified_by, properties.revision = current_portal().municipality, 1
    properties.title = title_of(minutes)
    properties.author, properties.comments = properties.last_modified_by, ""
    properties.language = minutes["language"]
    full = {"da": "da-DK", "en": "en-GB"}[minutes["language"]]
    language = document.styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:lang"))
    language.set(qn("w:val"), full)
    for level in range(1, 5):  # Word's own blue is too pale to read
        document.styles[f"Heading {level}"].font.color.rgb = RGBColor.from_string(INK)
    return document


def _write_step(document, step: dict, headings: dict):
    document.add_heading(f"{step['number']}. {step['title']}", 3)
    if step["statement"]:
        _labelled(document, step["statement"], f"1: {step['low']} · 5: {step['high']}", between=" ")
    for line in step["lines"]:
        _labelled(document, line["label"], line["text"])
    for compared in step["compared"]:
        _write_compared(document, compared, headings)
    for values in step["values"]:
        _write_values(document, values, headings)
    _write_note(document, step["values_note"])
    for comment in step["comments"]:
        text = f"{comment['text']} ({comment['by']})" if comment["by"] else comment["text"]
        document.add_paragraph(comment["hidden"] or text, style="List Bullet")
    _write_note(document, step["comments_note"])
    for answer in step["answers"]:
        _labelled(document, answer["question"], answer["answer"])


def _write_compared(document, compared: dict, headings: dict):
    """What one party guessed of another: the finding, the sentence, and the figures."""
    document.add_heading(compared["title"], 4)
    for text in filter(None, [compared["finding"], compared["text"], compared["sentence"]]):
        document.add_paragraph(text)
    header = ["", headings["mean"], headings["low"], headings["high"]]
    _table(document, compared["title"], header, [figures_of(mark) for mark in compared["marks"]])


def figures_of(mark: dict) -> list[str]:
    """A line of what is compared: whose, the mean, and from where to where."""
    ends = ["–" if end is None else str(end) for end in [mark["low"], mark["high"]]]
    return [mark["label"], mark["shown"] or "–", *ends]


def _write_note(document, note: str):
    if note:
        document.add_paragraph().add_run(note).italic = True


def _write_values(document, values: dict, headings: dict):
    if values["party"]:
        document.add_heading(values["party"], 4)
    document.add_paragraph(values["sentence"])
    counts = [str(number) for number in [*values["counts"], values["unknown"]]]
    caption = ": ".join(filter(None, [headings["counts"], values["party"]]))
    _table(document, caption, [*"12345", headings["unknown"]], [counts])
    for named in values["names"]:
        _labelled(document, named["said"], ", ".join(named["names"]))


def _labelled(document, label: str, text: str, between: str = ": "):
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{label}{between}").bold = True
    paragraph.add_run(text or "–")


def _table(document, caption: str, header: list[str], rows: list):
    """A table with its name; its first row is a heading, also on the next page and for a screen reader."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document.add_paragraph(caption, style="Caption").paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(rows), cols=len(header), style="Table Grid")
    for row, texts in zip(table.rows, [header, *rows], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    name = OxmlElement("w:tblCaption")
    name.set(qn("w:val"), caption)
    table._tbl.tblPr.append(name)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    document.add_paragraph()


# --- Excel -----------------------------------------------------------------------------------------


def excel(minutes: dict) -> bytes:
    """The figures, a row for each party and statement; of a look alone one's own answers."""
    from openpyxl import Workbook

    minutes = plain(minutes)
    book = Workbook()
    book.properties.title = title_of(minutes)
    book.properties.creator, book.properties.language = current_portal().municipality, minutes["language"]
    sheet = book.active
    sheet.title = _("Tal")
    _fill(sheet, *(_own_rows(minutes) if minutes["is_alone"] else _rows(minutes)))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _rows(minutes: dict) -> tuple[list[str], list[list]]:
    headings = words()
    names = ["step", "statement", "party"], ["unknown", "total", "mean", "note"]
    header = [*(headings[name] for name in names[0]), *"12345", *(headings[name] for name in names[1])]
    rows = []
    for step in minutes["steps"]:
        begins = [f"{step['number']}. {step['title']}", step["statement"]]
        rows += [[*begins, *_figures(values)] for values in step["values"]]
        if step["values_note"]:
            rows.append([*begins, *[""] * 9, step["values_note"]])
    return header, rows


def _figures(values: dict) -> list:
    return [values["party"], *values["counts"], *(values[name] for name in ["unknown", "total", "mean"])]


def _own_rows(minutes: dict) -> tuple[list[str], list[list]]:
    headings = words()
    rows = [
        [f"{step['number']}. {step['title']}", answer["question"], answer["answer"]]
        for step in minutes["steps"]
        for answer in step["answers"]
    ]
    return [headings["step"], headings["statement"], headings["answer"]], rows


def _fill(sheet, header: list[str], rows: list[list]):
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for number, row in enumerate([header, *rows], start=1):
        for column, value in enumerate(row, start=1):
            _put(sheet.cell(number, column), value)
    for column in range(1, len(header) + 1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 40 if column < 3 else 12
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _put(cell, value):
    """A text stays a text, also one that looks like a formula."""
    from openpyxl.styles import Alignment

    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.quotePrefix = value.startswith(FORMULA)
