"""Ten thousand requests that no browser sends: none may break the portal, or put a word into a log.

They go straight to the WSGI handler, as bytes, because a test client tidies up what it is given.
ODD_REQUESTS=20000 sends more of them: make test BROWSER=no ARGS="tests/test_odd_requests.py"
"""

import io
import logging
import os
import re
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from aarhuskompas.logs import JsonFormatter
from tests import routes

REQUESTS_EACH = 10
EXAMPLES = int(os.environ.get("ODD_REQUESTS", "10000")) // 2 // REQUESTS_EACH  # as a reader, and as staff

WORD = "zqxhemmeligt"  # is in most of what is typed, and may be in no log
SCRIPTS = [
    "æøå ", "straße ", "ñandú ", "Ελλάδα ", "Привіт ", "עברית ", "العربية ", "हिन्दी ", "বাংলা ", "தமிழ் ",
    "ไทย ", "မြန်မာ ", "ქართული ", "հայերեն ", "አማርኛ ", "ᏣᎳᎩ ", "中文字", "日本語", "한국어 ", "𐍈𐌰𐌽 ", "𝔤𝔬𝔱 ",
    "👩\u200d👩\u200d👧", "\u0301", "\u200b", "\u00ad", "\v",
]  # fmt: skip
LENGTHS = [1, 60, 120, 200, 254, 255, 256, 400, 500, 1_000, 2_000, 4_000, 4_001, 10_000, 60_000]

ODD_TEXTS = [
    "", " ", "\x00", "a\x00b", "\x1f\x7f", "\r\n", "æøå", "Å" * 300, "😀", "\u202e", "\ufeff",
    "e\u0301" * 40, "%", "%%", "%00", "%zz", "%c3%28", "%ed%a0%80", "../../etc/passwd", "..%2f..%2f",
    "\\", "//", "'", '"', "<b>", "'; DROP TABLE compass_story; --", "{{ 7*7 }}", "${7*7}", "-1", "0",
    "1", "2", "1e309", "NaN", "9" * 30, "9223372036854775808", "2147483648", "true", "None", "null",
    "[]", "on", "2026-02-30", "0000-00-00", "10000-01-01", "a" * 5_000, "*:*", "a & b | !c", "(((",
    ":*", "\\x", "00000000-0000-0000-0000-000000000000", "maalkompasset", "da", "en", "keep", "goodbye",
    "next", "skip", "later", "back", "citizens",
]  # fmt: skip

ODD_BYTES = [
    b"", b"\x00", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82",
    b"\xc0\xaf", b"\r\n\r\n", b"\x80" * 50, b"=", b"&&&", b"=&=", b";", b"a=1;b=2", b"?", b"#",
]  # fmt: skip

KEYS = [
    "q", "side", "vej", "path", "slags", "kind", "tema", "theme", "aar", "year", "forvaltning",
    "department", "outcome", "sort", "page", "efter", "before", "next", "login", "password",
    "password1", "password2", "email", "wording", "concerns", "stands_in", "is_law_bound", "serves",
    "set_by", "decision", "reason", "dissent", "carry_to", "change", "stop", "responsible",
    "look_back_on", "look_back_by", "no_date_reason", "if_nothing", "version", "page", "page_key", "go",
    "action", "csrfmiddlewaretoken", "kode", "code", "",
]  # fmt: skip

HEADERS = [
    "HTTP_HX_REQUEST", "HTTP_HX_TARGET", "HTTP_HX_CURRENT_URL", "HTTP_HX_TARGET_URI_AUTOENCODED",
    "HTTP_COOKIE", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_HOST",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_REQUESTED_WITH",
    "HTTP_AUTHORIZATION", "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING",
    "HTTP_X_HTTP_METHOD_OVERRIDE", "REMOTE_ADDR", "HTTP_USER_AGENT",
]  # fmt: skip

