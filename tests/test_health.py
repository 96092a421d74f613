"""What a load balancer asks, and what it may learn from the answer."""

import asyncio
from urllib.parse import quote

import pytest
from django.db import connection

from aarhuskompas import asgi as portal
from aarhuskompas.health import readiness
from tests.processes import run_python


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch):
    """One answer of `ready` stands for two seconds."""
    monkeypatch.setattr(readiness, "until", 0.0)


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/health/live", "/health/ready"])
def test_a_healthy_process_answers_204_and_nothing_else(client, url):
    response = client.get(url)
    assert (response.status_code, response.content) == (204, b"")
    assert response["Cache-Control"] == "no-store, private"
    assert not {"Server", "X-Powered-By", "Set-Cookie"} & set(response.headers)


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/health/live", "/health/ready"])
def test_head_is_answered_and_post_is_not(client, url):
    assert client.head(url).status_code == 204
    assert client.post(url).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/health/live", "/health/ready"])
def test_a_probe_may_name_the_address_of_the_machine(client, url):
    assert client.get(url, headers={"Host": "10.42.0.17:8000"}).status_code == 204


@pytest.mark.django_db
def test_who_is_to_stop_is_not_ready_and_answers_all_the_same(client, monkeypatch):
    monkeypatch.setattr(readiness, "is_draining", True)
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 204


@pytest.mark.django_db
def test_many_who_ask_cost_one_look(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        for _probe in range(5):
            assert client.get("/health/ready").status_code == 204


def test_live_is_answered_while_every_thread_waits():
    async def ask():
        sent = []
        scope = {"type": "http", "path": "/health/live", "method": "GET", "headers": []}

        async def send(message):
            sent.append(message)

        await portal.application(scope, None, send)
        return sent[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portal, "pages", None)  # there is nothing behind it
        answer = asyncio.run(ask())
    assert answer["status"] == 204
    assert dict(answer["headers"])[b"cache-control"] == b"no-store, private"


def test_live_asks_no_database(client):
    assert client.get("/health/live").status_code == 204  # without django_db any query would raise


@pytest.mark.django_db
def test_a_process_whose_migrations_are_not_all_applied_is_not_ready(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'goals'")
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 204


WITHOUT_A_DATABASE = """
import django, time
django.setup()
from django.conf import settings
from django.test import Client
from aarhuskompas.health import wanted_migrations
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
wanted_migrations()  # read once in a process, with or without a database
live = Client().get("/health/live").status_code
page = Client(raise_request_exception=False).get("/")
start = time.monotonic()
ready = Client().get("/health/ready").status_code
print(page.status_code, page["Retry-After"], "kan ikke svare lige nu" in page.content.decode())
print(live, ready, "in time" if time.monotonic() - start < 5 else "too late")
"""


def test_without_a_database_the_process_lives_says_so_and_is_not_ready(tmp_path):
    nothing = f"postgres://nobody@{quote(str(tmp_path), safe='')}/nothing"
    done = run_python(WITHOUT_A_DATABASE, DATABASE_URL=nothing, ALLOWED_HOSTS="testserver")
    assert done.stdout.splitlines()[-2:] == ["503 30 True", "204 503 in time"], done.stderr


@pytest.mark.django_db
def test_a_probe_that_hears_no_is_no_error_in_the_log(client, monkeypatch, caplog):
    monkeypatch.setattr(readiness, "is_draining", True)
    client.get("/health/ready")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
