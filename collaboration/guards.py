"""Who may come in: by account to a collaboration, as a participant of its room to a round."""

import functools

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.guards import staff_required
from collaboration.models import Collaboration, Round
from reflection.participation import facilitator_required, room_participant_required


def collaboration_required(view):
    """Turn `key` into a collaboration that the visitor owns or has taken part in, or answer 404."""

    @staff_required
    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        collaborations = Collaboration.objects.visible_to(request.user).prefetch_related("partners")
        return view(request, get_object_or_404(collaborations, key=key), *args, **kwargs)

    return guarded


def owner_required(view):
    """As `collaboration_required`, and only for its owner."""

    @collaboration_required
    @functools.wraps(view)
    def guarded(request, collaboration, *args, **kwargs):
        if collaboration.owner_id != request.user.pk:
            raise Http404
        return view(request, collaboration, *args, **kwargs)

    return guarded


def _in_a_round(guard):
    """A guard that also turns the participant's room into its round."""

    def decorate(view):
        @guard
        @functools.wraps(view)
        def guarded(request, participant, *args, **kwargs):
            rounds = Round.objects.select_related("collaboration", "story")
            round = get_object_or_404(rounds, reflection=participant.reflection_id)
            round.reflection = participant.reflection
            return view(request, participant, round, *args, **kwargs)

        return guarded

    return decorate


round_required = _in_a_round(room_participant_required)
round_facilitator_required = _in_a_round(facilitator_required)
