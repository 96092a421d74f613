import json

import nh3
from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

register = template.Library()
SITE = "http://127.0.0.1:8000"
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
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


@register.simple_tag
def json_ld(story) -> str:
    """What search engines read of a story, as the portal's page has it."""
    steps = [
        ("Forside", reverse("front")),
        ("Historier", reverse("stories")),
        (story.title, story.get_absolute_url()),
    ]
    crumbs = [
        {"@type": "ListItem", "position": number, "name": name, "item": f"{SITE}{address}"}
        for number, (name, address) in enumerate(steps, start=1)
    ]
    article = {
        "@type": "Article",
        "headline": story.title,
        "description": story.standfirst,
        "url": f"{SITE}{story.get_absolute_url()}",
        "inLanguage": "da",
        "articleSection": story.path_title,
        "publisher": {"@type": "GovernmentOrganization", "name": "Aarhus Kommune"},
        "dateModified": story.updated_at.isoformat(),
        "datePublished": story.published_at.isoformat(),
    }
    graph = [article, {"@type": "BreadcrumbList", "itemListElement": crumbs}]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return mark_safe(f'<script type="application/ld+json">{text.translate(ESCAPES)}</script>')  # noqa: S308
