from urllib.parse import quote, urlsplit

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

from privacy.events import record
from privacy.models import What


def csrf_failure(request, reason=""):
    """The security token is too old (a new login, an expired session): show what was typed again."""
    record(What.REFUSED, who=getattr(request, "user", None))
    return typed_again(request)


def typed_again(request, *, way_in: str = "", is_stale: bool = False):
    """Answer a form whose sender is no longer let in, without losing a word of it.

    `way_in` is where one gets in again beside the login; empty where only the login leads in. Who `is_stale`
    is logged in, and shall show there who they are.

    The page holds everything that was typed and a button that sends it once more, with a fresh token.
    It does so only for a form that our own page sent: a stranger's form must not be one click away
    from being accepted.
    """
    login_url = f"{reverse('account_login')}?next={quote(request.path)}"
    if request.htmx:  # the text stays in the page; its status line says what to do
        state = "place" if way_in else "again" if request.user.is_authenticated else "login"
        kept = [(name, text) for name, text in _typed_fields(request) if _is_beside(name)]
        context = {"state": state, "login_url": login_url, "way_in": way_in, "form": {"hidden_state": kept}}
        return render(request, "components/save_status.html", context, status=403)
    fields = _typed_fields(request) if _came_from_us(request) else []
    context = {
        "fields": fields,
        "shown": [text for name, text in fields if text.strip() and _is_text(name)],
        "address": request.get_full_path(),
        "login_url": way_in if is_stale else login_url,
        "way_in": "" if is_stale else way_in,
        "is_stale": is_stale,
    }
    return render(request, "accounts/typed_again.html", context, status=403)


def sent_before(request, address: str):
    """The form has been sent and led to `address`; now it says something else. Nothing of it is lost.

    The page sends it on as a form of its own, for somebody who wants a second one.
    """
    fields = [] if "password" in request.POST else _typed_fields(request)
    context = {
        "fields": fields,
        "shown": [text for name, text in fields if text.strip() and _is_text(name)],
        "address": request.get_full_path(),
        "first": address,
        "has_files": bool(request.FILES),
    }
    return render(request, "accounts/sent_before.html", context, status=409)


def _typed_fields(request) -> list[tuple[str, str]]:
    return [
        (name, text)
        for name, texts in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for text in texts
    ]


def _is_text(name: str) -> bool:
    is_button = name in {"go", "overwrite"} or name.endswith("-theirs")
    return not (is_button or _is_beside(name) or "password" in name)


def _is_beside(name: str) -> bool:
    """What an autosaved form carries beside its fields (reflection/forms/answers.py)."""
    return name == "page" or name.endswith(("-was", "-version"))


def _came_from_us(request) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    ours = {urlsplit(settings.SITE_URL).netloc, request.get_host()}
    return "password" not in request.POST and _host(origin) in ours


def _host(address: str) -> str:
    """Of an address that anybody may have written; no address, no host."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
