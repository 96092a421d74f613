"""The spread of answers, drawn: dots above a scale, and what two parties say of each other. Never a query."""

from typing import NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

register = template.Library()


class Paper(NamedTuple):
    """What dots are drawn on: how wide it is, how large a dot, and how many stand on each other."""

    width: int
    radius: int
    level: int
    most: int
    name: str


PAGE = Paper(320, 7, 16, 8, "page")
WALL = Paper(1_000, 13, 29, 6, "wall")
SMALL = Paper(1_000, 12, 27, 5, "small")


@register.simple_tag
def dots(counts: list[int]):
    """One party's answers as dots above the numbers 1–5; the sentence and the table say the same."""
    return _dots(counts, PAGE)


@register.simple_tag
def wide_dots(counts: list[int], beside: int = 1):
    """The same, across a wall that `beside` parties share."""
    return _dots(counts, WALL._replace(width=WALL.width // beside))


@register.simple_tag
def small_dots(counts: list[int]):
    """The same side by side and in one line, for many pictures under each other."""
    columns = [
        {
            "x": SMALL.width * (2 * index + 1) // 10,
            "number": index + 1,
            "dots": _circles(
                [
                    (SMALL.width * (2 * index + 1) // 10 + SMALL.level * (2 * dot + 1 - shown) // 2, 16)
                    for dot in range(shown)
                ],
                SMALL,
            ),
            "more": max(0, count - SMALL.most),
        }
        for index, count in enumerate(counts)
        for shown in [min(count, SMALL.most)]
    ]
    context = {"columns": columns, "paper": SMALL, "axis": 34, "end": SMALL.width - 10}
    context |= {"more": 24, "numbers": 60, "top": 0, "height": 66}
    return render_to_string("reflection/_dots.html", context)


def _dots(counts: list[int], paper: Paper) -> str:
    floor = 150
    columns = [
        {
            "x": paper.width * (2 * index + 1) // 10,
            "number": index + 1,
            "dots": _circles(
                [
                    (paper.width * (2 * index + 1) // 10, floor - paper.level * level)
                    for level in range(min(count, paper.most))
                ],
                paper,
            ),
            "more": max(0, count - paper.most),
        }
        for index, count in enumerate(counts)
    ]
    tallest = max(min(count, paper.most) + (count > paper.most) for count in counts)
    levels = max(2, tallest)
    top = floor - paper.level * levels
    beneath = floor + paper.radius + 5
    context = {
        "columns": columns,
        "paper": paper,
        "axis": beneath,
        "end": paper.width - 10,
        "more": top + 2 * paper.level - paper.radius - 5,  # just above the topmost dot
        "numbers": beneath + 3 * paper.radius,
        "top": top,
        "height": beneath + 4 * paper.radius - top,
    }
    return render_to_string("reflection/_dots.html", context)


def _circles(centres: list[tuple[int, int]], paper: Paper) -> SafeString:
    """As in `comments`: a board has hundreds of them."""
    circles = (f'<circle class="kompas-dots__dot" cx="{x}" cy="{y}" r="{paper.radius}"/>' for x, y in centres)
    return mark_safe("".join(circles))  # noqa: S308 – numbers


@register.simple_tag
def dot_line(counts: list[int]) -> SafeString:
    """Five places in a row, those that were chosen filled: larger where more did. Words stand beside it."""
    most = max([*counts, 1])
    marks = [
        f'<circle class="{"kompas-profile__chosen" if count else "kompas-profile__place"}"'
        f' cx="{14 + 26 * index}" cy="12"'
        f' r="{3 + round(7 * count / most) if count else 3}"/>'
        for index, count in enumerate(counts)
    ]
    svg = f'<svg class="kompas-profile__dots" viewBox="0 0 132 24" aria-hidden="true">{"".join(marks)}</svg>'
    return mark_safe(svg)  # noqa: S308 – numbers


LEFT, STEP = 16, 70  # where the scale of what is compared begins, and how far 2 is from 1
RIGHT = 270  # from here on there is no room for a number beside a mark
LONGEST_NAME = 36  # signs of a lane's name that there is room for
TOP, LANE = 36, 54  # where the first lane lies, and how far the next is from it


@register.simple_tag
def marks_of(compared: dict) -> str:
    """What one party says of itself and guesses of another, and what that one says: a lane for each.

    Each lane says whose it is: «Eget» and «Gæt» are understood by whoever has read how it is made.
    """
    lanes = [_lane(index, mark, compared) for index, mark in enumerate(compared["marks"])]
    ends = [lane["x"] for lane in lanes[1:]]
    context = {
        "compared": compared,
        "lanes": lanes,
        "ticks": [(_x(number), number) for number in range(1, 6)],
        "gap": None if None in ends else {"x": min(ends), "width": round(abs(ends[0] - ends[1]), 1)},
    }
    return render_to_string("reflection/_marks.html", context)


def _x(number) -> float:
    return round(LEFT + STEP * float(number - 1), 1)


def _lane(index: int, mark: dict, compared: dict) -> dict:
    """`low` and `high` are the ends of the spread; nothing but the name where nothing may be shown."""
    party = compared["about" if mark["kind"] == "answer" else "guesser"]
    lane = {"name": mark["kind"], "label": _name(mark["label"], party), "y": TOP + LANE * index, "x": None}
    if mark["mean"] is not None:
        ends = {"low": _x(mark["low"]), "high": _x(mark["high"])}
        beside = ends["high"] + 16 if ends["high"] < RIGHT else ends["low"] - 16
        lane |= {"x": _x(mark["mean"]), "mean": mark["shown"], "mean_at": round(beside, 1), **ends}
    return lane


def _name(label: str, party: str) -> str:
    """The label, with the party's name cut where it is too long; the verb («svarede», «gættede») stays."""
    room = LONGEST_NAME - len(label) + len(party)
    return label.replace(party, Truncator(party).chars(room))