HEADER_VALUES = [
    "true", "false", "hits", "main", "x" * 3_000, "W/\"", "\"\"", "*", "W/*, \"a", "bytes=0-",
    "bytes=9-1,,", "session=", "session=abc; csrf=", "csrf=" + "a" * 500, "=;=;;", "session=\xff\xfe",
    "sessionid=\"\\", "gzip, br", "gzip;q=0", "*;q=9", "da,en;q=", "%E6%F8", "http://testserver/",
    "https://ond.example.dk/", "null", "http://[", "http://[::1", "javascript:alert(1)",
    "Thu, 99 Foo 2026 25:61:61 GMT", "testserver:99999", "testserver@ond", "::1", "", "\xe6\xf8\xe5",
    "\t", "chunked", "identity, gzip", "PUT",
]  # fmt: skip

CONTENT_TYPES = [
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=findes-ikke", "multipart/form-data; boundary=grænse",
    "multipart/form-data; boundary=B", "multipart/form-data", "multipart/form-data; boundary=",
    "text/plain", "", "application/json", "multipart/form-data; boundary=" + "b" * 300,
    "multipart/form-data; boundary=B; charset=utf-7",
]  # fmt: skip

MULTIPART = [
    b"--B\r\n", b"--B--\r\n",
    b"--B\r\nContent-Disposition: form-data; name=\"wording\"\r\n\r\nhej\r\n--B--\r\n",
    b"--B\r\nContent-Disposition: form-data\r\n\r\nhej\r\n--B--", b"--B\r\n\r\n\r\n--B\r\n\r\n",
    (b"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../x\x00.py\"\r\n"
    b"Content-Type: \xff\r\n\r\nx\r\n--B--\r\n"),
    b"--B\r\nContent-Disposition: form-data; name*=utf-8''%ff%fe; filename*=UTF-8''\r\n\r\nx\r\n--B--\r\n",
    (b"--B\r\nContent-Disposition: form-data; name=\"a\"\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n%%%\r\n--B--\r\n"),
    b"--B\r\nContent-Disposition: form-data; name=\"\xff\xfe\"\r\n\r\n\x00\r\n--B--\r\n",
    b"--" + b"B" * 3000,
]  # fmt: skip

long_texts = st.builds(
    lambda script, length: (script * length)[:length], st.sampled_from(SCRIPTS), st.sampled_from(LENGTHS)
)
odd_texts = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(max_size=12),
    st.text(max_size=12).map(lambda text: f"{WORD} {text}"),
    long_texts,
    long_texts.map(lambda text: f"{WORD} {text}"[: max(len(text), len(WORD))]),
    st.sampled_from(ODD_TEXTS).map(lambda text: text + WORD),
)
odd_bytes = st.one_of(st.sampled_from(ODD_BYTES), st.binary(max_size=12))
names = st.one_of(
    st.sampled_from(KEYS),
    st.builds(
        "prompt-{}{}".format,
        st.integers(0, 60),
        st.sampled_from(["", "-text", "-value", "-state", "-version", "-x"]),
    ),
    st.text(max_size=6),
)
fields = st.lists(st.tuples(names, odd_texts), max_size=6)


