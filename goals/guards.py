"""Who may come in. A guard turns the `key` of an address into the thing itself, or answers 404."""

import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.guards import staff_required
from goals.models import Goal, Review
from privacy.events import record_looks
from privacy.models import Why
from reflection.participation import over_response


def goal_required(view):
    """Turn `key` into a goal that is the visitor's own, or answer 404."""

    @staff_required
    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        goals = Goal.objects.editable_by(request.user).select_related("department")
        return view(request, get_object_or_404(goals, key=key), *args, **kwargs)

    return guarded


def readable_goal_required(view):
    """As `goal_required`, also for a colleague whom the goal is shared with."""

    @staff_required
    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        goals = Goal.objects.visible_to(request.user).select_related("department", "city_goal", "owner")
        goal = get_object_or_404(goals, key=key)
        if goal.owner_id != request.user.pk:
            record_looks(request.user, [goal], why=Why.SHARED, about=goal.owner)
        return view(request, goal, *args, **kwargs)

    return guarded


def review_required(view):
    """Turn `key` into a review that is the visitor's own, or answer 404."""

    @staff_required
    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        reviews = Review.objects.editable_by(request.user).select_related(
            "goal", "reflection__version__guide"
        )
        return view(request, get_object_or_404(reviews, reflection__key=key), *args, **kwargs)

    return guarded


def readable_review_required(view):
    """As `review_required`, also for a colleague: `review.is_shared` says that they see no answers."""

    @staff_required
    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        reviews = Review.objects.visible_to(request.user).select_related(
            "goal__department", "goal__city_goal", "goal__owner", "reflection__version__guide"
        )
        review = get_object_or_404(reviews, reflection__key=key)
        if review.is_shared:
            record_looks(request.user, [review.goal], why=Why.SHARED, about=review.goal.owner)
        return view(request, review, *args, **kwargs)

    return guarded


def open_review_required(view):
    """As `review_required`; what is concluded can be read and not changed."""

    @review_required
    @functools.wraps(view)
    def guarded(request, review, *args, **kwargs):
        if not review.is_concluded:
            return view(request, review, *args, **kwargs)
        if response := over_response(request, review.reflection):
            return response
        messages.info(request, _("Refleksionen er afsluttet og kan ikke ændres."))
        return redirect(review)

    return guarded


def seen_review_required(view):
    """As `open_review_required`, for who leads; a group must have seen its answers together."""

    @open_review_required
    @functools.wraps(view)
    def guarded(request, review, *args, **kwargs):
        if not review.is_led_by(request.user):
            raise Http404
        if review.is_open_to_decide:
            return view(request, review, *args, **kwargs)
        if response := over_response(request, review.reflection):
            return response
        messages.info(request, _("Vis først svarene samlet. Så kommer beslutningen."))
        return redirect("reflection:lead", key=review.reflection.key)

    return guarded
