"""The framework: front page, pivots, paths."""

from collections.abc import Iterable

from django.http import Http404
from django.shortcuts import render

from compass import story_index
from compass.models import Dilemma, Fact, Path, Pivot, Story
from publishing.public_pages import public

STORIES_SHOWN = 9


def one_of(rows: Iterable, slug: str) -> tuple:
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
    facts, sources = numbered(Fact.objects.in_group(Fact.Group.FRAMEWORK))
    pivots = Pivot.objects.visible_to(request.user).prefetch_related("points")
    context = {"pivots": pivots, "facts": facts, "sources": sources}
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
    index = story_index.current()
    stories = index.visible_to(request.user) & index.under("path", path.pk)
    newest = index.newest(stories, STORIES_SHOWN)
    context = {
        "path": path,
        "before": before,
        "after": after,
        "dilemmas": Dilemma.objects.visible_to(request.user).filter(path=path).select_related("path"),
        "stories": index.placed(Story.objects.cards(newest, request.user)),
        "number_of_stories": stories.bit_count(),
    }
    return render(request, "compass/path.html", context)
