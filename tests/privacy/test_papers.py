"""docs/privacy/ says what the code does."""

import pytest
from django.conf import settings

from privacy.models import Kept
from tools.privacy_papers import FOLDER, PAPERS, RISKS, papers


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_what_the_marks_say(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == papers()[name]


def test_there_is_no_paper_that_nobody_makes():
    assert {path.name for path in FOLDER.iterdir()} == set(PAPERS)


def test_each_risk_is_met_by_tests_that_there_are():
    named = [test for _risk, _does, tests in RISKS for test in tests]
    assert [test for test in named if not (settings.BASE_DIR / test).is_file()] == []


def test_every_kind_that_is_kept_stands_in_the_paper_of_periods():
    text = papers()["frister.md"]
    assert [kind for kind in Kept if f"`{kind.value}`" not in text] == []
