"""The board for many at once: who gets a copy is asked every time, and no copy is older than the room."""

import asyncio
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from aarhuskompas.serving.direct_responses import DirectResponseMiddleware
from aarhuskompas.serving.wsgi_bridge import ThreadedWSGI
from aarhuskompas.wsgi import application as wsgi
from reflection.live.board import BoardMiddleware, BoardRequest, board_request, board_states
from reflection.models import SharedLine
from tests.factories import make_room
from tests.reflection.asgi import ROW, Request, session_of
from tests.reflection.people import add, enter, place_of


def asked_by(browser, room) -> BoardRequest:
    return board_request(Request(f"/rum/{room.key}/tavle/", session=session_of(browser)).scope)


def state_for(browser, room):
    [state] = board_states([asked_by(browser, room)])
    return state


# --- What is for the pages -------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_address_is_that_of_the_board(language):
    with override(language):
        path = reverse("reflection:board", args=[ROW])
    assert str(board_request(Request(path).scope).key) == ROW


@pytest.mark.parametrize(
    "request_",
    [
        Request(method="HEAD"),
        Request(method="POST"),
        Request(query=b"x=1"),
        Request(session=""),
        Request(cookie="session"),
        Request(cookie='="\\'),
        Request(f"/rum/{ROW}/venter/"),
        Request("/rum/tavle/"),
        Request(f"/de/rum/{ROW}/tavle/"),
        Request(if_none_match='"x"'),
        Request(authorization="Basic x"),
    ],
)
def test_what_is_unusual_is_for_the_pages(request_):
    assert board_request(request_.scope) is None


# --- Who sees it -----------------------------------------------------------------------------------


@pytest.fixture
def room(staff):
    room = make_room(leader=staff)
    add(room, *[("4", f"Ord fra den {number}.") for number in ["første", "anden", "tredje"]])
    return room


@pytest.fixture
def browser(room):
    return enter(room)


def test_whoever_has_a_place_sees_it_from_the_reveal_until_somebody_goes_back(browser, room):
    assert state_for(browser, room) is None
    room.reveal()
    assert state_for(browser, room)
    room.collect_again()
    assert state_for(browser, room) is None


def test_a_place_in_another_room_is_none_in_this(browser, room, staff):
    room.reveal()
    other = make_room(leader=staff, people=[None] * 3)
    other.reveal()
    assert state_for(browser, other) is None
    session = browser.session
    session["places"] = {str(other.key): str(place_of(browser, room).key)}
    session.save()
    assert state_for(browser, other) is None


def test_a_place_that_was_left_or_deleted_is_none(browser, room):
    room.reveal()
    second = enter(room)
    browser.post(reverse("reflection:leave", args=[room.key]))
    assert state_for(browser, room) is None
    place_of(second, room).delete()
    assert state_for(second, room) is None


def test_a_session_that_is_over_or_unknown_or_spoilt_is_none(browser, room):
    room.reveal()
    stored = Session.objects.filter(session_key=browser.cookies["session"].value)
    stored.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert state_for(browser, room) is None
    stored.update(expire_date=timezone.now() + timedelta(hours=1), session_data="spoilt")
    assert state_for(browser, room) is None
    stored.delete()
    assert state_for(browser, room) is None


def test_what_the_page_says_to_one_alone_is_for_the_page(browser, room, staff_client):
    room.reveal()
    assert state_for(staff_client, room) is None  # its frame names who has logged in
    session = browser.session
    session["_messages"] = "[]"
    session.save()
    assert state_for(browser, room) is None
    leading = enter(room)
    place_of(leading, room).lead()
    assert state_for(leading, room) is None


def _hide(room):
    snapshot = next(one for one in room.snapshots.all() if one.comments)
    snapshot.hidden.create(position=0, reason="Et navn", hidden_by="Malik")


def _say(room):
    SharedLine.objects.create(reflection=room, step=room.version.steps.first(), text="Det ved vi nu")


def _rename(room):
    room.title = "Et andet mål"
    room.save()


@pytest.mark.parametrize(
    "change", [_hide, _say, _rename, lambda room: room.start_timer(60), lambda room: room.conclude()]
)
def test_every_change_of_the_board_is_another_state(browser, room, change):
    room.reveal()
    before = state_for(browser, room)
    assert state_for(browser, room) == before
    change(room)
    assert state_for(browser, room) not in {before, None}


def test_many_are_looked_up_at_the_price_of_one(room, django_assert_num_queries):
    room.reveal()
    asked = [asked_by(enter(room), room) for _ in range(30)]
    for some in [asked[:1], asked]:
        with django_assert_num_queries(5):  # and one insert: they have looked
            assert None not in board_states(some)


# --- Copies ----------------------------------------------------------------------------------------


class Pages:
    """An application that counts, and answers when `may_answer` is set."""

    def __init__(self, *, status=200, headers=()):
        self.status, self.extra = status, list(headers)
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, scope, receive, send):
        self.asked += 1
        number = self.asked
        await self.may_answer.wait()
        headers = [(b"content-type", b"text/html"), (b"x-request-id", b"first"), *self.extra]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"board ", "more_body": True})
        await send({"type": "http.response.body", "body": b"%d" % number})


class Room:
    """A look-up that says what `state` says."""

    def __init__(self, *state):
        self.state = state

    def __call__(self, asked):
        return [self.state or None for _ in asked]


@pytest.fixture(autouse=True)
def no_connections_to_close(monkeypatch, request):
    if "transactional_db" not in request.fixturenames:
        monkeypatch.setattr(connections, "close_all", lambda: None)


