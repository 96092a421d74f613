"""How much of a processor the portal needs, beside plain Django on the same server and in the same run.

    make bench                       # pages at 1,000, 20,000 and 100,000 stories, rooms of 200 and 1,000
    make bench ARGS="pages --stories 1000"            # bench/pages.py
    make bench ARGS="rooms --participants 200"        # bench/rooms.py
    make bench ARGS=around           # the pages around the stories, to a bare response
    make bench ARGS=stranger         # what one stranger can do to the others

Each server runs one process under the same gunicorn; requests go to them turn by turn, so that a noisy
machine is noisy for all. The figure is the processor time of the process per request, the steadiest we
know; milliseconds differ from machine to machine, ratios hardly. Runs in a database of its own.
"""

import argparse

import bench.pages
from bench.servers import PORTAL, Served, prepared, python, ratio, served

PAGES = [
    "/", "/forstaaelsesrammen/", "/veje/lytte/", "/dilemmaer/", "/historier/",
    "/historier/nogen-at-foelges-med-til-laegen/", "/maalkompasset/", "/en/",
]  # fmt: skip


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", nargs="?", choices=["pages", "rooms", "around", "stranger"])
    wanted, more = parser.parse_known_args()
    with prepared():
        if wanted.what in {"pages", None}:
            bench.pages.main(more)
        if wanted.what in {"rooms", None}:
            python("-m", "bench.rooms", *more)
        if wanted.what == "stranger":
            python("-m", "bench.stranger", *more)
        if wanted.what == "around":
            with served("bench.baseline:application") as floor:
                pages(floor)


if __name__ == "__main__":
    main()
