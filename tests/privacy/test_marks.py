"""Every field that could hold something about a person says whose it is, what for, and what it is."""

import pytest
from django.db import models

from privacy.marks import KINDS, PersonalData, Purpose, Whose, could_be_personal, marked_models, unmarked


def test_no_field_is_unmarked():
    assert unmarked() == []


def test_every_mark_names_fields_and_ways_that_there_are():
    for model, mark in marked_models().items():
        names = {field.name for field in model._meta.get_fields()}
        assert mark.named <= names, (model, mark.named - names)
        for way in filter(None, [mark.person, mark.participant]):
            assert model._base_manager.filter(**{f"{way}__isnull": True}) is not None


def test_a_field_stands_in_one_place_of_a_mark():
    for model, mark in marked_models().items():
        named = [name for names in [*mark.by_kind().values(), mark.nothing] for name in names]
        assert len(named) == len(set(named)), model


@pytest.mark.parametrize(
    ("field", "could"),
    [
        (models.CharField(max_length=9), True),
        (models.EmailField(), True),
        (models.JSONField(), True),
        (models.CharField(max_length=9, choices=[("a", "A")]), False),
        (models.IntegerField(), False),
        (models.BooleanField(), False),
    ],
)
def test_which_fields_could_hold_something(field, could):
    assert could_be_personal(field) == could


def test_a_field_that_is_not_named_is_found(monkeypatch):
    from goals.models import Goal

    monkeypatch.setattr(
        Goal, "personal_data", PersonalData(Whose.STAFF, Purpose.REFLECTION, words=("wording",))
    )
    assert "goals.Goal.serves" in unmarked()
    assert "goals.Goal.owner" in unmarked()
    assert "goals.Goal.wording" not in unmarked()
    assert "words" in KINDS
