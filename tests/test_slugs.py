"""Addresses and file names keep the Danish letters of what they are made of."""

import re
from pathlib import Path

import pytest

from compass.models.pictures import Attachment, attachment_path
from publishing.slugs import slug_of
from tests.factories import make_story


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Når børn går på Åbyhøj Skole", "naar-boern-gaar-paa-aabyhoej-skole"),
        ("ÆBLER, ØER OG ÅER", "aebler-oeer-og-aaer"),
        ("A\u030arhus", "aarhus"),
        ("Müller & Söhne på café", "mueller-soehne-paa-cafe"),
        ("Ærø-tæppe – «så»", "aeroe-taeppe-saa"),
        ("Straße, Łódź, œuvre", "strasse-lodz-oeuvre"),
        ("中文", ""),
        ("---", ""),
    ],
)
def test_every_letter_is_there(text, slug):
    assert slug_of(text) == slug


def test_a_long_one_ends_in_no_hyphen():
    assert slug_of("på en å i ådalen", 4) == "paa"


def test_a_file_keeps_its_letters():
    assert re.fullmatch(
        r"filer/aarsplan-for-boern-[0-9a-f]{8}\.pdf",
        attachment_path(Attachment(kind="pdf"), "Årsplan for børn.PDF"),
    )


def test_an_export_is_called_what_it_holds(editor_client):
    make_story("En historie")
    for name in ["story", "department", "milestone"]:
        header = editor_client.get(f"/admin/compass/{name}/eksport/csv/")["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.csv"', header)


def test_there_is_one_rule():
    """Nobody makes an address or a name past it, nor writes the header of a file by hand."""
    apps = [
        "aarhuskompas",
        "privacy",
        "publishing",
        "accounts",
        "compass",
        "reflection",
        "goals",
        "collaboration",
    ]
    files = [file for app in apps for file in Path(app).rglob("*.py") if file.name != "slugs.py"]
    sources = {str(file): file.read_text() for file in files}
    assert [name for name, source in sources.items() if re.search(r"\bslugify\b|filename=\"", source)] == []
