"""Texts of a guide's own, on the pages of a collaboration. Never a query."""

from django import template

register = template.Library()


@register.filter
def own(version, key: str):
    """One of a guide version's own texts."""
    return version.text(key)


@register.filter
def own_like(version, start: str) -> list:
    return version.texts_like(start)
