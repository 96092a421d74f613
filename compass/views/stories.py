"""Stories: the list, filtered as the reader likes, and each of them."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override

from compass import library
from compass.filters import Filtered
from compass.library import Library, visible
from compass.models import Department, Story, Theme
from compass.redirects import new_slug
from compass.views.pages import visible_or_404
from publishing.public_pages import public
from publishing.shortcuts import render_page

RELATED = 3


@public
def stories(request):
    filtered = Filtered(request.GET, request.user)
    if filtered.unknown and (moved := _with_new_names(request)):
        return redirect(moved, permanent=True)
    context = {"filtered": filtered}
    if filtered.unknown:
        return render(request, "compass/stories.html", context, status=404)
    return render_page(request, "compass/stories.html", context, partial="stories")


def _with_new_names(request) -> str:
    """The same list where a path, a theme or a department has another name now; nothing where none has."""
    with override(settings.LANGUAGE_CODE):
        lists = reverse("compass:stories")
        old = {"vej": f"{reverse('compass:paths')}%s/"} | {
            term.facet: f"{lists}?{term.facet}=%s" for term in [Theme, Department]
        }
    query = request.GET.copy()
    for name, address in old.items():
        if now := name in query and new_slug(address % query[name].replace("\0", "")):
            query[name] = now
    return f"{request.path}?{query.urlencode()}" if query != request.GET else ""


@public
def story(request, slug):
    kept = library.current()
    story = visible_or_404(kept.story, slug, request.user)
    dilemmas = visible(story.dilemmas.all(), request.user)
    context = {
        "story": story,
        "themes": story.themes.all(),
        "dilemmas": dilemmas,
        "attachments": story.attachments.all(),
        "related": related(kept, story, dilemmas, request.user),
    }
    return render(request, "compass/story.html", context)


def related(kept: Library, story, dilemmas, user) -> list[Story]:
    """Stories about the same dilemma first, then about the same theme; the newest of each."""
    story_index = kept.story_index
    alike = [
        story_index.under_any("dilemma", [dilemma.pk for dilemma in dilemmas]),
        story_index.under_any("theme", [theme.pk for theme in story.themes.all()]),
    ]
    all_seen = story_index.visible_to(user)
    found = [pk for bits in alike for pk in story_index.newest(all_seen & bits, RELATED + 1)]
    others = [pk for pk in dict.fromkeys(found) if pk != story.pk]
    return kept.stories(others[:RELATED], user)
