"""Security headers (public-sector.md F2–F3): on every kind of answer, whoever made it."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from aarhuskompas import urls as portal
from aarhuskompas.middleware import fixed_headers
from aarhuskompas.serving import wsgi_bridge
from tests.factories import make_path

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def broken(request):
    raise RuntimeError("noget gik galt")


def form(request):
    return HttpResponse("modtaget")


urlpatterns = [path("i-stykker/", broken), path("formular/", form), *portal.urlpatterns]
handler400, handler403 = portal.handler400, portal.handler403
handler404, handler500 = portal.handler404, portal.handler500

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
}

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


ANSWERS = {
    "page": lambda client: client.get("/"),
    "English page": lambda client: client.get("/en/"),
    "copy": lambda client: [client.get("/"), client.get("/")][1],
    "not modified": lambda client: client.get("/", headers={"If-None-Match": client.get("/")["ETag"]}),
    "part": lambda client: client.get("/", headers={"HX-Request": "true", "HX-Target": "hits"}),
    "redirect": lambda client: client.get("/veje"),
    "to the login": lambda client: client.get("/maalkompasset/mine/"),
    "bad request": lambda client: client.get("/", headers={"Host": "ond.example.dk"}),
    "forbidden": lambda client: client.post("/formular/", {"tekst": "hej"}),
    "not found": lambda client: client.get("/findes-ikke/"),
    "wrong method": lambda client: client.options("/"),
    "server error": lambda client: client.get("/i-stykker/"),
    "health": lambda client: client.get("/health/live"),
    "odd address": lambda client: client.get("/a%00b/"),
    "too much": lambda client: client.post("/formular/", **{wsgi_bridge.REFUSED: 413}),
    "too many at a time": lambda client: client.post("/formular/", **{wsgi_bridge.REFUSED: 503}),
}


def answer(kind):
    return ANSWERS[kind](Client(raise_request_exception=False, enforce_csrf_checks=True))


STATUS = {
    "page": 200, "English page": 200, "copy": 200, "not modified": 304, "part": 200, "redirect": 301,
    "to the login": 302, "bad request": 400, "forbidden": 403, "not found": 404, "wrong method": 405,
    "server error": 500, "health": 204, "odd address": 400, "too much": 413, "too many at a time": 503,
}  # fmt: skip


@pytest.fixture(params=STATUS)
def response(request, db):
    make_path()
    response = answer(request.param)
    assert response.status_code == STATUS[request.param]
    return response


def policy(response) -> dict[str, str]:
    directives = response["Content-Security-Policy"].split(";")
    return dict(directive.strip().split(" ", 1) for directive in directives if directive.strip())


def test_every_answer_carries_the_headers(response):
    not_modified = response.status_code == 304  # the browser keeps the headers it has
    expected = {} if not_modified else EXPECTED
    assert {name: response.get(name) for name in expected} == expected


def test_every_answer_allows_our_own_files_and_nothing_else(response):
    if response.status_code != 304:
        assert policy(response) == POLICY


def test_every_answer_switches_off_what_the_portal_never_uses(response):
    if response.status_code != 304:
        switched_off = response["Permissions-Policy"].split(", ")
        assert {"camera=()", "microphone=()", "geolocation=()"} <= set(switched_off)


def test_no_answer_tells_what_it_was_made_with(response):
    assert not {"Server", "X-Powered-By"} & set(response.headers)


def test_no_answer_to_a_reader_sets_a_cookie(response):
    assert not response.cookies


def test_every_answer_has_an_id(response):
    assert len(response["X-Request-ID"]) == 32


def test_answers_that_pass_no_middleware_have_the_same_headers(settings):
    settings.SECURE_HSTS_SECONDS = 60
    found = {name.decode(): value.decode() for name, value in fixed_headers()}
    page = Client().get("/findes-ikke/", secure=True)
    wanted = [*EXPECTED, "Content-Security-Policy", "Permissions-Policy", "Strict-Transport-Security"]
    assert {name: found[name.lower()] for name in wanted} == {name: page[name] for name in wanted}


@pytest.mark.parametrize(
    "kind", ["bad request", "forbidden", "not found", "server error", "too much", "odd address"]
)
def test_an_error_says_what_one_can_do_now(kind, db):
    html = answer(kind).content.decode()
    assert "<h1" in html
    assert 'href="/"' in html
    assert "RuntimeError" not in html
    assert "noget gik galt" not in html


def test_the_admin_keeps_its_headers_too(administrator_client):
    response = administrator_client.get("/admin/")
    assert {name: response.get(name) for name in EXPECTED} == EXPECTED
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(("address", "language"), [("/deltag/", "da"), ("/en/deltag/", "en")])
def test_what_is_refused_before_it_is_read_is_answered_in_the_language_of_the_address(
    client, address, language
):
    answer = client.post(address, **{wsgi_bridge.REFUSED: 413}).content.decode()
    assert f'<html lang="{language}">' in answer
    assert ("That was" in answer) == (language == "en")
