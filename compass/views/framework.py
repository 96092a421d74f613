"""The framework: front page, three pivots, four paths."""

from django.http import Http404
from django.shortcuts import render

from aarhuskompas.caching import public
from compass import catalogue
from compass.models import Fact, Path, Pivot

STORIES_SHOWN = 9


def one_of(rows, slug) -> tuple:
    """The row at `slug`, with the ones before and after it; 404 where there is none."""
    rows = list(rows)
    for number, row in enumerate(rows):
        if row.slug == slug:
            before = rows[number - 1] if number else None
            after = rows[number + 1] if number + 1 < len(rows) else None
            return row, before, after
    raise Http404


@public
def front(request):
    context = {
        "pivots": Pivot.objects.visible_to(request.user),
        "paths": Path.objects.visible_to(request.user),
    }
    return render(request, "compass/front.html", context)


@public
def framework(request):
    facts = Fact.objects.filter(group=Fact.Group.FRAMEWORK).prefetch_related("sources")
    facts, sources = numbered(facts)
    context = {"pivots": Pivot.objects.visible_to(request.user), "facts": facts, "sources": sources}
    return render(request, "compass/framework.html", context)


def numbered(facts) -> tuple[list, list]:
    """Each fact with the numbers of its sources, and the sources in the order of their numbers."""
    numbers = {}
    listed = [
        (fact, sorted(numbers.setdefault(source, len(numbers) + 1) for source in fact.sources.all()))
        for fact in facts
    ]
    return listed, list(numbers)


@public
def pivot(request, slug):
    pivots = Pivot.objects.visible_to(request.user).prefetch_related("points")
    pivot, before, after = one_of(pivots, slug)
    return render(request, "compass/pivot.html", {"pivot": pivot, "before": before, "after": after})


@public
def paths(request):
    return render(request, "compass/paths.html", {"paths": Path.objects.visible_to(request.user)})


@public
def path(request, slug):
    path, before, after = one_of(Path.objects.visible_to(request.user), slug)
    kept = catalogue.current()
    stories = kept.visible_to(request.user) & kept.under("path", path.pk)
    newest = kept.newest(stories, STORIES_SHOWN)
    context = {
        "path": path,
        "before": before,
        "after": after,
        "dilemmas": path.dilemmas.visible_to(request.user),
        "stories": kept.stories(newest, request.user),
        "number_of_stories": stories.bit_count(),
    }
    return render(request, "compass/path.html", context)
