"""One look at a goal: a reflection, a decision, a follow-up plan – and later what became of it."""

from typing import Self

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from goals.models.decisions import Decision
from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from privacy.restrictions import unrestricted
from reflection.confidentiality import cells
from reflection.live.notifications import announce
from reflection.models import Agreement, FieldwiseEnding, Participant, Reflection

STOPS = "goodbye"  # the topic of the step about what can stop
ENDED = models.Q(reflection__phase=Reflection.Phase.CONCLUDED, reflection__is_rehearsal=False)


class ReviewQuerySet(models.QuerySet):
    def editable_by(self, user) -> Self:
        """One's own goals' – and those of a room that one leads, for whoever takes over."""
        led = Participant.objects.filter(user=user, is_facilitator=True).values("reflection")
        others = unrestricted(self.model.objects.filter(reflection__in=led))
        return self.filter(models.Q(goal__owner=user) | models.Q(pk__in=others.values("pk")))

    def ended(self) -> Self:
        """Looks that are over, the latest first; a rehearsal was no look."""
        return self.filter(ENDED).select_related("reflection").order_by("-pk")

    def told(self) -> Self:
        """What those who decided it have told the whole municipality, of each goal the latest."""
        latest = (
            unrestricted(self).filter(ENDED, told_at__isnull=False).order_by("goal", "-pk").distinct("goal")
        )
        later = Review.objects.filter(ENDED, goal=models.OuterRef("goal"), pk__gt=models.OuterRef("pk"))
        found = Review.objects.filter(pk__in=latest.values("pk")).annotate(has_later=models.Exists(later))
        found = found.select_related("goal__department", "reflection", "evidence")
        return found.prefetch_related("reflection__agreements").order_by("-reflection__concluded_at", "-pk")

    def visible_to(self, user) -> Self:
        """Those visible to the user, and – `is_shared` – what was decided without them: on a colleague's
        shared goal, or in a room whose goal they were given afterwards.
        """
        editable = self.model.objects.editable_by(user)
        takes_part = models.Q(reflection__mode=Reflection.Mode.SOLO) | models.Q(
            reflection__in=Participant.objects.let_in().filter(user=user).values("reflection")
        )
        shared = unrestricted(self.model.objects.filter(ENDED, goal__shares__user=user))
        found = self.filter(models.Q(pk__in=editable.values("pk")) | models.Q(pk__in=shared.values("pk")))
        return found.annotate(is_shared=~models.Exists(editable.filter(takes_part, pk=models.OuterRef("pk"))))


