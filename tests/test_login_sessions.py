"""Where one is logged in: to see, to end, and ended from the provider's side."""

import asyncio
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import LoginSession, User
from accounts.rate_limits import Device
from reflection.live import notifications, streams
from tests import oidc
from tests.factories import PASSWORD, make_room
from tests.oidc import MALIK, go_through
from tests.reflection.asgi import Request, request_of, session_of
from tests.test_single_sign_on import provider, running

__all__ = ["provider", "running"]
pytestmark = pytest.mark.django_db
HERE, BACK = "/konto/logget-ind/", "/konto/log-ud/fra-kommunen/"
BACKCHANNEL = "http://schemas.openid.net/event/backchannel-logout"


def is_logged_in(client) -> bool:
    return client.get("/maalkompasset/mine/").status_code == 200


# --- One's own ---------------------------------------------------------------------------------------


def test_one_sees_where_one_is_logged_in_and_logs_out_there(page, staff, logged_in):
    here, there = logged_in(staff), logged_in(staff)
    shown = page(HERE, by=here)
    assert len(shown.select("main li p[id]")) == 2
    assert shown.text.count("Det er her") == 1
    shown.forms("main li form")[0].send()
    assert (is_logged_in(here), is_logged_in(there)) == (True, False)


def test_one_logs_out_everywhere_else(page, staff, logged_in):
    here, *others = [logged_in(staff) for _ in range(3)]
    page(HERE, by=here).form("main > div > form").send()
    assert [is_logged_in(browser) for browser in [here, *others]] == [True, False, False]


def test_nobody_ends_the_login_of_another(staff, staff_client, colleague_client):
    login = LoginSession.objects.get(user=staff)
    assert colleague_client.post(f"{HERE}{login.key}/log-ud/").status_code == 404
    assert is_logged_in(staff_client)


def test_the_row_names_no_machine_and_no_network(client, staff):
    client.post(
        "/konto/log-ind/",
        {"login": staff.email, "password": PASSWORD},
        REMOTE_ADDR="203.0.113.77",
        headers={"User-Agent": "Netscape"},
    )
    (row,) = LoginSession.objects.values()
    assert set(row) == {"key", "user_id", "kind", "provider_sid", "began_at", "ends_at"}
    assert row["provider_sid"] == ""


def test_a_session_that_is_written_back_meanwhile_does_not_bring_the_login_back(staff, staff_client):
    session = staff_client.session
    LoginSession.objects.all().delete()
    session["andet"] = 1
    session.save()  # a request that was under way
    assert not is_logged_in(staff_client)


def test_a_new_login_in_the_same_browser_takes_the_place_of_the_old(staff, client):
    for _ in range(2):
        client.force_login(staff)
    assert LoginSession.objects.count() == 1


def test_a_new_password_ends_all_other_logins(page, staff, logged_in):
    here, there = logged_in(staff), logged_in(staff)
    new = {"oldpassword": PASSWORD, "password1": "et-helt-nyt-kodeord", "password2": "et-helt-nyt-kodeord"}
    page("/konto/adgangskode/skift/", by=here).form().send(new)
    assert (is_logged_in(here), is_logged_in(there)) == (True, False)
    assert LoginSession.objects.filter(user=staff).count() == 1


