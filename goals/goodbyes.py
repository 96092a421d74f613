"""Goodbyes: offered by the owner of a concluded review, read by everybody once an editor agrees."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aarhuskompas.caching import public
from goals.forms import GoodbyeForm
from goals.models import Decision, Goodbye
from goals.views import review_required
from reflection.saving import posted, status_of


@public
def goodbyes(request):
    """What has stopped, newest first."""
    shown = Goodbye.objects.visible_to(request.user).select_related("department")
    return render(request, "goals/goodbyes.html", {"goodbyes": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@review_required
def offer(request, review):
    """Tell others what one has said goodbye to. An editor reads it before it is public."""
    if not (review.is_concluded and review.decision == Decision.GOODBYE):
        raise Http404
    goodbye = getattr(review, "goodbye", None)
    if goodbye and goodbye.published_at:
        messages.info(
            request, _("Farvellet er allerede offentligt. Skriv til redaktionen, hvis det skal rettes.")
        )
        return redirect(review.goal)
    form = GoodbyeForm(posted(request), instance=goodbye or Goodbye(review=review, **_suggested(review)))
    if form.is_valid():
        form.save()
        messages.success(request, _("Tak. Redaktionen læser det, før det bliver offentligt."))
        return redirect(review.goal)
    context = {"review": review, "form": form}
    return render(request, "goals/offer_goodbye.html", context, status=status_of(form))


def _suggested(review) -> dict:
    """The words of the plan to begin with; the owner changes what others should not read."""
    return {"what": review.stop[:200], "why": review.reason, "department": review.goal.department}
