"""What a load balancer asks, and what it may learn from the answer."""

from urllib.parse import quote

import pytest
from django.db import connection

from tests.processes import run_python


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
from django.test import Client
live = Client().get("/health/live").status_code
start = time.monotonic()
ready = Client().get("/health/ready").status_code
print(live, ready, "in time" if time.monotonic() - start < 5 else "too late")
"""


def test_without_a_database_the_process_lives_and_soon_says_that_it_is_not_ready(tmp_path):
    nothing = f"postgres://nobody@{quote(str(tmp_path), safe='')}/nothing"
    done = run_python(WITHOUT_A_DATABASE, DATABASE_URL=nothing, ALLOWED_HOSTS="testserver")
    assert done.stdout.splitlines()[-1:] == ["204 503 in time"], done.stderr
