"""What the researchers ask, and the figures there are."""

from django.shortcuts import get_object_or_404, render

from compass.charts import charts
from compass.models import Fact, Page, ResearchQuestion, ResearchWave
from publishing.portal import Section
from publishing.public_pages import in_section, public


@public
@in_section(Section.RESEARCH)
def research(request):
    page = get_object_or_404(Page.objects.visible_to(request.user), slug="viden")
    waves = ResearchWave.objects.visible_to(request.user).prefetch_related("figures")
    context = {
        "page": page,
        "questions": ResearchQuestion.objects.all(),
        "waves": [(wave, charts(wave.figures.all())) for wave in waves],
        "facts": Fact.objects.in_group(Fact.Group.RESEARCH),
    }
    return render(request, "compass/research.html", context)
