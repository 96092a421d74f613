"""What a page of stories costs as people ask for it, beside plain Django and a bare response.

    make bench ARGS=pages
    make bench ARGS="pages --stories 1000 20000"

Four hundred different addresses are asked for in turn, gzip accepted: first all of them made anew, then
again, then with the tag each came with. Words are searched by how rare they are, and a save comes in
between. The twin (bench/twin) answers the same addresses, the bare response stands for Django itself; the
three take turns, so that a busy machine is busy for all. The figure is the processor time of the server and
of its database, for what a page asks of PostgreSQL is paid for there. The last lines say which aims are
reached. All three sizes take about eight minutes on two quiet processors, half of it to make the stories.
"""

import argparse
import http.client
import os
import random
import statistics
import time
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import psycopg

from bench import words
from bench.servers import PORTAL, Served, python, served

ADDRESSES, KEPT_ADDRESSES = 400, 200
TURN = 50
# What we aim at: ratios to the twin and to a bare response, and MiB.
MADE_ANEW = {"to twin": 1.0, "to bare": 8}
KEPT = {"kept": 1.2, "304": 1.0}
AFTER_A_SAVE, MEMORY, MEMORY_AT = 2.0, 150, 20_000
WARM = ["/historier/", "/soeg/?q=kommune", "/historier/nogen-at-foelges-med-til-laegen/"]
SAVES = 7
HEARD_WITHIN = 1.5  # seconds, in which every process asks whether something has changed
RENEWED_WITHIN = 3  # seconds, in which the stories have been counted anew, beside the requests


