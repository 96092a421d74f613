"""The thresholds stand once, as numbers; every sentence that names one gets its word from there."""

import re
from datetime import datetime, timedelta

import polib
import pytest
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import apnumber
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from accounts import rate_limits
from accounts.login_views import STATE_LASTS
from accounts.sessions import EMERGENCY_LASTS
from collaboration.cases import CHECKS
from compass.forms import MOST_LETTERS
from publishing.views import DAYS as LINK_DAYS
from reflection import confidentiality, tokens
from reflection.confidentiality import MIN_OUTSIDE
from reflection.forms import follow_up
from reflection.forms.rooms import RoomForm
from reflection.models import MIN_IN_ROOM, EmergencyAccess, snapshots
from reflection.models.walls import WALL_LASTS
from tests.factories import make_room
from tools.catalogue import CATALOGUE, messages

WORDS = {
    "da": r"\b(?:mindst|færre end|flere end|nærmeste|under) (to|tre|fire|fem|seks|syv|otte|ni|ti)\b",
    "en": r"\b(?:at least|fewer than|nearest|below) (two|three|four|five|six|seven|eight|nine|ten)\b",
}


def words_in(text: str, language: str) -> list[str]:
    return re.findall(WORDS[language], " ".join(text.split()), re.IGNORECASE)


def test_no_sentence_of_the_interface_writes_a_threshold_as_a_word():
    catalogue = polib.pofile(str(CATALOGUE))
    english = [text for entry in catalogue for text in [entry.msgstr, *entry.msgstr_plural.values()]]
    danish = [text for message in messages() for text in [message.text, message.plural]]
    pages = [path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    assert [text for text in [*danish, *pages] if words_in(text, "da")] == []
    assert [text for text in english if words_in(text, "en")] == []


@pytest.mark.parametrize(
    ("file", "language", "thresholds"),
    [
        ("content/common/pages.yaml", "da", [MIN_IN_ROOM, MIN_OUTSIDE]),
        ("content/common/pages.yaml", "en", [MIN_IN_ROOM, MIN_OUTSIDE]),
        ("content/common/guides/samarbejdskompasset.yaml", "da", [MIN_IN_ROOM]),
        ("content/common/guides/samarbejdskompasset.yaml", "en", [MIN_IN_ROOM]),
        ("docs/policy/rules.md", "da", [MIN_IN_ROOM, MIN_OUTSIDE]),
    ],
)
def test_what_editors_and_the_policy_write_is_the_threshold_that_holds(file, language, thresholds):
    """Their texts are words of their own, so they are compared and not filled in."""
    text = (settings.BASE_DIR / file).read_text(encoding="utf-8")
    with override(language):
        assert words_in(text, language) == [apnumber(number) for number in thresholds]


NUMBERS = {4: "fire", 5: "fem", 6: "seks", 10: "ti"}
[LEAST_LETTERS] = [
    validator["OPTIONS"]["min_length"]
    for validator in settings.AUTH_PASSWORD_VALIDATORS
    if "MinimumLength" in validator["NAME"]
]


def test_other_limits_are_written_as_they_hold():
    """These are written out; whoever changes one is led to the sentences."""
    own_code = f"på {NUMBERS[tokens.RETURN_CODE_LENGTH]} tegn"
    said = [
        f"Linkene virker i {follow_up.DAYS} dage",
        f"Et link til en kladde gælder i {LINK_DAYS} dage",
        f"Send linket. Det gælder i {LINK_DAYS} dage",
        f"adgangskode på mindst {LEAST_LETTERS} tegn",
        f"egen kode {own_code}",
        f"skærmkode {own_code}",
        f"plakaten har {NUMBERS[tokens.CODE_LENGTH]} tegn",
        f"Mærket på {NUMBERS[tokens.MARK_LENGTH]} tegn",
        f"virke efter {NUMBERS[WALL_LASTS // timedelta(hours=1)]} timer",
        f"Vent {NUMBERS[rate_limits.CODE_SOON.seconds // 60]} minutter",
        f"længere end {NUMBERS[STATE_LASTS // 60]} minutter om at logge ind",
        f"Skriv højst {MOST_LETTERS} tegn. Nogle få ord",
    ]
    admin = [path.read_text() for path in (settings.BASE_DIR / "templates" / "admin").rglob("*.html")]
    texts = " ".join(" ".join([*(message.text for message in messages()), *admin]).split())
    assert [sentence for sentence in said if sentence not in texts] == []


def test_what_lasts_an_hour_lasts_an_hour():
    assert EMERGENCY_LASTS == EmergencyAccess.LASTS.total_seconds() == 60 * 60


def test_days_and_times_are_written_as_the_language_of_the_page_does():
    """A format of its own in a template is Danish on English pages; the admin is Danish alone."""
    folder = settings.BASE_DIR / "templates"
    files = [file for kind in ["html", "txt"] for file in folder.rglob(f"*.{kind}")]
    public = [file.read_text() for file in files if "admin" not in file.relative_to(folder).parts]
    formats = {found for text in public for found in re.findall(r"\|(?:date|time):.(.*?)[\"']", text)}
    assert {one for one in formats if not one.endswith("_FORMAT")} <= {"c", "Y-m-d"}
    with override("en"):
        assert "14:05:09" in date_format(datetime(2026, 3, 1, 14, 5, 9), "CLOCK_FORMAT")
    with override("da"):
        assert "14.05.09" in date_format(datetime(2026, 3, 1, 14, 5, 9), "CLOCK_FORMAT")


@pytest.fixture
def other_thresholds(monkeypatch):
    monkeypatch.setattr(snapshots, "MIN_IN_ROOM", 7)
    monkeypatch.setattr(confidentiality, "MIN_OUTSIDE", 9)


@pytest.mark.usefixtures("other_thresholds")
@pytest.mark.parametrize(("prefix", "inside", "outside"), [("", "syv", "ni"), ("/en", "seven", "nine")])
def test_pages_say_the_threshold_that_holds(page, db, prefix, inside, outside):
    joining = page(prefix + reverse("reflection:join", args=[make_room().invitation])).text
    words = {"": ["kun når mindst {} har svaret", "kun tal fra mindst {}."]}
    in_room, out = words.get(
        prefix, ["only when at least {} have answered", "only figures from at least {} "]
    )
    assert in_room.format(inside) in joining
    assert out.format(outside) in joining


@pytest.mark.usefixtures("other_thresholds")
def test_forms_say_the_threshold_that_holds():
    assert "kun når mindst syv har svaret" in str(RoomForm()["mode"])
    assert "færre end ni personer" in str(CHECKS["no_small_numbers"])


@pytest.mark.usefixtures("other_thresholds")
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_threshold_above_nine_is_written_in_digits(monkeypatch, language):
    monkeypatch.setattr(confidentiality, "MIN_OUTSIDE", 12)
    with override(language):
        assert " 12 " in str(CHECKS["no_small_numbers"])
