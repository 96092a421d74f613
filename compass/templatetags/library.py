"""Formatting for the library's own pages; never a query."""

import json
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from compass import structured_data
from publishing.fragments import made_once, piece

register = template.Library()

# What could end the element, or be read as HTML inside it.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def duration(seconds: int) -> str:
    """«1:05» – minutes and seconds, for eyes and for machines."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    shown = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return format_html('<time datetime="PT{}S">{}</time>', seconds, shown)


@register.simple_tag
def mail_about(resource) -> str:
    """A letter to the portal's contact that asks for the document."""
    subject = _("Aarhuskompasset: Jeg vil gerne have «%(title)s»") % {"title": resource.title}
    return f"mailto:{settings.CONTACT_EMAIL}?subject={quote(subject)}"


@register.filter
def kind(item) -> str:
    """As `get_kind_display`, which translates every kind there is to find the one."""
    return str(item.Kind(item.kind).label)


@register.simple_tag
@made_once
def story_card(story):
    """What a list shows of a story; its path and picture are fetched with it."""
    return piece(
        "components/story_card.html",
        address=story.get_absolute_url(),
        position=story.path.position,
        verb=story.path.local.verb,
        kind=story.Kind(story.kind),
        title=story.local.title,
        standfirst=story.local.standfirst,
        minutes=story.reading_minutes,
        year=story.year,
        outcome=story.Outcome(story.outcome) if story.outcome else "",
        picture=story.picture.card_address if story.picture else "",
        drawing=story.face,
    )


@register.simple_tag
@made_once
def dilemma_card(dilemma):
    """What a list shows of a dilemma; its path is fetched with it."""
    return piece(
        "components/dilemma_card.html",
        address=dilemma.get_absolute_url(),
        position=dilemma.path.position,
        verb=dilemma.path.local.verb,
        title=dilemma.local.title,
        pole_a=dilemma.local.pole_a,
        pole_b=dilemma.local.pole_b,
    )


@register.simple_tag
@made_once
def source_link(source):
    return piece(
        "components/source.html",
        title=source.title,
        dated=source.dated,
        address=source.address,
        url=source.url,
    )


@register.simple_tag
@made_once
def filter_menu(filters):
    """The filters as links, each with the number of stories that it would leave."""
    return render_to_string("components/filter_menu.html", {"filters": filters})


@register.filter
@made_once
def story_json_ld(story) -> str:
    return _block(structured_data.of_story(story))


@register.filter
@made_once
def dilemma_json_ld(dilemma) -> str:
    return _block(structured_data.of_dilemma(dilemma))


@register.simple_tag
def open_data_json_ld() -> str:
    return _block(structured_data.of_open_data())


def _block(content: dict) -> str:
    """A block of data, which no browser runs; the content security policy says nothing about it."""
    text = json.dumps(content, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.simple_tag
def social_picture() -> str:
    """The address of the picture that is shown where somebody shares a page."""
    return f"{settings.SITE_URL}{static('img/social.png')}"


@register.tag
def remember(parser, token):
    """`{% remember as name %}…{% endremember %}`: render once, use twice (a block cannot be repeated)."""
    name = token.split_contents()[-1]
    nodes = parser.parse(["endremember"])
    parser.delete_first_token()
    return Remember(nodes, name)


class Remember(template.Node):
    def __init__(self, nodelist, name: str):
        self.nodelist = nodelist
        self.name = name

    def render(self, context):
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308 – rendered
        return ""
