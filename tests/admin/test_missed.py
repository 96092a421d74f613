"""Where readers found nothing: counted for addresses of ours, and for nothing that a visitor types."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compass.models import Missed, Redirect
from tests.factories import make_story

HERE = "http://testserver"


def missed():
    return list(Missed.objects.values_list("address", "page", "times"))


@pytest.fixture
def draft(db):
    return make_story(slug="taget-ned", published_at=None)


def later():
    Missed.objects.update(last_at=timezone.now() - timedelta(minutes=1))


def test_a_page_that_is_not_public_now_is_counted_in_either_language(client, draft):
    assert client.get("/historier/taget-ned/?q=noget").status_code == 404
    later()
    assert client.get("/en/historier/taget-ned/").status_code == 404
    assert missed() == [("/historier/taget-ned/", "", 2)]


def test_what_is_gone_and_short_addresses_that_lead_nowhere_are_counted(client, db):
    Redirect.objects.create(old="/historier/vaek/", new="")
    Redirect.objects.create(old="/plakat/", new="/historier/findes-ikke/")
    assert client.get("/historier/vaek/").status_code == 410
    assert client.get("/plakat/", follow=True).status_code == 404
    assert missed() == [("/historier/findes-ikke/", "", 1), ("/historier/vaek/", "", 1)]


def test_a_link_of_ours_is_counted_with_its_page(client, db):
    make_story(slug="her", body="Læs [mere om det](/findes-ikke/).")
    client.get("/findes-ikke/", headers={"referer": f"{HERE}/historier/her/"})
    assert missed() == [("/findes-ikke/", "/historier/her/", 1)]


@pytest.mark.parametrize(
    "referer",
    [
        "",
        f"{HERE}/historier/her/",
        f"{HERE}/",
        "https://andre.example/historier/her/",
        "http://[",
        f"{HERE}/%00",
    ],
)
@pytest.mark.parametrize("address", ["/mit-navn-er-ole/", "/historier/mit-navn/", "/a/b/c", "/rum/ABCDEF/"])
def test_what_a_visitor_types_is_kept_nowhere(client, db, address, referer):
    make_story(slug="her", body="Læs [mere om det](/findes-ikke/).")
    assert client.get(address, headers={"referer": referer} if referer else {}).status_code == 404
    assert client.post("/findes-ikke/", headers={"referer": f"{HERE}/historier/her/"}).status_code in {
        403,
        404,
        405,
    }
    assert missed() == []


def test_nobody_keeps_the_table_busy_or_fills_it(client, draft, monkeypatch):
    for _ in range(3):
        client.get("/historier/taget-ned/")
    assert missed() == [("/historier/taget-ned/", "", 1)]
    monkeypatch.setattr("compass.models.missed.AT_MOST", 1)
    make_story(slug="en-mere", published_at=None)
    client.get("/historier/en-mere/")
    assert len(missed()) == 1
    Missed.objects.update(last_at=timezone.now() - timedelta(days=91))
    client.get("/historier/en-mere/")
    assert missed() == [("/historier/en-mere/", "", 1)]


def test_editors_are_shown_what_still_leads_nowhere(client, draft, editor_client, admin_page):
    client.get("/historier/taget-ned/")
    shown = admin_page("/admin/links/", by=editor_client).text
    assert "/historier/taget-ned/: én gang" in " ".join(shown.split())
    draft.published_at = timezone.now()
    draft.save()
    assert "/historier/taget-ned/" not in admin_page("/admin/links/", by=editor_client).text
