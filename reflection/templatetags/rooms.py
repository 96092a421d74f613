"""What pages of a room show of it: addresses, QR code, comments, votes. Formatting only, never a query."""

from html import escape
from typing import NamedTuple
from urllib.parse import quote, urlencode

import segno
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from privacy.models import Kept
from privacy.retention import period
from reflection.privacy.open_rooms import open_room_lifetime

register = template.Library()


@register.simple_tag
def invitation_address(room) -> str:
    return settings.SITE_URL + reverse("reflection:join", args=[room.invitation])


@register.simple_tag
def spoken_to(room, alone: str, together: str) -> str:
    return room.spoken_to(alone, together)


@register.simple_tag
def short_address() -> str:
    """Where one types a code, without https:// – to read and to copy by hand."""
    return (settings.SITE_URL + reverse("reflection:code")).partition("://")[2]


@register.simple_tag
def facilitator_address(room) -> str:
    return settings.SITE_URL + reverse("reflection:join", args=[room.facilitator_invitation])


@register.simple_tag
def wall_address() -> str:
    """Where one types the code that opens a wall."""
    return (settings.SITE_URL + reverse("reflection:wall_code")).partition("://")[2]


@register.simple_tag
def own_address(participant) -> str:
    return settings.SITE_URL + reverse("reflection:own_link", args=[participant.link])


@register.simple_tag
def share_by_mail(participant, address: str) -> str:
    """What a mail to oneself says; only the phone's own mail program sees it."""
    subject = gettext("Min plads i %(compass)s") % {
        "compass": participant.reflection.version.guide.local.title
    }
    body = gettext("Mit link: %(address)s\nMin kode: %(code)s")
    text = body % {"address": address, "code": participant.return_code}
    return urlencode({"subject": subject, "body": text}, quote_via=quote)


@register.simple_tag
def qr(address: str):
    """The address as an inline SVG; it stands beside the address in words, so it is hidden from readers."""
    svg = segno.make(address, error="m").svg_inline(
        scale=4, border=2, omitsize=True, svgclass="kompas-qr", lineclass=None, unit=None
    )
    return mark_safe(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S308 – made by segno


@register.simple_tag(name="open_room_lifetime")
def days_of_open_rooms() -> int:
    """How many days an open room is kept; 0 where nobody may begin one."""
    return open_room_lifetime().days


@register.simple_tag
def deletion_of(room) -> str:
    """When the answers of a room are deleted, as decided now; also says so where nothing is decided."""
    if room.has_no_owner:
        return gettext("Rummet slettes med det hele %(day)s.") % {"day": date_format(room.keep_until)}
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


@register.filter
def in_threes(code: str) -> str:
    """«7KP 4WD»: as one reads it aloud."""
    return f"{code[:3]} {code[3:]}"


class WallWords(NamedTuple):
    """The comments that there is room for, and how many there are beside."""

    shown: list
    more: int


BESIDE, SIGNS, HEADING = 3, 28, 60  # comments in a row, signs in a line of one, and in a line of a heading


@register.simple_tag
def wall_words(slide) -> WallWords:
    """As many as can be read at five metres without anybody scrolling.

    Nothing of what is hidden: that somebody hides something is no act for a whole room to watch.
    """
    comments = [comment for comment in slide.comments if comment.text]
    left = slide.wall_lines - len(slide.heading) // HEADING - 3 * bool(slide.lines)
    shown: list = []
    for start in range(0, len(comments), BESIDE):
        row = comments[start : start + BESIDE]
        tallest = max(
            1 + (len(comment.by) + min(len(comment.text), slide.most_signs)) // SIGNS for comment in row
        )
        left -= tallest + 1
        if shown and left < 0:
            break
        shown += row
    return WallWords(shown, len(comments) - len(shown))


@register.simple_tag
def votes(shown: dict, choices) -> list[dict]:
    """How many chose each, and a bar for it."""
    most = max(shown.values(), default=0) or 1
    return [
        {"choice": choice, "number": number, "width": 100 * number // most}
        for choice in choices
        for number in [shown.get(choice.value, 0)]
    ]


@register.simple_tag
def comments(shown, *, room, step: int, leads: bool) -> SafeString:
    """The items of a list. A thousand people write thousands, and all see them at once: no template, and
    the standard library's escape, which is Django's without the question whether the text is lazy.
    """
    hide = _hide_link(room, step) if leads else ""
    return mark_safe("\n".join(f"<li>{_comment(comment, hide)}</li>" for comment in shown))  # noqa: S308


def _comment(comment, hide: str) -> str:
    if comment.hidden_note:
        return f"<p><em>{escape(comment.hidden_note)}</em></p>"
    by = f'<p class="kompas-comments__by">{escape(comment.by)}</p>' if comment.by else ""
    text = escape(comment.text)
    lines = text.replace("\n", "<br>")
    link = hide.format(snapshot=comment.snapshot, position=comment.position, text=text)
    return f"<blockquote>{lines}</blockquote>{by}{link}"


def _hide_link(room, step: int) -> str:
    """The link that hides a comment, as a format string for snapshot, position and text."""
    address = reverse("reflection:hide", args=[room.key, 0, 0]).removesuffix("0/0/")
    which = gettext("kommentaren til trin %(number)s") % {"number": step}
    words = f'{gettext("Skjul")}<span class="kompas-hidden"> {which}: {{text}}</span>'
    return f'<p class="kompas-screen-only"><a href="{address}{{snapshot}}/{{position}}/">{words}</a></p>'
