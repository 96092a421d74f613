"""Accounts: one door with a rate limit, a way back in, roles, and nothing typed that is lost."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail, signing
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts import rate_limits
from accounts.models import User, WrongTries
from accounts.roles import ROLES, models_of
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

LOGIN, LOGOUT, MINE = "/konto/log-ind/", "/konto/log-ud/", "/maalkompasset/mine/"


def log_in(client, user, password=PASSWORD, **headers):
    return client.post(LOGIN, {"login": user.email, "password": password}, headers=headers)


def is_logged_in(client) -> bool:
    return client.get(MINE).status_code == 200


# --- In and out ----------------------------------------------------------------------------------


def test_staff_log_in_and_come_to_their_page(page, client, staff):
    mine = page(LOGIN).form().send({"login": staff.email, "password": PASSWORD})
    assert mine.url == reverse("reflection:home")
    assert is_logged_in(client)


def test_one_comes_back_to_the_page_one_wanted(page, client, staff):
    asked = page("/maalkompasset/nyt/")
    assert asked.url == LOGIN
    assert asked.form().send({"login": staff.email, "password": PASSWORD}).url == "/maalkompasset/nyt/"


@pytest.mark.parametrize(
    "target", ["https://ond.example.dk/", "//ond.example.dk/", "javascript:alert(1)", "ord"]
)
def test_the_login_leads_nowhere_else(client, staff, target):
    response = client.post(
        f"{LOGIN}?next={target}", {"login": staff.email, "password": PASSWORD, "next": target}
    )
    assert response["Location"] == reverse("reflection:home")


def test_what_is_no_address_breaks_no_page_that_is_asked_to_lead_there(page):
    for name in ["account_login", "account_reset_password"]:
        assert page(reverse(name) + "?next=http://[::1").status == 200


def test_the_email_may_be_written_with_capitals(client, staff):
    client.post(LOGIN, {"login": staff.email.upper(), "password": PASSWORD})
    assert is_logged_in(client)


def test_a_wrong_password_is_said_in_danish_and_the_email_stays(page, client, staff):
    answer = page(LOGIN).form().send({"login": staff.email, "password": "forkert-kodeord"}, status=422)
    assert "adgangskode" in answer.text.lower()
    assert answer.one("[name=login]").get("value") == staff.email
    assert not answer.one("[name=password]").get("value")
    assert not is_logged_in(client)


def test_what_is_wrong_is_said_once_and_each_field_has_one_name(page, staff):
    answer = page(LOGIN).form().send({"login": staff.email, "password": "forkert-kodeord"}, status=422)
    assert answer.text.count("E-mail eller adgangskode passer ikke. Prøv igen.") == 1
    assert not answer.select("[placeholder]")


def test_a_stranger_gets_the_same_message_as_somebody_with_a_wrong_password(page, staff):
    def message(email):
        answer = page(LOGIN).form().send({"login": email, "password": "forkert-kodeord"}, status=422)
        return answer.text.replace(email, "")

    assert message("ukendt@example.dk") == message(staff.email)


def test_somebody_whose_account_is_closed_cannot_log_in(client, staff):
    staff.is_active = False
    staff.save()
    log_in(client, staff)
    assert not is_logged_in(client)


@pytest.mark.usefixtures("within_one_window")
def test_after_too_many_attempts_one_must_wait_and_is_told_so_in_danish(page, client, staff):
    for _ in range(5):
        log_in(client, staff, "forkert-kodeord")
    answer = page(LOGIN, post={"login": staff.email, "password": "forkert-kodeord"}, status=429)
    assert answer.tree.get("lang") == "da"
    assert "for mange" in answer.text.lower()
    assert staff.email in answer.html  # nobody types it twice


# --- Guessing, and who must not suffer from it ----------------------------------------------------


def try_from(address, user, password="forkert-kodeord", client=None):  # noqa: S107
    """The status of one login from a network address, in a browser that nobody knows."""
    sent = {"login": user.email, "password": password}
    return (client or Client()).post(LOGIN, sent, REMOTE_ADDR=address).status_code


def addresses(number):
    return [f"10.0.{n // 250}.{n % 250 + 1}" for n in range(number)]


@pytest.fixture
def looked_at(monkeypatch):
    """The passwords that were checked."""
    seen, check = [], User.check_password

    def check_and_remember(user, password):
        seen.append(password)
        return check(user, password)

    monkeypatch.setattr(User, "check_password", check_and_remember)
    return seen


def test_the_right_password_gets_in_after_wrong_ones(client, staff):
    for _ in range(6):
        log_in(client, staff, "forkert-kodeord")
    log_in(client, staff)
    assert is_logged_in(client)


def test_wrong_passwords_from_elsewhere_lock_nobody_out(client, staff):
    for address in addresses(150):
        try_from(address, staff)
    for _ in range(40):
        try_from("10.0.9.9", staff)
    log_in(client, staff)
    assert is_logged_in(client)


def test_wrong_passwords_of_a_colleague_lock_no_municipality_out(client, staff):
    for number in range(310):
        try_from("127.0.0.1", User(email=f"gaet{number}@example.dk"))
    log_in(client, staff)
    assert is_logged_in(client)


def test_a_hall_of_people_logs_in_from_one_address_within_a_minute():
    people = [make_user(email=f"person{number}@example.dk") for number in range(40)]
    assert {try_from("10.0.0.1", person, PASSWORD) for person in people} == {302}


@pytest.mark.usefixtures("within_one_window")
def test_a_guesser_with_one_address_has_thirty_tries_a_day_on_an_account(staff, looked_at):
    answers = [try_from("10.0.0.1", staff) for _ in range(100)]
    assert len(looked_at) == 30
    assert answers[:5] == [422] * 5
    assert set(answers[5:]) == {429}
    assert try_from("10.0.0.1", staff, PASSWORD) == 429


@pytest.mark.usefixtures("within_one_window")
def test_a_guesser_with_many_addresses_has_a_hundred_and_one_for_each(staff, looked_at):
    for address in addresses(60):
        for _ in range(5):
            try_from(address, staff)
    assert len(looked_at) <= 100 + 60


@pytest.mark.usefixtures("within_one_window")
def test_a_guesser_with_many_accounts_has_few_tries_on_each(monkeypatch, looked_at):
    monkeypatch.setattr(rate_limits, "LOGIN_ADDRESS", rate_limits.LOGIN_ADDRESS._replace(most=40))
    people = [make_user(email=f"person{number}@example.dk") for number in range(20)]
    for _ in range(6):
        for person in people:
            try_from("10.0.0.1", person)
    assert 40 <= len(looked_at) <= 40 + len(people)


def test_a_code_that_was_right_is_not_right_again_when_the_day_is_another(time_machine):
    time_machine.move_to("2026-11-24T23:59:59+00:00", tick=False)
    assert rate_limits.USED_CODE.is_first("1", "123456")
    time_machine.move_to("2026-11-25T00:00:20+00:00", tick=False)
    assert not rate_limits.USED_CODE.is_first("1", "123456")
    assert rate_limits.USED_CODE.is_first("2", "123456")
    time_machine.move_to("2026-11-26T00:00:21+00:00", tick=False)
    assert rate_limits.USED_CODE.is_first("1", "123456")


def test_what_is_counted_goes_when_its_time_is_over_and_a_flood_is_not_counted(monkeypatch, time_machine):
    monkeypatch.setattr(rate_limits, "LOGIN_FLOOD", 10)
    time_machine.move_to("2026-11-24T08:00:00+01:00", tick=False)
    answers = [try_from("10.0.0.1", User(email=f"gaet{number}@example.dk")) for number in range(30)]
    assert answers == [422] * 10 + [429] * 20
    assert WrongTries.objects.count() == 10 * 3 + 1
    time_machine.move_to("2026-11-24T08:10:00+01:00")
    try_from("10.0.0.2", User(email="gaet@example.dk"))
    assert WrongTries.objects.count() == 10 * 2 + 1 + 4
    time_machine.move_to("2026-11-26T08:00:00+01:00")
    try_from("10.0.0.2", User(email="gaet@example.dk"))
    assert WrongTries.objects.count() == 4


@pytest.mark.usefixtures("within_one_window")
def test_one_connection_of_the_newer_internet_is_one_address(staff, looked_at):
    for number in range(60):
        try_from(f"2001:db8:0:1::{number + 1:x}", staff)
    assert len(looked_at) == 30


def test_a_browser_in_which_one_has_logged_in_is_never_locked_by_others(client, staff):
    log_in(client, staff)
    client.post(LOGOUT)
    for _ in range(40):
        try_from("127.0.0.1", staff)
    log_in(client, staff)
    assert is_logged_in(client)


@pytest.mark.usefixtures("within_one_window")
def test_a_browser_that_is_known_has_no_more_tries_than_others(client, staff, looked_at):
    log_in(client, staff)
    client.post(LOGOUT)
    for number in range(50):
        try_from(f"10.0.0.{number + 1}", staff, client=client)
    assert len(looked_at) == 1 + 30


def test_a_new_password_by_mail_lets_one_in_where_one_has_to_wait(page, client, staff):
    for _ in range(31):
        log_in(client, staff, "forkert-kodeord")
    page("/konto/adgangskode/glemt/").form().send({"email": staff.email})
    page(link_in_the_mail()).form().send(
        {"password1": "et-helt-nyt-kodeord", "password2": "et-helt-nyt-kodeord"}
    )
    log_in(client, staff, "et-helt-nyt-kodeord")
    assert is_logged_in(client)


def test_the_next_day_one_may_try_again(client, staff, time_machine):
    time_machine.move_to("2026-11-24T08:00:00+01:00", tick=False)
    for _ in range(31):
        log_in(client, staff, "forkert-kodeord")
    time_machine.move_to("2026-11-25T08:00:00+01:00")
    log_in(client, staff)
    assert is_logged_in(client)


def test_only_who_logs_in_gets_the_cookie_that_knows_the_browser_and_it_says_nothing(client, staff):
    log_in(client, staff, "forkert-kodeord")
    assert settings.DEVICE_COOKIE_NAME not in client.cookies
    log_in(client, staff)
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert staff.email not in str(signing.loads(cookie.value, salt="device"))
    client.cookies[settings.DEVICE_COOKIE_NAME] = cookie.value[:-1]
    assert log_in(client, staff).status_code == 302


@pytest.mark.usefixtures("within_one_window")
def test_who_sits_at_an_open_desk_does_not_find_out_the_password(staff, staff_client, looked_at):
    form = {"password1": "et-helt-nyt-kodeord", "password2": "et-helt-nyt-kodeord"}
    answers = [
        staff_client.post("/konto/adgangskode/skift/", form | {"oldpassword": f"gæt-{n}"}).status_code
        for n in range(15)
    ]
    assert answers == [422] * 10 + [429] * 5
    assert len(looked_at) == 10


@pytest.mark.usefixtures("within_one_window")
def test_a_new_address_in_a_header_is_no_way_round_the_limit(client, staff):
    answers = [
        log_in(client, staff, "forkert-kodeord", **{"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(12)
    ]
    assert answers[-1] == 429


def test_a_session_ends_twelve_hours_after_the_login_whatever_one_does(client, staff, time_machine):
    time_machine.move_to("2026-11-24T08:00:00+01:00")
    log_in(client, staff)
    time_machine.move_to("2026-11-24T19:59:00+01:00")
    assert is_logged_in(client)
    time_machine.move_to("2026-11-24T20:01:00+01:00")
    assert not is_logged_in(client)


def test_one_logs_out_by_a_button(page, staff, logged_in):
    client = logged_in(staff)
    page(LOGOUT, by=client).form().send()
    assert not is_logged_in(client)


def test_a_link_alone_logs_nobody_out(staff_client):
    staff_client.get(LOGOUT)
    assert is_logged_in(staff_client)


def test_logging_out_needs_the_token_of_our_own_page(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert client.post(LOGOUT).status_code == 403
    assert is_logged_in(client)


def test_a_login_makes_a_new_session(client, staff):
    log_in(client, staff)
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(LOGOUT)
    log_in(client, staff)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != first


def test_the_admin_has_no_login_of_its_own(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(LOGIN)


# --- A forgotten password ------------------------------------------------------------------------


def link_in_the_mail() -> str:
    (message,) = mail.outbox
    return re.search(r"http://testserver(/konto/adgangskode/ny/\S+)", message.body)[1]


def test_a_forgotten_password_is_replaced_by_a_link_in_a_mail(page, client, staff):
    page("/konto/adgangskode/glemt/").form().send({"email": staff.email})
    (message,) = mail.outbox
    assert message.to == [staff.email]
    new = page(link_in_the_mail())
    assert "key" not in new.url.rpartition("-")[2] or staff.email not in new.html
    new.form().send({"password1": "et-helt-nyt-kodeord", "password2": "et-helt-nyt-kodeord"})
    assert not is_logged_in(client)
    log_in(client, staff, "et-helt-nyt-kodeord")
    assert is_logged_in(client)


def test_the_mail_is_danish_and_holds_no_password(page, staff):
    page("/konto/adgangskode/glemt/").form().send({"email": staff.email})
    (message,) = mail.outbox
    assert "adgangskode" in message.body.lower()
    assert "example.com" not in f"{message.subject} {message.body}"
    assert "Hello" not in message.body


def test_nobody_gets_mail_who_has_no_account(page, db):
    page("/konto/adgangskode/glemt/").form().send({"email": "ukendt@example.dk"})
    assert mail.outbox == []


def test_one_is_not_flooded_with_mails_that_others_ask_for(page, staff, time_machine):
    time_machine.move_to("2026-11-24T08:00:00+01:00", tick=False)
    answers = [page("/konto/adgangskode/glemt/").form().send({"email": staff.email}).text for _ in range(5)]
    assert len(mail.outbox) == 1
    assert len(set(answers)) == 1
    time_machine.move_to("2026-11-24T08:05:01+01:00")
    page("/konto/adgangskode/glemt/").form().send({"email": staff.email})
    assert len(mail.outbox) == 2


def test_a_link_works_once(page, staff):
    page("/konto/adgangskode/glemt/").form().send({"email": staff.email})
    link = link_in_the_mail()
    page(link).form().send({"password1": "et-helt-nyt-kodeord", "password2": "et-helt-nyt-kodeord"})
    assert not page(link).select("[name=password1]")


def test_nobody_learns_who_has_an_account(page, staff):
    known = page("/konto/adgangskode/glemt/").form().send({"email": staff.email})
    unknown = page("/konto/adgangskode/glemt/").form().send({"email": "ukendt@example.dk"})
    assert known.text == unknown.text
    assert [message.to for message in mail.outbox if message.to == [staff.email]] == [[staff.email]]


@pytest.mark.parametrize("password", ["kort", "123456123456", "malik@example.dk"])
def test_a_weak_password_is_refused_with_a_reason(page, staff, password):
    page("/konto/adgangskode/glemt/").form().send({"email": staff.email})
    answer = page(link_in_the_mail()).form().send({"password1": password, "password2": password}, status=422)
    assert answer.select("[name=password1]")
    assert answer.select("[aria-invalid=true]")


def test_a_new_password_ends_the_sessions_of_the_old_one(page, staff, staff_client):
    page("/konto/adgangskode/glemt/").form().send({"email": staff.email})
    new = page(link_in_the_mail()).form()
    new.send({"password1": "et-helt-nyt-kodeord", "password2": "et-helt-nyt-kodeord"})
    assert not is_logged_in(staff_client)


# --- Who has an account --------------------------------------------------------------------------


def test_the_database_keeps_no_network_address_of_those_who_try(client, staff):
    client.post(LOGIN, {"login": staff.email, "password": "forkert-kodeord"}, REMOTE_ADDR="203.0.113.77")
    client.post("/deltag/", {"code": "ABC234"}, REMOTE_ADDR="203.0.113.77")
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM accounts_wrongtries")
        keys = [key for (key,) in cursor]
    assert len(keys) >= 3
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)


def test_nobody_signs_up(page):
    address = reverse("account_signup")
    assert not page(address).select("main input")
    page(address, post={"email": "ny@example.dk", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_one_email_is_one_account_however_it_is_written(staff):
    with pytest.raises(IntegrityError):
        User.objects.create(email=staff.email.upper(), name="En anden")


def test_the_migrations_have_made_the_roles():
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_a_role_that_was_deleted_is_back_after_the_next_migrate():
    Group.objects.all().delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    found = Group.objects.values_list("name", "permissions__content_type__model")
    assert set(found) == {(role, model) for role in ROLES for model in models_of(role)}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_exactly_the_permissions_of_its_models(role):
    person = make_user(role=role)
    models = person.groups.values_list("permissions__content_type__model", flat=True)
    assert set(models) == set(models_of(role))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "model",
    ["reflection.answer", "reflection.participant", "reflection.reflection", "goals.goal", "goals.review"],
)
def test_no_role_may_look_at_what_people_answer(role, model):
    app, _, name = model.partition(".")
    person = make_user(role=role)
    assert not any(person.has_perm(f"{app}.{verb}_{name}") for verb in ["view", "add", "change", "delete"])


def test_staff_without_a_role_may_not_enter_the_admin(staff_client):
    assert staff_client.get("/admin/").status_code in {302, 403}


# --- A form that was sent too late ---------------------------------------------------------------

TYPED = {"wording": "Et langt mål,\nmed to linjer & <tegn>", "concerns": "citizens", "stands_in": "side 4"}


def post_without_session(**headers):
    return Client(enforce_csrf_checks=True).post("/maalkompasset/nyt/", TYPED, headers=headers)


@pytest.mark.parametrize(
    "header", [{"Origin": "http://testserver"}, {"Referer": "http://testserver/maalkompasset/nyt/"}]
)
def test_a_form_of_ours_that_was_sent_too_late_comes_back_with_every_word(page, client, header):
    answer = page("/maalkompasset/nyt/", post=TYPED, headers=header, status=403)
    sent_again = answer.form("main form[method=post]").values
    assert {name: sent_again[name] for name in TYPED} == {name: [text] for name, text in TYPED.items()}
    for text in ["side 4", "med to linjer & <tegn>"]:
        assert text in answer.text


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Origin": "https://ond.example.dk"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Referer": "https://ond.example.dk/?testserver"},
    ],
)
def test_a_strangers_form_is_not_one_click_away_from_being_accepted(header):
    answer = post_without_session(**header)
    assert answer.status_code == 403
    for text in TYPED.values():
        assert text.split("\n")[0] not in answer.content.decode()


def test_after_logging_in_again_the_form_can_be_sent(page, staff):
    client = Client(enforce_csrf_checks=True)
    answer = page(
        "/maalkompasset/nyt/", by=client, post=TYPED, headers={"Origin": "http://testserver"}, status=403
    )
    assert answer.select(f"a[href^='{LOGIN}']")
    client.force_login(staff)  # in another window
    kept = answer.form("main form[method=post]").values
    again = client.post("/maalkompasset/nyt/", kept, headers={"Origin": "http://testserver"})
    kept_again = page("/maalkompasset/nyt/", by=client)
    assert again.status_code in {302, 403}
    assert kept_again.status == 200


def test_a_password_is_never_shown_again(client):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(
        LOGIN, {"login": "malik@example.dk", "password": PASSWORD}, headers={"Origin": "http://testserver"}
    )
    assert answer.status_code == 403
    assert PASSWORD not in answer.content.decode()


# --- Demo accounts -------------------------------------------------------------------------------


def password_said_by(output: str) -> str:
    return re.search(r"password: (\S+)", output)[1]


def test_demo_accounts_are_made_once_and_their_password_is_said_once(capsys, monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    call_command("demo_accounts")
    password = password_said_by(capsys.readouterr().out)
    people = set(User.objects.values_list("email", "password"))
    call_command("demo_accounts")
    assert capsys.readouterr().out == ""
    assert set(User.objects.values_list("email", "password")) == people
    assert all(user.check_password(password) for user in User.objects.all())


def test_a_wanted_demo_password_is_set_also_for_accounts_that_exist(capsys, monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    call_command("demo_accounts")
    monkeypatch.setenv("DEMO_PASSWORD", "et-ønsket-kodeord")
    call_command("demo_accounts")
    assert all(user.check_password("et-ønsket-kodeord") for user in User.objects.all())


def test_a_start_with_the_same_demo_password_leaves_the_accounts_alone(capsys, monkeypatch, looked_at):
    monkeypatch.setenv("DEMO_PASSWORD", "et-ønsket-kodeord")
    call_command("demo_accounts")
    before = set(User.objects.values_list("email", "password"))
    looked_at.clear()
    call_command("demo_accounts")
    assert set(User.objects.values_list("email", "password")) == before
    assert len(looked_at) == 1


def test_demo_accounts_have_their_roles(monkeypatch, capsys):
    call_command("demo_accounts")
    roles = {user.email: [group.name for group in user.groups.all()] for user in User.objects.all()}
    assert roles == {
        "administrator@example.dk": ["administrator"],
        "redaktor@example.dk": ["redaktør"],
        "metode@example.dk": ["metodeansvarlig"],
        "medarbejder@example.dk": [],
        "kollega@example.dk": [],
    }
