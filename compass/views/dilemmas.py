"""Dilemmas, and the steps that ask about them."""

from django.db.models import F, Max, Q
from django.shortcuts import get_object_or_404, render

from compass import story_index
from compass.models import Dilemma
from compass.views.framework import one_of
from compass.views.stories import cards
from publishing.danish_order import danish_order
from publishing.public_pages import public

STORIES_SHOWN = 9


@public
def dilemmas(request):
    dilemmas = Dilemma.objects.visible_to(request.user).select_related("path")
    return render(request, "compass/dilemmas.html", {"dilemmas": dilemmas})


@public
def dilemma(request, slug):
    index = story_index.current()
    everything = Dilemma.objects.visible_to(request.user).prefetch_related("standpoints", "sources")
    dilemma = get_object_or_404(everything.select_related("path"), slug=slug)
    _, before, after = one_of(Dilemma.objects.visible_to(request.user).filter(path=dilemma.path), slug)
    stories = index.visible_to(request.user) & index.under("dilemma", dilemma.pk)
    context = {
        "dilemma": dilemma,
        "before": before,
        "after": after,
        "stories": cards(index, index.newest(stories, STORIES_SHOWN), request.user),
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
