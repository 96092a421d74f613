import functools

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aarhuskompas.caching import public
from accounts.guards import staff_required
from goals.forms import DecisionForm, GoalForm, PlanForm
from goals.hints import hints
from goals.models import GUIDE, Decision, Goal, Review
from reflection.confidentiality import board
from reflection.forms import RoomForm, StepForm
from reflection.models import GuideVersion
from reflection.saving import posted, save_form, status_of, typed

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def goal_required(view):
    """Turn `key` into a goal that is the visitor's own, or answer 404."""

    @staff_required
    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        goals = Goal.objects.visible_to(request.user).select_related("department")
        return view(request, get_object_or_404(goals, key=key), *args, **kwargs)

    return guarded


def review_required(view):
    """Turn `key` into a review that is the visitor's own, or answer 404."""

    @staff_required
    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        reviews = Review.objects.visible_to(request.user).select_related("goal", "reflection__version__guide")
        return view(request, get_object_or_404(reviews, reflection__key=key), *args, **kwargs)

    return guarded


def open_review_required(view):
    """As `review_required`; what is concluded can be read and not changed."""

    @review_required
    @functools.wraps(view)
    def guarded(request, review, *args, **kwargs):
        if not review.is_concluded:
            return view(request, review, *args, **kwargs)
        if request.htmx:
            return render(request, "components/save_status.html", {"state": "closed"}, status=409)
        if request.method == "POST":
            context = {"review": review, "typed": typed(request)}
            return render(request, "goals/concluded.html", context, status=409)
        messages.info(request, _("Refleksionen er afsluttet og kan ikke ændres."))
        return redirect(review)

    return guarded


def _current_version() -> GuideVersion:
    published = GuideVersion.objects.published().select_related("guide").prefetch_related("steps__prompts")
    return get_object_or_404(published.filter(guide__slug=GUIDE).order_by("-number")[:1])


@public
def about(request):
    context = {"version": _current_version(), "choices": Decision.usual()}
    return render(request, "goals/about.html", context)


@public
def blank(request):
    context = {
        "version": _current_version(),
        "choices": Decision.usual(),
        "plan_labels": [label for label, _text in Review().plan_lines],
    }
    return render(request, "goals/blank.html", context)


@require_safe
@staff_required
def mine(request):
    goals = Goal.objects.visible_to(request.user).with_latest_review()
    return render(request, "goals/mine.html", {"goals": goals})


@form_methods
@staff_required
def register(request):
    form = GoalForm(posted(request), instance=Goal(owner=request.user))
    if form.is_valid():
        return redirect(form.save())
    return render(request, "goals/register.html", {"form": form}, status=status_of(form))


@require_safe
@goal_required
def goal(request, goal):
    reviews = list(goal.reviews.select_related("reflection"))
    context = {
        "goal": goal,
        "reviews": reviews,
        "running": any(review.is_running for review in reviews),
        "past_wordings": goal.past_wordings.all(),
    }
    return render(request, "goals/goal.html", context)


@form_methods
@goal_required
def edit(request, goal):
    wording = goal.wording
    form = GoalForm(posted(request), instance=goal)
    if form.is_valid():
        goal.remember_wording(wording)
        return redirect(form.save())
    return render(request, "goals/edit.html", {"goal": goal, "form": form}, status=status_of(form))


@require_POST
@goal_required
def start(request, goal):
    return redirect(goal.start_review(request.user))


@form_methods
@goal_required
def open_room(request, goal):
    """Look at the goal as a group: how, who, until when. The mode cannot be changed afterwards."""
    form = RoomForm(posted(request))
    if form.is_valid():
        return redirect(goal.open_room(request.user, **form.cleaned_data))
    return render(request, "goals/open_room.html", {"goal": goal, "form": form}, status=status_of(form))


@require_safe
@review_required
def review(request, review):
    """Where one left off: the first step that waits, else what comes after the steps."""
    if not review.reflection.is_solo and not review.is_decided:
        return redirect("reflection:room", key=review.reflection.key)
    if review.is_concluded:
        return redirect("goals:printout", key=review.reflection.key)
    progress = review.participant.progress()
    waiting = next((done.step for done in progress if done.state == "open"), None)
    if waiting:
        return redirect("goals:step", key=review.reflection.key, position=waiting.position)
    if not review.is_decided:
        return redirect("goals:answers", key=review.reflection.key)
    return redirect("goals:plan", key=review.reflection.key)


