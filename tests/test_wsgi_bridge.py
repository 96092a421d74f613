"""Pages on threads: what a page sees of its request, and that a network never holds a thread."""

import asyncio
import threading
from tempfile import TemporaryFile

import pytest

from aarhuskompas.serving import wsgi_bridge
from aarhuskompas.serving.wsgi_bridge import PIECE, ThreadedWSGI


class Answer(list):
    """What a WSGI application returns; remembers which thread closed it."""

    closed_by = None

    def close(self):
        self.closed_by = threading.current_thread().name


class Visitor:
    """One request, and what is answered."""

    def __init__(self, path="/", *, method="GET", headers=(), parts=(b"",), breaks_off=False):
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"q=1",
            "headers": list(headers),
            "http_version": "1.1",
            "scheme": "http",
            "client": ("192.0.2.7", 4711),
            "server": ("testserver", 80),
        }
        self.incoming = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        if breaks_off:
            self.incoming.append({"type": "http.disconnect"})
        else:
            self.incoming[-1]["more_body"] = False
        self.messages = []
        self.may_get_more = asyncio.Event()
        self.may_get_more.set()

    async def receive(self):
        return self.incoming.pop(0) if self.incoming else {"type": "http.disconnect"}

    async def send(self, message):
        self.messages.append(message)
        await self.may_get_more.wait()

    @property
    def status(self):
        return self.messages[0]["status"]

    @property
    def body(self):
        return b"".join(message["body"] for message in self.messages[1:])


def answering(content=b"", *, seen=None, status="200 OK"):
    """A WSGI application that answers `content` and keeps the request in `seen`."""

    def wsgi(environ, start_response):
        if seen is not None:
            seen.update(environ, body=environ["wsgi.input"].read())
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return Answer([content])

    return wsgi


def visit(wsgi, *arguments, application=None, **options) -> Visitor:
    async def one():
        visitor = Visitor(*arguments, **options)
        await ThreadedWSGI(wsgi, threads=1, **application or {})(visitor.scope, visitor.receive, visitor.send)
        return visitor

    return asyncio.run(one())


def test_a_page_sees_its_request_and_the_visitor_the_page():
    seen = {}
    headers = [(b"host", b"testserver"), (b"content-type", b"text/x"), (b"content-length", b"4")]
    visitor = visit(
        answering("værdi".encode(), seen=seen, status="201 Created"),
        "/f%C3%B8r%FF/", method="POST", headers=headers, parts=[b"ab", b"cd"],
    )  # fmt: skip
    expected = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/f\xc3\xb8r\xff/",
        "QUERY_STRING": "q=1",
        "CONTENT_TYPE": "text/x",
        "CONTENT_LENGTH": "4",
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "192.0.2.7",
        "body": b"abcd",
    }
    assert {name: seen[name] for name in expected} == expected
    assert visitor.status == 201
    assert (b"content-type", b"text/plain; charset=utf-8") in visitor.messages[0]["headers"]
    assert visitor.body.decode() == "værdi"


def test_cookies_sent_apart_are_joined_and_a_name_with_an_underscore_is_not_believed():
    seen = {}
    headers = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x_forwarded_proto", b"https")]
    visit(answering(seen=seen), headers=headers)
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert "HTTP_X_FORWARDED_PROTO" not in seen


# --- What is refused before it is read ------------------------------------------------------------


def refusing(seen):
    """A page that answers with the status it is told to refuse with, else 200; `seen` gets what it saw."""

    def wsgi(environ, start_response):
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response(f"{environ.get(wsgi_bridge.REFUSED, 200)} -", [])
        return Answer([b"because"])

    return wsgi


def length(number):
    return [(b"content-length", str(number).encode())]


CHUNKED = [(b"transfer-encoding", b"chunked")]


def test_half_a_request_reaches_no_page():
    seen = {}
    visitor = visit(refusing(seen), method="POST", parts=[b"answer=half the te"], breaks_off=True)
    assert (visitor.status, seen["body"]) == (408, b"")


