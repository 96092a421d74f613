"""Figures for Prometheus on a port of their own (METRICS_PORT; off by default): docs/operations/monitoring.md

All processes write into files of one folder, and whichever is asked adds them up. Nothing of people is told
but how many rooms there are, in fives.
"""

import asyncio
import logging
import os
import socket
import tempfile
from datetime import timedelta
from http.server import ThreadingHTTPServer
from threading import Thread

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

logger = logging.getLogger(__name__)

FIVES = 5
PATIENCE = 5  # seconds for whoever asks
TICK_SECONDS = 5
ACCESS = "aarhuskompas.access"


def prepare_folder() -> None:
    """Before prometheus_client is imported, which looks at it then; once, before the processes part."""
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="metrics-"))


def open_port() -> socket.socket:
    """One for all processes."""
    return socket.create_server((settings.METRICS_LISTEN_ON, settings.METRICS_PORT))


class Metrics(logging.Handler):
    """Counts what the log is told, so that nothing else has to know of it; LOG_LEVEL must let it pass."""

    def __init__(self):
        from prometheus_client import Counter, Gauge, Histogram

        super().__init__()
        self.seconds = Histogram(
            "portal_request_seconds", "Time to answer a request", ["status"],
            buckets=[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 20],
        )  # fmt: skip
        self.streams = Gauge("portal_streams", "Open event streams", multiprocess_mode="livesum")
        self.errors = Counter("portal_errors", "Errors in the log, by who reports them", ["logger"])
        self.warnings = Counter("portal_warnings", "Warnings in the log, by who reports them", ["logger"])

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == ACCESS and record.levelno == logging.INFO:
            fields = record.fields
            self.seconds.labels(f"{fields['status'] // 100}xx").observe(fields["milliseconds"] / 1000)
        elif record.levelno >= logging.ERROR:
            self.errors.labels(record.name).inc()
        elif record.levelno == logging.WARNING:
            self.warnings.labels(record.name).inc()

    async def watch_streams(self) -> None:
        from reflection.live.streams import application

        while True:
            self.streams.set(len(application.open))
            await asyncio.sleep(TICK_SECONDS)


class FromTheDatabase:
    """What stands there, asked for when somebody wants to know."""

    def collect(self):
        from prometheus_client.core import GaugeMetricFamily

        from aarhuskompas.models import ScheduledJob

        try:
            jobs, rooms = list(ScheduledJob.objects.exclude(finished_at=None)), self._rooms()
        except DatabaseError:
            yield GaugeMetricFamily("portal_database_up", "Whether the database answers", value=0)
            return
        finally:
            connections.close_all()
        yield GaugeMetricFamily("portal_database_up", "Whether the database answers", value=1)
        yield GaugeMetricFamily(
            "portal_rooms_collecting", "Rooms of today that take answers, in fives", value=rooms
        )
        late = GaugeMetricFamily(
            "portal_job_age_seconds", "Since a scheduled job last succeeded", labels=["job"]
        )
        failed = GaugeMetricFamily("portal_job_failed", "Whether its last run failed", labels=["job"])
        for job in jobs:
            late.add_metric([job.name], (timezone.now() - job.finished_at).total_seconds())
            failed.add_metric([job.name], job.has_failed)
        yield late
        yield failed

    def _rooms(self) -> int:
        from reflection.models import Reflection

        today = timezone.now() - timedelta(days=1)
        rooms = Reflection.objects.exclude(mode=Reflection.Mode.SOLO).filter(created_at__gte=today)
        return rooms.filter(phase=Reflection.Phase.COLLECTING).count() // FIVES * FIVES


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """In the log, where the library would print it."""
        logger.warning("figures were not sent", exc_info=True)


def start(loop: asyncio.AbstractEventLoop, listener: socket.socket) -> None:
    """In each process that serves."""
    from prometheus_client import CollectorRegistry, MetricsHandler
    from prometheus_client.multiprocess import MultiProcessCollector

    metrics = Metrics()
    logging.getLogger().addHandler(metrics)
    loop.create_task(metrics.watch_streams())
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(FromTheDatabase())
    handler = MetricsHandler.factory(registry)
    handler.timeout = PATIENCE
    server = Server(listener.getsockname(), handler, bind_and_activate=False)
    server.socket = listener
    Thread(target=server.serve_forever, daemon=True).start()
