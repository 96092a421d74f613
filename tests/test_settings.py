"""A missing or odd value stops the start, and what https changes."""

import json
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from aarhuskompas import settings
from tests import oidc
from tests.processes import environment, run_python

SETTINGS = Path(settings.__file__)


@pytest.fixture
def start(monkeypatch):
    """A function: read the settings anew, with this environment."""

    def read(**changes):
        for name, value in environment(**changes).items():
            monkeypatch.setenv(name, value)
        for name, value in changes.items():
            if value is None:
                monkeypatch.delenv(name)
        return runpy.run_path(str(SETTINGS))

    return read


def test_it_starts_with_a_key_and_a_database_alone():
    done = run_python("import django; django.setup(); from django.conf import settings; settings.DEBUG")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_a_missing_secret_stops_the_start(start, name):
    with pytest.raises(ImproperlyConfigured, match=name):
        start(**{name: None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "for-kort"),
        ("SECRET_KEY_FALLBACKS", "for-kort"),
        ("DEBUG", "yes"),
        ("DEBUG", "flase"),
        ("DEBUG", ""),
        ("SITE_URL", "kompas.example.dk"),
        ("SITE_URL", "ftp://kompas.example.dk"),
        ("SITE_URL", "https://kompas .example.dk"),
        ("WAS_URL", "was"),
        ("CONTENT_SET", "findes-ikke"),
        ("CONTENT_SET", "../content/aarhus"),
        ("SOURCE_CODE_URL", "//kode.example.dk"),
        ("DATABASE_URL", "sqlite:///kompas.sqlite3"),
        ("DATABASE_URL", "mysql://kompas@db/kompas"),
        ("DATABASE_OWNER_URL", "sqlite:///kompas.sqlite3"),
        ("DATABASE_DIRECT_URL", "mysql://kompas@db/kompas"),
        ("TRUSTED_PROXIES", "mange"),
        ("PAGE_CACHE_MB", "meget"),
        ("TRUSTED_PROXIES", "-1"),
        ("PAGE_CACHE_MB", "-1"),
        ("SITE_URL", ""),
    ],
)
def test_an_odd_value_stops_the_start_and_is_named(start, name, value):
    with pytest.raises(ImproperlyConfigured, match=name):
        start(**{name: value})


@pytest.mark.parametrize("name", [name for name in oidc.ENVIRONMENT if name != "LOCAL_LOGIN"])
def test_half_a_set_of_single_sign_on_stops_the_start(start, name):
    whole = {**oidc.ENVIRONMENT, "OIDC_SERVER_URL": "https://login.example.dk"}
    assert start(**whole)["HAS_SINGLE_SIGN_ON"] is True
    with pytest.raises(ImproperlyConfigured, match=name):
        start(**{**whole, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_ROLES", "redaktør"), ("OIDC_ROLES", "redaktør=A,redaktør=B"), ("OIDC_ROLES", "konge=Kompas"),
        ("OIDC_SERVER_URL", "https://login.microsoftonline.com/common/v2.0"), ("LOCAL_LOGIN", "maybe"),
    ],
)  # fmt: skip
def test_an_odd_value_of_single_sign_on_stops_the_start(start, name, value):
    whole = {**oidc.ENVIRONMENT, "OIDC_SERVER_URL": "https://login.example.dk"}
    with pytest.raises(ImproperlyConfigured, match=name):
        start(**{**whole, name: value})


@pytest.mark.parametrize("mode", ["break-glass", "off"])
def test_nobody_is_locked_out_by_a_setting(start, mode):
    with pytest.raises(ImproperlyConfigured, match="LOCAL_LOGIN"):
        start(LOCAL_LOGIN=mode)


def test_the_secret_may_lie_in_a_file_and_passwords_are_for_emergencies_then(start, tmp_path):
    (tmp_path / "secret").write_text("fra-en-fil\n")
    given = {name: value for name, value in oidc.ENVIRONMENT.items() if name != "LOCAL_LOGIN"}
    del given["OIDC_CLIENT_SECRET"]
    found = start(
        **given, OIDC_SERVER_URL="https://login.example.dk", OIDC_CLIENT_SECRET_FILE=str(tmp_path / "secret")
    )
    assert found["OIDC_CLIENT_SECRET"] == "fra-en-fil"
    assert found["LOCAL_LOGIN"] == "break-glass"


def test_a_message_about_a_wrong_key_does_not_repeat_it(start):
    with pytest.raises(ImproperlyConfigured) as error:
        start(SECRET_KEY="hemmelig-og-for-kort")
    assert "hemmelig" not in str(error.value)


