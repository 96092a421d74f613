"""Goodbyes are told to everybody only when the owner offers them and an editor agrees."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from goals.models import Goodbye
from tests.factories import make_goal, make_review

OFFERED = {
    "what": "Ugerapporten",
    "why": "Ingen læste den.",
    "stops_on": "2027-01-01",
    "frees": "To timer om ugen",
    "guard": "Teamlederen",
}


@pytest.fixture
def ended(staff):
    """Malik's goal, to which he has said goodbye; its words are nobody else's."""
    goal = make_goal("Hemmeligt mål", owner=staff)
    review = make_review(goal, decision="goodbye", reason="Hemmelig grund", stop="Hemmelig plan")
    review.decide()
    review.reflection.conclude()
    return review


@pytest.fixture
def address(ended):
    return reverse("goals:offer_goodbye", args=[ended.reflection.key])


def make_goodbye(review, **fields):
    return Goodbye.objects.create(
        review=review, **{**OFFERED, "stops_on": datetime.date(2027, 1, 1), **fields}
    )


def test_an_offered_goodbye_waits_for_the_editor(staff_client, client, address, page):
    answer = staff_client.post(address, OFFERED)
    assert answer.status_code == 302
    assert Goodbye.objects.get().published_at is None
    assert "Ugerapporten" not in page("/farvel/").text


def test_a_published_goodbye_says_what_was_offered_and_nothing_of_the_goal(ended, page):
    make_goodbye(ended, published_at=timezone.now())
    text = page("/farvel/").text
    for words in ["Ugerapporten", "Ingen læste den.", "To timer om ugen", "Teamlederen"]:
        assert words in text
    assert "Hemmelig" not in text


def test_the_newest_goodbye_comes_first(staff, page):
    for number, day in [(1, 3), (2, 5), (3, 4)]:
        review = make_review(make_goal(f"Mål {number}", owner=staff), decision="goodbye", reason="Nok")
        make_goodbye(
            review, what=f"Nummer {number}", stops_on=datetime.date(2027, 1, day), published_at=timezone.now()
        )
    assert page("/farvel/").texts("article h2") == ["Nummer 2", "Nummer 3", "Nummer 1"]


def test_an_empty_list_says_so(page):
    assert "Ingen har fortalt om et farvel endnu." in page("/farvel/").text


def test_a_colleague_cannot_offer_it(colleague, logged_in, address):
    assert logged_in(colleague).post(address, OFFERED).status_code == 404
    assert not Goodbye.objects.exists()


def test_only_a_concluded_goodbye_can_be_told(staff, staff_client):
    review = make_review(make_goal(owner=staff), decision="keep", reason="Godt")
    key = review.reflection.key
    assert staff_client.get(reverse("goals:offer_goodbye", args=[key])).status_code == 404


def test_a_public_goodbye_is_not_rewritten_by_its_owner(ended, staff_client, address):
    make_goodbye(ended, published_at=timezone.now())
    staff_client.post(address, {**OFFERED, "what": "Noget andet"})
    assert Goodbye.objects.get().what == "Ugerapporten"


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(staff_client, address):
    answer = staff_client.post(address, {**OFFERED, "guard": ""})
    assert answer.status_code == 422
    assert "Ingen læste den." in answer.content.decode()


def test_an_editor_publishes_and_cannot_see_the_goal(ended, editor, logged_in, page):
    goodbye = make_goodbye(ended)
    browser = logged_in(editor)
    form = browser.get(f"/admin/goals/goodbye/{goodbye.pk}/change/")
    assert form.status_code == 200
    assert "Hemmelig" not in form.content.decode()
    browser.post("/admin/goals/goodbye/", {"action": "publish", "_selected_action": [goodbye.pk]})
    assert page("/farvel/").texts("article h2") == ["Ugerapporten"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(staff, client, django_assert_num_queries, number):
    for index in range(number):
        review = make_review(make_goal(f"Mål {index}", owner=staff), decision="goodbye", reason="Nok")
        make_goodbye(review, published_at=timezone.now())
    with django_assert_num_queries(1):
        client.get("/farvel/")
