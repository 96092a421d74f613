"""«Din side»: what waits for somebody, what runs, what comes, and nothing of anybody else's."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, make_agreement, make_goal, make_review, make_room, make_user

pytestmark = pytest.mark.django_db

HOME = "/din-side/"


def in_days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


def test_one_lands_there_after_the_login(client, staff):
    response = client.post(reverse("account_login"), {"login": staff.email, "password": PASSWORD})
    assert response["Location"] == HOME


def test_it_begins_with_two_large_buttons(page, staff):
    assert page(HOME, by=staff).links(".kompas-actions a") == {
        "Gå et mål igennem": reverse("goals:register"),
        "Se på et samarbejde": reverse("collaboration:register"),
    }


def test_what_has_waited_longest_stands_first_and_what_comes_stands_apart(page, staff):
    room = make_room(leader=staff, title="")
    for what, days in [("I går", -1), ("For længst", -30), ("Om en måned", 30)]:
        make_agreement(room, what=what, due=in_days(days))
    found = page(HOME, by=staff)
    assert found.texts("section[aria-labelledby=waiting] h3") == ["For længst", "I går"]
    assert found.texts("section[aria-labelledby=coming] h3") == ["Om en måned"]


def test_a_room_that_runs_is_there_until_it_is_ended(page, staff):
    room = make_room(leader=staff, title="Haven bag huset")
    assert page(HOME, by=staff).texts("section[aria-labelledby=running] h3") == ["Haven bag huset"]
    room.reveal()
    room.conclude()
    assert page(HOME, by=staff).texts("section[aria-labelledby=running] h3") == []


def test_a_look_that_was_begun_can_be_gone_on_with(page, staff):
    review = make_review(make_goal("Færre skemaer", owner=staff))
    assert "Færre skemaer" in page(HOME, by=staff).texts("section[aria-labelledby=running-goals] li")
    review.reflection.conclude()
    assert "Færre skemaer" not in page(HOME, by=staff).text


def test_nothing_of_anybody_elses_is_there(page, staff):
    other = make_user("Anden")
    make_agreement(make_room(leader=other, title="Deres rum"), what="Deres aftale", due=in_days(-1))
    make_review(make_goal("Deres mål", owner=other))
    found = page(HOME, by=staff).text
    assert not [words for words in ["Deres rum", "Deres aftale", "Deres mål"] if words in found]
    assert "Intet lige nu." in found


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(staff, logged_in, number, django_assert_num_queries):
    for _time in range(number):
        make_agreement(make_room(leader=staff), due=in_days(-1))
        make_review(make_goal(owner=staff))
    browser = logged_in(staff)
    with django_assert_num_queries(7):  # session, user, waiting, coming, running, looks, goodbyes
        browser.get(HOME)
