"""What one looks at alone has the pages of a room, and nobody comes in but its owner, by login."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from reflection.live import streams
from reflection.models import Answer, Reflection
from tests.factories import answer_everything, make_goal, make_review, make_room, make_user
from tests.reflection.asgi import request_of
from tests.reflection.people import seat

pytestmark = pytest.mark.django_db
SECRET = "Ord fra deltager 4"
READ = [
    "room",
    "step",
    "answers",
    "download",
    "download_text",
    "agree",
    "welcome",
    "now",
    "minutes",
    "minutes_json",
    "board",
    "waiting",
]
WRITTEN = ["step", "finish", "withdraw", "welcome", "agree"]


@pytest.fixture
def review(staff):
    review = make_review(make_goal(owner=staff))
    answer_everything(review.participant, 4)
    return review


@pytest.fixture
def alone(review) -> Reflection:
    return review.reflection


def at(alone, name) -> str:
    return reverse(f"reflection:{name}", args=[alone.key, 1] if name == "step" else [alone.key])


def comes_in(browser, alone) -> list[str]:
    """Every door that shows somebody's own page or words, or takes something."""
    opened = []
    for name in READ:
        answer = browser.get(at(alone, name), follow=True)
        ended = answer.request["PATH_INFO"]
        if answer.status_code == 200 and ("/rum/" in ended or SECRET in answer.content.decode()):
            opened.append(f"GET {name}")
    before = list(Answer.objects.order_by("pk").values())
    for name in WRITTEN:
        prompts = alone.version.steps.get(position=1).answered_prompts
        browser.post(at(alone, name), {f"prompt-{prompt.pk}": "5" for prompt in prompts} | {"go": "next"})
    if list(Answer.objects.order_by("pk").values()) != before:
        opened.append("POST")
    if streams.may_follow(request_of(browser), alone.key):
        opened.append("stream")
    return opened


def test_the_owner_comes_in(logged_in, staff, alone):
    opened = comes_in(logged_in(staff), alone)
    assert {"GET room", "GET step", "GET answers", "GET download", "POST"} <= set(opened)


@pytest.mark.parametrize("role", [None, "Redaktør", "Metodeansvarlig", "Administrator"])
def test_no_colleague_comes_in(logged_in, alone, role):
    assert comes_in(logged_in(make_user("Karen Kollega", role=role)), alone) == []


def test_nobody_comes_in_without_a_login_nor_with_a_place_elsewhere(staff, alone):
    other = make_room(leader=staff, people=[None])
    assert comes_in(Client(), alone) == []
    assert comes_in(seat(other.participants.exclude(user=staff).get()), alone) == []


def test_a_colleague_whom_the_goal_is_shared_with_reads_no_answer(logged_in, review, alone):
    karen = make_user("Karen Kollega")
    review.goal.shares.create(user=karen)
    assert comes_in(logged_in(karen), alone) == []


def test_a_login_that_has_ended_opens_nothing(logged_in, staff, alone, time_machine):
    time_machine.move_to(timezone.now())
    browser = Client()
    staff.set_password("et-langt-kodeord")
    staff.save()
    browser.post("/konto/log-ind/", {"login": staff.email, "password": "et-langt-kodeord"})
    assert comes_in(browser, alone)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert comes_in(browser, alone) == []


def test_a_closed_account_opens_nothing(logged_in, staff, alone):
    browser = logged_in(staff)
    User.objects.filter(pk=staff.pk).update(is_active=False)
    assert comes_in(browser, alone) == []


def test_what_was_handed_over_is_the_new_owners_without_a_word_of_the_old(logged_in, staff, alone):
    karen = make_user("Karen Kollega")
    before = logged_in(staff)
    staff.is_active = False
    staff.save()
    call_command("hand_over", staff.email, karen.email, reason="Malik er rejst til en anden by i landet.")
    assert comes_in(before, alone) == []
    User.objects.filter(pk=staff.pk).update(is_active=True)
    assert comes_in(logged_in(staff), alone) == []
    shown = "".join(logged_in(karen).get(at(alone, name), follow=True).content.decode() for name in READ)
    assert SECRET not in shown


def test_whose_row_stands_in_it_without_owning_it_does_not_come_in(logged_in, alone):
    karen = make_user("Karen Kollega")
    alone.participants.create(user=karen)
    assert comes_in(logged_in(karen), alone) == []


def test_a_session_that_says_it_has_the_place_opens_nothing(logged_in, review, alone):
    """Places are held by sessions; what is looked at alone by no session but the login."""
    assert comes_in(seat(review.participant), alone) == []
    browser = logged_in(make_user("Karen Kollega"))
    session = browser.session
    session["account_places"] = {str(alone.key): str(review.participant.key)}
    session.save()
    assert comes_in(browser, alone) == []


def test_no_code_and_no_link_of_a_look_alone_leads_in(logged_in, review, alone):
    karen = logged_in(make_user("Karen Kollega"))
    for browser in [Client(), karen]:
        browser.post(reverse("reflection:code"), {"code": review.participant.return_code})
        browser.post(reverse("reflection:come_back"), {"code": review.participant.return_code})
        browser.post(reverse("reflection:own_link", args=[review.participant.link]))
        assert comes_in(browser, alone) == []


def test_there_is_nothing_to_lead_to_leave_or_to_wait_for(page, staff, alone):
    for name in ["lead", "reveal", "people", "paper", "slips"]:
        assert page(at(alone, name), by=staff).url == at(alone, "answers")
    for name in ["waiting", "board"]:
        assert page(at(alone, name), by=staff).url == at(alone, "answers")


def test_the_pages_of_a_look_alone_speak_of_no_room(page, staff, alone):
    for name in ["step", "answers"]:
        shown = page(at(alone, name), by=staff)
        for word in ["rummet", "Rummet", "De andre", "Din egen kode", "Fortroligt", "Jeg er færdig"]:
            assert word not in shown.text
        assert shown.select("[data-live]") == []
