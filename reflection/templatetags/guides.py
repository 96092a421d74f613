"""The compasses for the menu and the front page."""

from django import template

from reflection.models import Guide
from reflection.published_guides import further_compasses, menu

register = template.Library()


register.simple_tag(menu, name="compasses")


@register.simple_tag
def unregistered_compasses() -> list[Guide]:
    """Those that no app has registered."""
    return further_compasses()
