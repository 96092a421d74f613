"""What each would choose – to keep it, to say goodbye – before whoever leads writes what the group decides.

It is shown once and never changes, as how free people are: no two countings can be subtracted. Only who has
been shown on the board has a say, since those are the people whom somebody has counted.
"""

import random
from collections import Counter
from typing import NamedTuple

from django.db import models, transaction

from privacy.restrictions import unrestricted
from reflection.live.notifications import announce
from reflection.models.snapshots import MIN_IN_ROOM


class VoteCount(NamedTuple):
    """How many have a say and how many have said something; what they chose is not shown yet."""

    people: int
    done: int
    least: int  # how many must have said something

    @property
    def is_enough(self) -> bool:
        return self.done >= self.least


def _voters(room):
    members = room.snapshots.filter(about=None).values_list("members", flat=True)
    return room.participants.on_screen().filter(pk__in={int(pk) for shown in members for pk in shown})


def has_a_say(participant) -> bool:
    return _voters(participant.reflection).filter(pk=participant.pk).exists()


def count(room) -> VoteCount:
    voters = unrestricted(_voters(room))
    least = MIN_IN_ROOM if room.is_confidential else 1
    done = voters.filter(models.Q(is_pretend=True) | ~models.Q(vote=""))
    return VoteCount(voters.count(), done.count(), least)


@transaction.atomic
def vote(participant, choice: str) -> bool:
    """Store a vote; False where the votes are shown already, or the participant has none."""
    room = participant.reflection.locked()
    if room.phase != room.Phase.REVEALED or room.votes_shown or not has_a_say(participant):
        return False
    participant.vote = choice
    participant.save(update_fields=["vote"])
    announce(room.key, is_urgent=False)
    return True


@transaction.atomic
def show(room) -> bool:
    """Show everybody how many chose what; False where too few have said anything, or it is shown already."""
    locked = room.locked()
    if locked.phase != locked.Phase.REVEALED or locked.votes_shown or not count(locked).is_enough:
        return False
    for person in _voters(locked).filter(is_pretend=True):
        person.vote = random.choice(locked.compass.choices(locked)).value  # noqa: S311 – nobody's
        person.save(update_fields=["vote"])
    chosen = unrestricted(_voters(locked)).exclude(vote="").values_list("vote", flat=True)
    room.votes_shown = dict(Counter(chosen))
    room.save(update_fields=["votes_shown"])
    announce(room.key)
    return True
