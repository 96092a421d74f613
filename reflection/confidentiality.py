"""The gate: what of a room's answers may be shown. Every channel asks here, and nothing else does.

Pages, events, exports, feeds, mail and the admin get answers from `board`, `own_answers` or `safety`
and from nowhere else; a test holds that no other module reads Answer or Snapshot for display.

The rules (product.md §4): nothing before the reveal but how many are done; afterwards values per group
of at least MIN_IN_ROOM; outside the room at least MIN_OUTSIDE; comments without order, with a name only
where their author wished it or the room is open. Two reveals cannot be subtracted: snapshots.py.
"""

from statistics import pvariance
from typing import NamedTuple

from django.db import transaction

from reflection.models import (
    MIN_IN_ROOM,
    UNKNOWN,
    Answer,
    Participant,
    Party,
    Prompt,
    Reflection,
    Snapshot,
    Step,
)

MIN_OUTSIDE = 5


class Values(NamedTuple):
    """The answers of one party (or of all) to one statement; `counts` is for 1 to 5."""

    party: Party | None
    counts: list[int]
    unknown: int

    @property
    def total(self) -> int:
        return sum(self.counts) + self.unknown

    @property
    def numbers(self) -> list[int]:
        return [number for number, count in enumerate(self.counts, 1) for _ in range(count)]

    @property
    def mean(self) -> float | None:
        numbers = self.numbers
        return sum(numbers) / len(numbers) if numbers else None

    @property
    def reach(self) -> int:
        """From the lowest to the highest answer: 0 to 4."""
        numbers = self.numbers
        return max(numbers) - min(numbers) if numbers else 0


class Comment(NamedTuple):
    snapshot: int
    position: int
    text: str
    name: str
    hidden_because: str


class StepResult(NamedTuple):
    step: Step
    statement: Prompt | None
    values: list[Values]
    withheld: bool  # somebody answered the statement, but too few to show
    comments: list[Comment]
    comments_withheld: bool

    @property
    def spread(self) -> tuple[int, float]:
        """What the board is sorted by: how far apart, then how divided."""
        numbers = [number for values in self.values for number in values.numbers]
        if not numbers:
            return (0, 0.0)
        return (max(numbers) - min(numbers), pvariance(numbers))


def board(reflection: Reflection) -> list[StepResult]:
    """What everybody in the room may see, widest spread first; empty until the reveal."""
    if not reflection.is_revealed or reflection.is_solo:
        return []
    by_prompt: dict[int, list[Snapshot]] = {}
    for snapshot in shown(reflection).filter(about=None).prefetch_related("hidden"):
        by_prompt.setdefault(snapshot.prompt_id, []).append(snapshot)
    answered = set(reflection.answers().filter(about=None).values_list("prompt_id", flat=True))
    steps = reflection.version.steps.prefetch_related("prompts")
    results = [_step_result(step, by_prompt, answered) for step in steps]
    return sorted(results, key=lambda result: result.spread, reverse=True)


def shown(reflection: Reflection):
    """The snapshots the room may see, own answers (`about` is None) and guesses; none before the reveal."""
    if not reflection.is_revealed or reflection.is_solo:
        return reflection.snapshots.none()
    return reflection.snapshots.shown().select_related("party", "about")


def _step_result(step: Step, by_prompt: dict[int, list[Snapshot]], answered: set[int]) -> StepResult:
    scales = [prompt for prompt in step.answered_prompts if prompt.kind == Prompt.Kind.SCALE]
    lines = [prompt for prompt in step.answered_prompts if prompt.kind == Prompt.Kind.LINE]
    statement = scales[0] if scales else None
    values = [_values(shown) for prompt in scales for shown in by_prompt.get(prompt.pk, [])]
    comments = [
        comment
        for prompt in lines
        for shown in by_prompt.get(prompt.pk, [])
        for comment in _comments(shown)
    ]
    return StepResult(
        step,
        statement,
        values,
        _is_withheld(scales, by_prompt, answered),
        comments,
        _is_withheld(lines, by_prompt, answered),
    )


def _is_withheld(prompts, by_prompt, answered) -> bool:
    return any(prompt.pk in answered and prompt.pk not in by_prompt for prompt in prompts)


def _values(snapshot: Snapshot) -> Values:
    counts = [snapshot.counts.get(str(number), 0) for number in range(1, 6)]
    return Values(snapshot.party, counts, snapshot.counts.get(UNKNOWN, 0))


def _comments(snapshot: Snapshot) -> list[Comment]:
    hidden = {comment.position: comment.reason for comment in snapshot.hidden.all()}
    return [
        Comment(
            snapshot.pk,
            position,
            "" if position in hidden else said["text"],
            "" if position in hidden else said["name"],
            hidden.get(position, ""),
        )
        for position, said in enumerate(snapshot.comments)
    ]


def own_answers(participant: Participant) -> list[Answer]:
    """A participant's own answers, which are theirs to see at any time."""
    return list(
        participant.answers.select_related("prompt__step").order_by(
            "prompt__step__position", "prompt__position"
        )
    )


@transaction.atomic
def safety(reflection: Reflection) -> list[int]:
    """«Hvor frit kan du svare?» for the facilitator: how many said 1 … 5; empty below the minimum.

    It grows by at least MIN_IN_ROOM answers at a time: who watches it grow by one would know whose.
    """
    locked = Reflection.objects.select_for_update().get(pk=reflection.pk)
    said = list(
        locked.participants.counted()
        .filter(safety__isnull=False)
        .values_list("safety", flat=True)
    )
    if len(said) - sum(locked.safety_shown) >= MIN_IN_ROOM:
        locked.safety_shown = [said.count(number) for number in range(1, 6)]
        locked.save(update_fields=["safety_shown"])
    return locked.safety_shown
