"""The drawing of the compass: as many points as there are paths, each in the colour of its own."""

from bisect import bisect_left
from datetime import datetime
from math import cos, radians, sin
from typing import NamedTuple

from django.utils import timezone

from compass.models.framework import Path
from publishing.content_version import once_per_version

COLOURS = 8  # static/css/tokens.css; beyond them they begin again
LEAST = 2  # points of a rose


@once_per_version(otherwise=list)
def positions() -> list[tuple[int, datetime | None]]:
    """Where each path stands in the order, and from when readers see it."""
    return list(Path.objects.values_list("position", "published_at"))


def _shown() -> list[int]:
    now = timezone.now()
    return [position for position, published_at in positions() if published_at and published_at <= now]


class Place(NamedTuple):
    """Of a path among those that readers see."""

    colour: int
    turn: str  # degrees from north
    points: int


def place_of(path: Path) -> Place:
    shown = _shown()
    number, points = bisect_left(shown, path.position), max(len(shown), LEAST)
    return Place(number % COLOURS + 1, _short(number * 360 / points), points)


def number_of_points() -> int:
    """None while readers see no path."""
    shown = len(_shown())
    return max(shown, LEAST) if shown else 0


class Point(NamedTuple):
    """Of the large drawing (400 × 400): its two halves, and the small point that follows it."""

    colour: int
    dark: str
    light: str
    minor_dark: str
    minor_light: str


def points_of(number: int) -> list[Point]:
    return [_point(place % COLOURS + 1, place * 360 / number, 180 / number) for place in range(number)]


def _point(colour: int, turn: float, half: float) -> Point:
    tip, before, after = _at(168, turn), _at(45.25, turn - half), _at(45.25, turn + half)
    minor, left, right = _at(137, turn + half), _at(35.8, turn + half - 9), _at(35.8, turn + half + 9)
    centre = "200 200z"
    return Point(
        colour,
        dark=f"M{tip} {after} {centre}",
        light=f"M{tip} {before} {centre}",
        minor_dark=f"M200 200 {minor} {left}z",
        minor_light=f"M200 200 {minor} {right}z",
    )


def star(number: int) -> str:
    """The outline of the small rose (32 × 32) that stands beside what belongs to a path."""
    apart = 360 / number
    corners = [
        f"{_at(12, place * apart, middle=16)} {_at(4.25, (place + 0.5) * apart, middle=16)}"
        for place in range(number)
    ]
    return f"M{' '.join(corners)}z"


def _at(radius: float, turn: float, *, middle: int = 200) -> str:
    return f"{_short(middle + radius * sin(radians(turn)))} {_short(middle - radius * cos(radians(turn)))}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
