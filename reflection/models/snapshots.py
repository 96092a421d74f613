"""What a reveal shows, kept as it was shown.

Values of a confidential room are shown per group of at least MIN_IN_ROOM answers, and no calculation
with several reveals of the same room tells about fewer: a later reveal replaces the earlier ones only
where the answers that were shown together, and apart from all others, are at least MIN_IN_ROOM. How sure
the guessers were is a showing of its own, by the same rule: not all who guess say it.

Whoever typed papers in knows them and can subtract them. So at least MIN_IN_ROOM must stay beside them,
and none is not enough: five papers alone would tell what the one who answers on a screen left out. Where a
party has answered on paper alone there is nobody to be found out.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple, Self

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from privacy.restrictions import restricted, unrestricted
from publishing.danish_order import danish_key
from reflection import tokens
from reflection.models.guides import Prompt, as_typed

MIN_IN_ROOM = 3
SIGNED = "+"  # ends the digest of a signed answer
ON_PAPER = "p"  # ends that of one from paper
DIGEST = 64  # characters before such an end

Members = dict[str, str]  # participant id → digest of the answer


class SnapshotQuerySet(models.QuerySet):
    def shown(self) -> Self:
        """The newest snapshot of each room's prompt, party and party guessed about."""
        cell = ["reflection_id", "prompt_id", "party_id", "about_id"]
        return self.order_by(*cell, "-number").distinct(*cell)


class Snapshot(models.Model):
    """The answers to one prompt, of one party or of all, at one reveal – or their guesses `about` one."""

    reflection = models.ForeignKey("reflection.Reflection", models.CASCADE, related_name="snapshots")
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="+")
    party = models.ForeignKey("reflection.Party", models.CASCADE, null=True, blank=True, related_name="+")
    about = models.ForeignKey("reflection.Party", models.CASCADE, null=True, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField()
    sureness = models.JSONField(default=dict)  # {"1": 0, …, "4": 2}, of guesses
    sure = models.JSONField(default=dict)  # participant id → digest of how sure; never shown
    counts = models.JSONField(default=dict)  # {"1": 2, "5": 1, "unknown": 1}, of a scale
    names = models.JSONField(default=dict)  # {"1": ["Bo", "Ea"], …}, of a scale in an open room
    comments = models.JSONField(default=list)  # [{"text": …, "name": … or ""}], shuffled, of a line
    members = models.JSONField(default=dict)  # participant id → digest of the answer; never shown

    objects = SnapshotQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.PARTICIPANTS,
        Purpose.REFLECTION,
        Kept.ROOMS,
        words=("comments",),
        identity=("names",),
        opinions=("counts", "sureness", "sure", "members"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reflection", "prompt", "party", "about", "number"],
                name="snapshots_are_numbered",
                nulls_distinct=False,
            )
        ]

    def __str__(self):
        return f"visning {self.number} af {self.prompt_id}"

    def of_restricted(self) -> set[int]:
        """The comments of those whose words nobody is shown for a time: the digest says whose they are."""
        if not (self.comments and self.reflection.restricted):
            return set()  # `members` need not be read
        digests = {pk: self.members.get(str(pk), "")[:DIGEST] for pk in self.reflection.restricted}
        return {
            position
            for position, kept in enumerate(self.comments)
            for pk, digest in digests.items()
            if tokens.digest_like(f"{pk}|{kept['text']}", {digest}) == digest
        }

    def hide_again(self, earlier: list["Snapshot"]):
        """Hide what the earlier snapshots hide, where the same words are shown again."""
        hidden = {
            snapshot.comments[comment.position]["text"]: comment
            for snapshot in earlier
            for comment in snapshot.hidden.all()
        }
        for position, kept in enumerate(self.comments if hidden else []):
            if comment := hidden.get(kept["text"]):
                self.hidden.create(position=position, reason=comment.reason, hidden_by=comment.hidden_by)


