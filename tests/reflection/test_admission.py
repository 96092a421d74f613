"""Who lets whom in: the door, how many a room takes, and codes that their person has renewed or closed."""

import re
from contextlib import closing

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from reflection.live import streams
from reflection.models import Reflection
from tests.factories import make_room, make_user
from tests.reflection.asgi import Subscribers, request_of
from tests.reflection.people import enter, place_of


@pytest.fixture
def leader(db):
    cache.clear()
    return make_user("Malik Medarbejder")


@pytest.fixture
def room(leader):
    return make_room(leader=leader)


@pytest.fixture
def leads(logged_in, leader):
    return logged_in(leader)


def at(room, name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


def way_in(room, token="") -> str:
    return reverse("reflection:join", args=[token or room.invitation])


def again(room) -> Reflection:
    return Reflection.objects.get(pk=room.pk)


# --- The door --------------------------------------------------------------------------------------


def test_nobody_new_comes_through_a_closed_door_and_who_is_in_comes_back(page, room, leads):
    alma = enter(room, name="Alma")
    place = place_of(alma, room)
    assert page(at(room, "lead"), by=leads).form("form:has([value=close])").send().url == at(room, "lead")
    people = room.participants.count()
    for token in [room.invitation, room.facilitator_invitation]:
        assert "har lukket døren" in page(way_in(room, token), by=Client(), status=403).text
        assert Client().post(way_in(room, token), {"name": "Ny"}).status_code == 403
    assert page("/deltag/", by=Client(), post={"code": room.code}, status=403)
    assert room.participants.count() == people
    assert page(way_in(room), by=alma).url == at(room, "welcome")
    assert page("/deltag/igen/", by=Client(), post={"code": place.return_code}).url == at(room, "welcome")


def test_the_door_is_closed_and_opened_for_all_to_see(page, room, leads):
    alma = enter(room, name="Alma")
    for act, told in [("close", "Døren er lukket: ingen nye kan komme ind"), ("open", "Døren er åben igen")]:
        for _press in range(2):
            leads.post(at(room, "door"), {"door": act})
        doors = [
            notice
            for notice in page(at(room, "waiting"), by=alma).texts(".kompas-notice")
            if "Døren" in notice
        ]
        assert [told in notice for notice in doors] == [True]
    assert [act for act, _name, _day in again(room).told] == ["door_opened"]  # however often it was turned
    enter(room, name="Bo")


def test_who_does_not_lead_touches_no_door(room):
    assert enter(room).post(at(room, "door"), {"door": "close"}).status_code == 404
    assert again(room).takes_newcomers


# --- How many --------------------------------------------------------------------------------------


def test_a_room_takes_in_so_many_and_tells_the_next_one(page, room, leads, settings):
    settings.ROOM_MAX_PARTICIPANTS = 3
    enter(room)
    enter(room)
    assert "Rummet er fuldt" in page(way_in(room), by=Client(), status=403).text
    assert Client().post(way_in(room), {"name": ""}).status_code == 403
    assert room.participants.count() == 3
    assert "Rummet er fuldt" in page(at(room, "lead"), by=leads).text


def test_papers_count_among_those_a_room_takes_in(page, room, leads, settings):
    settings.ROOM_MAX_PARTICIPANTS = 2
    page(at(room, "paper"), by=leads).form().send()
    kept = page(at(room, "paper"), by=leads).form().send(status=422)
    assert "Rummet er fuldt" in kept.text
    assert room.participants.count() == 2


def test_whoever_leads_is_told_when_many_come_at_once(page, room, leads, time_machine):
    time_machine.move_to("2026-11-24T08:00:00+01:00", tick=False)
    for _person in range(29):
        enter(room)
    assert "inden for et minut" not in page(at(room, "lead"), by=leads).text
    time_machine.move_to("2026-11-24T08:02:00+01:00", tick=False)
    for _person in range(30):
        enter(room)
    told = page(at(room, "lead"), by=leads)
    assert "30 kom ind inden for et minut. Er I så mange?" in told.text
    assert "inden for et minut" not in page(at(room, "waiting"), by=enter(room)).text


def test_who_comes_by_the_link_for_those_who_lead_is_named_to_all(page, room):
    alma = enter(room, name="Alma")
    enter(room, token=room.facilitator_invitation, name="Sara")
    assert "Sara leder også rummet" in page(at(room, "waiting"), by=alma).text


# --- One's own code --------------------------------------------------------------------------------


def test_an_own_code_is_renewed_by_its_person_and_the_old_one_is_dead(page, room):
    alma = enter(room, name="Alma")
    old = place_of(alma, room)
    told = page(at(room, "answers"), by=alma).form("form:has([value=new])").send(button="Lav en ny egen kode")
    new = place_of(alma, room)
    assert new.pk == old.pk
    assert new.return_code in told.text
    assert old.return_code not in told.html
    assert Client().post("/deltag/igen/", {"code": old.return_code}).status_code == 422
    assert Client().post("/deltag/", {"code": old.return_code}).status_code == 422
    assert Client().post(reverse("reflection:own_link", args=[old.link])).status_code == 404
    assert page("/deltag/igen/", by=Client(), post={"code": new.return_code}).url == at(room, "welcome")


def test_an_own_code_can_be_closed_and_made_again(page, room):
    alma = enter(room, name="Alma")
    old = place_of(alma, room)
    told = (
        page(at(room, "answers"), by=alma)
        .form("form:has([value=close])")
        .send(button="Luk min kode og mit link")
    )
    assert "Du har ingen egen kode" in told.text
    assert not re.search(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", told.text)
    assert Client().post("/deltag/igen/", {"code": old.return_code}).status_code == 422
    assert Client().post(reverse("reflection:own_link", args=[old.link])).status_code == 404
    alma.post(at(room, "finish"))
    assert place_of(alma, room).return_hash is None
    told.form("form:has([value=new])").send(button="Lav en ny egen kode")
    assert place_of(alma, room).return_hash


def test_a_device_that_one_no_longer_has_loses_the_place_with_the_code(page, room, no_delay):
    alma, lost = enter(room, name="Alma"), Client()
    lost.post("/deltag/igen/", {"code": place_of(alma, room).return_code})
    page(at(room, "answers"), by=lost)
    with closing(Subscribers(room, lost=lost)) as subscribers:
        subscribers.hear()
        alma.post(at(room, "renew_own_code"), {"code": "new"})
        subscribers.hear()
        again(room).start_timer(60)
        assert subscribers.hear()[1] == {"lost": b""}
    page(at(room, "answers"), by=lost, status=403)
    assert streams.may_follow(request_of(lost), room.key) is None
    page(at(room, "answers"), by=alma)


def test_nobody_renews_the_code_of_another(room):
    alma, bo = enter(room, name="Alma"), enter(room, name="Bo")
    before = place_of(alma, room).return_code
    bo.post(at(room, "renew_own_code"), {"code": "close"})
    assert Client().post(at(room, "renew_own_code")).status_code == 403
    assert place_of(alma, room).return_code == before
