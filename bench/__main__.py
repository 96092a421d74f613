"""How much of a processor a page costs, as a ratio to a bare Django response on the same server.

    make bench                       # pages, lists at 1,000 and 100,000 stories, rooms of 200 and 1,000
    make bench ARGS="--stories 0 --participants 0"    # pages only
    make bench ARGS=stranger         # what one stranger can do to the others

Both servers run one process under the same gunicorn; requests go to them turn by turn, so that a noisy
machine is noisy for both. The figure is the processor time of the process per request, the steadiest we
know; milliseconds differ from machine to machine, ratios hardly. Runs in a database of its own.
"""

import argparse
import statistics
import sys

import bench.pages
from bench.servers import PORTAL, Served, database_beside, prepared, python, ratio, served

PAGES = [
    "/", "/forstaaelsesrammen/", "/veje/lytte/", "/dilemmaer/", "/historier/",
    "/historier/nogen-at-foelges-med-til-laegen/", "/maalkompasset/", "/en/",
]  # fmt: skip
LISTS = {
    "list": "/historier/",
    "filter": "/historier/?vej=loese&slags=case",
    "detail": "/historier/nogen-at-foelges-med-til-laegen/",
    "search": "/soeg/?q=samarbejde",
}


def pages(floor: Served):
    print("\nPages: processor time as a ratio to a bare Django response\n")
    print(f"{'page':<48}{'made anew':>11}{'from copy':>11}{'304':>7}{'ms anew':>9}")
    with (
        served(PORTAL, PAGE_CACHE_MB="0") as fresh,
        served(PORTAL) as copies,
    ):
        for path in PAGES:
            etag = copies.get(path)[1]["etag"]
            fresh.get(path)
            anew, milliseconds = ratio(fresh, floor, path)
            copied, _ = ratio(copies, floor, path)
            known, _ = ratio(copies, floor, path, {"If-None-Match": etag})
            print(f"{path:<48}{anew:>10.1f}×{copied:>10.1f}×{known:>6.1f}×{milliseconds:>9.1f}", flush=True)


def lists(stories: int):
    """Two portals with a database each take turns, so that a noisy machine is noisy for both."""
    print(f"\nLists: at {stories:,} stories as a ratio to 1,000 (processor time; p95)\n")
    with database_beside("many") as url:
        python("-m", "bench.make_stories", "1000")
        python("-m", "bench.make_stories", str(stories), DATABASE_URL=url)
        with (
            served(PORTAL, PAGE_CACHE_MB="0") as few,
            served(PORTAL, PAGE_CACHE_MB="0", DATABASE_URL=url) as many,
        ):
            for name, path in LISTS.items():
                times, cost = ratio(many, few, path, floor_path=path)
                p95_few, p95 = p95_in_turns([few, many], path)
                took = f"{cost:.1f} ms, p95 {p95 * 1000:.0f} ms"
                print(f"{name:<10}{times:>6.2f}×{p95 / p95_few:>8.2f}×   {took}", flush=True)


def p95_in_turns(portals: list[Served], path: str, times: int = 200) -> list[float]:
    """For each the seconds from asking to the last byte, which 95 of 100 requests keep."""
    seconds = [[portal.seconds(path) for portal in portals] for _ in range(times)]
    return [statistics.quantiles(taken, n=20)[-1] for taken in zip(*seconds, strict=True)]


def main():
    if sys.argv[1:2] == ["pages"]:
        with prepared():
            bench.pages.main(sys.argv[2:])
        return
    if sys.argv[1:2] == ["stranger"]:
        with prepared():
            python("-m", "bench.stranger", *sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, default=100_000, help="0: pages only")
    parser.add_argument("--participants", type=int, default=1_000, help="of a large room; 0: no rooms")
    wanted = parser.parse_args()
    with prepared():
        with served("bench.baseline:application") as floor:
            pages(floor)
        if wanted.stories:
            lists(wanted.stories)
        if wanted.participants:
            python("-m", "bench.rooms", "--participants", "200", str(wanted.participants))


if __name__ == "__main__":
    main()
