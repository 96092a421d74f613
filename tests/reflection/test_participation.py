"""A place lasts as long as its room, a login as long as a login, and nobody counts twice unasked."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reflection.live import streams
from reflection.participation import LASTS
from tests.factories import make_room, make_user
from tests.reflection.asgi import Request, Subscribers, request_of, session_of
from tests.reflection.people import enter, place_of

BEGIN = "2026-11-24T08:00:00+01:00"
THIRTEEN_HOURS_ON = "2026-11-24T21:00:00+01:00"
TWO_DAYS_ON = "2026-11-26T09:00:00+01:00"


@pytest.fixture
def leader(db):
    cache.clear()
    return make_user("Malik Medarbejder")


@pytest.fixture
def room(leader):
    """Open for three days."""
    return make_room(leader=leader, reveal_at=timezone.now() + timedelta(days=365 * 3))


def at(room, name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


def way_in(room) -> str:
    return reverse("reflection:join", args=[room.invitation])


def log_in(browser, user) -> Client:
    """By allauth, which says when the login ends."""
    browser.post("/konto/log-ind/", {"login": user.email, "password": "et-langt-kodeord"})
    assert "_auth_user_id" in browser.session
    return browser


@pytest.fixture
def karen(db):
    user = make_user("Karen Kollega", email="karen@example.dk")
    user.set_password("et-langt-kodeord")
    user.save()
    return user


# --- How long --------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [THIRTEEN_HOURS_ON, TWO_DAYS_ON])
def test_a_place_is_there_as_long_as_the_room_collects(page, room, time_machine, later):
    time_machine.move_to(BEGIN)
    browser = enter(room, name="Alma")
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == pytest.approx(LASTS.total_seconds(), abs=5)
    time_machine.move_to(later)
    page(at(room, "answers"), by=browser)
    assert streams.may_follow(request_of(browser), room.key) == place_of(browser, room).key


def test_a_room_with_a_date_of_deletion_is_remembered_no_longer(room):
    room.keep_until = timezone.localdate() + timedelta(days=9)
    room.save()
    browser = enter(room)
    age = browser.cookies[settings.SESSION_COOKIE_NAME]["max-age"]
    assert timedelta(days=9) < timedelta(seconds=age) <= timedelta(days=10)


@pytest.mark.parametrize("way", ["link", "code"])
def test_who_comes_by_the_way_in_again_is_led_back(page, room, time_machine, way):
    time_machine.move_to(BEGIN)
    browser = enter(room, name="Alma")
    people = room.participants.count()
    time_machine.move_to(TWO_DAYS_ON)
    if way == "link":
        come = page(way_in(room), by=browser)
    else:
        come = page("/deltag/", by=browser, post={"code": room.code})
    assert come.url == at(room, "welcome")
    assert room.participants.count() == people


def test_the_page_for_codes_names_the_rooms_one_is_in(page, room):
    browser = enter(room)
    assert room.title in page("/deltag/", by=browser).text
    assert room.title not in page("/deltag/", by=Client()).text
    browser.post(at(room, "leave"))
    assert room.title not in page("/deltag/", by=browser).text


def test_a_login_ends_after_twelve_hours_and_the_place_without_account_stays(page, room, karen, time_machine):
    time_machine.move_to(BEGIN)
    browser = enter(room, name="Alma")
    log_in(browser, karen)
    time_machine.move_to(THIRTEEN_HOURS_ON)
    page(at(room, "answers"), by=browser)
    assert "_auth_user_id" not in browser.session
    assert place_of(browser, room).name == "Alma"
    assert browser.get("/mine-rum/").status_code == 302


def test_an_account_keeps_its_place_over_a_login_that_ends_and_types_nothing_twice(
    page, room, karen, time_machine
):
    time_machine.move_to(BEGIN)
    browser = enter(room, by=log_in(Client(), karen), name="Karen")
    people = room.participants.count()
    time_machine.move_to(THIRTEEN_HOURS_ON)
    told = page(
        at(room, "step", 1), by=browser, post={"prompt-1": "Mine ord"}, status=403,
        headers={"Origin": "http://testserver"},
    )  # fmt: skip
    assert "Mine ord" in told.text
    assert "log ind igen i et nyt faneblad" in told.text
    log_in(browser, karen)
    assert page(way_in(room), by=browser).url == at(room, "welcome")
    assert room.participants.count() == people


def test_the_own_code_of_an_account_opens_its_place_for_as_long_as_a_login(page, room, karen, time_machine):
    time_machine.move_to(BEGIN)
    enter(room, by=log_in(Client(), karen), name="Karen")
    place = room.participants.get(user=karen)
    phone = Client()
    phone.post("/deltag/igen/", {"code": place.return_code})
    page(at(room, "answers"), by=phone)
    time_machine.move_to(THIRTEEN_HOURS_ON)
    page(at(room, "answers"), by=phone, status=403)


def test_a_stream_does_not_outlive_the_login(room, karen, time_machine):
    time_machine.move_to(BEGIN)
    browser = enter(room, by=log_in(enter(room, name="Alma"), karen))
    time_machine.move_to(THIRTEEN_HOURS_ON)
    scope = Request(f"/haendelser/{room.key}/", session=session_of(browser)).scope
    with pytest.raises(streams.RefusedError):
        streams.application._who_may_follow(scope, room.key)


# --- «Har du været her før?» -----------------------------------------------------------------------


def test_a_second_device_is_asked_for_the_own_code_before_anybody_new_is_made(page, room):
    place = place_of(enter(room, name="Alma"), room)
    people = room.participants.count()
    asked = page(way_in(room), by=Client())
    headings = asked.texts("main h2")
    assert headings.index("Har du været her før?") < headings.index("Er du her for første gang?")
    assert "tæller du som en person mere" in asked.text
    back = asked.form("form[aria-labelledby=back]").send({"code": place.return_code})
    assert back.url == at(room, "welcome")
    assert room.participants.count() == people


def test_who_was_logged_in_then_is_offered_the_login(page, room):
    enter(room)
    asked = page(way_in(room), by=Client())
    assert any(link.get("href").startswith("/konto/log-ind/?next=") for link in asked.select("main a"))


def test_nobody_can_have_been_in_a_room_that_nobody_has_entered(page, room):
    assert "Har du været her før?" not in page(way_in(room), by=Client()).text


def test_a_wrong_own_code_is_said_where_it_was_typed_and_lets_nobody_in(page, room):
    enter(room)
    people = room.participants.count()
    told = page(way_in(room), by=Client(), post={"code": "AAAAA-AAAAA"}, status=422)
    assert "Koden passer ikke" in told.text
    assert "AAAAA-AAAAA" in told.html
    assert room.participants.count() == people


# --- A place with an account needs the account open ------------------------------------------------


def close(user):
    user.is_active = False
    user.save()


@pytest.mark.parametrize("way", ["session", "code", "link", "held by code"])
def test_the_place_of_a_closed_account_opens_by_no_way(page, room, leader, logged_in, way):
    place = room.participants.get(user=leader)
    browser = logged_in(leader) if way == "session" else Client()
    own_link = reverse("reflection:own_link", args=[place.link])
    if way == "held by code":
        browser.post("/deltag/igen/", {"code": place.return_code})
        page(at(room, "lead"), by=browser)
    close(leader)
    if way == "code":
        assert browser.post("/deltag/", {"code": place.return_code}).status_code == 422
        assert browser.post("/deltag/igen/", {"code": place.return_code}).status_code == 422
    if way == "link":
        assert browser.get(own_link).status_code == 404
        assert browser.post(own_link).status_code == 404
    assert browser.get(at(room, "lead")).status_code == 403
    assert browser.post(at(room, "reveal")).status_code == 403
    room.refresh_from_db()
    assert room.is_collecting
    assert streams.may_follow(request_of(browser), room.key) is None


def test_what_follows_the_room_hears_that_the_account_is_closed_and_then_nothing(room, leader, logged_in):
    with closing(Subscribers(room, leader=logged_in(leader), alma=enter(room))) as subscribers:
        subscribers.hear()
        close(leader)
        subscribers.hear()
        room.start_timer(60)
        _announced, heard = subscribers.hear()
        assert (heard["leader"], heard["alma"] != b"") == (b"", True)
