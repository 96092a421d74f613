"""A compass over its rounds: each statement, each party, without linking a person to another round.

Of a round somebody was in they see again what its room was shown (from three answers); of another, where an
app says that they may, what may be shown outside it (from five). Either is what they could see before, round
by round: to put it on one page tells nothing that could be subtracted.
"""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from reflection.blindspots import mean
from reflection.confidentiality import Cells, cells_of
from reflection.models import Prompt, Reflection

AT_MOST = 4  # lines that can be told apart in one picture
CORNERS = 3  # of the picture


class Line(NamedTuple):
    """One round as one party saw it: a mean for each statement, None where it may not be shown."""

    number: int
    when: datetime
    was_there: bool  # whether it is what one saw oneself
    means: list[Fraction | None]


class Development(NamedTuple):
    side: str  # the title of a party; empty where there are none
    titles: list[str]  # of the steps
    lines: list[Line]

    @property
    def rows(self) -> list[tuple[str, list[Fraction | None]]]:
        """The table: a step, and its mean in each round."""
        return [
            (title, [line.means[index] for line in self.lines]) for index, title in enumerate(self.titles)
        ]

    @property
    def is_hidden(self) -> bool:
        return all(mean is None for line in self.lines for mean in line.means)

    @property
    def has_picture(self) -> bool:
        return len(self.titles) >= CORNERS


def development_of_series(room: Reflection, participants) -> list[Development]:
    """The rounds of a series that somebody with these places was in."""
    return development(rounds_open_to(room, participants))


def rounds_open_to(room: Reflection, participants) -> dict[Reflection, bool]:
    """Whoever only looked on, or was put out, was not in it."""
    rounds = Reflection.objects.rounds_of(room)
    return dict.fromkeys(rounds.filter(pk__in=participants.took_part().values("reflection")), True)


def development(rooms: dict[Reflection, bool], sides: Iterable[str] | None = None) -> list[Development]:
    """The last of these ended rounds, the oldest first, each with whether one was there oneself.

    One for each of `sides`, the titles of parties; else for those of the latest round.
    """
    latest = list(enumerate(rooms, start=1))[-AT_MOST:]
    if not latest:
        return []
    shown = cells_of({room: not rooms[room] for _number, room in latest})
    statements = {key: prompt.step.local.title for key, prompt in _statements(latest[-1][1]).items()}
    measured = [(number, room, rooms[room], _means(room, shown[room])) for number, room in latest]
    if sides is None:
        sides = [party.title for party in latest[-1][1].parties.all()] or [""]
    return [_of_side(side, statements, measured) for side in sides]


def _statements(room: Reflection) -> dict[tuple[str, int], Prompt]:
    """By what each is known by in every version: its step's topic, else its words – which may come again."""
    found: dict[tuple[str, int], Prompt] = {}
    for prompt in [step.scales[0] for step in room.version.all_steps() if step.scales]:
        name = prompt.step.topic or prompt.text
        found[name, 1 + sum(known == name for known, _number in found)] = prompt
    return found


def _means(room: Reflection, shown: Cells) -> dict[tuple, Fraction | None]:
    """The mean of each statement, by the title of the party."""
    keys = {prompt.pk: key for key, prompt in _statements(room).items()}
    return {
        (keys[prompt], values.party.title if values.party else ""): mean(values)
        for (prompt, _party, about), values in shown.items()
        if about is None and prompt in keys
    }


def _of_side(side: str, statements: dict[tuple, str], measured: list) -> Development:
    lines = [
        Line(number, room.concluded_at, was_there, [means.get((key, side)) for key in statements])
        for number, room, was_there, means in measured
    ]
    return Development(side, list(statements.values()), lines)
