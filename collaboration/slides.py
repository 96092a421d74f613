"""A round, one principle and two parties at a time: what is shown of it, and what is written about it."""

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from collaboration import blindspots
from collaboration.forms import InsightForm
from collaboration.models import Insight, Round
from reflection import confidentiality
from reflection.models import Party, Reflection, Step
from reflection.slides import Slide, shared_lines


def pair_slides(room: Reflection) -> list[Slide]:
    """What to ask about first; then pair by pair of parties, each with the largest distance first."""
    if not room.is_revealed:
        return []
    prefetch_related_objects([room], "parties")
    pairs = pairs_to_show(room)
    lines, insights = shared_lines(room), lines_of_insights(room)
    words = {result.step.pk: result.comments for result in confidentiality.board(room)}
    return [
        Slide(
            number,
            pair.step,
            pair,
            "collaboration/_pair.html",
            "collaboration/_wall_pair.html",
            insights.get((pair.step.pk, pair.sides), []) or lines.get(pair.step.pk, []),
            _lead(pair.topic),
            [said for said in words.get(pair.step.pk, []) if said.is_of(pair.sides)],
            wall_lines=6,
        )
        for number, pair in enumerate(pairs, start=1)
    ]


def slide_count(room: Reflection) -> int:
    rated = [
        step
        for step in room.version.all_steps()
        if any(prompt.kind == prompt.Kind.SCALE for prompt in step.answered_prompts)
    ]
    return len(rated) * len(blindspots.party_pairs(room))


def pairs_to_show(room: Reflection) -> list[blindspots.Pair]:
    found = blindspots.spots(room)
    topics = {
        (spot.step.pk, frozenset({spot.guesser.pk, spot.about.pk})): spot
        for spot in blindspots.to_ask_about(found)
    }
    pairs = [
        pair._replace(topic=topics.get((pair.step.pk, pair.sides)))
        for sides in blindspots.party_pairs(room)
        for pair in blindspots.pairs(found, *sides)
    ]
    return sorted(pairs, key=lambda pair: pair.topic is None)


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


def _lead(topic: blindspots.Spot | None) -> str:
    if topic is None:
        return ""
    who = {"about": topic.about.title, "guesser": topic.guesser.title}
    return _("%(about)s taler først, i to minutter. %(guesser)s spørger kun.") % who


def note_on_pair(room: Reflection, slide: Slide, data) -> InsightForm | None:
    """«Vi troede … Nu ved vi … Derfor vil vi …» at the principles to ask about; at the others one line."""
    topic = slide.shown.topic
    if topic is None:
        return None
    one = Round.objects.select_related("reflection").get(reflection=room)
    return InsightForm(data, instance=insight_of(one, topic))


def insight_of(one: Round, topic: blindspots.Spot) -> Insight:
    mine: dict[str, Party] = {"guesser": topic.guesser, "about": topic.about}
    found = one.insights.filter(step=topic.step, **mine).first()
    return found or Insight(round=one, step=topic.step, **mine)
