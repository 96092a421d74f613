"""Atom feeds of stories: all of them, and one for each path."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from compass import story_index
from compass.models import Path, Story
from publishing.portal import current_portal
from publishing.public_pages import public
from publishing.tidy_text import tidy

STORIES_IN_A_FEED = 30
# An entry's id must never change, so it is made of what no editor can change (RFC 4151).
ID_YEAR = 2026
EMPTY_SINCE = datetime(ID_YEAR, 1, 1, tzinfo=UTC)


@public
def stories_feed(request):
    kept = story_index.current()
    title = _("Historier fra %(name)s") % {"name": current_portal().local.name}
    ids = kept.newest(kept.published(), STORIES_IN_A_FEED)
    return _answer(request, title, reverse("compass:stories"), "historier", ids)


@public
def path_feed(request, slug):
    path = get_object_or_404(Path.objects.published(), slug=slug)
    kept = story_index.current()
    ids = kept.newest(kept.published() & kept.under("path", path.pk), STORIES_IN_A_FEED)
    title = _("Historier fra %(name)s: %(path)s") % {
        "name": current_portal().local.name,
        "path": path.local.title,
    }
    return _answer(request, title, path.get_absolute_url(), f"vej-{path.pk}", ids)


def _answer(request, title: str, address: str, name: str, ids: list[int]) -> HttpResponse:
    feed = Feed(
        title=tidy(title, lines=False),
        link=_full(address),
        description="",  # asked for, but Atom has only the next one
        subtitle=_("Det her har nogen prøvet. Noget gik godt, noget gik ikke. Begge dele er værd at læse."),
        language=request.LANGUAGE_CODE,
        author_name=current_portal().name,
        feed_url=_full(request.path),
        feed_guid=_id(name, request.LANGUAGE_CODE),
    )
    for story in Story.objects.published().select_related("path").in_order(ids):
        _add(feed, story, request.LANGUAGE_CODE)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


class Feed(Atom1Feed):
    def latest_post_date(self):
        """An empty feed has always been so; Django would say that it changed just now."""
        return super().latest_post_date() if self.items else EMPTY_SINCE


def _add(feed: Feed, story: Story, language: str):
    feed.add_item(
        title=tidy(story.local.title, lines=False),  # XML has no place for what a row may still hold
        link=_full(story.get_absolute_url()),
        description=escape(tidy(story.local.standfirst)),  # the one text that Atom1Feed marks as HTML
        unique_id=_id(f"historie-{story.pk}", language),
        pubdate=story.published_at,
        updateddate=max(story.published_at, story.updated_at),
        categories=[tidy(story.path.local.title), story.get_kind_display()],
    )


def _id(name: str, language: str) -> str:
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{ID_YEAR}:{name}/{language}"


def _full(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
