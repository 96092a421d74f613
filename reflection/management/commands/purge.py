import logging

from django.core.management.base import BaseCommand

from privacy.events import record
from privacy.models import What
from privacy.retention import periods
from reflection.privacy.retention import PURGES

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Deletes what the portal needs no longer, and what the municipality has decided to delete: each kind "
        "when its time is over (docs/privacy/frister.md). Run it daily."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *, dry_run, **options):
        """All is found before anything goes, so that nothing goes today for what went today."""
        in_force = periods()
        found = {
            kind: purge.found(end)
            for kind, purge in PURGES.items()
            if (end := in_force[kind].end) is not None
        }
        for kind, (rows, number) in found.items():
            if not dry_run:
                PURGES[kind].go(rows)
            self._say(in_force[kind], number, dry_run=dry_run)
        for kind in PURGES.keys() - found.keys():
            self.stdout.write(f"kept: {kind.value}, nobody has decided for how long")

    def _say(self, period, number, *, dry_run):
        decided = str(period.decided_on or "")
        fields = {"kind": period.kind.value, "number": number, "dry_run": dry_run, "decided_on": decided}
        logger.info("purge", extra={"fields": fields})
        self.stdout.write(f"{'would go' if dry_run else 'gone'}: {number} {period.kind.value}")
        if number and not dry_run:
            record(What.PURGED, detail=period.kind.value, number=number)
