"""Markdown as editors write it, and only the HTML that a page of ours may hold.

Beside CommonMark: tables, footnotes (`[^1]`), fact boxes (`::: faktaboks Titel` … `:::`) and pictures of the
portal's own, with what they show and a caption: `![det, billedet viser](/billeder/….webp "billedtekst")`.
"""

import zlib
from functools import lru_cache
from html import escape

import nh3
from django.utils.translation import get_language, gettext
from markdown_it import MarkdownIt
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

FACT_BOX = "faktaboks"
PICTURES = "/billeder/"

parser = MarkdownIt("commonmark", {"html": False}).enable("table")
footnote_plugin(parser, inline=False)


def _column_heading(renderer, tokens, index, options, env) -> str:
    """In Markdown only the first row has headings: each is of its column."""
    tokens[index].attrSet("scope", "col")
    return renderer.renderToken(tokens, index, options, env)


# --- Footnotes: the number leads down, and a word leads back -------------------------------------------


def _name(tokens, index, env) -> str:
    """Two texts of one page have each their own numbers."""
    return f"{env['page']}-{tokens[index].meta['id'] + 1}"


def _reference(renderer, tokens, index, options, env) -> str:
    name, number = _name(tokens, index, env), tokens[index].meta["id"] + 1
    times = tokens[index].meta.get("subId", 0)
    place = f"henvisning-{name}" + (f"-{times}" if times else "")
    label = escape(gettext("Note %s") % number)
    return (
        f'<sup><a href="#note-{name}" id="{place}" role="doc-noteref" aria-label="{label}">{number}</a></sup>'
    )


def _notes(renderer, tokens, index, options, env) -> str:
    return f'<section role="doc-endnotes" aria-label="{escape(gettext("Noter"))}"><ol>\n'


def _note(renderer, tokens, index, options, env) -> str:
    return f'<li id="note-{_name(tokens, index, env)}">'


def _back(renderer, tokens, index, options, env) -> str:
    if tokens[index].meta.get("subId", 0):
        return ""
    name = _name(tokens, index, env)
    return f' <a href="#henvisning-{name}" role="doc-backlink">{escape(gettext("Tilbage til teksten"))}</a>'


# --- Fact boxes and pictures -----------------------------------------------------------------------------


def _fact_box(renderer, tokens, index, options, env) -> str:
    if tokens[index].nesting < 0:
        return "</aside>\n"
    title = escape(tokens[index].info.strip().removeprefix(FACT_BOX).strip())
    named = f' aria-label="{title}"' if title else ""
    shown = f"<p><strong>{title}</strong></p>" if title else ""
    return f'<aside class="kompas-fact-box"{named}>{shown}\n'


def _figures(state):
    """A picture that stands alone is a figure; its caption is the title of the Markdown."""
    for opened, inline, closed in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if opened.type == "paragraph_open" and [child.type for child in inline.children or []] == ["image"]:
            opened.tag = closed.tag = "figure"
            inline.children[0].meta["is_figure"] = True


def _picture(renderer, tokens, index, options, env) -> str:
    """Only the portal's own."""
    token = tokens[index]
    address, caption = str(token.attrGet("src") or ""), str(token.attrGet("title") or "")
    if not address.startswith(PICTURES):
        return ""
    shown = f"<figcaption>{escape(caption)}</figcaption>" if caption and token.meta.get("is_figure") else ""
    return f'<img src="{escape(address)}" alt="{escape(token.content)}" loading="lazy">{shown}'


parser.core.ruler.push("figures", _figures)
container_plugin(parser, FACT_BOX, render=_fact_box)
for rule, render in {
    "th_open": _column_heading,
    "footnote_ref": _reference,
    "footnote_block_open": _notes,
    "footnote_block_close": lambda *_: "</ol></section>\n",
    "footnote_open": _note,
    "footnote_anchor": _back,
    "image": _picture,
}.items():
    parser.add_render_rule(rule, render)

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br", "hr", "code",
    "pre", "table", "thead", "tbody", "tr", "th", "td", "sup", "section", "aside", "img",
    "figure", "figcaption",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "id", "role", "aria-label"},
    "ol": {"start"},
    "th": {"scope"},
    "li": {"id"},
    "section": {"role", "aria-label"},
    "aside": {"class", "aria-label"},
    "img": {"src", "alt", "loading"},
}
# To make one takes longer than to use it.
cleaner = nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, link_rel=None)


def to_html(text: str) -> str:
    """Safe HTML. Links to other sites get no rel: the referrer policy covers them."""
    return _to_html(text, get_language())


@lru_cache(maxsize=2_000)
def _to_html(text: str, language: str | None) -> str:
    rendered = parser.render(text, {"page": f"{zlib.crc32(text.encode()):x}"})
    return cleaner.clean(rendered)
