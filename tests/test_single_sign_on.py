"""Login by the municipality's own provider: who comes in, with what, and what is refused in Danish words."""

import threading
import time

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.urls import reverse_lazy

from accounts.models import LoginSession, User
from accounts.roles import ADMINISTRATOR, EDITOR
from privacy.models import Event, What
from tests import oidc
from tests.factories import make_user
from tests.oidc import MALIK, come_back, go_through
from tests.reflection.conftest import committed

__all__ = ["committed"]

pytestmark = pytest.mark.django_db
MINE = "/maalkompasset/mine/"
HOME = reverse_lazy(settings.LOGIN_REDIRECT_URL)


@pytest.fixture(scope="module")
def running():
    provider = oidc.Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running, settings):
    running.reset()
    for name, value in oidc.SETTINGS.items():
        setattr(settings, name, value)
    settings.OIDC_SERVER_URL = running.url
    running.knows("malik", **MALIK)
    return running


def is_logged_in(client) -> bool:
    return client.get(MINE).status_code == 200


def roles_of(email: str) -> list[str]:
    return sorted(User.objects.get(email=email).groups.values_list("name", flat=True))


# --- In ---------------------------------------------------------------------------------------------


def test_a_first_login_makes_the_account(client, provider):
    go_through(client, provider, "malik")
    user = User.objects.get()
    assert (user.name, user.email, user.department) == (MALIK["name"], MALIK["email"], MALIK["department"])
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)
    assert is_logged_in(client)


def test_one_comes_back_to_the_page_one_wanted(client, provider):
    answer = go_through(client, provider, "malik", next="/maalkompasset/nyt/")
    assert answer.redirect_chain[-1][0] == "/maalkompasset/nyt/"


@pytest.mark.parametrize("target", ["https://ond.example.dk/", "//ond.example.dk/"])
def test_the_login_leads_nowhere_else(client, provider, target):
    assert go_through(client, provider, "malik", next=target).redirect_chain[-1][0] == HOME


def test_nothing_of_what_the_provider_says_is_kept_but_who_it_is(client, provider):
    go_through(client, provider, "malik")
    account = SocialAccount.objects.get()
    assert account.extra_data == {}
    assert account.uid == f"{provider.url} malik"
    assert not SocialToken.objects.exists()
    go_through(Client(), provider, "malik")
    assert SocialAccount.objects.get().extra_data == {}


def test_the_provider_is_asked_with_pkce_a_nonce_and_nothing_a_link_adds(client, provider):
    client.get("/konto/log-ind/kommunen/")
    away = client.post("/konto/log-ind/kommunen/?scope=offline_access&auth_params=prompt%3Dnone", {})
    requests.get(away["Location"], timeout=5)
    (asked,) = provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["nonce"]) == 32
    assert asked["state"]
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert "prompt" not in asked


def test_the_code_is_fetched_with_the_verifier(client, provider):
    go_through(client, provider, "malik")
    assert len(provider.exchanged[0]["code_verifier"]) >= 43


def test_a_stranger_who_begins_leaves_no_row(client, provider):
    for _ in range(3):
        client.post("/konto/log-ind/kommunen/")
        come_back(client, "/konto/log-ind/kommunen/tilbage/?state=gaettet&code=1")
    assert not Session.objects.exists()


def test_two_tabs_can_log_in_at_the_same_time(client, provider):
    first = client.post("/konto/log-ind/kommunen/")["Location"]
    go_through(client, provider, "malik")
    back = requests.post(first, data={"sub": "malik"}, allow_redirects=False, timeout=5)
    come_back(client, back.headers["Location"])
    assert is_logged_in(client)


# --- What each login decides anew ---------------------------------------------------------------------


def test_roles_come_and_go_with_each_login(client, provider):
    provider.knows("malik", **MALIK, roles=["Kompas-Redaktoer", "Kompas-Metode", "Noget-Andet"])
    go_through(client, provider, "malik")
    assert roles_of(MALIK["email"]) == ["metodeansvarlig", "redaktør"]
    event = Event.objects.get(what=What.ROLES_CHANGED)
    assert event.detail == "ingen → metodeansvarlig, redaktør (kommunens login)"
    assert event.about == User.objects.get().pseudonym
    assert client.get("/admin/compass/story/add/").status_code == 200
    provider.knows("malik", **MALIK, roles=["Kompas-Metode"])
    go_through(Client(), provider, "malik")
    assert roles_of(MALIK["email"]) == ["metodeansvarlig"]
    assert client.get("/admin/compass/story/add/").status_code == 403  # in the browser of this morning
    provider.knows("malik", **MALIK)
    go_through(client, provider, "malik")
    assert roles_of(MALIK["email"]) == []
    assert User.objects.get().is_staff is False
    assert client.get("/admin/", follow=True).status_code == 403


