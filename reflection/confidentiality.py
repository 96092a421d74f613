"""The gate: what of a room's answers may be shown. Every channel asks here, and nothing else does.

Pages, events, exports, feeds, mail and the admin get answers from `board`, `cells`, `own_answers`,
`guesses` or `safety` and from nowhere else; a test holds that no other module reads Answer or Snapshot
for display.

The rules (product.md §4): nothing before the reveal but how many are done; afterwards values per group
of at least MIN_IN_ROOM; comments without order, with a name only where their author wished it or the room
is open. No reveals can be subtracted: snapshots.py. Whoever neither answered in the room nor led it is
outside: they get what is concluded, of at least MIN_OUTSIDE, without names, whatever the mode.
"""

from decimal import ROUND_HALF_UP, Decimal
from statistics import pvariance
from typing import NamedTuple

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reflection.models import (
    UNKNOWN,
    Answer,
    HiddenComment,
    Participant,
    Party,
    Prompt,
    Reflection,
    Snapshot,
    Step,
)

MIN_OUTSIDE = 5
FAR_APART = 3  # from the lowest to the highest answer


class Values(NamedTuple):
    """The answers of one party (or of all) to one statement; `counts` is for 1 to 5.

    Of guesses also how sure those who gave a number were: `sureness` is for 1 to 4. In an open room
    `names` says who answered what, by "1" to "5" and "unknown".
    """

    party: Party | None
    counts: list[int]
    unknown: int
    sureness: list[int] = []
    names: dict[str, list[str]] = {}

    @property
    def total(self) -> int:
        return sum(self.counts) + self.unknown

    @property
    def numbers(self) -> list[int]:
        return [number for number, count in enumerate(self.counts, 1) for _time in range(count)]

    @property
    def named(self) -> list[tuple[str, list[str]]]:
        """From 1 to 5, then «ved ikke»."""
        return sorted(self.names.items())

    @property
    def mean(self) -> float | None:
        numbers = self.numbers
        return sum(numbers) / len(numbers) if numbers else None

    @property
    def shown_mean(self) -> Decimal | None:
        """With one decimal, a half rounded up as people do."""
        mean = self.mean
        return None if mean is None else Decimal(mean).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def low(self) -> int | None:
        return min(self.numbers, default=None)

    @property
    def high(self) -> int | None:
        return max(self.numbers, default=None)

    @property
    def reach(self) -> int:
        """From the lowest to the highest answer: 0 to 4."""
        numbers = self.numbers
        return max(numbers) - min(numbers) if numbers else 0

    @property
    def sentence(self) -> str:
        """What the picture and the table say, in words."""
        total = self.total
        answered = ngettext("%(total)s har svaret.", "%(total)s har svaret.", total) % {"total": total}
        if (shown := self.shown_mean) is None:
            return answered
        mean = _("Snittet er %(mean)s.") % {"mean": number_format(shown, 1)}
        return " ".join(filter(None, [answered, self._how_alike, mean]))

    @property
    def _how_alike(self) -> str:
        if len(self.numbers) == 1:
            return ""
        if self.reach == 0:
            return _("Alle tal er ens.")
        if self.party:  # among themselves: it says nothing of how far the parties are apart
            names = {"party": self.party.title}
            far, near = _("%(party)s ser det meget forskelligt."), _("%(party)s ser det nogenlunde ens.")
            return (far if self.reach >= FAR_APART else near) % names
        if self.reach >= FAR_APART:
            return _("I ser det meget forskelligt.")
        return _("I ser det nogenlunde ens.")


class Comment(NamedTuple):
    snapshot: int
    position: int
    text: str
    name: str
    hidden_because: str
    hidden_by: str
    party: Party | None
    is_restricted: bool = False  # its author has a right to that nobody reads it for a time

    @property
    def by(self) -> str:
        """Who said it, as far as that is shown."""
        return ", ".join(filter(None, [self.name, self.party.title if self.party else ""]))

    def is_of(self, parties: frozenset[int]) -> bool:
        """Whether somebody of one of the parties said it; where it is of nobody's party, it may be."""
        return self.party is None or self.party.pk in parties

    @property
    def hidden_note(self) -> str:
        """That somebody took it off the board, and why; empty where nobody did."""
        if self.is_restricted:
            return _("En kommentar vises ikke for tiden.")
        if not self.hidden_because:
            return ""
        context = {"name": self.hidden_by, "reason": self.hidden_because}
        return _("%(name)s har skjult en kommentar: %(reason)s") % context


