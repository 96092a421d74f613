import logging
import signal
import threading

import psycopg
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from aarhuskompas.jobs import run_due
from publishing import direct_connection

logger = logging.getLogger(__name__)

SECONDS = 15  # between two looks at what is due


class Command(BaseCommand):
    help = (
        "Keeps doing what is due: reveals rooms whose time has come, reminds, purges. Run it once on each "
        "machine, or several times: one of them works, another takes over."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due and end")

    def handle(self, *, once, **options):
        if once:
            with direct_connection.lock("jobs", patience=SECONDS):
                self.stdout.write(f"done: {', '.join(run_due()) or 'nothing was due'}")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())  # what is being done is finished
        while not stop.is_set():
            self._work_until(stop)
            stop.wait(SECONDS)

    def _work_until(self, stop: threading.Event) -> None:
        try:
            with direct_connection.lock("jobs", patience=SECONDS) as database:
                while not stop.is_set():
                    database.execute("SELECT 1")  # else the lock is somebody else's by now
                    run_due()
                    close_old_connections()
                    stop.wait(SECONDS)
        except psycopg.errors.LockNotAvailable:
            return  # another one works
        except (psycopg.Error, OperationalError):
            logger.warning("no jobs until the database is reached again", exc_info=True)
        finally:
            close_old_connections()
