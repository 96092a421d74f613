"""The thresholds stand once, as numbers; every sentence that names one gets its word from there."""

import re

import polib
import pytest
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import apnumber
from django.urls import reverse
from django.utils.translation import override

from collaboration.cases import CHECKS
from reflection import confidentiality
from reflection.confidentiality import MIN_OUTSIDE
from reflection.forms.rooms import RoomForm
from reflection.models import MIN_IN_ROOM, snapshots
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
