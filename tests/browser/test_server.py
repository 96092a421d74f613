"""The server as production runs it: what it logs, how it ends and comes back."""

import socket
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

SECRET = "hemmelige-ord-fra-et-menneske"


def send(server, raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def get(server, path, **headers):
    try:
        with urlopen(Request(server.url + path, headers=headers), timeout=5) as answer:  # noqa: S310
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


@pytest.mark.parametrize("length", ["9" * 30, "-5", "x", "1e3", ""])
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
