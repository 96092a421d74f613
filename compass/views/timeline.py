"""How the framework came about: the timeline, the documents, and what else is good to know."""

from django.shortcuts import render

from compass import library
from compass.models import Fact
from compass.views.pages import visible_or_404
from publishing.public_pages import public

GROUPS = [Fact.Group.INVOLVEMENT, Fact.Group.SPARE]


@public
def timeline(request):
    kept = library.current()
    context = {
        "milestones": kept.milestones,
        "groups": [(group.label, kept.facts(group)) for group in GROUPS],
    }
    return render(request, "compass/timeline.html", context)


@public
def documents(request):
    kept = library.current()
    page = visible_or_404(kept.page, "dokumenter", request.user)
    return render(request, "compass/documents.html", {"page": page, "resources": kept.resources})


documents.shows_page = "dokumenter"