class HiddenComment(models.Model):
    """A comment the facilitator took off the board; that it happened, and why, is on the board."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="hidden")
    position = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    hidden_by = models.CharField(max_length=60)

    personal_data = PersonalData(
        Whose.PARTICIPANTS, Purpose.REFLECTION, Kept.ROOMS, identity=("hidden_by",), words=("reason",)
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "position"], name="a_comment_is_hidden_once")
        ]

    def __str__(self):  # never the words: the admin names what stands in the way of a deletion
        return f"skjult kommentar {self.pk}"


class SharedLine(models.Model):
    """«Det ved vi nu»: what the group writes together about a step."""

    reflection = models.ForeignKey("reflection.Reflection", models.CASCADE, related_name="shared_lines")
    step = models.ForeignKey("reflection.Step", models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    written_by = models.CharField(max_length=22, blank=True)

    personal_data = PersonalData(
        Whose.GROUP, Purpose.REFLECTION, Kept.ROOMS, words=("text",), nothing=("written_by",)
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reflection", "step"], name="one_line_per_step")]

    def __str__(self):
        return f"fælles linje {self.pk}"


class Cell(NamedTuple):
    """Which answers stand together: to one prompt, of one party, own ones or guesses about one party."""

    prompt: int
    party: int | None
    about: int | None

    @property
    def position(self) -> tuple[int, int, int]:
        return (self.prompt, self.party or 0, self.about or 0)


def take_snapshots(reflection):
    """Keep what the room may be shown now; called inside the transaction that reveals."""
    earlier = defaultdict(list)
    for snapshot in reflection.snapshots.order_by("number").prefetch_related("hidden"):
        earlier[Cell(snapshot.prompt_id, snapshot.party_id, snapshot.about_id)].append(snapshot)
    cells = _cells(reflection, earlier)
    asked = Prompt.objects.filter(step__version=reflection.version_id, kind=Prompt.Kind.SCALE)
    scales = set(asked.values_list("pk", flat=True))
    on_screen = set(reflection.participants.on_screen().values_list("party", flat=True).distinct())
    for cell in sorted(cells, key=lambda cell: cell.position):  # not in the order of the first answers
        reveal = _Reveal(reflection, cells[cell], earlier[cell], is_paper_alone=cell.party not in on_screen)
        if reveal.is_allowed:
            reveal.keep(cell, is_scale=cell.prompt in scales)


def safety_counts(reflection) -> list[int]:
    """How many said 1 … 5 to «Hvor frit kan du svare?», as it is shown from this reveal on.

    It is shown once and never changes: no two such rows can be subtracted, whoever comes or goes.
    """
    if reflection.safety_shown:
        return reflection.safety_shown
    respondents = unrestricted(reflection.participants.counted()).filter(safety__isnull=False)
    numbers = list(respondents.values_list("safety", flat=True))
    if len(numbers) < MIN_IN_ROOM:
        return []
    return [numbers.count(number) for number in range(1, 6)]


class AnswerRow(NamedTuple):
    """An answer as it is read for a reveal: a thousand people have 16,000, too many for model objects."""

    participant: int
    name: str
    is_paper: bool
    raw: str
    text: str
    value: int | None
    sureness: int | None
    is_signed: bool


def _cells(reflection, earlier: dict[Cell, list[Snapshot]]) -> dict[Cell, list[AnswerRow]]:
    """The answers to show; of who was put out or is restricted only those that `_must_stay_shown`."""
    is_out = models.Q(is_put_out=True) | restricted(reflection.participants.model)
    out = set(reflection.participants.filter(is_out).values_list("pk", flat=True))
    cells = defaultdict(list)
    answers = reflection.answers().values_list(
        "prompt", "participant__party", "about", "participant", "participant__name",
        "participant__is_paper", "state", "text", "value", "sureness", "is_signed",
    )  # fmt: skip
    for prompt, party, about, person, name, is_paper, state, text, value, *beside in answers.iterator():
        cell = Cell(prompt, party, about)
        if person in out and not _must_stay_shown(reflection, person, earlier[cell]):
            continue
        if raw := as_typed(state, value, text):
            cells[cell].append(AnswerRow(person, name, is_paper, raw, text, value, *beside))
    return cells


def _must_stay_shown(reflection, person: int, earlier: list[Snapshot]) -> bool:
    """Whether one who was put out is shown on: in a confidential room whoever has been shown already is.

    Else who leads could put somebody out together with two windows of their own, show what is left, and
    subtract: three are gone, and two of them are known.
    """
    return reflection.is_confidential and any(str(person) in shown.members for shown in earlier)


def label(name: str) -> str:
    """What a room calls a participant."""
    return name or str(_("en deltager uden navn"))


class _Reveal:
    """The answers of one cell, as they would be shown now, beside all earlier showings of the cell."""

    def __init__(
        self, reflection, answers: list[AnswerRow], earlier: list[Snapshot], *, is_paper_alone: bool
    ):
        self.reflection, self.answers, self.earlier = reflection, answers, earlier
        self.is_paper_alone = is_paper_alone  # nobody of the party answers on a screen, anything or nothing
        digests = [[*shown.members.values(), *shown.sure.values()] for shown in earlier]
        self.known = {digest[:DIGEST] for shown in digests for digest in shown}
        self.members = {str(answer.participant): _digest(answer, self.known) for answer in answers}
        self.before = [snapshot.members for snapshot in earlier]

    @property
    def is_allowed(self) -> bool:
        if self.earlier and (self.before[-1], self.earlier[-1].sure) == (self.members, self._sureness[1]):
            return False  # it is shown already
        if not self.reflection.is_confidential:
            return True
        named_before = any(kept["name"] for snapshot in self.earlier for kept in snapshot.comments)
        return self._may_show(self.members, self.before) and (not named_before or self._may_name)

    def _may_show(self, now: Members, before: list[Members]) -> bool:
        on_paper = [
            _without_signature(shown)
            for shown in before
            if all(_is_on_paper(member) for member in shown.items())
        ]
        return all(
            self._is_enough(group, on_paper) for group in _groups(map(_without_signature, [*before, now]))
        )

    def _is_enough(self, group: list[tuple], shown_on_paper: list[Members]) -> bool:
        """At least MIN_IN_ROOM beside papers; of papers alone where nobody else can be among them."""
        others = [member for member in group if not _is_on_paper(member)]
        stood_alone = self.is_paper_alone or any(set(group) <= shown.items() for shown in shown_on_paper)
        return len(others or (group if stood_alone else [])) >= MIN_IN_ROOM

    @cached_property
    def _may_name(self) -> bool:
        """Whether enough stay without a name: where all but one have signed, the one has signed too."""
        groups = _groups([*self.before, self.members])
        nameless = [[member for member in group if not member[1].endswith(SIGNED)] for group in groups]
        return all(map(_are_enough_without_names, filter(None, nameless)))

    def keep(self, cell: Cell, *, is_scale: bool):
        made = Snapshot(
            reflection=self.reflection,
            prompt_id=cell.prompt,
            party_id=cell.party,
            about_id=cell.about,
            number=len(self.earlier) + 1,
            members=self.members,
        )
        if is_scale:
            made.counts = dict(Counter(answer.raw for answer in self.answers))
            made.sureness, made.sure = self._sureness
            made.names = self._names()
        else:
            made.comments = self._comments()
        made.save()
        made.hide_again(self.earlier)

    def _names(self) -> dict[str, list[str]]:
        """Who gave which number: in an open room everybody has said yes to that."""
        names = defaultdict(list)
        for answer in [] if self.reflection.is_confidential else self.answers:
            names[answer.raw].append(label(answer.name))
        return {raw: sorted(people, key=danish_key) for raw, people in names.items()}

    @cached_property
    def _sureness(self) -> tuple[dict[str, int], Members]:
        """How sure those are who guessed a number, and who they are; as it was shown last where it may not
        be shown anew.
        """
        respondents = [answer for answer in self.answers if answer.sureness and answer.value]
        sure = {str(answer.participant): _digest_of_sureness(answer, self.known) for answer in respondents}
        before = [snapshot.sure for snapshot in self.earlier]
        if not self.reflection.is_confidential or self._may_show(sure, before):
            return dict(Counter(str(answer.sureness) for answer in respondents)), sure
        return (self.earlier[-1].sureness, self.earlier[-1].sure) if self.earlier else ({}, {})

    def _comments(self) -> list[dict]:
        """Without order; in an open room each with a name, else with those of who wished it."""
        # All numbers at once: asking the system for each is a seventh of a reveal with a thousand people.
        numbers = memoryview(secrets.token_bytes(8 * len(self.answers))).cast("Q")
        shuffled = sorted(zip(numbers, self.answers, strict=True), key=itemgetter(0))
        return [{"text": answer.text, "name": self._name(answer)} for _number, answer in shuffled]

    def _name(self, answer) -> str:
        if not self.reflection.is_confidential:
            return label(answer.name)
        return answer.name if answer.is_signed and self._may_name else ""


def _without_signature(showing: Members) -> Members:
    """The same digests, whether an answer is signed or not: signing changes no answer."""
    return {person: digest.removesuffix(SIGNED) for person, digest in showing.items()}


def _groups(showings: Iterable[Members]) -> list[list[tuple]]:
    """All that was ever shown of a cell, those together that were always shown together.

    Whatever is calculated from all showings is a sum over some of these groups.
    """
    groups = defaultdict(list)
    shown = [set(showing.items()) for showing in showings]
    for member in set.union(*shown):
        groups[tuple(member in showing for showing in shown)].append(member)
    return list(groups.values())


def _are_enough_without_names(group: list[tuple]) -> bool:
    others = [member for member in group if not _is_on_paper(member)]
    return len(group) >= MIN_IN_ROOM and len(others) not in range(1, MIN_IN_ROOM)


def _is_on_paper(member: tuple[str, str]) -> bool:
    _person, digest = member
    return digest.endswith(ON_PAPER)


def _digest(answer: AnswerRow, known: set[str]) -> str:
    """Salted by the person, so that equal answers have different digests; the same after a new SECRET_KEY."""
    content = f"{answer.participant}|{answer.raw}"
    mark = SIGNED if answer.is_signed else ""
    return tokens.digest_like(content, known) + (ON_PAPER if answer.is_paper else mark)


def _digest_of_sureness(answer: AnswerRow, known: set[str]) -> str:
    content = f"{answer.participant}|{answer.sureness}"
    return tokens.digest_like(content, known) + (ON_PAPER if answer.is_paper else "")
