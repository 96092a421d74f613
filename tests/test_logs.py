"""Logs: one JSON object a line, with the request's id, and never a word that somebody typed."""

import json
import logging
from io import StringIO

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from aarhuskompas import urls as portal
from aarhuskompas.logs import JsonFormatter
from tests.factories import PASSWORD, make_goal, make_review

SECRET = "hemmelige-ord-fra-et-menneske"

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def repeats_what_was_typed(request):
    raise ValueError(f"kan ikke bruge {request.POST.get('tekst') or request.GET.get('q')}")


def from_another_error(request):
    try:
        int(request.GET["q"])
    except ValueError as error:
        raise RuntimeError(f"kan ikke bruge {request.GET['q']}") from error


def suspicious(request):
    raise SuspiciousOperation(request.GET["q"])


def warns(request):
    logging.getLogger("compass").warning("Kunne ikke læse %s", request.GET["q"])
    return HttpResponse()


urlpatterns = [
    path("gentager/", repeats_what_was_typed),
    path("aarsag/", from_another_error),
    path("mistaenkelig/", suspicious),
    path("advarer/", warns),
    *portal.urlpatterns,
]
handler400, handler403 = portal.handler400, portal.handler403
handler404, handler500 = portal.handler404, portal.handler500


@pytest.fixture
def log():
    """Everything that production would write, and more: every logger, every level."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    levels = {
        logger: logger.level
        for logger in [root, logging.getLogger("django"), logging.getLogger("aarhuskompas.access")]
    }
    root.addHandler(handler)
    for logger in levels:
        logger.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    for logger, level in levels.items():
        logger.setLevel(level)


@pytest.fixture
def browser():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def lines(log) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_id_and_its_route(log, browser):
    response = browser.get("/health/live")
    (line,) = [line for line in lines(log) if line["logger"] == "aarhuskompas.access"]
    assert line["request"] == response["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "health/live", 204)
    assert line["milliseconds"] >= 0
    assert line["time"].endswith("+00:00")


def test_what_is_logged_during_a_request_carries_the_same_id(log, browser):
    response = browser.get(f"/gentager/?q={SECRET}")
    (error,) = [line for line in lines(log) if line["level"] == "ERROR"]
    assert error["request"] == response["X-Request-ID"]


def test_an_exception_is_logged_with_its_type_and_where_it_happened(log, browser):
    browser.get(f"/gentager/?q={SECRET}")
    (error,) = [line for line in lines(log) if line["level"] == "ERROR"]
    assert error["exception"] == "ValueError"
    assert error["where"][-1].endswith("repeats_what_was_typed")


def test_a_line_says_what_happened_and_shows_no_gap_for_a_value(log, browser):
    for url in ["/gentager/", "/findes-ikke/", "/advarer/"]:
        browser.get(f"{url}?q={SECRET}")
    said = [line["message"] for line in lines(log) if line["level"] in {"ERROR", "WARNING"}]
    assert said == ["Internal Server Error", "Not Found", "Kunne ikke læse …"]


def test_a_request_that_is_over_leaves_no_id_behind(log, browser):
    browser.get("/health/live")
    logging.getLogger("compass").info("senere")
    assert lines(log)[-1]["request"] == ""


@pytest.mark.parametrize(
    "send",
    [
        lambda browser: browser.get("/", {"q": SECRET}),
        lambda browser: browser.get(f"/{SECRET}/"),
        lambda browser: browser.get(f"/historier/{SECRET}/"),
        lambda browser: browser.get(f"/{SECRET}"),
        lambda browser: browser.get("/historier/", {"vej": SECRET, "q": SECRET}),
        lambda browser: browser.get("/soeg/", {"q": SECRET}),
        lambda browser: browser.get(f"/gentager/?q={SECRET}"),
        lambda browser: browser.get(f"/aarsag/?q={SECRET}"),
        lambda browser: browser.get(f"/mistaenkelig/?q={SECRET}"),
        lambda browser: browser.get(f"/advarer/?q={SECRET}"),
        lambda browser: browser.post("/gentager/", {"tekst": SECRET}),
        lambda browser: browser.post("/konto/log-ind/", {"login": SECRET, "password": SECRET}),
        lambda browser: browser.post("/maalkompasset/nyt/", {"wording": SECRET}),
        lambda browser: browser.get("/", headers={"Host": f"{SECRET}.example.dk"}),
        lambda browser: browser.get("/", headers={"Referer": f"https://{SECRET}/", "User-Agent": SECRET}),
        lambda browser: browser.get("/", headers={"HX-Target": SECRET, "HX-Request": "true"}),
        lambda browser: browser.generic(SECRET.upper(), "/"),
        lambda browser: browser.generic(
            "POST", "/konto/log-ind/", SECRET, content_type="multipart/form-data"
        ),
        lambda browser: browser.get("/", headers={"Cookie": f"session={SECRET}; csrf={SECRET}"}),
        lambda browser: browser.get(f"/konto/adgangskode/ny/1-{SECRET}/"),
    ],
)
def test_nothing_that_was_typed_is_ever_logged(log, browser, send):
    send(browser)
    assert lines(log)
    assert SECRET not in log.getvalue().lower()


def test_nothing_that_a_person_writes_in_a_reflection_is_logged(log, logged_in, staff):
    review = make_review(make_goal(SECRET, owner=staff))
    client = logged_in(staff)
    client.raise_request_exception = False
    url = f"/rum/{review.reflection.key}/trin/1/"
    names = [f"prompt-{n}" for n in range(1, 40)] + [f"prompt-{n}-text" for n in range(1, 40)]
    client.post(url, dict.fromkeys(names, SECRET))
    client.post(url, dict.fromkeys(names, SECRET), headers={"HX-Request": "true"})
    client.post("/maalkompasset/nyt/", {"wording": SECRET, "concerns": SECRET})
    assert len([line for line in lines(log) if line["logger"] == "aarhuskompas.access"]) == 3
    assert SECRET not in log.getvalue()
    assert str(review.reflection.key) not in log.getvalue()


def test_neither_a_right_nor_a_wrong_password_is_logged(log, browser, staff):
    client = Client()
    client.post("/konto/log-ind/", {"login": staff.email, "password": PASSWORD})
    client.post("/konto/log-ind/", {"login": staff.email, "password": f"{PASSWORD}-forkert"})
    assert PASSWORD not in log.getvalue()
    assert staff.email not in log.getvalue()
