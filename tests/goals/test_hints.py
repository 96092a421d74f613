"""Hints for the decision: the table of the brief, and no verdict on anything else."""

import pytest

from goals.hints import hints

WEAK = "Målets retning står svagt. Hvad vil målet egentlig?"
MEANINGLESS = "Retningen er god, men målet giver ikke mening i arbejdet. Måske kan det justeres."
FOLLOW_UP = "Det er opfølgningen, der halter. Se på den, før du ændrer målet."


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"aim": 3, "beneficiaries": 3, "meaning": 3, "follow-up": 3, "benefit": 3}, []),
        ({"aim": 5, "beneficiaries": 5, "meaning": 5, "follow-up": 5, "benefit": 5}, []),
        ({"aim": None, "follow-up": None}, []),
        ({"origin": 1, "setters": 1, "goodbye": 1, "": 1}, []),
        ({"aim": 2}, [WEAK]),
        ({"beneficiaries": 1}, [WEAK]),
        ({"aim": 4, "beneficiaries": 4, "meaning": 2}, [MEANINGLESS]),
        ({"aim": 4, "beneficiaries": 3, "meaning": 2}, []),
        ({"aim": 4, "beneficiaries": 4, "meaning": 3}, []),
        ({"aim": 4, "meaning": 1}, []),
        ({"follow-up": 2}, [FOLLOW_UP]),
        ({"benefit": 1}, [FOLLOW_UP]),
        ({"aim": 1, "beneficiaries": 5, "meaning": 1, "benefit": 2}, [WEAK, FOLLOW_UP]),
    ],
)
def test_a_hint_needs_its_reason(values, expected):
    assert hints(values) == expected
