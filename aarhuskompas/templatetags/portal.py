"""Formatting for every template; never a query."""

import re
from typing import NamedTuple

from django import template
from django.conf import settings
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.formats import date_format
from django.utils.html import format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language

from publishing.fragments import piece
from publishing.markdown import to_html
from publishing.portal import Portal, current_portal
from publishing.slugs import slug_of
from publishing.translated import Text, marked

register = template.Library()

H2 = re.compile(r"<h2(?P<attributes>[^>]*)>(?P<text>.*?)</h2>", re.DOTALL)
ID = re.compile(r'\bid="([^"]+)"')
SECTION = re.compile(r"(?:/en)?/[^/]*/?")
CONTENTS_FROM = 3


register.filter("marked", marked)
register.simple_tag(piece, name="piece")


@register.filter
def markdown(text: Text):
    """A Markdown text of `item.local` as HTML, with its language where that is not the page's."""
    html = mark_safe(to_html(str(text)))  # noqa: S308 – to_html sanitises
    if getattr(text, "lang", ""):
        return format_html('<div lang="{}">{}</div>', text.lang, html)
    return html


@register.filter
def day(date):
    """A date in the page's language with its machine-readable twin; a datetime by Danish clocks."""
    moment = localtime(date) if hasattr(date, "hour") else date
    return format_html(
        '<time datetime="{}">{}</time>',
        f"{moment:%Y-%m-%d}",
        date_format(moment, "DATE_FORMAT"),
    )


@register.filter
def newest(items):
    """When one of the items (already fetched) was last changed; None when there are none."""
    return max((item.updated_at for item in items), default=None)


@register.simple_tag(takes_context=True)
def in_language(context, language: str) -> str:
    """The address of this same page in the other language; the front page where it has none."""
    request = context["request"]
    path = _path_in(language, request)
    if path == escape_uri_path(request.path):
        return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
    query = iri_to_uri(request.META.get("QUERY_STRING", ""))
    return f"{path}?{query}" if query else path


class Addresses(NamedTuple):
    """Of one page, in full and without its query."""

    here: str
    danish: str
    english: str


@register.simple_tag(takes_context=True)
def public_addresses(context) -> Addresses | None:
    """Of this page, when readers may have it.

    None on pages that are not public, so that no address of a reflection ever stands in a head.
    """
    request = context["request"]
    match = request.resolver_match
    if match is None or not getattr(match.func, "is_public", False):
        return None
    danish, english = (f"{settings.SITE_URL}{_path_in(language, request)}" for language in ("da", "en"))
    return Addresses(english if get_language() == "en" else danish, danish, english)


def _path_in(language: str, request) -> str:
    """The path of this page in the language, or as it is where there is no page.

    As translate_url, which looks among all addresses for what the prefix says: see urls.py.
    """
    path = escape_uri_path(request.path)
    if language == get_language() or request.resolver_match is None:
        return path
    return path.removeprefix("/en") if language == settings.LANGUAGE_CODE else f"/{language}{path}"


@register.filter
def section(path: str) -> str:
    """All that a menu must know of a path: `/historier/` itself, or `/historier/…` for all below it."""
    found = SECTION.match(path)[0]
    return path if path == found else f"{found}…"


@register.simple_tag
def menu_link(address: str, label: str, here: str):
    """One line of a menu; says whether the reader, who is `here`, is on that page or below it."""
    current = ""
    if here == address:
        current = mark_safe(' aria-current="page"')
    elif here.startswith(address):
        current = mark_safe(' aria-current="true"')
    return format_html('<li><a class="kompas-nav__link" href="{}"{}>{}</a></li>', address, current, label)


@register.simple_tag
def source_code_url() -> str:
    return settings.SOURCE_CODE_URL


@register.simple_tag
def has_single_sign_on() -> bool:
    return settings.HAS_SINGLE_SIGN_ON


@register.simple_tag
def local_login() -> str:
    """Who may log in with a password: «on» for everybody, «break-glass» or «off»."""
    return settings.LOCAL_LOGIN


@register.simple_tag
def portal() -> Portal:
    """`{% portal as portal %}` where the context processor does not reach: mails and parts of tags."""
    return current_portal()


@register.simple_block_tag(takes_context=True)
def contents(context, content):
    """`{% contents %}…{% endcontents %}`: give each h2 inside an id, and list them from three."""
    headings = []

    def with_id(match):
        attributes, text = match["attributes"], match["text"]
        found = ID.search(attributes)
        anchor = found[1] if found else _anchor(text, taken=[a for a, _ in headings])
        if not found:
            attributes += f' id="{anchor}"'
        headings.append((anchor, mark_safe(text.strip())))  # noqa: S308 – already rendered
        return f"<h2{attributes}>{text}</h2>"

    body = mark_safe(H2.sub(with_id, content))  # noqa: S308
    if len(headings) < CONTENTS_FROM:
        return body
    frame = context.template.engine.get_template("components/contents.html")
    return frame.render(context.new({"headings": headings, "body": body}))


def _anchor(text: str, taken: list[str]) -> str:
    """An id from the heading's words; a number is added where two headings are alike."""
    words = slug_of(strip_tags(text)) or "afsnit"
    anchor, number = words, 2
    while anchor in taken:
        anchor, number = f"{words}-{number}", number + 1
    return anchor
