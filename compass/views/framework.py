"""The framework: front page, three pivots, four paths."""

from django.http import Http404
from django.shortcuts import render

from compass import library
from compass.library import visible
from compass.models import Fact
from publishing.public_pages import public

STORIES_SHOWN = 9


def one_of(rows: list, slug: str) -> tuple:
    """The row at `slug`, with the ones before and after it; 404 where there is none."""
    for number, row in enumerate(rows):
        if row.slug == slug:
            before = rows[number - 1] if number else None
            after = rows[number + 1] if number + 1 < len(rows) else None
            return row, before, after
    raise Http404


@public
def front(request):
    kept = library.current()
    context = {"pivots": visible(kept.pivots, request.user), "paths": visible(kept.paths, request.user)}
    return render(request, "compass/front.html", context)


@public
def framework(request):
    kept = library.current()
    facts, sources = numbered(kept.facts(Fact.Group.FRAMEWORK))
    context = {"pivots": visible(kept.pivots, request.user), "facts": facts, "sources": sources}
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
    pivot, before, after = one_of(visible(library.current().pivots, request.user), slug)
    return render(request, "compass/pivot.html", {"pivot": pivot, "before": before, "after": after})


@public
def paths(request):
    return render(request, "compass/paths.html", {"paths": visible(library.current().paths, request.user)})


@public
def path(request, slug):
    kept = library.current()
    path, before, after = one_of(visible(kept.paths, request.user), slug)
    stories = kept.story_index.visible_to(request.user) & kept.story_index.under("path", path.pk)
    newest = kept.story_index.newest(stories, STORIES_SHOWN)
    context = {
        "path": path,
        "before": before,
        "after": after,
        "dilemmas": visible(kept.dilemmas_on(path), request.user),
        "stories": kept.stories(newest, request.user),
        "number_of_stories": stories.bit_count(),
    }
    return render(request, "compass/path.html", context)
