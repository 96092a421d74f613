"""Copies of public pages: what a reader gets, and what must never be in one."""

import gzip
import re
from datetime import timedelta

import brotli
import pytest
import time_machine
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone

from aarhuskompas import urls as portal
from aarhuskompas.page_cache import PageCacheMiddleware, answer_at_once, best_encoding
from compass.models import Chapter, Contact, Page, Recording, ResearchQuestion, Story
from goals.models import Goal, Goodbye
from privacy.models import Restriction
from publishing import content_version
from publishing.public_pages import has_session, public
from tests import routes
from tests.factories import make_path, make_story, make_user, tomorrow

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

calls = []


@public
def counted(request):
    calls.append(request.method)
    return HttpResponse(f"{request.GET.get('q', '')} {request.headers.get('HX-Target', 'side')} {len(calls)}")


@public
def greeting(request):
    return HttpResponse(str(request.user if has_session(request) else "læser"))


@public
def with_cookie(request):
    response = HttpResponse("småkage")
    response.set_cookie("spor", "1")
    return response


@public
def missing(request):
    return HttpResponse(f"{len(calls)}", status=404)


def private(request):
    calls.append("private")
    return HttpResponse(f"{len(calls)}")


urlpatterns = [
    path("talt/", counted),
    path("en/talt/", counted),
    path("hilsen/", greeting),
    path("smaakage/", with_cookie),
    path("mangler/", missing),
    path("privat/", private),
    *portal.urlpatterns,
]


handler404 = portal.handler404


@pytest.fixture(autouse=True)
def pages_are_kept(settings, monkeypatch):
    settings.PAGE_CACHE_MB = 32
    monkeypatch.setattr(content_version, "ASKED_AGAIN_AFTER", 0)
    content_version.ask_again()
    calls.clear()


@pytest.fixture
def an_hour_passes_before_it_asks(monkeypatch):
    monkeypatch.setattr(content_version, "ASKED_AGAIN_AFTER", 3_600)


def text(response) -> str:
    return response.content.decode()


# --- What is kept --------------------------------------------------------------------------------


def test_a_page_is_made_once_for_all_readers(client):
    assert text(client.get("/talt/")) == text(client.get("/talt/")) == " side 1"


def test_a_copy_costs_one_query_a_second_at_most(client, django_assert_num_queries, monkeypatch):
    url = make_story().get_absolute_url()
    client.get(url)
    with django_assert_num_queries(1):
        client.get(url)
    monkeypatch.setattr(content_version, "ASKED_AGAIN_AFTER", 3_600)
    with django_assert_num_queries(0):
        client.get(url)


def test_without_room_nothing_is_kept(client, settings):
    settings.PAGE_CACHE_MB = 0
    assert text(client.get("/talt/")) == " side 1"
    assert text(client.get("/talt/")) == " side 2"


def test_other_questions_get_other_answers(client):
    for url, headers, expected in [
        ("/talt/", {}, " side 1"),
        ("/talt/?q=a", {}, "a side 2"),
        ("/talt/?q=b", {}, "b side 3"),
        ("/en/talt/", {}, " side 4"),
        ("/talt/", {"HX-Request": "true", "HX-Target": "hits"}, " hits 5"),
        ("/talt/", {"HX-Request": "true", "HX-Target": "more"}, " more 6"),
        ("/talt/", {"HX-Request": "true"}, " side 7"),
        ("/talt/", {}, " side 1"),
    ]:
        assert text(client.get(url, headers=headers)) == expected


def test_the_same_page_under_another_host_is_another_page(client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "kompas.example.dk"]
    assert text(client.get("/talt/")) == " side 1"
    assert text(client.get("/talt/", headers={"Host": "kompas.example.dk"})) == " side 2"


def test_head_gets_the_headers_of_get(client):
    head, got = client.head("/hilsen/"), client.get("/hilsen/")
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == got["ETag"]