def test_nobody_becomes_a_superuser_and_who_was_one_is_it_no_more(client, provider, administrator):
    provider.knows("malik", **MALIK, roles=["superuser", "administrator", "Kompas-Administrator"])
    go_through(client, provider, "malik")
    assert roles_of(MALIK["email"]) == [ADMINISTRATOR]
    User.objects.filter(email=MALIK["email"]).update(is_superuser=True)
    go_through(Client(), provider, "malik")
    assert User.objects.get(email=MALIK["email"]).is_superuser is False


@pytest.mark.parametrize("roles", [[], ["Kompas-Redaktoer"]])
def test_who_was_a_superuser_enters_the_admin_by_a_role_alone(client, provider, administrator, roles):
    provider.knows("malik", **MALIK, roles=roles)
    go_through(client, provider, "malik")
    User.objects.filter(email=MALIK["email"]).update(is_superuser=True, is_staff=True)
    go_through(Client(), provider, "malik")
    user = User.objects.get(email=MALIK["email"])
    assert (user.is_superuser, user.is_staff) == (False, bool(roles))


def test_name_email_and_department_follow_the_provider(client, provider):
    go_through(client, provider, "malik")
    married = {"name": "Malik Møller", "email": "moeller@aarhus.dk", "department": "Kultur og Borgerservice"}
    provider.knows("malik", **married)
    go_through(Client(), provider, "malik")
    assert User.objects.values("name", "email", "department").get() == married


def test_an_email_that_is_somebody_elses_is_not_taken_over(client, provider, colleague):
    go_through(client, provider, "malik")
    provider.knows("malik", **{**MALIK, "email": colleague.email})
    go_through(Client(), provider, "malik")
    assert User.objects.get(socialaccount__uid__endswith="malik").email == MALIK["email"]


def test_the_last_administrator_keeps_the_role_that_the_portal_needs(client, provider):
    provider.knows("malik", **MALIK, roles=["Kompas-Administrator", "Kompas-Redaktoer"])
    go_through(client, provider, "malik")
    provider.knows("malik", **MALIK)
    go_through(Client(), provider, "malik")
    assert roles_of(MALIK["email"]) == [ADMINISTRATOR]
    make_user("Ada", role=ADMINISTRATOR)
    go_through(Client(), provider, "malik")
    assert roles_of(MALIK["email"]) == []


@pytest.mark.parametrize(
    "claims",
    [
        {"hasgroups": True, "groups": ["Kompas-Redaktoer"]},
        {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph"}}},
    ],
)
def test_more_groups_than_entra_sends_give_no_role(client, provider, settings, claims, caplog):
    settings.OIDC_ROLES_CLAIM = "groups"
    provider.knows("malik", **MALIK, groups=["Kompas-Redaktoer"])
    go_through(client, provider, "malik")
    assert roles_of(MALIK["email"]) == [EDITOR]
    with provider.lying(groups=None, **{name: value for name, value in claims.items() if name != "groups"}):
        go_through(Client(), provider, "malik")
    assert roles_of(MALIK["email"]) == []
    assert "groups were not sent" in caplog.text


@pytest.mark.parametrize("roles", ["Kompas-Redaktoer", ["Kompas-Redaktoer"], {"roles": 7}, [7, None], 7])
def test_roles_of_any_shape_are_read_or_not_read(client, provider, roles):
    provider.knows("malik", **MALIK, roles=roles)
    go_through(client, provider, "malik")
    assert roles_of(MALIK["email"]) == ([EDITOR] if "Kompas-Redaktoer" in str(roles) else [])


def test_the_roles_of_keycloak_lie_inside_a_claim(client, provider, settings):
    settings.OIDC_ROLES_CLAIM = "realm_access.roles"
    provider.knows("malik", **MALIK, realm_access={"roles": ["Kompas-Redaktoer"]})
    go_through(client, provider, "malik")
    assert roles_of(MALIK["email"]) == [EDITOR]


# --- An account that was made beforehand ---------------------------------------------------------------


def test_an_account_that_waits_is_found_by_its_address(client, provider):
    waiting = User.objects.create_user(MALIK["email"], name="Malik")
    waiting.groups.set(Group.objects.filter(name=EDITOR))
    go_through(client, provider, "malik")
    assert User.objects.get() == waiting
    assert roles_of(MALIK["email"]) == []


def refused(page, client, provider, sub="malik", status=403):
    """The page that says why."""
    away = client.post("/konto/log-ind/kommunen/")["Location"]
    back = requests.post(away, data={"sub": sub}, allow_redirects=False, timeout=5).headers["Location"]
    path, _, query = back.removeprefix("http://testserver").partition("?")
    shown = page(f"{path}?{query}", status=status)
    assert shown.texts("h1") == ["Du er ikke logget ind"]
    assert not is_logged_in(client)
    return shown


@pytest.mark.parametrize("is_used", [True, False])
def test_an_account_in_use_is_nobodys_to_take_over_by_its_address(page, client, provider, is_used):
    owner = make_user("Malik", email=MALIK["email"])
    before = (owner.name, owner.password)
    assert "allerede en konto" in refused(page, client, provider).text
    owner.refresh_from_db()
    assert (owner.name, owner.password) == before
    assert not SocialAccount.objects.exists()


def test_somebody_else_at_the_provider_with_the_same_address_is_refused(page, client, provider):
    go_through(Client(), provider, "malik")
    provider.knows("en-anden", **MALIK)
    refused(page, client, provider, "en-anden")
    assert SocialAccount.objects.count() == 1


def both(provider, *subs) -> list[int]:
    """Two who come back from the provider at the same moment."""
    away, answers, ready = [], [], threading.Barrier(2)
    for sub in subs:
        client = Client(raise_request_exception=False)
        asked = client.post("/konto/log-ind/kommunen/")["Location"]
        back = requests.post(asked, data={"sub": sub}, allow_redirects=False, timeout=5)
        away.append((client, back.headers["Location"]))

    def arrive(client, address):
        try:
            ready.wait()
            answers.append(come_back(client, address, follow=False).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=arrive, args=one) for one in away]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_two_tabs_at_a_first_login_are_one_account(committed, provider):
    assert both(provider, "malik", "malik") == [302, 302]
    assert SocialAccount.objects.get().user == User.objects.get()


