"""«Mine aftaler»: what was agreed with either compass, and what became of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.guards import staff_required
from publishing.shortcuts import form_methods
from reflection.forms.autosave import post_data, status_of
from reflection.forms.follow_up import FollowUpForm, address_of, locked_if_sent, opened_by
from reflection.minutes.calendar import calendar_response
from reflection.models import Agreement, Promise
from reflection.participation import participant_required

ON_A_PAGE = 20

STATES = {  # how the address says it → the words, and which
    "aabne": (gettext_lazy("Åbne"), [Agreement.Status.OPEN, Agreement.Status.POSTPONED]),
    "gjort": (gettext_lazy("Gjort"), [Agreement.Status.DONE]),
    "farvel": (gettext_lazy("Farvel"), [Agreement.Status.GOODBYE]),
}


@require_safe
@staff_required
def agreements(request):
    """The open ones first, the longest overdue on top; those without a date come last."""
    state = request.GET.get("vis", "aabne")
    state = state if state in STATES else "aabne"
    changeable = Agreement.objects.changeable_by(request.user).filter(pk=OuterRef("pk"))
    mine = Agreement.objects.of(request.user).annotate(may_change=Exists(changeable))
    found = mine.filter(status__in=STATES[state][1]).select_related("reflection__version__guide", "party")
    page = Paginator(found.order_by(F("due").asc(nulls_last=True), "pk"), ON_A_PAGE)
    context = {
        "page": page.get_page(request.GET.get("side")),
        "has_dates": _dated(request).exists(),
        "state": state,
        "answers": [choice for choice in Agreement.Status.choices if choice[0] != Agreement.Status.OPEN],
        "query": f"vis={state}&",
        "states": [(name, label) for name, (label, _which) in STATES.items()],
    }
    return render(request, "reflection/agreements.html", context)


@require_safe
@staff_required
def calendar(request):
    """All of mine that are open, as one calendar file; calendars refuse one with nothing in it."""
    dated = _dated(request)
    if not dated:
        messages.info(request, _("Du har ingen åbne aftaler med en dato, så der er intet at hente."))
        return redirect("reflection:agreements")
    return calendar_response(dated, "mine-aftaler.ics")


def _dated(request):
    return Agreement.objects.of(request.user).open().filter(due__isnull=False)


@require_safe
@staff_required
def one_in_calendar(request, agreement):
    dated = Agreement.objects.of(request.user).filter(due__isnull=False)
    return calendar_response([get_object_or_404(dated, key=agreement)], "aftale.ics")


@require_safe
@participant_required
def room_in_calendar(request, participant):
    """What the room agreed and is still to be done, for everybody who was in it."""
    dated = participant.reflection.agreements.open().filter(due__isnull=False)
    if not (participant.reflection.is_concluded and dated):
        raise Http404
    address = "" if participant.user_id else reverse("reflection:room", args=[participant.reflection.key])
    return calendar_response(dated, f"{participant.reflection.file_name(_('aftaler'))}.ics", address)


@form_methods
@staff_required
@transaction.atomic
def follow_up(request, agreement):
    agreements = Agreement.objects.changeable_by(request.user).select_related("reflection__version__guide")
    found = locked_if_sent(request, get_object_or_404(agreements, key=agreement))
    form = FollowUpForm(post_data(request), instance=found, chosen=request.GET.get("svar", ""))
    if form.is_valid():
        form.save()
        messages.success(request, _("Aftalen er opdateret."))
        return redirect("reflection:agreements")
    context = {"agreement": found, "form": form}
    return render(request, "reflection/follow_up.html", context, status=_status(form))


@form_methods
@transaction.atomic
def follow_up_by_link(request, token):
    """The same for who got a mail, without a login; opening it changes nothing: mail scanners do that."""
    agreement = opened_by(token)
    if agreement is None:
        return render(request, "reflection/link_is_over.html", status=410)
    agreement = locked_if_sent(request, agreement)
    form = FollowUpForm(post_data(request), instance=agreement, chosen=request.GET.get("svar", ""))
    if form.is_valid():
        form.save()
        return redirect("reflection:thanks")
    context = {"agreement": agreement, "form": form, "is_by_link": True}
    return render(request, "reflection/follow_up.html", context, status=_status(form))


@form_methods
def forget_address(request, token):
    """Whoever promised deletes the address that somebody else gave; opening it changes nothing."""
    key = address_of(token)
    if key is None:
        return render(request, "reflection/link_is_over.html", status=410)
    found = Promise.objects.filter(key=key).select_related("agreement")
    if request.method == "POST":
        found.delete()
        return redirect(request.path)
    return render(request, "reflection/forget_address.html", {"promise": found.first()})


@require_safe
def thanks(request):
    return render(request, "reflection/thanks.html")


def _status(form) -> int:
    return 409 if form.is_outdated else status_of(form)
