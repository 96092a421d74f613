"""What the room sees together."""

from django.contrib.messages import get_messages
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from publishing.shortcuts import render_page
from reflection.confidentiality import board as gate
from reflection.live.room_rows import shown_to_all
from reflection.models import SharedLine
from reflection.participation import place_required, shows_others


@require_safe
@place_required
@shows_others
def board(request, participant):
    room = participant.reflection
    if not room.is_revealed:
        return redirect("reflection:room", key=room.key)
    if request.htmx.target != "board" and is_personal(request):
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
    lines = dict(SharedLine.objects.filter(reflection=room).values_list("step_id", "text"))
    return {
        "participant": participant,
        "room": room,
        "results": [(result, lines.get(result.step.pk, "")) for result in gate(room)],
    }
