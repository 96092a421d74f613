"""How the framework came about: the timeline, the documents, and what else is good to know."""

from django.shortcuts import render

from aarhuskompas.caching import public
from compass.models import Fact, Milestone, Resource

GROUPS = [Fact.Group.INVOLVEMENT, Fact.Group.SPARE]


@public
def timeline(request):
    facts = Fact.objects.filter(group__in=GROUPS).prefetch_related("sources")
    context = {
        "milestones": Milestone.objects.prefetch_related("sources", "resources"),
        "resources": Resource.objects.all(),
        "groups": [(group.label, [fact for fact in facts if fact.group == group]) for group in GROUPS],
    }
    return render(request, "compass/timeline.html", context)
