"""What is sent without a view being asked – event streams, and copies of the board – within a test.

Nothing of what a test does is committed. So what the database would announce at the commit is passed on
by hand, and the thread that looks sessions up uses the test's own connection.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest

from aarhuskompas.serving.wsgi_bridge import ThreadedWSGI
from aarhuskompas.wsgi import application as wsgi
from reflection.live import notifications, streams
from reflection.live.board import BoardMiddleware

ROW = "0c7f1fd2-1f3d-4a55-9a6e-0d3c0d2f5d11"
TURNS = 10  # of the event loop, until everybody who is woken has been sent what there is


class Request:
    """One request to the application, and what it was answered."""

    def __init__(self, path=f"/rum/{ROW}/tavle/", *, method="GET", query=b"", session="s", **headers):
        named = {
            "host": "testserver",
            **({"cookie": f"a=b; session={session}"} if session else {}),
            **headers,
        }
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "scheme": "http",
            "http_version": "1.1",
            "client": ("192.0.2.7", 4711),
            "server": ("testserver", 80),
            "headers": [(name.replace("_", "-").encode(), text.encode()) for name, text in named.items()],
        }
        self.messages = []

    async def receive(self):
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message):
        self.messages.append(message)

    async def to(self, application) -> "Request":
        await application(self.scope, self.receive, self.send)
        return self

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def headers(self) -> dict:
        return dict(self.messages[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])


def session_of(browser) -> str:
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


# --- Copies of the board ---------------------------------------------------------------------------


class AsgiClient:
    """The application that keeps copies of boards, in front of the real pages.

    Ask one thing at a time, and while nobody may close connections (the fixture `door` sees to that).
    """

    def __init__(self, runner: asyncio.Runner, thread: ThreadPoolExecutor):
        self.runner = runner
        self.pages = ThreadedWSGI(wsgi, threads=1)
        self.boards = BoardMiddleware(self._page)
        self.pages.pool = self.boards.state_for.pool = thread
        self.asked = self.asked_of_pages = 0

    async def _page(self, *arguments):
        self.asked_of_pages += 1
        await self.pages(*arguments)

    def __call__(self, path: str, browser, **headers) -> Request:
        self.asked += 1
        return self.runner.run(Request(path, session=session_of(browser), **headers).to(self.boards))


@contextmanager
def thread_in_this_transaction():
    """A thread whose database connection is the one of the test."""
    shared = connections["default"]

    def share():
        connections["default"] = shared

    shared.inc_thread_sharing()
    with ThreadPoolExecutor(1, initializer=share) as thread:
        yield thread
    shared.dec_thread_sharing()


# --- Event streams ---------------------------------------------------------------------------------


class Subscribers:
    """People who follow a room: what is announced, and what each of them is sent of it.

    Close it, or they follow for ever.
    """

    def __init__(self, room, **browsers):
        self.key = str(room.key)
        self.sent: dict[str, list[bytes]] = {}  # by name, of those who may follow
        self.tasks = []
        self.announced: list[tuple] = []  # what NOTIFY was given: (channel, payload)
        self.runner = asyncio.Runner()
        self.noting = connection.execute_wrapper(self._note)
        self.noting.__enter__()
        for name, browser in browsers.items():
            self.add(name, browser)

    def add(self, name: str, browser):
        if place := streams.may_follow(request_of(browser), self.key):
            self.sent[name] = []
            self.runner.run(self._begin(name, place))

    async def _begin(self, name: str, place):
        async def send(message):
            self.sent[name].append(message.get("body", b""))

        follow = streams.follow(self.key, asyncio.Event().wait, send, [place])
        self.tasks.append(asyncio.create_task(follow))
        await turn()

    def _note(self, execute, sql, params, many, context):
        if "notify" in str(sql).lower():
            self.announced.append(tuple(params or [sql]))
        return execute(sql, params, many, context)

    def hear(self) -> tuple[list[tuple], dict[str, bytes]]:
        """What was announced since the last time, and by name what came of it."""
        announced, self.announced = self.announced, []
        self.runner.run(self._pass_on(announced))
        heard = {name: b"".join(filter(is_event, events)) for name, events in self.sent.items()}
        for events in self.sent.values():
            events.clear()
        return announced, heard

    async def _pass_on(self, announced: list[tuple]):
        for channel, *payload in announced:
            if channel == notifications.CHANNEL:
                notifications.dispatch(*payload)
                await turn()

    def close(self):
        self.noting.__exit__(None, None, None)
        self.runner.close()


async def turn():
    for _turn in range(TURNS):
        await asyncio.sleep(0)


def is_event(sent: bytes) -> bool:
    """Whether it says anything; what is sent by the clock alone does not."""
    return sent != notifications.KEEP_ALIVE and not re.fullmatch(rb"retry: \d+\n\n", sent)


def request_of(browser) -> HttpRequest:
    """As the streams read it: a session, a person, and nothing else."""
    request = HttpRequest()
    request.COOKIES[settings.SESSION_COOKIE_NAME] = session_of(browser)
    streams.SESSIONS.process_request(request)
    streams.AUTHENTICATION.process_request(request)
    return request
