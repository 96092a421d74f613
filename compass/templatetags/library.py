"""Formatting for the library's own pages; never a query."""

import json
import re
from functools import cache
from html import escape
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compass import rose, structured_data
from compass import social_picture as pictures
from compass.models import Path, Story
from publishing.fragments import piece
from publishing.portal import current_portal
from publishing.translated import label_of, marked

register = template.Library()

# «1:35 », «[1:02:03] » – at the beginning of a paragraph.
BEGINS_AT = re.compile(
    r"\[?(?P<time>(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,2}):(?P<seconds>[0-5]\d))\]?\s+"
)
# What could end the element, or be read as HTML inside it.
ESCAPES = {">": "\\u003E", "<": "\\u003C", "&": "\\u0026"}


@register.filter
def duration(seconds: int) -> str:
    """«1:05» – minutes and seconds, for eyes and for machines."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    shown = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return format_html('<time datetime="PT{}S">{}</time>', seconds, shown)


@register.simple_tag
def spoken(chapter) -> str:
    """The text of a chapter; a paragraph that begins with a time leads to that place in the sound."""
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", normalize_newlines(chapter.transcript)))
    return format_html_join("", "{}", ((_paragraph(part, chapter),) for part in paragraphs if part))


def _paragraph(text: str, chapter) -> str:
    begun = BEGINS_AT.match(text)
    if not begun or (second := _seconds(begun)) > chapter.seconds:
        return format_html("<p>{}</p>", linebreaksbr(text))
    return format_html(
        '<p data-second="{0}"><a class="kompas-spoken__time" href="{1}#t={0}">{2}</a> {3}</p>',
        second,
        chapter.audio.url,
        begun["time"],
        linebreaksbr(text[begun.end() :]),
    )


def _seconds(begun: re.Match) -> int:
    return int(begun["hours"] or 0) * 3600 + int(begun["minutes"]) * 60 + int(begun["seconds"])


@register.simple_tag
def mail_about(resource) -> str:
    """A letter to the portal's contact that asks for the document."""
    portal = current_portal()
    asked = _("%(portal)s: Jeg vil gerne have «%(title)s»")
    subject = asked % {"portal": portal.local.name, "title": resource.title}
    return f"mailto:{portal.contact_email}?subject={quote(subject)}"


register.filter("points_of", rose.points_of)
register.filter("star", rose.star)


@register.simple_tag
def compass_rose(path: Path | None = None) -> str:
    """The large drawing; its needle on the path's point, where there is one."""
    turn = rose.place_of(path).turn if path else ""
    return piece("components/compass.html", number=rose.number_of_points(), turn=turn)


@register.simple_tag
def path_point(path: Path, size: int) -> str:
    """A small rose with the path's point filled."""
    return point(rose.place_of(path), size)


@register.simple_tag
def point(place: rose.Place, size: int) -> str:
    return piece("components/point.html", size=size, number=place.points, turn=place.turn)


@register.filter
def colour(path: Path) -> int:
    """Which of the colours of tokens.css is the path's."""
    return rose.place_of(path).colour


@register.filter
def kind(item) -> str:
    return label_of(item.Kind, item.kind)


@register.filter
def outcome(story) -> str:
    return label_of(story.Outcome, story.outcome)


@register.filter
def reading_time(story) -> str:
    return minutes_shown(story.reading_minutes)


def minutes_shown(minutes: int) -> str:
    return ngettext("%(minutes)s minut", "%(minutes)s minutter", minutes) % {"minutes": minutes}


@register.inclusion_tag("components/story_cards.html")
def story_cards(stories) -> dict:
    """What a list shows of stories; their paths and pictures are fetched with them.

    What many cards have alike takes as long as the rest of them, and is made once.
    """
    address = reverse("compass:story", args=["-"])
    label, minutes, drawing = cache(label_of), cache(minutes_shown), cache(_drawing)
    paths = {path.pk: _of_path(path) for path in {story.path for story in stories}}
    cards = [
        {
            "address": address.replace("/-/", f"/{story.slug}/"),
            "kind": label(Story.Kind, story.kind),
            "title": marked(story.local.title),
            "standfirst": marked(story.local.standfirst),
            "foot": " · ".join(
                str(part)
                for part in [minutes(story.reading_minutes), story.year, label(Story.Outcome, story.outcome)]
                if part
            ),
            "picture": story.picture.card_address if story.picture_id else "",
            "drawing": drawing(story.face),
            **paths[story.path_id],
        }
        for story in stories
    ]
    return {"cards": cards}


def _of_path(path: Path) -> dict:
    place = rose.place_of(path)
    return {"colour": place.colour, "point": point(place, 22), "verb": marked(path.local.verb)}


def _drawing(name: str) -> str:
    return piece("components/drawing.html", drawing=name) if name else ""


@register.simple_tag
def filter_options(options) -> str:
    """The choices of a facet as links, each with the number of stories that it would leave."""
    number_of = _("antal historier:")
    links = [
        OPTION.format(
            place=escape(f"{option.facet.name}-{option.choice.value}"),
            address=escape(option.address),
            chosen=' aria-current="true"' if option.is_chosen else "",
            label=conditional_escape(marked(option.choice.label)),
            number_of=number_of,
            count=option.count,
        )
        for option in options
    ]
    return mark_safe("".join(links))  # noqa: S308 – each text is escaped


# Not a template: a page has fifty of them, and each node of a template costs as much as one of these.
OPTION = """<li>
  <a class="kompas-filter__link" id="{place}" href="{address}"
    hx-get="{address}" hx-target="#stories" hx-push-url="true"{chosen}>
    {label} <span class="kompas-filter__count"><span class="kompas-hidden">{number_of} </span>{count}</span>
  </a>
</li>
"""


@register.inclusion_tag("components/dilemma_card.html")
def dilemma_card(dilemma) -> dict:
    """What a list shows of a dilemma; its path is fetched with it."""
    return {"dilemma": dilemma}


@register.filter
def story_json_ld(story) -> str:
    return _block(structured_data.of_story(story))


@register.filter
def dilemma_json_ld(dilemma) -> str:
    return _block(structured_data.of_dilemma(dilemma))


@register.simple_tag
def open_data_json_ld() -> str:
    return _block(structured_data.of_open_data())


def _block(content: dict) -> str:
    """A block of data, which no browser runs; the content security policy says nothing about it."""
    text = json.dumps(content, ensure_ascii=False)
    for letter, escaped in ESCAPES.items():
        text = text.replace(letter, escaped)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.simple_tag
def social_picture() -> str:
    """The address of the picture that is shown where somebody shares a page."""
    address = reverse("compass:social_picture", args=[pictures.mark(current_portal())])
    return f"{settings.SITE_URL}{address}"


@register.simple_block_tag
def remember(content):
    """`{% remember as name %}…{% endremember %}`: render once, use twice (a block cannot be repeated)."""
    return mark_safe(content.strip())  # noqa: S308 – rendered
