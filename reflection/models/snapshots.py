"""What a reveal shows, kept as it was shown.

Values of a confidential room are shown per group of at least MIN_IN_ROOM answers, and no two reveals
of the same room may be subtracted to learn about fewer: a second reveal replaces the first only where
the answers of none, or of at least MIN_IN_ROOM people, have changed since each earlier one.
"""

import random
from collections import Counter, defaultdict

from django.db import models
from django.utils.translation import gettext_lazy as _

from reflection import tokens
from reflection.models.guides import Prompt

MIN_IN_ROOM = 3


class SnapshotQuerySet(models.QuerySet):
    def shown(self):
        """The newest snapshot of each prompt, party and party guessed about."""
        cell = ["prompt_id", "party_id", "about_id"]
        return self.order_by(*cell, "-number").distinct(*cell)


class Snapshot(models.Model):
    """The answers to one prompt, of one party or of all, at one reveal – or their guesses `about` one."""

    reflection = models.ForeignKey(
        "reflection.Reflection", models.CASCADE, related_name="snapshots"
    )
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="+")
    party = models.ForeignKey(
        "reflection.Party", models.CASCADE, null=True, blank=True, related_name="+"
    )
    about = models.ForeignKey(
        "reflection.Party", models.CASCADE, null=True, blank=True, related_name="+"
    )
    number = models.PositiveSmallIntegerField()
    sureness = models.JSONField(default=dict)  # {"1": 0, …, "4": 2}, of guesses
    counts = models.JSONField(default=dict)  # {"1": 2, "5": 1, "unknown": 1}, of a scale
    comments = models.JSONField(default=list)  # [{"text": …, "name": … or ""}], shuffled, of a line
    members = models.JSONField(default=dict)  # participant id → digest of the answer; never shown

    objects = SnapshotQuerySet.as_manager()

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

    def differs_from(self, members: dict[str, str]) -> int:
        """How many people's answers are other than they were in this snapshot."""
        everybody = self.members.keys() | members.keys()
        return sum(self.members.get(person) != members.get(person) for person in everybody)


class HiddenComment(models.Model):
    """A comment the facilitator took off the board; that it happened, and why, is on the board."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="hidden")
    position = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    hidden_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "position"], name="a_comment_is_hidden_once"
            )
        ]

    def __str__(self):
        return self.reason


class SharedLine(models.Model):
    """«Det ved vi nu»: what the group writes together about a step."""

    reflection = models.ForeignKey(
        "reflection.Reflection", models.CASCADE, related_name="shared_lines"
    )
    step = models.ForeignKey("reflection.Step", models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    written_by = models.CharField(max_length=22, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reflection", "step"], name="one_line_per_step")
        ]

    def __str__(self):
        return self.text[:80]


class AgreementQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=[Agreement.Status.OPEN, Agreement.Status.POSTPONED])


class Agreement(models.Model):
    """One thing somebody does by a date; seen again as done, postponed or said goodbye to."""

    class Status(models.TextChoices):
        OPEN = "open", _("Åben")
        DONE = "done", _("Gjort")
        POSTPONED = "postponed", _("Udskudt")
        GOODBYE = "goodbye", _("Farvel")

    reflection = models.ForeignKey(
        "reflection.Reflection", models.CASCADE, related_name="agreements"
    )
    what = models.TextField(_("Hvad gør vi?"))
    who = models.CharField(_("Hvem?"), max_length=120)
    party = models.ForeignKey(
        "reflection.Party", models.SET_NULL, null=True, blank=True, related_name="agreements"
    )
    due = models.DateField(_("Hvornår?"), null=True, blank=True)
    no_date_reason = models.CharField(_("Hvorfor ingen dato?"), max_length=250, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    note = models.CharField(_("Hvad blev der af det?"), max_length=250, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due__isnull=False) | ~models.Q(no_date_reason=""),
                name="an_agreement_has_a_date_or_a_reason",
            )
        ]

    def __str__(self):
        return self.what[:80]


def take_snapshots(reflection):
    """Keep what the room may be shown now; called inside the transaction that reveals."""
    earlier = defaultdict(list)
    for snapshot in reflection.snapshots.order_by("number"):
        cell = (snapshot.prompt_id, snapshot.party_id, snapshot.about_id)
        earlier[cell].append(snapshot)
    Snapshot.objects.bulk_create(
        _snapshot(reflection, cell, answers, len(earlier[cell]) + 1)
        for cell, answers in _cells(reflection).items()
        if _may_be_shown(reflection, answers, earlier[cell])
    )


def _cells(reflection) -> dict[tuple, list]:
    """The answers by prompt, party and party guessed about."""
    cells = defaultdict(list)
    answers = reflection.answers().select_related("participant", "prompt").order_by("pk")
    for answer in answers:
        if answer.raw:
            cells[answer.prompt_id, answer.participant.party_id, answer.about_id].append(answer)
    return cells


def _members(answers) -> dict[str, str]:
    return {
        str(answer.participant_id): tokens.digest(
            f"{answer.raw}|{answer.is_signed}|{answer.sureness}"
        )
        for answer in answers
    }


def _may_be_shown(reflection, answers, earlier: list[Snapshot]) -> bool:
    members = _members(answers)
    if earlier and earlier[-1].differs_from(members) == 0:
        return False  # it is shown already
    if not reflection.is_confidential:
        return True
    if len(answers) < MIN_IN_ROOM:
        return False
    changes = [snapshot.differs_from(members) for snapshot in earlier]
    return all(number == 0 or number >= MIN_IN_ROOM for number in changes)


def _snapshot(reflection, cell, answers, number) -> Snapshot:
    prompt_id, party_id, about_id = cell
    made = Snapshot(
        reflection=reflection,
        prompt_id=prompt_id,
        party_id=party_id,
        about_id=about_id,
        number=number,
        members=_members(answers),
    )
    if answers[0].prompt.kind == Prompt.Kind.SCALE:
        made.counts = dict(Counter(answer.raw for answer in answers))
        made.sureness = dict(Counter(str(answer.sureness) for answer in answers if answer.sureness))
    else:
        made.comments = [_comment(reflection, answer) for answer in answers]
        random.SystemRandom().shuffle(made.comments)
    return made


def _comment(reflection, answer) -> dict:
    has_name = answer.is_signed or not reflection.is_confidential
    return {"text": answer.text, "name": answer.participant.name if has_name else ""}