def run(coroutine):
    return asyncio.run(coroutine)


def test_the_second_gets_what_the_first_got_with_a_request_id_of_its_own():
    async def ask():
        pages = Pages()
        boards = DirectResponseMiddleware(BoardMiddleware(pages, Room("revealed")), route="")
        return pages, await Request().to(boards), await Request(session="t").to(boards)

    pages, first, second = run(ask())
    assert pages.asked == 1
    assert second.body == first.body == b"board 1"
    assert second.headers[b"content-type"] == b"text/html"
    assert second.headers[b"x-request-id"] not in {b"first", b""}


def test_a_room_that_has_changed_is_asked_for_anew():
    async def ask():
        pages, room = Pages(), Room("before")
        boards = BoardMiddleware(pages, room)
        await Request().to(boards)
        room.state = ("after",)
        return await Request().to(boards)

    assert run(ask()).body == b"board 2"


def test_who_may_not_see_it_is_answered_by_the_page_whatever_is_kept():
    async def ask():
        pages, room = Pages(), Room("revealed")
        boards = BoardMiddleware(pages, room)
        await Request().to(boards)
        room.state = ()
        return await Request().to(boards)

    assert run(ask()).body == b"board 2"


def test_a_page_that_was_made_while_the_room_changed_is_not_kept():
    async def ask():
        pages, room = Pages(), Room("before")
        pages.may_answer.clear()
        boards = BoardMiddleware(pages, room)
        first = asyncio.create_task(Request().to(boards))
        while not pages.asked:
            await asyncio.sleep(0.01)
        room.state = ("after",)
        pages.may_answer.set()
        await first
        room.state = ("before",)
        return await Request().to(boards)

    assert run(ask()).body == b"board 2"


def test_a_thousand_who_ask_at_once_are_one_question_to_the_page():
    async def ask():
        pages = Pages()
        pages.may_answer.clear()
        boards = BoardMiddleware(pages, Room("revealed"))
        everybody = [asyncio.create_task(Request(session=f"s{one}").to(boards)) for one in range(1_000)]
        while not pages.asked:
            await asyncio.sleep(0.01)
        pages.may_answer.set()
        return pages, await asyncio.gather(*everybody)

    pages, everybody = run(ask())
    assert pages.asked == 1
    assert {one.body for one in everybody} == {b"board 1"}


@pytest.mark.parametrize(
    "pages", [{"status": 500}, {"status": 302}, {"headers": [(b"set-cookie", b"csrf=secret")]}]
)
def test_what_is_no_page_for_everybody_is_not_kept(pages):
    async def ask():
        boards = BoardMiddleware(Pages(**pages), Room("revealed"))
        return [(await Request().to(boards)).body for _ in range(2)]

    assert run(ask()) == [b"board 1", b"board 2"]


def test_what_fails_fails_for_the_first_alone():
    async def ask():
        pages = Pages()

        async def failing(*arguments):
            if not pages.asked:
                pages.asked += 1
                raise RuntimeError("the page fails")
            await pages(*arguments)

        boards = BoardMiddleware(failing, Room("revealed"))
        with pytest.raises(RuntimeError):
            await Request().to(boards)
        return await Request().to(boards)

    assert run(ask()).body == b"board 2"


def test_when_the_look_up_fails_the_page_answers_and_nobody_waits():
    def failing(asked):
        raise ValueError("a fault of ours")

    async def ask():
        async with asyncio.timeout(5):
            return await Request().to(BoardMiddleware(Pages(), failing))

    assert run(ask()).body == b"board 1"


@pytest.mark.parametrize(
    "other",
    [
        {"path": f"/en/rum/{ROW}/tavle/"},
        {"hx_target": "board"},
        {"hx_request": "true"},
        {"accept_encoding": "gzip"},
        {"host": "kompas.example.dk"},
        {"x_forwarded_proto": "https"},
    ],
)
def test_what_the_page_may_depend_on_tells_copies_apart(other):
    async def ask():
        boards = BoardMiddleware(Pages(), Room("revealed"))
        await Request().to(boards)
        return await Request(**other).to(boards)

    assert run(ask()).body == b"board 2"


def test_only_few_copies_are_kept():
    async def ask():
        boards = BoardMiddleware(Pages(), Room("revealed"))
        for number in range(100):
            await Request(host=f"h{number}").to(boards)
        return len(boards.copies)

    assert run(ask()) == 32


# --- The real page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_copy_is_the_page_to_the_letter(transactional_db, django_user_model, language):
    leader = django_user_model.objects.create_user("leder@example.dk")
    room = make_room(leader=leader, people=[None] * 3)
    room.reveal()
    people: list[Client] = [enter(room) for _ in range(2)]
    path = f"{language}/rum/{room.key}/tavle/"

    async def ask():
        pages = ThreadedWSGI(wsgi, threads=1)
        boards = DirectResponseMiddleware(BoardMiddleware(pages), route="")
        try:
            return [await Request(path, session=session_of(person)).to(boards) for person in people]
        finally:
            pages.pool.submit(connections.close_all).result()

    first, second = run(ask())
    assert second.body == first.body
    assert b"Ord fra deltager 1" in second.body
    assert b"csrfmiddlewaretoken" not in second.body
    ids = [one.headers.pop(b"x-request-id") for one in [first, second]]
    assert ids[0] != ids[1]
    assert {**second.headers, b"x-request-id": b""} == {**first.headers, b"x-request-id": b""}
    assert second.headers[b"cache-control"] == b"no-store, private"
