"""A participant's own pages: welcome, steps, own answers, waiting."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from publishing.shortcuts import json_file, render_page
from reflection.confidentiality import guesses, own_answers_to_keep
from reflection.forms.answers import StepForm
from reflection.forms.autosave import post_data, save_form, status_of
from reflection.forms.joining import SafetyForm
from reflection.participation import answering_required, place_required, step_or_404

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@place_required
def room(request, participant):
    """Where one belongs now, by phase and by what one has done."""
    key = participant.reflection.key
    if participant.reflection.is_concluded:
        return redirect("reflection:minutes", key=key)
    if participant.reflection.is_revealed:
        return redirect(participant.reflection.result_address)
    if participant.is_facilitator and not participant.is_respondent:
        return redirect("reflection:lead", key=key)
    if not participant.is_respondent or participant.is_done:
        return redirect("reflection:waiting", key=key)
    if participant.safety is None and not participant.answers.exists():
        return redirect("reflection:welcome", key=key)
    return redirect_to_next_step(participant)


def redirect_to_next_step(participant):
    waiting = next((done.step for done in participant.progress() if done.state == "open"), None)
    if waiting is None:
        return redirect("reflection:answers", key=participant.reflection.key)
    return redirect("reflection:step", key=participant.reflection.key, position=waiting.position)


@form_methods
@answering_required
def welcome(request, participant):
    """The return code, and the safety question before anything else; nobody must answer it."""
    form = SafetyForm(post_data(request), room=participant.reflection)
    if form.is_valid():
        if form.cleaned_data.get("safety"):
            participant.say_how_free(form.cleaned_data["safety"])
        return redirect_to_next_step(participant)
    context = {"participant": participant, "room": participant.reflection, "form": form}
    return render(request, "reflection/welcome.html", context, status=status_of(form))


@require_safe
@place_required
def now(request, participant):
    """What a page that somebody writes on shows of the room while it follows it (reflection/_follow.html)."""
    room = participant.reflection
    if not request.htmx:
        return redirect("reflection:room", key=room.key)
    is_over = request.htmx.target == "answering" and not room.is_collecting
    return render(request, "reflection/_now.html", {"room": room, "is_over": is_over})


@form_methods
@answering_required
def step(request, participant, position):
    step = step_or_404(participant.reflection.version, position)
    form = StepForm(post_data(request), participant=participant, step=step)
    if answer := save_form(request, form, lambda go: _after_step(participant, step, go)):
        return answer
    context = {
        "participant": participant,
        "room": participant.reflection,
        "step": step,
        "form": form,
        "progress": participant.progress(),
        "help": step.help_for(participant.reflection.variant),
        "beside": participant.reflection.compass.aside(participant, step),
    }
    return render(request, "reflection/step.html", context, status=status_of(form))


def _after_step(participant, step, go: str):
    key, last = participant.reflection.key, len(participant.reflection.version.all_steps())
    if go == "skip":
        participant.skip(step)
    position = step.position - 1 if go == "back" else step.position + 1
    if 1 <= position <= last:
        return redirect("reflection:step", key=key, position=position)
    return redirect(participant.reflection.address_after_steps)


@require_safe
@place_required
def answers(request, participant):
    """One's own answers: to check before «jeg er færdig», and to see at any time after."""
    context = {
        "participant": participant,
        "room": participant.reflection,
        "progress": participant.progress(),
        "guesses": guesses(participant),
    }
    return render(request, "reflection/answers.html", context)


@require_safe
@place_required
def download(request, participant):
    """One's own answers as a file to keep."""
    return json_file(own_answers_to_keep(participant), _("mine-svar"))


@require_POST
@answering_required
def finish(request, participant):
    participant.finish(is_done=request.POST.get("done") != "no")
    if participant.is_done:
        return redirect("reflection:waiting", key=participant.reflection.key)
    return redirect("reflection:answers", key=participant.reflection.key)


@require_POST
@answering_required
def withdraw(request, participant):
    if participant.withdraw():
        messages.success(request, _("Dine svar er slettet."))
    return redirect("reflection:answers", key=participant.reflection.key)


@require_safe
@place_required
def waiting(request, participant):
    """How many are done; nothing else is known before the reveal."""
    if (
        participant.reflection.is_revealed and request.htmx
    ):  # else it would fetch the page to find it is another
        return HttpResponseClientRedirect(participant.reflection.result_address)
    if participant.reflection.is_revealed:
        return redirect(participant.reflection.result_address)
    context = {"participant": participant, "room": participant.reflection}
    return render_page(request, "reflection/waiting.html", context, partial="state")
