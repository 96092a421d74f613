"""«Prøv selv»: begin without an account, come back by a link and lead; who has an account may keep it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guards import staff_required
from publishing.public_pages import public
from publishing.shortcuts import form_methods
from reflection.forms.autosave import post_data, status_of
from reflection.forms.start import StartOpenRoomForm
from reflection.models import Participant
from reflection.participation import (
    forget_participant,
    link_is_kept,
    may_see_link,
    participant_required,
    remember_participant,
    show_link_once,
)
from reflection.privacy.open_rooms import open_room_lifetime, open_rooms_required
from reflection.published_guides import newest_version, usable_guides


@public
@open_rooms_required
def choose(request):
    """Every compass there is, and what an open room is."""
    context = {"guides": usable_guides(), "days": open_room_lifetime().days}
    return render(request, "reflection/open_rooms.html", context)


@form_methods
@open_rooms_required
def begin(request, slug):
    """From here on there is a room, and a code on the screen."""
    version = newest_version(slug)
    form = StartOpenRoomForm(post_data(request), version=version, request=request)
    if form.is_valid():
        participant = form.save()
        remember_participant(request, participant)
        show_link_once(request, participant)
        return redirect("reflection:keep_link", key=participant.reflection.key)
    context = {"version": version, "form": form, "days": open_room_lifetime().days}
    return render(request, "reflection/begin_open_room.html", context, status=status_of(form))


@form_methods
@participant_required
def keep_link(request, participant):
    """«Gem dit link nu»: shown until one says that one has it, and then made anew or not at all."""
    if not participant.may_be_taken_over:
        raise Http404
    if request.method == "POST":
        link_is_kept(request, participant)
        return redirect("reflection:room", key=participant.reflection.key)
    context = {
        "participant": participant,
        "room": participant.reflection,
        "is_shown": may_see_link(request, participant),
    }
    return render(request, "reflection/keep_link.html", context)


@require_POST
@staff_required
def take_over(request, token):
    """A colleague who has the link keeps the room: from now on it is theirs, as any other."""
    participant = get_object_or_404(Participant.objects.by_link(token).let_in())
    if not participant.take_over(request.user):
        raise Http404
    forget_participant(request, participant.reflection.key)
    messages.success(
        request, _("Rummet er dit. Det står under «Mine rum» og slettes ikke efter fristen for åbne rum.")
    )
    return redirect("reflection:room", key=participant.reflection.key)
