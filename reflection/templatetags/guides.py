"""The compasses for the menu."""

from django import template

from reflection.published import menu

register = template.Library()


@register.simple_tag
def compasses() -> tuple[tuple[str, str], ...]:
    """Address and words of each."""
    return tuple(menu())
