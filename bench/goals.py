"""What «Mine mål» and the overview cost at 50,000 goals and 200,000 looks, as a ratio to 1,000:

    python runner/postgres.py run --temporary -- python -m bench.goals

Processor time of the portal per request, measured as bench/servers.py does: the portal and a bare Django
response turn by turn. The count that the overview is made of is kept for ten minutes (goals/models/years.py);
what one count costs stands apart. Fills the database that DATABASE_URL names: never a portal's in use.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

from bench.servers import ROOT, Served, manage, ratio, served

FEW = 1_000
PAGES = {
    "Mine mål": "/maalkompasset/mine/",
    "search": "/maalkompasset/mine/?q=inden+7+dage",
    "overview": "/maalkompasset/overblik/",
}


def filled(goals: int) -> dict[str, str]:
    """Make the goals; the headers of a reader who owns some of them."""
    command = [sys.executable, "-m", "bench.make_goals", str(goals)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return {"Cookie": done.stdout}


def costs(portal: Served, floor: Served, goals: int) -> dict[str, tuple[float, float]]:
    """Of each page the ratio to the floor and the milliseconds; and seconds of the first overview."""
    headers = filled(goals)
    manage("shell", "-v0", "-c", "from goals.models import YearCount; YearCount.objects.all().delete()")
    start = time.perf_counter()
    status, _headers, _body = portal.get(PAGES["overview"], headers)
    if status != 200:
        raise SystemExit(f"The overview answers {status}.")
    print(f"{goals:,} goals: counted all years in {time.perf_counter() - start:.2f} s", flush=True)
    for path in PAGES.values():
        portal.cost(path, 5, headers)
    return {name: ratio(portal, floor, path, headers) for name, path in PAGES.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--goals", type=int, default=50_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"STATIC_ROOT": f"{folder}/static", "LOG_LEVEL": "WARNING", "DEBUG": "false"}
        manage("migrate", "--no-input", "-v0")
        manage("load_content")
        manage("collectstatic", "--no-input", "-v0")
        with served("bench.baseline:application") as floor, served("aarhuskompas.asgi:application") as portal:
            few = costs(portal, floor, FEW)
            many = costs(portal, floor, wanted.goals)
    for name, (times, milliseconds) in many.items():
        print(f"{name:<12}{times / few[name][0]:>6.2f}×   {few[name][1]:.1f} → {milliseconds:.1f} ms")


if __name__ == "__main__":
    main()
