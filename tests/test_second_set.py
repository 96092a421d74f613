"""The proof: with the second set of content nothing that leaves the portal names the first municipality.

Every route in both languages, mails, PDF, Word, Excel, feeds, calendar, JSON-LD, open data, the picture for
whoever shares a page, and every page of the admin, in a database of its own.
"""

import json
import re
import zipfile
from io import BytesIO

import pytest
import yaml
from django.conf import settings

from tests import databases, routes
from tests.pdf_text import text_of_pdf
from tests.processes import database_url, run_module

pytestmark = pytest.mark.long
ROOT = settings.BASE_DIR
FIRST = ROOT / "content" / "aarhus"
PEOPLE = yaml.safe_load((FIRST / "contacts.yaml").read_text(encoding="utf-8"))
NAMES = [person[field] for person in PEOPLE for field in ("name", "email")]
NAMED = re.compile("|".join(["aarhus", "århus", r"\broye\b", *map(re.escape, NAMES)]), re.IGNORECASE)
SECOND = "fjordby"


def text_of(body: bytes) -> str:
    """All that a file says: also what is packed, and what a reader copies out of a PDF."""
    if body.startswith(b"%PDF") and b"%%EOF" in body:  # the file that examples attach is no whole one
        return text_of_pdf(body)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(body)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return body.decode("utf-8", "replace")


def hits(text: str) -> list[str]:
    return [text[max(0, found.start() - 60) : found.end() + 40] for found in NAMED.finditer(text)]


@pytest.fixture(scope="module")
def answers(once, migrated):
    """Everything that was answered, as {name: [file, …]}, by a process with the second set's settings."""

    def make(folder):
        name = f"{databases.NAME}_{SECOND}"
        databases.create(name, like=migrated)
        given = {"CONTENT_SET": SECOND, "DJANGO_SETTINGS_MODULE": "tests.settings", "OUT": str(folder)}
        try:
            run_module("tests.second_set", DATABASE_URL=database_url(name), **given)
        finally:
            databases.drop(name)

    folder = once("second-set", make)
    listed = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return {name: [(folder / file).read_bytes() for file in files] for name, files in listed.items()}


# --- The test sees ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Aarhus Kommune",
        "<b>Aarhuskompasset</b>",
        "et aarhusmål",
        "modellen ROYE",
        "Århus",
        NAMES[0],
        NAMES[1],
    ],
)
def test_a_hit_is_found(text):
    assert hits(text)


def test_nothing_else_is_one():
    assert hits("Fjordby Kommune, royalblue, kompasset") == []


def test_every_kind_of_output_is_among_the_answers_and_can_be_read(answers):
    kinds = {name.partition(" ")[0] for name in answers}
    assert kinds >= {"da", "en", "admin", "mail", "social"}
    for route, word in {
        "da reflection:minutes_pdf": "Fjordby Kommune",
        "da collaboration:poster_pdf": "Fjordby Kommune",
        "en collaboration:cards_pdf": "Start in the other",
        "da reflection:minutes_word": "Fjordby Kommune",
        "da reflection:minutes_excel": "Fjordby Kommune",
        "da reflection:room_in_calendar": "Fjordkompasset",
        "da compass:stories_feed": "Fjordkompasset",
        "da compass:opendata_json": "Mødet på molen",
        "da compass:story": "schema.org",
        "en compass:front": "The Fjord Compass",
        "social picture": "Færre omveje.",
        "mail account invitation_message": "Fjordkompasset",
        "mail reflection agreement": "Fjordkompasset",
        "da compass:colours": "#14532d",
    }.items():
        assert any(word in text_of(body) for body in answers[route]), f"{route} says nothing of {word}"


def test_every_route_was_asked(answers):
    asked = {name.partition(" ")[2] for name in answers if name.startswith("da ")}
    missing = {route.name for route in routes.EVERY if route.is_known and not route.is_post_only} - asked
    assert missing <= {"compass:sound", "compass:chapter"} | {
        name for name in missing if name.startswith(("account_", "mfa_"))
    }


def test_every_page_of_the_admin_was_asked(answers):
    admin = [name for name in answers if name.startswith("admin ")]
    assert len(admin) > 60, admin


# --- The proof -------------------------------------------------------------------------------------


def test_nothing_names_the_first_municipality(answers):
    found = {name: hits("\n".join(map(text_of, bodies)))[:3] for name, bodies in answers.items()}
    found = {name: texts for name, texts in found.items() if texts}
    assert found == {}, "Who we are is data: tests/test_any_municipality.py says how."


def test_as_many_paths_and_pivots_as_there_are(answers):
    front = answers["da compass:front"][0]
    text = front.decode()
    assert text.count("kompas-rose__point kompas-rose__point--") == 5
    assert "Det drejer sig om to ting" in " ".join(text.split())
    assert "Fem veje fra ord til hverdag" in " ".join(text.split())
