"""The pages of what is written beside a public text: its form, its preview, and how it takes the place."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from privacy.models import What
from publishing.admin.custom_views import ACT, Feature, item_view
from publishing.admin.drafts import finish_work, work_key
from publishing.admin.pending import (
    TAKEN_PLACE,
    difference,
    drafted,
    keep_beside,
    pending_of,
    preview,
    take_place,
    warnings_of,
)
from publishing.admin.remarks import ask_to_read
from publishing.admin.snapshots import in_words
from publishing.admin.workflow import STEPS_BESIDE, ScheduleForm, english_warnings
from publishing.fields import MomentField
from publishing.models import PendingVersion
from publishing.publishable import State
from publishing.views import link_to

FORM_BESIDE = {
    "title": "Ret kladden",
    "show_save_and_add_another": False,
    "show_save_and_continue": False,
    "show_delete": False,
}


class AppearForm(ScheduleForm):
    moment = MomentField(
        label="Hvornår?",
        required=False,
        help_text="Lad feltet stå tomt, så sker det nu. Ellers sker det af sig selv på det tidspunkt.",
    )


@item_view("kladde/", "pending")
def pending_view(model_admin, request, item):
    """The form of what is written beside the public text."""
    request.pending = get_object_or_404(PendingVersion.objects.of(item))
    view = partial(model_admin.changeform_view, request, str(item.pk), extra_context=FORM_BESIDE)
    if request.method == "POST":
        return view()
    try:
        with drafted(item, request.pending):
            return view().render()
    except ValidationError as error:
        return _cannot_be_shown(model_admin, request, item, error)


def form_response(model_admin, request, object_id, view):
    """What a form that was sent is for: to be looked at, kept beside the public text, or saved."""
    if request.method == "POST" and "_preview" in request.POST:
        return _preview(model_admin, request, object_id, view)
    is_beside = getattr(request, "pending", None) or "_apart" in request.POST
    if request.method == "POST" and object_id and is_beside:
        return _keep_beside(model_admin, request, object_id, view)
    return view()


def _preview(model_admin, request, object_id, view):
    """The whole page with what is typed; nothing is stored."""
    item = model_admin.item_or_404(request, object_id) if object_id else None
    try:
        shown = preview(request, item, getattr(request, "pending", None), view)
    except ValidationError as error:
        shown = {"errors": error.messages}
    return model_admin.page(request, "Sådan bliver siden", "admin/preview.html", shown)


def _keep_beside(model_admin, request, object_id, view):
    item = model_admin.item_or_404(request, object_id)
    try:
        refused = keep_beside(request, item, view)
    except ValidationError as error:
        return _cannot_be_shown(model_admin, request, item, error)
    if refused:
        return refused
    finish_work(request, model_admin.model, work_key(request, object_id))
    model_admin.log_change(request, item, "Gemt som kladde ved siden af den offentlige tekst.")
    messages.success(request, "Kladden er gemt. Læserne ser stadig den gamle tekst.")
    if "_submit_pending" in request.POST:
        PendingVersion.objects.of(item).update(submitted_at=timezone.now())
        ask_to_read(request, item, model_admin.address(item, "pending"))
        messages.success(request, "Kladden er sendt til gennemsyn.")
    page = next((step.page for step in STEPS_BESIDE if step.name in request.POST and step.page), "pending")
    return redirect(model_admin.address(item, page))


def _cannot_be_shown(model_admin, request, item, error):
    reasons = " ".join(error.messages)
    messages.error(request, f"Kladden passer ikke mere til den offentlige tekst. {reasons}")
    return redirect(model_admin.address(item, "appear"))


@item_view("kladde/frem/", "appear")
def appear_view(model_admin, request, item):
    """What changes when it takes the public text's place; and when."""
    pending = get_object_or_404(PendingVersion.objects.of(item))
    form = AppearForm(request.POST or None, initial={"moment": pending.takes_place_at})
    if form.is_valid():
        at = form.cleaned_data["moment"]
        return (
            _plan(model_admin, request, item, at) if at else _take_place(model_admin, request, item, pending)
        )
    context = {
        "form": form,
        "pending": pending,
        "sections": difference(pending, item),
        "warnings": warnings_of(pending, item, english_warnings),
    }
    return model_admin.page(request, "Kladden tager pladsen", "admin/appear.html", context, item=item)


def _plan(model_admin, request, item, at):
    PendingVersion.objects.of(item).update(takes_place_at=at)
    model_admin.log_change(request, item, f"Kladden er planlagt til {in_words(at)}.")
    messages.success(request, f"Kladden tager den offentlige teksts plads {in_words(at)}.")
    return redirect(model_admin.address(item, "pending"))


def _take_place(model_admin, request, item, pending):
    try:
        take_place(pending, item, request.user)
    except ValidationError as error:
        messages.error(request, f"Kladden kan ikke tage pladsen. {' '.join(error.messages)}")
        return redirect(model_admin.address(item, "appear"))
    model_admin.record_act(request, What.PUBLISHED, item)
    messages.success(request, f"{TAKEN_PLACE} Det, der stod før, findes i historikken.")
    return redirect(model_admin.address(item))


@item_view("kladde/kasser/", "discard_pending", methods=ACT)
def discard_pending_view(model_admin, request, item):
    for pending in PendingVersion.objects.of(item):
        pending.delete()
        model_admin.log_change(request, item, "Kladden ved siden af er kasseret.")
        messages.success(request, "Kladden er kasseret. Den offentlige tekst er, som den var.")
    return redirect(model_admin.address(item))


def pending_context(model_admin, request, context, item) -> dict:
    if not item:
        return {}
    pending = getattr(request, "pending", None) or pending_of(item)
    is_shareable = bool(pending or item.state != State.PUBLISHED) and hasattr(item, "get_absolute_url")
    return {
        "pending": pending,
        "is_pending": bool(getattr(request, "pending", None)),
        "share_url": request.build_absolute_uri(link_to(item)) if is_shareable else "",
    }


PENDING = Feature([pending_view, appear_view, discard_pending_view], in_form=pending_context)
