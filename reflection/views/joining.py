"""The way into a room. A GET only shows: mail scanners follow links, and must not join."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.submitted_forms import repeatable
from publishing.shortcuts import form_methods
from reflection import tokens
from reflection.forms.autosave import post_data, status_of
from reflection.forms.joining import CodeForm, JoinForm, ReturnForm
from reflection.models import Participant, PersonalInvitation, Reflection
from reflection.participation import (
    current_participant,
    forget_participant,
    participant_required,
    participants_in_session,
    remember_participant,
    show_link_once,
    show_put_out,
    was_put_out,
)


@repeatable
@form_methods
def code(request):
    """Type the code from the wall."""
    form = CodeForm(post_data(request), request=request)
    if form.is_valid() and isinstance(form.found, Participant):
        return _come_in(request, form.found)
    if form.is_valid():
        return redirect("reflection:join", token=form.token or form.found.invitation)
    context = {"form": form, "participants": participants_in_session(request)}
    return render(request, "reflection/code.html", context, status=status_of(form))


@form_methods
def join(request, token):
    """What the room is and who sees what; joining itself is the button."""
    room = Reflection.objects.by_link(token).select_related("version__guide").first()
    slip = None if room else get_object_or_404(PersonalInvitation.objects.by_link(token))
    room = room or slip.reflection
    leads = room.facilitator_hash in tokens.digests(token)
    participant = current_participant(request, room.key)
    if participant is None and slip is None and was_put_out(request, room.key):
        return show_put_out(request, room.key)
    if participant and leads and not participant.is_facilitator:
        return _take_over(request, participant)
    if participant:
        return redirect("reflection:room", key=room.key)
    sent = post_data(request)
    back = ReturnForm(sent if sent and "code" in sent else None, request=request)
    if back.is_valid():
        return _come_in(request, back.found)
    form = JoinForm(None if back.is_bound else sent, room=room, slip=slip)
    user = request.user if request.user.is_authenticated else None
    if form.is_valid() and (participant := form.save(user, is_facilitator=leads)):
        remember_participant(request, participant)
        return redirect("reflection:welcome", key=room.key)
    if reason := form.room.closed_because:
        context = {"room": room, "reason": reason}
        return render(request, "reflection/closed_to_newcomers.html", context, status=403)
    if slip and slip.is_used:
        status = status_of(back) if back.is_bound else 410
        return render(request, "reflection/used_slip.html", {"room": room, "back": back}, status=status)
    asks_back = back.is_bound or (slip is None and room.participants.real().filter(user=None).exists())
    context = {"room": room, "form": form, "back": back, "asks_back": asks_back, "leads": leads, "slip": slip}
    status = status_of(back) if back.is_bound else status_of(form)
    return render(request, "reflection/join.html", context, status=status)


def _take_over(request, participant: Participant):
    """The facilitators' link, opened by somebody who is in the room already."""
    if request.method == "POST":
        participant.lead()
        return redirect("reflection:lead", key=participant.reflection.key)
    return render(request, "reflection/take_over.html", {"room": participant.reflection})


def _come_in(request, participant: Participant):
    remember_participant(request, participant)
    return redirect("reflection:room", key=participant.reflection.key)


@repeatable
@form_methods
def come_back(request):
    """Another device, the same place: by the participant's own code."""
    form = ReturnForm(post_data(request), request=request)
    if form.is_valid():
        return _come_in(request, form.found)
    return render(request, "reflection/come_back.html", {"form": form}, status=status_of(form))


@repeatable
@form_methods
def own_link(request, token):
    """The participant's own link: to answers, outcome and agreements until the room is deleted."""
    participants = Participant.objects.by_link(token)
    if participants.filter(is_put_out=True).exists():
        return render(request, "reflection/put_out.html", status=403)
    participant = get_object_or_404(participants.let_in())
    if request.method == "POST":
        return _come_in(request, participant)
    context = {"room": participant.reflection, "participant": participant, "token": token}
    return render(request, "reflection/own_link.html", context)


@require_POST
@participant_required
def renew_own_code(request, participant):
    """For whoever has lost the code, or the device: this browser alone keeps the place."""
    if participant.reflection.is_solo and not participant.may_be_taken_over:  # the account is the way back
        return redirect("reflection:room", key=participant.reflection.key)
    is_closed = request.POST.get("code") == "close"
    participant.renew_ways_back(is_closed=is_closed)
    remember_participant(request, participant)
    if participant.may_be_taken_over and not is_closed:
        show_link_once(request, participant)
        return redirect("reflection:keep_link", key=participant.reflection.key)
    done = _("Din kode er lukket.") if is_closed else _("Du har en ny kode. Den gamle virker ikke mere.")
    messages.success(request, done)
    return redirect("reflection:answers", key=participant.reflection.key)


@repeatable
@require_POST
def leave(request, key):
    """«Afslut på denne enhed»: the browser forgets the room; the answers stay."""
    forget_participant(request, key)
    response = redirect("reflection:code")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
