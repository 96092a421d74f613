"""«Mine aftaler»: who sees an agreement, who says what became of it, and the calendar it goes into."""

from datetime import date

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from reflection.forms.follow_up import DAYS, SALT, token
from reflection.models import Reflection
from tests.factories import (
    COMING,
    make_agreement,
    make_collaboration,
    make_goal,
    make_review,
    make_room,
    make_round,
    make_user,
)
from tests.reflection.people import enter
from tests.test_sent_twice import at_once

ADDRESS = "/aftaler/"


@pytest.fixture
def room(staff):
    return make_room(leader=staff, title="Stien langs åen")


@pytest.fixture
def agreement(room):
    return make_agreement(room, "Vi ringer om fredagen.", due=date(2027, 3, 1))


def follow_up(agreement) -> str:
    return reverse("reflection:follow_up", args=[agreement.key])


def told(agreement) -> tuple:
    agreement.refresh_from_db()
    return (agreement.status, str(agreement.due), agreement.note)


# --- The list ------------------------------------------------------------------------------------


def test_the_longest_overdue_stands_first_and_what_has_no_date_last(page, staff, room):
    make_agreement(room, "Uden dato", no_date_reason="Det venter på rådet")
    make_agreement(room, "Til foråret", due=date(2099, 3, 1))
    make_agreement(room, "For længst", due=date(2020, 3, 1))
    make_agreement(room, "Gjort", due=date(2020, 1, 1), status="done")
    seen = page(ADDRESS, by=staff)
    assert seen.texts(".kompas-card__what") == ["For længst", "Til foråret", "Uden dato"]
    assert seen.texts(".kompas-tag--warn") == ["Tiden gik 1. marts 2020"]
    assert len(seen.select(".kompas-card--overdue")) == 1
    assert seen.texts("h2")[0].startswith("Målkompasset: Stien langs åen")


@pytest.mark.parametrize(("state", "shown"), [("gjort", ["Gjort"]), ("farvel", ["Slut"]), ("x", ["Åben"])])
def test_done_and_goodbye_have_lists_of_their_own(page, staff, room, state, shown):
    for what, status in [("Åben", "open"), ("Gjort", "done"), ("Slut", "goodbye")]:
        make_agreement(room, what, status=status)
    assert page(f"{ADDRESS}?vis={state}", by=staff).texts(".kompas-card__what") == shown


def test_agreements_of_rooms_one_was_in_are_there_and_no_others(page, colleague, staff, room):
    room.participants.create(user=colleague)
    make_agreement(room, "Vores")
    make_agreement(make_room(leader=staff), "Deres")
    make_agreement(make_room(leader=colleague, is_rehearsal=True), "Ikke ment")
    assert page(ADDRESS, by=colleague).texts(".kompas-card__what") == ["Vores"]


def test_of_a_look_alone_the_agreement_is_there_too(page, staff, room):
    alone = Reflection.start_solo(room.version, staff)
    make_agreement(alone, "Kig igen")
    assert page(ADDRESS, by=staff).texts(".kompas-card__what") == ["Kig igen"]


def test_the_endings_of_both_compasses_are_among_mine(page, staff):
    plan = {
        "change": "Vi skriver det om",
        "stop": "To rapporter",
        "responsible": "Ea",
        "look_back_on": date(2027, 3, 1),
    }
    review = make_review(make_goal(owner=staff), decision="keep", reason="Den virker.", **plan)
    review.decide()
    assert review.conclude()
    opened = make_round(make_collaboration(owner=staff))
    opened.reflection.reveal()
    opened.what, opened.who, opened.due = "Vi ringer om fredagen.", "Bo", date(2027, 2, 1)
    opened.conclude()
    seen = page(ADDRESS, by=staff)
    assert seen.texts(".kompas-card__what") == ["Vi ringer om fredagen.", "Vi skriver det om"]
    links = seen.links("main a").items()
    for what in ["Vi ringer om fredagen.", "Vi skriver det om"]:
        [minutes] = [url for name, url in links if name.startswith(f"Referat med aftalen: {what}")]
        assert page(minutes, by=staff).texts("h1") == ["Referat"]


