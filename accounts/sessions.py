"""A login ends twelve hours after it began, whatever one does (public-sector.md C4).

Django's own age counts from the last change and so never ends for somebody who works on. Autosave makes
the end harmless. What the browser holds without an account stays: a place in a room lasts as long as the
room does.

Each login is a row (`LoginSession`). Who deletes it logs that browser out, at the next request and at once
where it follows a room; a session that is written anew meanwhile does not bring it back.
"""

import time
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import emergency
from accounts.models import LoginSession

LOGIN = "login"  # the key of the row
SHOWN_AT = "shown_at"  # when the person last showed who they are
SEEN_AT = "seen_at"  # in the admin
ID_TOKEN = "id_token"  # noqa: S105 – for the provider, at logout
FRESH_FOR = 15 * 60
INACTIVE_FOR = 60 * 60
ENDS_AT = "ends_at"
STAYS = "places"  # without an account, see reflection/participation.py
STAYS_UNTIL = "stays_until"
EMERGENCY_LASTS = 60 * 60


def begin(sender, request, user, **kwargs):
    """On login: a row for it, in place of the one that this browser may have had. Those that are over go."""
    LoginSession.objects.past().delete()
    LoginSession.objects.filter(key=request.session.get(LOGIN)).delete()
    kind = kind_of(request)
    seconds = EMERGENCY_LASTS if kind == LoginSession.Kind.EMERGENCY else settings.SESSION_COOKIE_AGE
    remember_the_end(request, seconds)
    if kind == LoginSession.Kind.EMERGENCY:
        emergency.tell(user)
    login = LoginSession.objects.create(
        user=user,
        kind=kind,
        provider_sid=getattr(request, "provider_sid", ""),
        ends_at=datetime.fromtimestamp(request.session[ENDS_AT], UTC),
    )
    request.session[LOGIN] = str(login.key)
    request.session[SHOWN_AT] = getattr(request, "shown_at", time.time())
    request.session[SEEN_AT] = time.time()
    if token := getattr(request, "id_token", ""):
        request.session[ID_TOKEN] = token


def kind_of(request) -> LoginSession.Kind:
    if hasattr(request, "provider_sid"):
        return LoginSession.Kind.SINGLE_SIGN_ON
    is_emergency = settings.LOCAL_LOGIN == "break-glass"
    return LoginSession.Kind.EMERGENCY if is_emergency else LoginSession.Kind.PASSWORD


def remember_the_end(request, seconds: int):
    """Of a login, or of an account's place that is entered without one."""
    request.session[ENDS_AT] = time.time() + seconds


def login_of(session) -> UUID | None:
    return UUID(session[LOGIN]) if LOGIN in session else None


def is_over(request) -> bool:
    if time.time() >= request.session.get(ENDS_AT, float("inf")):
        return True
    login = login_of(request.session)
    return login is not None and not (request.user.is_authenticated and login in request.user.logins)


def is_fresh(request, seconds: int) -> bool:
    """Whether the person has shown who they are a short while ago, and not this morning."""
    return time.time() - request.session.get(SHOWN_AT, 0) < seconds


def is_awake(request) -> bool:
    """Whether the admin was used in the last hour, by this login. Remembered by the minute."""
    now, seen = time.time(), request.session.get(SEEN_AT, 0)
    if now - max(seen, request.session.get(SHOWN_AT, 0)) >= INACTIVE_FOR:
        return False
    if now - seen >= 60:
        request.session[SEEN_AT] = now
    return True


def end(request):
    """Log out here, and keep what needs no login."""
    stays = {name: request.session[name] for name in [STAYS, STAYS_UNTIL] if name in request.session}
    logout(request)
    request.session.update(stays)


def end_row(sender, request, **kwargs):
    """On logout."""
    LoginSession.objects.filter(key=login_of(request.session)).delete()


def end_others(sender, request, user, **kwargs):
    """On a new password: whoever got in by the old one is out."""
    user.login_sessions.exclude(key=login_of(request.session)).delete()


def set_age(session):
    """As long as what stays; a login sets another age."""
    if STAYS_UNTIL in session:
        session.set_expiry(int(session[STAYS_UNTIL] - time.time()))


class AbsoluteSessionMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and is_over(request):
            end(request)
        response = self.get_response(request)
        if request.session.modified:
            set_age(request.session)
        return response


def past_sessions():
    return Session.objects.filter(expire_date__lt=timezone.now())
