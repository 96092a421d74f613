"""Dilemmas and stories."""

from django.db.models import F, Max, Q
from django.shortcuts import render

from compass import library
from compass.library import Library, visible
from compass.models import Story
from compass.views.framework import one_of
from compass.views.pages import visible_or_404
from publishing.danish_order import danish_order
from publishing.public_pages import public

RELATED = 3
STORIES_SHOWN = 9


@public
def dilemmas(request):
    context = {"dilemmas": visible(library.current().dilemmas, request.user)}
    return render(request, "compass/dilemmas.html", context)


@public
def dilemma(request, slug):
    kept = library.current()
    dilemma, *_ = one_of(visible(kept.dilemmas, request.user), slug)
    _, before, after = one_of(visible(kept.dilemmas_on(dilemma.path), request.user), slug)
    stories = kept.story_index.visible_to(request.user) & kept.story_index.under("dilemma", dilemma.pk)
    context = {
        "dilemma": dilemma,
        "before": before,
        "after": after,
        "stories": kept.stories(kept.story_index.newest(stories, STORIES_SHOWN), request.user),
        "steps": current_steps(dilemma),
    }
    return render(request, "compass/dilemma.html", context)


def current_steps(dilemma):
    """The steps of the compasses in use that ask about the dilemma; older versions are history."""
    published = Q(version__guide__versions__published_at__isnull=False)
    return (
        dilemma.steps.annotate(current=Max("version__guide__versions__number", filter=published))
        .filter(version__published_at__isnull=False, version__number=F("current"))
        .select_related("version__guide")
        .order_by(danish_order("version__guide__title"), "position")
    )


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
