"""A date either way: some months from now, on a day, or none – and then why."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from publishing.days import months_after
from reflection.models import Agreement, AgreementDraft, Reflection
from tests.factories import make_agreement, make_guide, make_room

SLUG = "hverdagskompasset"
TODAY = timezone.localdate


@pytest.fixture
def room(staff):
    make_guide(SLUG, title="Hverdagskompasset")
    room = make_room(leader=staff, guide=SLUG, people=[None] * 3)
    room.reveal()
    return Reflection.objects.get(pk=room.pk)


def send(page, room, by, status=200, **said):
    form = page(room.conclude_address, by=by).form("main form[data-autosave]")
    return form.send({"what": "Vi ringer.", "who": "Ea", **said}, button="Afslut", status=status)


@pytest.mark.parametrize("months", [1, 2, 3])
def test_some_months_from_now_is_a_choice_and_no_calendar(page, staff, room, months):
    last = send(page, room, staff, look_back=str(months))
    assert last.url == room.outcome_address
    assert Agreement.objects.get().due == months_after(TODAY(), months)


def test_the_choices_say_which_day_they_mean(page, staff, room):
    asked = page(room.conclude_address, by=staff)
    labels = asked.texts("label:has([name=look_back])")
    assert labels[0].startswith("Om 1 måned (")
    assert str(months_after(TODAY(), 1).year) in labels[0]
    assert labels[3:] == ["På en dato", "Ingen dato, fordi …"]


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({}, ["Hvornår kigger I igen? Vælg en dato, eller skriv, hvorfor der ikke er en."]),
        ({"look_back": "day"}, ["Datoen: Vælg en dato."]),
        ({"look_back": "none"}, ["Ingen dato, fordi: Skriv, hvorfor der ikke er en dato."]),
        ({"look_back": "day", "due": "30.02.27"}, ["Datoen: Skriv datoen som år-måned-dag, fx 2027-03-01."]),
        (
            {"look_back": "7"},
            ["Hvornår kigger I igen? Vælg en dato, eller skriv, hvorfor der ikke er en."],
        ),
    ],
)
def test_one_of_them_is_asked_for_and_what_is_missing_is_said_where_it_is(page, staff, room, said, errors):
    refused = send(page, room, staff, status=422, **said)
    assert refused.texts(".kompas-error-summary a") == errors
    assert not Agreement.objects.exists()
    assert AgreementDraft.objects.get().what == "Vi ringer."  # nothing typed is lost


@pytest.mark.parametrize(
    ("chosen", "due", "reason"),
    [("day", date(2027, 3, 1), ""), ("none", None, "Det er sket."), ("", date(2027, 3, 1), "")],
)
def test_what_was_chosen_counts_and_the_other_is_emptied(page, staff, room, chosen, due, reason):
    """Both may be typed, where a browser shows both; who has chosen nothing but typed a day means it."""
    send(page, room, staff, look_back=chosen, due="2027-03-01", no_date_reason="Det er sket.")
    agreement = Agreement.objects.get()
    assert (agreement.due, agreement.no_date_reason) == (due, reason)


def test_a_typed_day_that_is_none_does_not_stand_in_the_way_of_another_choice(page, staff, room):
    send(page, room, staff, look_back="2", due="i morgen")
    assert Agreement.objects.get().due == months_after(TODAY(), 2)


# --- The agreement of a compass without one of its own -----------------------------------------------------


def autosave(client, room, **said):
    headers = {"HX-Request": "true", "HX-Target": "save-status"}
    return client.post(room.conclude_address, {"page": "p" * 22, **said}, headers=headers)


def test_it_saves_itself_while_one_types(page, staff, logged_in, room):
    saved = autosave(logged_in(staff), room, what="Vi ringer", who="", look_back="none", no_date_reason="Vi")
    assert saved.status_code == 200
    again = page(room.conclude_address, by=staff).form("main form[data-autosave]")
    assert again.values["what"][0].strip() == "Vi ringer"
    assert again.values["look_back"] == ["none"]
    assert again.values["no_date_reason"] == ["Vi"]


def test_another_window_is_never_overwritten(staff, logged_in, room):
    browser = logged_in(staff)
    autosave(browser, room, what="Vi ringer", page="a" * 22)
    clash = autosave(browser, room, what="Vi skriver", page="b" * 22, **{"what-was": ""})
    assert clash.status_code == 409
    assert "Vi ringer" in clash.content.decode()
    assert AgreementDraft.objects.get().what == "Vi ringer"


def test_the_draft_is_gone_when_the_agreement_stands(page, staff, room):
    send(page, room, staff, look_back="1")
    assert not AgreementDraft.objects.exists()


def test_what_is_typed_after_the_end_is_given_back(page, staff, room):
    room.agree(what="Vi mødes.", who="Bo", due="2027-03-01")
    over = page(room.conclude_address, by=staff, post={"what": "Vi ringer"}, status=409)
    assert "Vi ringer" in over.texts(".kompas-typed")
    assert Agreement.objects.get().what == "Vi mødes."


# --- What became of it --------------------------------------------------------------------------------------


@pytest.fixture
def agreement(room):
    return make_agreement(room, due=TODAY() - timedelta(days=1))


def follow_up(page, staff, agreement, status=200, **said):
    form = page(reverse("reflection:follow_up", args=[agreement.key]), by=staff).form()
    return form.send({"status": "postponed", **said}, status=status)


def test_put_off_some_months(page, staff, agreement):
    follow_up(page, staff, agreement, new_date="3")
    agreement.refresh_from_db()
    assert (agreement.status, agreement.due) == ("postponed", months_after(TODAY(), 3))


def test_put_off_without_a_date_needs_a_reason(page, staff, agreement):
    refused = follow_up(page, staff, agreement, status=422, new_date="none")
    assert len(refused.texts(".kompas-error-summary a")) == 1
    follow_up(page, staff, agreement, new_date="none", no_date_reason="Vi venter på byrådet.")
    agreement.refresh_from_db()
    assert (agreement.due, agreement.no_date_reason) == (None, "Vi venter på byrådet.")


def test_what_is_done_keeps_its_date(page, staff, agreement):
    due = agreement.due
    form = page(reverse("reflection:follow_up", args=[agreement.key]), by=staff).form()
    form.send({"status": "done", "new_date": "3"})
    agreement.refresh_from_db()
    assert (agreement.status, agreement.due) == ("done", due)
