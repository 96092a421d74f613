"""A collaboration over its rounds: each principle, each party, without linking a person to another round.

Of a round somebody was in they see again what its room was shown (from three answers); of another, where
all its sides have said yes, what may be shown outside it (from five). Either is what they could see before,
round by round: to put it on one page tells nothing that could be subtracted.
"""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from collaboration.models import Collaboration, Partner, Round
from reflection.blindspots import mean
from reflection.confidentiality import Cells, cells_of
from reflection.models import Prompt, Reflection

AT_MOST = 4  # lines that can be told apart in one picture


class Line(NamedTuple):
    """One round as one party saw it: a mean for each principle, None where it may not be shown."""

    number: int
    when: datetime
    was_there: bool  # whether it is what one saw oneself
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


def rounds_open_to(collaboration: Collaboration, places) -> dict[Round, bool]:
    """The concluded rounds, oldest first, whose values may be seen, and whether one was there oneself.

    `places` are somebody's places in rooms. Whoever only looked on, or was put out, was not there.
    """
    found = collaboration.rounds.ended().select_related("reflection__version").order_by("pk")
    own = places.took_part().filter(reflection__round__collaboration=collaboration)
    inside = set(own.values_list("reflection", flat=True))
    seen = {round: round.reflection_id in inside for round in found}
    return {round: was_there for round, was_there in seen.items() if was_there or round.has_yes("may_share")}


def development(collaboration: Collaboration, places) -> list[Development]:
    """The last rounds of a collaboration, for each party."""
    rounds = rounds_open_to(collaboration, places)
    latest = list(enumerate(rounds, start=1))[-AT_MOST:]
    if not latest:
        return []
    shown = cells_of({round.reflection: not rounds[round] for _number, round in latest})
    topics = {_topic(prompt): prompt.step.local.title for prompt in _statements(latest[-1][1].reflection)}
    measured = [
        (number, round, rounds[round], _means(round.reflection, shown[round.reflection]))
        for number, round in latest
    ]
    return [_of_partner(partner, topics, measured) for partner in collaboration.partners.all()]


def _statements(reflection: Reflection) -> list[Prompt]:
    return [prompt for step in reflection.version.all_steps() for prompt in step.scales]


def _topic(prompt: Prompt) -> str:
    """What a principle is called in every version."""
    return prompt.step.topic or str(prompt.step.position)


def _means(reflection: Reflection, shown: Cells) -> dict[tuple[str, int], Fraction | None]:
    """The mean of each principle and each party's position in the order of parties."""
    topics = {prompt.pk: _topic(prompt) for prompt in _statements(reflection)}
    return {
        (topics[prompt], values.party.position): mean(values)
        for (prompt, _party, about), values in shown.items()
        if about is None and values.party
    }


def _of_partner(partner: Partner, topics: dict[str, str], measured: list) -> Development:
    lines = [
        Line(
            number,
            round.reflection.concluded_at,
            was_there,
            [means.get((topic, partner.position)) for topic in topics],
        )
        for number, round, was_there, means in measured
    ]
    return Development(partner, list(topics.values()), lines)
