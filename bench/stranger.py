"""Measure what one stranger can do to the others: `make bench ARGS=stranger`

Somebody reads the front page twenty times a second, first alone and then while a stranger has ten
connections, on which anything arrives at any speed. What counts is how long the front page takes then, as
a ratio to before, and what is left on the disk. Runs the server as production does, in a database of its own.
"""

import argparse
import asyncio
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from bench.servers import free_port
from runner.postgres import wait_until
from runner.serve import GUNICORN, answers

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS, QUIET_SECONDS, SECONDS, PAUSE = 10, 20, 60, 0.05
HOST = "127.0.0.1"


# --- The stranger ---------------------------------------------------------------------------------


def head(port: int, method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {HOST}:{port}", *lines, "", ""]).encode()


def form(port: int, path: str, text: str) -> bytes:
    length = f"Content-Length: {len(text)}"
    return head(port, "POST", path, "Content-Type: application/x-www-form-urlencoded", length) + text.encode()


async def drop_by_drop(writer, data: bytes, seconds: float):
    for number in range(len(data)):
        writer.write(data[number : number + 1])
        await writer.drain()
        await asyncio.sleep(seconds)


async def half_a_head(port, reader, writer):
    await drop_by_drop(writer, head(port, "GET", "/", "X: " + "x" * 500), 0.5)


async def half_a_form(port, reader, writer):
    writer.write(head(port, "POST", "/konto/log-ind/", "Content-Length: 900000"))
    await drop_by_drop(writer, b"x" * 1_000, 0.2)


async def pour(writer, piece: bytes, pieces: int):
    for _ in range(pieces):
        writer.write(piece)
        await writer.drain()


async def too_much(port, reader, writer):
    writer.write(head(port, "POST", "/deltag/", "Content-Length: 200000000"))
    await pour(writer, b"x" * 65_536, 3_000)


async def too_much_in_chunks(port, reader, writer):
    writer.write(head(port, "POST", "/admin/", "Cookie: session=made-up", "Transfer-Encoding: chunked"))
    await pour(writer, b"10000\r\n" + b"x" * 65_536 + b"\r\n", 3_000)


async def a_whole_form_again_and_again(port, reader, writer):
    await pour(writer, form(port, "/deltag/", "code=" + "x" * 900_000), 30)


async def all_at_once(port, reader, writer):
    paths = ["/", "/historier/", "/dilemmaer/", "/en/", "/findes-ikke/"]
    writer.write(b"".join(head(port, "GET", f"{path}?x={uuid4()}") for path in paths * 40))
    await reader.read()


async def searches(port, reader, writer):
    for number in range(200):
        writer.write(head(port, "GET", f"/soeg/?q=samarbejde+{number}+{uuid4()}"))
        await reader.readuntil(b"\r\n\r\n")
        await reader.read(200_000)


async def guesses(port, reader, writer):
    for number in range(50):
        writer.write(form(port, "/konto/log-ind/", f"login=a{number}@example.dk&password=forkert"))
        writer.write(form(port, "/deltag/", f"code={number:06}"))
        await reader.read(200_000)


async def streams(port, reader, writer):
    for _ in range(100):
        writer.write(head(port, "GET", f"/haendelser/{uuid4()}/", f"Cookie: session={uuid4().hex}"))
        await reader.readuntil(b"\r\n\r\n")


async def noise(port, reader, writer):
    await pour(writer, random.randbytes(10_000), 100)


async def turned_away(port, reader, writer):
    writer.write(head(port, "GET", "/historier/"))
    writer.write_eof()
    await asyncio.sleep(5)


async def never_reads(port, reader, writer):
    writer.write(head(port, "GET", "/historier/") * 500)
    await asyncio.sleep(30)


WAYS = [
    half_a_head, half_a_form, too_much, too_much_in_chunks, a_whole_form_again_and_again, all_at_once,
    searches, guesses, streams, noise, turned_away, never_reads,
]  # fmt: skip


async def connection(port: int, number: int):
    """One of the ten: when it is closed, the next way is tried."""
    for turn in range(10_000):
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                async with asyncio.timeout(15):
                    await WAYS[(number + turn) % len(WAYS)](port, reader, writer)
            finally:
                writer.transport.abort()


async def stranger(port: int):
    await asyncio.gather(*(connection(port, number) for number in range(CONNECTIONS)))


# --- The others -----------------------------------------------------------------------------------


async def read_front_page(port: int) -> float:
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(head(port, "GET", "/", "Connection: close"))
    answer = await reader.read()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"The front page says {answer[:40]}.")
    return time.perf_counter() - start


