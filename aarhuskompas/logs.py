"""Logs as one JSON object a line, in UTC, without anything a person typed.

Django's own records carry paths, addresses and values as arguments, and exception messages repeat
the input that caused them. So a record's arguments and exception messages are never written: only
its fixed text, the type of an exception and the lines of code it passed.
"""

import json
import logging
import re
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus

from django.conf import settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
access = logging.getLogger("aarhuskompas.access")

ARGUMENT = re.compile(r"%(?:\(\w+\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")
LETTERS = re.compile(r"[^\W\d_]")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _fixed_text(record),
            "request": request_id.get(),
            "release": settings.RELEASE,
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)


def log_access(method: str, route: str, status: int, started: float) -> None:
    """A request by its route: an address may hold a search or a code. `started`: as perf_counter says it."""
    if access.isEnabledFor(logging.INFO):
        fields = {
            "method": method if method in {"GET", "HEAD", "POST"} else "OTHER",
            "route": route,
            "status": status,
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
        }
        access.info("request", extra={"fields": fields})


def _fixed_text(record: logging.LogRecord) -> str:
    """The text with … for each argument; where nothing else is said, what the answer's status means.

    django.security logs the exception's own message as its text.
    """
    if record.name.startswith("django.security") or isinstance(record.msg, Exception):
        return ""
    text = ARGUMENT.sub("…", str(record.msg)) if record.args else str(record.msg)
    if LETTERS.search(text):
        return text
    status = getattr(record, "status_code", None)
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
