"""What each would choose, before whoever leads writes what the group decides."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.submitted_forms import repeatable
from publishing.shortcuts import form_methods
from reflection.forms.autosave import post_data, status_of
from reflection.forms.votes import VoteForm
from reflection.models.votes import has_a_say
from reflection.participation import facilitator_required, room_participant_required, shows_others


@repeatable
@form_methods
@room_participant_required
@shows_others
def vote(request, participant):
    """One's own, until it is shown; then what all have said."""
    room = participant.reflection
    choices = room.compass.choices(room)
    if not choices:
        raise Http404
    if not room.is_revealed or room.is_concluded:
        return redirect("reflection:room", key=room.key)
    form = VoteForm(post_data(request), participant=participant, choices=choices)
    if form.is_valid() and form.save():
        messages.success(request, _("Dit valg er gemt. Du kan ændre det, til det vises."))
        return redirect(room.result_address)
    context = {
        "participant": participant,
        "room": room,
        "form": form,
        "choices": choices,
        "has_a_say": has_a_say(participant),
    }
    return render(request, "reflection/vote.html", context, status=status_of(form))


@require_POST
@facilitator_required
def show(request, participant):
    room = participant.reflection
    if not room.compass.choices(room):
        raise Http404
    if not room.show_votes() and not room.votes_shown:
        messages.warning(request, _("For få har valgt. Det kan ikke vises endnu."))
    return redirect(room.conclude_address if participant.may_conclude else "reflection:lead", key=room.key)
