"""Dilemmas, and the steps that ask about them."""

from django.db.models import F, Max, Q
from django.shortcuts import render

from compass import library
from compass.library import visible
from compass.views.framework import one_of
from publishing.danish_order import danish_order
from publishing.public_pages import public

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
