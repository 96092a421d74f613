"""The event log: what stands in it, and that nobody changes it."""

from datetime import UTC, date, datetime

import psycopg
import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from aarhuskompas.database_rights import grant_rights
from privacy.events import record, record_looks
from privacy.models import Event, Kept, PrivacyNotice, RetentionPeriod, What, Why
from tests.factories import make_goal, make_user
from tests.reflection.conftest import committed
from tests.test_database_rights import APPLICATION, rights

__all__ = ["committed"]

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def decide(days: int):
    RetentionPeriod.objects.create(
        kind=Kept.EVENTS, days=days, basis="Sag 2026-1", decided_by="DPO", decided_on=date(2026, 1, 1)
    )


def execute(sql: str):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else cursor.rowcount


def happened(**told) -> Event:
    record(What.PUBLISHED, **told)
    return Event.objects.latest("pk")


def test_an_event_says_who_what_about_whom_which_and_why(staff, colleague, django_assert_num_queries):
    goal = make_goal(owner=staff)
    with django_assert_num_queries(1):
        record(What.LOOKED, who=colleague, about=staff, thing=goal, why=Why.SHARED, detail="JSON", number=1)
    event = Event.objects.get()
    assert (event.who, event.about) == (colleague.pseudonym, staff.pseudonym)
    assert (event.what, event.why, event.detail, event.number) == ("looked", "shared", "JSON", 1)
    assert (event.thing, event.key) == ("goals.goal", str(goal.key))


def test_a_visitor_without_account_is_nobody(rf):
    assert happened(who=None).who is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE privacy_event SET what = 'nothing'",
        "UPDATE privacy_event SET who = NULL",
        "DELETE FROM privacy_event",
        "ALTER TABLE privacy_event ENABLE TRIGGER events_are_never_emptied; TRUNCATE privacy_event",
    ],
)
def test_postgresql_refuses_whoever_asks(staff, sql):
    happened(who=staff)
    with pytest.raises(IntegrityError, match="only added to"):
        execute(sql)
    assert Event.objects.count() == 1


def test_only_what_is_older_than_the_decided_time_can_go_and_only_then(staff):
    with time_machine.travel(datetime(2025, 1, 1, tzinfo=UTC)):
        happened(who=staff)
    happened(who=staff)
    assert execute("SELECT privacy_purge_events()") == (0,)
    decide(days=365)
    assert execute("SELECT privacy_purge_events()") == (1,)
    with pytest.raises(IntegrityError):
        execute("DELETE FROM privacy_event")
    assert Event.objects.count() == 1


def test_a_later_decision_counts_and_the_earlier_stays(staff):
    decide(days=30)
    decide(days=3650)
    with time_machine.travel(datetime(2025, 1, 1, tzinfo=UTC)):
        happened(who=staff)
    assert execute("SELECT privacy_purge_events()") == (0,)
    for sql in ["UPDATE privacy_retentionperiod SET days = 30", "DELETE FROM privacy_retentionperiod"]:
        with pytest.raises(IntegrityError, match="add a new one"):
            execute(sql)
    assert [period.days for period in RetentionPeriod.objects.all()] == [3650, 30]


def test_whose_account_is_gone_is_nobody_the_log_could_name(colleague, staff):
    event = happened(who=colleague)
    pseudonym = colleague.pseudonym
    colleague.delete()
    assert Event.objects.get(pk=event.pk).who == pseudonym
    assert not type(staff).objects.filter(pseudonym=pseudonym).exists()


def test_looking_again_within_the_hour_is_the_same_look(staff, colleague):
    goal = make_goal(owner=staff)
    for moment in [NOON, NOON.replace(minute=59), NOON.replace(hour=13)]:
        with time_machine.travel(moment, tick=False):
            record_looks(colleague, [goal], why=Why.SHARED, about=staff)
    record_looks(staff, [goal], why=Why.SHARED, about=staff)
    assert Event.objects.filter(who=colleague.pseudonym).count() == 2
    assert Event.objects.looks_at(staff.pseudonym, []).count() == 2


def test_whoever_sends_wrong_passwords_fills_no_disk(staff):
    with time_machine.travel(NOON, tick=False):
        for _time in range(50):
            record(What.LOGIN_FAILED, about=staff)
            record(What.LOGIN_FAILED)
    assert Event.objects.count() == 2


def test_what_is_done_twice_is_two_events(staff):
    happened(who=staff)
    happened(who=staff)
    assert Event.objects.count() == 2


# --- The application's role ---------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Event, RetentionPeriod, PrivacyNotice])
def test_the_application_may_read_and_add_and_nothing_else(model):
    """Whoever holds its password changes nothing, empties nothing, and deletes what is over in one way."""
    grant_rights(APPLICATION)
    assert rights(model._meta.db_table) == ["SELECT", "INSERT"]


DECIDE = "INSERT INTO privacy_retentionperiod (kind, days, basis, decided_by, decided_on) VALUES"
ATTACKS = [
    "UPDATE privacy_event SET who = NULL",
    "DELETE FROM privacy_event",
    "TRUNCATE privacy_event",
    "INSERT INTO privacy_event SELECT * FROM privacy_event ON CONFLICT (id) DO UPDATE SET who = NULL",
    "ALTER TABLE privacy_event DISABLE TRIGGER ALL",
    "DROP TRIGGER events_are_only_added ON privacy_event",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION privacy_events_end() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    f"{DECIDE} ('events', 1, 'x', 'x', now())",  # and then privacy_purge_events()
]


def test_whoever_holds_its_password_leaves_the_log_as_it_is(committed):
    grant_rights(APPLICATION)
    happened(who=make_user("Malik"))
    before = list(Event.objects.values())
    info = connection.connection.info
    address = {"host": info.host, "port": info.port, "dbname": info.dbname, "user": APPLICATION}
    with psycopg.connect(**address, autocommit=True) as application:
        assert application.execute("SELECT count(*) FROM privacy_event").fetchone() == (1,)
        for attack in ATTACKS:
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
                application.execute(attack)
        application.execute("SELECT privacy_purge_events()")
    assert list(Event.objects.values()) == before


def test_the_one_way_to_delete_works_with_the_rights_of_who_made_it():
    row = "SELECT prosecdef, has_function_privilege(%s, oid, 'EXECUTE') FROM pg_proc WHERE proname = %s"
    with connection.cursor() as cursor:
        cursor.execute(row, [APPLICATION, "privacy_purge_events"])
        assert cursor.fetchall() == [(True, True)]
