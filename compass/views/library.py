"""Dilemmas and stories."""

from django.db.models import F, Max, Q
from django.shortcuts import get_object_or_404, render

from aarhuskompas.caching import public
from compass import catalogue
from compass.models import Dilemma, Story
from compass.views.framework import one_of

RELATED = 3
STORIES_SHOWN = 9


@public
def dilemmas(request):
    context = {"dilemmas": Dilemma.objects.visible_to(request.user).select_related("path")}
    return render(request, "compass/dilemmas.html", context)


@public
def dilemma(request, slug):
    visible = Dilemma.objects.visible_to(request.user)
    dilemma = get_object_or_404(visible.select_related("path"), slug=slug)
    _, before, after = one_of(visible.filter(path=dilemma.path_id), slug)
    kept = catalogue.current()
    stories = kept.visible_to(request.user) & kept.under("dilemma", dilemma.pk)
    context = {
        "dilemma": dilemma,
        "before": before,
        "after": after,
        "stories": kept.stories(kept.newest(stories, STORIES_SHOWN), request.user),
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
        .order_by("version__guide__title", "position")
    )


@public
def story(request, slug):
    story = get_object_or_404(
        Story.objects.visible_to(request.user).select_related("path", "department", "picture"), slug=slug
    )
    kept = catalogue.current()
    themes = list(story.themes.all())
    dilemmas = kept.with_paths(story.dilemmas.visible_to(request.user))
    context = {
        "story": story,
        "themes": themes,
        "dilemmas": dilemmas,
        "attachments": story.attachments.all(),
        "related": related(kept, story, themes, dilemmas, request.user),
    }
    return render(request, "compass/story.html", context)


def related(kept, story, themes, dilemmas, user) -> list[Story]:
    """Stories about the same dilemma first, then about the same theme; the newest of each."""
    visible = kept.visible_to(user)
    alike = [
        kept.under_any("dilemma", [dilemma.pk for dilemma in dilemmas]),
        kept.under_any("theme", [theme.pk for theme in themes]),
    ]
    found = [pk for bits in alike for pk in kept.newest(visible & bits, RELATED + 1)]
    others = [pk for pk in dict.fromkeys(found) if pk != story.pk]
    return kept.stories(others[:RELATED], user)
