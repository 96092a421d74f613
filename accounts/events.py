"""Logins in the event log, whatever way in somebody takes."""

from accounts.models import User
from accounts.sessions import kind_of
from privacy.events import record
from privacy.models import PrivacyNotice, What


def logged_in(sender, request, user, **kwargs):
    """By which way: with a password, by the municipality's login, or in an emergency."""
    record(What.LOGGED_IN, who=user, detail=kind_of(request).value)


def told(sender, request, user, **kwargs):
    """The first version of article 13 that somebody with an account was told stays with the account."""
    if user.notice_id is None:
        User.objects.filter(pk=user.pk, notice=None).update(notice=PrivacyNotice.objects.in_force())


def logged_out(sender, request, user, **kwargs):
    if user:  # somebody who was logged in
        record(What.LOGGED_OUT, who=user)


def new_password(sender, request, user, **kwargs):
    """By whoever is logged in, or by a link in a mail: then who it was nobody knows."""
    record(What.ACCOUNT_CHANGED, who=request.user, about=user, detail="adgangskode")


def other_second_factor(sender, request, user, **kwargs):
    record(What.ACCOUNT_CHANGED, who=request.user, about=user, detail="anden faktor")


def login_failed(sender, credentials, request=None, **kwargs):
    """About the account, where there is one: an address that was typed stands nowhere."""
    email = str(credentials.get("email") or "").strip().lower()
    record(What.LOGIN_FAILED, about=User.objects.filter(email=email).first())
