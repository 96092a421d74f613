"""GET /rum/KEY/tavle/ when a thousand ask for it at once, as they do at a reveal.

Django's handling of one request costs some milliseconds, a thousand of them cost seconds. Here those who
ask at the same time are looked up together – sessions, places and the state of their room, in a few
queries for all – and whoever has a place gets the answer that the page itself gave the first of them.
Whoever is looked up is looked up for every request: a copy never says who may see it. All that is
unusual goes to the pages, which decide as always.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY as PERSON
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone

from privacy.events import happening, record_all
from privacy.models import What, Why
from reflection.confidentiality import state_of_board
from reflection.live.room_rows import row_of
from reflection.models import Participant, Reflection
from reflection.participation import SESSION_KEY as PARTICIPANTS

logger = logging.getLogger(__name__)

PATH = re.compile(r"(?:/en)?/rum/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/tavle/")
MESSAGES = "_messages"  # django.contrib.messages.storage.session
MOST_COPIES = 32  # a board of a thousand is a hundred kilobytes
MOST_AT_ONCE = 500  # who are looked up together
# What an answer may depend on beside the room, and so tells copies apart. A request with any other
# header of this kind is for the pages.
TELLING = (
    b"host",
    b"x-forwarded-proto",
    b"x-forwarded-host",
    b"accept-encoding",
    b"hx-request",
    b"hx-target",
)
UNUSUAL = {b"authorization", b"range", b"if-none-match", b"if-modified-since", b"hx-boosted"}


class Asked(NamedTuple):
    session: str
    key: UUID
    page: tuple  # what tells one rendering from another


class Copy(NamedTuple):
    headers: list[tuple[bytes, bytes]]
    body: bytes


def asked_for_board(scope) -> Asked | None:
    """What was asked, or None where the pages shall answer."""
    found = PATH.fullmatch(scope["path"])
    if not found or scope["method"] != "GET" or scope["query_string"]:
        return None
    headers = dict(scope["headers"])
    if len(headers) < len(scope["headers"]) or UNUSUAL & headers.keys():
        return None
    session = session_of(headers.get(b"cookie", b""))
    page = (scope["path"], scope["scheme"], *(headers.get(name) for name in TELLING))
    return Asked(session, UUID(found[1]), page) if session else None


def session_of(cookies: bytes) -> str:
    try:
        found = SimpleCookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


State = tuple  # of a room: another after every change of what its board shows


def states(asked: list[Asked]) -> list[State | None]:
    """For each who asks the state of the board they may see, in few queries for all.

    None: let the pages decide. So it is before the reveal, and for whoever leads the room.
    """
    participant_keys = _participant_keys(asked)
    found = Participant.objects.let_in().filter(key__in=participant_keys.values(), is_facilitator=False)
    people = {str(person.key): person for person in found}
    sitting = [people.get(participant_keys.get(request, "")) for request in asked]
    rooms = {
        room.pk: room
        for room in Reflection.objects.filter(pk__in={person.reflection_id for person in people.values()})
        if room.is_revealed and not room.is_solo
    }
    shown = [rooms.get(person.reflection_id) if person else None for person in sitting]
    shown = [
        room if room and room.key == request.key else None for room, request in zip(shown, asked, strict=True)
    ]
    seen = [(who, room) for who, room in zip(sitting, shown, strict=True) if room]
    record_all([happening(What.LOOKED, who=who, thing=room, why=Why.ROOM) for who, room in seen])
    states = {room: (*row_of(room), state_of_board(room)) for room in set(filter(None, shown))}
    return [states[room] if room else None for room in shown]


def _participant_keys(asked: list[Asked]) -> dict[Asked, str]:
    """Which participant each is, by a session that says nothing else: no login, nothing to tell."""
    stored = Session.objects.filter(
        session_key__in={request.session for request in asked}, expire_date__gt=timezone.now()
    )
    decode = SessionStore().decode
    sessions = {key: decode(data) for key, data in stored.values_list("session_key", "session_data")}
    found = {}
    for request in asked:
        session = sessions.get(request.session, {})
        participant = session.get(PARTICIPANTS, {}).get(str(request.key))
        if participant and PERSON not in session and MESSAGES not in session:
            found[request] = participant
    return found


class Together:
    """Answers questions in batches: those that come while one batch is answered are the next."""

    def __init__(self, answer: Callable[[list], list]):
        self.answer = answer
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="boards")
        self.waiting: list[tuple] = []
        self.task: asyncio.Task | None = None

    async def __call__(self, question):
        answered = asyncio.get_running_loop().create_future()
        self.waiting.append((question, answered))
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._answer_all())
        return await answered

    async def _answer_all(self):
        while self.waiting:
            batch, self.waiting = self.waiting[:MOST_AT_ONCE], self.waiting[MOST_AT_ONCE:]
            questions = [question for question, _answered in batch]
            answers = await asyncio.get_running_loop().run_in_executor(self.pool, self._answer, questions)
            for (_question, answered), answer in zip(batch, answers, strict=True):
                if not answered.done():
                    answered.set_result(answer)

    def _answer(self, questions: list) -> list:
        try:
            return self.answer(questions)
        except Exception:  # whatever it is, nobody may wait for ever: the pages answer, or fail, one by one
            logger.exception("a look-up for many failed")
            return [None] * len(questions)
        finally:
            connections.close_all()


class Boards:
    """The ASGI application in front of `pages`."""

    def __init__(self, pages: Callable, look_up: Callable[[list[Asked]], list[State | None]] = states):
        self.pages = pages
        self.state_for = Together(look_up)
        self.copies: OrderedDict[tuple, asyncio.Future[Copy | None]] = OrderedDict()

    async def __call__(self, scope, receive, send):
        asked = asked_for_board(scope)
        state = await self.state_for(asked) if asked else None
        if state is None:
            await self.pages(scope, receive, send)
            return
        key = (asked.page, state)
        if key not in self.copies:
            await self._first(key, asked, scope, receive, send)
        elif copy := await asyncio.shield(self.copies[key]):
            await _send(copy, send)
        else:
            await self.pages(scope, receive, send)

    async def _first(self, key: tuple, asked: Asked, scope, receive, send):
        """Let the page answer; those who ask meanwhile wait for it, and later ones get what it said."""
        made = self.copies[key] = asyncio.get_running_loop().create_future()
        if len(self.copies) > MOST_COPIES:
            self.copies.popitem(last=False)
        answer: list[dict] = []

        async def send_and_keep(message):
            answer.append(message)
            await send(message)

        copy = None
        try:
            await self.pages(scope, receive, send_and_keep)
            copy = copy_of(answer)
            if copy and await self.state_for(asked) != key[1]:  # the room has moved on meanwhile
                copy = None
        finally:
            made.set_result(copy)
            if copy is None:
                self.copies.pop(key, None)


def copy_of(answer: list[dict]) -> Copy | None:
    """A page as it was sent, where it is the same for everybody."""
    if not answer or answer[0]["status"] != 200 or answer[-1].get("more_body"):
        return None
    headers = answer[0]["headers"]
    if any(name == b"set-cookie" for name, _value in headers):
        return None
    kept = [(name, value) for name, value in headers if name != b"x-request-id"]
    return Copy(kept, b"".join(message.get("body", b"") for message in answer[1:]))


async def _send(copy: Copy, send):
    await send({"type": "http.response.start", "status": 200, "headers": list(copy.headers)})
    await send({"type": "http.response.body", "body": copy.body})
