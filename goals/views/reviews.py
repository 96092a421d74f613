"""A look at a goal, step by step to the plan; and at its beginning what became of the last plan."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from goals.forms import DecisionForm, EvidenceForm, LookBackForm, PlanForm, TellForm
from goals.guards import (
    open_review_required,
    readable_review_required,
    review_required,
    seen_review_required,
)
from goals.hints import hints
from goals.models import Evidence
from privacy.events import record
from privacy.models import What
from publishing.shortcuts import form_methods
from reflection.confidentiality import board
from reflection.forms.autosave import post_data, save_form, status_of
from reflection.profiles import own_profile, shown_profile
from reflection.slides import end_of


@require_safe
@review_required
def review(request, review):
    """Where one left off: among the answers, at the plan, or at the end."""
    if review.is_concluded:
        return redirect("goals:printout", key=review.reflection.key)
    if review.is_decided:
        return redirect("goals:plan", key=review.reflection.key)
    return redirect("reflection:room", key=review.reflection.key)


@form_methods
@open_review_required
def drop(request, review):
    """Ask, and then erase this run; the goal and every other run stay."""
    if not (review.is_led_by(request.user) and review.can_be_dropped):
        raise Http404
    if request.method == "POST":
        goal, key = review.goal, review.reflection.key
        if review.drop():
            record(What.DELETED, who=request.user, thing=goal, detail=f"gennemløb {key}")
            messages.success(request, _("Gennemløbet er slettet. Målet står, som det stod."))
        else:
            messages.warning(request, _("Svarene er vist, så gennemløbet kan ikke slettes mere."))
        return redirect(goal)
    return render(request, "goals/drop.html", {"review": review, "room": review.reflection})


@form_methods
@review_required
def tell(request, review):
    """Tell the whole municipality what was decided, or take it back; for whose goal it is."""
    if review.goal.owner_id != request.user.pk or not review.can_be_told:
        raise Http404
    form = TellForm(post_data(request), review=review)
    if request.method == "POST" and request.POST.get("go") == "take_back":
        review.tell_everybody(is_told=False)
        messages.success(request, _("Beslutningen står ikke længere i overblikket."))
        return redirect(review.goal)
    if form.is_valid():
        review.tell_everybody()
        messages.success(request, _("Beslutningen står nu i overblikket for hele kommunen."))
        return redirect(review.goal)
    context = {"review": review, "form": form, "agreements": review.reflection.agreements.all()}
    return render(request, "goals/tell.html", context, status=status_of(form))


@form_methods
@open_review_required
def look_back(request, review):
    """What became of the last plan; the one whose goal it is says so, before the new answers."""
    if review.last is None or review.goal.owner_id != request.user.pk:
        return redirect(review)
    form = LookBackForm(post_data(request), instance=review.last)
    response = save_form(request, form, lambda go: _after_look_back(review, go))
    context = {"review": review, "last": review.last, "form": form}
    return response or render(request, "goals/look_back.html", context, status=status_of(form))


def _after_look_back(review, go: str):
    if go == "later":
        return redirect(review.goal)
    if not review.reflection.is_solo:
        return redirect("reflection:room", key=review.reflection.key)
    return redirect("reflection:step", key=review.reflection.key, position=1)


@form_methods
@open_review_required
def evidence(request, review):
    """Which knowledge stands behind, and who carries the goal: optional, and shown as two pictures."""
    stored = _evidence(review) or Evidence(review=review)
    if request.method == "POST":
        stored, _made = Evidence.objects.get_or_create(review=review)
    form = EvidenceForm(post_data(request), instance=stored)
    response = save_form(request, form, lambda go: _after_evidence(review, go))
    context = {"review": review, "form": form, "evidence": stored}
    return response or render(request, "goals/evidence.html", context, status=status_of(form))


def _evidence(review) -> Evidence | None:
    return Evidence.objects.filter(review=review).first()


def _after_evidence(review, go: str):
    if go == "show":
        return redirect("goals:evidence", key=review.reflection.key)
    if go == "later":
        return _leave(review)
    if not review.is_open_to_decide:
        return redirect("reflection:lead", key=review.reflection.key)
    return redirect("goals:decision", key=review.reflection.key)


@form_methods
@seen_review_required
def decision(request, review):
    form = DecisionForm(post_data(request), instance=review)
    room = review.reflection
    response = save_form(request, form, lambda go: _after_decision(review, go))
    progress = review.participant.progress() if room.is_solo else []
    context = {
        "review": review,
        "form": form,
        "profile": own_profile(progress) if room.is_solo else shown_profile(room),
        "hints": hints(_values_by_topic(room, progress), review),
        "room": room,
        "participant": None if room.is_solo else room.participants.get(user=request.user),
        "votes": room.compass.choices(room),
        "end": end_of(room),
    }
    return response or render(request, "goals/decision.html", context, status=status_of(form))


def _values_by_topic(room, progress) -> dict:
    """The number of each topic: one's own alone, what the gate shows of the room as a group."""
    if room.is_solo:
        return {done.step.topic: done.value for done in progress}
    means = {result.step.topic: [values.mean for values in result.values] for result in board(room)}
    return {topic: shown[0] for topic, shown in means.items() if shown}


def _after_decision(review, go: str):
    if go == "next":
        review.decide()
        return redirect("goals:plan", key=review.reflection.key)
    if go == "back":
        answers = "reflection:answers" if review.reflection.is_solo else "reflection:board"
        return redirect(answers, key=review.reflection.key)
    return _leave(review)


def _leave(review):
    """«Fortsæt senere»: who leads a room may not be who owns the goal."""
    if review.reflection.is_solo:
        return redirect(review.goal)
    return redirect("reflection:lead", key=review.reflection.key)


@form_methods
@seen_review_required
def plan(request, review):
    if not review.is_decided:
        messages.info(request, _("Vælg først en beslutning. Så kommer planen."))
        return redirect("goals:decision", key=review.reflection.key)
    participant = review.participant_of(request.user)
    form = PlanForm(post_data(request), instance=review, participant=participant)
    response = save_form(request, form, lambda go: _after_plan(request, review, go))
    context = {"review": review, "form": form, "participant": participant, "room": review.reflection}
    return response or render(request, "goals/plan.html", context, status=status_of(form))


def _after_plan(request, review, go: str):
    if go == "next":
        if not review.is_planned:  # another window has just emptied a field that this one left alone
            messages.warning(request, _("Et felt er tømt i et andet vindue. Se planen igennem."))
            return redirect("goals:plan", key=review.reflection.key)
        if not review.conclude(request.user.name):
            return redirect("reflection:lead", key=review.reflection.key)
        return redirect(review.reflection.outcome_address)
    if go == "back":
        return redirect("goals:decision", key=review.reflection.key)
    return _leave(review)


@require_safe
@readable_review_required
def printout(request, review):
    """Goal, answers, decision and plan; for a colleague whom the goal is shared with without the answers."""
    if not (review.is_shared or review.reflection.is_solo):
        return redirect("reflection:minutes", key=review.reflection.key)
    progress = [] if review.is_shared else review.participant.progress()
    context = {"review": review, "progress": progress, "evidence": _evidence(review)}
    return render(request, "goals/printout.html", context)
