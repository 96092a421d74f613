"""Python processes of their own, for what is decided when settings are read."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATABASE_URL = os.environ["DATABASE_URL"]
CLEAN = {"PATH", "HOME", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"}


def database_url(name: str) -> str:
    """The address of another database on the same server."""
    return f"{DATABASE_URL.rpartition('/')[0]}/{name}"


def environment(**changes: str | None) -> dict[str, str]:
    """What a production process needs, and `changes`; None takes a variable away."""
    given = {name: value for name, value in os.environ.items() if name in CLEAN}
    given |= {
        "SECRET_KEY": "for-tests-alone-and-long-enough-to-be-accepted",
        "DATABASE_URL": DATABASE_URL,
        "DJANGO_SETTINGS_MODULE": "aarhuskompas.settings",
        "PYTHONWARNINGS": "ignore",
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def run_python(code: str, **changes: str | None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment(**changes), cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def run_module(name: str, *arguments: str, **changes: str | None) -> str:
    """Run `python -m name` to its end; returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", name, *arguments],
        env=environment(**changes), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
