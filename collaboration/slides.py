"""A round, one principle and two parties at a time: what is written about it, beside what is shown."""

from collaboration.forms import InsightForm
from collaboration.models import Insight, Round
from reflection import blindspots, slides
from reflection.blindspots import Spot
from reflection.models import Party, Reflection, Step
from reflection.slides import Slide


def pair_slides(room: Reflection) -> list[Slide]:
    return slides.pair_slides(room, lines_of_insights(room) if room.is_revealed else {})


def talked_about(round: Round) -> Step | None:
    """The principle that something was written about last, else the first that was to be asked about."""
    written = round.insights.order_by("-pk").first()
    if written:
        return written.step
    topics = blindspots.to_ask_about(blindspots.spots(round.reflection))
    return topics[0].step if topics else None


def lines_of_insights(room: Reflection) -> dict[tuple[int, frozenset[int]], list[tuple[str, str]]]:
    """By principle, and by whom it is about."""
    insights = Insight.objects.filter(round__reflection=room)
    return {
        (insight.step_id, frozenset({insight.guesser_id, insight.about_id})): insight.lines
        for insight in insights
    }


def note_on_pair(room: Reflection, slide: Slide, data) -> InsightForm | None:
    """«Vi troede … Nu ved vi … Derfor vil vi …» at the principles to ask about; at the others one line."""
    topic = slide.shown.topic
    if topic is None:
        return None
    round = Round.objects.select_related("reflection").get(reflection=room)
    return InsightForm(data, instance=insight_of(round, topic))


def insight_of(round: Round, topic: Spot) -> Insight:
    parties: dict[str, Party] = {"guesser": topic.guesser, "about": topic.about}
    found = round.insights.filter(step=topic.step, **parties).first()
    return found or Insight(round=round, step=topic.step, **parties)