def encoded(pairs) -> bytes:
    """Lone surrogates cannot be sent as text, but their bytes can."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


queries = st.one_of(st.just(b""), fields.map(encoded), odd_bytes)
bodies = st.one_of(
    fields.map(encoded),
    fields.map(lambda pairs: encoded(pairs * 2)),
    odd_bytes,
    st.sampled_from(MULTIPART),
    st.just(b"a=1&" * 500),
)
requests = st.fixed_dictionaries(
    {
        "method": st.sampled_from(
            [
                "GET",
                "GET",
                "GET",
                "POST",
                "POST",
                "POST",
                "HEAD",
                "PUT",
                "OPTIONS",
                "TRACE",
                "",
                "get",
                "QUÅTSCH",
            ]
        ),
        "address": st.integers(0, 10_000),  # which of the portal's addresses
        "change": st.sampled_from(
            ["none", "none", "none", "none", "append", "inside", "argument", "strange"]
        ),
        "odd": odd_bytes,
        "query": queries,
        "body": bodies,
        "content_type": st.sampled_from(CONTENT_TYPES[:1] * 8 + CONTENT_TYPES),
        # Not letters: no server hands a request on whose length is not a number.
        "length": st.sampled_from(["right"] * 8 + ["-1", "", "1", "99999", "9" * 30]),
        "headers": st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(HEADER_VALUES), max_size=3),
    }
)


def changed(address: str, request) -> bytes:
    """A real address, or one that only looks like it."""
    path, odd = address.encode(), request["odd"]
    middle = len(path) // 2
    return {
        "none": path,
        "append": path + odd,
        "inside": path[:middle] + odd + path[middle:],
        "argument": re.sub(rb"[^/]+/$", lambda _: odd + b"/", path),
        "strange": b"/" + odd,
    }[request["change"]]


def environ(request, address: str, cookie: str) -> dict:
    body = request["body"]
    return {
        "REQUEST_METHOD": request["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": changed(address, request).decode("latin-1"),
        "QUERY_STRING": request["query"].decode("latin-1"),
        "CONTENT_TYPE": request["content_type"],
        "CONTENT_LENGTH": str(len(body)) if request["length"] == "right" else request["length"],
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver",
        "HTTP_COOKIE": cookie,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **request["headers"],
    }


class Server:
    """Answers requests in this process; every request leaves the database as it found it."""

    def __init__(self, cookie=""):
        self.cookie = cookie
        self.handler = WSGIHandler()
        self.addresses = [
            address
            for route in routes.EVERY
            for language in ["da", "en"]
            for address in route.addresses(language)[:3]
        ]  # fmt: skip
        self.addresses += ["/admin/", "/admin/compass/story/", "/static/css/portal.css", "/findes-ikke/"]
        self.answered = 0

    def status(self, request) -> int:
        address = self.addresses[request["address"] % len(self.addresses)]
        sent = environ(request, address, self.cookie)
        answer = []
        with transaction.atomic():
            body = self.handler(sent, lambda status, headers, exc_info=None: answer.append((status, headers)))
            list(body)
            body.close()
            transaction.set_rollback(True)
        self.answered += 1
        status, headers = answer[0]
        for name, value in headers:
            assert not set("\r\n") & set(f"{name}{value}"), f"{name}: {value!r}"
        return int(status[:3])


@pytest.fixture(autouse=True)
def one_connection():
    """Between requests Django closes a connection that is inside a transaction; ours always is."""
    for signal in [request_started, request_finished]:
        signal.disconnect(close_old_connections)
    yield
    for signal in [request_started, request_finished]:
        signal.connect(close_old_connections)


@pytest.fixture
def unhandled():
    """The exceptions that Django answered with a 500."""
    seen = []

    def remember(request, **kwargs):
        seen.append(sys.exc_info()[1])

    got_request_exception.connect(remember)
    yield seen
    got_request_exception.disconnect(remember)


def without_csrf(settings):
    """As if every form had been sent with a good token: the views behind it are what is tried here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]


ten_thousand = rules(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def run(server, unhandled):
    @ten_thousand
    @given(st.lists(requests, min_size=REQUESTS_EACH, max_size=REQUESTS_EACH))
    def every_request_is_answered(batch):
        for request in batch:
            unhandled.clear()
            status = server.status(request)
            assert status < 500, (status, request, unhandled)
            assert not unhandled, (request, unhandled)

    every_request_is_answered()
    assert server.answered >= EXAMPLES * REQUESTS_EACH


@pytest.fixture
def log():
    """Everything that production writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ["", "django", "aarhuskompas.access"]]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.INFO)
    yield stream
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def log_of_the_database() -> str:
    """Where it is the embedded one, whose log lies beside its socket."""
    file = Path(connection.settings_dict["HOST"]).parent / "server.log"
    return file.read_text(errors="replace") if file.exists() else ""


def is_in_a_log(log) -> bool:
    return WORD in log.getvalue() or WORD in log_of_the_database()


@pytest.fixture
def examples(content_without_search, staff):
    routes.make_examples(staff)


@pytest.mark.long
def test_a_reader_cannot_break_the_portal(examples, unhandled, log):
    run(Server(), unhandled)
    assert log.getvalue().count("\n") > REQUESTS_EACH * EXAMPLES
    assert not is_in_a_log(log)


@pytest.mark.long
def test_staff_cannot_break_the_portal(examples, settings, staff_client, unhandled, log):
    without_csrf(settings)
    session = staff_client.cookies["session"].value
    run(Server(f"session={session}"), unhandled)
    assert not is_in_a_log(log)
