"""Atom feeds: valid, honest about dates, and with ids that never change."""

from xml.etree import ElementTree

import pytest

from compass.models import Path, Story
from tests.factories import make_path, make_story, tomorrow

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def read(client, address):
    response = client.get(address)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 – our own answer


def texts(feed, path: str) -> list[str]:
    return [element.text for element in feed.iterfind("/".join(ATOM + part for part in path.split("/")))]


@pytest.fixture
def stories():
    listen, solve = make_path("At lytte", slug="lytte", title_en="To listen"), make_path(slug="loese")
    make_story("Første & bedste", title_en="The first", path=listen)
    make_story("Anden", path=solve)
    make_story("I morgen", path=listen, published_at=tomorrow())
    make_story("Kladde", path=listen, published_at=None)


def test_a_feed_has_every_published_story_newest_first(client, stories, editor):
    assert texts(read(client, "/historier/feed.xml"), "entry/title") == ["Anden", "Første & bedste"]
    client.force_login(editor)
    assert texts(read(client, "/historier/feed.xml"), "entry/title") == ["Anden", "Første & bedste"]


def test_a_path_has_a_feed_of_its_own(client, stories):
    feed = read(client, "/veje/lytte/feed.xml")
    assert texts(feed, "entry/title") == ["Første & bedste"]
    assert texts(feed, "title") == ["Historier fra Aarhuskompasset: At lytte"]
    assert client.get("/veje/findes-ikke/feed.xml").status_code == 404


def test_english_readers_get_english_titles_and_addresses(client, stories):
    feed = read(client, "/en/veje/lytte/feed.xml")
    assert texts(feed, "entry/title") == ["The first"]
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href").startswith("http://testserver/en/historier/")
    own = [link.get("href") for link in feed.iterfind(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == ["http://testserver/en/veje/lytte/feed.xml"]


def test_an_id_outlives_a_new_title_and_a_new_address(client, stories):
    before = texts(read(client, "/historier/feed.xml"), "entry/id")
    for story in Story.objects.all():
        story.title, story.slug = f"Nyt navn {story.pk}", f"nyt-navn-{story.pk}"
        story.save()
    assert texts(read(client, "/historier/feed.xml"), "entry/id") == before
    assert len(set(before)) == 2
    assert all(name.startswith("tag:testserver,2026:") for name in before)


def test_ids_differ_between_feeds_and_languages(client, stories):
    addresses = [
        "/historier/feed.xml",
        "/en/historier/feed.xml",
        "/veje/lytte/feed.xml",
        "/veje/loese/feed.xml",
    ]
    assert len({texts(read(client, address), "id")[0] for address in addresses}) == 4


def test_a_feed_is_as_new_as_its_newest_change(client, stories):
    story = Story.objects.get(title="Første & bedste")
    story.save()
    feed = read(client, "/historier/feed.xml")
    assert texts(feed, "updated") == [story.updated_at.isoformat()]
    assert story.updated_at.isoformat() in texts(feed, "entry/updated")


def test_an_empty_feed_does_not_say_that_it_changed_just_now(client):
    make_path(slug="tom")
    first, second = client.get("/veje/tom/feed.xml"), client.get("/veje/tom/feed.xml")
    assert first.content == second.content


def test_a_reader_that_has_the_feed_gets_304(client, stories):
    etag = client.get("/historier/feed.xml")["ETag"]
    assert client.get("/historier/feed.xml", headers={"If-None-Match": etag}).status_code == 304


def test_pages_lead_to_their_feed(page, stories):
    for address, feed in [
        ("/historier/", "/historier/feed.xml"),
        ("/en/historier/", "/en/historier/feed.xml"),
        (Path.objects.get(slug="lytte").get_absolute_url(), "/veje/lytte/feed.xml"),
    ]:
        found = page(address)
        assert found.one("link[type='application/atom+xml']").get("href") == feed
        assert feed in found.links("main a").values()
