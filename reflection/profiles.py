"""A line for each step: what one has answered oneself, or what the gate shows that a room has."""

from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from reflection.confidentiality import board
from reflection.models import Progress, Reflection, Step


class ProfileLine(NamedTuple):
    step: Step
    counts: list[int]  # how many said 1 … 5
    words: str


def own_profile(progress: list[Progress]) -> list[ProfileLine]:
    return [
        ProfileLine(
            done.step,
            [int(done.value == number) for number in range(1, 6)],
            _("%(value)s af 5") % {"value": done.value} if done.value else _("intet tal"),
        )
        for done in progress
    ]


def shown_profile(room: Reflection) -> list[ProfileLine]:
    """In the order of the steps: it is read beside a decision, and not as a result."""
    lines = [
        ProfileLine(result.step, values.counts, _in_words(values))
        if values
        else ProfileLine(result.step, [0] * 5, _("vises ikke"))
        for result in board(room)
        for values in (result.values or [None])
    ]
    return sorted(lines, key=lambda line: line.step.position)


def _in_words(values) -> str:
    mean = _("snit %(mean)s") % {"mean": number_format(values.shown_mean, 1)} if values.numbers else ""
    return ": ".join(filter(None, [values.party.title if values.party else "", mean or _("intet tal")]))