class Database:
    """The processor time of the PostgreSQL that the servers ask."""

    def __init__(self):
        with psycopg.connect(dbname=os.environ["DATABASE_URL"].rpartition("/")[2]) as connection:
            self.backend = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
            self.postmaster = _parent(self.backend)

    def seconds(self) -> float:
        """Of all processes under way; those that ended count in the postmaster."""
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
        return sum(_processor_seconds(pid) for pid in children) + _of_ended_children(self.postmaster)


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _stat(pid) -> list[str]:
    """The fields of /proc/…/stat after the name: state, parent …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _processor_seconds(pid) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ProcessLookupError):
        return 0.0


def _of_ended_children(pid) -> float:
    user, system = _stat(pid)[13:15]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Kept(http.client.HTTPConnection):
    """One connection for all, as a proxy in front has it."""

    def __init__(self, server: Served, database: Database):
        super().__init__("127.0.0.1", server.port, timeout=60)
        self.server, self.database = server, database

    def fetch(self, path: str, etag: str = "") -> tuple[int, str, int]:
        """Status, tag and size of the answer."""
        headers = {"Accept-Encoding": "gzip", **({"If-None-Match": etag} if etag else {})}
        try:
            self.request("GET", path, headers=headers)
            response = self.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for too long, and the server closed it
            self.close()
            self.request("GET", path, headers=headers)
            response = self.getresponse()
        size = len(response.read())
        return response.status, response.headers.get("ETag", ""), size

    def cost(self, paths: list[str], etags: dict[str, str] | None = None) -> float:
        """Processor seconds for all of them together."""
        before = self.server.processor_seconds() + self.database.seconds()
        for path in paths:
            status, _etag, _size = self.fetch(path, (etags or {}).get(path, ""))
            if status not in {200, 304}:
                raise SystemExit(f"{path}: {status}")
        return self.server.processor_seconds() + self.database.seconds() - before


def addresses(stories: int) -> dict[str, list[str]]:
    """What is asked for, by kind of page."""
    chance = random.Random(stories)
    with psycopg.connect(dbname=os.environ["DATABASE_URL"].rpartition("/")[2]) as connection:
        bodies = connection.execute(
            "SELECT body FROM compass_story WHERE key LIKE 'S%' ORDER BY key"
        ).fetchall()
        slugs = connection.execute("SELECT slug FROM compass_story ORDER BY key").fetchall()
        danish = connection.execute("SELECT word FROM compass_search_word WHERE language = 'da'").fetchall()
    ranked = words.vocabulary([body for (body,) in bodies])
    pages = range(2, stories // 20)
    return {
        "list": [f"/historier/?side=1&{n}" for n in range(100)],
        "story": [f"/historier/{slug}/" for (slug,) in chance.sample(slugs, min(ADDRESSES, len(slugs)))],
        "a page of the list": [
            f"/historier/?side={n}" for n in chance.sample(pages, min(ADDRESSES, len(pages)))
        ],
        "filter": filters(),
        "common word": [f"/soeg/?{urlencode({'q': word})}" for word in words.common(ranked)],
        "rare word": [
            f"/soeg/?{urlencode({'q': word})}"
            for word in words.rare(ranked, {word for (word,) in danish}, ADDRESSES)
        ],
    }


def filters() -> list[str]:
    """Two choices each, of the same three for both sides."""
    paths, kinds, years = (
        ["lytte", "loese", "laere", "lede"],
        ["artikel", "case", "portraet", "vaerktoej"],
        range(2010, 2027),
    )
    pairs = [
        *({"vej": path, "slags": kind} for path, kind in product(paths, kinds)),
        *({"vej": path, "aar": year} for path, year in product(paths, years)),
        *({"slags": kind, "aar": year} for kind, year in product(kinds, years)),
        *({"vej": path, "slags": kind, "aar": year} for path, kind, year in product(paths, kinds, years)),
    ]
    return [f"/historier/?{urlencode(pair)}" for pair in pairs][:ADDRESSES]


class Costs(NamedTuple):
    """Of one kind of page, in the middle of its turns: seconds of processor, and as ratios."""

    seconds: float
    to_twin: float
    to_bare: float
    twin_to_bare: float


def in_turns(server: Kept, twin: Kept, bare: Kept, paths: list[str]) -> Costs:
    """The three take turns, so that a busy machine is busy for all."""
    turns = []
    for turn in batched(paths):
        page, plain = (side.cost(turn) / len(turn) for side in (server, twin))
        floor = bare.cost(["/"] * len(turn)) / len(turn)
        turns.append(Costs(page, page / plain, page / floor, plain / floor))
    return Costs(*map(statistics.median, zip(*turns, strict=True)))


def to_bare(server: Kept, bare: Kept, paths: list[str], etags: dict[str, str] | None = None) -> float:
    turns = [
        server.cost(turn, etags) / bare.cost(["/"] * len(turn)) for turn in batched(paths[:KEPT_ADDRESSES])
    ]
    return statistics.median(turns)


def batched(paths: list[str]) -> Iterator[list[str]]:
    left = iter(paths)
    while turn := list(islice(left, TURN)):
        yield turn


class Figure(NamedTuple):
    """What was measured, and the most that it may be."""

    what: str
    measured: float
    aim: float

    @property
    def shown(self) -> str:
        return f"{self.measured:.2f}{' ' if self.measured <= self.aim else '!'}"


def compare(stories: int) -> list[Figure]:
    print(f"\nAt {stories:,} stories: processor time of server and database; ! is more than the aim\n")
    heads = [f"{name} ≤ {aim}" for name, aim in [*MADE_ANEW.items(), *KEPT.items()]]
    print(
        f"{'':<20}{'ms anew':>9}"
        + "".join(f"{head:>14}" for head in heads)
        + f"{'bytes':>8}{'twin':>7}{'twin to bare':>14}"
    )
    database, figures = Database(), []
    with (
        served(PORTAL) as portal,
        served("bench.twin.asgi:application") as twin,
        served("bench.baseline:application") as floor,
    ):
        kept, plain, bare = (Kept(server, database) for server in (portal, twin, floor))
        warm_up(kept, plain)
        for name, paths in addresses(stories).items():
            figures += measure(name, paths, kept, plain, bare)
        if stories == MEMORY_AT:
            figures.append(Figure("memory of the processes, MiB", memory(portal), MEMORY))
        figures += after_a_save(kept)
        for figure in figures[-3 if stories == MEMORY_AT else -2 :]:
            print(f"{figure.what}: {figure.shown} (aim {figure.aim})")
    return [figure._replace(what=f"{stories:,}: {figure.what}") for figure in figures]


def warm_up(*sides: Kept):
    """Templates are read, connections made."""
    for side in sides:
        for path in WARM:
            side.fetch(path)


def measure(name: str, paths: list[str], kept: Kept, plain: Kept, bare: Kept) -> list[Figure]:
    made = in_turns(kept, plain, bare, paths)
    again = to_bare(kept, bare, paths)
    known = to_bare(kept, bare, paths, {path: kept.fetch(path)[1] for path in paths[:KEPT_ADDRESSES]})
    ratios = [made.to_twin, made.to_bare, again, known]
    aims = [*MADE_ANEW.items(), *KEPT.items()]
    figures = [Figure(f"{name}, {what}", ratio, aim) for ratio, (what, aim) in zip(ratios, aims, strict=True)]
    sizes = [statistics.mean(side.fetch(path)[2] for path in paths[:20]) for side in (kept, plain)]
    print(
        f"{name:<20}{made.seconds * 1000:>9.1f}"
        + "".join(f"{figure.shown:>14}" for figure in figures)
        + f"{sizes[0]:>8.0f}{sizes[1]:>7.0f}{made.twin_to_bare:>14.1f}",
        flush=True,
    )
    return figures


def after_a_save(server: Kept) -> list[Figure]:
    """The first visitor after an editor saved, as ratios to the same page once all has been renewed.

    Each comes alone after a rest: the second of two pages in a row costs a fifth less, in half the time.
    """
    address = "/historier/nogen-at-foelges-med-til-laegen/"
    costs, waits = [], []
    for number in range(SAVES):
        server.fetch(address)
        python("-m", "bench.save", str(number))
        time.sleep(HEARD_WITHIN)
        first, waited = timed(server, [address])
        time.sleep(RENEWED_WITHIN)
        ordinary, ordinarily = timed(server, [f"{address}?{number}"])
        costs.append(first / ordinary)
        waits.append(waited / ordinarily)
    what = "first visitor after a save, to the same page made anew"
    return [
        Figure(f"{what}, processor", statistics.median(costs), AFTER_A_SAVE),
        Figure(f"{what}, time", statistics.median(waits), AFTER_A_SAVE),
    ]


def timed(server: Kept, paths: list[str]) -> tuple[float, float]:
    """Processor seconds, and seconds waited, for all of them together."""
    start = time.perf_counter()
    cost = server.cost(paths)
    return cost, time.perf_counter() - start


def memory(server: Served) -> float:
    """MiB of the server and its parent, what they share counted once (PSS)."""
    pids = [server.master.pid, server.worker]
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    return sum(int(text.partition("Pss:")[2].split()[0]) for text in rollups) / 1024


def main(arguments: list[str]):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, nargs="+", default=[1_000, 20_000, 100_000])
    started, figures = time.monotonic(), []
    for stories in sorted(parser.parse_args(arguments).stories):
        python("-m", "bench.make_stories", str(stories))
        python("-m", "bench.twin.fill")
        figures += compare(stories)
    over = [figure for figure in figures if figure.measured > figure.aim]
    took = f"{time.monotonic() - started:.0f} s"
    print(f"\n{len(figures) - len(over)} of {len(figures)} aims are reached, in {took}:")
    for figure in over:
        print(f"  {figure.what}: {figure.measured:.2f}, and the aim is {figure.aim}")
