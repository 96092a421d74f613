"""The front of the admin: what waits for whoever comes, and the way to it."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from compass.models import Story
from goals.models import Goodbye
from tests.factories import (
    make_goal,
    make_page,
    make_recording,
    make_review,
    make_story,
    tomorrow,
    yesterday,
)

pytestmark = pytest.mark.django_db
ENGLISH = {f"{name}_en": "x" for name in ["title", "standfirst", "body"]}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def make_what_waits():
    path = make_story("Offentlig", **ENGLISH).path
    path.withdraw()
    make_story("Til gennemsyn", published_at=None, submitted_at=yesterday())
    make_story("Planlagt", published_at=tomorrow())
    old = make_page("Gammel", **ENGLISH)
    type(old).objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=400))
    make_story("Kun dansk")
    make_story("Fra en samtale", key="SK7", published_at=None)
    make_recording(chapters=0, published_at=None)
    review = make_review(make_goal(), decision="goodbye", reason="Nu er det nok.")
    Goodbye.objects.create(
        review=review, what="Ti møder", why="Nok.", published_at=None, stops_on=yesterday(), is_shared=True
    )


def tasks(page) -> list[str]:
    return page.texts(".tasks li")


def test_the_front_says_what_waits_and_leads_to_it(admin_page, editor_client):
    make_what_waits()
    front = admin_page("/admin/", by=editor_client)
    assert sorted(tasks(front)) == [
        "Farveller til gennemsyn: 1 farvel",
        "Ikke set på i et år: 1 side",
        "Kladder fra samtaler: 1 historie",
        "Mangler engelsk: 1 historie",
        "Mangler lyd og tekst: 1 optagelse",
        "Planlagt: 1 historie",
        "Til gennemsyn: 1 historie",
    ]
    for label, url in front.links(".tasks li a").items():
        listed = admin_page(url, by=editor_client)
        assert len(listed.select("#result_list tbody tr")) == 1, label


def test_where_nothing_waits_it_says_so(admin_page, editor_client):
    assert "Der er ikke noget, der venter." in admin_page("/admin/", by=editor_client).text


def test_nobody_is_told_of_what_they_may_not_change(admin_page, method_owner_client):
    make_what_waits()
    assert not admin_page("/admin/", by=method_owner_client).select(".tasks")


def queries_of(client, capture) -> int:
    with capture() as captured:
        client.get("/admin/")
    return len(captured)


def test_the_front_costs_the_same_for_one_and_for_many(editor_client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def capture():
        return CaptureQueriesContext(connection)

    make_what_waits()
    one = queries_of(editor_client, capture)
    for _ in range(2):
        make_story(published_at=None, submitted_at=yesterday())
        make_page()
    assert queries_of(editor_client, capture) == one
    assert one <= 20


# --- To the page of a row ------------------------------------------------------------------------------


def on_site(item) -> str:
    return f"/admin/r/{ContentType.objects.get_for_model(item).pk}/{item.pk}/"


def test_a_row_leads_to_its_page(editor_client):
    story = make_story(published_at=None)
    assert editor_client.get(on_site(story))["Location"] == story.get_absolute_url()


def test_the_address_of_a_colleagues_goal_is_not_given_away(editor_client, administrator_client):
    goal = make_goal()
    for client in [editor_client, administrator_client]:
        answer = client.get(on_site(goal))
        assert answer.status_code == 404
        assert str(goal.key) not in answer.content.decode()


@pytest.mark.parametrize("address", ["/admin/r/999999/1/", "/admin/r/1/x/"])
def test_what_is_not_there_is_not_found(editor_client, address):
    assert editor_client.get(address).status_code == 404


def test_a_row_of_a_model_one_may_not_see_is_not_found(method_owner_client):
    story = make_story()
    assert method_owner_client.get(on_site(story)).status_code == 404
    story.delete()
    assert not Story.objects.exists()
