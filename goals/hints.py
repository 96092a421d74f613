"""Hints for the decision: something to talk about, never a verdict (product.md §4.9)."""

from django.utils.translation import gettext as _

LOW = 2  # of 1–5
HIGH = 4


def hints(values: dict[str, int | None]) -> list[str]:
    """Sentences that the answers give reason for; `values` by the topic of the step."""
    low = {topic for topic, value in values.items() if value is not None and value <= LOW}
    high = {topic for topic, value in values.items() if value is not None and value >= HIGH}
    found = []
    if low & {"aim", "beneficiaries"}:
        found.append(_("Målets retning står svagt. Tal om, hvad målet egentlig vil."))
    if "meaning" in low and {"aim", "beneficiaries"} <= high:
        found.append(_("Retningen er god, men målet giver ikke mening i arbejdet. Måske kan det justeres."))
    if low & {"follow-up", "benefit"}:
        found.append(_("Det er opfølgningen, der halter. Se på den, før du ændrer målet."))
    return found
