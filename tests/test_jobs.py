"""What happens without anybody asking for it, and that nothing depends on when or how often."""

import signal
import subprocess
import sys
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone

from aarhuskompas import jobs
from aarhuskompas.jobs import JOBS, run_due
from aarhuskompas.models import ScheduledJob
from publishing import direct_connection
from tests.processes import ROOT, environment

NAMES = [job.name for job in JOBS]
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=COPENHAGEN)


@pytest.fixture
def ran(monkeypatch, db):
    """The names of the commands that were called, instead of calling them."""
    called = []
    monkeypatch.setattr(jobs, "call_command", lambda name, **options: called.append(name))
    return called


def have_run(**when: datetime):
    for name in NAMES:
        started = when.get(name, at(12))
        ScheduledJob.objects.update_or_create(
            name=name, defaults={"started_at": started, "finished_at": started}
        )


def test_a_new_portal_does_all_of_it_once(ran):
    assert run_due() == NAMES
    assert ran == NAMES
    assert run_due() == []


def test_every_job_is_a_command_that_may_run_twice(db):
    for _time in range(2):
        for job in JOBS:
            jobs.run(job)
    assert list(ScheduledJob.objects.filter(has_failed=True)) == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(12, 0), []),
        (at(12, 1), ["reveal_overdue", "publish_due"]),
        (at(2, 59, day=11), ["reveal_overdue", "publish_due"]),
        (at(3, 0, day=11), ["reveal_overdue", "publish_due", "purge"]),
        (at(7, 0, day=11), ["reveal_overdue", "publish_due", "purge", "remind"]),
        (at(7, 0, day=20), ["reveal_overdue", "publish_due", "purge", "remind"]),
    ],
)
def test_each_runs_when_its_time_has_come_and_once_after_a_long_sleep(ran, now, due):
    have_run()
    assert run_due(now) == due


def test_what_failed_is_tried_again_before_the_next_day(ran):
    have_run()
    ScheduledJob.objects.filter(name="remind").update(has_failed=True)
    ScheduledJob.objects.filter(name__in=["reveal_overdue", "publish_due"]).update(started_at=at(23))
    assert run_due(at(12, 9)) == []
    assert run_due(at(12, 10)) == ["remind"]


def test_one_that_fails_stops_none_of_the_others(monkeypatch, db, caplog):
    def fail(name, **options):
        if name == "purge":
            raise ZeroDivisionError

    monkeypatch.setattr(jobs, "call_command", fail)
    assert run_due() == NAMES
    assert dict(ScheduledJob.objects.values_list("name", "has_failed")) == {
        name: name == "purge" for name in NAMES
    }
    assert "a job failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_who_holds_the_lock_works_alone(ran):
    held, wanted = direct_connection.lock("jobs", patience=1), direct_connection.lock("jobs", patience=1)
    with held, pytest.raises(psycopg.errors.LockNotAvailable), wanted:
        pass
    said = StringIO()
    call_command("jobs", once=True, stdout=said)
    assert said.getvalue() == f"done: {', '.join(NAMES)}\n"


def test_it_ends_when_it_is_asked_to():
    with subprocess.Popen(
        [sys.executable, "manage.py", "jobs"], env=environment(DATABASE_URL="postgres://nobody@127.0.0.1:1/x"),
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert "no jobs until the database is reached again" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(12) == 0  # before it would look at the jobs again


def test_a_moment_of_the_day_is_that_of_denmark():
    job = jobs.Job("remind", at=JOBS[-1].at)
    assert job.last_moment(at(6)) == at(7, day=9)
    assert timezone.localtime(job.last_moment(at(8))).hour == 7
    assert job.last_moment(at(8)) - job.last_moment(at(6)) == timedelta(days=1)