def test_a_long_list_has_pages(page, staff, room):
    for number in range(21):
        make_agreement(room, f"Aftale {number:02}")
    first = page(ADDRESS, by=staff)
    assert len(first.select("h2")) == 20
    assert page(ADDRESS + first.links(".kompas-pagination a")["Næste side →"], by=staff).texts(
        ".kompas-card__what"
    ) == ["Aftale 20"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(staff, logged_in, number, django_assert_num_queries):
    for _time in range(number):
        make_agreement(make_room(leader=staff))
    browser = logged_in(staff)
    browser.get(ADDRESS)
    with django_assert_num_queries(5):  # session, user, whether any has a date, how many, which
        browser.get(ADDRESS)


# --- What became of it ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "stands"),
    [
        ({"status": "done", "note": "Hver uge"}, ("done", "2027-03-01", "Hver uge")),
        ({"status": "goodbye", "due": "2027-09-01"}, ("goodbye", "2027-03-01", "")),
        ({"status": "postponed", "due": f"{COMING}-09-01"}, ("postponed", f"{COMING}-09-01", "")),
    ],
)
def test_it_is_done_postponed_or_said_goodbye_to(page, staff, agreement, sent, stands):
    page(follow_up(agreement), by=staff).form().send(sent, button="Gem")
    assert told(agreement) == stands


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "Hvad blev der af det? Vælg gjort, udskudt eller farvel."),
        ({"status": "open"}, "Hvad blev der af det? Vælg gjort, udskudt eller farvel."),
        ({"status": "postponed"}, "Udskudt til: Vælg en dato, eller skriv, hvorfor der ikke er en."),
        (
            {"status": "postponed", "due": ""},
            "Udskudt til: Vælg en dato, eller skriv, hvorfor der ikke er en.",
        ),
        (
            {"status": "postponed", "due": "9999-12-31"},
            "Ny dato: Det er mere end 50 år ude i fremtiden. Er årstallet rigtigt?",
        ),
        (
            {"status": "postponed", "due": "2020-01-01"},
            "Ny dato: Vælg en dato, der ikke er gået.",
        ),
        (
            {"status": "postponed", "due": "i morgen"},
            "Ny dato: Skriv datoen som år-måned-dag, fx 2027-03-01.",
        ),
        ({"status": "done", "note": "x" * 251}, "Et par ord om hvorfor: Skriv højst 250 tegn."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(page, staff, agreement, sent, error):
    refused = page(follow_up(agreement), by=staff).form().send(sent, button="Gem", status=422)
    assert refused.texts(".kompas-error-summary a") == [error]
    for name, text in sent.items():
        if text and name != "status":
            assert refused.form().values[name] == [text]
    assert told(agreement) == ("open", "2027-03-01", "")


def test_what_never_had_a_date_is_postponed_with_a_reason(page, staff, room):
    agreement = make_agreement(room, no_date_reason="Rådet bestemmer")
    asked = page(follow_up(agreement), by=staff)
    assert asked.form().values["new_date"] == ["none"]  # as it stands
    asked.form().send({"status": "postponed", "no_date_reason": ""}, button="Gem", status=422)
    asked.form().send({"status": "postponed", "note": "Rådet venter"}, button="Gem")
    assert told(agreement) == ("postponed", "None", "Rådet venter")


def test_a_link_has_chosen_already_and_changes_nothing(page, staff, agreement):
    asked = page(f"{follow_up(agreement)}?svar=goodbye", by=staff)
    assert asked.form().values["status"] == ["goodbye"]
    assert told(agreement) == ("open", "2027-03-01", "")


def test_two_who_answer_at_once_do_not_overwrite_each_other(page, staff, colleague, room, agreement):
    room.participants.create(user=colleague)
    mine, theirs = page(follow_up(agreement), by=staff), page(follow_up(agreement), by=colleague)
    mine.form().send({"status": "done", "note": "Mit"}, button="Gem")
    refused = theirs.form().send({"status": "goodbye", "note": "Deres"}, button="Gem", status=409)
    assert "Nogen har skrevet om aftalen imens." in refused.text
    assert "Mit" in refused.text
    assert told(agreement) == ("done", "2027-03-01", "Mit")
    refused.form().send(button="Gem")
    assert told(agreement) == ("goodbye", "2027-03-01", "Deres")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_the_second_is_shown_what_the_first_said(
    staff, logged_in, agreement
):
    phone = Client()
    mail, seen = link(agreement, staff), agreement.state
    done, goodbye = ({"status": status, "seen": seen} for status in ["done", "goodbye"])
    at_desk = logged_in(staff)
    answers = at_once(
        [lambda: at_desk.post(follow_up(agreement), done), lambda: phone.post(mail, goodbye)],
        table="reflection_agreement",
    )
    second = max(answers, key=lambda answer: answer.status_code)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert "Nogen har skrevet om aftalen imens." in second.content.decode()


def test_who_only_looked_on_reads_it_and_a_stranger_does_not_know_it(page, colleague, room, agreement):
    page(follow_up(agreement), by=colleague, status=404)
    room.participants.create(user=colleague, is_respondent=False)
    assert page(ADDRESS, by=colleague).texts(".kompas-card__what") == ["Vi ringer om fredagen."]
    page(follow_up(agreement), by=colleague, status=404)
    assert "Udskudt" not in page(ADDRESS, by=colleague).texts("main li a")


# --- The link in a mail --------------------------------------------------------------------------


def link(agreement, user) -> str:
    return reverse("reflection:follow_up_by_link", args=[token(agreement, user)])


def test_the_link_works_without_a_login_and_only_its_button_changes_anything(page, staff, agreement):
    address = link(agreement, staff)
    for query in ["", "?svar=done", "?svar=goodbye"]:
        Client().get(address + query)
        Client().head(address + query)
    assert told(agreement) == ("open", "2027-03-01", "")
    asked = page(f"{address}?svar=done")
    assert "Vi ringer om fredagen." in asked.text
    assert asked.form().send(button="Gem").texts("h1") == ["Tak for svaret"]
    assert told(agreement) == ("done", "2027-03-01", "")


def test_the_page_of_the_link_shows_that_one_agreement_and_nothing_else(page, staff, room, agreement):
    make_agreement(room, "En anden aftale")
    asked = page(link(agreement, staff))
    assert "En anden aftale" not in asked.html
    assert "Stien langs åen" not in asked.html
    assert "session" not in asked.response.cookies


def test_a_used_link_is_over_and_so_is_one_whose_date_has_moved(page, staff, agreement):
    address = link(agreement, staff)
    page(address).form().send({"status": "postponed", "due": f"{COMING}-09-01"}, button="Gem")
    assert page(address, status=410).texts("h1") == ["Linket virker ikke mere"]
    agreement.refresh_from_db()
    page(link(agreement, staff)).form().send({"status": "done"}, button="Gem")
    assert page(link(agreement, staff), status=410).texts("h1") == ["Linket virker ikke mere"]


def test_a_link_is_good_for_a_while(page, staff, agreement, monkeypatch):
    address = link(agreement, staff)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + (DAYS * 24 - 1) * 60 * 60)
    page(address)
    monkeypatch.setattr(signing.time, "time", lambda: now + (DAYS * 24 + 1) * 60 * 60)
    page(address, status=410)


