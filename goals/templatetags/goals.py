"""Two pictures of what a decision stands on: a ring of knowledge, and who carries the goal. Never a query."""

from math import cos, pi, sin

from django import template
from django.template.loader import render_to_string

register = template.Library()

MIDDLE, OUTER, INNER, NUMBER = 80, 72, 26, 50  # the ring
SLIT = 0.05  # between its parts, in radians
PLACES, GROUND = [40, 120, 200, 280], 96  # the four people in a row


@register.simple_tag
def knowledge_ring(evidence, name: str) -> str:
    """A quarter for each kind: filled where it stands behind, dashed where it is not named."""
    parts = [
        {"number": index + 1, "kind": kind, "is_there": is_there, "line": line, **_quarter(index)}
        for index, (kind, is_there, line) in enumerate(evidence.knowledge)
    ]
    context = {"evidence": evidence, "parts": parts, "name": name}
    return render_to_string("goals/_knowledge.html", context)


def _quarter(index: int) -> dict:
    start, end = index * pi / 2 - pi / 2 + SLIT, (index + 1) * pi / 2 - pi / 2 - SLIT
    (a, b), (c, d) = _point(OUTER, start), _point(OUTER, end)
    (e, f), (g, h) = _point(INNER, end), _point(INNER, start)
    path = f"M{a} {b}A{OUTER} {OUTER} 0 0 1 {c} {d}L{e} {f}A{INNER} {INNER} 0 0 0 {g} {h}Z"
    x, y = _point(NUMBER, (start + end) / 2)
    return {"path": path, "x": x, "y": round(y + 7, 1)}


def _point(radius: float, angle: float) -> tuple[float, float]:
    return round(MIDDLE + radius * cos(angle), 1), round(MIDDLE + radius * sin(angle), 1)


@register.simple_tag
def people_row(evidence, name: str) -> str:
    """Four people in a row, and an arc between two that name the same people."""
    people = [
        {"number": index + 1, "question": question, "who": who, "x": PLACES[index]}
        for index, (question, who) in enumerate(evidence.people)
    ]
    top = GROUND - 24
    ends = [(PLACES[first], PLACES[second]) for first, second in evidence.bonds]
    arcs = [f"M{a} {top}Q{(a + b) // 2} {top - (b - a) // 2} {b} {top}" for a, b in ends]
    context = {"evidence": evidence, "people": people, "arcs": arcs, "ground": GROUND, "name": name}
    context["top"] = 0 if arcs else GROUND - 32  # no empty room where nothing is bound
    return render_to_string("goals/_people.html", context)
