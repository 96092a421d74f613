"""Which rounds of a collaboration somebody sees over time: those they were in, and those that all share."""

from django.shortcuts import get_object_or_404

from collaboration.models import Collaboration, Round
from reflection.development import Development
from reflection.development import development as over_rounds


def rounds_open_to(collaboration: Collaboration, participants) -> dict[Round, bool]:
    """The concluded rounds, oldest first, whose values may be seen, and whether one was there oneself.

    `participants` are one person's. Whoever only looked on, or was put out, was not there.
    """
    found = collaboration.rounds.ended().select_related("reflection__version").order_by("pk")
    own = participants.took_part().filter(reflection__round__collaboration=collaboration)
    inside = set(own.values_list("reflection", flat=True))
    seen = {round: round.reflection_id in inside for round in found}
    return {round: was_there for round, was_there in seen.items() if was_there or round.has_yes("may_share")}


def development(collaboration: Collaboration, participants) -> list[Development]:
    """The last rounds of a collaboration, for each party."""
    rounds = rounds_open_to(collaboration, participants)
    rooms = {round.reflection: was_there for round, was_there in rounds.items()}
    return over_rounds(rooms, [partner.title for partner in collaboration.partners.all()] if rooms else [])


def development_of_room(room, participants) -> list[Development]:
    round = get_object_or_404(Round.objects.select_related("collaboration"), reflection=room)
    return development(round.collaboration, participants)
