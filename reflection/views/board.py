"""What the room sees together."""

from django.contrib.messages import get_messages
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from publishing.shortcuts import render_page
from reflection.live.board_copies import shown_to_all
from reflection.participation import redirects_to_outcome, room_participant_required, shows_others
from reflection.slides import board_slides, end_of


@require_safe
@room_participant_required
@redirects_to_outcome
@shows_others
def board(request, participant):
    room = participant.reflection
    if not room.is_revealed:
        return redirect("reflection:room", key=room.key)
    if request.htmx.target != "board" and (participant.is_facilitator or is_personal(request)):
        return _board(request, participant)
    variant = (request.htmx.target == "board", participant.is_facilitator)
    return shown_to_all(request, room, variant, lambda: _board(request, participant))


def is_personal(request) -> bool:
    """Whether the frame of a page, not the board in it, says something to this visitor alone."""
    return request.user.is_authenticated or bool(get_messages(request))


def _board(request, participant):
    return render_page(request, "reflection/board.html", _shown(participant), partial="board")


def _shown(participant) -> dict:
    room = participant.reflection
    slides = board_slides(room)
    return {
        "participant": participant,
        "room": room,
        "slides": slides,
        "follows": not room.compass.slides,  # else the room follows its own result page
        "end": end_of(room),
        "choices": room.compass.choices(room),
    }
