"""A participant's own pages, in a room or alone: welcome, steps, own answers, waiting."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from compass.models import Dilemma, Story
from publishing.shortcuts import form_methods, json_file, render_page
from reflection.confidentiality import guesses, own_answers_to_keep
from reflection.forms.answers import StepForm
from reflection.forms.autosave import post_data, save_form, status_of
from reflection.forms.joining import SafetyForm
from reflection.minutes.pdf import pdf_response
from reflection.participation import (
    answering_required,
    participant_required,
    record_look,
    room_participant_required,
    step_or_404,
)
from reflection.privacy.personal_records import restrictions_of
from reflection.profiles import own_profile

READ_AT_MOST = 3
EXERCISE = gettext_lazy(  # where a guide says nothing of its own
    "Du skal svare to gange. Først for dig selv. Så på den anden parts vegne. Det er ikke en prøve, og ingen "
    "får karakter. Når I gætter forkert, har I fundet noget at tale om."
)


@require_safe
@participant_required
def room(request, participant):
    """Where one belongs now, by phase and by what one has done."""
    key = participant.reflection.key
    if participant.reflection.is_concluded:
        return redirect(participant.reflection.outcome_address)
    if participant.reflection.is_solo:
        return redirect_to_next_step(participant)
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
    if (
        waiting
        and waiting.position == 1
        and (first := participant.reflection.compass.before_steps(participant))
    ):
        return redirect(first)
    if waiting is None:
        return redirect("reflection:answers", key=participant.reflection.key)
    return redirect("reflection:step", key=participant.reflection.key, position=waiting.position)


@form_methods
@answering_required
def welcome(request, participant):
    """What was agreed last, and the safety question where it was not answered; nobody must answer it."""
    is_asked = participant.safety is None and participant.reflection.asks_for_safety
    if participant.reflection.is_solo or not (is_asked or participant.reflection.opening):
        return redirect_to_next_step(participant)
    form = SafetyForm(post_data(request), room=participant.reflection)
    if form.is_valid():
        if form.cleaned_data.get("safety"):
            participant.record_safety(form.cleaned_data["safety"])
        return redirect_to_next_step(participant)
    context = {"participant": participant, "room": participant.reflection, "form": form}
    return render(request, "reflection/welcome.html", context, status=status_of(form))


@require_safe
@room_participant_required
def now(request, participant):
    """What a page that somebody writes on shows of the room while it follows it (reflection/_follow.html)."""
    room = participant.reflection
    if not request.htmx:
        return redirect("reflection:room", key=room.key)
    is_over = room.is_concluded or (request.htmx.target == "answering" and not room.is_collecting)
    return render(request, "reflection/_now.html", {"room": room, "is_over": is_over})


@form_methods
@answering_required
def step(request, participant, position):
    step = step_or_404(participant.reflection.version, position)
    form = StepForm(post_data(request), participant=participant, step=step)
    if response := save_form(request, form, lambda go: _after_step(form, go)):
        return response
    return render(request, "reflection/step.html", on_step(request, form), status=status_of(form))


def on_step(request, form: StepForm) -> dict:
    """What stands on the page of a step."""
    participant, step = form.participant, form.step
    return {
        "participant": participant,
        "room": participant.reflection,
        "step": step,
        "form": form,
        "progress": participant.progress(),
        "help": step.help_for(participant.reflection.variant),
        "exercise": participant.reflection.version.text("exercise") or EXERCISE if form.others else "",
        "about": participant.reflection.compass.about(participant)
        if participant.reflection.is_solo
        else None,
        "beside": participant.reflection.compass.aside(participant, step),
        "dilemmas": step.dilemmas.visible_to(request.user),
        "stories": step.stories.visible_to(request.user),
    }


def _after_step(form: StepForm, go: str):
    participant, key = form.participant, form.room.key
    if go == "skip":
        form.skip()
    if go == "done":
        return _finish(participant)
    if go == "later" and participant.reflection.is_solo:
        return redirect(participant.reflection.compass.about(participant).address)
    if form.is_last and go != "back":
        return redirect("reflection:answers", key=key)
    position = max(1, form.step.position + (-1 if go == "back" else 1))
    return redirect("reflection:step", key=key, position=position)


def _finish(participant):
    """«Jeg er færdig» – unless a step still waits, as one's answers show."""
    is_done = not (
        participant.reflection.is_solo or any(done.state == "open" for done in participant.progress())
    )
    if is_done:
        participant.finish()
    return redirect("reflection:waiting" if is_done else "reflection:answers", key=participant.reflection.key)


@require_safe
@participant_required
def answers(request, participant):
    """One's own answers: to check before one is done or decides, and to see at any time after."""
    context = {
        "participant": participant,
        "room": participant.reflection,
        "about": participant.reflection.compass.about(participant)
        if participant.reflection.is_solo
        else None,
        "progress": (progress := participant.progress()),
        "profile": own_profile(progress),
        "guesses": guesses(participant),
        "restrictions": restrictions_of(participant),
    }
    return render(request, "reflection/answers.html", context)


@require_safe
@participant_required
def download(request, participant):
    """One's own answers as a file to keep."""
    return json_file(own_answers_to_keep(participant), participant.reflection.file_name(_("mine-svar")))


@require_safe
@participant_required
def download_text(request, participant):
    """The same to read."""
    text = render_to_string("reflection/own_answers.txt", {"kept": own_answers_to_keep(participant)})
    name = participant.reflection.file_name(_("mine-svar"))
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}.txt")}
    return HttpResponse(text.strip() + "\n", content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
@participant_required
def download_pdf(request, participant):
    """The same to print."""
    kept = own_answers_to_keep(participant)
    content = {
        **kept,
        "title": f"{_('Mine svar')}: {kept['compass']}",
        "heading": _("Mine svar"),
        "lang": get_language(),
        "source": "",
        "guess": _("Mit gæt på %(party)s"),
    }
    name = participant.reflection.file_name(_("mine-svar"))
    return pdf_response(request, "reflection/print/own_answers.typ", content, f"{name}.pdf")


@require_POST
@answering_required
def finish(request, participant):
    if participant.reflection.is_solo:  # there is nobody to wait for
        return redirect("reflection:answers", key=participant.reflection.key)
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
@room_participant_required
def waiting(request, participant):
    """How many are done; nothing else is known before the reveal."""
    if participant.reflection.is_revealed:
        # A part that is fetched leads the browser on; else htmx would fetch the page to find it is another.
        lead_on = HttpResponseClientRedirect if request.htmx else redirect
        room = participant.reflection
        return lead_on(room.outcome_address if room.is_concluded else room.result_address)
    context = {
        "participant": participant,
        "room": participant.reflection,
        "dilemmas": _to_read(Dilemma, participant, request.user),
        "stories": _to_read(Story, participant, request.user),
    }
    if not request.htmx:  # it says by name who leads; the part that is fetched again says nothing new
        record_look(request, participant)
    return render_page(request, "reflection/waiting.html", context, partial="state")


def _to_read(model, participant, user):
    """A few that the compass points to; a lazy queryset, evaluated only where the page shows them."""
    found = model.objects.visible_to(user).filter(steps__version=participant.reflection.version_id)
    return found.distinct().order_by("pk")[:READ_AT_MOST]
