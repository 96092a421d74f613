"""What everybody may read of Målkompasset, and the overview for leaders."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guards import staff_required
from goals.models import GUIDE, Decision, Review
from goals.models.years import MIN_COLLEAGUES
from goals.overview import overview as shown_years
from goals.told_decisions import told_decisions
from privacy.events import record_looks
from privacy.models import Why
from publishing.public_pages import public
from reflection.compasses import registered
from reflection.published_guides import newest_version


@public
def about(request):
    context = {"version": newest_version(GUIDE), "choices": Decision.usual()}
    return render(request, "goals/about.html", context)


@public
def blank(request):
    context = {
        "version": newest_version(GUIDE),
        "choices": Decision.usual(),
        "plan_labels": [label for label, _text in Review().plan_lines],
    }
    return render(request, "goals/blank.html", context)


@require_safe
@staff_required
def overview(request):
    """For everybody in the municipality; told_decisions.py and overview.py say what may be shown."""
    shown = told_decisions()
    others = [review.goal for review in shown.reviews if review.goal.owner_id != request.user.pk]
    record_looks(request.user, others, why=Why.SHARED)
    across = [compass.told_across(request.user) for compass in registered()]
    context = {"told": shown, "told_across": across, "years": shown_years(), "least": MIN_COLLEAGUES}
    return render(request, "goals/overview.html", context)
