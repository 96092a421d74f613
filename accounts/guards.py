"""Who may come in. A guard turns away strangers without losing what they typed."""

import functools

from django.contrib.auth import get_user
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, connection
from django.http import HttpResponse

from accounts.sessions import is_over
from accounts.views import typed_again


def staff_required(view):
    """Only for somebody with an account; a form sent after the session ended is offered back."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            return typed_again(request)
        return redirect_to_login(request.get_full_path())

    guarded.needs_account = True  # for pages that would lead there somebody without one
    return guarded


def may_upload(environ: dict) -> bool:
    """Whether a request that is not yet read may be larger than a form: an editor's file is."""
    request = WSGIRequest(environ)
    if not request.path_info.startswith("/admin/"):
        return False
    try:
        SessionMiddleware(HttpResponse).process_request(request)
        return not is_over(request.session) and get_user(request).is_staff
    except DatabaseError:
        return False
    finally:
        connection.close()
