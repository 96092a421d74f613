"""A rehearsal: pretend participants who have answered everything, so that one can lead a room alone."""

import random

from django.utils.translation import gettext_lazy as _

from reflection.models.snapshots import MIN_IN_ROOM

PRETEND = 6  # and at least as many of each party as may be shown
NAMES = ["Asta", "Birk", "Cirkeline", "Dagny", "Eskild", "Freja"]
NUMBERS = ["1", "2", "3", "4", "5", "unknown"]
LINES = [
    _("Opdigtet svar: Det spurgte en borger om i sidste uge."),
    _("Opdigtet svar: Vi har talt om det, men ikke skrevet det ned."),
    _("Opdigtet svar: Jeg er i tvivl og vil gerne høre de andre."),
    _("Opdigtet svar: Det lykkedes, da vi ringede i stedet for at skrive."),
    _("Opdigtet svar: Tallet siger noget andet, end jeg ser til daglig."),
    _("Opdigtet svar: Vi bruger mere tid på skemaet end på mødet."),
]


def rehearse(room):
    """Let pretend participants answer, once; the room's parties must be there already."""
    if room.participants.filter(is_pretend=True).exists():
        return
    parties = list(room.parties.filter(is_absent=False)) or [None]
    for number in range(max(PRETEND, MIN_IN_ROOM * len(parties))):
        person = room.participants.create(
            name=NAMES[number % len(NAMES)],
            party=parties[number % len(parties)],
            is_pretend=True,
            is_done=True,
            safety=_number(),
        )
        _answer(room, person, str(LINES[number % len(LINES)]))


def _answer(room, person, line: str):
    """Own answers, and – where there are parties – guesses about every other."""
    prompts = [prompt for step in room.version.all_steps() for prompt in step.answered_prompts]
    for prompt in prompts:
        raw = line if prompt.kind == prompt.Kind.LINE else _any(NUMBERS)
        person.answers.create(prompt=prompt, **prompt.content(raw))
    for party in room.parties.exclude(pk=person.party_id):
        for prompt in prompts:
            if prompt.kind == prompt.Kind.SCALE:
                content = prompt.content(_any(NUMBERS))
                person.answers.create(prompt=prompt, about=party, sureness=_any([1, 2, 3, 4]), **content)


def _number() -> int:
    return _any([1, 2, 3, 4, 5])


def _any(choices: list):
    return random.choice(choices)  # noqa: S311 – nobody's answers
