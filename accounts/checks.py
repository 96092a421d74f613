"""Who could get in and should not: `manage.py check --deploy`. The table is in docs/identity.md."""

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError

from accounts.models import User
from accounts.roles import ADMINISTRATOR


def check_ways_in(app_configs, **kwargs) -> list[CheckMessage]:
    """What the settings say alone."""
    if not settings.HAS_SINGLE_SIGN_ON:
        return _where(settings.IS_HTTPS, NO_SINGLE_SIGN_ON)
    return [
        *_where(settings.LOCAL_LOGIN == "on", PASSWORDS_FOR_ALL),
        *_where(not settings.OIDC_SERVER_URL.startswith("https://"), OPEN_PROVIDER),
        *_where(not settings.IS_HTTPS, OPEN_PORTAL),
        *_where(ADMINISTRATOR not in settings.OIDC_ROLES, NO_ADMINISTRATOR),
    ]


def check_second_factors(app_configs, **kwargs) -> list[CheckMessage]:
    """A password alone may open no account that gives roles."""
    if settings.LOCAL_LOGIN == "off" or not settings.IS_HTTPS:
        return []
    safe = User.objects.with_second_factor()
    try:
        bare = User.objects.administrators().exclude(pk__in=safe)
        has_bare = any(user.has_usable_password() for user in bare)
    except DatabaseError:  # there are no tables yet
        return []
    return _where(has_bare, BARE_ADMINISTRATOR)


def _where(is_so: bool, message: CheckMessage) -> list[CheckMessage]:
    return [message] if is_so else []


NO_SINGLE_SIGN_ON = Error(
    "The portal is on https and people log in with passwords of its own.",
    hint="Set OIDC_SERVER_URL and what belongs to it.",
    id="accounts.E001",
)
PASSWORDS_FOR_ALL = Error(
    "Everybody can go past the municipality's login with a password.",
    hint="Set LOCAL_LOGIN to break-glass or off.",
    id="accounts.E002",
)
BARE_ADMINISTRATOR = Error(
    "An administrator has a password and no second factor.",
    hint="Let them set one up under /konto/anden-faktor/, or set LOCAL_LOGIN to off.",
    id="accounts.E003",
)
OPEN_PROVIDER = Error(
    "The identity provider is asked without https: anybody on the way can answer for it.",
    hint="OIDC_SERVER_URL begins with https://.",
    id="accounts.E004",
)
OPEN_PORTAL = Error(
    "Single sign-on leads back to the portal without https.",
    hint="SITE_URL begins with https://.",
    id="accounts.E005",
)
NO_ADMINISTRATOR = Error(
    "Nobody becomes an administrator by single sign-on.",
    hint="Name the role in OIDC_ROLES: administrator=Kompas-Administrator.",
    id="accounts.E006",
)
