"""Who may come in. A guard turns away strangers without losing what they typed."""

import functools
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from accounts.sessions import FRESH_FOR, INACTIVE_FOR, is_awake, is_fresh, is_over
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


def password_pages(*modes: str):
    """Pages that are there where LOCAL_LOGIN is one of these; for an emergency for administrators alone."""

    def decorate(view):
        @functools.wraps(view)
        def guarded(request, *args, **kwargs):
            administrators = User.objects.administrators()
            is_for_them = settings.LOCAL_LOGIN == "on" or administrators.filter(pk=request.user.pk).exists()
            if settings.LOCAL_LOGIN not in modes or not is_for_them:
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def fresh_login_required(view):
    """For what is hard to undo: only somebody who has shown who they are a short while ago.

    Who has filled in a form meanwhile has longer, and gets the words back where that was not enough.
    """

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        seconds = INACTIVE_FOR if request.method == "POST" else FRESH_FOR
        if request.user.is_authenticated and not is_fresh(request, seconds):
            return _ask_again(request)
        return view(request, *args, **kwargs)

    return guarded


def awake_required(view):
    """For the admin: somebody who has used it in the last hour, or has just shown who they are."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_staff and not is_awake(request):
            return _ask_again(request)
        return view(request, *args, **kwargs)

    return guarded


def _ask_again(request):
    """Nothing that was typed is lost by it."""
    if request.method == "POST":
        return typed_again(request, way_in=_show_again(request.path), is_stale=True)
    return redirect(_show_again(request.get_full_path()))


def _show_again(path: str) -> str:
    return f"{reverse('account_fresh')}?{urlencode({'next': path})}"


def may_upload(environ: dict) -> bool:
    """Whether a request that is not yet read may be larger than a form: an editor's file is."""
    request = WSGIRequest(environ)
    if not request.path_info.startswith("/admin/"):
        return False
    try:
        SessionMiddleware(HttpResponse).process_request(request)
        request.user = get_user(request)
        return not is_over(request) and request.user.is_staff
    except DatabaseError:
        return False
    finally:
        connection.close()
