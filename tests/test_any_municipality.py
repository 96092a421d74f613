"""No municipality's name stands in the code: who we are is data (publishing/portal.py)."""

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
APPS = ["accounts", "collaboration", "compass", "goals", "privacy", "publishing", "reflection"]
SEARCHED = [*APPS, "aarhuskompas", "runner", "templates", "static", "locale", "content/common"]
ENDINGS = {".py", ".html", ".txt", ".typ", ".js", ".css", ".svg", ".po", ".sql", ".yaml"}
# The package, the database and the image keep the name of the project: nobody who uses a portal is shown it.
OURS = re.compile(r'aarhuskompas(?!set)|AarhuskompasConfig|default="aarhus"|\("aarhus", ""\)')
NAMED = re.compile(r"aarhus|århus|\broye\b", re.IGNORECASE)

FILES = [
    path
    for folder in SEARCHED
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in ENDINGS and "migrations" not in path.parts
]


def named(text: str) -> list[str]:
    return [
        f"line {number}: {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), start=1)
        if NAMED.search(OURS.sub("", line))
    ]


@pytest.mark.parametrize("text", ["Aarhus Kommune", "aarhusmål", "Aarhuskompasset", "ROYE", "navn@aarhus.dk"])
def test_a_name_is_found(text):
    assert named(text)


@pytest.mark.parametrize(
    "text", ["from aarhuskompas.settings import x", "postgres://aarhuskompas@db", "royal"]
)
def test_the_name_of_the_package_is_not_one(text):
    assert named(text) == []


def test_no_file_names_a_municipality():
    found = {str(path.relative_to(ROOT)): named(path.read_text(encoding="utf-8")) for path in FILES}
    assert {path: lines for path, lines in found.items() if lines} == {}, (
        "Another municipality reads this too. Write {{ portal.local.name }}, portal.local.municipality or"
        " portal.local.city_goal in a template (after {% portal as portal %} in a mail), current_portal() in"
        " Python, and {municipality} in content/common/."
    )


MAILS = [path for path in FILES if path.suffix in {".txt", ".html"} and path.parent.name in {"mail", "email"}]
FRAME = re.compile(r'{% extends "([^"]+)" %}')


def asks_who_we_are(path) -> bool:
    text = path.read_text(encoding="utf-8")
    frame = FRAME.search(text)
    return "{% portal as portal %}" in text or bool(frame and asks_who_we_are(ROOT / "templates" / frame[1]))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_mail_that_says_who_we_are_has_asked(path):
    """No request is there to know it by, and an empty name looks like a mistake."""
    assert "portal." not in path.read_text(encoding="utf-8") or asks_who_we_are(path)
