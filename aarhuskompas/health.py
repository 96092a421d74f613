"""What a load balancer asks: is the process alive, and can it answer pages?

Neither asks for whom: a probe names the address of a machine, not that of the portal.
"""

import time
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.http import require_safe

from aarhuskompas.middleware import fixed_headers

LIVE = "/health/live"
SECONDS = 2  # that one answer of `ready` stands for all who ask


class HealthMiddleware(MiddlewareMixin):
    """Middleware: answers before anything looks at the host, the session or the database."""

    def process_request(self, request):
        view = {LIVE: live, "/health/ready": readiness}.get(request.path_info)
        if view is None:
            return None
        response = require_safe(view)(request)
        response.headers["Cache-Control"] = "no-store, private"
        response.answered_by = request.path_info.lstrip("/")
        response._has_been_logged = True  # Django's word for an error: a probe that hears 503 is none
        return response


def live(request):
    return HttpResponse(status=204)


class Readiness:
    def __init__(self):
        self.status, self.until = 503, 0.0
        self.is_draining = False  # the server is to stop and takes its leave (runner/gunicorn_conf.py)

    def __call__(self, request):
        if self.is_draining:
            return HttpResponse(status=503)
        if time.monotonic() >= self.until:
            self.status = 204 if has_current_database() else 503
            self.until = time.monotonic() + SECONDS
        return HttpResponse(status=self.status)


readiness = Readiness()


def has_current_database() -> bool:
    try:
        return wanted_migrations() <= MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        return False


@cache
def wanted_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)


# --- The first of them without a thread: pages may all be waiting -----------------------------------


def is_live(scope: dict) -> bool:
    return scope["path"] == LIVE and scope["method"] in {"GET", "HEAD"}


async def alive(scope, receive, send):
    headers = [*fixed_headers(), (b"cache-control", b"no-store, private")]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body"})
