"""Phases, the clock, who leads, and what the board costs."""

import re

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goals.models import Goal
from reflection.confidentiality import board
from reflection.models import Reflection
from tests.factories import make_goal, make_guide, make_room, make_user, tomorrow, yesterday
from tests.reflection.people import add, answer, enter, place_of, reveal
from tests.test_architecture import OURS, python_files, relative


@pytest.fixture
def leader(db):
    make_guide()
    return make_user("Malik Medarbejder")


@pytest.fixture
def room(leader):
    return make_room(leader=leader)


def at(room, name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


# --- Phases ----------------------------------------------------------------------------------------


def test_two_who_press_reveal_at_once_make_one_reveal(room):
    add(room, "1", "2", "3")
    one, two = Reflection.objects.get(pk=room.pk), Reflection.objects.get(pk=room.pk)
    one.reveal()
    two.reveal()
    assert set(room.snapshots.values_list("number", flat=True)) == {1}
    assert two.is_revealed


def test_back_and_conclude_at_once_do_not_end_a_room_that_answers_again(room):
    room.reveal()
    other = Reflection.objects.get(pk=room.pk)
    room.collect_again()
    assert not other.conclude()
    assert Reflection.objects.get(pk=room.pk).is_collecting


def test_nobody_writes_after_the_reveal(room):
    browser = enter(room)
    scale, _line = room.version.steps.first().answered_prompts
    room.reveal()
    browser.post(at(room, "step", 1), {f"prompt-{scale.pk}": "5"})
    browser.post(at(room, "withdraw"))
    assert place_of(browser, room).answers.count() == 0


def test_who_sends_an_answer_after_the_reveal_gets_the_words_back_and_a_way_to_the_board(page, room):
    browser = enter(room)
    form = page(at(room, "step", 1), by=browser).form("main form.kompas-form")
    line = next(name for name in form.names if form.element.cssselect(f"textarea[name='{name}']"))
    room.reveal()
    late = form.send({line: "Skrevet for sent", "go": "next"}, status=409)
    assert late.texts(".kompas-typed") == ["Skrevet for sent"]
    assert late.links("main a")["Se det samlede"] == at(room, "room")
    sent = {line: "Skrevet for sent"}
    status = page(at(room, "step", 1), by=browser, post=sent, part="save-status", status=409)
    assert status.links()["Se det samlede"] == at(room, "room")
    assert page(at(room, "finish"), by=browser, post={}).url == at(room, "board")


@pytest.mark.parametrize(("part", "is_told"), [("answering", True), ("talking", False)])
def test_a_page_that_follows_the_room_is_told_when_no_more_answers_are_taken(page, room, part, is_told):
    browser = enter(room)
    assert page(at(room, "now"), by=browser, part=part).text == ""
    room.reveal()
    told = page(at(room, "now"), by=browser, part=part)
    assert ("Svarene er vist." in told.text) == is_told
    assert page(at(room, "now"), by=browser).url == at(room, "board")


def test_what_was_shown_can_be_deleted_but_not_unseen_and_the_page_says_so(page, room):
    browser = enter(room, name="Alma")
    answer(place_of(browser, room), "4")
    add(room, "1", "2")
    assert "så længe de ikke er vist" in page(at(room, "answers"), by=browser).text
    room.reveal()
    assert "kan ikke slettes" in page(at(room, "answers"), by=browser).text
    room.collect_again()
    assert "bliver stående, sådan som det blev vist" in page(at(room, "answers"), by=browser).text
    browser.post(at(room, "withdraw"))
    assert place_of(browser, room).answers.count() == 0


def test_a_room_whose_time_has_come_is_shown_to_the_next_visitor(page, room):
    add(room, "1", "2", "3")
    visitor = enter(room)
    Reflection.objects.filter(pk=room.pk).update(reveal_at=yesterday(), counted=room.people_digest())
    assert page(at(room, "room"), by=visitor).url == at(room, "board")


def test_a_group_decides_only_on_what_it_has_seen(leader, logged_in):
    review = make_goal(owner=leader).open_room(leader, mode="confidential")
    room = review.reflection
    room.reveal()
    review.decision, review.reason = "keep", "Den virker."
    review.save()
    review.decide()
    room.collect_again()
    for name in ["decision", "plan"]:
        refused = logged_in(leader).post(
            reverse(f"goals:{name}", args=[room.key]),
            {"stop": "x", "responsible": "y", "no_date_reason": "z"},
        )
        assert refused.status_code == 409
        assert "Der svares igen" in refused.content.decode()
    assert Reflection.objects.get(pk=room.pk).is_collecting


# --- How many there are ----------------------------------------------------------------------------


def test_the_reveal_asks_first(page, room, leader):
    add(room, "1", "2", "3")
    asked = page(at(room, "lead"), by=leader)
    counted = page(asked.links()["Vis svarene samlet"], by=leader)
    assert "Her er 3. Er I så mange?" in counted.text
    assert Reflection.objects.get(pk=room.pk).is_collecting
    assert counted.form().send(button="Det passer. Vis svarene samlet").url == at(room, "board")


def test_nothing_is_shown_where_nobody_is_done(page, room, leader):
    enter(room)
    asked = page(at(room, "reveal"), by=leader)
    assert "Ingen er færdige endnu" in asked.text
    assert not [text for text in asked.texts("main button") if text.startswith("Det passer")]
    refused = asked.form().send({"go": "now"}, status=422)
    assert "Så er der ikke noget at vise" in refused.text
    assert Reflection.objects.get(pk=room.pk).is_collecting


def test_who_is_not_done_is_said_by_party(page, room, leader):
    us, them = (room.parties.create(position=n, title=title) for n, title in enumerate(["Vi", "De andre"]))
    add(room, "1", "2", party=us)
    room.participants.create(party=them)
    asked = page(at(room, "reveal"), by=leader)
    assert "Her er 2 fra Vi og 1 fra De andre. Er I så mange?" in asked.text
    assert [text for text in asked.texts(".kompas-notice--warning") if "færdig" in text] == [
        "De andre: 1 er ikke færdig. Det, der er svaret indtil nu, kommer med."
    ]
    assert asked.form().send(button="Det passer. Vis svarene alligevel").url == at(room, "board")


@pytest.mark.parametrize("change", ["comes", "goes", "changes places"])
def test_a_count_is_void_when_anybody_comes_or_goes(page, room, leader, change):
    alma = enter(room)
    add(room, "1", "2", "3")
    asked = page(at(room, "reveal"), by=leader)
    if change != "comes":
        place_of(alma, room).delete()
    if change != "goes":
        enter(room)
    told = asked.form().send({"go": "now"}, status=422)
    assert "Der er kommet eller gået nogen, mens du talte. Tæl igen." in told.text
    assert Reflection.objects.get(pk=room.pk).is_collecting
    assert told.form().send({"go": "now"}).url == at(room, "board")


def test_a_spectator_is_nobody_to_count(page, room, leader):
    add(room, "1", "2", "3")
    asked = page(at(room, "reveal"), by=leader)
    enter(room, spectator="on")
    assert asked.form().send({"go": "now"}).url == at(room, "board")


def test_everybody_sees_how_many_are_in_and_how_many_are_done_of_each_party(page, room, leader):
    us, them = (room.parties.create(position=n, title=title) for n, title in enumerate(["Vi", "De andre"]))
    phone = enter(room, party=us.pk)
    add(room, "1", "2", "3", "4", party=them)
    phone.post(at(room, "finish"))
    for who, name in [(phone, "waiting"), (leader, "lead")]:
        seen = page(at(room, name), by=who)
        assert seen.texts(".kompas-heads li") == [
            "Vi: 1 af 1 er færdige.", "De andre: 4 af 4 er færdige.",
        ]  # fmt: skip
        assert "Tæl, hvor mange I er." in seen.text


def test_the_set_time_waits_for_the_count_and_says_so(page, room, leader):
    phone = enter(room)
    phone.post(at(room, "finish"))
    Reflection.objects.filter(pk=room.pk).update(reveal_at=yesterday())
    waiting = page(at(room, "waiting"), by=phone)
    assert waiting.url == at(room, "waiting")
    assert "Tiden er gået. Svarene vises, når den, der leder rummet, har bekræftet" in waiting.text
    page(at(room, "reveal"), by=leader).form().send({"go": "now"})
    assert page(at(room, "waiting"), by=phone).url == at(room, "board")


def test_a_count_in_advance_holds_until_somebody_comes(page, room, leader):
    add(room, "1", "2", "3")
    Reflection.objects.filter(pk=room.pk).update(reveal_at=tomorrow())
    asked = page(at(room, "reveal"), by=leader)
    told = asked.form().send(button="Det passer. Vis dem på det aftalte tidspunkt")
    assert told.url == at(room, "lead")
    assert "Du har bekræftet, hvor mange I er." in told.text
    phone = enter(room)
    assert "Du har ikke bekræftet, hvor mange I er." in page(at(room, "lead"), by=leader).text
    Reflection.objects.filter(pk=room.pk).update(reveal_at=yesterday())
    assert page(at(room, "waiting"), by=phone).url == at(room, "waiting")
    place_of(phone, room).delete()
    page(at(room, "lead"), by=leader)
    assert Reflection.objects.get(pk=room.pk).is_revealed


def test_a_room_that_goes_back_is_counted_anew(room):
    add(room, "1", "2", "3")
    room.confirm_head_count(room.people_digest())
    assert room.reveal_if_counted()
    room.collect_again()
    assert not Reflection.objects.get(pk=room.pk).is_counted


def test_only_the_model_reveals_without_asking():
    """Pages and commands ask whether the people have been counted."""
    sources = {relative(path): path.read_text(encoding="utf-8") for path in python_files(*OURS)}
    revealing = {name for name, text in sources.items() if re.search(r"\.reveal\(\)", text)}
    assert revealing == {"reflection/models/rooms.py"}


# --- Who leads -------------------------------------------------------------------------------------


def test_a_second_comes_by_the_link_and_a_third_by_being_given_the_role(page, room):
    second = enter(room, token=room.facilitator_invitation, name="Sara", spectator="on")
    third = enter(room, name="Tor")
    page(at(room, "lead"), by=third, status=404)
    second.post(at(room, "person", place_of(third, room).key), {"act": "lead"})
    second.post(at(room, "leave"))
    assert page(at(room, "lead"), by=third).url == at(room, "lead")
    add(room, "1")
    reveal(third, room)
    assert Reflection.objects.get(pk=room.pk).is_revealed


def test_who_is_in_the_room_already_takes_over_by_the_link(page, room):
    browser = enter(room, name="Alma")
    answer(place_of(browser, room), "4")
    address = reverse("reflection:join", args=[room.facilitator_invitation])
    page(address, by=browser)
    assert not place_of(browser, room).is_facilitator
    page(address, by=browser, post={})
    place = place_of(browser, room)
    assert (place.is_facilitator, place.is_respondent, place.answers.count() > 0) == (True, True, True)


def test_who_takes_over_a_goals_room_can_decide_and_does_not_get_the_goal(leader, page, logged_in):
    review = make_goal(owner=leader).open_room(leader, mode="confidential")
    room = review.reflection
    karen = make_user("Karen Kollega")
    browser = enter(
        room, by=logged_in(karen), token=room.facilitator_invitation, name="Karen", spectator="on"
    )
    room.reveal()
    assert page(reverse("goals:decision", args=[room.key]), by=browser).status == 200
    page(review.goal.get_absolute_url(), by=browser, status=404)
    assert not Goal.objects.visible_to(karen)


def test_whoever_opened_a_room_cannot_vanish_from_it(room, leader, logged_in, page):
    browser = logged_in(leader)
    browser.post(at(room, "leave"))
    assert page(at(room, "lead"), by=browser).url == at(room, "lead")
    with pytest.raises(ProtectedError):
        leader.delete()


def test_the_leader_sees_names_and_numbers_but_not_who_is_done(page, room, leader):
    done, waits = enter(room, name="Alma"), enter(room, name="Bo")
    enter(room)
    before = page(at(room, "lead"), by=leader).texts(".kompas-participants > li")
    done.post(at(room, "finish"))
    told = page(at(room, "lead"), by=leader)
    assert told.texts(".kompas-participants > li") == before
    assert "1 er færdig. 3 er med." in told.text
    assert waits


@pytest.mark.parametrize(
    "name", ["lead", "poster", "paper", "reveal", "collect_again", "renew_code", "timer"]
)
def test_who_does_not_lead_finds_nothing_there(room, name):
    browser = enter(room)
    assert browser.get(at(room, name)).status_code in {404, 405}
    assert browser.post(at(room, name)).status_code in {404, 405}
    assert Reflection.objects.get(pk=room.pk).is_collecting


# --- The clock -------------------------------------------------------------------------------------


def test_the_clock_runs_rests_and_goes_on_for_all_to_see(page, room, leader, logged_in):
    browser, phone = logged_in(leader), enter(room)
    browser.post(at(room, "timer"), {"minutes": "2"})
    assert "Uret: går til kl." in page(at(room, "step", 1), by=phone).text
    browser.post(at(room, "timer"), {"action": "pause"})
    assert "tilbage, sat på pause" in page(at(room, "step", 1), by=phone).text
    browser.post(at(room, "timer"), {"action": "resume"})
    assert Reflection.objects.get(pk=room.pk).timer_ends_at
    browser.post(at(room, "timer"), {"action": "stop"})
    assert page(at(room, "step", 1), by=phone).select(".kompas-timer") == []


# --- Paper and rehearsal ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "back", ["tavle", "account_logout", "//ond.example.dk/", "https:ond.example.dk", "\0"]
)
def test_a_button_leads_back_to_an_address_of_ours_and_nowhere_else(room, leader, logged_in, back):
    answer = logged_in(leader).post(at(room, "timer"), {"action": "stop", "back": back})
    assert answer["Location"] == at(room, "lead")


