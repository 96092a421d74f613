"""allauth's forms with our statuses: what was not accepted is not a 200."""

import functools

TOO_MANY = "too_many_login_attempts"


def with_status(view):
    """429 for too many tries, 422 for what has to be corrected; the page stays the same."""

    @functools.wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and form is not None and form.errors:
            response.status_code = 429 if form.has_error("__all__", TOO_MANY) else 422
        return response

    return answered
