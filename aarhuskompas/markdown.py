"""Markdown as editors write it, and only the HTML that a page of ours may hold."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

parser = MarkdownIt("commonmark", {"html": False}).enable("table")

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br", "hr", "code",
    "pre", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@lru_cache(maxsize=2_000)
def to_html(text: str) -> str:
    """Safe HTML. Links to other sites get no rel: the referrer policy covers them."""
    return nh3.clean(
        parser.render(text), tags=TAGS, attributes={"a": {"href"}, "ol": {"start"}}, link_rel=None
    )
