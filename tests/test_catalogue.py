"""The English interface is complete: every Danish text that is read has its English."""

import re

import polib
import pytest

from tools.catalogue import CATALOGUE, Message, message_of, messages

PLACEHOLDER = re.compile(r"%\(\w+\)\w|\{\w+\}|</?\w+")


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(CATALOGUE))


def test_the_catalogue_holds_just_what_is_in_use(catalogue):
    assert {message_of(entry) for entry in catalogue} == messages().keys()


def test_every_text_has_its_english(catalogue):
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []
    assert catalogue.fuzzy_entries() == []


def test_english_has_the_same_placeholders_and_tags(catalogue):
    for entry in catalogue:
        for english in [entry.msgstr, *entry.msgstr_plural.values()]:
            if english:
                assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(entry.msgid))


def test_no_english_says_the_same_twice(catalogue):
    """Where two branches added the same entry, a merge can join their lines."""
    texts = [english for entry in catalogue for english in [entry.msgstr, *entry.msgstr_plural.values()]]
    assert [one for one in texts if len(one) > 6 and one == 2 * one[: len(one) // 2]] == []


def test_a_new_text_in_a_template_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.catalogue.ROOT", tmp_path)
    (tmp_path / "templates").mkdir()
    page = (
        '{% translate "Et ord" %}{{ x|default:_("intet") }}'
        "{% blocktranslate count n=x %}{{ n }} ting{% plural %}{{ n }} sager{% endblocktranslate %}"
    )
    (tmp_path / "templates" / "ny.html").write_text(page)
    assert messages() == {
        Message("Et ord"): ["templates/ny.html"],
        Message("intet"): ["templates/ny.html"],
        Message("%(n)s ting", "%(n)s sager"): ["templates/ny.html"],
    }
