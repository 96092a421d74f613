"""The end of a reflection whose compass has no end of its own: one agreement, with a name and a date."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reflection.compasses import AGREEMENT
from reflection.forms.autosave import post_data, status_of
from reflection.forms.beginning import AgreeForm
from reflection.participation import own_place_required


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
            return redirect(room.compass.ended(participant))
        messages.warning(request, _("Der svares igen. Vis svarene samlet, før I afslutter."))
        return redirect("reflection:room", key=room.key)
    context = {"participant": participant, "room": room, "form": form}
    return render(request, "reflection/agree.html", context, status=status_of(form))
