"""Pictures of a room: its QR code, and a spread of answers. Formatting only, never a query."""

from html import escape

import segno
from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from privacy.models import Kept
from privacy.retention import period

register = template.Library()


@register.simple_tag
def invitation_address(room) -> str:
    return settings.SITE_URL + reverse("reflection:join", args=[room.invitation])


@register.simple_tag
def short_address() -> str:
    """Where one types a code, without https:// – to read and to copy by hand."""
    return (settings.SITE_URL + reverse("reflection:code")).partition("://")[2]


@register.simple_tag
def own_address(participant) -> str:
    return settings.SITE_URL + reverse("reflection:own_link", args=[participant.link])


@register.simple_tag
def qr(address: str):
    """The address as an inline SVG; it stands beside the address in words, so it is hidden from readers."""
    svg = segno.make(address, error="m").svg_inline(
        scale=4, border=2, omitsize=True, svgclass="kompas-qr", lineclass=None, unit=None
    )
    return mark_safe(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S308 – made by segno


@register.simple_tag
def deletion_of(room) -> str:
    """When its answers go, as it is decided now; the truth also where nothing is."""
    days = period(Kept.ROOMS).days
    if days is None:
        return gettext("Kommunen har ikke sat en frist for, hvornår svarene slettes.")
    if room.keep_until:
        return gettext("Svarene slettes %(day)s.") % {"day": date_format(room.keep_until)}
    sentence = ngettext(
        "Svarene slettes %(days)s dag efter, at rummet er afsluttet.",
        "Svarene slettes %(days)s dage efter, at rummet er afsluttet.",
        days,
    )
    return sentence % {"days": days}


@register.filter
def clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


@register.simple_tag
def dots(counts: list[int]):
    """One party's answers as dots above the numbers 1–5; the sentence and the table say the same."""
    columns = [
        {
            "x": 40 + 60 * index,
            "number": index + 1,
            "dots": _circles(40 + 60 * index, min(count, 8)),
            "more": count - 8 if count > 8 else 0,
        }
        for index, count in enumerate(counts)
    ]
    tallest = min(max(counts), 8)
    top = 14 if any(column["more"] for column in columns) else 150 - 16 * max(tallest, 2)
    context = {"columns": columns, "top": top, "height": 190 - top}
    return render_to_string("reflection/_dots.html", context)


def _circles(x: int, number: int) -> SafeString:
    """As in `comments`: a board has hundreds of them."""
    circles = (
        f'<circle class="kompas-dots__dot" cx="{x}" cy="{150 - 16 * level}" r="7"/>'
        for level in range(number)
    )
    return mark_safe("".join(circles))  # noqa: S308 – numbers


@register.simple_tag
def comments(shown, *, room, step: int, leads: bool) -> SafeString:
    """The items of a list. A thousand people write thousands, and all see them at once: no template, and
    the standard library's escape, which is Django's without the question whether the text is lazy.
    """
    return mark_safe("\n".join(f"<li>{_comment(one, room, step, leads)}</li>" for one in shown))  # noqa: S308


def _comment(comment, room, step: int, leads: bool) -> str:
    if comment.hidden_note:
        return f"<p><em>{escape(comment.hidden_note)}</em></p>"
    author = ", ".join(filter(None, [comment.name, comment.party.title if comment.party else ""]))
    by = f'<p class="kompas-comments__by">{escape(author)}</p>' if author else ""
    text = escape(comment.text).replace("\n", "<br>")
    return f"<blockquote>{text}</blockquote>{by}{_hide_link(comment, room, step) if leads else ''}"


def _hide_link(comment, room, step: int) -> str:
    context = {"comment": comment, "room": room, "step": step}
    return render_to_string("reflection/_hide_link.html", context)
