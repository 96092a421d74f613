"""«Mine rum» and «Mine data»: what somebody with an account finds, takes along, corrects and deletes."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.urls import reverse

from reflection.models import Answer, Participant, Reflection
from tests.factories import (
    answer_everything,
    make_agreement,
    make_collaboration,
    make_goal,
    make_review,
    make_room,
    make_user,
)
from tests.reflection.people import add

ROOMS, DATA, DELETE = "/mine-rum/", "/mine-data/", "/mine-data/slet/"


@pytest.fixture
def leader(db):
    return make_user("Lis Leder", email="lis@example.dk")


def join(room, user, number=4, **fields) -> Participant:
    place = room.participants.create(user=user, name=user.name, **fields)
    answer_everything(place, number)
    return place


# --- Mine rum ------------------------------------------------------------------------------------


def test_rooms_one_led_or_was_in_are_there_newest_first(page, staff, leader, colleague):
    join(make_room(leader=leader, title="Med i"), staff)
    make_room(leader=staff, title="Ledet")
    join(make_room(leader=leader, title="Andres"), colleague)
    Reflection.start_solo(make_room(leader=leader).version, staff)
    seen = page(ROOMS, by=staff)
    assert seen.texts("h2") == ["Ledet", "Med i"]
    assert [("Du leder" in text) for text in seen.texts(".kompas-card__text")] == [True, False]


def test_one_searches_in_titles_and_in_nothing_that_somebody_said(page, staff, leader):
    for title, words in [("Stien langs åen", "cykel"), ("Flere på cykel", "sti")]:
        room = make_room(leader=leader, title=title)
        join(room, staff)
        add(room, *[("3", f"{words} og hemmelige ord")] * 3)
        room.reveal()
    assert page(f"{ROOMS}?q=CYKEL", by=staff).texts("h2") == ["Flere på cykel"]
    assert page(f"{ROOMS}?q=hemmelige", by=staff).texts("h2") == []
    assert page(f"{ROOMS}?q=%25", by=staff).texts("h2") == []


def test_what_cannot_be_searched_for_is_said(page, staff):
    refused = page(f"{ROOMS}?q={'x' * 101}", by=staff, status=422)
    assert refused.texts(".kompas-error-summary a") == ["Søg i titlerne: Skriv højst 100 tegn."]
    page(f"{ROOMS}?q=%00&side=x", by=staff)


def test_one_puts_a_room_away_for_oneself_alone_and_takes_it_out_again(page, staff, leader):
    room = make_room(leader=leader, title="Gammelt")
    join(room, staff)
    away = page(ROOMS, by=staff).form("main li form").send(button="Læg i arkiv: Gammelt")
    assert away.texts("h2") == []
    assert page(ROOMS, by=leader).texts("h2") == ["Gammelt"]
    kept = page(f"{ROOMS}?arkiv=on", by=staff)
    assert kept.texts("h2") == ["Gammelt"]
    assert kept.form("main li form").send(button="Tag ud af arkivet: Gammelt").texts("h2") == ["Gammelt"]


def test_nobody_puts_away_a_room_they_have_no_place_in(staff, leader, logged_in):
    room = make_room(leader=leader)
    assert logged_in(staff).post(reverse("reflection:archive", args=[room.key])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_for_one_and_for_three(staff, logged_in, number, django_assert_num_queries):
    for _time in range(number):
        make_agreement(make_room(leader=staff))
    browser = logged_in(staff)
    with django_assert_num_queries(4):  # session, user, how many, which
        browser.get(ROOMS)
    # Session, user, roles, places and the newest, agreements, 3 × owned, 4 × looks, restrictions.
    with django_assert_num_queries(14):
        browser.get(DATA)


# --- Mine data: to see and to take along ------------------------------------------------------------


def data(user, logged_in) -> dict:
    return json.loads(logged_in(user).get(reverse("reflection:data_json")).content)


def test_one_sees_account_places_and_agreements(page, staff, leader):
    room = make_room(leader=leader, title="Stien langs åen")
    join(room, staff)
    make_agreement(room)
    seen = page(DATA, by=staff)
    assert staff.email in seen.text
    assert "Stien langs åen" in seen.texts("tbody th")[0]
    assert seen.texts("tbody td") == ["Malik Medarbejder", "Svar hver for sig"]
    assert seen.texts("section:nth-of-type(3) dd") == ["1"]


def test_one_takes_along_ones_own_answers_and_nobody_elses(staff, leader, logged_in):
    room = make_room(leader=leader, title="Stien langs åen")
    place = join(room, staff, number=4)
    add(room, *[("1", "Hemmelige ord fra en anden")] * 3)
    make_agreement(room, "Vi ringer om fredagen.")
    for _phase in range(2):
        kept = data(staff, logged_in)
        assert kept["account"]["email"] == staff.email
        (told,) = kept["reflections"]
        assert (told["about"], [said["number"] for said in told["answers"] if said["number"]]) == (
            "Stien langs åen", [4, 4],
        )  # fmt: skip
        assert [said["text"] for said in told["answers"] if said["text"]] == [f"Ord fra deltager {4}"] * 2
        assert [agreement["what"] for agreement in kept["agreements"]] == ["Vi ringer om fredagen."]
        assert "Hemmelige ord" not in json.dumps(kept)
        room.reveal()
    assert place.answers.count() == 4


def test_what_one_has_registered_is_among_it(staff, colleague, logged_in):
    make_collaboration("Stien langs åen", owner=staff)
    make_collaboration("Et andet", owner=colleague)
    assert [kept["title"] for kept in data(staff, logged_in)["collaborations"]] == ["Stien langs åen"]


def test_of_somebody_else_one_gets_nothing(colleague, staff, leader, logged_in, client):
    join(make_room(leader=leader, title="Stien langs åen"), staff)
    kept = data(colleague, logged_in)
    assert (kept["reflections"], kept["agreements"]) == ([], [])
    assert client.get(reverse("reflection:data_json")).status_code == 302
    assert client.get(DATA).status_code == 302


# --- To correct ------------------------------------------------------------------------------------


def test_one_corrects_ones_name_and_the_language_of_mails(page, staff, leader):
    place = join(make_room(leader=leader), staff)
    other = make_room(leader=leader).participants.get()
    corrected = page(DATA, by=staff).form().send({"name": "Malik M.", "language": "en"}, button="Ret")
    assert corrected.form().values["language"] == ["en"]
    staff.refresh_from_db()
    place.refresh_from_db()
    other.refresh_from_db()
    assert (staff.name, place.language, other.language) == ("Malik M.", "en", "da")
    assert place.name == "Malik Medarbejder"  # as the others in the room know them


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"name": ""}, "Navn: Skriv dit navn."),
        ({"name": "x" * 121}, "Navn: Skriv højst 120 tegn."),
        ({"language": "de"}, "Sprog i mails til dig: Vælg dansk eller engelsk."),
    ],
)
def test_what_cannot_be_corrected_is_said(page, staff, sent, error):
    refused = page(DATA, by=staff).form().send({"language": "da", **sent}, button="Ret", status=422)
    assert refused.texts(".kompas-error-summary a") == [error]


def test_the_language_of_the_page_is_the_language_of_the_mails(page, staff, leader):
    room = make_room(leader=leader)
    page(f"/en/deltag/{room.invitation}/", by=staff).form("main form").send({"name": "Malik"})
    assert room.participants.get(user=staff).language == "en"
    assert room.participants.get(user=leader).language == "da"


# --- To delete -------------------------------------------------------------------------------------


def delete(page, user):
    return page(DELETE, by=user).form().send({"is_sure": "on"}, button="Slet min konto")


def test_who_goes_takes_along_what_has_not_been_shown(page, staff, leader):
    collecting, shown = make_room(leader=leader), make_room(leader=leader)
    join(collecting, staff)
    join(shown, staff)
    add(shown, *[("1", "ord")] * 3)
    shown.reveal()
    assert delete(page, staff).texts("h1") == ["Din konto er slettet"]
    assert not get_user_model().objects.filter(pk=staff.pk).exists()
    assert list(collecting.participants.values_list("user", flat=True)) == [leader.pk]
    assert not Answer.objects.filter(participant__reflection=collecting).exists()
    assert set(shown.participants.counted().values_list("user", "name")) == {(None, "")}
    assert shown.snapshots.exists()


def test_after_that_nobody_is_logged_in(page, staff, leader, logged_in):
    browser = logged_in(staff)
    page(DELETE, by=browser).form().send({"is_sure": "on"}, button="Slet min konto")
    assert browser.get(DATA).status_code == 302


def test_it_asks_whether_one_is_sure(page, staff):
    refused = page(DELETE, by=staff).form().send(button="Slet min konto", status=422)
    assert refused.texts(".kompas-error-summary a") == [
        "Ja, slet min konto: Sæt kryds, hvis du vil slette din konto."
    ]
    assert get_user_model().objects.filter(pk=staff.pk).exists()


def test_who_still_owns_something_is_told_what_and_keeps_the_account(page, staff, logged_in):
    make_room(leader=staff)
    told = page(DELETE, by=staff)
    assert told.texts(".kompas-notice li") == ["Refleksioner og rum, du har åbnet: 1"]
    assert told.select("main form") == []
    assert logged_in(staff).post(DELETE, {"is_sure": "on"}).status_code == 422
    assert get_user_model().objects.filter(pk=staff.pk).exists()


REASON = "Malik er holdt op, og Karen tager over."


def hand_over(owner, to) -> str:
    told = StringIO()
    call_command("hand_over", owner, to, reason=REASON, stdout=told)
    return told.getvalue()


def test_what_is_handed_over_has_a_new_owner_and_the_account_can_go(page, staff, colleague):
    room = make_room(leader=staff)
    make_collaboration(owner=staff)
    review = make_review(make_goal(owner=staff), decision="keep", reason="Den virker.")
    answer_everything(review.participant, 4)
    review.decide()
    review.reflection.conclude()
    assert hand_over(staff.email, colleague.email) == "handed over: 4\n"
    room.refresh_from_db()
    assert room.owner == colleague
    assert room.participants.get(user=colleague).is_facilitator
    assert "Den virker." in page(reverse("goals:printout", args=[review.reflection.key]), by=colleague).text
    assert not Answer.objects.filter(participant__reflection=review.reflection).exists()
    assert delete(page, staff).texts("h1") == ["Din konto er slettet"]


def test_only_an_account_that_is_there_takes_over(staff):
    for to in [staff.email, "findes.ikke@example.dk"]:
        with pytest.raises(CommandError):
            hand_over(staff.email, to)


def test_the_days_of_ones_data_are_the_days_where_one_is(staff, logged_in):
    """An evening in Aarhus is still the day before in Greenwich's calendar, and the other way round."""
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # half past midnight in Denmark
    room = make_room(leader=staff)
    Reflection.objects.filter(pk=room.pk).update(created_at=late)
    type(staff).objects.filter(pk=staff.pk).update(date_joined=late)
    kept = json.loads(logged_in(staff).get(reverse("reflection:data_json")).content)
    assert kept["reflections"][0]["begun"] == "2026-07-01"
    assert kept["account"]["made"] == "2026-07-01T00:30:00+02:00"