def test_a_link_dies_with_the_say_of_who_got_it(page, staff, colleague, room, agreement):
    place = room.participants.create(user=colleague, is_facilitator=True)
    address = link(agreement, colleague)
    page(address)
    colleague.is_active = False
    colleague.save()
    page(address, status=410)
    colleague.is_active = True
    colleague.save()
    place.delete()
    page(address, status=410)


def test_a_token_made_up_or_made_for_something_else_opens_nothing(page, staff, agreement):
    said = {"agreement": agreement.pk, "user": staff.pk, "due": str(agreement.due)}
    elsewhere = signing.dumps(said, salt="password")
    for made in ["x", signing.dumps(said), elsewhere, f"{token(agreement, staff)}x"]:
        page(reverse("reflection:follow_up_by_link", args=[made]), status=410)
    page(reverse("reflection:follow_up_by_link", args=[signing.dumps(said, salt=SALT)]))


def test_the_link_of_a_wrong_form_keeps_what_was_typed(page, staff, agreement):
    refused = page(link(agreement, staff)).form().send({"note": "Fordi"}, button="Gem", status=422)
    assert refused.form().values["note"] == ["Fordi"]


# --- The calendar --------------------------------------------------------------------------------


def events(response) -> list[dict]:
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    read = Calendar.from_ical(response.content)
    return list(read.walk("VEVENT"))


def test_an_agreement_is_a_whole_day_with_a_name_that_stays(staff_client, agreement):
    address = reverse("reflection:one_in_calendar", args=[agreement.key])
    (event,) = events(staff_client.get(address))
    assert (event["SUMMARY"], event["DTSTART"].dt, event["DTEND"].dt) == (
        "Aftale: Vi ringer om fredagen.", date(2027, 3, 1), date(2027, 3, 2),
    )  # fmt: skip
    assert event["DESCRIPTION"] == "Hvem: Ea"
    agreement.due = date(2027, 9, 1)
    agreement.save()
    (moved,) = events(staff_client.get(address))
    assert (moved["UID"], moved["DTSTART"].dt) == (event["UID"], date(2027, 9, 1))
    assert moved["SEQUENCE"] > event["SEQUENCE"]  # or a calendar would keep the first day
    agreement.note = "Det går godt"
    agreement.save(update_fields=["note"])
    (same,) = events(staff_client.get(address))
    assert same["SEQUENCE"] == moved["SEQUENCE"]


