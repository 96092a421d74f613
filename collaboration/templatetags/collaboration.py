"""Pictures of a round: three marks on a scale, and a radar over rounds. Formatting only, never a query."""

from math import cos, pi, sin

from django import template
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from collaboration.blindspots import shown

register = template.Library()

LEFT, STEP = 16, 70  # where the scale begins, and how far 2 is from 1
RIGHT = 270  # from here on there is no room for a number beside a mark
TOP, LANE = 36, 54  # where the first lane lies, and how far the next is from it
MIDDLE, RADIUS = 160, 112


@register.simple_tag
def marks(spot) -> str:
    """One party's guess about another: own answer, guess and answer in three lanes of one scale.

    Each lane says whose it is: «Eget» and «Gæt» are understood by whoever has read how it is made.
    """
    names = {
        "own": _("%(party)s om sig selv") % {"party": spot.guesser},
        "guess": _("%(party)s gættede") % {"party": spot.guesser},
        "answer": _("%(party)s svarede") % {"party": spot.about},
    }
    lanes = [
        _lane(index, name, values, mean) | {"label": names[name]}
        for index, (name, values, mean) in enumerate(spot.rows)
    ]
    by_name = {lane["name"]: lane for lane in lanes}
    ends = [by_name[name]["x"] for name in ["guess", "answer"]]
    context = {
        "spot": spot,
        "lanes": lanes,
        "ticks": [(_x(number), number) for number in range(1, 6)],
        "gap": None if None in ends else {"x": min(ends), "width": round(abs(ends[0] - ends[1]), 1)},
    }
    return render_to_string("collaboration/_marks.html", context)


def _x(number) -> float:
    return round(LEFT + STEP * float(number - 1), 1)


def _lane(index: int, name: str, values, mean) -> dict:
    """`low` and `high` are the ends of the spread; nothing but the name where nothing may be shown."""
    numbers = values.numbers if values else []
    lane = {"name": name, "y": TOP + LANE * index, "x": None}
    if numbers:
        ends = {"low": _x(min(numbers)), "high": _x(max(numbers))}
        beside = ends["high"] + 16 if ends["high"] < RIGHT else ends["low"] - 16
        lane |= {"x": _x(mean), "mean": shown(mean), "mean_at": round(beside, 1), **ends}
    return lane


@register.simple_tag
def radar(development) -> str:
    """The principles as spokes, each round as a line around; the newest is the boldest."""
    count = len(development.principles)
    context = {
        "development": development,
        "middle": MIDDLE,
        "rings": [_ring(number, count) for number in range(1, 6)],
        "spokes": [_spoke(index, count) for index in range(count)],
        "lines": [_line(line, count, age) for age, line in enumerate(reversed(development.lines))],
    }
    return render_to_string("collaboration/_radar.html", context)


def _point(number, index: int, count: int) -> tuple[float, float]:
    angle = 2 * pi * index / count - pi / 2
    reach = RADIUS * float(number) / 5
    return round(MIDDLE + reach * cos(angle), 1), round(MIDDLE + reach * sin(angle), 1)


def _ring(number: int, count: int) -> str:
    return _path([_point(number, index, count) for index in range(count)])


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


@register.filter
def own(version, key: str):
    """One of a guide version's own texts."""
    return version.text(key)


@register.filter
def own_like(version, start: str) -> list:
    return version.texts_like(start)
