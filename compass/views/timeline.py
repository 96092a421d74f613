"""How the framework came about: the timeline, the documents, and what else is good to know."""

from django.shortcuts import get_object_or_404, render

from compass.models import Fact, Milestone, Page, Resource
from publishing.portal import Section
from publishing.public_pages import in_section, public

GROUPS = [Fact.Group.INVOLVEMENT, Fact.Group.SPARE]


@public
@in_section(Section.TIMELINE)
def timeline(request):
    context = {
        "milestones": Milestone.objects.prefetch_related("sources", "resources"),
        "groups": [(group.label, Fact.objects.in_group(group)) for group in GROUPS],
    }
    return render(request, "compass/timeline.html", context)


@public
@in_section(Section.DOCUMENTS)
def documents(request):
    page = get_object_or_404(Page.objects.visible_to(request.user), slug="dokumenter")
    return render(request, "compass/documents.html", {"page": page, "resources": Resource.objects.all()})


documents.shows_page = "dokumenter"
