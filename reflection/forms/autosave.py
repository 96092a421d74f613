"""One way to answer a form that saves itself: to htmx with the status line, else with a page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reflection.forms.answers import AutosavedForm
from reflection.models import UNKNOWN

CPR_WARNING = gettext_lazy("Noget af det, du skrev, ligner et CPR-nummer. Slet det, hvis det er et.")
STATUS = {"saved": 200, "clash": 409, "closed": 409, "invalid": 422, "limited": 429}


def post_data(request):
    """The sent fields, or None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def submitted_texts(request) -> list[str]:
    """What somebody wrote into an autosaved form, without what the form carries beside it."""
    own = {"csrfmiddlewaretoken", "page", "go", "overwrite"}
    return [
        text
        for name, text in request.POST.items()
        if text.strip() and name not in own and not name.endswith(("-was", "-version", "-theirs"))
    ]


def submitted_answers(request) -> list[str]:
    """The same, without what was chosen and not written."""
    chosen = {UNKNOWN, *"12345"}
    is_answer = any(name.startswith("prompt-") for name in request.POST)
    return [text for text in submitted_texts(request) if text not in chosen] if is_answer else []


def save_form(request, form: AutosavedForm, after: Callable[[str], HttpResponse]):
    """Save what was sent and answer it; None means that the page shall be shown (again).

    What is valid is saved even when another field is not. `after` gets the name of the button: only
    "next" and "done" ask that the form be complete; "back", "skip" and "later" take it as it is.
    """
    if request.method != "POST":
        return None
    go = "overwrite" if "overwrite" in request.POST else request.POST.get("go", "next")
    if request.htmx or go not in {"next", "done"}:
        form.relax()
    outcome = _save(form)
    if request.htmx:
        warning = CPR_WARNING if form.has_cpr else ""
        context = {"form": form, "state": outcome, "warning": warning, "room": form.room}
        return render(request, "components/save_status.html", context, status=STATUS[outcome])
    if form.has_cpr:
        messages.warning(request, CPR_WARNING)
    if outcome == "closed":
        messages.warning(request, _("Svarene er vist samlet. Det sidste, du skrev, er ikke gemt."))
    if outcome != "saved":
        return None
    if go == "overwrite":
        messages.success(request, _("Din tekst er gemt i stedet."))
        return redirect(request.path)
    return after(go)


def _save(form: AutosavedForm) -> str:
    is_valid = form.is_valid()
    if not form.save():
        return "closed" if form.is_closed else "clash"
    return "saved" if is_valid else "invalid"


def status_of(form) -> int:
    """The status of the page that shows the form: 200, or why it is shown again."""
    if getattr(form, "is_limited", False):
        return STATUS["limited"]
    if getattr(form, "clashes", None):
        return STATUS["clash"]
    return STATUS["invalid"] if form.errors else 200