def test_what_is_announced_as_too_long_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(wsgi_bridge, "LARGEST_FORM", 3)
    visitor = visit(refusing({}), method="POST", parts=[b"ab", b"cd"], headers=length(4))
    assert (visitor.status, visitor.body) == (413, b"because")
    assert (b"connection", b"close") in visitor.messages[0]["headers"]


def test_what_grows_too_long_is_refused_without_its_words(monkeypatch):
    monkeypatch.setattr(wsgi_bridge, "LARGEST_FORM", 3)
    seen = {}
    visitor = visit(refusing(seen), method="POST", parts=[b"ab", b"cd", b"ef"], headers=CHUNKED)
    assert (visitor.status, seen["body"], seen["CONTENT_LENGTH"]) == (413, b"", "0")


def test_what_finds_no_room_while_it_comes_is_refused_without_its_words(monkeypatch, small_disk):
    monkeypatch.setattr(wsgi_bridge, "LARGEST_FORM", 4 * wsgi_bridge.IN_MEMORY)
    seen = {}
    with small_disk(2 * wsgi_bridge.IN_MEMORY):
        parts = [b"x" * wsgi_bridge.IN_MEMORY] * 3
        visitor = visit(refusing(seen), method="POST", parts=parts, headers=CHUNKED)
    assert (visitor.status, seen["body"]) == (507, b"")


def test_more_is_for_whom_the_pages_know_and_has_an_end_too(monkeypatch):
    monkeypatch.setattr(wsgi_bridge, "LARGEST_FORM", 3)
    monkeypatch.setattr(wsgi_bridge, "LARGEST_UPLOAD", 5)
    editor = {"may_upload": lambda environ: environ["HTTP_COOKIE"] == "session=editor"}
    for cookie, parts, status in [
        (b"session=editor", [b"ab", b"cd"], 200),
        (b"session=editor", [b"abc", b"def"], 413),
        (b"session=reader", [b"ab", b"cd"], 413),
    ]:
        headers = [(b"cookie", cookie), *length(sum(map(len, parts)))]
        visitor = visit(refusing({}), method="POST", parts=parts, headers=headers, application=editor)
        assert visitor.status == status


def test_who_sends_too_slowly_is_refused_and_holds_no_thread(monkeypatch):
    monkeypatch.setattr(wsgi_bridge, "PATIENCE", 0.05)

    async def both():
        application = ThreadedWSGI(refusing({}), threads=1)
        slow, reader = Visitor(method="POST", headers=length(9)), Visitor()
        slow.receive = asyncio.Event().wait
        sending = asyncio.create_task(application(slow.scope, slow.receive, slow.send))
        await application(reader.scope, reader.receive, reader.send)
        while not slow.messages:
            await asyncio.sleep(0.01)
        sending.cancel()
        return slow.status, reader.status

    assert asyncio.run(both()) == (408, 200)


def test_so_many_large_forms_at_a_time_and_small_ones_always(monkeypatch):
    monkeypatch.setattr(wsgi_bridge, "MOST_LARGE", 1)
    large, small = length(wsgi_bridge.LARGE + 1), length(1)

    async def three():
        application = ThreadedWSGI(refusing({}), threads=1)
        first, second, third = (Visitor(method="POST", headers=one) for one in [large, large, small])
        first.receive = asyncio.Event().wait
        sending = asyncio.create_task(application(first.scope, first.receive, first.send))
        await asyncio.sleep(0.01)
        for one in [second, third]:
            await application(one.scope, one.receive, one.send)
        sending.cancel()
        await asyncio.wait([sending])
        return second.status, third.status, application.large

    assert asyncio.run(three()) == (503, 200, 0)


