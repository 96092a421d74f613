"""Half-finished work: the server keeps what stands in a form while one types, and offers it back."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST

from publishing.admin.edit_conflicts import Unnoticed
from publishing.models import UnsavedWork

# What belongs to the window and not to the work.
LEFT_OUT = {"csrfmiddlewaretoken", "unsaved_token", "overwrite", "fetched_token", "fetched_at"}
MOST_OFFERED = 5
FETCHED = "Her er det, du ikke fik gemt. Se det igennem, og tryk på Gem. Filer skal vælges igen."


# What a form beside the public text holds is kept apart from the text's own.
BESIDE = " kladde"


def work_key(request, object_id: str | None) -> str:
    is_beside = getattr(request, "pending", None) or "kladde" in request.GET
    return unquote(object_id) + (BESIDE if is_beside else "") if object_id else ""


def address_of_work(work: UnsavedWork) -> str:
    """The page of the form that it stands in."""
    name = f"admin:{work.content_type.app_label}_{work.content_type.model}"
    if not work.object_id:
        return reverse(f"{name}_add")
    page = "pending" if work.object_id.endswith(BESIDE) else "change"
    return reverse(f"{name}_{page}", args=[work.object_id.removesuffix(BESIDE)])


class TokenForm(forms.Form):
    unsaved_token = forms.UUIDField()


class FetchedFromForm(forms.Form):
    """Which work a window began with, as it stood then."""

    fetched_token = forms.UUIDField()
    fetched_at = forms.DateTimeField()


class FetchForm(forms.Form):
    """Which unsaved work to put into the form; the address carries it."""

    ugemt = forms.UUIDField()


class KeepsUnsaved:
    """Mixin for admins whose forms take long to write."""

    def get_urls(self):
        own = [
            self.route("ugemt/", self.keep_view, "keep_new"),
            self.route("<path:object_id>/ugemt/", self.keep_view, "keep"),
            self.route("ugemt/<uuid:token>/kasser/", self.discard_view, "discard"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def keep_view(self, request, object_id=""):
        """POST keeps the form as it stands; GET gives a page that was logged out a token to go on with."""
        if not self._may_write(request, object_id):
            raise PermissionDenied
        if request.method != "POST":
            return JsonResponse({"token": get_token(request)})
        form = TokenForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"kept": False}, status=400)
        key, token = work_key(request, object_id), form.cleaned_data["unsaved_token"]
        if "is_open" in request.POST:
            return JsonResponse({"beside": self._tell_that_it_is_open(request, key, token)})
        if self._keep(request, key, token):
            return JsonResponse({"kept": True})
        return JsonResponse({"kept": False, "token": uuid4()}, status=409)

    def _tell_that_it_is_open(self, request, key: str, token: UUID) -> list[str]:
        """That this window is, to the others; the names of those who have the form open too."""
        if work := _work(request.user, self.model, key, token):
            work.open_at = timezone.now()
            work.save(update_fields=["open_at"])
        return open_beside(request.user, self.model, key)

    def _may_write(self, request, object_id) -> bool:
        if not object_id:
            return self.has_add_permission(request)
        item = self.get_object(request, unquote(object_id))
        return item is not None and self.has_change_permission(request, item)

    def _keep(self, request, object_id, token: UUID) -> bool:
        """False for a window whose form has been saved: its words are late."""
        fields = {
            name: [value.replace("\0", "") for value in values]
            for name, values in request.POST.lists()
            if name not in LEFT_OUT
        }
        work = _work(request.user, self.model, object_id, token)
        if work is None or work.is_done:
            return False
        work.fields = fields
        work.save()
        return True

    @method_decorator(require_POST)
    def discard_view(self, request, token):
        for work in UnsavedWork.objects.filter(user=request.user, token=token):
            work.finish()
            messages.success(request, "Det, der ikke var gemt, er kasseret.")
            return redirect(address_of_work(work))
        return redirect(reverse(f"admin:{self.page_name('add')}"))

    # --- In the form ---

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        kept = work_key(request, object_id)
        fetched = self._fetched(request, kept) if request.method == "GET" else None
        if fetched:
            return self._fetched_form(request, object_id, fetched, extra_context)
        extra = {**self._unsaved_context(request, object_id, kept), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra)

    def _fetched_form(self, request, object_id, work, extra_context):
        """Drawn as a form that was sent, so that every row and every word is in its place; never saved."""
        _ = request.FILES  # read while the request is a GET, or Django would read the body again
        request.POST = _as_post(work)
        request.method = "POST"
        try:
            extra = {"is_fetched": True, **self._unsaved_context(request, object_id, work.object_id)}
            with transaction.atomic():
                answer = super().changeform_view(
                    request, object_id, request.path, {**extra, **(extra_context or {})}
                )
                transaction.set_rollback(True)
            return answer
        finally:
            request.method = "GET"

    def render_change_form(self, request, context, *args, **kwargs):
        """What is missing in half a text is said when it is saved, and not when it is fetched."""
        if context.get("is_fetched"):
            messages.info(request, FETCHED)
            context["errors"] = []
            context["adminform"].form._errors = ErrorDict()
            for inline in context["inline_admin_formsets"]:
                _forget_errors(inline.formset)
        return super().render_change_form(request, context, *args, **kwargs)

    def _fetched(self, request, object_id) -> UnsavedWork | None:
        form = FetchForm(request.GET)
        if not form.is_valid():
            return None
        waiting = UnsavedWork.objects.of(request.user, self.model, object_id).waiting()
        return waiting.filter(token=form.cleaned_data["ugemt"]).first()

    def _unsaved_context(self, request, object_id, kept) -> dict:
        route, arguments = ("keep", [object_id]) if object_id else ("keep_new", [])
        address = reverse(f"admin:{self.page_name(route)}", args=arguments)
        form, fetched = TokenForm(request.POST), FetchedFromForm(request.POST)
        waiting = UnsavedWork.objects.of(request.user, self.model, kept).waiting()
        return {
            "fetched": fetched.cleaned_data if fetched.is_valid() else None,
            "unsaved_url": address + ("?kladde" if kept.endswith(BESIDE) else ""),
            "unsaved_token": form.cleaned_data["unsaved_token"] if form.is_valid() else uuid4(),
            "unsaved": waiting[:MOST_OFFERED] if request.method == "GET" else [],
            "open_beside": open_beside(request.user, self.model, kept),
        }

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        finish_work(request, self.model, work_key(request, str(form.instance.pk)) if change else "")


def finish_work(request, model, kept: str):
    """What was typed is saved now."""
    finished = TokenForm(request.POST)
    if finished.is_valid():
        work = _work(request.user, model, kept, finished.cleaned_data["unsaved_token"])
        if work:
            work.finish()
    fetched = FetchedFromForm(request.POST)
    if fetched.is_valid():
        token, moment = fetched.cleaned_data.values()
        for work in UnsavedWork.objects.filter(user=request.user, token=token, saved_at=moment):
            work.finish()


def open_beside(user, model, key: str) -> list[str]:
    if not key:
        return []
    return sorted({str(work.user) for work in UnsavedWork.objects.open_beside(user, model, key)})


def _forget_errors(formset):
    formset._non_form_errors = formset.error_class()
    for row in formset.forms:
        row._errors = ErrorDict()
        for part in getattr(row, "parts", {}).values():
            _forget_errors(part)


def _as_post(work: UnsavedWork) -> QueryDict:
    post = QueryDict(mutable=True)
    for name, values in work.fields.items():
        post.setlist(name, values)
    post["unsaved_token"] = str(uuid4())  # another window may still write under the old one
    post["fetched_token"], post["fetched_at"] = str(work.token), work.saved_at.isoformat()
    post["fetched"] = "1"
    return post


def _work(user, model, object_id, token) -> UnsavedWork | None:
    """What is kept for the window; None for a token that is of something else."""
    kind = ContentType.objects.get_for_model(model)
    owner = {"user": user, "content_type": kind, "object_id": object_id}
    work, _ = UnsavedWork.objects.get_or_create(token=token, defaults=owner)
    return work if {name: getattr(work, name) for name in owner} == owner else None


class FetchedForm(forms.ModelForm):
    """A form that is drawn with fetched work is not saved before its editor has seen it."""

    fetched = Unnoticed(required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("fetched"):
            raise ValidationError(FETCHED, code="fetched")
        return cleaned
