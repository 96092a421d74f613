import logging

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import LoginSession, Submission, WrongTries
from accounts.sessions import past_sessions
from compass.pending_imports import PendingImport, past_imports
from publishing.models import UnsavedWork
from reflection.privacy.retention import delete_room, empty, has_deadline, past_rehearsals, past_rooms

logger = logging.getLogger(__name__)

REFUSED = (
    "Rooms are kept: a municipality may not delete without authority. "
    "Set KEEP_ROOMS_DAYS and PURGE_BASIS (docs/operations.md)."
)


class Command(BaseCommand):
    help = (
        "Deletes rehearsals and what sent forms led to after a day, unsaved forms after thirty, "
        "spreadsheets that nobody imported, "
        "expired sessions, counts of wrong tries whose time is over, "
        "and answers and people of rooms whose time is over. Run it daily."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *, dry_run, **options):
        self._purge("rehearsals", past_rehearsals(), delete_room, dry_run=dry_run)
        self._delete("sent forms", Submission.objects.past(), dry_run=dry_run)
        self._purge("unsaved forms", UnsavedWork.objects.past(), UnsavedWork.delete, dry_run=dry_run)
        self._purge("tried spreadsheets", past_imports(), PendingImport.remove, dry_run=dry_run)
        self._delete("expired sessions", past_sessions(), dry_run=dry_run)
        self._delete("logins that have ended", LoginSession.objects.past(), dry_run=dry_run)
        self._delete("counts of wrong tries", WrongTries.objects.past(), dry_run=dry_run)
        if not has_deadline():
            raise CommandError(REFUSED)
        self._purge("rooms", past_rooms(), empty, dry_run=dry_run)

    def _purge(self, what, found, delete, *, dry_run):
        found = list(found)
        for row in [] if dry_run else found:
            delete(row)
        self._say(what, len(found), dry_run=dry_run)

    def _delete(self, what, found, *, dry_run):
        """All at once: there may be a great many."""
        self._say(what, found.count() if dry_run else found.delete()[0], dry_run=dry_run)

    def _say(self, what, number, *, dry_run):
        fields = {"kind": what, "number": number, "dry_run": dry_run, "basis": settings.PURGE_BASIS}
        logger.info("purge", extra={"fields": fields})
        self.stdout.write(f"{'would go' if dry_run else 'gone'}: {number} {what}")
