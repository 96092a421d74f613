"""The emergency login: an administrator, a password, a second factor, an hour, and everybody told."""

import base64
import re
import time

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import get_resolver

from accounts.models import LoginSession, User
from accounts.roles import ADMINISTRATOR
from accounts.second_factor import CodeForm
from privacy.models import Event, What
from tests import oidc
from tests.factories import PASSWORD, make_user
from tests.routes import BY_NAME

pytestmark = pytest.mark.django_db
EMERGENCY, CODE = "/konto/noedlogin/", "/konto/noedlogin/kode/"
APP, CODES = "/konto/anden-faktor/app/", "/konto/anden-faktor/koder/"
MORNING = "2026-11-24T08:00:00+01:00"


@pytest.fixture
def mode(settings):
    """A function: the portal with single sign-on and this LOCAL_LOGIN."""

    def set_to(local_login):
        for name, value in {**oidc.SETTINGS, "LOCAL_LOGIN": local_login}.items():
            setattr(settings, name, value)
        settings.OIDC_SERVER_URL = "http://localhost:9"

    return set_to


@pytest.fixture
def emergency(mode):
    mode("break-glass")


def code_of(secret: str, *, steps=0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up(page, client) -> tuple[str, list[str]]:
    """The seed, and the codes for paper."""
    shown = page(APP, by=client)
    secret = shown.one("code").text
    codes = shown.form().send({"code": code_of(secret)}).texts("main li code")
    return secret, codes


@pytest.fixture
def ada(page, administrator, administrator_client, mode):
    """An administrator who has set it up; her seed and codes."""
    mode("break-glass")
    administrator.secret, administrator.codes = set_up(page, administrator_client)
    mail.outbox.clear()
    return administrator


def log_in(page, user, password=PASSWORD, *, status=200, by=None):
    return page(EMERGENCY, by=by).form().send({"login": user.email, "password": password}, status=status)


def is_logged_in(client) -> bool:
    return client.get("/maalkompasset/mine/").status_code == 200


# --- In ---------------------------------------------------------------------------------------------


def test_an_administrator_gets_in_with_password_and_code_for_an_hour(page, client, ada, time_machine):
    time_machine.move_to(MORNING)
    asked = log_in(page, ada)
    assert asked.url == CODE
    assert not is_logged_in(client)
    asked.form("main form.kompas-form").send({"code": code_of(ada.secret)})
    assert is_logged_in(client)
    assert LoginSession.objects.filter(user=ada, kind="emergency").count() == 1
    time_machine.move_to("2026-11-24T08:59:00+01:00")
    assert is_logged_in(client)
    time_machine.move_to("2026-11-24T09:01:00+01:00")
    assert not is_logged_in(client)


def test_each_use_is_an_event_and_a_mail_to_every_administrator(page, ada):
    other = make_user("Anders", role=ADMINISTRATOR)
    make_user("Bo")
    log_in(page, ada).form("main form.kompas-form").send({"code": code_of(ada.secret)})
    assert sorted(message.to for message in mail.outbox) == sorted([[ada.email], [other.email]])
    assert "Ada Administrator har brugt nødlogin" in mail.outbox[0].body
    assert Event.objects.get(what=What.EMERGENCY).who == User.objects.get(pk=ada.pk).pseudonym


def test_without_a_second_factor_the_right_password_is_a_wrong_one(page, client, emergency, administrator):
    refused = log_in(page, administrator, status=422)
    assert "E-mail eller adgangskode passer ikke" in refused.text
    wrong = log_in(page, administrator, "forkert-kodeord", status=422)
    assert wrong.text == refused.text
    assert not is_logged_in(client)


@pytest.mark.parametrize("role", [None, "redaktør"])
def test_only_administrators_get_in(page, client, emergency, role):
    person = make_user("Bo", role=role)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    log_in(page, person, status=422)
    assert not is_logged_in(client)


def test_a_closed_administrator_does_not_get_in(page, client, ada):
    make_user("Anders", role=ADMINISTRATOR)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    log_in(page, ada, status=422)
    assert not is_logged_in(client)


def test_the_page_of_the_code_leads_nowhere_without_the_password(client, ada):
    assert client.get(CODE).status_code == 302
    client.post(CODE, {"code": code_of(ada.secret)})
    assert not is_logged_in(client)


# --- Guessing -----------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_the_right_one_waits_a_quarter_of_an_hour(page, client, ada, time_machine):
    time_machine.move_to(MORNING, tick=False)
    for _ in range(5):
        log_in(page, ada, "forkert-kodeord", status=422)
    log_in(page, ada, status=429)
    time_machine.move_to("2026-11-24T08:15:01+01:00")
    assert log_in(page, ada).url == CODE


def test_after_five_wrong_codes_the_right_one_waits_too(page, client, ada, time_machine):
    time_machine.move_to(MORNING, tick=False)
    asked = log_in(page, ada)
    for _ in range(5):
        asked.form("main form.kompas-form").send({"code": "000000"}, status=422)
    asked.form("main form.kompas-form").send({"code": code_of(ada.secret)}, status=429)
    assert not is_logged_in(client)
    assert Event.objects.filter(what=What.LOGIN_FAILED, detail="anden faktor").exists()
    time_machine.move_to("2026-11-24T08:15:01+01:00")
    log_in(page, ada).form("main form.kompas-form").send({"code": code_of(ada.secret)})
    assert is_logged_in(client)


def test_a_code_is_good_once(page, ada, time_machine):
    time_machine.move_to(MORNING, tick=False)
    code = code_of(ada.secret)
    log_in(page, ada, by=Client()).form("main form.kompas-form").send({"code": code})
    log_in(page, ada, by=Client()).form("main form.kompas-form").send({"code": code}, status=422)


def test_a_code_from_paper_is_good_once(page, client, ada):
    first = Client()
    log_in(page, ada, by=first).form("main form.kompas-form").send({"code": ada.codes[0]})
    assert is_logged_in(first)
    log_in(page, ada).form("main form.kompas-form").send({"code": ada.codes[0]}, status=422)
    page(CODE).form("main form.kompas-form").send({"code": ada.codes[1]})
    assert is_logged_in(client)


# --- The seed -------------------------------------------------------------------------------------------


def all_rows() -> str:
    kept = [session.get_decoded() for session in Session.objects.all()]
    return f"{list(Authenticator.objects.values_list('data', flat=True))} {kept}"


def test_seeds_lie_encrypted_in_the_database_also_while_one_sets_up(page, administrator_client, emergency):
    shown = page(APP, by=administrator_client)
    secret = shown.one("code").text
    assert administrator_client.session[SECRET_SESSION_KEY]
    assert secret not in all_rows()
    codes = shown.form().send({"code": code_of(secret)}).texts("main li code")
    assert len(codes) == 10
    assert secret not in all_rows()
    raw = base64.b32decode(secret)
    for text in Authenticator.objects.values_list("data", flat=True):
        assert raw.hex() not in str(text)
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


def is_right(code: str, user) -> bool:
    with context.request_context(RequestFactory().post(CODE)):
        return CodeForm({"code": code}, user=user).is_valid()


def test_another_secret_key_opens_no_seed_and_the_old_one_beside_it_does(ada, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "en-helt-anden-noegle-der-er-lang-nok-til-at-gaelde"
    assert not is_right(code_of(ada.secret), ada)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert is_right(code_of(ada.secret), ada)


def test_the_codes_for_paper_are_shown_once(page, administrator_client, ada):
    assert len(ada.codes) == len(set(ada.codes)) == 10
    again = page(CODES, by=administrator_client)
    assert not again.select("main li code")
    for code in ada.codes:
        assert code not in again.html


def test_a_wrong_first_code_sets_nothing_up_and_keeps_the_seed(page, administrator_client, emergency):
    shown = page(APP, by=administrator_client)
    again = shown.form().send({"code": "000000"}, status=422)
    assert again.one("code").text == shown.one("code").text
    assert not Authenticator.objects.exists()


def test_the_qr_code_is_drawn_here(page, administrator_client, emergency):
    assert page(APP, by=administrator_client).select("main svg path")


def test_one_sets_up_only_after_a_fresh_login(page, administrator_client, emergency, time_machine):
    time_machine.move_to(time.time() + 16 * 60)
    asked = page(APP, by=administrator_client)
    assert asked.url == "/konto/log-ind/igen/"
    asked.form("main form.kompas-form").send({"password": PASSWORD})
    assert page(APP, by=administrator_client).url == APP


def test_the_app_can_be_removed_and_its_codes_with_it(page, administrator_client, ada):
    page(f"{APP}fjern/", by=administrator_client).form().send()
    assert not Authenticator.objects.exists()
    told = Event.objects.filter(what=What.ACCOUNT_CHANGED, about=ada.pseudonym, detail="anden faktor")
    assert told.count() >= 2  # set up, and removed


# --- LOCAL_LOGIN -------------------------------------------------------------------------------------------


def password_pages() -> list[str]:
    """Every address under /konto/ that is about passwords or second factors."""
    names = [name for name in get_resolver().reverse_dict if isinstance(name, str)]
    told = [name for name in names if name.startswith("mfa_") or "password" in name or "email" in name]
    return sorted({*told, "account_emergency"})


def address_of(name: str) -> str:
    return BY_NAME[name].addresses()[0]


@pytest.mark.parametrize("name", password_pages())
def test_off_means_no_page_about_passwords_anywhere(client, mode, administrator_client, name):
    mode("off")
    for browser in [client, administrator_client]:
        for answer in [
            browser.get(address_of(name), follow=True),
            browser.post(address_of(name), follow=True),
        ]:
            assert b'type="password"' not in answer.content
            assert b"adgangskode" not in answer.content.lower() or answer.status_code == 404


@pytest.mark.parametrize("address", ["/konto/log-ind/", "/admin/", "/admin/login/"])
def test_off_leaves_only_the_municipalitys_login(client, mode, staff, address):
    mode("off")
    answer = client.get(address, follow=True)
    assert b'type="password"' not in answer.content
    assert "Log ind med kommunens login" in answer.content.decode()
    client.post("/konto/log-ind/", {"login": staff.email, "password": PASSWORD})
    assert not client.login(email=staff.email, password=PASSWORD)
    assert not is_logged_in(client)


def test_in_an_emergency_nobody_else_has_a_page_about_passwords(client, mode, staff_client):
    mode("break-glass")
    for browser in [client, staff_client]:
        for name in set(password_pages()) - {"account_emergency", "mfa_authenticate"}:
            assert b'type="password"' not in browser.get(address_of(name), follow=True).content, name


def test_nothing_leads_to_the_emergency_login(client, ada, administrator_client):
    for address in ["/", "/konto/log-ind/", "/kontakt/"]:
        assert EMERGENCY not in client.get(address, follow=True).content.decode()


def test_an_invitation_leads_to_the_municipalitys_login(emergency, administrator_client):
    administrator_client.post(
        "/admin/accounts/user/add/", {"name": "Ny", "email": "ny@example.dk", "groups": [], "_save": "1"}
    )
    (message,) = [message for message in mail.outbox if message.to == ["ny@example.dk"]]
    assert re.findall(r"http://\S+", message.body) == ["http://testserver/konto/log-ind/"]
