"""`make run SSO=demo`: the provider that a newcomer tries, as it is started beside the portal."""

import subprocess
import sys
import time
from contextlib import suppress

import pytest
import requests

from accounts.models import User
from accounts.roles import ROLES
from bench.servers import free_port
from runner import identity_provider
from runner.serve import environment
from tests.oidc import go_through

pytestmark = pytest.mark.django_db
EXPECTED = {
    "Rita Redaktør": ["redaktør"],
    "Mads Metode": ["metodeansvarlig"],
    "Anna Administrator": ["administrator"],
    "Bo Bruger": [],
}


@pytest.fixture(scope="module")
def port():
    port = free_port()
    running = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "runner.identity_provider", str(port)])
    for _ in range(300):
        with suppress(requests.ConnectionError):
            requests.get(f"http://localhost:{port}/jwks", timeout=2)
            break
        time.sleep(0.1)
    yield port
    running.terminate()
    running.wait()


@pytest.fixture
def tried(settings, port):
    """The portal with what `make run` hands on."""
    given = identity_provider.settings(port)
    settings.HAS_SINGLE_SIGN_ON, settings.LOCAL_LOGIN = True, "break-glass"
    settings.OIDC_ROLES = dict(pair.split("=") for pair in given.pop("OIDC_ROLES").split(","))
    settings.OIDC_EMAIL_DOMAINS = given.pop("OIDC_EMAIL_DOMAINS").split(",")
    for name, value in given.items():
        setattr(settings, name, value)
    return settings


def test_it_knows_all_roles_of_the_portal(tried):
    assert set(tried.OIDC_ROLES) == set(ROLES)


def test_each_name_has_other_roles(tried, client):
    for name, roles in EXPECTED.items():
        assert go_through(client, None, name).status_code == 200
        user = User.objects.get(name=name)
        assert list(user.groups.values_list("name", flat=True)) == roles


def test_one_of_them_is_told_what_to_ask_for(tried, client):
    answer = go_through(client, None, "Uden Adgang")
    assert answer.status_code == 403
    assert "«Kompas-Bruger»" in answer.content.decode()


def test_it_is_started_only_when_it_is_asked_for(monkeypatch):
    monkeypatch.delenv("SSO", raising=False)
    assert "OIDC_SERVER_URL" not in environment("127.0.0.1", 8000, debug=False)
    monkeypatch.setenv("SSO", "demo")
    assert environment("127.0.0.1", 8000, debug=False)["OIDC_SERVER_URL"] == "http://localhost:8001"
    monkeypatch.setenv("SSO", "ja")
    with pytest.raises(SystemExit, match="SSO can be demo"):
        environment("127.0.0.1", 8000, debug=False)