def test_two_people_with_one_address_do_not_share_the_account_that_waits(committed, provider):
    User.objects.create_user(MALIK["email"], name="Malik")
    provider.knows("en-anden", **MALIK)
    assert both(provider, "malik", "en-anden") == [302, 403]
    assert SocialAccount.objects.count() == 1


# --- Refused, on a page that says what to ask for --------------------------------------------------------


def test_without_the_required_role_one_is_told_its_name(page, client, provider, settings):
    settings.OIDC_REQUIRED_ROLE = "Kompas-Bruger"
    assert "rollen «Kompas-Bruger»" in refused(page, client, provider).text
    assert Event.objects.get(what=What.LOGIN_FAILED).detail == "kommunens login: no_role"
    assert not User.objects.exists()
    provider.knows("malik", **MALIK, roles=["Kompas-Bruger"])
    go_through(client, provider, "malik")
    assert is_logged_in(client)


def test_who_may_not_come_in_any_more_is_out_everywhere(page, client, provider, settings, administrator):
    """Not only not let in again: the login of this morning, in another browser, had the roles of then."""
    settings.OIDC_REQUIRED_ROLE = "Kompas-Bruger"
    provider.knows("malik", **MALIK, roles=["Kompas-Bruger", "Kompas-Administrator"])
    morning = Client()
    go_through(morning, provider, "malik")
    provider.knows("malik", **MALIK, roles=["Kompas-Administrator"])
    refused(page, client, provider)
    assert roles_of(MALIK["email"]) == []
    assert not is_logged_in(morning)
    told = Event.objects.filter(about=User.objects.get(email=MALIK["email"]).pseudonym)
    assert {What.ROLES_CHANGED, What.SESSIONS_ENDED} <= set(told.values_list("what", flat=True))


def test_a_closed_account_stays_closed(page, client, provider):
    go_through(Client(), provider, "malik")
    User.objects.update(is_active=False)
    assert "Din konto i portalen er lukket" in refused(page, client, provider).text


@pytest.mark.parametrize("email", ["gaest@andet.dk", "x@notaarhus.dk", "m_andet.dk#EXT#@x.onmicrosoft.com"])
def test_an_address_of_another_domain_is_refused(page, client, provider, email):
    provider.knows("gaest", name="Gæst", email=email)
    refused(page, client, provider, "gaest")
    assert not User.objects.exists()


def test_who_has_no_address_is_refused(page, client, provider):
    provider.knows("uden", name="Uden")
    assert "fortalte os ikke din e-mail" in refused(page, client, provider, "uden").text


