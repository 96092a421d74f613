"""The wall: what a whole room may see, on a screen of its own that nobody has to watch over."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.submitted_forms import repeatable
from publishing.shortcuts import form_methods, render_page
from reflection.forms.autosave import post_data, status_of
from reflection.forms.joining import WallForm
from reflection.outcomes import heading_of, outcome_of
from reflection.participation import facilitator_required, remember_wall, wall_required
from reflection.slides import Slide, end_of, overview_of, slides_of


@require_safe
@wall_required
def wall(request, room, leads):
    """Before the reveal the way in and how many are done, then one slide at a time."""
    slides = slides_of(room)
    here = room.current_step
    slide = slides[here - 1] if 0 < here <= len(slides) else None
    is_end = room.is_concluded or here >= end_of(room)
    context = {
        "room": room,
        "leads": leads and room.is_revealed and not room.is_concluded,
        "slides": slides,
        "slide": slide,
        "overview": overview_of(slides),
        "is_end": is_end,
        "outcome": outcome_of(room) if is_end else None,
        "choices": room.compass.choices(room) if is_end else [],
        "heading": _heading(room, slide, is_end=is_end),
        "previous": here - 1,
        "following": here + 1,
    }
    return render_page(request, "reflection/wall.html", context, partial="wall")


def _heading(room, slide: Slide | None, *, is_end: bool) -> str:
    if room.is_collecting:
        return _("Kom med på din telefon")
    if room.is_concluded:
        return heading_of(room)
    if is_end:
        return str(room.compass.ending)
    return slide.heading if slide else str(room.compass.overview)


@repeatable
@form_methods
def open_by_code(request):
    """On the room's own computer, where nobody logs in: it shows the wall, and can do nothing."""
    form = WallForm(post_data(request), request=request)
    if form.is_valid():
        remember_wall(request, form.found)
        return redirect("reflection:wall", key=form.found.key)
    return render(request, "reflection/wall_code.html", {"form": form}, status=status_of(form))


@repeatable
@require_POST
@facilitator_required
def code(request, participant):
    """A new code for the wall, or none: then the screens it opened show nothing any more."""
    room = participant.reflection
    if request.POST.get("wall") == "close":
        room.close_wall()
        messages.success(request, _("Skærmkoden er lukket."))
    else:
        room.open_wall()
    return redirect("reflection:lead", key=room.key)