def test_an_agreement_that_is_postponed_moves_in_every_calendar(staff_client, agreement):
    address = reverse("reflection:one_in_calendar", args=[agreement.key])
    (before,) = events(staff_client.get(address))
    form = {"status": "postponed", "due": f"{COMING}-10-01", "note": ""}
    staff_client.post(reverse("reflection:follow_up", args=[agreement.key]), form)
    (after,) = events(staff_client.get(address))
    assert (after["DTSTART"].dt, after["SEQUENCE"]) == (date(COMING, 10, 1), before["SEQUENCE"] + 1)


def test_the_calendar_leads_each_to_where_they_can_go(staff_client, room, agreement):
    guest = enter(room, name="Alma")
    room.reveal()
    room.conclude()
    address = reverse("reflection:room_in_calendar", args=[room.key])
    for browser in [staff_client, guest]:
        (event,) = events(browser.get(address))
        response = browser.get(event["URL"].removeprefix(settings.SITE_URL), follow=True)
        assert response.status_code == 200
        assert "log-ind" not in response.request["PATH_INFO"]


def test_a_room_with_nothing_left_to_do_has_no_calendar(staff_client, page, staff, room, agreement):
    room.reveal()
    room.conclude()
    minutes, address = (
        reverse(f"reflection:{name}", args=[room.key]) for name in ["minutes", "room_in_calendar"]
    )
    assert address in page(minutes, by=staff).links("main a").values()
    agreement.status = "done"
    agreement.save()
    assert address not in page(minutes, by=staff).links("main a").values()
    assert staff_client.get(address).status_code == 404


def test_all_of_mine_are_the_open_ones_with_a_date(staff_client, room, agreement):
    make_agreement(room, "Gjort", due=date(2027, 1, 1), status="done")
    make_agreement(room, "Uden dato", no_date_reason="x")
    make_agreement(make_room(leader=make_user()), "Andres", due=date(2027, 1, 1))
    found = events(staff_client.get(reverse("reflection:calendar")))
    assert [event["SUMMARY"] for event in found] == ["Aftale: Vi ringer om fredagen."]


def test_what_is_written_in_an_agreement_stays_text_in_the_calendar(staff_client, room):
    text = "Æ; b, c\\d\nBEGIN:VEVENT\r\nSUMMARY:ond"
    make_agreement(room, text, due=date(2027, 1, 1))
    (event,) = events(staff_client.get(reverse("reflection:calendar")))
    assert event["SUMMARY"].replace("\r\n", "\n") == f"Aftale: {text}".replace("\r\n", "\n")


def test_everybody_in_the_room_gets_its_agreements_once_it_has_ended(logged_in, colleague, room, agreement):
    room.participants.create(user=colleague)
    address = reverse("reflection:room_in_calendar", args=[room.key])
    assert logged_in(colleague).get(address).status_code == 404
    room.reveal()
    room.conclude()
    assert [event["DTSTART"].dt for event in events(logged_in(colleague).get(address))] == [date(2027, 3, 1)]
    assert Client().get(address).status_code == 403


def test_strangers_get_no_calendar(client, colleague, logged_in, agreement):
    one = reverse("reflection:one_in_calendar", args=[agreement.key])
    assert client.get(one).status_code == 302
    assert client.get(reverse("reflection:calendar")).status_code == 302
    assert logged_in(colleague).get(one).status_code == 404
    assert logged_in(colleague).get(reverse("reflection:calendar")).status_code == 302


def test_a_calendar_with_nothing_in_it_is_neither_offered_nor_handed_out(page, staff, staff_client, room):
    undated = make_agreement(room, "Uden dato", no_date_reason="x")
    mine, calendar = reverse("reflection:agreements"), reverse("reflection:calendar")
    assert calendar not in page(mine, by=staff).links("main a").values()
    answer = staff_client.get(calendar, follow=True)
    assert answer.redirect_chain == [(mine, 302)]
    assert "Du har ingen åbne aftaler med en dato" in answer.content.decode()
    one = reverse("reflection:one_in_calendar", args=[undated.key])
    assert staff_client.get(one).status_code == 404
    make_agreement(room, "Med dato", due=date(2027, 1, 1))
    assert calendar in page(mine, by=staff).links("main a").values()
