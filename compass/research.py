"""Figures of a survey out of a spreadsheet: the file is the whole list of a wave, or nothing is changed.

result = import_figures(wave, text, dry_run=True)
result.errors   sentences that name the line, for the editor
result.figures  what the wave has (or would have) afterwards
"""

import csv
from dataclasses import dataclass, field
from io import StringIO

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from compass.models import ResearchFigure, ResearchWave
from publishing.tidy_text import tidy

COLUMNS = {"tekst": "label", "engelsk": "label_en", "tal": "value", "enhed": "unit"}
REQUIRED = {"tekst", "tal"}
MOST_FIGURES = 200


@dataclass
class Import:
    figures: list[ResearchFigure] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class FigureForm(forms.ModelForm):
    value = forms.DecimalField(label="tal", min_value=0, max_digits=8, decimal_places=2)

    class Meta:
        model = ResearchFigure
        fields = ["label", "label_en", "value", "unit"]


def decoded(content: bytes) -> str:
    """The text of an uploaded file; ValidationError when it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("Filen er ikke gemt som UTF-8. Vælg «CSV UTF-8», når du gemmer den fra regnearket.")
        ) from error


def import_figures(wave: ResearchWave, text: str, *, dry_run: bool = False) -> Import:
    """Put the figures of the file in place of those the wave has – unless a line is wrong."""
    result = _read(wave, text)
    if not (result.errors or dry_run):
        with transaction.atomic():
            wave.figures.all().delete()
            ResearchFigure.objects.bulk_create(result.figures)
            wave.save(update_fields=["updated_at"])  # readers see the date of the page
    return result


def _read(wave: ResearchWave, text: str) -> Import:
    if not text.strip():
        return Import(errors=[_("Filen er tom.")])
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if missing := sorted(REQUIRED - set(names)):
        columns = ", ".join(missing)
        return Import(errors=[_("Første linje mangler kolonnen: %(columns)s.") % {"columns": columns}])
    reader.fieldnames = names
    return _checked(wave, reader)


def _checked(wave: ResearchWave, reader: csv.DictReader) -> Import:
    result = Import()
    for position, row in enumerate(reader, start=1):
        form = FigureForm(_values(row))
        if position > MOST_FIGURES:
            result.errors.append(_("Der er flere end %(number)d linjer.") % {"number": MOST_FIGURES})
            break
        if form.is_valid():
            form.instance.wave, form.instance.position = wave, position
            result.figures.append(form.instance)
        result.errors += _sentences(reader.line_num, form)
    if not (result.figures or result.errors):
        result.errors.append(_("Der er ingen tal under første linje."))
    return result


def _values(row: dict) -> dict[str, str]:
    values = {field: tidy(row.get(column) or "", lines=False).strip() for column, field in COLUMNS.items()}
    # A Danish spreadsheet writes 12,5; nothing here is a thousand.
    return {**values, "value": values["value"].replace(",", "."), "unit": values["unit"] or "procent"}


def _sentences(line: int, form: FigureForm) -> list[str]:
    columns = {field: column for column, field in COLUMNS.items()}
    return [
        _("Linje %(line)d, %(column)s: %(message)s")
        % {"line": line, "column": columns.get(name, name), "message": message}
        for name, messages in form.errors.items()
        for message in messages
    ]
