"""Old addresses lead to where the page is now."""

import pytest

from compass.models import Redirect
from tests.factories import make_dilemma, make_page, make_path, make_pivot, make_story

pytestmark = pytest.mark.django_db


def move(item, slug):
    item.slug = slug
    item.save()


@pytest.mark.parametrize("make", [make_story, make_dilemma, make_page, make_path, make_pivot])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_old_address_leads_to_the_new_one(client, make, prefix):
    item = make()
    old = item.get_absolute_url()
    move(item, "et-nyt-navn")
    response = client.get(f"{prefix}{old}?fra=nyhedsbrev")
    assert response.status_code == 301
    assert response["Location"] == f"{prefix}{item.get_absolute_url()}?fra=nyhedsbrev"
    assert client.get(response["Location"]).status_code == 200


def test_after_two_moves_every_old_address_leads_to_the_last_at_once(client):
    story = make_story(slug="a")
    move(story, "b")
    move(story, "c")
    for old in ["/historier/a/", "/historier/b/"]:
        assert client.get(old)["Location"] == "/historier/c/"


def test_a_page_that_moves_back_does_not_lead_in_a_circle(client):
    story = make_story(slug="a")
    move(story, "b")
    move(story, "a")
    assert client.get("/historier/a/").status_code == 200
    assert client.get("/historier/b/")["Location"] == "/historier/a/"


def test_a_new_page_at_an_old_address_is_shown(client):
    move(make_story(slug="a"), "b")
    make_story("Den nye", slug="a")
    assert client.get("/historier/a/").status_code == 200


def test_a_draft_has_no_readers_and_leaves_no_address_behind():
    story = make_story(slug="a", published_at=None)
    move(story, "b")
    assert not Redirect.objects.exists()


def test_saving_without_a_new_address_leaves_none_behind():
    make_story(slug="a").save()
    assert not Redirect.objects.exists()


def test_an_address_that_never_was_is_not_found(page):
    move(make_story(slug="a"), "b")
    page("/historier/c/", status=404)
