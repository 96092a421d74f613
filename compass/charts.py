"""Figures as bars: where each bar and each word stands in an SVG. The template only writes it down.

Widths are in per cent and heights in pixels, so that the words keep their size on a narrow screen.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from textwrap import wrap
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from compass.models import ResearchFigure

LETTERS_A_LINE = 34  # as many as a screen of 320 pixels has room for
LINE, BAR, GAP = 20, 22, 16
PERCENT = "procent"
HUNDRED = Decimal(100)
SCALE = re.compile(r"\btil (\d+)$")


class Bar(NamedTuple):
    label: str
    lang: str
    lines: list[tuple[int, str]]  # (y, text)
    top: int
    width: str  # in per cent of the drawing
    number: str


class Chart(NamedTuple):
    unit: str
    bars: list[Bar]
    height: int
    bar_height: int
    sentence: str


def charts(figures: Iterable[ResearchFigure]) -> list[Chart]:
    """One chart for each unit: percentages and averages have no scale in common."""
    by_unit: dict[str, list[ResearchFigure]] = {}
    for figure in figures:
        by_unit.setdefault(figure.unit, []).append(figure)
    return [_chart(unit, group) for unit, group in by_unit.items()]


def _chart(unit: str, figures: list[ResearchFigure]) -> Chart:
    most = _end_of_scale(unit) or max(figure.value for figure in figures)
    bars, top = [], 0
    for figure in figures:
        bar = _bar(figure, most, top)
        bars.append(bar)
        top = bar.top + BAR + GAP
    return Chart(_unit(unit), bars, top, BAR, _sentence(figures))


def _end_of_scale(unit: str) -> Decimal | None:
    """100 for per cent, 5 for «gennemsnit fra 1 til 5»; None where the unit does not say."""
    if unit == PERCENT:
        return HUNDRED
    match = SCALE.search(unit)
    return Decimal(match[1]) if match else None


def _unit(unit: str) -> str:
    return _("procent") if unit == PERCENT else unit


def _bar(figure: ResearchFigure, most: Decimal, top: int) -> Bar:
    label = figure.local.label
    value = f"{shown(figure.value)} {_unit(figure.unit)}"
    lines = wrap(f"{label}: {value}", LETTERS_A_LINE)
    placed = [(top + LINE * number - 4, line) for number, line in enumerate(lines, start=1)]
    width = max(Decimal(0), min(HUNDRED, figure.value / most * HUNDRED)) if most else Decimal(0)
    return Bar(label, label.lang, placed, top + LINE * len(lines) + 2, f"{width:.1f}%", shown(figure.value))


def shown(value: Decimal) -> str:
    """«12,5» and «12», not «12,50» and «12,00»."""
    whole = value == value.to_integral_value()
    return number_format(value.quantize(Decimal(1)) if whole else value.normalize())


def _sentence(figures: list[ResearchFigure]) -> str:
    if len(figures) == 1:
        return _("%(label)s: %(value)s.") % _words(figures[0])
    highest = max(figures, key=lambda figure: figure.value)
    lowest = min(figures, key=lambda figure: figure.value)
    if highest.value == lowest.value:
        return _("Alle tal er ens: %(value)s.") % _words(highest)
    return _("Højest er «%(high)s» med %(high_value)s. Lavest er «%(low)s» med %(low_value)s.") % {
        "high": highest.local.label,
        "high_value": _words(highest)["value"],
        "low": lowest.local.label,
        "low_value": _words(lowest)["value"],
    }


def _words(figure: ResearchFigure) -> dict[str, str]:
    return {"label": figure.local.label, "value": f"{shown(figure.value)} {_unit(figure.unit)}"}
