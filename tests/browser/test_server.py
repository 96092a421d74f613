"""The server as production runs it: what it logs, how it ends and comes back."""

import socket
import time
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from runner.postgres import wait_until

SECRET = "hemmelige-ord-fra-et-menneske"


def send(server, raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def get(server, path, **headers):
    try:
        with urlopen(Request(server.url + path, headers=headers), timeout=20) as answer:  # noqa: S310
            return answer.status, answer.headers
    except HTTPError as error:
        with error:
            return error.code, error.headers


@pytest.mark.parametrize(
    "raw",
    [
        f"GET /?q={SECRET} HTTP/1.1\r\nHost: {SECRET}\r\nConnection: close\r\n\r\n",
        f"GET /{SECRET} HTTP/9.9\r\nHost: x\r\n\r\n",
        f"{SECRET} / HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET / HTTP/1.1\r\n{SECRET} : x\r\n\r\n",
        f"POST /konto/log-ind/ HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nlogin={SECRET}",
        f"POST /konto/log-ind/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{SECRET}",
        f"GET /{SECRET * 400} HTTP/1.1\r\nHost: x\r\n\r\n",
        SECRET,
    ],
)
def test_no_request_however_broken_puts_its_words_into_the_log(server, raw):
    before = len(server.log)
    send(server, raw.encode())
    time.sleep(0.05)
    assert SECRET not in server.log[before:].lower()


@pytest.mark.parametrize("length", ["9" * 30, "-5", "x", "1e3", "", "5, 5", "+5", "5_0"])
def test_an_odd_length_breaks_nothing(server, length):
    form = "Content-Type: multipart/form-data; boundary=B\r\nConnection: close"
    host = f"127.0.0.1:{server.port}"
    raw = f"POST /konto/log-ind/ HTTP/1.1\r\nHost: {host}\r\n{form}\r\nContent-Length: {length}\r\n\r\n--B--"
    assert not send(server, raw.encode()).startswith(b"HTTP/1.1 5")


@pytest.mark.parametrize("path", ["/", "/health/live", "/findes-ikke/", "/static/css/findes-ikke.css"])
def test_no_answer_names_the_server_software_with_its_version(server, path):
    _, headers = get(server, path)
    assert not any(mark in (headers["Server"] or "") for mark in "0123456789/")


def test_a_static_file_is_small_kept_for_ever_and_safe(server, browser_page):
    browser_page.goto("/")
    sheet = browser_page.get_attribute("link[rel=stylesheet]", "href")
    status, headers = get(server, sheet, **{"Accept-Encoding": "gzip, br"})
    assert status == 200
    assert headers["Content-Encoding"] == "br"
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"]


def test_after_a_power_cut_the_server_is_back_and_people_are_still_logged_in(server, browser_page, login):
    login(browser_page)
    server.restart()
    browser_page.goto("/maalkompasset/mine/")
    assert browser_page.url == f"{server.url}/maalkompasset/mine/"


def test_the_server_ends_when_it_is_asked_to(server):
    start = time.monotonic()
    server.stop()
    assert time.monotonic() - start < 5
    assert server.process.returncode == 0
    server.start()
    assert get(server, "/")[0] == 200


def test_who_is_to_stop_takes_leave_before_the_port_closes(server, monkeypatch):
    monkeypatch.setitem(server.environment, "DRAIN_SECONDS", "8")
    server.restart()
    assert get(server, "/health/ready")[0] == 204
    server.process.terminate()
    try:
        assert wait_until(lambda: all(get(server, "/health/ready")[0] == 503 for _process in range(4)), 5)
        assert get(server, "/")[0] == 200
        assert server.process.wait(30) == 0
    finally:
        monkeypatch.undo()
        if server.process.poll() is None:
            server.kill()
        server.start()


# --- Strangers who take their time, and those who send too much ---------------------------------------


def receive(connection) -> bytes:
    """All that comes until the server closes."""
    with suppress(ConnectionResetError):
        return b"".join(iter(lambda: connection.recv(65536), b""))
    return b""


def begin(server, raw: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=40)
    connection.sendall(raw)
    return connection


@pytest.mark.parametrize("framing", ["Content-Length: 200000000", "Transfer-Encoding: chunked"])
def test_a_stranger_may_send_a_megabyte_and_is_told_so_before_more_is_read(server, framing):
    head = f"POST /konto/log-ind/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{framing}\r\n\r\n"
    with begin(server, head.encode()) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            for _piece in range(20):
                connection.sendall(b"f000\r\n" + b"x" * 0xF000 + b"\r\n")
        answer = receive(connection).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "Det var for meget på én gang" in answer
    assert "content-security-policy" in answer.lower()
    assert "connection: close" in answer.lower()


def test_a_session_that_is_made_up_may_send_no_more_than_a_stranger(server):
    head = (
        f"POST /admin/compass/recording/add/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        "Cookie: session=opfundet\r\nContent-Length: 2000000\r\n\r\n"
    )
    with begin(server, head.encode()) as connection:
        assert receive(connection).startswith(b"HTTP/1.1 413 ")


def test_an_editor_may_upload_a_recording(server, editor_tab):
    answer = editor_tab.request.post(
        "/admin/compass/recording/add/",
        multipart={"audio": {"name": "lyd.mp3", "mimeType": "audio/mpeg", "buffer": b"x" * 3_000_000}},
    )
    assert answer.status == 403  # received whole, and then refused for its missing token


HALF = {
    "": b"",
    "GET / HTTP/1.1\r\nHost: x\r\n": b"",
    "POST / HTTP/1.1\r\n": b"",
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nlog": b"HTTP/1.1 408 ",
}


def test_what_does_not_arrive_is_not_waited_for_without_end(server):
    start = time.monotonic()
    connections = [begin(server, raw.encode()) for raw in HALF]
    answers = [receive(connection) for connection in connections]
    assert [answer[:13] for answer in answers] == list(HALF.values())
    assert 15 < time.monotonic() - start < 30
    for connection in connections:
        connection.close()


def test_an_idle_connection_is_kept_for_the_next_save(server):
    host = f"Host: 127.0.0.1:{server.port}"
    with begin(server, f"GET /health/live HTTP/1.1\r\n{host}\r\n\r\n".encode()) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 204 ")
        time.sleep(4)
        connection.sendall(f"GET /health/live HTTP/1.1\r\n{host}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 204 ")


def test_what_is_no_request_at_all_is_answered_with_our_headers(server):
    answer = send(server, b"noget / andet\r\n\r\n").decode().lower()
    assert answer.startswith("http/1.1 400 ")
    for name in ["content-security-policy", "x-content-type-options: nosniff", "server: aarhuskompas"]:
        assert name in answer
    assert "noget" not in answer
