"""The last screen of every reflection; and the form that leads to it where a compass has none of its own."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reflection.closing import closing_of, heading_of, mail_to, next_steps
from reflection.compasses import AGREEMENT
from reflection.forms.autosave import post_data, status_of
from reflection.forms.beginning import AgreeForm
from reflection.participation import own_place_required, shows_others


@require_safe
@own_place_required
@shows_others
def outcome(request, participant):
    """What came of it, for everybody who was in it, at once and later."""
    room = participant.reflection
    if not room.is_concluded:
        return redirect("reflection:room", key=room.key)
    context = {
        "participant": participant,
        "room": room,
        "heading": heading_of(room),
        "closing": closing_of(room),
        "next_steps": next_steps(participant),
        "mail_to": mail_to(participant),
    }
    return render(request, "reflection/outcome.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_place_required
def agree(request, participant):
    """Whoever looks alone, or leads a room that has seen its answers, ends it here."""
    room = participant.reflection
    if not (room.is_solo or participant.is_facilitator) or room.compass.conclude != AGREEMENT:
        raise Http404
    if room.is_concluded or not (room.is_solo or room.is_revealed):
        return redirect("reflection:room", key=room.key)
    form = AgreeForm(post_data(request))
    if form.is_valid():
        if room.agree(**form.cleaned_data):
            return redirect(room.outcome_address)
        messages.warning(request, _("Der svares igen. Vis svarene samlet, før I afslutter."))
        return redirect("reflection:room", key=room.key)
    context = {"participant": participant, "room": room, "form": form}
    return render(request, "reflection/agree.html", context, status=status_of(form))