@form_methods
@open_review_required
def step(request, review, position):
    if not review.reflection.is_solo:
        return redirect("reflection:room", key=review.reflection.key)
    steps = review.reflection.version.steps.prefetch_related("prompts", "variants")
    step = get_object_or_404(steps, position=position)
    form = StepForm(posted(request), participant=review.participant, step=step)
    answer = save_form(request, form, lambda go: _after_step(review, step, go))
    context = {
        "review": review,
        "step": step,
        "form": form,
        "progress": review.participant.progress(),
        "help": step.help_for(review.reflection.variant),
        "dilemmas": step.dilemmas.visible_to(request.user),
        "stories": step.stories.visible_to(request.user),
    }
    return answer or render(request, "goals/step.html", context, status=status_of(form))


def _after_step(review, step, go: str):
    key, last = review.reflection.key, review.reflection.version.steps.count()
    if go == "skip":
        review.participant.skip(step)
    if go == "later":
        return redirect(review.goal)
    position = step.position - 1 if go == "back" else step.position + 1
    if 1 <= position <= last:
        return redirect("goals:step", key=key, position=position)
    return redirect("goals:answers", key=key)


@require_safe
@review_required
def answers(request, review):
    if not review.reflection.is_solo:
        return redirect("reflection:board", key=review.reflection.key)
    context = {"review": review, "progress": review.participant.progress()}
    return render(request, "goals/answers.html", context)


def seen_review_required(view):
    """As `open_review_required`; a group must have seen its answers together."""

    @open_review_required
    @functools.wraps(view)
    def guarded(request, review, *args, **kwargs):
        if review.is_open_to_decide:
            return view(request, review, *args, **kwargs)
        if request.htmx:
            return render(request, "components/save_status.html", {"state": "closed"}, status=409)
        messages.info(request, _("Vis først svarene samlet. Så kommer beslutningen."))
        return redirect("reflection:lead", key=review.reflection.key)

    return guarded


@form_methods
@seen_review_required
def decision(request, review):
    form = DecisionForm(posted(request), instance=review)
    answer = save_form(request, form, lambda go: _after_decision(review, go))
    context = {
        "review": review,
        "form": form,
        "choices": Decision.offered_for(review.goal),
        "hints": hints(_values_by_topic(review)),
    }
    return answer or render(request, "goals/decision.html", context, status=status_of(form))


def _values_by_topic(review) -> dict:
    """The number of each topic: one's own alone, what the gate shows of the room as a group."""
    if review.reflection.is_solo:
        return {done.step.topic: done.value for done in review.participant.progress()}
    means = {
        result.step.topic: [values.mean for values in result.values] for result in board(review.reflection)
    }
    return {topic: shown[0] for topic, shown in means.items() if shown}


def _answers_page(review) -> str:
    return "goals:answers" if review.reflection.is_solo else "reflection:board"


def _after_decision(review, go: str):
    if go == "next":
        review.decide()
        return redirect("goals:plan", key=review.reflection.key)
    if go == "back":
        return redirect(_answers_page(review), key=review.reflection.key)
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
    form = PlanForm(posted(request), instance=review)
    answer = save_form(request, form, lambda go: _after_plan(review, go))
    context = {"review": review, "form": form}
    return answer or render(request, "goals/plan.html", context, status=status_of(form))


def _after_plan(review, go: str):
    if go == "next":
        if not review.conclude():
            return redirect("reflection:lead", key=review.reflection.key)
        return redirect("goals:printout", key=review.reflection.key)
    if go == "back":
        return redirect("goals:decision", key=review.reflection.key)
    return _leave(review)


@require_safe
@review_required
def printout(request, review):
    if not review.reflection.is_solo:
        return redirect("reflection:minutes", key=review.reflection.key)
    context = {"review": review, "progress": review.participant.progress()}
    return render(request, "goals/printout.html", context)
