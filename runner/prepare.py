"""Bring database, content and static files up to date, in one process so that Django loads once.

python -m runner.prepare [--demo]
"""

import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError

from tools.catalogue import compile_catalogue

ROOT = Path(__file__).resolve().parent.parent
STAMP = ROOT / "var" / "static-files"


@contextmanager
def stage(title: str) -> Iterator[None]:
    """Say what is being done and how long it took."""
    print(f"{title} … ", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print("not done", flush=True)
        raise
    print(f"{time.monotonic() - start:.1f} s", flush=True)


def run(title: str, *command: str) -> None:
    """Run one of Django's commands as a stage; what it says is shown after the stage."""
    said = io.StringIO()
    with stage(title):
        call_command(*command, stdout=said)
    print(said.getvalue(), end="", flush=True)


def fingerprint_of_static_files() -> str:
    """Changes when `collectstatic` would have something to do."""
    folders = [ROOT / "static", *(app / "static" for app in ROOT.iterdir() if app.name != "var")]
    sources = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    sources += [ROOT / "requirements.lock", *ROOT.glob("aarhuskompas/*.py")]
    seen = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(sources)]
    return sha256(repr((seen, settings.STATIC_ROOT)).encode()).hexdigest()


def collect_static_files() -> None:
    fingerprint = fingerprint_of_static_files()
    is_collected = Path(settings.STATIC_ROOT, "staticfiles.json").exists()
    if is_collected and STAMP.exists() and STAMP.read_text() == fingerprint:
        return
    run("Style sheets, scripts and pictures", "collectstatic", "--no-input", "-v0")
    STAMP.write_text(fingerprint)


def prepare(*, demo: bool) -> None:
    compile_catalogue()
    run("Database tables and content", "prepare")
    if demo:
        run("Demo accounts", "demo_accounts")
    if not settings.DEBUG:
        collect_static_files()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    try:
        django.setup()
        prepare(demo="--demo" in sys.argv)
    except ImproperlyConfigured as error:
        raise SystemExit(f"A setting is wrong: {error}") from None
    except CommandError as error:
        raise SystemExit(str(error)) from None
    except OperationalError as error:
        raise SystemExit(f"The database at DATABASE_URL does not answer: {error}") from None


if __name__ == "__main__":
    main()
