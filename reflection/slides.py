"""What a room is shown at the reveal, one by one: the wall, the phones and whoever leads look at the same.

`Reflection.current_step` is the number of the slide that everybody is taken to, 0 all of them, and one more
than there are slides the end, where the group agrees. Which slides there are is the compass' to say, in the
order of its result page; what they show comes from the gate.
"""

from typing import NamedTuple

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from reflection import blindspots, confidentiality
from reflection.compasses import Slide
from reflection.forms.facilitator import SharedLineForm
from reflection.models import Reflection, SharedLine

ROWS_OF_A_WALL = 8


class Overview(NamedTuple):
    """What a wall shows before anything is talked about: as much of it as can be read there."""

    slides: list[Slide]
    more: int
    ends: tuple[str, str] | None  # of the scale, where all are answered by the same words


def overview_of(slides: list[Slide]) -> Overview:
    first = sorted(slides, key=lambda slide: -slide.distance)[:ROWS_OF_A_WALL]
    statements = [slide.shown.statement.local for slide in first if slide.shown.statement]
    ends = {(statement.low, statement.high) for statement in statements}
    return Overview(first, len(slides) - len(first), ends.pop() if len(ends) == 1 else None)


def slides_of(room: Reflection) -> list[Slide]:
    """None before the reveal: there is nothing to show."""
    return (room.compass.slides or board_slides)(room)


def end_of(room: Reflection) -> int:
    """The number after the last slide; answers are not looked at, so that a step costs next to nothing."""
    count = room.compass.slide_count
    return 1 + (count(room) if count else len(room.version.all_steps()))


def board_slides(room: Reflection) -> list[Slide]:
    lines = shared_lines(room)
    return [
        Slide(
            number,
            result.step,
            result,
            "reflection/_result.html",
            "reflection/_wall_result.html",
            lines.get(result.step.pk, []),
            "",
            result.comments,
        )
        for number, result in enumerate(confidentiality.board(room), start=1)
    ]


def pair_slides(room: Reflection, written: dict | None = None) -> list[Slide]:
    """What to ask about first; then pair by pair of parties, each with the largest distance first.

    `written`: lines about a step and two parties, where an app keeps them apart.
    """
    if not room.is_revealed:
        return []
    prefetch_related_objects([room], "parties")
    pairs = _pairs_to_show(room)
    lines, written = shared_lines(room), written or {}
    words = {result.step.pk: result.comments for result in confidentiality.board(room)}
    return [
        Slide(
            number,
            pair.step,
            pair,
            "reflection/_pair.html",
            "reflection/_wall_pair.html",
            written.get((pair.step.pk, pair.sides), []) or lines.get(pair.step.pk, []),
            _lead(pair.topic),
            [comment for comment in words.get(pair.step.pk, []) if comment.is_of(pair.sides)],
            wall_lines=6,
            distance=pair.distance,
        )
        for number, pair in enumerate(pairs, start=1)
    ]


def pair_count(room: Reflection) -> int:
    return sum(bool(step.scales) for step in room.version.all_steps()) * len(blindspots.party_pairs(room))


def _pairs_to_show(room: Reflection) -> list[blindspots.Pair]:
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


def _lead(topic: blindspots.Spot | None) -> str:
    if topic is None:
        return ""
    parties = {"about": topic.about.title, "guesser": topic.guesser.title}
    return _("%(about)s taler først, i to minutter. %(guesser)s spørger kun.") % parties


def shared_lines(room: Reflection) -> dict[int, list[tuple[str, str]]]:
    """«Det ved vi nu», by step."""
    label = str(SharedLineForm.base_fields["text"].label)
    written = SharedLine.objects.filter(reflection=room).exclude(text="")
    return {step: [(label, text)] for step, text in written.values_list("step", "text")}


def note_of(room: Reflection, slide: Slide, data):
    """The form for what the group writes about a slide."""
    note = room.compass.note(room, slide, data) if room.compass.note else None
    return note or SharedLineForm(data, room=room, step=slide.step)
