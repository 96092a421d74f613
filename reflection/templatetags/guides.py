"""The compasses for the menu."""

from django import template

from reflection.published import menu

register = template.Library()


@register.simple_tag(takes_context=True)
def compasses(context) -> tuple[tuple[str, str], ...]:
    """Address and words of each; only a public page asks the database."""
    match = getattr(context.get("request"), "resolver_match", None)
    return tuple(menu(is_fresh=bool(match and getattr(match.func, "is_public", False))))