def test_only_so_many_copies_are_kept_and_the_oldest_goes_first(client, settings):
    settings.PAGE_CACHE_MB = 0.017  # two in each half
    for query in ["a", "b", "c"]:
        client.get("/talt/", {"q": query})
    assert text(client.get("/talt/?q=c")) == "c side 3"
    assert text(client.get("/talt/?q=a")) == "a side 4"


def test_odd_questions_push_no_page_out(client, settings):
    settings.PAGE_CACHE_MB = 0.017
    client.get("/talt/")
    for number in range(3):
        client.get("/talt/", {"x": number})
        client.get("/talt/", headers={"HX-Request": "true", "HX-Target": f"x{number}"})
        client.get("/talt/", headers={"Host": f"testserver:{number + 1}"})
    assert text(client.get("/talt/")) == " side 1"


@pytest.mark.parametrize("url", ["/mangler/", "/privat/"])
def test_what_is_not_a_public_page_is_made_each_time(client, url):
    calls.append("before")
    first = text(client.get(url))
    calls.append("between")
    assert text(client.get(url)) != first


def test_an_answer_with_a_cookie_is_never_kept(client):
    client.get("/smaakage/")
    second = Client()
    second.handler = client.handler  # the same process, another browser
    assert second.get("/smaakage/").cookies["spor"].value == "1"
    assert "ETag" not in second.get("/smaakage/")


def test_only_get_and_head_reach_a_public_view(client):
    for method in ["POST", "PUT", "DELETE", "OPTIONS"]:
        assert client.generic(method, "/talt/").status_code == 405
    assert calls == []


def test_a_compressed_copy_is_for_those_who_asked_for_one(client):
    make_path("Nye veje til at lytte")
    url = make_story("En lang historie", body="Der var engang. " * 200).get_absolute_url()
    assert client.get(url, headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get(url)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("BR ; q=0.0, GZIP", "gzip"),
        ("gzip;q=...", "gzip"),
        ("deflate", ""),
        ("", ""),
    ],
)
def test_the_best_encoding_that_the_browser_takes(accepted, encoding):
    assert best_encoding(accepted) == encoding


def test_a_page_is_the_same_in_every_process_and_however_it_is_compressed():
    url = make_story("En lang historie", body="Der var engang. " * 200).get_absolute_url()
    plain, zipped, brotlied, again = (
        Client().get(url, headers={"Accept-Encoding": encoding}) for encoding in ["", "gzip", "br", "gzip"]
    )
    assert plain.content == gzip.decompress(zipped.content) == brotli.decompress(brotlied.content)
    assert zipped.content == again.content
    assert len({page["ETag"] for page in [plain, zipped, brotlied]}) == 1
    assert "Accept-Encoding" in plain["Vary"]
    known = {"Accept-Encoding": "gzip", "If-None-Match": plain["ETag"]}
    assert Client().get(url, headers=known).status_code == 304


# --- As long as the content is the same ------------------------------------------------------------

# Tables that a public page reads and that need no trigger, and why.
NEED_NO_TRIGGER = {
    "compass_content_mark": "the marks themselves",
    "compass_search_entry": "written when what it is about is",
    "compass_search_word": "written when what it is about is",
    "reflection_step": "a published version never changes",
    "reflection_prompt": "a published version never changes",
    "reflection_helpvariant": "a published version never changes",
    "reflection_endline": "a published version never changes",
    "goals_review": "which goal it is a look at never changes, and a goodbye goes with it",
    "accounts_user": "read for its pseudonym alone, which never changes",
}
FOLLOWED = "SELECT event_object_table FROM information_schema.triggers WHERE trigger_name = 'content_changed'"


def tables_of(queries) -> set[str]:
    ours = set(connection.introspection.table_names())
    named = re.findall(r'(?:FROM|JOIN)\s+"?(\w+)"?', " ".join(query["sql"] for query in queries))
    return ours & set(named)


