"""GET /haendelser/KEY/: an event stream that says «changed» to whoever may follow KEY.

It asks nothing of Django's request handling but the session, because a thousand may be open, and
holds no database connection. Who finds no place here fetches the page every half minute.
"""

import asyncio
import logging
import random
import resource
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing, contextmanager
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, connections
from django.http import HttpRequest

from aarhuskompas.logs import request_id
from reflection import live
from reflection.places import place_in

logger = logging.getLogger(__name__)
access = logging.getLogger("aarhuskompas.access")

PREFIX = "/haendelser/"
PER_PROCESS = 2_000
PER_SESSION = 4  # browsers open six connections to a site, and pages need some
LIFETIME = (1_800, 3_600)  # seconds; who comes back is asked again whether they may
RETRY = (1_000, 5_000)  # milliseconds; a thousand phones shall not come back at the same time
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx collects answers unless told not to
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class RefusedError(Exception):
    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


class EventStreams:
    """The ASGI application. `may_follow(request, key)` may use request.session, .user and the database."""

    def __init__(self, may_follow: Callable[[HttpRequest, UUID], bool]):
        self.may_follow = may_follow
        self.open: Counter[str] = Counter()
        # Pages need file descriptors too.
        self.places = min(PER_PROCESS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)

    async def __call__(self, scope, receive, send):
        token = request_id.set(uuid4().hex)
        try:
            session, key = await self._admit(scope)
            with self._place(session):
                await self._listen()
                _log(scope, 200)
                await follow(key, receive, send)
        except RefusedError as refused:
            _log(scope, refused.status)
            await refuse(send, refused.status)
        finally:
            request_id.reset(token)

    async def _admit(self, scope) -> tuple[str, UUID]:
        if scope["method"] != "GET":
            raise RefusedError(405)
        try:
            key = UUID(scope["path"].removeprefix(PREFIX).removesuffix("/"))
        except ValueError:
            raise RefusedError(404) from None
        if session := await sync_to_async(self._session_that_may_follow)(scope, key):
            return session, key
        raise RefusedError(404)

    def _session_that_may_follow(self, scope, key: UUID) -> str | None:
        request = ASGIRequest(scope, None)
        try:
            request.get_host()
            for middleware in [SessionMiddleware, AuthenticationMiddleware]:
                middleware(self.may_follow).process_request(request)
            return request.session.session_key if self.may_follow(request, key) else None
        except DisallowedHost:
            raise RefusedError(400) from None
        except DatabaseError:
            raise RefusedError(503) from None
        finally:
            connections.close_all()  # the stream lives for long, and there are more of them

    @contextmanager
    def _place(self, session: str):
        if self.open.total() >= self.places or self.open[session] >= PER_SESSION:
            raise RefusedError(503)
        self.open[session] += 1
        try:
            yield
        finally:
            self.open[session] -= 1
            if not self.open[session]:
                del self.open[session]

    async def _listen(self):
        try:
            async with asyncio.timeout(live.ANSWER_SECONDS):
                await live.start_listening()
        except TimeoutError:
            raise RefusedError(503) from None


async def follow(key: UUID, receive, send) -> None:
    """Send events until the browser leaves or the stream has lived its time."""

    async def wait_until_gone():
        while (await receive())["type"] != "http.disconnect":
            pass
        limit.reschedule(0)

    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send(_body(b"retry: %d\n\n" % random.randint(*RETRY)))  # noqa: S311
    watch = None
    try:
        async with asyncio.timeout(random.uniform(*LIFETIME)) as limit:  # noqa: S311
            watch = asyncio.create_task(wait_until_gone())
            async with aclosing(live.changes(key)) as events:
                async for event in events:
                    await send(_body(event))
    except TimeoutError:
        await send({"type": "http.response.body"})
    finally:
        if watch:
            watch.cancel()


async def refuse(send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store"), (b"retry-after", b"30")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body"})


def _body(event: bytes) -> dict:
    return {"type": "http.response.body", "body": event, "more_body": True}


def _log(scope, status: int) -> None:
    method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST"} else "OTHER"
    fields = {"method": method, "route": "haendelser/<uuid:key>/", "status": status}
    access.info("stream", extra={"fields": fields})


def may_follow(request: HttpRequest, key: UUID) -> bool:
    """Whoever has a place in the room, by account or by joining."""
    return place_in(request, key) is not None


application = EventStreams(may_follow)