BAD = {
    "issuer": {"iss": "https://login.example.com/en-anden"},
    "audience": {"aud": "en-anden-portal"},
    "nonce": {"nonce": "en-helt-anden"},
    "no nonce": {"nonce": None},
    "expired": {"exp": int(time.time()) - 3600},
    "no expiry": {"exp": None},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("lie", BAD)
def test_a_bad_token_is_refused_in_danish_and_in_no_log(page, client, provider, lie, caplog, capfd):
    caplog.set_level("DEBUG")
    with provider.lying(**BAD[lie]):
        shown = refused(page, client, provider, status=400)
    assert "kunne ikke bruges" in shown.text
    assert not User.objects.exists()
    written = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    for part in provider.tokens[0].split("."):
        assert part not in written + capfd.readouterr().err + shown.html


def test_a_token_that_somebody_else_has_signed_is_refused(page, client, provider):
    with provider.lying(is_forged=True):
        refused(page, client, provider, status=400)


def test_a_token_without_a_signature_is_refused(page, client, provider, monkeypatch):
    monkeypatch.setattr(
        oidc.Provider, "sign", lambda self, claims, **_: oidc.jwt.encode(claims, None, algorithm="none")
    )
    with provider.lying(name="X"):
        refused(page, client, provider, status=400)


def test_who_says_no_at_the_provider_is_told_that_nothing_has_changed(page, client, provider):
    away = client.post("/konto/log-ind/kommunen/")["Location"]
    requests.post(away, data={"action": "deny"}, allow_redirects=False, timeout=5)
    state = dict(pair.split("=") for pair in away.partition("?")[2].split("&"))["state"]
    shown = page(f"/konto/log-ind/kommunen/tilbage/?error=access_denied&state={state}", status=400)
    assert "Du afbrød" in shown.text


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?code=y", "?error=server_error", "?state=%00"])
def test_an_address_that_was_made_up_gets_a_page(page, provider, query):
    page(f"/konto/log-ind/kommunen/tilbage/{query}", status=400)


def test_an_answer_counts_once_and_in_its_own_browser(client, provider):
    away = client.post("/konto/log-ind/kommunen/")["Location"]
    back = requests.post(away, data={"sub": "malik"}, allow_redirects=False, timeout=5).headers["Location"]
    other = Client()
    assert come_back(other, back).status_code == 400
    assert not is_logged_in(other)


def test_a_provider_that_does_not_answer_is_said_in_words(page, client, provider, settings):
    settings.OIDC_SERVER_URL = "http://localhost:9"
    shown = page("/konto/log-ind/kommunen/", post={}, status=502)
    assert "Vi kan ikke nå kommunens login" in shown.text


def test_another_provider_at_the_same_address_is_not_asked(page, client, provider, settings):
    settings.OIDC_SERVER_URL = provider.url.replace("localhost", "127.0.0.1") + "/"
    page("/konto/log-ind/kommunen/", post={}, status=502)


# --- The login page --------------------------------------------------------------------------------------


def test_the_login_page_alone_may_lead_to_the_provider(client, provider):
    assert f"form-action 'self' {provider.url}" in client.get("/konto/log-ind/")["Content-Security-Policy"]
    for address in ["/", "/konto/ny/", "/konto/log-ind/kommunen/tilbage/"]:
        assert provider.url not in client.get(address)["Content-Security-Policy"]


def test_without_single_sign_on_there_is_no_way_there(client, page):
    assert client.post("/konto/log-ind/kommunen/").status_code == 404
    assert client.get("/konto/log-ind/kommunen/tilbage/").status_code == 404
    assert "kommunens login" not in page("/konto/log-ind/").text


# --- Out ---------------------------------------------------------------------------------------------------


def test_one_logs_out_here_and_at_the_provider(client, provider):
    go_through(client, provider, "malik")
    answer = client.post("/konto/log-ud/")
    assert not is_logged_in(client)
    assert not LoginSession.objects.exists()
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    there = answer["Refresh"].removeprefix("0; url=")
    assert there.startswith(f"{provider.url}/oauth2/end_session?id_token_hint={provider.tokens[0]}&")
    assert "post_logout_redirect_uri=http%3A%2F%2Ftestserver%2F" in there
    assert there.replace("&", "&amp;") in answer.content.decode()


def test_the_way_out_of_the_admin_is_the_same(client, provider):
    provider.knows("malik", **MALIK, roles=["Kompas-Redaktoer"])
    go_through(client, provider, "malik")
    answer = client.post("/admin/logout/")
    assert answer["Refresh"].startswith(f"0; url={provider.url}/oauth2/end_session")
    assert not is_logged_in(client)


def test_one_logs_out_here_also_when_the_provider_is_away(client, provider, settings):
    go_through(client, provider, "malik")
    settings.OIDC_SERVER_URL = "http://localhost:9"
    assert "stadig logget ind" in client.post("/konto/log-ud/").content.decode()
    assert not is_logged_in(client)


def test_the_token_for_the_logout_lies_in_the_session_and_nowhere_else(client, provider):
    go_through(client, provider, "malik")
    assert client.session["id_token"] == provider.tokens[0]
    client.post("/konto/log-ud/")
    assert not any("id_token" in session.get_decoded() for session in Session.objects.all())
