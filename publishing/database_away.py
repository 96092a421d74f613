"""When the database is away: which errors say so, and another try for a request that has written nothing.

A primary that dies takes its connections along, and whoever held one learns of it in the middle of a page.
The next connection leads to the new primary, or to the same one that was started again.
"""

import time

import psycopg
from django.db import InterfaceError, OperationalError, connection

# The one that is connected to follows another by now, and takes nothing in.
NO_LONGER_PRIMARY = psycopg.errors.ReadOnlySqlTransaction
SOON = 2  # seconds; whoever has waited longer has waited for a connection already
READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def is_away(error: BaseException | None) -> bool:
    is_refused = isinstance(getattr(error, "__cause__", None), NO_LONGER_PRIMARY)
    return is_refused or isinstance(error, OperationalError | InterfaceError)


def is_lost(error: BaseException | None) -> bool:
    """Whether the connection is no good, rather than the statement or the time it took."""
    cause = getattr(error, "__cause__", None)
    state = getattr(cause, "sqlstate", None) or ""
    return is_away(error) and (state in {"", "25006"} or state.startswith(("57P", "08")))


class Statements:
    """Watches what is said to the database: whether anything was written."""

    def __init__(self):
        self.have_written = False

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        self.have_written = self.have_written or not str(sql).lstrip().startswith(READS)
        return result


class TryAgainMiddleware:
    """A page that met a dead connection before anything was written is made once more, with a new one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started, statements = time.monotonic(), Statements()
        with connection.execute_wrapper(statements):
            response = self.get_response(request)
        is_soon = time.monotonic() - started < SOON
        if is_lost(getattr(response, "database_error", None)) and is_soon and not statements.have_written:
            if not connection.in_atomic_block:
                connection.close()
            return self.get_response(request)
        return response