async def read_for(port: int, seconds: float) -> list[float]:
    took, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        took.append(await read_front_page(port))
        await asyncio.sleep(PAUSE)
    return took


# --- The server -----------------------------------------------------------------------------------


@contextmanager
def production(folder: Path):
    """The server as it is in production: its port and its process."""
    port = free_port()
    given = {"SITE_URL": f"http://{HOST}:{port}", "TMPDIR": str(folder), "LOG_LEVEL": "INFO"}
    with (folder / "log").open("wb") as log:
        command = [*GUNICORN, "--bind", f"{HOST}:{port}", "aarhuskompas.asgi"]
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | given, stdout=log, stderr=log)
    try:
        if not wait_until(lambda: answers(HOST, port), seconds=30):
            raise SystemExit((folder / "log").read_text())
        yield port, server
    finally:
        server.terminate()
        server.wait(15)


def on_disk(folder: Path, server: subprocess.Popen) -> int:
    """What the server has written: its folder, and files that have no name any more."""
    named = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return named + sum(_nameless(Path(f"/proc/{pid}/fd"), folder) for pid in children)


def _nameless(files: Path, folder: Path) -> int:
    found = 0
    for file in files.iterdir():
        with suppress(OSError):
            name = str(file.readlink())
            found += file.stat().st_size if name.startswith(str(folder)) and "(deleted)" in name else 0
    return found


def database_size() -> int:
    import psycopg

    with psycopg.connect() as connection:
        return connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]


async def measure(port: int, folder: Path, server: subprocess.Popen, seconds: float):
    await read_for(port, 2)
    quiet = await read_for(port, QUIET_SECONDS)
    before, most = on_disk(folder, server) + database_size(), 0
    # As if on another machine: a process of its own that gives way to the server.
    attack = subprocess.Popen(
        ["nice", "-n", "19", sys.executable, "-m", "bench.stranger", "--attack", str(port)], cwd=ROOT
    )
    try:
        busy = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            busy += await read_for(port, 2)
            most = max(most, on_disk(folder, server) + database_size() - before)
    finally:
        attack.send_signal(signal.SIGKILL)
        attack.wait()
    report(quiet, busy, most)


def report(quiet: list[float], busy: list[float], grown: int):
    print(f"\nOne stranger with {CONNECTIONS} connections: the front page for everybody else\n")
    for name, took in [("alone", quiet), ("with the stranger", busy)]:
        middle, late = (1_000 * statistics.quantiles(took, n=20)[place] for place in (9, -1))
        print(f"{name:<20}{len(took):>6} reads   p50 {middle:6.1f} ms   p95 {late:6.1f} ms")
    late, calm = (statistics.quantiles(took, n=20)[-1] for took in (busy, quiet))
    print(f"{'ratio of p95':<20}{late / calm:>6.2f}×      disk {grown / 1e6:.1f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--attack", type=int, metavar="PORT", help="be the stranger")
    wanted = parser.parse_args()
    if wanted.attack:
        asyncio.run(stranger(wanted.attack))
    with tempfile.TemporaryDirectory() as folder, production(Path(folder)) as (port, server):
        asyncio.run(measure(port, Path(folder), server, wanted.seconds))


if __name__ == "__main__":
    main()
