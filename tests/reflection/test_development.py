"""Any compass over its rounds: who was in them sees what they saw in each, and nothing else."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reflection.development import development, rounds_open_to
from reflection.models import Participant, Reflection
from tests.factories import make_goal, make_guide, make_room
from tests.reflection.people import add, seat

pytestmark = pytest.mark.django_db
SLUG = "hverdagskompasset"
WORDS = "Udvikling over runderne"


@pytest.fixture
def guide(db):
    return make_guide(SLUG, title="Hverdagskompasset", steps=2)


def hold(leader, *answers, follows=None, **chosen) -> Reflection:
    """A round that has ended: everybody gives every statement their number."""
    series = {"series": follows.series} if follows else {}
    room = make_room(leader=leader, guide=SLUG, **series, **chosen)
    add(room, *answers)
    return end(room)


def end(room) -> Reflection:
    room.reveal()
    room.agree(what="Vi mødes", who="Ea", due="2027-03-01")
    return Reflection.objects.get(pk=room.pk)


def address(room) -> str:
    return reverse("reflection:development", args=[room.key])


def seen_by(room, **places) -> list[list]:
    """Of the first statement: round and mean, as somebody with these places sees it."""
    shown = development(rounds_open_to(room, Participant.objects.filter(**places)))
    return [[line.number, line.means[0]] for side in shown for line in side.lines]


def test_a_room_that_goes_on_from_another_is_its_next_round(page, guide, staff):
    first = hold(staff, "1", "2", "3")
    opening = page(reverse("reflection:open_room", args=[SLUG]), by=staff).form("main form")
    opening.send({"title": "Igen", "follows": first.pk, "people": "20"})
    second = Reflection.objects.latest("pk")
    add(second, "4", "4", "4")
    assert WORDS not in page(first.outcome_address, by=staff).text  # there is nothing to follow yet
    end(second)
    last = page(second.outcome_address, by=staff)
    shown = page(last.links("main a")[WORDS], by=staff)
    assert shown.texts("thead th") == ["Trin", "Runde 1", "Runde 2"]
    assert shown.texts("tbody td") == ["2,0", "4,0"] * 2
    assert shown.select("svg.kompas-radar") == []  # two corners are no picture


def test_three_steps_are_a_picture_too(page, staff):
    make_guide(SLUG, steps=3)
    second = hold(staff, "4", "4", "4", follows=hold(staff, "1", "2", "3"))
    assert len(page(address(second), by=staff).select("svg.kompas-radar .kompas-radar__round")) == 2


def test_a_second_group_that_looks_at_a_goal_is_a_next_round_too(staff):
    make_guide()
    goal = make_goal(owner=staff)
    first = goal.open_room(staff, mode="confidential")
    Reflection.objects.filter(pk=first.reflection_id).update(phase="concluded", concluded_at="2026-01-01T00Z")
    assert goal.open_room(staff, mode="confidential").reflection.series == first.reflection.series


@pytest.mark.parametrize(
    ("part", "rounds"),
    [
        ({"is_respondent": True}, [[1, 2], [2, 4]]),
        ({"is_respondent": False}, [[1, 4]]),  # only looked on in the first
        ({"is_put_out": True}, [[1, 4]]),
        (None, [[1, 4]]),
    ],
)
def test_one_sees_the_rounds_one_was_in(guide, staff, colleague, part, rounds):
    first = hold(staff, "1", "2", "3")
    second = hold(staff, "4", "4", "4", follows=first)
    second.participants.create(user=colleague)
    if part is not None:
        first.participants.create(user=colleague, **part)
    assert seen_by(second, user=colleague) == rounds
    assert seen_by(first, user=colleague) == rounds


def test_what_has_not_ended_or_was_tried_out_is_no_round(guide, staff):
    first = hold(staff, "1", "2", "3")
    hold(staff, "5", "5", "5", follows=first, is_rehearsal=True)
    running = make_room(leader=staff, guide=SLUG, series=first.series)
    add(running, "5", "5", "5")
    running.reveal()
    assert seen_by(running, user=staff) == [[1, 2]]


def test_another_statement_is_not_compared_with_the_one_that_stood_there(guide, staff):
    first = hold(staff, "1", "2", "3")
    draft = guide.current_version().new_draft()
    prompt = draft.steps.get(position=1).prompts.get(kind="scale")
    prompt.text = "Noget helt andet"
    prompt.save()
    draft.publish()
    second = hold(staff, "4", "4", "4", follows=first)
    assert seen_by(second, user=staff) == [[1, None], [2, 4]]


def test_parties_are_followed_each_for_itself(page, staff):
    make_guide(SLUG, steps=2, together="parties", for_one=False)
    rounds: list[Reflection] = []
    for own, others in [("2", "5"), ("4", "5")]:
        room = make_room(leader=staff, guide=SLUG, **({"series": rounds[0].series} if rounds else {}))
        for position, (title, answers) in enumerate([("Os", [own] * 3), ("Dem", [others] * 2)], start=1):
            add(room, *answers, party=room.parties.create(position=position, title=title))
        rounds.append(end(room))
    shown = page(address(rounds[1]), by=staff)
    assert shown.texts("h2")[:2] == ["Os", "Dem"]
    assert shown.texts("tbody td") == ["2,0", "4,0"] * 2
    assert "For få har svaret i hver runde, så her er ingen tal." in shown.text


def test_who_is_one_of_two_changes_nothing_that_anybody_sees_over_the_rounds(staff, colleague, logged_in):
    """The same pages for who was in all rounds and in some, whatever Alma answers in a party of two."""
    make_guide(SLUG, steps=1, together="parties", for_one=False)
    pages = []
    for number in ["1", "5"]:
        with transaction.atomic():
            rooms: list[Reflection] = []
            for _round in range(2):
                series = {"series": rooms[0].series} if rooms else {}
                room = make_room(leader=staff, guide=SLUG, **series)
                us, them = [room.parties.create(position=n, title=t) for n, t in enumerate(["Os", "Dem"])]
                add(room, "2", "2", "3", party=us)
                bo, _alma = add(room, "3", number, party=them)
                rooms.append(end(room))
            rooms[1].participants.create(user=colleague, party=rooms[1].parties.first())
            browsers = [logged_in(staff), logged_in(colleague), seat(bo)]
            shown = [browser.get(address(rooms[1])).content.decode() for browser in browsers]
            pages.append([re.sub(r'[0-9a-f-]{36}|nonce="[^"]*"|value="\w{64}"', "", text) for text in shown])
            transaction.set_rollback(True)
    assert pages[0] == pages[1]
    assert all("2,3" in text for text in pages[0])


@pytest.mark.parametrize("rounds", [1, 3])
def test_it_costs_the_same_over_one_round_and_over_many(guide, staff, staff_client, rounds):
    room = hold(staff, "1", "2", "3")
    for _further in range(rounds - 1):
        hold(staff, "1", "2", "3", follows=room)
    staff_client.get(address(room))
    with CaptureQueriesContext(connection) as queries:
        assert staff_client.get(address(room)).status_code == 200
    assert len(queries) == 7
