"""Stories: the list, filtered as the reader likes, and each of them."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override

from compass import story_index
from compass.filters import Filtered
from compass.models import Attachment, Department, Dilemma, Source, Story, Theme
from compass.redirects import new_slug
from compass.story_index import StoryIndex
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
    story, index = story_or_404(slug, request.user)
    themes = [theme for theme in index.themes if theme.pk in story.theme_ids]
    dilemmas = dilemmas_of(story, index, request.user)
    context = {
        "story": story,
        "themes": themes,
        "dilemmas": dilemmas,
        "sources": by_key(Source, story.source_ids),
        "attachments": story.attachment_ids and Attachment.objects.filter(pk__in=story.attachment_ids),
        "related": cards(index, related_ids(index, story, dilemmas, request.user), request.user),
    }
    return render(request, "compass/story.html", context)


def story_or_404(slug: str, user) -> tuple[Story, StoryIndex]:
    """The story and the index of the same moment, in one query."""
    try:
        story = Story.objects.with_ids(slug, mark=story_index.MARK)
    except Story.DoesNotExist as missing:
        raise Http404 from missing
    if not story.is_visible_to(user):
        raise Http404
    index = story_index.at(story.mark)
    index.placed([story])
    return story, index


def dilemmas_of(story: Story, index: StoryIndex, user) -> list[Dilemma]:
    """Those that the user may see, in the order of their paths."""
    seen = [dilemma for dilemma in by_key(Dilemma, story.dilemma_ids) if dilemma.is_visible_to(user)]
    return sorted(index.placed(seen), key=lambda dilemma: dilemma.path.position)


def by_key(model: type[Dilemma | Source], ids: list[int]) -> list:
    """In the order of their keys. Django takes longer to write this SQL than PostgreSQL to answer it."""
    asked = f"SELECT * FROM {model._meta.db_table} WHERE id = ANY (%s) ORDER BY key"  # noqa: S608
    return list(model.objects.raw(asked, [ids])) if ids else []


def cards(index: StoryIndex, ids: list[int], user) -> list[Story]:
    return index.placed(Story.objects.cards(ids, user)) if ids else []


def related_ids(index: StoryIndex, story: Story, dilemmas: list[Dilemma], user) -> list[int]:
    """Stories about the same dilemma first, then about the same theme; the newest of each."""
    alike = [
        index.under_any("dilemma", [dilemma.pk for dilemma in dilemmas]),
        index.under_any("theme", story.theme_ids),
    ]
    all_seen = index.visible_to(user)
    found = [pk for bits in alike for pk in index.newest(all_seen & bits, RELATED + 1)]
    return [pk for pk in dict.fromkeys(found) if pk != story.pk][:RELATED]
