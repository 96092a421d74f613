"""GET /haendelser/KEY/: an event stream that says «changed» to whoever may follow KEY.

It asks nothing of Django's request handling but the session, because a thousand may be open, and
holds no database connection. A browser that gets no stream fetches the page every half minute.
"""

import asyncio
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import aclosing, contextmanager
from typing import NamedTuple
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse

from accounts.sessions import ENDS_AT, is_over, login_of
from reflection import tokens
from reflection.live import notifications
from reflection.participation import current_participant, remembered_wall

PREFIX = "/haendelser/"
PER_PROCESS = 2_000
# Browsers open six connections to a site, and pages need some: four streams, however many processes share
# them out.
PER_SESSION = max(1, 4 // int(os.environ.get("WEB_CONCURRENCY", "2")))
LIFETIME = (1_800, 3_600)  # seconds; who comes back is asked again whether they may
RETRY = (1_000, 5_000)  # milliseconds; a thousand phones shall not come back at the same time
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx collects answers unless told not to
]

SESSIONS, AUTHENTICATION = SessionMiddleware(HttpResponse), AuthenticationMiddleware(HttpResponse)


class RefusedError(Exception):
    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


class Admitted(NamedTuple):
    """Who follows: in which session, and what ends the stream before its time."""

    session: str
    ends_with: list[UUID]
    seconds: float


class EventStreams:
    """The ASGI application. `may_follow(request, key)` may use request.session, .user and the database.

    It returns the key of the follower's participant, or None.
    """

    def __init__(self, may_follow: Callable[[HttpRequest, UUID], UUID | None]):
        self.may_follow = may_follow
        self.open: dict[asyncio.Task, str] = {}  # each with its session
        self.capacity = min(PER_PROCESS, file_descriptors() // 2)  # pages need some too

    async def __call__(self, scope, receive, send):
        try:
            key, admitted = await self._admit(scope)
            with self._slot(admitted.session):
                await self._listen()
                await follow(key, receive, send, admitted.ends_with, admitted.seconds)
        except RefusedError as refused:
            await refuse(send, refused.status)

    async def _admit(self, scope) -> tuple[UUID, Admitted]:
        if scope["method"] != "GET":
            raise RefusedError(405)
        try:
            key = UUID(scope["path"].removeprefix(PREFIX).removesuffix("/"))
        except ValueError:
            raise RefusedError(404) from None
        if not any(name == b"cookie" for name, _value in scope["headers"]):
            raise RefusedError(404)  # a stranger, and nobody needs to be asked
        return key, await sync_to_async(self._who_may_follow)(scope, key)

    def _who_may_follow(self, scope, key: UUID) -> Admitted:
        request = ASGIRequest(scope, None)
        try:
            request.get_host()
            SESSIONS.process_request(request)
            AUTHENTICATION.process_request(request)
            participant = None if is_over(request) else self.may_follow(request, key)
            if not (participant and request.session.session_key):
                raise RefusedError(404)
            login = login_of(request.session)
            left = request.session.get(ENDS_AT, float("inf")) - time.time()
            return Admitted(request.session.session_key, [participant, *([login] if login else [])], left)
        except DisallowedHost:
            raise RefusedError(400) from None
        except DatabaseError:
            raise RefusedError(503) from None
        finally:
            connections.close_all()  # the stream lives for long, and there are more of them

    @contextmanager
    def _slot(self, session: str):
        sessions = list(self.open.values())
        if len(sessions) >= self.capacity or sessions.count(session) >= PER_SESSION:
            raise RefusedError(503)
        task = asyncio.current_task()
        self.open[task] = session
        try:
            yield
        finally:
            del self.open[task]

    async def _listen(self):
        try:
            async with asyncio.timeout(notifications.ANSWER_SECONDS):
                await notifications.start_listening()
        except TimeoutError:
            raise RefusedError(503) from None

    def end(self) -> None:
        """Close all streams; browsers connect again, to whichever process serves then."""
        for task in self.open:
            task.cancel()


def file_descriptors() -> int:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


async def follow(
    key: UUID, receive, send, ends_with: Iterable[UUID] = (), seconds: float = float("inf")
) -> None:
    """Send events until the browser leaves, its participant or login is gone, or the time is up."""

    async def wait_until_gone():
        while (await receive())["type"] != "http.disconnect":
            pass
        limit.reschedule(0)

    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send(_body(b"retry: %d\n\n" % random.randint(*RETRY)))  # noqa: S311
    limit = asyncio.timeout(min(seconds, random.uniform(*LIFETIME)))  # noqa: S311
    watch = None
    try:
        async with limit, aclosing(notifications.changes(key, ends_with=ends_with)) as events:
            watch = asyncio.create_task(wait_until_gone())
            async for event in events:
                await send(_body(event))
        await send({"type": "http.response.body"})
    except TimeoutError:
        await send({"type": "http.response.body"})
    finally:
        if watch:
            watch.cancel()


async def refuse(send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body"})


def _body(event: bytes) -> dict:
    return {"type": "http.response.body", "body": event, "more_body": True}


def may_follow(request: HttpRequest, key: UUID) -> UUID | None:
    """The key to follow by: of the visitor's participant, or of the wall this browser shows; else None."""
    if participant := current_participant(request, key):
        return participant.key
    wall = remembered_wall(request, key)
    return tokens.wall_stream_key(wall.wall_nonce) if wall else None


application = EventStreams(may_follow)
