"""What is said is current: tags, addresses and searches follow what has changed."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.timezone import now

from compass.models import Department, Page, Path, Story, Theme
from tests import routes
from tests.factories import (
    make_department,
    make_dilemma,
    make_page,
    make_path,
    make_room,
    make_source,
    make_story,
    make_theme,
    tomorrow,
)

# --- Open data ------------------------------------------------------------------------------------------

FILES = [f"/aabne-data/{name}.{kind}" for name in ["historier", "dilemmaer"] for kind in ["json", "csv"]]


@pytest.fixture
def material(db):
    return {
        "source": (make_source(), "title"),
        "theme": (make_theme(), "slug"),
        "department": (make_department(), "slug"),
        "path": (make_path(), "slug"),
        "dilemma": (make_dilemma(), "title"),
    }


@pytest.mark.parametrize("address", FILES)
@pytest.mark.parametrize("what", ["source", "theme", "department", "path", "dilemma"])
def test_the_tag_is_another_when_anything_in_the_file_was_corrected(client, material, address, what):
    story = make_story(path=material["path"][0], department=material["department"][0])
    story.themes.add(material["theme"][0])
    for item in [story, material["dilemma"][0]]:
        item.sources.add(material["source"][0])
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    item, field = material[what]
    setattr(item, field, "rettet")
    item.save()
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_the_tag_is_another_when_a_story_becomes_public_by_itself(client, db):
    story = make_story(published_at=tomorrow())
    etag = client.get(FILES[0])["ETag"]
    Story.objects.filter(pk=story.pk).update(published_at=now())
    assert client.get(FILES[0])["ETag"] != etag


# --- A path with another name ---------------------------------------------------------------------------


@pytest.fixture
def renamed(db):
    path = make_path("Lytte", slug="lytte")
    make_story("En historie", path=path)
    for slug in ["hoere", "hoere-efter"]:
        path = Path.objects.get(pk=path.pk)
        path.slug = slug
        path.save()
    return path


@pytest.mark.parametrize("old", ["lytte", "hoere"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_feed_and_the_filter_follow_a_path_that_was_renamed(client, renamed, old, language):
    feed = client.get(f"{language}/veje/{old}/feed.xml")
    assert (feed.status_code, feed["Location"]) == (301, f"{language}/veje/hoere-efter/feed.xml")
    listed = client.get(f"{language}/historier/?vej={old}&slags=case")
    assert (listed.status_code, listed["Location"]) == (
        301,
        f"{language}/historier/?vej=hoere-efter&slags=case",
    )
    assert client.get(feed["Location"]).status_code == client.get(listed["Location"]).status_code == 200


@pytest.mark.parametrize("shelf", [Theme, Department])
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_filter_follows_a_theme_or_a_department_that_was_renamed(client, db, shelf, language):
    kept = shelf.objects.create(slug="boern", title="Børn")
    story = make_story("En historie", **({"department": kept} if shelf is Department else {}))
    if shelf is Theme:
        story.themes.add(kept)
    for slug in ["unge", "boern-og-unge"]:
        kept.slug = slug
        kept.save()
    address = f"{language}/historier/?vej={story.path.slug}&{shelf.facet}"
    for old in ["boern", "unge"]:
        listed = client.get(f"{address}={old}")
        assert (listed.status_code, listed["Location"]) == (301, f"{address}=boern-og-unge")
    assert client.get(listed["Location"]).status_code == 200
    assert client.get(f"{address}=findes-ikke").status_code == 404


@pytest.mark.parametrize("vej", ["findes-ikke", "", "../x", "a b", "\x00"])
def test_a_path_that_never_was_is_not_found(client, renamed, vej):
    assert client.get("/historier/", {"vej": vej}).status_code in {200, 404}
    assert client.get("/veje/findes-ikke/feed.xml").status_code == 404


# --- The admin's search ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["på", "når", "også", "være", "og", "PÅ", "det"])
def test_the_admin_finds_titles_with_small_words(desk_titles, word):
    make_story(f"Ting {word} torvet")
    make_story("Noget andet")
    assert desk_titles(word) == [f"Ting {word} torvet"]


def test_a_small_word_beside_others_is_not_in_the_way(desk_titles, db):
    make_story("Mødet på torvet")
    make_story("Mødet i parken")
    assert desk_titles("mødet på torvet") == ["Mødet på torvet"]
    assert desk_titles("på påske") == []


@pytest.fixture
def desk_titles(editor_client, db):
    def search(text):
        response = editor_client.get("/admin/compass/story/", {"q": text})
        return [story.title for story in response.context["cl"].result_list]

    return search


# --- Addresses that are taken ---------------------------------------------------------------------------


def used() -> set[str]:
    """The addresses of the portal that a page could have."""
    found = {route.addresses("da")[0] for route in routes.EVERY if not route.parameters}
    parts = {address.strip("/") for address in found if address.endswith("/")}
    return {part for part in parts if re.fullmatch("[a-z0-9-]+", part)}


def test_no_page_takes_an_address_that_the_portal_uses(db):
    assert {"deltag", "soeg", "historier", "maalkompasset", "mine-rum", "lydbog"} <= used()
    for slug in [*used() - {"kontakt", "dokumenter", "privatliv"}, "en", "admin"]:
        page = Page(slug=slug, title="En side", body="Tekst.")
        with pytest.raises(ValidationError, match=f"/{slug}/"):
            page.full_clean()


def test_other_addresses_are_free_and_the_contact_page_has_its_own(db):
    for slug in ["om", "privatliv", "kontakt", "deltagelse"]:
        Page(slug=slug, title="En side", body="Tekst.").full_clean()
        assert make_page(slug=slug).get_absolute_url() == f"/{slug}/"


def test_an_editor_is_told_in_the_form(editor_client, administrator_client, db):
    form = {"title": "Deltag", "body": "Tekst", "slug": "deltag", "standfirst": ""}
    response = administrator_client.post(reverse("admin:compass_page_add"), form)
    assert "Portalen bruger selv adressen /deltag/" in response.content.decode()
    assert not Page.objects.exists()


# --- Secrets --------------------------------------------------------------------------------------------


def test_no_address_that_is_a_secret_may_be_indexed(content_without_search, staff, client, logged_in):
    """Whatever takes a key or a token – and whatever else is not for everybody."""
    routes.make_examples(staff)
    secret = [
        route
        for route in routes.EVERY
        if route.parameters & {"token", "key", "agreement"} and not route.is_post_only
    ]
    assert {route.name for route in secret} >= {
        "reflection:join", "reflection:own_link", "reflection:follow_up_by_link", "collaboration:shared",
        "reflection:forget_address",
        "account_reset_password_from_key",
    }  # fmt: skip
    for route in secret:
        for browser in [client, logged_in(staff)]:
            for address in route.addresses("da")[:1]:
                response = browser.get(address)
                assert "noindex" in response.get("X-Robots-Tag", ""), route.name
                # no-referrer would send «Origin: null» with the forms, which CSRF protection refuses
                assert response["Referrer-Policy"] in {"same-origin", "no-referrer"}
                assert address not in client.get("/sitemap.xml").content.decode()


def test_public_pages_may_be_indexed(client, db):
    make_story(slug="en")
    for address in ["/", "/historier/en/", "/soeg/", "/historier/feed.xml"]:
        assert "X-Robots-Tag" not in client.get(address)


def test_whatever_page_may_be_indexed_is_in_the_sitemap(content_without_search, staff, client):
    """Each route that is for everybody, in both languages."""
    routes.make_examples(staff)
    for language in ["da", "en"]:
        pages = [route.addresses(language) for route in routes.EVERY if route.is_public and route.is_page]
        found = client.get("/sitemap.xml").content.decode()
        for address in {address for addresses in pages for address in addresses[:1]}:
            response = client.get(address)
            if response.status_code == 200 and "noindex" not in response.text:
                assert f"{settings.SITE_URL}{address}</loc>" in found, address


def test_an_old_link_is_not_indexed_either(client, db):
    room = make_room()
    room.renew_code()
    assert "noindex" in client.get("/deltag/AAAAAAAAAAAAAAAAAAAAAA/")["X-Robots-Tag"]