def test_who_takes_nothing_of_an_answer_is_left(monkeypatch, recording):
    monkeypatch.setattr(wsgi_bridge, "TAKEN_WITHIN", 0.05)

    def wsgi(environ, start_response):
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](recording, 4096)

    async def listen():
        visitor = Visitor()
        send = visitor.send

        async def stuck_after_the_head(message):
            if message["type"] == "http.response.body":
                visitor.may_get_more.clear()
            await send(message)

        task = asyncio.create_task(
            ThreadedWSGI(wsgi, threads=1)(visitor.scope, visitor.receive, stuck_after_the_head)
        )
        await asyncio.wait([task], timeout=5)
        return task.cancelled()

    assert asyncio.run(listen())
    assert recording.closed


def test_what_is_there_at_once_needs_no_thread_and_only_plain_requests_get_it():
    at_once = {"at_once": lambda environ: wsgi_bridge.Response(203, [], b"a copy", None)}
    for method, headers, status in [("GET", [], 203), ("POST", [], 200), ("GET", length(1), 200)]:
        visitor = visit(answering(b"a page"), method=method, headers=headers, application=at_once)
        assert visitor.status == status


def test_who_asks_for_what_is_dear_keeps_no_page_waiting():
    begun, go_on = threading.Event(), threading.Event()

    def wsgi(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            begun.set()
            go_on.wait(5)
        start_response("200 OK", [])
        return Answer([b""])

    async def both():
        application = ThreadedWSGI(wsgi, threads=1, apart=("/dyrt/",))
        dear, reader = Visitor("/dyrt/ind/", method="POST"), Visitor("/dyrt/ind/")
        sending = asyncio.create_task(application(dear.scope, dear.receive, dear.send))
        while not begun.is_set():
            await asyncio.sleep(0.01)
        await application(reader.scope, reader.receive, reader.send)
        go_on.set()
        await sending
        return reader.status, dear.status

    assert asyncio.run(both()) == (200, 200)


def test_head_is_answered_without_the_page():
    assert visit(answering(b"words"), method="HEAD").body == b""


def test_an_answer_in_many_parts_is_made_and_closed_on_one_thread_before_it_is_sent():
    answer = Answer([b"x" * PIECE, b"y"])

    def wsgi(environ, start_response):
        start_response("200 OK", [])
        return answer

    async def one():
        visitor = Visitor()
        visitor.may_get_more.clear()
        task = asyncio.create_task(
            ThreadedWSGI(wsgi, threads=1)(visitor.scope, visitor.receive, visitor.send)
        )
        while not visitor.messages:
            await asyncio.sleep(0.01)
        assert answer.closed_by.startswith("page")
        visitor.may_get_more.set()
        await task
        return visitor.body

    assert asyncio.run(one()) == b"x" * PIECE + b"y"


@pytest.fixture
def recording():
    with TemporaryFile() as file:
        file.write(b"x" * PIECE * 3)
        file.seek(0)
        yield file


def test_who_listens_slowly_keeps_nobody_waiting_and_a_file_is_closed_when_they_leave(recording):
    def wsgi(environ, start_response):
        if environ["PATH_INFO"] == "/":
            return answering(b"a page")(environ, start_response)
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](recording, 4096)

    async def both():
        application = ThreadedWSGI(wsgi, threads=1)
        listener, reader = Visitor("/lyd"), Visitor("/")
        listener.may_get_more.clear()
        listening = asyncio.create_task(application(listener.scope, listener.receive, listener.send))
        while not listener.messages:
            await asyncio.sleep(0.01)
        await asyncio.wait_for(application(reader.scope, reader.receive, reader.send), 5)
        assert not recording.closed
        listening.cancel()
        await asyncio.wait([listening], timeout=5)
        return reader.body

    assert asyncio.run(both()) == b"a page"
    assert recording.closed


def test_a_whole_file_arrives(recording):
    def wsgi(environ, start_response):
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](recording, 4096)

    assert visit(wsgi).body == b"x" * PIECE * 3
    assert recording.closed
