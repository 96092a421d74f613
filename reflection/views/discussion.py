"""Whoever leads takes everybody from slide to slide, and writes what the group knows now."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.submitted_forms import repeatable
from publishing.shortcuts import form_methods
from reflection.forms.autosave import post_data, save_form, status_of
from reflection.forms.facilitator import StepForm
from reflection.participation import facilitator_required, over_response, shows_others, way_back
from reflection.slides import end_of, note_of, slides_of


@repeatable
@require_POST
@facilitator_required
def show_step(request, participant):
    """The remote: what the wall and the phones show next."""
    room = participant.reflection
    form = StepForm(request.POST, most=end_of(room))
    if form.is_valid():
        room.show_step(form.cleaned_data["step"])
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(way_back(request, _address(participant, room.current_step)))


@require_safe
@facilitator_required
def current_slide(request, participant):
    """The slide that everybody is at, or else the first."""
    return redirect(_address(participant, max(1, participant.reflection.current_step)))


@form_methods
@facilitator_required
@shows_others
def talk(request, participant, number):
    """One slide, what to ask about it, and an open field for what the group says."""
    room = participant.reflection
    if room.is_concluded or not room.is_revealed:
        return over_response(request, room) or redirect("reflection:room", key=room.key)
    slides = slides_of(room)
    if not 1 <= number <= len(slides):
        raise Http404
    slide = slides[number - 1]
    form = note_of(room, slide, post_data(request))
    steps = {"back": number - 1, "here": number, "agree": end_of(room)}
    response = save_form(request, form, lambda go: _after(participant, steps.get(go, number + 1)))
    context = {
        "participant": participant,
        "room": room,
        "slide": slide,
        "slides": slides,
        "form": form,
        "rules": room.version.texts_like("rule-"),
        "is_here": room.current_step == number,
    }
    return response or render(request, "reflection/talk.html", context, status=status_of(form))


def _after(participant, following: int):
    """Who goes on takes everybody along."""
    participant.reflection.show_step(following)
    return redirect(_address(participant, following))


def _address(participant, number: int) -> str:
    room = participant.reflection
    if number == 0 or not room.is_revealed:
        return room.result_address
    if number < end_of(room):
        return reverse("reflection:talk", args=[room.key, number])
    if participant.may_conclude:
        return room.conclude_address
    return reverse("reflection:lead", args=[room.key])
