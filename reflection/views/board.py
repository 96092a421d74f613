"""What the room sees together."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from aarhuskompas.shortcuts import render_page
from reflection.confidentiality import board as gate
from reflection.models import SharedLine
from reflection.places import place_required


@require_safe
@place_required
def board(request, place):
    room = place.reflection
    if not room.is_revealed:
        return redirect("reflection:room", key=room.key)
    return render_page(request, "reflection/board.html", _shown(place), partial="board")


@require_safe
@place_required
def minutes(request, place):
    """What was seen and agreed, as a page to print; the room may still be open."""
    if not place.reflection.is_revealed:
        return redirect("reflection:room", key=place.reflection.key)
    return render(request, "reflection/minutes.html", _shown(place))


def _shown(place) -> dict:
    room = place.reflection
    lines = dict(SharedLine.objects.filter(reflection=room).values_list("step_id", "text"))
    return {
        "place": place,
        "room": room,
        "results": [(result, lines.get(result.step.pk, "")) for result in gate(room)],
    }
