"""What a room is shown at the reveal, one by one: the wall, the phones and whoever leads look at the same.

`Reflection.current_step` is the number of the slide that everybody is taken to, 0 all of them, and one more
than there are slides the end, where the group agrees. Which slides there are is the compass' to say, in the
order of its result page; what they show comes from the gate.
"""

from reflection import confidentiality
from reflection.compasses import Slide
from reflection.forms.facilitator import SharedLineForm
from reflection.models import Reflection, SharedLine


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


def shared_lines(room: Reflection) -> dict[int, list[tuple[str, str]]]:
    """«Det ved vi nu», by step."""
    label = str(SharedLineForm.base_fields["text"].label)
    written = SharedLine.objects.filter(reflection=room).exclude(text="")
    return {step: [(label, text)] for step, text in written.values_list("step", "text")}


def note_of(room: Reflection, slide: Slide, data):
    """The form for what the group writes about a slide."""
    note = room.compass.note(room, slide, data) if room.compass.note else None
    return note or SharedLineForm(data, room=room, step=slide.step)
