import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection

from aarhuskompas.database_rights import grant_rights
from aarhuskompas.serving.static_files import keep_for_other_releases
from privacy.erasures import erase_again
from publishing import direct_connection

PATIENCE = 600  # seconds to wait for another one that prepares
TRIES = 5  # of a migration that meets somebody who holds a table for too long


class Command(BaseCommand):
    help = (
        "Brings the database up to this release, before its pages start: tables, rights of the application's "
        "role, and what is new in content/. Several at once do it once. Works as DATABASE_OWNER_URL."
    )

    def handle(self, **options):
        with direct_connection.lock("prepare", patience=PATIENCE):
            self._migrate()
            role = settings.APPLICATION_DATABASE["USER"]
            if role != connection.settings_dict["USER"]:
                grant_rights(role)
            call_command("load_content", stdout=self.stdout)
            keep_for_other_releases()
            if number := erase_again():
                self.stdout.write(f"erased again, as they were since the backup: {number}")

    def _migrate(self):
        """Nobody's page waits behind a migration that waits for a table: it gives up and tries again."""
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '4s'")
        for attempt in range(1, TRIES + 1):
            try:
                call_command("migrate", interactive=False, verbosity=0)
                break
            except OperationalError:
                if attempt == TRIES:
                    raise
                time.sleep(2)