class StepResult(NamedTuple):
    step: Step
    statement: Prompt | None
    values: list[Values]
    withheld: bool  # of a party, or of all, too few have answered the statement – or nobody has
    comments: list[Comment]
    comments_withheld: bool
    is_confidential: bool
    advice: str = ""  # where to begin, at one step only

    @property
    def values_note(self) -> str:
        """What is said in place of numbers that are not shown."""
        if not self.withheld:
            return ""
        if not self.is_confidential:
            return _("Ikke alle parter har svaret på udsagnet.")
        if self.values:
            return _("Fra en part er der for få svar. De vises ikke.")
        return _("For få har svaret på udsagnet. Svarene vises ikke.")

    @property
    def comments_note(self) -> str:
        """What is said in place of words that are not shown."""
        if not self.comments_withheld:
            return ""
        if not self.is_confidential:
            return _("Ikke alle parter har skrevet en linje.")
        if self.comments:
            return _("Fra en part har for få skrevet noget. Det vises ikke.")
        return _("For få har skrevet noget. Det vises ikke.")

    @property
    def spread(self) -> tuple[int, float]:
        """What the board is sorted by: how far apart, then how divided."""
        numbers = [number for values in self.values for number in values.numbers]
        if not numbers:
            return (0, 0.0)
        return (max(numbers) - min(numbers), pvariance(numbers))


def board(reflection: Reflection) -> list[StepResult]:
    """What everybody in the room may see, widest spread first; empty until the reveal."""
    if not reflection.is_revealed or reflection.is_solo:
        return []
    by_prompt: dict[int, list[Snapshot]] = {}
    for snapshot in shown(reflection).filter(about=None).prefetch_related("hidden"):
        snapshot.reflection = reflection
        by_prompt.setdefault(snapshot.prompt_id, []).append(snapshot)
    parties: list[Party | None] = [party for party in reflection.parties.all() if not party.is_absent]
    results = [
        _step_result(reflection, step, by_prompt, parties or [None])
        for step in reflection.version.all_steps()
    ]
    return _with_advice(sorted(results, key=lambda result: result.spread, reverse=True))


def _with_advice(results: list[StepResult]) -> list[StepResult]:
    """«Begynd her» is worth something at one step: at the others there is time, or there is not."""
    return [
        result._replace(advice=_("Tag den næste, hvis der er tid.") if number else _("Begynd her."))
        if result.spread[0] >= FAR_APART
        else result
        for number, result in enumerate(results)
    ]


def state_of_board(reflection: Reflection) -> str:
    """Other after every change of what the board shows beside the room's own row; tells nothing itself."""
    with connection.cursor() as cursor:
        cursor.execute(STATE_OF_BOARD, {"room": reflection.pk})
        return cursor.fetchone()[0]


STATE_OF_BOARD = """
    SELECT md5(concat_ws('|',
        (SELECT array_agg(id ORDER BY id) FROM reflection_snapshot WHERE reflection_id = %(room)s)::text,
        (SELECT array_agg(hidden ORDER BY hidden.id) FROM reflection_hiddencomment hidden
            JOIN reflection_snapshot snapshot ON snapshot.id = hidden.snapshot_id
            WHERE snapshot.reflection_id = %(room)s)::text,
        (SELECT array_agg(line ORDER BY id) FROM reflection_sharedline line
            WHERE reflection_id = %(room)s)::text,
        (SELECT array_agg(party ORDER BY id) FROM reflection_party party
            WHERE reflection_id = %(room)s)::text,
        (SELECT array_agg(restriction.id ORDER BY restriction.id) FROM privacy_restriction restriction
            JOIN reflection_participant participant ON participant.reflection_id = %(room)s
            LEFT JOIN accounts_user person ON person.id = participant.user_id
            WHERE restriction.lifted_at IS NULL
            AND restriction.subject IN (participant.key, person.pseudonym))::text))
"""


def shown(*reflections: Reflection):
    """The snapshots the rooms may see, own answers (`about` is None) and guesses; none before the reveal."""
    seen = [reflection for reflection in reflections if reflection.is_revealed and not reflection.is_solo]
    if not seen:
        return Snapshot.objects.none()
    found = Snapshot.objects.filter(reflection__in=seen).shown()
    return found.select_related("party", "about").defer("members", "sure")


Cells = dict[tuple[int, int | None, int | None], Values]


def cells(reflection: Reflection, *, is_outside: bool = False) -> Cells:
    """The shown answers to statements by prompt, party and party guessed about (None: own answers).

    `is_outside` for whoever was not in the room. What they get the room sees too, or nothing, so the two
    cannot be subtracted; and as what is concluded never changes, they get it once.
    """
    return cells_of({reflection: is_outside})[reflection]


def cells_of(rooms: dict[Reflection, bool]) -> dict[Reflection, Cells]:
    """The same of several rooms at once: `rooms` says of each whether one is outside."""
    found: dict[int, Cells] = {room.pk: {} for room in rooms}
    by_key = {room.pk: room for room in rooms}
    for snapshot in shown(
        *[room for room, is_outside in rooms.items() if room.is_concluded or not is_outside]
    ):
        if snapshot.counts:
            cell = (snapshot.prompt_id, snapshot.party_id, snapshot.about_id)
            snapshot.reflection = by_key[snapshot.reflection_id]
            found[snapshot.reflection_id][cell] = _values(snapshot)
    return {
        room: _outside(found[room.pk]) if is_outside else found[room.pk] for room, is_outside in rooms.items()
    }


