"""A collaboration over its rounds: each principle, each party, without linking a person to another round.

Only what may be shown outside the room (confidentiality.cells), and of each round only to somebody who
was in it, or to everybody where all its sides have said yes.
"""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from collaboration.blindspots import mean, statements
from collaboration.models import Collaboration, Partner, Round
from reflection.confidentiality import cells
from reflection.models import Participant

AT_MOST = 4  # lines that can be told apart in one picture


class Line(NamedTuple):
    """One round as one party saw it: a mean for each principle, None where it may not be shown."""

    number: int
    when: datetime
    means: list[Fraction | None]


class Development(NamedTuple):
    partner: Partner
    principles: list[str]
    lines: list[Line]

    @property
    def rows(self) -> list[tuple[str, list[Fraction | None]]]:
        """The table: a principle, and its mean in each round."""
        return [
            (title, [line.means[index] for line in self.lines]) for index, title in enumerate(self.principles)
        ]

    @property
    def is_hidden(self) -> bool:
        return all(mean is None for line in self.lines for mean in line.means)


def rounds_open_to(collaboration: Collaboration, user) -> list[Round]:
    """The concluded rounds, oldest first, whose values this person may see."""
    rounds = collaboration.rounds.real().filter(reflection__phase="concluded", is_one_sided=False)
    found = rounds.select_related("reflection__version").order_by("pk")
    own = Participant.objects.took_part().filter(user=user).values_list("reflection", flat=True)
    inside = set(own.filter(reflection__in=[round.reflection_id for round in found]))
    return [round for round in found if round.reflection_id in inside or round.has_yes("may_share")]


def development(collaboration: Collaboration, user) -> list[Development]:
    """The last rounds of a collaboration, for each party."""
    rounds = rounds_open_to(collaboration, user)
    latest = list(enumerate(rounds, start=1))[-AT_MOST:]
    if not latest:
        return []
    measured = [(number, round, _measure(round)) for number, round in latest]
    topics = _topics(latest[-1][1])
    return [_of_partner(partner, topics, measured) for partner in collaboration.partners.all()]


def _topics(round: Round) -> dict[str, str]:
    """The principles of a round: what they are called in every version, and their titles now."""
    return {_topic(step): step.local.title for step, _statement in statements(round.reflection)}


def _topic(step) -> str:
    return step.topic or str(step.position)


def _measure(round: Round) -> dict[tuple[str, int], Fraction | None]:
    """The mean of each principle and each party's position in the order of parties."""
    shown = cells(round.reflection, is_outside=True)
    topics = {statement.pk: _topic(step) for step, statement in statements(round.reflection)}
    return {
        (topics[prompt], values.party.position): mean(values)
        for (prompt, _party, about), values in shown.items()
        if about is None and values.party
    }


def _of_partner(partner: Partner, topics: dict[str, str], measured: list) -> Development:
    lines = [
        Line(
            number, round.reflection.concluded_at, [means.get((topic, partner.position)) for topic in topics]
        )
        for number, round, means in measured
    ]
    return Development(partner, list(topics.values()), lines)
