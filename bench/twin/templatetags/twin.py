import nh3
from django import template
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

register = template.Library()
parser = MarkdownIt("commonmark", {"html": False}).enable("table")


@register.filter
def markdown(text: str) -> str:
    return mark_safe(nh3.clean(parser.render(text)))  # noqa: S308 – sanitised


@register.simple_tag(takes_context=True)
def with_choice(context, name: str, value: str) -> str:
    """The address of this list with one more choice, or with another one."""
    query = context["request"].GET.copy()
    query[name] = value
    query.pop("side", None)
    return f"?{query.urlencode()}"
