"""What is deleted and when, what is revealed by itself, and who is reminded."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from aarhuskompas.logs import JsonFormatter
from accounts.models import WrongTries
from goals.models import Review
from privacy.models import Event
from reflection.models import Answer, Reflection
from tests.factories import decide, make_goal, make_guide, make_room, make_user, tomorrow, yesterday
from tests.reflection.people import add


@pytest.fixture
def leader(db):
    decide("rooms", 365)
    make_guide()
    return make_user("Malik Medarbejder")


def run(command, **options) -> str:
    told = StringIO()
    call_command(command, stdout=told, **options)
    return told.getvalue()


def aged(room, days):
    Reflection.objects.filter(pk=room.pk).update(created_at=timezone.now() - timedelta(days=days))
    return room


def test_nothing_of_a_room_is_deleted_until_period_and_basis_are_given(db):
    make_guide()
    add(aged(make_room(leader=make_user("Malik")), 4000), ("1", "ord"))
    assert "kept: rooms, nobody has decided for how long" in run("purge")
    assert Answer.objects.count() > 0
    for wrong, rule in [
        ({"days": 0}, "only_for_open_rooms_no_day_means_none"),
        ({"days": 365, "basis": ""}, "a_period_has_days_and_a_basis"),
    ]:
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            decide("rooms", **wrong)


@pytest.mark.parametrize(
    ("days", "until", "told"),
    [
        (None, None, "Kommunen har ikke sat en frist for, hvornår svarene slettes."),
        (None, date(2027, 3, 1), "Kommunen har ikke sat en frist for, hvornår svarene slettes."),
        (90, None, "Svarene slettes 90 dage efter, at rummet er afsluttet."),
        (90, date(2027, 3, 1), "Svarene slettes 1. marts 2027."),
    ],
)
def test_who_goes_in_is_told_the_deadline_that_purge_follows(page, db, days, until, told):
    leader = make_user("Malik")
    make_guide()
    if days:
        decide("rooms", days)
    room = make_room(leader=leader)
    Reflection.objects.filter(pk=room.pk).update(keep_until=until)
    said = page(f"/deltag/{room.invitation}/").texts("main li")
    assert [text for text in said if "slettes" in text] == [
        f"{told} Du kan trække dine svar tilbage, indtil de vises."
    ]


def test_a_rehearsal_goes_after_a_day_with_its_look_and_leaves_the_goal(leader):
    goal = make_goal(owner=leader)
    room = goal.open_room(leader, mode="confidential", is_rehearsal=True).reflection
    run("purge")
    assert Review.objects.count() == 1
    aged(room, 1)
    run("purge", dry_run=True)
    assert Review.objects.count() == 1
    assert "gone: 1 rehearsals" in run("purge")
    assert (Review.objects.count(), Reflection.objects.count(), goal.pk is not None) == (0, 0, True)


def test_an_old_room_loses_people_and_answers_and_keeps_its_decision(leader, caplog):
    caplog.set_level("INFO")
    review = make_goal(owner=leader).open_room(leader, mode="confidential")
    room = aged(review.reflection, 366)
    add(room, ("1", "hemmeligt"), ("2", "hemmeligt"), ("3", "hemmeligt"), name="Alma")
    room.participants.filter(name="Alma").last().lead()
    room.reveal()
    assert "would go: 1 rooms" in run("purge", dry_run=True)
    assert Answer.objects.count() > 0
    caplog.clear()
    assert "gone: 1 rooms" in run("purge")
    assert (Answer.objects.count(), room.snapshots.count()) == (0, 0)
    assert list(room.participants.values_list("user", flat=True)) == [leader.pk]
    assert Review.objects.get() == review
    assert "Alma" not in str(Reflection.objects.values().get())
    logged = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    purges = [line for line in logged if line["message"] == "purge"]
    assert [(line["kind"], line["number"], line["decided_on"]) for line in purges] == [
        ("rehearsals", 0, ""), ("open_rooms", 0, ""), ("submissions", 0, ""), ("drafts", 0, ""),
        ("bin", 0, ""), ("imports", 0, ""), ("sessions", 0, ""), ("logins", 0, ""),
        ("wrong_tries", 0, ""), ("rooms", 1, "2026-01-01"),
    ]  # fmt: skip
    purged = Event.objects.get(what="purged")
    assert (purged.who, purged.detail, purged.number) == (None, "rooms", 1)
    assert "hemmeligt" not in str(logged)
    assert "gone: 0 rooms" in run("purge")


def test_what_is_over_goes_and_what_still_counts_stays(leader):
    for key, until in [("past", yesterday()), ("now", tomorrow())]:
        Session.objects.create(session_key=key, session_data="", expire_date=until)
        WrongTries.objects.create(key=key, number=1, until=until)
    assert "would go: 1 sessions" in run("purge", dry_run=True)
    told = run("purge")
    assert "gone: 1 sessions" in told
    assert "gone: 1 wrong_tries" in told
    assert [row.pk for row in [*Session.objects.all(), *WrongTries.objects.all()]] == ["now", "now"]


def test_a_room_with_a_date_of_its_own_is_kept_until_then(leader):
    long, short = make_room(leader=leader), make_room(leader=leader)
    for room, until in [(aged(long, 4000), date(2999, 1, 1)), (short, date(2026, 1, 1))]:
        add(room, "1")
        Reflection.objects.filter(pk=room.pk).update(keep_until=until)
    run("purge")
    assert (long.answers().exists(), short.answers().exists()) == (True, False)


def test_rooms_are_revealed_at_their_time_also_late_and_twice(leader):
    room, waits = (
        make_room(leader=leader, reveal_at=yesterday()),
        make_room(leader=leader, reveal_at=tomorrow()),
    )
    add(room, "1", "2", "3")
    assert run("reveal_overdue") == "revealed: 0 rooms\n"  # nobody has counted who is there
    for counted in [room, waits]:
        assert counted.confirm_head_count(counted.people_digest())
    assert run("reveal_overdue") == "revealed: 1 rooms\n"
    assert run("reveal_overdue") == "revealed: 0 rooms\n"
    assert set(room.snapshots.values_list("number", flat=True)) == {1}
    assert Reflection.objects.get(pk=waits.pk).is_collecting


def test_those_with_an_account_who_are_not_done_are_reminded_once_a_day(leader, mailoutbox):
    room = make_room(leader=leader, reveal_at=tomorrow(), title="Hemmelig titel")
    karen, tor = make_user("Karen", email="karen@example.dk"), make_user("Tor", email="tor@example.dk")
    room.participants.create(user=karen)
    room.participants.create(user=tor, is_done=True)
    room.participants.create(name="Uden konto")
    for _time in range(2):
        run("remind")
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["karen@example.dk"], "Du mangler at svare")
    assert f"http://testserver/rum/{room.key}/" in mail.body
    assert "Hemmelig titel" not in mail.message().as_string()
    room.participants.filter(user=karen).update(reminded_on=yesterday().date())
    run("remind")
    assert len(mailoutbox) == 2


def test_nobody_is_reminded_of_a_room_that_has_been_shown(leader, mailoutbox):
    room = make_room(leader=leader, reveal_at=tomorrow())
    room.participants.create(user=make_user("Karen"))
    room.reveal()
    run("remind")
    assert mailoutbox == []
