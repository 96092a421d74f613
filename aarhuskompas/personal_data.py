"""The marks of what the libraries keep (privacy/marks.py): their models cannot say it themselves."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _
from reversion.models import Revision, Version

from privacy.marks import NOT_PERSONAL, PersonalData, Purpose, Whose
from privacy.models import Kept

MARKS = {
    LogEntry: PersonalData(
        Whose.STAFF,
        Purpose.EDITING,
        person="user",
        called=_("Det, du har gjort i redaktionen"),
        identity=("user",),
        traces=("object_id", "object_repr", "change_message"),
    ),
    Revision: PersonalData(
        Whose.STAFF,
        Purpose.EDITING,
        person="user",
        called=_("Udgaver, du har gemt i redaktionen"),
        identity=("user",),
        traces=("comment",),
    ),
    Version: PersonalData(
        Whose.NAMED,
        Purpose.PUBLISHING,
        words=("serialized_data", "object_repr"),
        nothing=("object_id", "db", "format"),
    ),
    Session: PersonalData(
        Whose.PARTICIPANTS, Purpose.ACCESS, Kept.SESSIONS, ways_in=("session_key", "session_data")
    ),
    EmailAddress: PersonalData(
        Whose.STAFF,
        Purpose.ACCESS,
        Kept.CLOSED_ACCOUNTS,
        person="user",
        called=_("Din e-mail, som den er bekræftet"),
        identity=("user", "email"),
    ),
    EmailConfirmation: PersonalData(
        Whose.STAFF, Purpose.ACCESS, person="email_address__user", ways_in=("key",)
    ),
    Authenticator: PersonalData(
        Whose.STAFF,
        Purpose.ACCESS,
        Kept.CLOSED_ACCOUNTS,
        person="user",
        called=_("Din anden faktor"),
        identity=("user",),
        ways_in=("data",),
    ),
    SocialAccount: PersonalData(
        Whose.STAFF,
        Purpose.ACCESS,
        Kept.CLOSED_ACCOUNTS,
        person="user",
        called=_("Din adgang gennem kommunens login"),
        identity=("user", "uid"),
        traces=("extra_data",),
        nothing=("provider",),
    ),
    SocialToken: PersonalData(
        Whose.STAFF, Purpose.ACCESS, person="account__user", ways_in=("token", "token_secret")
    ),
    SocialApp: NOT_PERSONAL,
    Group: NOT_PERSONAL,
    Permission: NOT_PERSONAL,
    ContentType: NOT_PERSONAL,
}


def mark_libraries():
    for model, mark in MARKS.items():
        model.personal_data = mark
