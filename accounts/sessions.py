"""A session ends twelve hours after the login, whatever one does (public-sector.md C4).

Django's own age counts from the last change and so never ends for somebody who works on. Autosave makes
the end harmless.
"""

import time

from django.conf import settings
from django.contrib.auth import logout

ENDS_AT = "ends_at"


def remember_the_end(sender, request, **kwargs):
    """On login: when this session is over."""
    request.session[ENDS_AT] = time.time() + settings.SESSION_COOKIE_AGE


class AbsoluteSession:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and is_over(request.session):
            logout(request)
        return self.get_response(request)


def is_over(session) -> bool:
    """Sessions without a login have no end of their own; their room has."""
    return ENDS_AT in session and time.time() >= session[ENDS_AT]
