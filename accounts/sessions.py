"""A login ends twelve hours after it began, whatever one does (public-sector.md C4).

Django's own age counts from the last change and so never ends for somebody who works on. Autosave makes
the end harmless. What the browser holds without an account stays: a place in a room lasts as long as the
room does.
"""

import time

from django.conf import settings
from django.contrib.auth import logout

ENDS_AT = "ends_at"
STAYS = "places"  # without an account, see reflection/places.py
STAYS_UNTIL = "stays_until"


def remember_the_end(sender, request, **kwargs):
    """On login, or when an account's place is entered without one: when that is over."""
    request.session[ENDS_AT] = time.time() + settings.SESSION_COOKIE_AGE


def is_over(session) -> bool:
    return ENDS_AT in session and time.time() >= session[ENDS_AT]


def end_login(request):
    stays = {name: request.session[name] for name in [STAYS, STAYS_UNTIL] if name in request.session}
    logout(request)
    request.session.update(stays)


class AbsoluteSession:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and is_over(request.session):
            end_login(request)
        response = self.get_response(request)
        if request.session.modified and STAYS_UNTIL in request.session:  # a login sets another age
            request.session.set_expiry(int(request.session[STAYS_UNTIL] - time.time()))
        return response