@pytest.mark.usefixtures("content")
def test_whatever_a_public_page_shows_makes_it_another_when_it_changes():
    routes.make_examples(make_user("Malik Medarbejder"))
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED)
        followed = {table for (table,) in cursor}
    addresses = [url for route in routes.EVERY if route.is_public for url in route.addresses()[:2]]
    with CaptureQueriesContext(connection) as queries:
        for url in [*addresses, "/soeg/?q=samarbejde", "/soeg/forslag/?q=samar"]:
            Client().get(url)
    read = tables_of(queries.captured_queries)
    assert {"compass_story", "goals_goodbye", "compass_chapter", "compass_contact"} <= read
    assert read - followed - set(NEED_NO_TRIGGER) == set()


@pytest.mark.usefixtures("content")
@pytest.mark.parametrize(
    ("url", "model", "field"),
    [
        ("/historier/", Story, "title"),
        ("/om/", Page, "title"),
        ("/kontakt/", Contact, "name"),
        ("/viden/", ResearchQuestion, "text"),
        ("/lydbog/", Chapter, "title"),
        ("/lydbog/", Recording, "title"),
        ("/farvel/", Goodbye, "what"),
    ],
)
def test_a_change_is_seen_at_once(client, url, model, field):
    routes.make_examples(make_user("Malik Medarbejder"))
    Goodbye.objects.update(published_at=timezone.now(), is_shared=True)
    assert "Et helt nyt ord" not in text(client.get(url))
    model.objects.update(**{field: "Et helt nyt ord"})
    assert "Et helt nyt ord" in text(client.get(url))


@pytest.mark.usefixtures("content")
def test_a_goodbye_that_is_handed_over_is_seen_again_at_once(client):
    owner, other = make_user("Malik Medarbejder"), make_user("Karen Kollega")
    routes.make_examples(owner)
    Goodbye.objects.update(what="Ugerapporten", published_at=timezone.now(), is_shared=True)
    Restriction.objects.create(subject=owner.pseudonym, reason="Personen har krævet det, sag 2026-7.")
    assert "Ugerapporten" not in text(client.get("/farvel/"))
    Goal.objects.update(owner=other)
    assert "Ugerapporten" in text(client.get("/farvel/"))


@pytest.mark.usefixtures("an_hour_passes_before_it_asks")
def test_what_another_process_changed_is_seen_when_this_one_asks_again(client):
    url = make_story("Før rettelsen").get_absolute_url()
    client.get(url)
    Story.objects.update(title="Efter rettelsen")
    assert "Før rettelsen" in text(client.get(url))
    content_version.ask_again()
    assert "Efter rettelsen" in text(client.get(url))


@pytest.mark.usefixtures("an_hour_passes_before_it_asks")
def test_what_was_changed_in_this_process_is_seen_at_once(client):
    url = make_story("Før rettelsen").get_absolute_url()
    client.get(url)
    Story.objects.update(title="Efter rettelsen")
    client.post("/privat/")
    assert "Efter rettelsen" in text(client.get(url))


@pytest.mark.usefixtures("an_hour_passes_before_it_asks")
def test_what_is_dated_ahead_appears_on_its_moment(client):
    make_story("Kommer senere i dag", published_at=timezone.now() + timedelta(seconds=50))
    make_story("Kommer i morgen", published_at=tomorrow())
    assert "Kommer" not in text(client.get("/historier/"))
    with time_machine.travel(timezone.now() + timedelta(seconds=55)):
        shown = text(client.get("/historier/"))
        assert "Kommer senere i dag" in shown
        assert "Kommer i morgen" not in shown


@pytest.mark.usefixtures("an_hour_passes_before_it_asks")
def test_a_new_day_makes_new_pages(client):
    client.get("/talt/")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert text(client.get("/talt/")) == " side 2"


def test_while_the_database_is_away_readers_get_what_is_there(client, monkeypatch):
    client.get("/talt/")

    def away():
        raise DatabaseError

    monkeypatch.setattr(content_version, "import_string", lambda path: away)
    assert text(client.get("/talt/")) == " side 1"


# --- What comes with a copy ----------------------------------------------------------------------


def test_a_copy_has_the_headers_of_the_first_answer_and_an_id_of_its_own(client):
    first, copy = client.get("/talt/"), client.get("/talt/")
    same = set(first.headers) | set(copy.headers)
    assert {name for name in same if first.get(name) != copy.get(name)} == {"X-Request-ID"}
    assert copy["Cache-Control"] == "public, max-age=60"


