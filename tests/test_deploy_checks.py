"""`manage.py check --deploy` fails for each bad set-up, and docs/identity.md says what it says."""

import os
import re
import runpy
from pathlib import Path
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from accounts.models import User
from accounts.roles import ADMINISTRATOR
from publishing.models import Portal
from tests import oidc
from tests.factories import make_user
from tests.processes import environment

pytestmark = pytest.mark.django_db
DOCUMENT = Path(django_settings.BASE_DIR) / "docs" / "identity.md"
OURS = ("accounts.", "aarhuskompas.", "privacy.")
GOOD = {
    **oidc.SETTINGS,
    "IS_HTTPS": True,
    "OIDC_SERVER_URL": "https://login.example.dk",
    "LOCAL_LOGIN": "break-glass",
}


def make_bare_administrator():
    make_user("Ada", role=ADMINISTRATOR)


def forget_the_statement():
    Portal.objects.update(was_url="")


BAD = {
    "https, and no single sign-on": {"HAS_SINGLE_SIGN_ON": False, "LOCAL_LOGIN": "on"},
    "single sign-on, and `LOCAL_LOGIN=on`": {"LOCAL_LOGIN": "on"},
    "an administrator with a password and no second factor": make_bare_administrator,
    "`OIDC_SERVER_URL` with http": {"OIDC_SERVER_URL": "http://login.example.dk"},
    "`SITE_URL` with http": {"IS_HTTPS": False},
    "no administrator in `OIDC_ROLES`": {"OIDC_ROLES": {"redaktør": "Kompas-Redaktoer"}},
    "no address of the statement in the record of the portal": forget_the_statement,
}


@pytest.fixture
def set_up(settings):
    """A function: an installation as it should be, but for this."""

    def make(but=None):
        for name, value in {**GOOD, **(but if isinstance(but, dict) else {})}.items():
            setattr(settings, name, value)
        Portal.objects.update_or_create(defaults={"was_url": "https://www.was.digst.dk/kompas"})
        if callable(but):
            but()

    return make


def found() -> list:
    """What our own checks say; what privacy/checks.py asks for has tests of its own."""
    said = run_checks(tags=[Tags.security], include_deployment_checks=True)
    return [
        message for message in said if message.id.startswith(OURS) and not message.id.startswith("privacy.")
    ]


def test_an_installation_as_it_should_be_passes(set_up):
    set_up()
    assert found() == []


def test_an_administrator_with_a_second_factor_passes(set_up):
    set_up()
    ada = make_user("Ada", role=ADMINISTRATOR)
    Authenticator.objects.create(user=ada, type=Authenticator.Type.TOTP, data={})
    assert found() == []


def test_where_nobody_uses_a_password_the_one_that_is_left_does_not_matter(set_up):
    set_up({"LOCAL_LOGIN": "off"})
    make_bare_administrator()
    assert found() == []


@pytest.mark.parametrize("what", BAD)
def test_each_bad_set_up_fails_with_one_message(set_up, what):
    set_up(BAD[what])
    (message,) = found()
    with pytest.raises(SystemCheckError) as error:
        call_command("check", deploy=True, tags=[Tags.security])
    assert message.msg in str(error.value)
    assert message.hint


def half_a_set() -> str:
    half = environment(OIDC_SERVER_URL="https://login.example.dk", OIDC_CLIENT_ID="kompas")
    with patch.dict(os.environ, half), pytest.raises(ImproperlyConfigured) as error:
        runpy.run_path(django_settings.BASE_DIR / "aarhuskompas" / "settings.py")
    return str(error.value)


def table(set_up) -> str:
    lines = ["| set-up | what is said | what to do |", "|---|---|---|"]
    for what, how in BAD.items():
        set_up(how)
        (message,) = found()
        lines.append(f"| {what} | {message.msg} (`{message.id}`) | {message.hint} |")
        User.objects.update(is_active=False)
    lines.append(
        f"| half of the settings of single sign-on | {half_a_set()} (the start stops) | Set all, or none. |"
    )
    return "\n".join(lines)


def test_the_table_of_the_document_is_what_is_said(set_up):
    text = DOCUMENT.read_text(encoding="utf-8")
    made = re.sub(
        r"(<!-- checks: begin -->\n).*?(<!-- checks: end -->)",
        lambda marks: f"{marks[1]}{table(set_up)}\n{marks[2]}",
        text,
        flags=re.DOTALL,
    )
    if os.environ.get("WRITE_CHECKS"):
        DOCUMENT.write_text(made, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == made