def test_logging_out_keeps_the_cookie_that_knows_the_browser(client, staff):
    client.post("/konto/log-ind/", {"login": staff.email, "password": PASSWORD})
    answer = client.post("/konto/log-ud/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert Device.of(client.get("/").wsgi_request).knows(staff.email)


def test_a_row_that_is_over_goes_with_the_next_login(staff, colleague, logged_in):
    LoginSession.objects.create(user=staff, kind="password", ends_at=timezone.now() - timedelta(hours=1))
    logged_in(colleague)
    assert LoginSession.objects.get().user == colleague


# --- Closed accounts ------------------------------------------------------------------------------------


def test_whoever_is_closed_in_a_heap_is_closed_as_one_by_one(staff, staff_client):
    User.objects.filter(pk=staff.pk).update(is_active=False)
    staff.refresh_from_db()
    assert staff.closed_at is not None
    assert not LoginSession.objects.exists()
    assert not is_logged_in(staff_client)
    User.objects.filter(pk=staff.pk).update(is_active=True)
    staff.refresh_from_db()
    assert staff.closed_at is None
    assert not is_logged_in(staff_client)  # whoever is opened again logs in again


# --- From the provider ------------------------------------------------------------------------------------


def logout_token(provider, **changes) -> str:
    options = {name: changes.pop(name) for name in ["is_forged"] if name in changes}
    claims = {
        "iss": provider.url, "aud": "portalen", "sub": "malik", "iat": int(time.time()),
        "exp": int(time.time()) + 120, "jti": str(uuid4()), "events": {BACKCHANNEL: {}}, **changes,
    }  # fmt: skip
    kept = {name: value for name, value in claims.items() if value is not None}
    return provider.sign(kept, typ="logout+jwt", **options)


def test_the_provider_ends_the_one_session_it_names(client, provider):
    other = Client()
    with provider.lying(sid="en-1"):
        go_through(client, provider, "malik")
    with provider.lying(sid="to-2"):
        go_through(other, provider, "malik")
    answer = client.post(BACK, {"logout_token": logout_token(provider, sid="en-1")})
    assert answer.status_code == 200
    assert (is_logged_in(client), is_logged_in(other)) == (False, True)


def test_the_provider_ends_all_of_a_persons(client, provider):
    other, karen = Client(), Client()
    provider.knows("karen", name="Karen", email="karen@aarhus.dk")
    for browser, sub in [(client, "malik"), (other, "malik"), (karen, "karen")]:
        go_through(browser, provider, sub)
    assert (
        Client(enforce_csrf_checks=True).post(BACK, {"logout_token": logout_token(provider)}).status_code
        == 200
    )
    assert [is_logged_in(browser) for browser in [client, other, karen]] == [False, False, True]


BAD = {
    "issuer": {"iss": "https://en-anden.example.dk"},
    "audience": {"aud": "en-anden"},
    "old": {"exp": int(time.time()) - 600},
    "no end": {"exp": None},
    "no event": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/andet": {}}},
    "an event of no shape": {"events": BACKCHANNEL},
    "a login's": {"nonce": "x"},
    "no name": {"jti": None},
    "nobody": {"sub": None},
    "forged": {"is_forged": True},
}


@pytest.mark.parametrize("how", BAD)
def test_no_other_token_logs_anybody_out(client, provider, how):
    go_through(client, provider, "malik")
    answer = client.post(BACK, {"logout_token": logout_token(provider, **BAD[how])})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert is_logged_in(client)


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_what_is_no_token_is_refused(client, provider, token):
    assert client.post(BACK, {"logout_token": token}).status_code == 400


def test_a_logout_token_is_good_once(client, provider):
    go_through(client, provider, "malik")
    token = logout_token(provider)
    assert client.post(BACK, {"logout_token": token}).status_code == 200
    go_through(client, provider, "malik")
    assert client.post(BACK, {"logout_token": token}).status_code == 400
    assert is_logged_in(client)


def test_the_token_of_a_login_is_no_logout_token(client, provider):
    go_through(client, provider, "malik")
    assert client.post(BACK, {"logout_token": provider.tokens[0]}).status_code == 400
    assert is_logged_in(client)
    assert SocialAccount.objects.get().user.email == MALIK["email"]


# --- Once more ----------------------------------------------------------------------------------------------


def test_who_came_by_the_provider_shows_there_again_who_they_are(page, client, provider, administrator):
    provider.knows("malik", **MALIK, roles=["Kompas-Administrator"])
    with provider.lying(auth_time=oidc.an_hour_ago()):
        go_through(client, provider, "malik")
    assert client.get("/admin/accounts/user/add/")["Location"].startswith("/konto/log-ind/igen/")
    asked = page("/admin/accounts/user/add/", by=client)
    assert asked.url == "/konto/log-ind/igen/"
    assert provider.url in asked.headers["Content-Security-Policy"]
    assert asked.form().values["again"] == ["1"]
    answer = go_through(client, provider, "malik", again="1", next="/admin/accounts/user/add/")
    assert answer.redirect_chain[-1][0] == "/admin/accounts/user/add/"
    assert answer.status_code == 200
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")


def test_a_provider_that_does_not_ask_again_is_not_believed(client, provider):
    go_through(client, provider, "malik")
    with provider.lying(auth_time=oidc.an_hour_ago()):
        answer = go_through(client, provider, "malik", again="1")
    assert answer.status_code == 403
    assert "bad dig ikke om" in answer.content.decode()


# --- Streams ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["logout", "closed", "ended"])
def test_what_follows_a_room_is_told_when_the_login_ends(staff, staff_client, way):
    room = make_room(leader=staff)
    login, announced = LoginSession.objects.get(user=staff), []
    assert streams.may_follow(request_of(staff_client), room.key)

    def listen(execute, sql, params, many, context):
        if "pg_notify" in str(sql):
            announced.append(params[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        if way == "logout":
            staff_client.post("/konto/log-ud/")
        elif way == "closed":
            User.objects.filter(pk=staff.pk).update(is_active=False)
        else:
            staff.login_sessions.all().delete()
    assert f"{login.key}-" in announced


def test_a_stream_ends_when_its_login_does():
    login = uuid4()

    async def follow():
        events = []
        async with asyncio.timeout(5):
            async for event in notifications.changes("rum", ends_with=[uuid4(), login]):
                events.append(event)
                asyncio.get_running_loop().call_soon(notifications.dispatch, f"{login}-")
        return events

    assert asyncio.run(follow()) == [notifications.CHANGED] * 2


def test_a_stream_is_not_longer_than_what_is_left_of_the_login(staff, staff_client, time_machine):
    room = make_room(leader=staff)
    session = session_of(staff_client)
    time_machine.move_to(time.time() + 12 * 60 * 60 - 30)
    scope = Request(f"/haendelser/{room.key}/", session=session).scope
    login = LoginSession.objects.get()
    admitted = streams.application._who_may_follow(scope, room.key)
    assert 0 < admitted.seconds <= 30
    assert login.key in admitted.ends_with
