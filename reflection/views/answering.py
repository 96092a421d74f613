"""A participant's own pages: welcome, steps, own answers, waiting."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from publishing.shortcuts import json_file, render_page
from reflection.confidentiality import guesses, own_answers_to_keep
from reflection.forms.answers import StepForm
from reflection.forms.autosave import posted, save_form, status_of
from reflection.forms.joining import SafetyForm
from reflection.participation import answering_required, place_required, step_or_404

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@place_required
def room(request, place):
    """Where one belongs now, by phase and by what one has done."""
    key = place.reflection.key
    if place.reflection.is_concluded:
        return redirect("reflection:minutes", key=key)
    if place.reflection.is_revealed:
        return redirect(place.reflection.result_address)
    if place.is_facilitator and not place.answers_count:
        return redirect("reflection:lead", key=key)
    if not place.answers_count or place.is_done:
        return redirect("reflection:waiting", key=key)
    if place.safety is None and not place.answers.exists():
        return redirect("reflection:welcome", key=key)
    return redirect_to_next_step(place)


def redirect_to_next_step(place):
    waiting = next((done.step for done in place.progress() if done.state == "open"), None)
    if waiting is None:
        return redirect("reflection:answers", key=place.reflection.key)
    return redirect("reflection:step", key=place.reflection.key, position=waiting.position)


@form_methods
@answering_required
def welcome(request, place):
    """The return code, and the safety question before anything else; nobody must answer it."""
    form = SafetyForm(posted(request), room=place.reflection)
    if form.is_valid():
        if form.cleaned_data.get("safety"):
            place.say_how_free(form.cleaned_data["safety"])
        return redirect_to_next_step(place)
    context = {"place": place, "room": place.reflection, "form": form}
    return render(request, "reflection/welcome.html", context, status=status_of(form))


@require_safe
@place_required
def now(request, place):
    """What a page that somebody writes on shows of the room while it follows it (reflection/_follow.html)."""
    room = place.reflection
    if not request.htmx:
        return redirect("reflection:room", key=room.key)
    is_over = request.htmx.target == "answering" and not room.is_collecting
    return render(request, "reflection/_now.html", {"room": room, "is_over": is_over})


@form_methods
@answering_required
def step(request, place, position):
    step = step_or_404(place.reflection.version, position)
    form = StepForm(posted(request), participant=place, step=step)
    if answer := save_form(request, form, lambda go: _after_step(place, step, go)):
        return answer
    context = {
        "place": place,
        "room": place.reflection,
        "step": step,
        "form": form,
        "progress": place.progress(),
        "help": step.help_for(place.reflection.variant),
        "beside": place.reflection.compass.aside(place, step),
    }
    return render(request, "reflection/step.html", context, status=status_of(form))


def _after_step(place, step, go: str):
    key, last = place.reflection.key, len(place.reflection.version.all_steps())
    if go == "skip":
        place.skip(step)
    position = step.position - 1 if go == "back" else step.position + 1
    if 1 <= position <= last:
        return redirect("reflection:step", key=key, position=position)
    return redirect(place.reflection.address_after_steps)


@require_safe
@place_required
def answers(request, place):
    """One's own answers: to check before «jeg er færdig», and to see at any time after."""
    context = {
        "place": place,
        "room": place.reflection,
        "progress": place.progress(),
        "guesses": guesses(place),
    }
    return render(request, "reflection/answers.html", context)


@require_safe
@place_required
def download(request, place):
    """One's own answers as a file to keep."""
    return json_file(own_answers_to_keep(place), _("mine-svar"))


@require_POST
@answering_required
def finish(request, place):
    place.finish(is_done=request.POST.get("done") != "no")
    if place.is_done:
        return redirect("reflection:waiting", key=place.reflection.key)
    return redirect("reflection:answers", key=place.reflection.key)


@require_POST
@answering_required
def withdraw(request, place):
    if place.withdraw():
        messages.success(request, _("Dine svar er slettet."))
    return redirect("reflection:answers", key=place.reflection.key)


@require_safe
@place_required
def waiting(request, place):
    """How many are done; nothing else is known before the reveal."""
    if place.reflection.is_revealed and request.htmx:  # else it would fetch the page to find it is another
        return HttpResponseClientRedirect(place.reflection.result_address)
    if place.reflection.is_revealed:
        return redirect(place.reflection.result_address)
    context = {"place": place, "room": place.reflection}
    return render_page(request, "reflection/waiting.html", context, partial="state")
