"""Public pages: the same for every reader, so they may be kept and answered from a copy.

A view says so with `@public`; every other answer is `no-store`.
"""

import functools

from django.conf import settings
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

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


def has_session(request) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES
