"""Public pages: the same for every reader, so they may be kept and answered from a copy.

A view says so with `@public`; every other answer is `no-store`.
"""

import functools

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.urls import resolve
from django.utils.cache import patch_vary_headers
from django.utils.translation import override
from django.views.decorators.http import require_safe

from publishing.portal import Section, current_portal
from publishing.registry import content_types

# A browser asks again after a minute, and hears that nothing has changed.
FOR_EVERYBODY = "public, max-age=60"


def public(view):
    """Mark the view's answers as the same for all readers; only GET and HEAD reach the view.

    Never for an address that is itself a secret, nor for what depends on who asks – save through the
    session, whose owner is never served a copy.
    """

    @require_safe
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code in {200, 206, 304} and not has_session(request):
            response.headers["Cache-Control"] = FOR_EVERYBODY
            patch_vary_headers(response, ["Cookie"])
        return response

    wrapped.is_public = True  # type: ignore[attr-defined]
    return wrapped


def in_section(section: Section):
    """Mark the view's pages as part of what a municipality may keep to itself."""

    def decorate(view):
        @functools.wraps(view)
        def wrapped(request, *args, **kwargs):
            if section in current_portal().closed:
                raise Http404
            return view(request, *args, **kwargs)

        wrapped.section = section  # type: ignore[attr-defined]
        return wrapped

    return decorate


def is_open(address: str) -> bool:
    """Whether readers get what is there, as far as sections say."""
    closed = current_portal().closed
    return not closed or getattr(resolve(address).func, "section", "") not in closed


def danish_path(path: str) -> str:
    return path.removeprefix("/en") if path.startswith("/en/") else path


def content_at(path: str) -> QuerySet | None:
    """What has its page at a Danish path, public or not; None of other pages. Raises Resolver404."""
    with override(settings.LANGUAGE_CODE):
        match = resolve(path)
    for one in content_types():
        if one.has_page and match.view_name in [search.route for search in one.search]:
            return one.model._default_manager.filter(**match.kwargs)
    return None


def has_session(request) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES
