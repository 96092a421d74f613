"""GET /rum/KEY/tavle/ when a thousand ask for it at once, as they do at a reveal.

Django's handling of one request costs some milliseconds, a thousand of them cost seconds. Here those who
ask at the same time are looked up together – sessions, participants and the state of their room, in a few
queries for all – and whoever is in the room gets the answer that the page itself gave the first of them.
Who may see the board is decided for every request; only the finished page is kept. Every other request
goes to the pages, which decide as always.
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
from django.contrib.auth import SESSION_KEY as LOGIN
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone

from privacy.events import new_event, record_all
from privacy.models import What, Why
from reflection.confidentiality import state_of_board
from reflection.live.board_copies import row_of
from reflection.models import Participant, Reflection
from reflection.participation import SESSION_KEY as PARTICIPANTS

logger = logging.getLogger(__name__)

PATH = re.compile(r"(?:/en)?/rum/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/tavle/")
MESSAGES = "_messages"  # django.contrib.messages.storage.session
MAX_COPIES = 32  # a board of a thousand is a hundred kilobytes
MAX_BATCH = 500  # who are looked up together
# What an answer may depend on beside the room, and so tells copies apart. A request with any other
# header of this kind is for the pages.
VARYING_HEADERS = (
    b"host",
    b"x-forwarded-proto",
    b"x-forwarded-host",
    b"accept-encoding",
    b"hx-request",
    b"hx-target",
)
UNSUPPORTED_HEADERS = {b"authorization", b"range", b"if-none-match", b"if-modified-since", b"hx-boosted"}


class BoardRequest(NamedTuple):
    session: str
    key: UUID
    page: tuple  # what tells one rendering from another


class Copy(NamedTuple):
    headers: list[tuple[bytes, bytes]]
    body: bytes


def board_request(scope) -> BoardRequest | None:
    """What a request asks for; None where the view has to answer it."""
    found = PATH.fullmatch(scope["path"])
    if not found or scope["method"] != "GET" or scope["query_string"]:
        return None
    headers = dict(scope["headers"])
    if len(headers) < len(scope["headers"]) or UNSUPPORTED_HEADERS & headers.keys():
        return None
    session = session_of(headers.get(b"cookie", b""))
    page = (scope["path"], scope["scheme"], *(headers.get(name) for name in VARYING_HEADERS))
    return BoardRequest(session, UUID(found[1]), page) if session else None


def session_of(cookies: bytes) -> str:
    try:
        found = SimpleCookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


BoardState = tuple  # of a room: another after every change of what its board shows


def board_states(requests: list[BoardRequest]) -> list[BoardState | None]:
    """For each request the state of the board it may be shown, in a few queries for all of them.

    None where the view has to answer: before the reveal, and for whoever leads the room.
    """
    participant_keys = _participant_keys(requests)
    found = Participant.objects.let_in().filter(key__in=participant_keys.values(), is_facilitator=False)
    people = {str(person.key): person for person in found}
    participants = [people.get(participant_keys.get(request, "")) for request in requests]
    rooms = {
        room.pk: room
        for room in Reflection.objects.filter(pk__in={person.reflection_id for person in people.values()})
        if room.is_revealed and not room.is_solo
    }
    shown = [rooms.get(person.reflection_id) if person else None for person in participants]
    shown = [
        room if room and room.key == request.key else None
        for room, request in zip(shown, requests, strict=True)
    ]
    seen = [(person, room) for person, room in zip(participants, shown, strict=True) if room]
    record_all([new_event(What.LOOKED, who=person, thing=room, why=Why.ROOM) for person, room in seen])
    states = {room: (*row_of(room), state_of_board(room)) for room in set(filter(None, shown))}
    return [states[room] if room else None for room in shown]


def _participant_keys(requests: list[BoardRequest]) -> dict[BoardRequest, str]:
    """The participant of each request, where the session holds nothing else: no login and no messages."""
    stored = Session.objects.filter(
        session_key__in={request.session for request in requests}, expire_date__gt=timezone.now()
    )
    decode = SessionStore().decode
    sessions = {key: decode(data) for key, data in stored.values_list("session_key", "session_data")}
    found = {}
    for request in requests:
        session = sessions.get(request.session, {})
        participant = session.get(PARTICIPANTS, {}).get(str(request.key))
        if participant and LOGIN not in session and MESSAGES not in session:
            found[request] = participant
    return found


class Batcher:
    """Answers questions in batches: those that come while a batch is answered are the next one."""

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
            batch, self.waiting = self.waiting[:MAX_BATCH], self.waiting[MAX_BATCH:]
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


class BoardMiddleware:
    """The ASGI application in front of `pages`: answers for the board from copies, and hands on the rest."""

    def __init__(
        self, pages: Callable, look_up: Callable[[list[BoardRequest]], list[BoardState | None]] = board_states
    ):
        self.pages = pages
        self.state_for = Batcher(look_up)
        self.copies: OrderedDict[tuple, asyncio.Future[Copy | None]] = OrderedDict()

    async def __call__(self, scope, receive, send):
        request = board_request(scope)
        state = await self.state_for(request) if request else None
        if state is None:
            await self.pages(scope, receive, send)
            return
        key = (request.page, state)
        if key not in self.copies:
            await self._first(key, request, scope, receive, send)
        elif copy := await asyncio.shield(self.copies[key]):
            await _send(copy, send)
        else:
            await self.pages(scope, receive, send)

    async def _first(self, key: tuple, request: BoardRequest, scope, receive, send):
        """Let the view answer; requests that come meanwhile wait for it, and later ones get the copy."""
        made = self.copies[key] = asyncio.get_running_loop().create_future()
        if len(self.copies) > MAX_COPIES:
            self.copies.popitem(last=False)
        messages: list[dict] = []

        async def send_and_keep(message):
            messages.append(message)
            await send(message)

        copy = None
        try:
            await self.pages(scope, receive, send_and_keep)
            copy = copy_of(messages)
            if copy and await self.state_for(request) != key[1]:  # the room has moved on meanwhile
                copy = None
        finally:
            made.set_result(copy)
            if copy is None:
                self.copies.pop(key, None)


def copy_of(messages: list[dict]) -> Copy | None:
    """A page as it was sent, where it is the same for everybody."""
    if not messages or messages[0]["status"] != 200 or messages[-1].get("more_body"):
        return None
    headers = messages[0]["headers"]
    if any(name == b"set-cookie" for name, _value in headers):
        return None
    kept = [(name, value) for name, value in headers if name != b"x-request-id"]
    return Copy(kept, b"".join(message.get("body", b"") for message in messages[1:]))


async def _send(copy: Copy, send):
    await send({"type": "http.response.start", "status": 200, "headers": list(copy.headers)})
    await send({"type": "http.response.body", "body": copy.body})
