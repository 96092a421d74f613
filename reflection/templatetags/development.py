"""The picture of a development: a radar over rounds. Never a query."""

from math import cos, pi, sin

from django import template
from django.template.loader import render_to_string

register = template.Library()

MIDDLE, RADIUS = 160, 112


@register.simple_tag
def radar(development) -> str:
    """The steps as spokes, each round as a line around; the newest is the boldest."""
    count = len(development.titles)
    context = {
        "development": development,
        "middle": MIDDLE,
        "rings": [_path([_point(number, index, count) for index in range(count)]) for number in range(1, 6)],
        "spokes": [_spoke(index, count) for index in range(count)],
        "lines": [_line(line, count, age) for age, line in enumerate(reversed(development.lines))],
    }
    return render_to_string("reflection/_radar.html", context)


def _point(number, index: int, count: int) -> tuple[float, float]:
    angle = 2 * pi * index / count - pi / 2
    reach = RADIUS * float(number) / 5
    return round(MIDDLE + reach * cos(angle), 1), round(MIDDLE + reach * sin(angle), 1)


def _spoke(index: int, count: int) -> dict:
    x, y = _point(5, index, count)
    label_x, label_y = _point(5.7, index, count)
    return {"x": x, "y": y, "label_x": label_x, "label_y": label_y + 5, "number": index + 1}


def _line(line, count: int, age: int) -> dict:
    """Points where the mean may be shown, and a closed line where all of them may."""
    points = [_point(mean, index, count) for index, mean in enumerate(line.means) if mean is not None]
    is_whole = len(points) == count
    return {"age": age, "path": _path(points) if is_whole else "", "points": points, "number": line.number}


def _path(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