def _outside(found: Cells) -> Cells:
    """Of enough, without names; and how sure they are only where enough have said so."""
    few = range(1, MIN_OUTSIDE)
    return {
        cell: values._replace(names={}, sureness=[] if sum(values.sureness) in few else values.sureness)
        for cell, values in found.items()
        if values.total >= MIN_OUTSIDE
    }


def _step_result(
    reflection: Reflection, step: Step, by_prompt: dict[int, list[Snapshot]], parties: list
) -> StepResult:
    scales = step.scales
    lines = [prompt for prompt in step.answered_prompts if prompt.kind == Prompt.Kind.LINE]
    numbers = [shown for prompt in scales for shown in by_prompt.get(prompt.pk, [])]
    words = [shown for prompt in lines for shown in by_prompt.get(prompt.pk, [])]
    return StepResult(
        step,
        scales[0] if scales else None,
        [_values(shown) for shown in numbers],
        bool(scales) and _are_missing(numbers, parties),
        [comment for shown in words for comment in _comments(shown)],
        bool(lines) and _are_missing(words, parties),
        reflection.is_confidential,
    )


def _are_missing(snapshots: list[Snapshot], parties: list) -> bool:
    """Whether the board lacks somebody; it is not said whether two answered, one or nobody."""
    return {shown.party for shown in snapshots} != set(parties)


def _values(snapshot: Snapshot) -> Values:
    counts = [snapshot.counts.get(str(number), 0) for number in range(1, 6)]
    sureness = [snapshot.sureness.get(str(number), 0) for number in range(1, 5)]
    names = {
        raw: [snapshot.reflection.shown_name(name) for name in people]
        for raw, people in snapshot.names.items()
    }
    return Values(snapshot.party, counts, snapshot.counts.get(UNKNOWN, 0), sureness, names)


def _comments(snapshot: Snapshot) -> list[Comment]:
    hidden = {comment.position: _hidden(snapshot, comment) for comment in snapshot.hidden.all()}
    for position in snapshot.of_restricted():
        hidden[position] = Comment(snapshot.pk, position, "", "", "", "", None, is_restricted=True)
    return [
        hidden[position]
        if position in hidden
        else Comment(snapshot.pk, position, kept["text"], kept["name"], "", "", snapshot.party)
        for position, kept in enumerate(snapshot.comments)
    ]


def _hidden(snapshot: Snapshot, comment: HiddenComment) -> Comment:
    name = snapshot.reflection.shown_name(comment.hidden_by)
    return Comment(snapshot.pk, comment.position, "", "", comment.reason, name, snapshot.party)


def comment_to_hide(reflection: Reflection, snapshot: int, position: int) -> Comment | None:
    """A comment as the board shows it; None where there is none to hide, or it is hidden already."""
    for found in shown(reflection).filter(about=None, pk=snapshot).prefetch_related("hidden"):
        found.reflection = reflection
        comments = _comments(found)
        if position < len(comments) and not comments[position].hidden_note:
            return comments[position]
    return None


def own_answers(participant: Participant) -> list[Answer]:
    """A participant's own answers, which are theirs to see at any time."""
    return list(
        participant.answers.select_related("prompt__step", "about").order_by(
            "prompt__step__position", "prompt__position"
        )
    )


def guesses(participant: Participant) -> list[Answer]:
    """What a participant guesses of other parties, party by party; theirs to see at any time."""
    guessed = [answer for answer in own_answers(participant) if answer.about]
    return sorted(guessed, key=lambda answer: answer.about.position)  # type: ignore[union-attr]


def own_answers_to_keep(participant: Participant) -> dict:
    """The same as plain data: what one was asked and what one said, in the words of the page."""
    room = participant.reflection
    return {
        "compass": str(room.version.guide.local.title),
        "about": room.title,
        "name": participant.name,
        "party": participant.party.title if participant.party else "",
        "safety": participant.safety,
        "answers": [_to_keep(answer) for answer in own_answers(participant)],
    }


def _to_keep(answer: Answer) -> dict:
    return {
        "step": str(answer.prompt.step.local.title),
        "question": str(answer.prompt.local.text),
        "guess_about": answer.about.title if answer.about else "",
        "state": answer.state,
        "number": answer.value,
        "text": answer.text,
        "in_words": answer.in_words,
        "sureness": answer.sureness,
        "with_name": answer.is_signed,
    }


def safety(reflection: Reflection) -> list[int]:
    """«Hvor frit kan du svare?» for the facilitator: how many said 1 … 5; empty before the reveal.

    While answers are taken nobody has been counted: two windows beside one person would give that
    person's number away at once.
    """
    return reflection.safety_shown if reflection.is_revealed else []