def test_a_browser_that_has_the_page_gets_304_and_no_content(client):
    etag = client.get("/talt/")["ETag"]
    assert etag.startswith("W/")
    for known in [etag, etag.removeprefix("W/"), f'"anden", {etag}', "*"]:
        response = client.get("/talt/", headers={"If-None-Match": known})
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == etag
        assert response["Cache-Control"] == "public, max-age=60"
        assert {"Cookie", "HX-Request", "HX-Target"} <= set(response["Vary"].split(", "))


def test_a_browser_that_has_another_page_gets_the_page(client):
    for known in ['"anden"', "", "uden-citationstegn", '"']:
        response = client.get("/talt/", headers={"If-None-Match": known})
        assert (response.status_code, text(response)) == (200, " side 1")


# --- Without a thread -------------------------------------------------------------------------------


def asked(**changes) -> dict:
    return RequestFactory().get("/talt/", **changes).environ


@pytest.mark.usefixtures("an_hour_passes_before_it_asks")
def test_a_copy_that_is_there_is_handed_out_at_once(client):
    page = client.get("/talt/")
    answer = answer_at_once(asked())
    headers = dict(answer.headers)
    assert (answer.status, answer.first) == (200, page.content)
    assert headers["X-Request-ID"] != page["X-Request-ID"]
    assert {name: headers[name] for name in ["ETag", "Content-Security-Policy"]} == {
        name: page[name] for name in ["ETag", "Content-Security-Policy"]
    }
    assert answer_at_once(asked(HTTP_IF_NONE_MATCH=page["ETag"])).status == 304


def test_a_copy_that_may_be_old_is_not(client):
    client.get("/talt/")
    assert answer_at_once(asked()) is None


@pytest.mark.usefixtures("an_hour_passes_before_it_asks")
def test_what_is_no_copy_or_for_somebody_with_a_session_is_not(client, monkeypatch):
    monkeypatch.setattr(PageCacheMiddleware, "newest", None)
    assert answer_at_once(asked()) is None
    client.get("/talt/")
    assert answer_at_once(asked(HTTP_COOKIE="session=abc")) is None
    assert answer_at_once(asked(QUERY_STRING="q=a")) is None
    assert answer_at_once(asked(HTTP_HOST="ond.example.dk")) is None


# --- Sessions ------------------------------------------------------------------------------------


def test_somebody_who_has_logged_in_never_gets_a_copy(client, staff):
    assert text(client.get("/talt/")) == " side 1"
    client.force_login(staff)
    response = client.get("/talt/")
    assert text(response) == " side 2"
    assert response["Cache-Control"] == "no-store, private"


def test_a_copy_never_holds_what_somebody_saw_who_had_logged_in(client, staff):
    client.force_login(staff)
    assert text(client.get("/hilsen/")) == "Malik Medarbejder"
    client.logout()
    assert text(client.get("/hilsen/")) == "læser"


def test_somebody_who_has_logged_in_is_not_told_that_the_page_is_unchanged(client, staff):
    etag = client.get("/hilsen/")["ETag"]
    client.force_login(staff)
    response = client.get("/hilsen/", headers={"If-None-Match": etag})
    assert (response.status_code, text(response)) == (200, "Malik Medarbejder")


def test_the_cookie_of_an_ended_session_still_gets_a_fresh_page_that_nobody_stores(client):
    client.cookies["session"] = "udloebet"
    response = client.get("/hilsen/")
    assert response["Cache-Control"] == "no-store, private"


def test_other_cookies_are_no_reason_for_a_page_of_ones_own(client):
    client.get("/talt/")
    client.cookies["noget"] = "andet"
    assert text(client.get("/talt/")) == " side 1"


def test_a_draft_that_an_editor_looked_at_is_not_kept_for_readers(client, editor):
    url = make_story("Hemmelig kladde", published_at=None).get_absolute_url()
    client.force_login(editor)
    assert client.get(url).status_code == 200
    client.logout()
    assert client.get(url).status_code == 404
