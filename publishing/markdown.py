"""Markdown as editors write it, and only the HTML that a page of ours may hold."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

parser = MarkdownIt("commonmark", {"html": False}).enable("table")


def _column_heading(renderer, tokens, index, options, env) -> str:
    """In Markdown only the first row has headings: each is of its column."""
    tokens[index].attrSet("scope", "col")
    return renderer.renderToken(tokens, index, options, env)


parser.add_render_rule("th_open", _column_heading)

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br", "hr", "code",
    "pre", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}


@lru_cache(maxsize=2_000)
def to_html(text: str) -> str:
    """Safe HTML. Links to other sites get no rel: the referrer policy covers them."""
    return nh3.clean(
        parser.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        link_rel=None,
    )
