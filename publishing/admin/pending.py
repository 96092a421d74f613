"""A version beside the public text: its form is the text's own, filled in and saved in a trial."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from privacy.models import What
from publishing.admin.comparison import changed, compare
from publishing.admin.custom_views import ACT, Feature, item_view
from publishing.admin.drafts import finish_work, work_key
from publishing.admin.history import as_version, in_the_same_state, put_back, remember
from publishing.admin.remarks import ask_to_read, close
from publishing.admin.snapshots import STATE, Snapshot, in_words, merged, stored
from publishing.admin.workflow import STEPS_BESIDE, ScheduleForm, english_warnings
from publishing.fields import MomentField
from publishing.models import PendingVersion, Remark
from publishing.publishable import State
from publishing.trial import as_readers_see_it, trial
from publishing.views import link_to

LANGUAGES = {"da": "Dansk", "en": "Engelsk"}
# What is only looked at does nothing; the frame it stands in would refuse it with a word of complaint.
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
TAKEN_PLACE = "Kladden har taget den offentlige teksts plads."


def pending_of(item: models.Model) -> PendingVersion | None:
    return PendingVersion.objects.of(item).first()


def as_it_will_be(pending: PendingVersion, item: models.Model) -> Snapshot:
    """With what others have changed in the public text since; as public as that is."""
    now = stored(item)
    return in_the_same_state(item, merged(pending.opened, now, pending.texts), now, STATE)


@contextmanager
def drafted(item: models.Model, pending: PendingVersion | None) -> Iterator[None]:
    """In this block the database says what is pending. Raises ValidationError where it cannot."""
    with trial():
        if pending:
            _put_back(item, pending)
        yield


def _put_back(item: models.Model, pending: PendingVersion):
    try:
        with transaction.atomic():
            put_back(item, as_it_will_be(pending, item))
    except IntegrityError as error:
        raise ValidationError("Noget andet har taget dens plads.") from error


@transaction.atomic
def take_place(pending: PendingVersion, item: models.Model, user):
    """The public text is what the pending version says. Raises ValidationError where it cannot be."""
    remember(item)
    with as_version(item, TAKEN_PLACE, user):
        _put_back(item, pending)
        if getattr(item, "has_ended", False):
            raise ValidationError("Den dag, kladden skal væk igen, er gået. Ret «Offentlig til» i kladden.")
    _say(user, item, TAKEN_PLACE)
    close(Remark.objects.of(item))
    pending.delete()


def appear(pending: PendingVersion) -> bool:
    """On its moment. What cannot take the place waits on, and the text's history says why."""
    item = pending.item
    if item is None:
        return False
    try:
        take_place(pending, item, pending.by)
    except ValidationError as error:
        PendingVersion.objects.filter(pk=pending.pk).update(takes_place_at=None)
        _say(pending.by, item, f"Kladden kunne ikke tage pladsen. {' '.join(error.messages)}")
        return False
    return True


def _say(user, item: models.Model, words: str):
    if user:
        LogEntry.objects.log_actions(user.pk, [item], CHANGE, words, single_object=True)


# --- Its form ----------------------------------------------------------------------------------------

NO_BUTTONS = ["show_save_and_add_another", "show_save_and_continue", "show_delete"]
FORM_BESIDE = {"title": "Ret kladden", **dict.fromkeys(NO_BUTTONS, False)}


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
    """The whole page in both languages with what is typed, or what keeps it from being shown."""
    if not hasattr(model_admin.model, "get_absolute_url"):
        raise Http404
    request.FILES.clear()  # what is only looked at leaves no file
    item = model_admin.item_or_404(request, object_id) if object_id else None
    try:
        with drafted(item, getattr(request, "pending", None)) if item else trial():
            answer = view()
            messages.get_messages(request)._queued_messages.clear()
            if answer.status_code != 302:
                shown = {"errors": answer.context_data["errors"]}
            else:
                saved = type(request.saved_item)._base_manager.get(pk=request.saved_item.pk)
                shown = {"pages": [_page(request, saved, *language) for language in LANGUAGES.items()]}
    except ValidationError as error:
        shown = {"errors": error.messages}
    return model_admin.page(request, "Sådan bliver siden", "admin/preview.html", shown)


def _page(request, item, code: str, name: str) -> dict:
    page = SCRIPT.sub("", as_readers_see_it(request, item, code).content.decode())
    return {"code": code, "name": name, "html": page}


def _keep_beside(model_admin, request, object_id, view):
    """The form that was sent becomes the pending version; it comes again where it cannot be saved."""
    item = model_admin.item_or_404(request, object_id)
    pending = pending_of(item)
    kept = pending or PendingVersion(item=item, opened=stored(item))
    try:
        with drafted(item, pending):
            answer = view()
            if answer.status_code != 302:
                return answer.render()
            kept.texts = stored(type(item)._base_manager.get(pk=item.pk))
    except ValidationError as error:
        return _cannot_be_shown(model_admin, request, item, error)
    kept.by = request.user
    kept.submitted_at = timezone.now() if "_submit_pending" in request.POST else kept.submitted_at
    kept.save()
    finish_work(request, model_admin.model, work_key(request, object_id))
    model_admin.log_change(request, item, "Gemt som kladde ved siden af den offentlige tekst.")
    messages.success(request, "Kladden er gemt. Læserne ser stadig den gamle tekst.")
    if "_submit_pending" in request.POST:
        ask_to_read(request, item, model_admin.address(item, "pending"))
        messages.success(request, "Kladden er sendt til gennemsyn.")
    page = next((step.page for step in STEPS_BESIDE if step.name in request.POST and step.page), "pending")
    return redirect(model_admin.address(item, page))


def _cannot_be_shown(model_admin, request, item, error):
    reasons = " ".join(error.messages)
    messages.error(request, f"Kladden passer ikke mere til den offentlige tekst. {reasons}")
    return redirect(model_admin.address(item, "appear"))


# --- It takes the place ------------------------------------------------------------------------------


class AppearForm(ScheduleForm):
    moment = MomentField(
        label="Hvornår?",
        required=False,
        help_text="Lad feltet stå tomt, så sker det nu. Ellers sker det af sig selv på det tidspunkt.",
    )


@item_view("kladde/frem/", "appear")
def appear_view(model_admin, request, item):
    """What changes when it takes the public text's place; and when."""
    pending = get_object_or_404(PendingVersion.objects.of(item))
    form = AppearForm(request.POST or None, initial={"moment": pending.takes_place_at})
    if form.is_valid():
        if at := form.cleaned_data["moment"]:
            PendingVersion.objects.of(item).update(takes_place_at=at)
            model_admin.log_change(request, item, f"Kladden er planlagt til {in_words(at)}.")
            messages.success(request, f"Kladden tager den offentlige teksts plads {in_words(at)}.")
            return redirect(model_admin.address(item, "pending"))
        return _take_place(model_admin, request, item, pending)
    sections = changed(compare(type(item), stored(item), as_it_will_be(pending, item)))
    try:
        with drafted(item, pending):
            warnings = english_warnings(type(item)._base_manager.get(pk=item.pk))
    except ValidationError as error:  # why it cannot be
        warnings = error.messages
    context = {"form": form, "pending": pending, "sections": sections, "warnings": warnings}
    return model_admin.page(request, "Kladden tager pladsen", "admin/appear.html", context, item=item)


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
