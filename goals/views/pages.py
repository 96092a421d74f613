"""What everybody may read of Målkompasset, and the overview for leaders."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guards import staff_required
from goals.models import GUIDE, Decision, Review
from goals.models.years import LEAST
from goals.overview import overview as shown_years
from publishing.public_pages import public
from reflection.published import newest_version


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
    """For everybody in the municipality; goals/overview.py says what may be shown."""
    return render(request, "goals/overview.html", {"years": shown_years(), "least": LEAST})
