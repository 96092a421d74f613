"""WSGI pages inside an ASGI server, on a few threads: docs/decisions/0003-server-shape.md

A thread makes an answer and never waits for a network: what is sent to us is received before, and an
answer is finished before it leaves. A request that breaks off is dropped; WSGI would see its half.

How much is received is decided before it is: a form of a megabyte from anybody, and more only from those
`may_upload` knows. What is refused reaches the pages as a request without a body that says so in
environ[REFUSED]; they answer it.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

LARGEST_FORM = IN_MEMORY = 1_000_000  # more is kept in a temporary file
LARGEST_UPLOAD = 200_000_000  # a recording of some hours
PIECE = 65_536
LARGE, MOST_LARGE = PIECE, 40  # so many large forms are received at a time: they fill memory
PATIENCE = 20  # seconds for a small form
TAKEN_WITHIN = 60  # seconds for the next piece of an answer; a player that pauses asks again
SLOWEST = 50_000  # bytes a second; whoever sends more slowly holds a connection for nothing
LINGER = 2  # seconds, in which the rest of what was refused is thrown away, so that the answer is read
REFUSED = "kompas.refused"
SERVER = (b"server", b"aarhuskompas")  # else servers name themselves


class Response(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    first: bytes
    rest: IO[bytes] | None  # where there is more than one piece


class RefusedError(Exception):
    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


class ThreadedWSGI:
    """The ASGI application for `wsgi`. A process makes at most `threads` answers at once.

    What `at_once` has is answered without a thread. Forms to addresses that begin with one of `apart` wait
    for each other on one more: checking a password costs as much as a hundred pages, and anybody may ask
    for it.
    """

    def __init__(
        self,
        wsgi: Callable,
        *,
        threads: int,
        apart: tuple[str, ...] = (),
        may_upload: Callable[[dict], bool] = lambda environ: False,
        at_once: Callable[[dict], Response | None] = lambda environ: None,
    ):
        self.wsgi = wsgi
        self.may_upload = may_upload
        self.at_once = at_once
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self.apart = apart
        # Not a lower priority: with Python's lock in its hands it would make all pages wait.
        self.pool_apart = ThreadPoolExecutor(1, thread_name_prefix="apart")
        self.large = 0

    async def __call__(self, scope, receive, send):
        with SpooledTemporaryFile(IN_MEMORY) as body:
            if is_plain(scope) and (response := self.at_once(environ(scope, body))):
                await self._send(response, scope, send)
                return
            try:
                await self._receive(scope, receive, body)
            except RefusedError as refused:
                await self._refuse(refused.status, scope, receive, send)
                return
            is_apart = scope["method"] == "POST" and scope["path"].startswith(self.apart)
            pool = self.pool_apart if is_apart else self.pool
            response = await self._run(self._respond, environ(scope, body), pool=pool)
        await self._send(response, scope, send)

    async def _receive(self, scope, receive, body: IO[bytes]):
        """Fill `body`, or say with which status it is refused."""
        announced = announced_by(scope)
        is_upload = announced > LARGEST_FORM and await self._run(self.may_upload, environ(scope, body))
        most = LARGEST_UPLOAD if is_upload else LARGEST_FORM
        if announced > most:
            raise RefusedError(413)
        try:
            async with asyncio.timeout(PATIENCE + announced / SLOWEST):
                with self._room_for(announced, is_upload=is_upload):
                    await receive_body(receive, body, most)
        except TimeoutError:
            raise RefusedError(408) from None
        except OSError:  # no room in /tmp
            raise RefusedError(507) from None

    @contextmanager
    def _room_for(self, announced: int, *, is_upload: bool):
        weighs = announced > LARGE and not is_upload
        if weighs and self.large >= MOST_LARGE:
            raise RefusedError(503)
        self.large += weighs
        try:
            yield
        finally:
            self.large -= weighs

    async def _refuse(self, status: int, scope, receive, send):
        with SpooledTemporaryFile() as nothing:
            asked = environ(scope, nothing) | {REFUSED: status}
            response = await self._run(self._respond, asked)
        response.headers.append(("Connection", "close"))
        await self._send(response, scope, send)
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while (await receive()).get("more_body"):
                    await asyncio.sleep(0.05)  # however fast it comes

    async def _send(self, response: Response, scope, send):
        piece, rest = b"" if scope["method"] == "HEAD" else response.first, response.rest
        try:
            await send(beginning(response))
            while rest and piece:
                await taken(send({"type": "http.response.body", "body": piece, "more_body": True}))
                piece = await self._run(rest.read, PIECE)
            await taken(send({"type": "http.response.body", "body": piece}))
        finally:
            if rest:
                await self._run(rest.close)

    def _respond(self, environ: dict) -> Response:
        head = []

        def start_response(status, headers, exc_info=None):
            head[:] = int(status[:3]), headers

        content = finished(self.wsgi(environ, start_response))
        first = content.read(PIECE)
        if len(first) < PIECE:
            content.close()
            content = None
        return Response(*head, first, content)

    async def _run(self, function: Callable, *arguments, pool=None):
        return await asyncio.get_running_loop().run_in_executor(pool or self.pool, function, *arguments)


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


async def taken(sending: Awaitable):
    try:
        async with asyncio.timeout(TAKEN_WITHIN):
            await sending
    except TimeoutError:
        raise asyncio.CancelledError from None  # the server closes without a word, as when they leave


def is_plain(scope: dict) -> bool:
    """Nothing comes with it."""
    return scope["method"] in {"GET", "HEAD"} and announced_by(scope) == 0


def announced_by(scope: dict) -> int:
    """The length of the body; where none is said, the most that anybody may send."""
    headers = dict(scope["headers"])
    is_chunked = b"transfer-encoding" in headers
    return LARGEST_FORM if is_chunked else int(headers.get(b"content-length", 0))


async def receive_body(receive: Callable, body: IO[bytes], most: int):
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(408)
        body.write(message.get("body", b""))
        if body.tell() > most:
            raise RefusedError(413)
        if not message.get("more_body"):
            return


def beginning(response: Response) -> dict:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    return {"type": "http.response.start", "status": response.status, "headers": [SERVER, *headers]}


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
