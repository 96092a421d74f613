"""Own answers, guesses and answers, for everybody in a room whose compass guesses."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reflection import blindspots
from reflection.participation import redirects_to_outcome, room_participant_required, shows_others
from reflection.slides import end_of, slides_of

PAGE = "reflection/compared.html"


@require_safe
@room_participant_required
@redirects_to_outcome
@shows_others
def compared(request, participant, number=1):
    """Of the first two parties, or of a further pair."""
    if not participant.reflection.compass.guesses:
        raise Http404
    return compared_page(request, participant, number - 1)


def compared_page(
    request, participant, index: int, *, template: str = PAGE, route: str = "reflection:compared_pair", **more
):
    """One pair of parties; `route` leads to the others, and `template` may add to the page by `more`."""
    room = participant.reflection
    if not room.is_revealed:
        return redirect("reflection:room", key=room.key)
    slides, party_pairs = slides_of(room), blindspots.party_pairs(room)
    if not 0 <= index < len(party_pairs):
        raise Http404
    sides = frozenset(party.pk for party in party_pairs[index])
    context = {
        **more,
        "participant": participant,
        "room": room,
        "route": route,
        "party_pairs": party_pairs if len(party_pairs) > 1 else [],
        "current": index + 1,
        "slides": [slide for slide in slides if slide.shown.sides == sides],
        "elsewhere": _elsewhere(slides, party_pairs, index),
        "last": len(slides),
        "end": end_of(room),
        "choices": room.compass.choices(room),
    }
    if request.htmx.target == "result":
        template = f"{PAGE}#result"
    return render(request, template, context)


def _elsewhere(slides, party_pairs, index: int) -> list[tuple[int, int]]:
    """The slides of the other pairs: which, and on which page."""
    pages = {frozenset(party.pk for party in sides): page for page, sides in enumerate(party_pairs)}
    found = [(slide.number, pages[slide.shown.sides]) for slide in slides]
    return [(number, page + 1) for number, page in found if page != index]
