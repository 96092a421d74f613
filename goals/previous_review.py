"""What was answered at the last look, to stand beside the empty fields of the new one."""

from datetime import datetime
from typing import NamedTuple

from goals.models import Review
from privacy.events import record_looks
from privacy.models import Why
from reflection.confidentiality import StepResult, board
from reflection.models import Answer, Prompt, Step


class PreviousAnswers(NamedTuple):
    """One step: one's own answers where one looked alone, else what the board shows of the room."""

    when: datetime
    answers: list[tuple[Prompt, Answer | None]]
    result: StepResult | None


def previous_answers(review: Review, step: Step, user) -> PreviousAnswers | None:
    """Nothing of somebody else who looked alone, nor of a room that the user was not in."""
    last = review.last
    if last is None:
        return None
    return _alone(last, step, user) if last.reflection.is_solo else _together(last, step, user)


def _alone(last: Review, step: Step, user) -> PreviousAnswers | None:
    if last.reflection.owner_id != user.pk:
        return None
    done = [done for done in last.participant.progress() if _topic(done.step) == _topic(step)]
    return PreviousAnswers(last.reflection.concluded_at, done[0].answers, None) if done else None


def _together(last: Review, step: Step, user) -> PreviousAnswers | None:
    if not last.reflection.participants.took_part().filter(user=user).exists():
        return None
    results = [result for result in board(last.reflection) if _topic(result.step) == _topic(step)]
    record_looks(user, [last.reflection], why=Why.ROOM)
    return PreviousAnswers(last.reflection.concluded_at, [], results[0]) if results else None


def _topic(step: Step) -> str:
    """What a step is about in every version of the compass."""
    return step.topic or str(step.position)
