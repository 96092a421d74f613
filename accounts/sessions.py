"""A login ends twelve hours after it began, whatever one does (public-sector.md C4).

Django's own age counts from the last change and so never ends for somebody who works on. Autosave makes
the end harmless. What the browser holds without an account stays: a place in a room lasts as long as the
room does.
"""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

ENDS_AT = "ends_at"
STAYS = "places"  # without an account, see reflection/participation.py
STAYS_UNTIL = "stays_until"


def remember_the_end(sender, request, **kwargs):
    """On login, or when an account's place is entered without one: when that is over."""
    request.session[ENDS_AT] = time.time() + settings.SESSION_COOKIE_AGE


def is_over(session) -> bool:
    return ENDS_AT in session and time.time() >= session[ENDS_AT]


def what_stays(session) -> dict:
    return {name: session[name] for name in [STAYS, STAYS_UNTIL] if name in session}


def end_login(request):
    stays = what_stays(request.session)
    logout(request)
    request.session.update(stays)


def end_sessions(user):
    """Log somebody out everywhere. A session does not say whose it is before it is read: all are."""
    for kept in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if kept.get_decoded().get(SESSION_KEY) == str(user.pk):
            session = SessionStore(kept.pk)
            stays = what_stays(session)
            session.clear()
            session.update(stays)
            set_age(session)
            session.save()


def set_age(session):
    """As long as what stays; a login sets another age."""
    if STAYS_UNTIL in session:
        session.set_expiry(int(session[STAYS_UNTIL] - time.time()))


class AbsoluteSessionMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and is_over(request.session):
            end_login(request)
        response = self.get_response(request)
        if request.session.modified:
            set_age(request.session)
        return response


def past_sessions():
    return Session.objects.filter(expire_date__lt=timezone.now())