def test_paper_is_typed_in_and_not_seen_again(page, room, leader):
    asked = page(at(room, "paper"), by=leader)
    line = next(name for name in asked.form().names if asked.select(f"textarea[name='{name}']"))
    told = asked.form().send({line: "Ord fra papir"})
    assert told.url == at(room, "lead")
    assert "1 på papir" in told.text
    assert "Ord fra papir" not in told.html


def test_a_rehearsal_has_six_who_have_answered_and_is_no_look_at_the_goal(page, leader):
    goal = make_goal(owner=leader)
    room = goal.open_room(leader, mode="confidential", is_rehearsal=True).reflection
    assert (room.counted_count, room.done_count) == (6, 6)
    room.reveal()
    assert [values.total for result in board(room) for values in result.values] == [6, 6]
    assert all(result.comments for result in board(room))
    assert "Prøve" in page(at(room, "board"), by=leader).texts(".kompas-mode .kompas-tag")
    assert goal.open_room(leader, mode="confidential").reflection != room


# --- What it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["board", "lead", "minutes"])
def test_a_page_costs_the_same_for_three_people_and_for_thirty(room, leader, logged_in, name):
    browser = logged_in(leader)
    counts = []
    for people in [3, 27]:
        add(room, *[(str(number % 5 + 1), f"ord {number}") for number in range(people)])
        room.reveal()
        browser.get(at(room, name))  # a process reads the steps but once
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(at(room, name)).status_code == 200
        counts.append(len(queries))
        room.collect_again()
    assert counts[0] == counts[1]


def test_strangers_and_people_of_another_room_stay_outside(room, leader):
    other = enter(make_room(leader=leader))
    for browser in [Client(), other]:
        for name in ["board", "lead", "answers", "minutes", "download"]:
            assert browser.get(at(room, name)).status_code == 403
