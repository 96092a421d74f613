"""What has to happen without anybody asking for it: `manage.py jobs` keeps it going.

Each job is a command that may run twice or late without harm. Of several processes one works, and another
takes over when it ends: the one that works holds a lock.
"""

import logging
from datetime import datetime, time, timedelta
from io import StringIO
from typing import NamedTuple

from django.core.management import CommandError, call_command
from django.utils import timezone

from aarhuskompas.models import ScheduledJob

logger = logging.getLogger(__name__)

TRY_AGAIN = timedelta(minutes=10)  # after a failure, where the next time would be later


class Job(NamedTuple):
    """A command, and how often; `at` is a time of the day."""

    name: str
    every: timedelta = timedelta(days=1)
    at: time | None = None

    def is_due(self, row: ScheduledJob, now: datetime) -> bool:
        if row.started_at is None:
            return True
        waited_for = now - min(self.every, TRY_AGAIN) if row.has_failed else self.last_moment(now)
        return row.started_at <= waited_for

    def last_moment(self, now: datetime) -> datetime:
        """The latest at which it should have begun."""
        if self.at is None:
            return now - self.every
        today = timezone.make_aware(datetime.combine(timezone.localdate(now), self.at))
        return today if today <= now else today - timedelta(days=1)


JOBS = [
    Job("reveal_overdue", every=timedelta(minutes=1)),
    Job("publish_due", every=timedelta(seconds=15)),  # people have been told the minute
    Job("purge", at=time(3, 0)),
    Job("remind", at=time(7, 0)),  # before people meet
]


def run_due(now: datetime | None = None) -> list[str]:
    """Run what is due; returns the names."""
    rows = {row.name: row for row in ScheduledJob.objects.all()}
    due = [job for job in JOBS if job.is_due(rows.get(job.name, ScheduledJob()), now or timezone.now())]
    for job in due:
        run(job)
    return [job.name for job in due]


def run(job: Job) -> None:
    row, _is_new = ScheduledJob.objects.get_or_create(name=job.name)
    row.started_at = timezone.now()
    row.save(update_fields=["started_at"])
    row.has_failed = not _succeeds(job.name)
    row.finished_at = timezone.now()
    row.save(update_fields=["finished_at", "has_failed"])


def _succeeds(name: str) -> bool:
    try:
        call_command(name, stdout=StringIO())
    except CommandError as refused:  # ours say what to do
        logger.warning("a job was not done", extra={"fields": {"job": name, "reason": str(refused)}})
    except Exception:
        logger.exception("a job failed", extra={"fields": {"job": name}})
        return False
    return True
