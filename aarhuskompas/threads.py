"""WSGI pages inside an ASGI server, on a few threads: docs/decisions/0003-server-shape.md

A thread makes an answer and never waits for a network: what is sent to us is received before, and an
answer is finished before it leaves. A request that breaks off is dropped; WSGI would see its half.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

IN_MEMORY = 1_000_000  # more is kept in a temporary file
LARGEST_BODY = 200_000_000
PIECE = 65_536
SERVER = (b"server", b"aarhuskompas")  # else servers name themselves


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    first: bytes
    rest: IO[bytes] | None  # where there is more than one piece


class OnThreads:
    """The ASGI application for `wsgi`. A process makes at most `threads` answers at once."""

    def __init__(self, wsgi: Callable, *, threads: int):
        self.wsgi = wsgi
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope, receive, send):
        with SpooledTemporaryFile(IN_MEMORY) as body:
            if refused := await receive_body(receive, body):
                answer = Answer(refused, [("Content-Length", "0")], b"", None)
            else:
                answer = await self._run(self._answer, environ(scope, body))
        piece, rest = b"" if scope["method"] == "HEAD" else answer.first, answer.rest
        try:
            await send(beginning(answer))
            while rest and piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await self._run(rest.read, PIECE)
            await send({"type": "http.response.body", "body": piece})
        finally:
            if rest:
                await self._run(rest.close)

    def _answer(self, environ: dict) -> Answer:
        head = []

        def start_response(status, headers, exc_info=None):
            head[:] = int(status[:3]), headers

        content = finished(self.wsgi(environ, start_response))
        first = content.read(PIECE)
        if len(first) < PIECE:
            content.close()
            content = None
        return Answer(*head, first, content)

    async def _run(self, function: Callable, *arguments):
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *arguments)


def finished(content: Iterable[bytes]) -> IO[bytes]:
    """All of the content as a file: the one it is, or one that keeps it until it has been sent."""
    if isinstance(content, FileWrapper):
        return content.filelike
    kept = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 – closed by whoever sends it
    try:
        for piece in content:
            kept.write(piece)
    finally:
        content.close()
    kept.seek(0)
    return kept


async def receive_body(receive: Callable, body: IO[bytes]) -> int | None:
    """Fill `body` and return None, or the status that refuses what broke off or is too much."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return 408
        body.write(message.get("body", b""))
        if body.tell() > LARGEST_BODY:
            return 413
        if not message.get("more_body"):
            return None


def beginning(answer: Answer) -> dict:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    return {"type": "http.response.start", "status": answer.status, "headers": [SERVER, *headers]}


def environ(scope: dict, body: IO[bytes]) -> dict:
    """The WSGI environment of an ASGI request whose body has been received."""
    size = body.tell()
    body.seek(0)
    return headers_of(scope) | {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": str(size),
        "REMOTE_ADDR": (scope["client"] or [""])[0],
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def headers_of(scope: dict) -> dict[str, str]:
    found = {}
    for name, value in scope["headers"]:
        if b"_" in name:  # would pass for the name with a hyphen, which a proxy guards
            continue
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        separator = "; " if key == "HTTP_COOKIE" else ","
        text = value.decode("latin-1")
        found[key] = f"{found[key]}{separator}{text}" if key in found else text
    if "HTTP_CONTENT_TYPE" in found:
        found["CONTENT_TYPE"] = found.pop("HTTP_CONTENT_TYPE")
    found.pop("HTTP_CONTENT_LENGTH", None)
    return found
