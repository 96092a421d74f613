"""A collaboration as those with an account see it: its parties, rounds, agreements and development."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import staff_required
from collaboration.development import development as over_time
from collaboration.forms import CollaborationForm, OpenRoundForm
from collaboration.guards import collaboration_required, owner_required
from collaboration.models import Collaboration
from privacy.events import record_looks
from privacy.models import Why
from publishing.shortcuts import form_methods
from reflection.forms.autosave import post_data, status_of
from reflection.forms.follow_up import FollowUpForm, locked_if_sent
from reflection.participation import own_participants


@require_safe
@staff_required
def mine(request):
    collaborations = Collaboration.objects.visible_to(request.user).with_state()
    return render(request, "collaboration/mine.html", {"collaborations": collaborations})


@form_methods
@staff_required
def register(request):
    form = CollaborationForm(post_data(request), instance=Collaboration(owner=request.user))
    if form.is_valid():
        return redirect(form.save())
    return render(request, "collaboration/register.html", {"form": form}, status=status_of(form))


@form_methods
@owner_required
@transaction.atomic
def edit(request, collaboration):
    if request.method == "POST":
        collaboration = Collaboration.objects.select_for_update().get(pk=collaboration.pk)
    form = CollaborationForm(post_data(request), instance=collaboration)
    if form.is_valid():
        return redirect(form.save())
    context = {"collaboration": collaboration, "form": form}
    return render(request, "collaboration/edit.html", context, status=status_of(form))


@require_safe
@collaboration_required
def collaboration(request, collaboration):
    rounds = list(collaboration.rounds.select_related("reflection"))
    own = collaboration.rounds.filter(
        reflection__participants__user=request.user, reflection__participants__is_put_out=False
    )
    leads = dict(own.values_list("pk", "reflection__participants__is_facilitator"))
    context = {
        "collaboration": collaboration,
        "is_owner": collaboration.owner_id == request.user.pk,
        "rounds": rounds,
        "own": leads,
        "running": next((round for round in rounds if round.is_running and round.pk in leads), None),
        "led": {pk for pk, is_leading in leads.items() if is_leading},
        "has_ended": any(round.is_concluded and round.is_followed for round in rounds),
        "agreements": collaboration.agreements(),
        "carriers": collaboration.carriers(),
    }
    return render(request, "collaboration/collaboration.html", context)


@require_safe
@collaboration_required
def development(request, collaboration):
    parties = over_time(collaboration, own_participants(request))
    record_looks(request.user, [collaboration] if parties else [], why=Why.ROOM)
    context = {"collaboration": collaboration, "parties": parties}
    return render(request, "collaboration/development.html", context)


@form_methods
@owner_required
def open_round(request, collaboration):
    """A round opens with the agreements of the last; the mode cannot be changed afterwards."""
    form = OpenRoundForm(post_data(request), collaboration=collaboration)
    if form.is_valid():
        opened = collaboration.open_round(request.user, **form.chosen)
        if form.warning:
            messages.warning(request, form.warning)
        return redirect("reflection:lead", key=opened.reflection.key)
    context = {
        "collaboration": collaboration,
        "form": form,
        "agreements": collaboration.agreements().open(),
    }
    return render(request, "collaboration/open_round.html", context, status=status_of(form))


@form_methods
@collaboration_required
@transaction.atomic
def follow_up(request, collaboration, agreement):
    """What became of an agreement."""
    found = locked_if_sent(request, get_object_or_404(collaboration.agreements(), pk=agreement))
    form = FollowUpForm(post_data(request), instance=found)
    if form.is_valid():
        form.save()
        messages.success(request, _("Aftalen er opdateret."))
        return redirect(collaboration)
    context = {"collaboration": collaboration, "agreement": found, "form": form}
    return render(request, "collaboration/follow_up.html", context, status=status_of(form))
