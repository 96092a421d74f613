"""What one can do with a goal: look at it alone, as a group, at both at once, and drop a run again."""

import json

import pytest
from django.test import TestCase
from django.urls import reverse

from goals.models import Review
from privacy.models import Event, What
from reflection.models import Answer, Reflection
from tests.factories import answer_everything, make_ended_review, make_guide, make_review, make_user

pytestmark = pytest.mark.django_db

ALONE, TOGETHER = "Gå det igennem alene (15 min)", "Gå det igennem som gruppe (60–75 min)"
GO_ON, TO_ROOM = "Fortsæt alene", "Gå til rummet"
DROP_ALONE, DROP_ROOM = "Drop dette gennemløb: alene", "Drop dette gennemløb: som gruppe"
ALL = {ALONE, TOGETHER, GO_ON, TO_ROOM, DROP_ALONE, DROP_ROOM}


@pytest.fixture
def guide(db):
    return make_guide()


@pytest.fixture
def ways(page, staff, guide):
    """A function: what the page of a goal offers of these ways."""

    def offered(goal) -> set[str]:
        shown = page(goal.get_absolute_url(), by=staff)
        texts = {" ".join(e.text_content().split()) for e in shown.select("main a, main button")}
        return texts & ALL

    return offered


def drop(review) -> str:
    return reverse("goals:drop", args=[review.reflection.key])


def open_room(goal, people=0, **chosen):
    review = goal.open_room(goal.owner, mode="confidential", **chosen)
    for number in range(people):
        answer_everything(review.reflection.participants.create(), number + 1)
    return review


def test_a_goal_that_nobody_looks_at_offers_both_ways(ways, goal):
    assert ways(goal) == {ALONE, TOGETHER}


def test_a_run_alone_does_not_hide_the_group(ways, goal):
    make_review(goal)
    assert ways(goal) == {GO_ON, DROP_ALONE, TOGETHER}


def test_a_room_does_not_hide_the_look_alone(ways, goal):
    open_room(goal)
    assert ways(goal) == {TO_ROOM, DROP_ROOM, ALONE}


def test_both_may_run_at_once(ways, goal):
    alone, together = make_review(goal), open_room(goal)
    assert ways(goal) == {GO_ON, DROP_ALONE, TO_ROOM, DROP_ROOM}
    assert (goal.start_review(goal.owner), open_room(goal)) == (alone, together)
    assert goal.reviews.count() == 2


def test_a_rehearsal_or_a_room_that_nobody_leads_is_in_nobodys_way(ways, goal):
    open_room(goal, is_rehearsal=True)
    left = open_room(goal).reflection
    left.participants.update(is_facilitator=False)
    assert ways(goal) == {ALONE, TOGETHER}


def test_a_colleague_who_reads_the_goal_is_offered_nothing(page, goal, guide, colleague):
    goal.shares.create(user=colleague)
    make_review(goal)
    shown = page(goal.get_absolute_url(), by=colleague)
    assert "Gå målet igennem" not in shown.text
    assert "Drop" not in shown.text


def test_without_a_published_compass_nothing_can_begin(page, staff, goal):
    assert "Gå det igennem" not in page(goal.get_absolute_url(), by=staff).text


def test_to_drop_a_run_asks_first(page, staff, goal):
    review = make_review(goal)
    asked = page(drop(review), by=staff)
    assert asked.texts("h1") == ["Drop dette gennemløb?"]
    assert goal.wording in asked.text
    assert Review.objects.filter(pk=review.pk).exists()


def test_only_that_run_is_deleted(page, staff, goal):
    ended, together = make_ended_review(goal), open_room(goal, people=4)
    dropped = make_review(goal)
    answer_everything(dropped.participant, 2)
    goal.past_wordings.create(text="Før stod der noget andet.")
    kept = {review.reflection_id for review in [ended, together]}
    theirs = Answer.objects.exclude(participant=dropped.participant).count()
    shown = page(drop(dropped), by=staff).form("main form").send()
    assert shown.url == goal.get_absolute_url()
    assert "Gennemløbet er slettet." in shown.text
    assert set(Reflection.objects.values_list("pk", flat=True)) == kept
    assert Answer.objects.count() == theirs > 0
    goal.refresh_from_db()
    assert goal.past_wordings.count() == 1


def test_what_was_dropped_stays_gone_after_a_restore_and_is_in_the_log(page, staff, goal, tmp_path, settings):
    settings.ERASURES_FILE = tmp_path / "erasures"
    review = make_review(goal)
    key = str(review.reflection.key)
    with TestCase.captureOnCommitCallbacks(execute=True):
        page(drop(review), by=staff).form("main form").send()
    lines = [json.loads(line) for line in settings.ERASURES_FILE.read_text().split("\n") if line]
    assert {"what": "reflection.reflection", "key": key}.items() <= lines[-1].items()
    assert Event.objects.filter(what=What.DELETED, detail__contains=key).count() == 1


def test_of_a_room_it_says_how_many_lose_their_answers(page, staff, goal, guide):
    review = open_room(goal, people=3)
    assert "3 er med" in page(drop(review), by=staff).text
    page(drop(review), by=staff).form("main form").send()
    assert Reflection.objects.count() == 0


def test_what_a_group_has_seen_is_not_one_persons_to_delete(page, staff_client, staff, goal, guide, ways):
    review = open_room(goal, people=3)
    asked = page(drop(review), by=staff).form("main form")
    review.reflection.reveal()
    assert DROP_ROOM not in ways(goal)
    asked.send(status=404)
    review.reflection.refresh_from_db()
    review.reflection.collect_again()
    assert staff_client.post(drop(review)).status_code == 404
    assert Reflection.objects.count() == 1


def test_what_is_concluded_is_not_dropped(staff_client, goal):
    review = make_ended_review(goal)
    assert staff_client.post(drop(review)).status_code == 409
    assert Review.objects.count() == 1


def test_nobody_drops_a_run_of_somebody_else(client, logged_in, goal, guide, colleague):
    alone, together = make_review(goal), open_room(goal)
    other = together.reflection.participants.create(user=colleague)
    for review in [alone, together]:
        assert logged_in(colleague).post(drop(review)).status_code == 404
        assert client.post(drop(review)).status_code in {302, 403}
    other.lead()
    assert logged_in(colleague).get(drop(together)).status_code == 200
    assert Review.objects.count() == 2


def test_the_owner_of_the_goal_who_does_not_lead_drops_no_room(page, staff, goal, guide, ways):
    review = open_room(goal)
    room = review.reflection
    room.participants.create(user=make_user("Lis Leder"), is_facilitator=True)
    room.participants.filter(user=staff).update(is_facilitator=False)
    assert ways(goal) == {TO_ROOM, ALONE}
    page(drop(review), by=staff, status=404)


@pytest.mark.parametrize("runs", [1, 3])
def test_the_page_of_a_goal_costs_the_same_however_often_it_was_looked_at(
    staff_client, goal, guide, django_assert_num_queries, runs
):
    for _run in range(runs):
        make_ended_review(goal)
    make_review(goal)
    open_room(goal)
    staff_client.get(goal.get_absolute_url())
    with django_assert_num_queries(QUERIES):
        staff_client.get(goal.get_absolute_url())


QUERIES = 12
