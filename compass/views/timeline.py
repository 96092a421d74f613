"""How the framework came about: the timeline, the documents, and what else is good to know."""

from django.shortcuts import render

from compass import library
from compass.models import Fact
from publishing.public_pages import public

GROUPS = [Fact.Group.INVOLVEMENT, Fact.Group.SPARE]


@public
def timeline(request):
    kept = library.current()
    context = {
        "milestones": kept.milestones,
        "resources": kept.resources,
        "groups": [(group.label, kept.facts(group)) for group in GROUPS],
    }
    return render(request, "compass/timeline.html", context)
