"""Make what the commands need: the locked packages in .venv, and Chromium for the browser tests.

    python3 runner/environment.py packages requirements.lock
    python3 runner/environment.py browser
    python3 runner/environment.py cluster

The last one is for `make cluster`: what Debian has of it, and Patroni in an environment of its own.

Runs on the system's Python before anything is installed, so it uses the standard library alone.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
# What a cluster consists of: a program of each, and the Debian package that has it.
CLUSTER = {
    "etcd": "etcd-server",
    "haproxy": "haproxy",
    "pgbouncer": "pgbouncer",
    "pgbackrest": "pgbackrest",
    "/usr/lib/postgresql/15/bin/postgres": "postgresql-15",
}
PATRONI = ROOT / "var" / "cluster" / "patroni"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def run(*command):
    """Run quietly; what was said is shown only when it went wrong."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stdout.decode(errors="replace")
        raise SystemExit(f"not done\n{said}\n`{' '.join(map(str, command))}` failed.")


def works(*command):
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install_from_debian(packages, otherwise):
    """Install with apt-get where we may; else say what a person with the rights must do."""
    may = os.geteuid() == 0 or works("sudo", "-n", "true")
    if not may or not shutil.which("apt-get"):
        raise SystemExit(
            f"not done\nFrom Debian is missing: {packages}. Ask somebody who may install:\n"
            "    sudo apt-get update\n"
            f"    sudo apt-get install --no-install-recommends {packages}\n{otherwise}"
        )
    administrator = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt_get = [*administrator, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    patient = "-oDPkg::Lock::Timeout=300"  # another installation may be under way
    run(*apt_get, patient, "update")
    run(*apt_get, patient, "install", "--yes", "--no-install-recommends", *packages.split())


def make_environment(folder):
    if importlib.util.find_spec("ensurepip") is None:
        install_from_debian("python3-venv", "or use a Python that has ensurepip: make PYTHON=…")
    run(sys.executable, "-m", "venv", "--clear", str(folder))


def install_packages(lock, folder=VENV):
    """Install exactly what the lock file names, each file checked against its hash."""
    wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    python, stamp = folder / "bin" / "python", folder / f"installed-{Path(lock).name}"
    if works(str(python), "-c", "") and stamp.is_file() and stamp.read_text() == wanted:
        print("nothing to do", end=", ")
        return
    if not works(str(python), "-m", "pip", "--version"):
        make_environment(folder)
    pip = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    run(*pip, "--require-hashes", "--requirement", str(ROOT / lock))
    stamp.write_text(wanted)


def install_browser():
    if any(map(shutil.which, BROWSERS)):
        print("nothing to do", end=", ")
        return
    install_from_debian(
        "chromium-headless-shell", "or leave the browser tests out:\n    make test BROWSER=no"
    )


def install_cluster():
    os.environ["PATH"] += ":/usr/sbin"  # where Debian puts servers, and not every user looks
    if missing := [package for program, package in CLUSTER.items() if not shutil.which(program)]:
        otherwise = "and, as Debian starts servers: systemctl disable --now etcd haproxy pgbouncer postgresql"
        install_from_debian(" ".join(missing), otherwise)
    install_packages("deploy/machines/patroni.lock", PATRONI)


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 - this file meets whatever Python there is
        raise SystemExit("Python 3.11 or newer is needed: make PYTHON=python3.11")
    start = time.monotonic()
    if sys.argv[1] == "packages":
        print("Python packages …", end=" ", flush=True)
        install_packages(sys.argv[2])
    elif sys.argv[1] == "cluster":
        print("Programs of the cluster …", end=" ", flush=True)
        install_cluster()
    else:
        print("Browser for the tests …", end=" ", flush=True)
        install_browser()
    print(f"{time.monotonic() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
