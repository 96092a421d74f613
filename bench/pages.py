"""What a page of stories costs as people ask for it, beside plain Django and a bare response.

    make bench ARGS=pages
    make bench ARGS="pages --stories 1000 20000 100000"

Four hundred different addresses are asked for in turn, gzip accepted: first all of them made anew, then
again, then with the tag each came with. Words are searched by how rare they are, and a save comes in
between. The twin (bench/twin) answers the same addresses, the bare response stands for Django itself; the
three take turns, so that a busy machine is busy for all. The figure is the processor time of the server and
of its database, for what a page asks of PostgreSQL is paid for there.
"""

import argparse
import http.client
import os
import random
import statistics
import time
from itertools import islice, product
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from bench import words
from bench.servers import PORTAL, Served, python, served

ADDRESSES = 400
TURN = 50
SAVES = 5
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
    ranked = words.vocabulary([body for (body,) in bodies])
    pages = range(2, stories // 20)
    return {
        "story": [f"/historier/{slug}/" for (slug,) in chance.sample(slugs, min(ADDRESSES, len(slugs)))],
        "a page of the list": [
            f"/historier/?side={n}" for n in chance.sample(pages, min(ADDRESSES, len(pages)))
        ],
        "filter": filters(),
        "common word": [f"/soeg/?{urlencode({'q': word})}" for word in words.common(ranked)],
        "rare word": [f"/soeg/?{urlencode({'q': word})}" for word in words.rare(ranked, ADDRESSES)],
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


def in_turns(servers: list[Kept], paths: list[str], etags=None) -> list[float]:
    """Processor seconds a request for each; the last is the bare response, which has one address."""
    totals = [0.0] * len(servers)
    for turn in _turns(paths):
        for place, server in enumerate(servers):
            asked = ["/"] * len(turn) if place == len(servers) - 1 else turn
            totals[place] += server.cost(asked, etags if place == 0 else None)
    return [total / len(paths) for total in totals]


def _turns(paths: list[str]):
    left = iter(paths)
    while turn := list(islice(left, TURN)):
        yield turn


def compare(stories: int):
    print(f"\nAt {stories:,} stories: processor time of server and database\n")
    head = f"{'':<20}{'ms anew':>9}{'to twin':>9}{'to bare':>9}{'kept':>7}{'304':>7}{'bytes':>8}{'twin':>8}"
    print(head)
    database = Database()
    with (
        served(PORTAL) as portal,
        served(PORTAL, PAGE_CACHE_MB="0") as fresh,
        served("bench.twin.asgi:application") as twin,
        served("bench.baseline:application") as floor,
    ):
        sides = [Kept(server, database) for server in (portal, fresh, twin, floor)]
        kept, anew, plain, bare = sides
        first = ["/historier/"] * 100
        for side in (kept, anew, plain):  # templates are read, connections made
            for path in ("/historier/", "/soeg/?q=kommune", "/historier/nogen-at-foelges-med-til-laegen/"):
                side.fetch(path)
        _line(
            "list",
            in_turns([anew, plain, bare], first),
            *_kept(kept, bare, ["/historier/"] * 100),
            anew,
            plain,
            first,
        )
        for name, paths in addresses(stories).items():
            made = in_turns([kept, plain, bare], paths)
            _line(name, made, *_kept(kept, bare, paths), kept, plain, paths)
        after_a_save(kept)
        print(f"\nMemory of one process and its parent after all of it: {memory(portal):.0f} MiB")


def _kept(server: Kept, bare: Kept, paths: list[str]) -> tuple[float, float]:
    """The same addresses again, and with their tags, as ratios to the bare response."""
    again, floor = in_turns([server, bare], paths)
    etags = {path: server.fetch(path)[1] for path in paths}
    known, floor_then = in_turns([server, bare], paths, etags)
    return again / floor, known / floor_then


def _line(name, costs, kept, known, portal: Kept, twin: Kept, paths):
    page, plain, bare = costs
    sizes = [statistics.mean(server.fetch(path)[2] for path in paths[:20]) for server in (portal, twin)]
    print(
        f"{name:<20}{page * 1000:>9.1f}{page / plain:>8.2f}×{page / bare:>8.1f}×{kept:>6.1f}×{known:>6.1f}×"
        f"{sizes[0]:>8.0f}{sizes[1]:>8.0f}",
        flush=True,
    )


def after_a_save(server: Kept):
    """The first visitor after an editor saved, as ratios to pages made anew once all has been renewed."""
    address = "/historier/nogen-at-foelges-med-til-laegen/"
    costs, waits = [], []
    for number in range(SAVES):
        server.fetch(address)
        python("-m", "bench.save", str(number))
        time.sleep(HEARD_WITHIN)
        first, waited = timed(server, [address])
        time.sleep(RENEWED_WITHIN)
        others = [f"/historier/proeve-{100 + 5 * number + n}/" for n in range(1, 5)]
        ordinary, ordinarily = timed(server, others)
        costs.append(first / (ordinary / len(others)))
        waits.append(waited / (ordinarily / len(others)))
    ratios = f"{statistics.median(costs):.1f}× the processor, {statistics.median(waits):.1f}× the time"
    print(f"\nFirst visitor after a save, to the next pages made anew: {ratios}")


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
    for stories in sorted(parser.parse_args(arguments).stories):
        python("-m", "bench.make_stories", str(stories))
        python("-m", "bench.twin.fill")
        compare(stories)
