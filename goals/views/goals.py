"""One's goals: written in, found again, shared, put away – and looked at."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import staff_required
from goals.forms import GoalForm, MineForm, ShareForm
from goals.guards import goal_required, readable_goal_required
from goals.models import GUIDE, Goal, Goodbye
from privacy.events import record_looks
from privacy.models import Why
from privacy.restrictions import unrestricted
from publishing.shortcuts import form_methods
from reflection.forms.autosave import post_data, status_of
from reflection.forms.rooms import RoomForm
from reflection.models import GuideVersion

ON_A_PAGE = 20
SHARED_AT_MOST = 50


@require_safe
@staff_required
def mine(request):
    """One's own goals, a page at a time; what waits to be checked and what is shared on the first page."""
    form = MineForm(request.GET)
    search = form.search()
    goals = Goal.objects.editable_by(request.user).archived(is_archived=search.is_archive)
    found = goals.search(search.text, request.user).with_latest_review()
    first = ON_A_PAGE * (search.page - 1)
    shown = list(found[first : first + ON_A_PAGE + 1])
    context = {
        "form": form,
        "search": search,
        "goals": shown[:ON_A_PAGE],
        "has_more": len(shown) > ON_A_PAGE,
        **(_beside(request.user, search.text) if search.is_first else {}),
    }
    return render(request, "goals/mine.html", context, status=status_of(form))


def _beside(user, text: str) -> dict:
    shared = Goal.objects.shared_with(user).search_words(text).select_related("owner")
    shown = list(shared.order_by("-created_at", "-pk")[:SHARED_AT_MOST])
    record_looks(user, shown, why=Why.SHARED)
    return {
        "to_check": Goodbye.objects.of(user).to_check(),
        "shared": shown,
        "shared_at_most": SHARED_AT_MOST,
    }


@form_methods
@staff_required
def register(request):
    form = GoalForm(post_data(request), instance=Goal(owner=request.user))
    if form.is_valid():
        return redirect(form.save())
    return render(request, "goals/register.html", {"form": form}, status=status_of(form))


@require_safe
@readable_goal_required
def goal(request, goal):
    """The goal's own page; a colleague whom it is shared with reads what was decided, no more."""
    is_mine = goal.owner_id == request.user.pk
    reviews = goal.reviews.all() if is_mine else goal.reviews.ended()
    reviews = list(reviews.select_related("reflection", "goodbye").prefetch_related("reflection__agreements"))
    under_way = goal.under_way() if is_mine else []
    running = [review for review in reviews if review.reflection_id in under_way]
    together = next((review for review in running if not review.reflection.is_solo), None)
    context = {
        "goal": goal,
        "is_mine": is_mine,
        "reviews": reviews,
        "alone": next((review for review in running if review.reflection.is_solo), None),
        "together": together,
        "may_drop": together is not None and together.can_be_dropped and together.is_led_by(request.user),
        "version": GuideVersion.objects.published().filter(guide__slug=GUIDE).order_by("-number").first(),
        "past_wordings": goal.past_wordings.all(),
        "to_check": Goodbye.objects.of(request.user).filter(review__goal=goal).to_check(),
        "shares": unrestricted(goal.shares.select_related("user")) if is_mine else [],
    }
    return render(request, "goals/goal.html", context)


@form_methods
@goal_required
def edit(request, goal):
    form = GoalForm(post_data(request), instance=goal)
    if form.is_valid():
        stored = goal.revise(form.seen)
        if stored is None:
            return redirect(goal)
        context = {"goal": goal, "form": form.based_on(stored), "clashes": form.clashes_with(stored)}
        return render(request, "goals/edit.html", context, status=409)
    return render(request, "goals/edit.html", {"goal": goal, "form": form}, status=status_of(form))


@require_POST
@goal_required
def copy(request, goal):
    messages.success(request, _("Opsætningen er kopieret. Ret det, der er anderledes her."))
    return redirect("goals:edit", key=goal.copy().key)


@require_POST
@goal_required
def archive(request, goal):
    goal.archive()
    messages.success(request, _("Målet er lagt i arkivet. Du finder det nederst på siden."))
    return redirect("goals:mine")


@require_POST
@goal_required
def unarchive(request, goal):
    goal.archive(is_archived=False)
    messages.success(request, _("Målet er hentet frem igen."))
    return redirect(goal)


@form_methods
@goal_required
def share(request, goal):
    form = ShareForm(post_data(request), goal=goal)
    if form.is_valid():
        goal.shares.get_or_create(user=form.colleague)
        messages.success(request, _("%s kan nu læse målet.") % form.colleague.name)
        return redirect("goals:share", key=goal.key)
    context = {"goal": goal, "form": form, "shares": unrestricted(goal.shares.select_related("user"))}
    return render(request, "goals/share.html", context, status=status_of(form))


@require_POST
@goal_required
def unshare(request, goal, share):
    get_object_or_404(goal.shares, pk=share).delete()
    messages.success(request, _("Kollegaen kan ikke længere læse målet."))
    return redirect("goals:share", key=goal.key)


@require_POST
@goal_required
def start(request, goal):
    return redirect(goal.start_review(request.user))


@form_methods
@goal_required
def open_room(request, goal):
    """Look at the goal as a group: how, who, until when. The mode cannot be changed afterwards."""
    form = RoomForm(post_data(request))
    if form.is_valid():
        review = goal.open_room(request.user, **form.chosen)
        if form.warning:
            messages.warning(request, form.warning)
        if review.asks_back:
            return redirect("goals:look_back", key=review.reflection.key)
        return redirect(review)
    return render(request, "goals/open_room.html", {"goal": goal, "form": form}, status=status_of(form))
