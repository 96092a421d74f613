"""Retention from one source: what `purge` deletes is what was decided, and what `--dry-run` says."""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from collaboration.models import Collaboration
from goals.models import Goal, Goodbye, Review
from privacy.models import Event, Kept, RetentionPeriod, What
from privacy.models.retention import LEAST_DAYS_OF_EVENTS, TO_DECIDE, USUAL
from privacy.retention import period, periods, undecided
from reflection.models import Agreement, Answer, Reflection
from reflection.privacy.retention import PURGES
from tests.admin.conftest import admin_url
from tests.factories import (
    decide,
    make_agreement,
    make_collaboration,
    make_goal,
    make_guide,
    make_review,
    make_room,
    make_user,
)
from tests.reflection.people import add

pytestmark = pytest.mark.django_db
BASIS = "Bekendtgørelse 183/2020, sag 2026-1"
WAITS = [kind for kind in TO_DECIDE if kind not in USUAL]  # open rooms: tests/reflection/test_open_rooms.py
DECISION = {
    "kind": "rooms", "days": "90", "basis": BASIS, "decided_by": "Direktionen", "decided_on": "2026-11-01",
}  # fmt: skip


def purge(**options) -> dict[str, int]:
    """How many of each kind, as it is told."""
    told = StringIO()
    call_command("purge", stdout=told, **options)
    return {kind: int(number) for number, kind in re.findall(r"(\d+) (\w+)", told.getvalue())}


def age(rows, name: str, days: int):
    rows.update(**{name: timezone.now() - timedelta(days=days)})


def make_everything(days: int):
    """One of each kind of which the municipality decides, of that age."""
    make_guide()
    owner = make_user("Malik", email="malik@example.dk")
    make_goal("Et gammelt mål.", owner=owner)
    make_collaboration(owner=owner)
    User.objects.create_user("inviteret@example.dk", name="Inviteret")
    make_user("Lukket", email="lukket@example.dk", is_active=False)
    room, ended = make_room(leader=owner), make_room(leader=owner)
    add(room, ("3", "Ord"))
    make_agreement(ended)
    review = make_review(make_goal("Et andet mål.", owner=owner))
    prompt = review.reflection.version.all_steps()[0].answered_prompts[0]
    Answer.objects.create(participant=review.participant, prompt=prompt)
    Event.objects.create(what=What.PUBLISHED, at=timezone.now() - timedelta(days=days))
    age(Goal.objects, "created_at", days)
    age(Collaboration.objects, "created_at", days)
    age(User.objects, "date_joined", days)
    age(User.objects.filter(is_active=False), "closed_at", days)
    age(Reflection.objects, "created_at", days)
    over = {"phase": "concluded", "concluded_at": timezone.now() - timedelta(days=days)}
    Reflection.objects.filter(pk=ended.pk).update(**over)


def left() -> dict[str, int]:
    """What there is of each kind."""
    alone = Answer.objects.filter(participant__reflection__mode="solo")
    return {
        "rooms": Answer.objects.exclude(pk__in=alone).count(),
        "alone": alone.count(),
        "goals": Goal.objects.count() + Collaboration.objects.count(),
        "agreements": Agreement.objects.count(),
        "unused_accounts": User.objects.filter(name="Inviteret").count(),
        "closed_accounts": User.objects.filter(name="Lukket").count(),
        "events": Event.objects.exclude(what=What.PURGED).count(),
    }


@pytest.mark.parametrize("kind", WAITS)
def test_each_kind_goes_when_its_own_time_is_over_and_no_other_with_it(kind):
    make_everything(days=40)
    before = left()
    decide(kind, 60)
    assert purge()[kind] == 0
    decide(kind, 30)
    told = purge(dry_run=True)[kind]
    assert purge()[kind] == told > 0
    assert [name for name, number in before.items() if left()[name] < number] == [kind]
    assert purge()[kind] == 0


def test_nothing_of_the_municipality_goes_before_it_has_decided():
    make_everything(days=20_000)
    before = left()
    purge()
    assert left() == before


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(WAITS), st.integers(1, 80)), st.integers(1, 80))
def test_a_dry_run_says_what_a_run_does(db, decided, days):
    with transaction.atomic():
        make_everything(days=days)
        for kind, most in decided.items():
            decide(kind, max(most, LEAST_DAYS_OF_EVENTS if kind == Kept.EVENTS else 1))
        before = left()
        told = purge(dry_run=True)
        assert left() == before
        assert purge() == told
        for kind in set(WAITS) - decided.keys():
            assert left()[kind] == before[kind]
        transaction.set_rollback(True)


def test_every_kind_has_its_way_to_go_and_its_words():
    assert set(PURGES) == set(Kept)
    assert all(kind.label and str(kind.begins) for kind in Kept)


def test_a_login_lasts_as_long_as_is_said(settings):
    assert Kept.SESSIONS.at_once == timedelta(seconds=settings.SESSION_COOKIE_AGE)


def test_a_goodbye_that_readers_know_of_stays(content):
    owner = make_user("Malik", email="malik@example.dk")
    decide(Kept.AGREEMENTS, 30)
    for published_at in [timezone.now(), None]:
        review = make_review(make_goal("Ti møder.", owner=owner), decision="goodbye", reason="Nok.")
        review.decide()
        review.reflection.conclude()
        review.participant.answers.all().delete()
        said = {"what": "Ti møder", "why": "De gav intet.", "stops_on": date(2026, 1, 1)}
        Goodbye.objects.create(review=review, published_at=published_at, is_shared=True, **said)
    age(Reflection.objects, "concluded_at", 40)
    assert purge()["agreements"] == 1
    assert Review.objects.get().goodbye.is_public


# --- Who decides, and who is told ---------------------------------------------------------------------


def test_an_administrator_writes_a_decision_down_and_nobody_else(
    administrator, administrator_client, editor_client, staff_client
):
    address = admin_url(RetentionPeriod, "add")
    for browser in [editor_client, staff_client]:
        assert browser.post(address, DECISION).status_code in {302, 403}  # 302: to the login
        assert not RetentionPeriod.objects.exists()
    for days in ["90", "120"]:
        assert administrator_client.post(address, {**DECISION, "days": days}).status_code == 302
    newest = RetentionPeriod.objects.first()
    assert (newest.days, newest.recorded_by) == (120, administrator.pseudonym)
    assert (period(Kept.ROOMS).days, period(Kept.ROOMS).basis) == (120, BASIS)
    assert RetentionPeriod.objects.count() == 2
    assert administrator_client.get(admin_url(newest)).status_code == 200
    assert administrator_client.post(admin_url(newest), DECISION).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": "0"},
        {"days": "29", "kind": "events"},
        {"days": "99999999"},
        {"basis": ""},
        {"decided_on": "2999-01-01"},
        {"kind": "drafts"},
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_in_words(administrator_client, wrong):
    answer = administrator_client.post(admin_url(RetentionPeriod, "add"), {**DECISION, **wrong})
    assert answer.context["adminform"].form.errors
    assert not RetentionPeriod.objects.exists()


def test_what_waits_for_a_decision_is_told(administrator_client):
    decide(Kept.ROOMS, 90)
    assert set(undecided()) == set(WAITS) - {Kept.ROOMS}
    page = administrator_client.get(admin_url(RetentionPeriod, "changelist")).content.decode()
    assert str(Kept.GOALS.label) in page


def test_all_periods_are_one_query(django_assert_num_queries):
    decide(Kept.ROOMS, 90)
    decide(Kept.GOALS, 90)
    with django_assert_num_queries(1):
        assert len(periods()) == len(Kept)
