"""Hints for the decision: something to talk about, never a verdict (product.md §4.9)."""

from django.utils.translation import gettext as _

LOW = 2  # of 1–5
HIGH = 4


def hints(values: dict[str, int | None], review=None) -> list[str]:
    """Sentences that the answers give reason for, `values` by the topic of the step – and past looks."""
    low = {topic for topic, value in values.items() if value is not None and value <= LOW}
    high = {topic for topic, value in values.items() if value is not None and value >= HIGH}
    found = []
    if low & {"aim", "beneficiaries"}:
        found.append(_("Målets retning står svagt. Hvad vil målet egentlig?"))
    if "meaning" in low and {"aim", "beneficiaries"} <= high:
        found.append(_("Retningen er god, men målet giver ikke mening i arbejdet. Måske kan det justeres."))
    if low & {"follow-up", "benefit"}:
        found.append(_("Det er opfølgningen, der halter. Se på den, før du ændrer målet."))
    if review and review.was_useless_twice:
        found.append(
            _("To gange i træk var opfølgningen ikke til nytte. Måske kan den stoppe eller gøres om.")
            if review.goal.is_law_bound
            else _("To gange i træk var opfølgningen ikke til nytte. Måske kan den eller målet få et farvel.")
        )
    return found
