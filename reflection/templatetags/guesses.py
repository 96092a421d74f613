"""The picture of a guess. Never a query."""

from django import template

from reflection.blindspots import compared
from reflection.templatetags.spreads import marks_of

register = template.Library()


@register.simple_tag
def marks(spot) -> str:
    """One party's guess about another, on one scale."""
    return marks_of(compared(spot))
