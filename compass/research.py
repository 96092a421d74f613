"""Figures of a survey out of a spreadsheet: the file is the whole list of a wave, or nothing is changed.

result = import_figures(wave, sheet, dry_run=True)
result.errors   sentences that name the line, for the editor
result.figures  what the wave has (or would have) afterwards
"""

import re
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from compass.models import ResearchFigure, ResearchWave
from compass.tables import Sheet
from publishing.tidy_text import tidy

COLUMNS = {"tekst": "label", "engelsk": "label_en", "tal": "value", "enhed": "unit"}
REQUIRED = {"tekst", "tal"}
MOST_FIGURES = 200


@dataclass
class Import:
    figures: list[ResearchFigure] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    note: str = ""


class FigureField(forms.DecimalField):
    """A number as a Danish or an English spreadsheet writes it; what may be either is asked about."""

    def to_python(self, value):
        text = re.sub(r"\s", "", value)
        if re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
            raise ValidationError(
                _("«%(text)s» kan læses på to måder. Skriv det uden punktum: 1412 eller 1,41."),
                params={"text": text},
            )
        if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+", text):
            text = text.replace(".", "")
        return super().to_python(text.replace(",", "."))


class FigureForm(forms.ModelForm):
    value = FigureField(label="tal", min_value=0, max_digits=8, decimal_places=2)

    class Meta:
        model = ResearchFigure
        fields = ["label", "label_en", "value", "unit"]


def import_figures(wave: ResearchWave, sheet: Sheet, *, dry_run: bool = False) -> Import:
    """Put the figures of the file in place of those the wave has – unless a line is wrong."""
    result = _read(wave, sheet)
    if not (result.errors or dry_run):
        with transaction.atomic():
            wave.figures.all().delete()
            ResearchFigure.objects.bulk_create(result.figures)
            wave.save(update_fields=["updated_at"])  # readers see the date of the page
    return result


def _read(wave: ResearchWave, sheet: Sheet) -> Import:
    names = [header.lower() for header in sheet.headers]
    if missing := sorted(REQUIRED - set(names)):
        columns = ", ".join(missing)
        return Import(errors=[_("Første række mangler kolonnen: %(columns)s.") % {"columns": columns}])
    if len(sheet.rows) > MOST_FIGURES:
        return Import(errors=[_("Der er flere end %(number)d rækker.") % {"number": MOST_FIGURES}])
    result = Import(note=sheet.note)
    for position, (number, cells) in enumerate(zip(sheet.numbers, sheet.rows, strict=True), start=1):
        form = FigureForm(_values(dict(zip(names, cells, strict=True))))
        if form.is_valid():
            form.instance.wave, form.instance.position = wave, position
            result.figures.append(form.instance)
        result.errors += _sentences(number, form)
    return result


def _values(row: dict) -> dict[str, str]:
    values = {field: tidy(row.get(column) or "", lines=False).strip() for column, field in COLUMNS.items()}
    return {**values, "unit": values["unit"] or "procent"}


def _sentences(number: int, form: FigureForm) -> list[str]:
    columns = {field: column for column, field in COLUMNS.items()}
    return [
        _("Række %(number)d, kolonnen «%(column)s»: %(message)s")
        % {"number": number, "column": columns.get(name, name), "message": message}
        for name, messages in form.errors.items()
        for message in messages
    ]
