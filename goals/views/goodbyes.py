"""Goodbyes: written down by the owner of a concluded review, told to everybody if the owner wishes it
and an editor agrees, and looked at again after three and six months.
"""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from goals.forms import CheckForm, GoodbyeForm
from goals.guards import review_required
from goals.models import Decision, Goodbye, GoodbyeCheck, Review
from publishing.portal import Section
from publishing.public_pages import in_section, public
from publishing.shortcuts import form_methods
from reflection.forms.autosave import post_data, status_of


@public
@in_section(Section.FAREWELLS)
def goodbyes(request):
    """What has stopped, newest first."""
    shown = Goodbye.objects.visible_to(request.user).select_related("department").prefetch_related("checks")
    return render(request, "goals/goodbyes.html", {"goodbyes": shown})


@form_methods
@review_required
@transaction.atomic
def offer(request, review):
    """Write down what one has said goodbye to. An editor reads it before others do."""
    if request.method == "POST":
        Review.objects.select_for_update().get(pk=review.pk)  # two clicks are one goodbye
    if not (review.is_concluded and review.decision == Decision.GOODBYE):
        raise Http404
    goodbye = getattr(review, "goodbye", None)
    if goodbye and goodbye.is_public:
        messages.info(
            request, _("Farvellet er allerede offentligt. Skriv til redaktionen, hvis det skal rettes.")
        )
        return redirect(review.goal)
    suggested = {"what": review.stop[:200], "why": review.reason, "department": review.goal.department}
    form = GoodbyeForm(post_data(request), instance=goodbye or Goodbye(review=review, **suggested))
    if form.is_valid():
        if form.save().is_shared:
            form.instance.submit()
            messages.success(request, _("Tak. Redaktionen læser det, før det bliver offentligt."))
        else:
            form.instance.withdraw()
            messages.success(request, _("Farvellet er gemt. Kun du kan se det."))
        return redirect(review.goal)
    context = {"review": review, "form": form}
    return render(request, "goals/offer_goodbye.html", context, status=status_of(form))


@form_methods
@review_required
def check(request, review):
    """«Er det virkelig væk?» – when it is time to look, and only then."""
    goodbye = get_object_or_404(Goodbye.objects.to_check(), review=review)
    form = CheckForm(post_data(request))
    if form.is_valid():
        goodbye.check_again(goodbye.due_stage, **form.cleaned_data)
        messages.success(request, _("Tak. Svaret er gemt."))
        return redirect(review.goal)
    stage = GoodbyeCheck.Stage(goodbye.due_stage)
    context = {"review": review, "goodbye": goodbye, "stage": stage, "form": form}
    return render(request, "goals/check_goodbye.html", context, status=status_of(form))
