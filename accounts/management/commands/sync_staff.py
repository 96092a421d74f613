"""Closes the accounts of people who are not on the municipality's own list any more."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.holdings import owned_by
from accounts.models import LAST_ADMINISTRATOR, User
from privacy.events import record
from privacy.models import What

MOST = 20  # percent; more than that is a broken list and no day's leavers


class Command(BaseCommand):
    help = (
        "Closes the accounts that are not in a list of e-mails, one a line: their logins, seats and event "
        "streams end at once. Says by number which still own something. Refuses to close more than a fifth."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="the list, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--force", action="store_true", help="also when it is more than a fifth")

    @transaction.atomic
    def handle(self, *, file, dry_run, force, **options):
        listed = self._read(file)
        open_accounts = User.objects.filter(is_active=True).begun()
        absent = [user for user in open_accounts.order_by("pk") if user.email not in listed]
        if len(absent) * 100 > MOST * open_accounts.count() and not force:
            many = f"{len(absent)} of {open_accounts.count()}"
            raise CommandError(f"{many} accounts are absent. Is the list whole? Then --force.")
        for user in absent:
            self._close(user, dry_run=dry_run)
        self.stdout.write(f"{'would be closed' if dry_run else 'closed'}: {len(absent)}")

    def _read(self, file: str) -> set[str]:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The list cannot be read: {type(error).__name__}.") from None
        listed = {line.strip().lower() for line in text.splitlines() if "@" in line}
        if not listed:
            raise CommandError("There is no e-mail in the list.")
        return listed

    def _close(self, user: User, *, dry_run: bool):
        if user.is_last_administrator:
            self.stderr.write(f"account {user.pk} stays open: {LAST_ADMINISTRATOR}")
            return
        if not dry_run:
            user.is_active = False
            user.save(update_fields=["is_active"])
            record(What.ACCOUNT_CLOSED, about=user, detail="sync_staff")
        owned = ", ".join(f"{number} {words}" for words, number in owned_by(user))
        self.stdout.write(f"account {user.pk}{f' still owns {owned}' if owned else ''}")
