"""What is answered beside Django's request handling looks like what has passed it."""

import asyncio
import logging

import pytest

from aarhuskompas import asgi
from aarhuskompas.logs import request_id
from aarhuskompas.middleware import fixed_headers
from aarhuskompas.serving.direct_responses import DirectResponseMiddleware

ROUTE = "haendelser/<uuid:key>/"


class Answering:
    """An application that answers with these headers, and knows under which request id."""

    def __init__(self, *headers, status=200):
        self.start = {"type": "http.response.start", "status": status, "headers": list(headers)}
        self.request_id = None

    async def __call__(self, scope, receive, send):
        self.request_id = request_id.get()
        await send(self.start)
        await send({"type": "http.response.body", "body": b"changed"})


def ask(application, method="GET", path="/haendelser/x/") -> list[dict]:
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    asyncio.run(DirectResponseMiddleware(application, route=ROUTE)(scope, None, send))
    return sent


def access_lines(caplog) -> list[dict]:
    return [record.fields for record in caplog.records if record.name == "aarhuskompas.access"]


@pytest.fixture(autouse=True)
def logged(caplog):
    caplog.set_level(logging.INFO, "aarhuskompas.access")


def test_it_gets_the_fixed_headers_and_the_request_id_of_its_log_lines():
    application = Answering((b"content-type", b"text/event-stream"))
    start, body = ask(application)
    headers = dict(start["headers"])
    assert headers == {
        **dict(fixed_headers()),
        b"content-type": b"text/event-stream",
        b"x-request-id": application.request_id.encode(),
    }
    assert len(headers) == len(start["headers"])
    assert body["body"] == b"changed"
    assert request_id.get() == ""


def test_a_header_of_its_own_stands():
    start, _body = ask(Answering((b"content-security-policy", b"default-src 'self'")))
    assert [value for name, value in start["headers"] if name == b"content-security-policy"] == [
        b"default-src 'self'"
    ]


@pytest.mark.parametrize(("method", "named"), [("GET", "GET"), ("BREW", "OTHER")])
def test_one_line_says_route_and_status_and_no_address(caplog, method, named):
    ask(Answering(status=404), method, "/haendelser/hemmeligt/")
    [line] = access_lines(caplog)
    assert line.pop("milliseconds") >= 0
    assert line == {"method": named, "route": ROUTE, "status": 404}


def test_what_a_page_has_answered_is_handed_on_untouched_and_logged_once(caplog):
    of_the_page = (b"x-request-id", b"7")
    start, _body = ask(Answering(of_the_page))
    assert start["headers"] == [of_the_page]
    assert access_lines(caplog) == []


def test_both_that_answer_by_themselves_are_wrapped():
    assert isinstance(asgi.streams, DirectResponseMiddleware)
    assert isinstance(asgi.pages, DirectResponseMiddleware)
