"""Pictures of a room: its QR code, and a spread of answers. Formatting only, never a query."""

from html import escape
from typing import NamedTuple
from urllib.parse import quote, urlencode

import segno
from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
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


class Paper(NamedTuple):
    """What dots are drawn on: how wide it is, how large a dot, and how many stand on each other."""

    width: int
    radius: int
    level: int
    most: int
    name: str


PAGE = Paper(320, 7, 16, 8, "page")
WALL = Paper(1_000, 13, 29, 6, "wall")
SMALL = Paper(1_000, 12, 27, 5, "small")


@register.simple_tag
def dots(counts: list[int]):
    """One party's answers as dots above the numbers 1–5; the sentence and the table say the same."""
    return _dots(counts, PAGE)


@register.simple_tag
def wide_dots(counts: list[int], beside: int = 1):
    """The same, across a wall that `beside` parties share."""
    return _dots(counts, WALL._replace(width=WALL.width // beside))


@register.simple_tag
def small_dots(counts: list[int]):
    """The same side by side and in one line, for many pictures under each other."""
    columns = [
        {
            "x": SMALL.width * (2 * index + 1) // 10,
            "number": index + 1,
            "dots": _circles(
                [
                    (SMALL.width * (2 * index + 1) // 10 + SMALL.level * (2 * dot + 1 - shown) // 2, 16)
                    for dot in range(shown)
                ],
                SMALL,
            ),
            "more": max(0, count - SMALL.most),
        }
        for index, count in enumerate(counts)
        for shown in [min(count, SMALL.most)]
    ]
    context = {"columns": columns, "paper": SMALL, "axis": 34, "end": SMALL.width - 10}
    context |= {"more": 24, "numbers": 60, "top": 0, "height": 66}
    return render_to_string("reflection/_dots.html", context)


def _dots(counts: list[int], paper: Paper) -> str:
    floor = 150
    columns = [
        {
            "x": paper.width * (2 * index + 1) // 10,
            "number": index + 1,
            "dots": _circles(
                [
                    (paper.width * (2 * index + 1) // 10, floor - paper.level * level)
                    for level in range(min(count, paper.most))
                ],
                paper,
            ),
            "more": max(0, count - paper.most),
        }
        for index, count in enumerate(counts)
    ]
    tallest = max(min(count, paper.most) + (count > paper.most) for count in counts)
    levels = max(2, tallest)
    top = floor - paper.level * levels
    beneath = floor + paper.radius + 5
    context = {
        "columns": columns,
        "paper": paper,
        "axis": beneath,
        "end": paper.width - 10,
        "more": top + 2 * paper.level - paper.radius - 5,  # just above the topmost dot
        "numbers": beneath + 3 * paper.radius,
        "top": top,
        "height": beneath + 4 * paper.radius - top,
    }
    return render_to_string("reflection/_dots.html", context)


def _circles(centres: list[tuple[int, int]], paper: Paper) -> SafeString:
    """As in `comments`: a board has hundreds of them."""
    circles = (f'<circle class="kompas-dots__dot" cx="{x}" cy="{y}" r="{paper.radius}"/>' for x, y in centres)
    return mark_safe("".join(circles))  # noqa: S308 – numbers


@register.simple_tag
def dot_line(counts: list[int]) -> SafeString:
    """Five places in a row, those that were chosen filled: larger where more did. Words stand beside it."""
    most = max([*counts, 1])
    marks = [
        f'<circle class="{"kompas-profile__chosen" if count else "kompas-profile__place"}"'
        f' cx="{14 + 26 * index}" cy="12"'
        f' r="{3 + round(7 * count / most) if count else 3}"/>'
        for index, count in enumerate(counts)
    ]
    svg = f'<svg class="kompas-profile__dots" viewBox="0 0 132 24" aria-hidden="true">{"".join(marks)}</svg>'
    return mark_safe(svg)  # noqa: S308 – numbers


LEFT, STEP = 16, 70  # where the scale of what is compared begins, and how far 2 is from 1
RIGHT = 270  # from here on there is no room for a number beside a mark
LONGEST_NAME = 36  # signs of a lane's name that there is room for
TOP, LANE = 36, 54  # where the first lane lies, and how far the next is from it


@register.simple_tag
def marks_of(compared: dict) -> str:
    """What one party says of itself and guesses of another, and what that one says: a lane for each.

    Each lane says whose it is: «Eget» and «Gæt» are understood by whoever has read how it is made.
    """
    lanes = [_lane(index, mark, compared) for index, mark in enumerate(compared["marks"])]
    ends = [lane["x"] for lane in lanes[1:]]
    context = {
        "compared": compared,
        "lanes": lanes,
        "ticks": [(_x(number), number) for number in range(1, 6)],
        "gap": None if None in ends else {"x": min(ends), "width": round(abs(ends[0] - ends[1]), 1)},
    }
    return render_to_string("reflection/_marks.html", context)


def _x(number) -> float:
    return round(LEFT + STEP * float(number - 1), 1)


def _lane(index: int, mark: dict, compared: dict) -> dict:
    """`low` and `high` are the ends of the spread; nothing but the name where nothing may be shown."""
    party = compared["about" if mark["kind"] == "answer" else "guesser"]
    lane = {"name": mark["kind"], "label": _name(mark["label"], party), "y": TOP + LANE * index, "x": None}
    if mark["mean"] is not None:
        ends = {"low": _x(mark["low"]), "high": _x(mark["high"])}
        beside = ends["high"] + 16 if ends["high"] < RIGHT else ends["low"] - 16
        lane |= {"x": _x(mark["mean"]), "mean": mark["shown"], "mean_at": round(beside, 1), **ends}
    return lane


def _name(label: str, party: str) -> str:
    """The label, with the party's name cut where it is too long; the verb («svarede», «gættede») stays."""
    room = LONGEST_NAME - len(label) + len(party)
    return label.replace(party, Truncator(party).chars(room))


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