def test_every_setting_may_stand_in_a_file(start, tmp_path):
    (tmp_path / "key").write_text("fra-en-fil-som-kun-driften-kan-laese-0123456789\n")
    read = start(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert read["SECRET_KEY"] == "fra-en-fil-som-kun-driften-kan-laese-0123456789"


def test_a_file_that_is_not_there_stops_the_start_and_is_named(start, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL_FILE"):
        start(EMAIL_URL_FILE=str(tmp_path / "nothing"))


APPLICATION, OWNER = "postgres://portal@db/kompas", "postgres://ejer:hemmeligt@db/kompas"


def test_who_has_the_owners_address_works_as_the_owner_and_knows_the_application(start):
    read = start(DATABASE_URL=APPLICATION, DATABASE_OWNER_URL=OWNER)
    assert read["DATABASES"]["default"]["USER"] == "ejer"
    assert read["APPLICATION_DATABASE"]["USER"] == "portal"


def test_who_has_not_works_as_the_application(start):
    assert start(DATABASE_URL=APPLICATION)["DATABASES"]["default"]["USER"] == "portal"


def test_a_password_of_its_own_is_for_an_address_without_one(start):
    given = {"DATABASE_PASSWORD": "p", "DATABASE_OWNER_PASSWORD": "o"}
    read = start(DATABASE_URL=APPLICATION, DATABASE_OWNER_URL=OWNER, **given)
    assert read["APPLICATION_DATABASE"]["PASSWORD"] == "p"
    assert read["DATABASES"]["default"]["PASSWORD"] == "hemmeligt"


def test_behind_a_pooler_no_cursor_is_kept_on_the_server(start):
    assert start()["DATABASES"]["default"]["DISABLE_SERVER_SIDE_CURSORS"] is False
    read = start(DATABASE_DIRECT_URL="postgres://portal@direct/kompas")
    assert read["DATABASES"]["default"]["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_debug_is_off_unless_asked_for(start):
    assert start()["DEBUG"] is False
    assert start(DEBUG="true")["DEBUG"] is True


def test_the_portal_answers_only_to_its_own_name(start):
    assert start(SITE_URL="https://kompas.example.dk")["ALLOWED_HOSTS"] == ["kompas.example.dk"]


def test_a_slash_at_the_end_of_an_address_does_not_matter(start):
    assert start(SITE_URL="https://kompas.example.dk/")["SITE_URL"] == "https://kompas.example.dk"


FACTS = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
answer = Client(headers={"Host": "kompas.example.dk"}).get("/konto/log-ind/", secure=True)
plain = Client(headers={"Host": "kompas.example.dk"}).get("/konto/log-ind/?next=/veje/")
health = Client(headers={"Host": "kompas.example.dk"}).get("/health/live")
print(json.dumps({
    "session": [
        settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY
    ],
    "cookies": [cookie.OutputString() for cookie in answer.cookies.values()],
    "hsts": answer.headers.get("Strict-Transport-Security"),
    "plain": [plain.status_code, plain.headers.get("Location")],
    "health": health.status_code,
}))
"""


@pytest.fixture(scope="module")
def https():
    done = run_python(FACTS, SITE_URL="https://kompas.example.dk")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_with_https_every_cookie_is_bound_to_the_host(https):
    assert https["session"] == ["__Host-session", True, True]
    (cookie,) = https["cookies"]
    assert cookie.startswith("__Host-csrf=")
    parts = set(cookie.split("; ")[1:])
    assert parts == {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}


def test_with_https_browsers_are_told_to_stay_there(https):
    assert https["hsts"] == "max-age=31536000; includeSubDomains"
    assert https["plain"] == [301, "https://kompas.example.dk/konto/log-ind/?next=/veje/"]


def test_the_load_balancer_may_ask_for_health_without_https(https):
    assert https["health"] == 204


def test_without_https_no_cookie_claims_to_be_secure():
    done = run_python(FACTS, SITE_URL="http://kompas.example.dk")
    facts = json.loads(done.stdout.splitlines()[-1])
    assert facts["session"] == ["session", False, True]
    assert facts["hsts"] is None


PROXY = """
import django
django.setup()
from django.test import RequestFactory
claim = RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"})
print(claim.is_secure())
"""


def test_what_a_visitor_claims_about_https_counts_only_behind_a_proxy():
    assert run_python(PROXY, SITE_URL="https://kompas.example.dk").stdout == "False\n"
    assert run_python(PROXY, SITE_URL="https://kompas.example.dk", TRUSTED_PROXIES="1").stdout == "True\n"
