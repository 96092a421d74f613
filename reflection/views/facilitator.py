"""What the facilitator does: the room's screen, its phases, its timer, its shared lines."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.submitted_forms import repeatable
from publishing.danish_order import danish_order
from publishing.shortcuts import form_methods, render_page
from reflection.agenda import safety_sentence
from reflection.confidentiality import comment_to_hide, safety
from reflection.forms.autosave import post_data, status_of
from reflection.forms.facilitator import (
    HideForm,
    PaperForm,
    PersonForm,
    RevealForm,
    TakePartForm,
    TimerForm,
)
from reflection.participation import facilitator_required, redirects_to_outcome, shows_others, way_back


@require_safe
@facilitator_required
@redirects_to_outcome
@shows_others
def lead(request, participant):
    room = participant.reflection
    context = {
        "participant": participant,
        "room": room,
        **_people(room),
        "closed": room.closed_because,
        "safety": safety(room),
        "freedom": safety_sentence(safety(room)),
        "timer_form": TimerForm(),
        "take_part": TakePartForm(participant=participant),
        "steps": room.version.all_steps(),
    }
    return render_page(request, "reflection/lead.html", context, partial="state")


def _people(room) -> dict:
    """Who is there, by name and not by when they came; of the others how many."""
    everybody = room.participants.filter(is_put_out=False).select_related("party")
    others = everybody.filter(name="", is_facilitator=False)
    named = everybody.filter(is_paper=False).exclude(pk__in=others)
    return {
        "people": named.order_by(danish_order("name"), "key"),
        "nameless": others.filter(is_paper=False).count(),
        "on_paper": everybody.filter(is_paper=True).count(),
        "put_out": room.participants.filter(is_put_out=True).count(),
    }


@require_safe
@facilitator_required
def poster(request, participant):
    """Code and QR for the wall."""
    return render(
        request, "reflection/poster.html", {"participant": participant, "room": participant.reflection}
    )


@form_methods
@facilitator_required
def reveal(request, participant):
    """Ask first: is everybody here who is counted, and who is not done?"""
    room = participant.reflection
    if not room.is_collecting:
        return redirect(room.result_address)
    form = RevealForm(post_data(request), room=room)
    if form.is_valid() and form.save():
        room.refresh_from_db(fields=["phase"])
        if room.is_revealed:
            return redirect(room.result_address)
        messages.success(request, _("Tallet er bekræftet. Kommer eller går der nogen, skal du tælle igen."))
        return redirect("reflection:lead", key=room.key)
    digest = room.people_digest()  # before the numbers: whoever comes between the two makes it void
    context = {
        "participant": participant,
        "room": room,
        "form": form,
        "here": digest,
        "heads": room.head_count(),
    }
    return render(request, "reflection/reveal.html", context, status=status_of(form))


@require_POST
@facilitator_required
def collect_again(request, participant):
    participant.reflection.collect_again()
    return redirect("reflection:lead", key=participant.reflection.key)


@require_POST
@facilitator_required
def renew_code(request, participant):
    if participant.reflection.is_by_invitation:  # there is none; slips are renewed one by one
        raise Http404
    participant.reflection.renew_code()
    messages.success(request, _("Der er en ny kode. Den gamle virker ikke mere."))
    return redirect("reflection:lead", key=participant.reflection.key)


@require_POST
@facilitator_required
def door(request, participant):
    """«Luk døren»: nobody new comes in, until it is opened again."""
    participant.reflection.close_door(is_closed=request.POST.get("door") != "open")
    return redirect("reflection:lead", key=participant.reflection.key)


@repeatable
@require_POST
@facilitator_required
def take_part(request, participant):
    """«Svarer du selv?»: whoever leads may answer too, and change that until answers have been shown."""
    form = TakePartForm(request.POST, participant=participant)
    if form.is_valid() and form.save():
        messages.success(request, form.done)
    else:
        messages.warning(request, _("Det kan ikke ændres mere."))
    return redirect("reflection:lead", key=participant.reflection.key)


@require_safe
@facilitator_required
@shows_others
def people(request, participant):
    """Everybody by name, each leading to a page of their own: what is done there cannot be done by a slip."""
    everybody = participant.reflection.participants.real().select_related("party")
    context = {
        "participant": participant,
        "room": participant.reflection,
        "people": everybody.order_by(danish_order("name"), "key"),
    }
    return render(request, "reflection/people.html", context)


@form_methods
@facilitator_required
@shows_others
def person(request, participant, person):
    """What one may do with somebody: all are told of it."""
    room = participant.reflection
    chosen = get_object_or_404(room.participants.real().select_related("party"), key=person)
    chosen.reflection = room
    form = PersonForm(post_data(request), person=chosen)
    if form.is_valid() and form.save():
        messages.success(request, form.done)
        return redirect("reflection:people", key=room.key)
    context = {"participant": participant, "room": room, "person": chosen, "form": form}
    return render(request, "reflection/person.html", context, status=status_of(form))


TIMER = {"pause": "pause_timer", "resume": "resume_timer", "stop": "stop_timer"}


@repeatable
@require_POST
@facilitator_required
def timer(request, participant):
    form = TimerForm(request.POST)
    action = TIMER.get(request.POST.get("action", ""))
    if action:
        getattr(participant.reflection, action)()
    elif form.is_valid():
        participant.reflection.start_timer(form.cleaned_data["minutes"] * 60)
    else:
        messages.warning(request, _("Skriv et tal mellem 1 og 60 minutter."))
    return redirect(way_back(request, reverse("reflection:lead", args=[participant.reflection.key])))


@form_methods
@facilitator_required
@shows_others
def hide(request, participant, snapshot, position):
    """Take a comment off the board; that it happened, who did it and why stays on the board."""
    comment = comment_to_hide(participant.reflection, snapshot, position)
    if comment is None:
        raise Http404
    form = HideForm(post_data(request))
    if form.is_valid():
        form.save(comment, participant)
        where = "talk_here" if participant.reflection.current_step else "board"
        return redirect(f"reflection:{where}", key=participant.reflection.key)
    context = {"participant": participant, "room": participant.reflection, "form": form, "comment": comment}
    return render(request, "reflection/hide.html", context, status=status_of(form))


@form_methods
@facilitator_required
def paper(request, participant):
    """Type in answers that somebody gave on paper; afterwards they are as hidden as all others."""
    room = participant.reflection
    if not room.is_collecting:
        return redirect("reflection:board", key=room.key)
    form = PaperForm(post_data(request), room=room)
    if form.is_valid() and form.save():
        messages.success(request, _("Papirsvaret er gemt sammen med de andre."))
        return redirect("reflection:lead", key=room.key)
    context = {"participant": participant, "room": room, "form": form}
    return render(request, "reflection/paper.html", context, status=status_of(form))
