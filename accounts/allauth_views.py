"""allauth's forms with our statuses: what was not accepted is not a 200."""

import functools

from accounts.rate_limits import Device

TOO_MANY = "too_many_login_attempts"


def with_status(view):
    """429 for too many tries, 422 for what has to be corrected; the page stays the same."""

    @functools.wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        by_key = shown.get("webauthn_form")
        form = by_key if by_key is not None and by_key.is_bound else shown.get("form")
        if request.method == "POST" and response.status_code == 200 and form is not None and form.errors:
            is_limited = any(form.has_error(field, TOO_MANY) for field in form.errors)
            response.status_code = 429 if is_limited else 422
        if hasattr(request, "proved_to_be"):
            Device.of(request).remember(response, request.proved_to_be.email)
        return response

    return answered


def note_who_it_is(sender, request, user, **kwargs):
    """On a login, and on a new password by mail: this browser is known from now on."""
    request.proved_to_be = user
