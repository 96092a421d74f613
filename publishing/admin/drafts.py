"""Half-finished work: the server keeps what stands in a form while one types, and offers it back."""

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.forms.utils import ErrorDict
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from publishing.admin.custom_views import ACT, Feature, custom_view
from publishing.admin.edit_conflicts import FETCHED
from publishing.models import UnsavedWork
from publishing.trial import trial

# What belongs to the window and not to the work.
LEFT_OUT = {"csrfmiddlewaretoken", "unsaved_token", "overwrite", "fetched_token", "fetched_at"}
MOST_OFFERED = 5


# What a form beside the public text holds is kept apart from the text's own.
BESIDE = " kladde"


def work_key(request, object_id: str | None) -> str:
    is_beside = getattr(request, "pending", None) or "kladde" in request.GET
    return unquote(object_id) + (BESIDE if is_beside else "") if object_id else ""


def address_of_work(work: UnsavedWork) -> str:
    """The page of the form that it stands in."""
    opts = work.content_type.model_class()._meta
    if not work.object_id:
        return reverse(admin_urlname(opts, "add"))
    page = "pending" if work.object_id.endswith(BESIDE) else "change"
    return reverse(admin_urlname(opts, page), args=[work.object_id.removesuffix(BESIDE)])


class WindowForm(forms.Form):
    """What a form says of its window: its own token, and which work it began with, as that stood then."""

    unsaved_token = forms.UUIDField(required=False)
    fetched_token = forms.UUIDField(required=False)
    fetched_at = forms.DateTimeField(required=False)
    ugemt = forms.UUIDField(required=False)  # the address carries it: which work to put into the form


def window_of(data) -> dict:
    form = WindowForm(data)
    form.full_clean()
    return form.cleaned_data


def keep(model_admin, request, object_id=""):
    """POST keeps the form as it stands; GET gives a page that was logged out a token to go on with."""
    if object_id:
        model_admin.item_or_404(request, object_id)
    elif not model_admin.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    token, key = window_of(request.POST).get("unsaved_token"), work_key(request, object_id)
    if not token:
        return JsonResponse({"kept": False}, status=400)
    work = _work(request.user, model_admin.model, key, token)
    if "is_open" in request.POST:
        if work:
            UnsavedWork.objects.filter(pk=work.pk).update(open_at=timezone.now())
        return JsonResponse({"beside": UnsavedWork.objects.colleagues(request.user, model_admin.model, key)})
    if work is None or work.is_done:  # the form of that window has been saved: its words are late
        return JsonResponse({"kept": False, "token": uuid4()}, status=409)
    work.fields = {
        name: [value.replace("\0", "") for value in values]
        for name, values in request.POST.lists()
        if name not in LEFT_OUT
    }
    work.save()
    return JsonResponse({"kept": True})


@custom_view("ugemt/<uuid:token>/kasser/", "discard", methods=ACT)
def discard(model_admin, request, token):
    for work in UnsavedWork.objects.filter(user=request.user, token=token):
        work.finish()
        messages.success(request, "Det, der ikke var gemt, er kasseret.")
        return redirect(address_of_work(work))
    return redirect(model_admin.list_address("add"))


# --- In the form ---


def fetched_work(model_admin, request, object_id) -> UnsavedWork | None:
    """What the address of the form says is to be put into it."""
    token = window_of(request.GET).get("ugemt")
    if request.method != "GET" or not token:
        return None
    kept = UnsavedWork.objects.of(request.user, model_admin.model, work_key(request, object_id))
    return kept.waiting().filter(token=token).first()


def draw_fetched(request, work: UnsavedWork, view):
    """Drawn as a form that was sent, so that every row and every word is in its place; never saved."""
    _ = request.FILES  # read while the request is a GET, or Django would read the body again
    kept = {
        **work.fields,
        "unsaved_token": [str(uuid4())],  # another window may still write under the old one
        "fetched_token": [str(work.token)],
        "fetched_at": [work.saved_at.isoformat()],
        "fetched": ["1"],
    }
    request.POST, request.method, request.is_fetched = MultiValueDict(kept), "POST", True
    try:
        with trial():
            return view()
    finally:
        request.method = "GET"


def drafts_context(model_admin, request, context, item) -> dict:
    if context["original"] and not item:  # read and not written by whoever looks at it
        return {}
    object_id = str(item.pk) if item else ""
    kept = work_key(request, object_id)
    address = model_admin.address(item, "keep") if item else model_admin.list_address("keep_new")
    window = window_of(request.POST)
    waiting = UnsavedWork.objects.of(request.user, model_admin.model, kept).waiting()
    if getattr(request, "is_fetched", False):  # what half a text lacks is said when it is saved
        messages.info(request, FETCHED)
        context["errors"], context["adminform"].form._errors = [], ErrorDict()
        for inline in context["inline_admin_formsets"]:
            _forget_errors(inline.formset)
    return {
        "fetched": window if window.get("fetched_token") and window.get("fetched_at") else None,
        "unsaved_url": address + ("?kladde" if kept.endswith(BESIDE) else ""),
        "unsaved_token": window.get("unsaved_token") or uuid4(),
        "unsaved": waiting[:MOST_OFFERED] if request.method == "GET" else [],
        "open_beside": UnsavedWork.objects.colleagues(request.user, model_admin.model, kept),
    }


KEEP = [custom_view("ugemt/", "keep_new")(keep), custom_view("<path:object_id>/ugemt/", "keep")(keep)]
DRAFTS = Feature([*KEEP, discard], in_form=drafts_context)


def finish_work(request, model, kept: str):
    """What was typed is saved now."""
    window = window_of(request.POST)
    token, fetched, moment = (window.get(name) for name in ["unsaved_token", "fetched_token", "fetched_at"])
    own = _work(request.user, model, kept, token) if token else None
    begun_with = UnsavedWork.objects.filter(user=request.user, token=fetched, saved_at=moment)
    for work in [*filter(None, [own]), *begun_with]:
        work.finish()


def _forget_errors(formset):
    formset._non_form_errors = formset.error_class()
    for row in formset.forms:
        row._errors = ErrorDict()
        for part in getattr(row, "parts", {}).values():
            _forget_errors(part)


def _work(user, model, object_id, token) -> UnsavedWork | None:
    """What is kept for the window; None for a token that is of something else."""
    kind = ContentType.objects.get_for_model(model)
    owner = {"user": user, "content_type": kind, "object_id": object_id}
    work, _ = UnsavedWork.objects.get_or_create(token=token, defaults=owner)
    return work if {name: getattr(work, name) for name in owner} == owner else None