class Review(FieldwiseEnding):
    """One look at a goal: a reflection, a decision and a follow-up plan of eight lines.

    What became of the plan is said at the next look; that changes nothing of what was decided.
    """

    class Useful(models.TextChoices):
        YES = "yes", _("Ja")
        NO = "no", _("Nej")
        UNKNOWN = "unknown", _("Ved ikke")

    goal = models.ForeignKey("goals.Goal", models.CASCADE, related_name="reviews")
    reflection = models.OneToOneField(Reflection, models.PROTECT, related_name="review")
    decision = models.CharField(_("Hvad beslutter du?"), max_length=20, choices=Decision.choices, blank=True)
    reason = models.CharField(_("Én sætning om hvorfor"), max_length=500, blank=True)
    dissent = models.TextField(_("Er nogen uenige? Skriv også det"), max_length=1000, blank=True)
    new_wording = models.TextField(_("Målets nye ordlyd"), max_length=1000, blank=True)
    carry_to = models.CharField(_("Hvem skal erfaringen bæres videre til?"), max_length=250, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)  # to the whole municipality
    change = models.TextField(_("Vi ændrer"), max_length=500, blank=True)
    stop = models.TextField(_("Vi holder op med"), max_length=500, blank=True)
    responsible = models.CharField(_("Ansvarlig"), max_length=120, blank=True)
    who_email = models.EmailField(blank=True)  # of who is responsible, until the plan stands
    tell = models.CharField(_("Vi fortæller det til"), max_length=250, blank=True)
    first_sign = models.TextField(_("Første tegn på, at det virker"), max_length=500, blank=True)
    look_back_on = models.DateField(_("Vi kigger igen den"), null=True, blank=True)
    look_back_by = models.CharField(_("Hvem kalder sammen?"), max_length=120, blank=True)
    no_date_reason = models.CharField(
        _("Hvis der ikke er en dato: hvorfor ikke?"), max_length=250, blank=True
    )
    if_nothing = models.TextField(_("Sker der intet, så"), max_length=500, blank=True)
    was_useful = models.CharField(
        _("Var opfølgningen til nytte?"), max_length=10, choices=Useful.choices, blank=True
    )
    change_became = models.CharField(_("Hvad blev der af ændringen?"), max_length=250, blank=True)
    stop_became = models.CharField(_("Holdt I op?"), max_length=250, blank=True)
    sign_became = models.CharField(_("Kom tegnet?"), max_length=250, blank=True)
    useful_note = models.CharField(_("Er der mere at sige om det?"), max_length=250, blank=True)

    objects = ReviewQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.GROUP,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        person="goal__owner",
        called=_("Beslutninger og planer om dine mål"),
        identity=("who_email",),
        words=(
            "reason",
            "dissent",
            "new_wording",
            "carry_to",
            "change",
            "stop",
            "responsible",
            "tell",
            "first_sign",
            "look_back_by",
            "no_date_reason",
            "if_nothing",
            "change_became",
            "stop_became",
            "sign_became",
            "useful_note",
        ),
        nothing=("written_by",),
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True) | ~(models.Q(decision="") | models.Q(reason="")),
                name="a_decision_has_a_reason",
            ),
        ]

    def __str__(self):
        return f"kig {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("goals:review", args=[self.reflection.key])

    @property
    def plan_lines(self) -> list[tuple[str, str]]:
        """The eight lines of the follow-up plan: label and text."""
        look_back = date_format(self.look_back_on) if self.look_back_on else self.no_date_reason
        decided = f"{self.decision_words}: {self.reason}" if self.decision else ""
        labels = self.plan_labels
        return [
            (self._spoken_to(_("Jeg har besluttet"), _("Vi har besluttet")), decided),
            (labels["change"], self.change),
            (labels["stop"], self.stop),
            (_("Ansvarlig"), self.responsible),
            (labels["tell"], self.tell),
            (_("Første tegn på, at det virker"), self.first_sign),
            (labels["look_back_on"], ", ".join(filter(None, [look_back, self.look_back_by]))),
            (_("Sker der intet, så"), self.if_nothing),
        ]

    @property
    def plan_labels(self) -> dict:
        """Of the lines that say «jeg» or «vi»."""
        return {
            "change": self._spoken_to(_("Jeg ændrer"), _("Vi ændrer")),
            "stop": self._spoken_to(_("Jeg holder op med"), _("Vi holder op med")),
            "tell": self._spoken_to(_("Jeg fortæller det til"), _("Vi fortæller det til")),
            "look_back_on": self._spoken_to(_("Jeg kigger igen den"), _("Vi kigger igen den")),
        }

    @property
    def stopped_label(self):
        return self._spoken_to(_("Holdt du op?"), _("Holdt I op?"))

    def _spoken_to(self, alone, together):
        """As Reflection.spoken_to; on paper, where there is no reflection yet, the text for a group."""
        return self.reflection.spoken_to(alone, together) if self.reflection_id else together

    @property
    def promises(self) -> dict[str, str]:
        """What the plan promised, by the name of the field that says what became of it."""
        promised = {"change_became": self.change, "stop_became": self.stop, "sign_became": self.first_sign}
        return {field: words for field, words in promised.items() if words}

    @property
    def what_became(self) -> list[tuple[str, str]]:
        """What was said of it afterwards: label and words; empty as long as nobody has said anything."""
        outcome = [(field, getattr(self, field)) for field in [*self.promises, "useful_note"]]
        outcome.insert(0, ("was_useful", self.get_was_useful_display()))
        labels = {"stop_became": self.stopped_label}
        return [
            (labels.get(field, self._meta.get_field(field).verbose_name), words)
            for field, words in outcome
            if words
        ]

    @cached_property
    def last(self) -> "Review | None":
        """The look before this one."""
        return self.goal.reviews.ended().filter(pk__lt=self.pk).first()

    @property
    def asks_back(self) -> bool:
        """Whether the new look begins with what became of the last plan."""
        return self.is_running and self.last is not None and not self.last.was_useful

    @property
    def was_useless_twice(self) -> bool:
        """Whether the follow-up was said to be of no use at the last two looks."""
        before = self.goal.reviews.ended().filter(pk__lt=self.pk).values_list("was_useful", flat=True)[:2]
        return list(before) == [self.Useful.NO] * 2

    def opening_for(self, room: Reflection) -> list[list[str]]:
        """What a new group may read of this look: what it decided, and what may be seen from outside.

        Nothing of somebody who looked alone; nothing of a room of staff for people from elsewhere.
        """
        if self.reflection.is_solo or (room.is_mixed and not self.reflection.is_mixed):
            return []
        decided = [[str(label), text] for label, text in self.plan_lines if text]
        return decided + self._shown_outside()

    def _shown_outside(self) -> list[list[str]]:
        """The mean of each statement that may be shown to somebody who was not in the room."""
        titles = {
            prompt.pk: step.local.title
            for step in self.reflection.version.all_steps()
            for prompt in step.answered_prompts
        }
        return [
            [gettext("Sidste gang: %s") % titles[prompt], _in_words(values)]
            for (prompt, _party, about), values in cells(self.reflection, is_outside=True).items()
            if about is None and values.mean is not None
        ]

    @property
    def decision_words(self) -> str:
        """The decision, and to whom where it is to carry the experience on."""
        to_whom = self.carry_to if self.decision == Decision.CARRY_ON else ""
        return " ".join(filter(None, [self.get_decision_display(), to_whom]))

    @property
    def is_decided(self) -> bool:
        """Decided, and still a way that stands open: the goal may have become bound by law since, and what
        somebody changes in another window may leave it without new words.
        """
        is_open = self.decided_at is not None and self.decision in Decision.offered_for(self.goal)
        return is_open and not (self.is_of_words and self.new_wording in {"", self.goal.wording})

    @property
    def is_of_words(self) -> bool:
        return bool(self.decision) and Decision(self.decision).is_of_words

    @property
    def is_concluded(self) -> bool:
        return self.reflection.is_concluded

    @cached_property
    def participant(self) -> Participant:
        """The one who answers a review alone; in a room the one who opened it."""
        return self.reflection.participants.select_related("user").get(user=self.reflection.owner_id)

    def participant_of(self, leader) -> Participant | None:
        """The leader's participant; of a look alone its only one."""
        if self.reflection.is_solo:
            return self.participant
        return self.reflection.participants.select_related("user").filter(user=leader).first()

    @property
    def is_running(self) -> bool:
        """Whether the goal is being looked at; a rehearsal is no look."""
        return not (self.is_concluded or self.reflection.is_rehearsal)

    def is_led_by(self, user) -> bool:
        """Whether this is the one who looked alone, or somebody who leads the room."""
        leading = self.reflection.participants.leading()
        return self.reflection.is_solo or leading.filter(user=user).exists()

    @property
    def is_open_to_decide(self) -> bool:
        """A group decides on what it has seen together; alone one may decide at any time."""
        return self.reflection.is_solo or self.reflection.is_revealed

    @property
    def can_be_told(self) -> bool:
        return self.is_concluded and not self.reflection.is_rehearsal

    def tell_everybody(self, *, is_told: bool = True):
        """Let the whole municipality read what was decided, or no longer."""
        self.told_at = timezone.now() if is_told else None
        self.save(update_fields=["told_at"])

    @property
    def wording(self) -> str:
        """What the goal said when it was looked at."""
        return self.reflection.title or self.goal.wording

    @property
    def missing_voices(self) -> list:
        """Of those who are to stand behind a goal, citizens and who does the work: whom nobody has named."""
        evidence = getattr(self, "evidence", None)
        return evidence.missing_voices if evidence and not evidence.is_empty else []

    @property
    def can_be_dropped(self) -> bool:
        """Whether it can be deleted: not after a group has seen its answers together."""
        room = self.reflection
        return not room.is_concluded and (room.is_solo or room.is_rehearsal or not room.was_revealed)

    @transaction.atomic
    def drop(self) -> bool:
        """Erase this run with all that was answered in it, and nothing else; False where it is too late."""
        self.reflection = self.reflection.locked()
        if not self.can_be_dropped:
            return False
        announce(self.reflection.key)
        self.reflection.erase()
        return True

    @transaction.atomic
    def conclude(self, by: str = "") -> bool:
        """The plan stands: nothing changes any more, the goal has its new words, and the room gets it into
        its minutes.

        False when the room has gone back to the answers meanwhile.
        """
        dissent = [[str(_("Uenighed")), self.dissent]] if self.dissent else []
        reworded = [[str(_("Målet lyder nu")), self.new_wording]] if self.is_of_words else []
        outcome = [[str(label), text] for label, text in self.plan_lines if text] + reworded + dissent
        if not self.reflection.end_with([(self.drafted, self.who_email)], outcome, by):
            return False
        if self.is_of_words and self.new_wording:
            self.goal.reword(self.new_wording)
        self.who_email = ""
        self.save(update_fields=["who_email"])
        return True

    def can_stop(self) -> str:
        """What the step about stopping says: one's own line, or the one that the group has written."""
        room = self.reflection
        if not room.is_solo:
            lines = room.shared_lines.filter(step__topic=STOPS)
            return lines.values_list("text", flat=True).first() or ""
        lines = [done.line for done in self.participant.progress() if done.step.topic == STOPS]
        return lines[0][:500] if lines else ""

    @property
    def is_planned(self) -> bool:
        """Whether the plan holds what an agreement needs: a thing, a name, and a date or a reason."""
        return bool(self.stop and self.responsible and (self.look_back_on or self.no_date_reason))

    @property
    def promise(self) -> str:
        """The agreement in one line, for lists and mails; what stops is marked as that."""
        if self.change or not self.stop:
            return self.change
        return f"{self.plan_labels['stop']}: {self.stop}"

    @property
    def drafted(self) -> Agreement:
        """The plan's one agreement as it is written now; it is not made yet."""
        return Agreement(
            what=self.promise,
            who=self.responsible,
            due=self.look_back_on,
            no_date_reason="" if self.look_back_on else self.no_date_reason,
        )

    def settle(self) -> list[str]:
        if not (self.decision and self.reason):  # erased again: nothing is decided any more
            self.decided_at = None
        return ["decided_at"]

    def decide(self):
        """The decision stands; the first time is the time it was made."""
        self.decided_at = self.decided_at or timezone.now()
        self.save(update_fields=["decided_at"])


def _in_words(values) -> str:
    mean = number_format(values.mean, 1)
    answers = ngettext("%(count)d svar", "%(count)d svar", values.total) % {"count": values.total}
    return gettext("Snittet var %(mean)s af 5 (%(said)s).") % {"mean": mean, "said": answers}
