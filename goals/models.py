"""What Målkompasset is about (a goal), how a look at it ends (a review), and what is seen later."""

import uuid

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from aarhuskompas.publishing import Publishable
from compass.models import Department
from reflection.models import Fieldwise, Guide, Participant, Reflection, rehearse

GUIDE = "maalkompasset"


class GoalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A goal is its owner's, and nobody's because of a role."""
        return self.filter(owner=user)

    def with_latest_review(self):
        """With what «Mine mål» says of each; a decision counts when it is made, not while one types."""
        meant = Review.objects.filter(goal=models.OuterRef("pk"), reflection__is_rehearsal=False)
        latest = meant.filter(decided_at__isnull=False).order_by("-pk")
        running = meant.exclude(reflection__phase=Reflection.Phase.CONCLUDED)
        return self.annotate(
            latest_decision=models.Subquery(latest.values("decision")[:1]),
            latest_look_back=models.Subquery(latest.values("look_back_on")[:1]),
            is_running=models.Exists(running),
        ).order_by("-created_at", "-pk")


class Goal(models.Model):
    class Concerns(models.TextChoices):
        CITIZENS = "citizens", _("Borgere")
        COMPANIES = "companies", _("Virksomheder")
        POLITICIANS = "politicians", _("Politikere")
        INSIDE = "inside", _("Kommunen selv, på indersiden")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="goals")
    wording = models.TextField(_("Målet, ord for ord"), max_length=1000)
    stands_in = models.CharField(_("Hvor står målet?"), max_length=250, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("Forvaltning")
    )
    serves = models.CharField(_("Hvilket Aarhusmål støtter det?"), max_length=250, blank=True)
    concerns = models.CharField(_("Hvem handler målet om?"), max_length=20, choices=Concerns.choices)
    is_law_bound = models.BooleanField(_("Målet er fastsat ved lov"), default=False)
    set_by = models.CharField(_("Hvem satte målet?"), max_length=250, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GoalQuerySet.as_manager()

    def __str__(self):  # never the words: the admin names what stands in the way of a deletion
        return f"mål {self.pk}"

    def get_absolute_url(self):
        return reverse("goals:goal", args=[self.key])

    @property
    def latest_decision_label(self) -> str:
        """Of `with_latest_review`: the words of its decision."""
        return Decision(self.latest_decision).label if self.latest_decision else ""

    def remember_wording(self, past: str):
        """Keep what the goal said until now in its history."""
        if past != self.wording:
            self.past_wordings.create(text=past)

    @transaction.atomic
    def start_review(self, user) -> "Review":
        """A new look at the goal, alone – or the one that is already under way."""
        return self._running() or self.reviews.create(
            reflection=Reflection.start_solo(self._version(), user, variant=self.concerns)
        )

    @transaction.atomic
    def open_room(self, user, **chosen) -> "Review":
        """A new look as a group (`chosen`: Reflection.open_room) – or the one under way."""
        is_rehearsal = chosen.get("is_rehearsal", False)
        running = self._running(is_rehearsal=is_rehearsal)
        if running:
            return running
        room = Reflection.open_room(
            self._version(), user, title=self.wording, variant=self.concerns, **chosen
        )
        room.goes_on_at = "goals:decision"
        room.save(update_fields=["goes_on_at"])
        if is_rehearsal:
            rehearse(room)
        return self.reviews.create(reflection=room)

    def _running(self, *, is_rehearsal: bool = False) -> "Review | None":
        Goal.objects.select_for_update().get(pk=self.pk)  # two clicks are one look
        running = self.reviews.exclude(reflection__phase=Reflection.Phase.CONCLUDED)
        return running.filter(reflection__is_rehearsal=is_rehearsal).first()

    def _version(self):
        return Guide.objects.get(slug=GUIDE).current_version()


class PastWording(models.Model):
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="past_wordings")
    text = models.TextField()
    until = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-until", "-pk"]

    def __str__(self):
        return f"tidligere ordlyd {self.pk}"


class Decision(models.TextChoices):
    KEEP = "keep", _("Behold")
    ADJUST = "adjust", _("Justér")
    REPLACE = "replace", _("Erstat")
    GOODBYE = "goodbye", _("Sig farvel")
    ADJUST_FOLLOW_UP = "adjust-follow-up", _("Justér opfølgningen")
    CARRY_ON = "carry-on", _("Bær erfaringen videre")

    @property
    def when(self) -> str:
        return WHEN[self][0]

    @property
    def next_step(self) -> str:
        return WHEN[self][1]

    @classmethod
    def offered_for(cls, goal: Goal) -> list["Decision"]:
        """Nobody here can say goodbye to a goal that the law has set; other ways stand open."""
        if goal.is_law_bound:
            return [cls.KEEP, cls.ADJUST, cls.REPLACE, cls.ADJUST_FOLLOW_UP, cls.CARRY_ON]
        return cls.usual()

    @classmethod
    def usual(cls) -> list["Decision"]:
        return [cls.KEEP, cls.ADJUST, cls.REPLACE, cls.GOODBYE]


# When a decision is the right one, and what follows.
WHEN = {
    Decision.KEEP: (
        _("Målet er klart, det gavner nogen, og opfølgningen bliver brugt."),
        _("Sig det højt, og lad det være i fred til næste kig."),
    ),
    Decision.ADJUST: (
        _("Retningen er god, men ordene, tallet eller rytmen driller."),
        _("Skriv den nye udgave, og vis den til dem, der bidrager."),
    ),
    Decision.REPLACE: (
        _("Det vigtige ligger et andet sted, end målet peger."),
        _("Sæt et nyt mål sammen med dem, det er til for."),
    ),
    Decision.GOODBYE: (
        _("Ingen har glæde af det, og intet krav holder på det."),
        _("Stop, giv besked, og behold hensynet bag."),
    ),
    Decision.ADJUST_FOLLOW_UP: (
        _("Målet ligger fast, men måden at følge op på hjælper ingen."),
        _("Aftal en anden opfølgning, og fortæl hvorfor."),
    ),
    Decision.CARRY_ON: (
        _("Andre bestemmer over målet, og de bør kende jeres erfaring."),
        _("Skriv, hvem der skal høre den, og hvem der fortæller den."),
    ),
}


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own goals' – and those of a room that one leads, for whoever takes over."""
        led = Participant.objects.filter(user=user, is_facilitator=True).values("reflection")
        return self.filter(models.Q(goal__owner=user) | models.Q(reflection__in=led))


class Review(Fieldwise):
    """One look at a goal: a reflection, a decision and a follow-up plan of eight lines."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="reviews")
    reflection = models.OneToOneField(Reflection, models.PROTECT, related_name="review")
    decision = models.CharField(_("Hvad beslutter du?"), max_length=20, choices=Decision.choices, blank=True)
    reason = models.CharField(_("Én sætning om hvorfor"), max_length=500, blank=True)
    dissent = models.TextField(_("Er nogen uenige? Skriv også det"), max_length=1000, blank=True)
    carry_to = models.CharField(_("Hvem skal erfaringen bæres videre til?"), max_length=250, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    change = models.TextField(_("Vi ændrer"), max_length=500, blank=True)
    stop = models.TextField(_("Vi holder op med"), max_length=500, blank=True)
    responsible = models.CharField(_("Ansvarlig"), max_length=120, blank=True)
    tell = models.CharField(_("Vi fortæller det til"), max_length=250, blank=True)
    first_sign = models.TextField(_("Første tegn på, at det virker"), max_length=500, blank=True)
    look_back_on = models.DateField(_("Vi kigger igen den"), null=True, blank=True)
    look_back_by = models.CharField(_("Hvem kalder sammen?"), max_length=120, blank=True)
    no_date_reason = models.CharField(
        _("Hvis der ikke er en dato: hvorfor ikke?"), max_length=250, blank=True
    )
    if_nothing = models.TextField(_("Sker der intet, så"), max_length=500, blank=True)

    objects = ReviewQuerySet.as_manager()

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

    def get_absolute_url(self):
        return reverse("goals:review", args=[self.reflection.key])

    @property
    def plan_lines(self) -> list[tuple[str, str]]:
        """The eight lines of the follow-up plan: label and text."""
        look_back = date_format(self.look_back_on) if self.look_back_on else self.no_date_reason
        decided = f"{self.decision_words}: {self.reason}" if self.decision else ""
        return [
            (_("Vi har besluttet"), decided),
            (_("Vi ændrer"), self.change),
            (_("Vi holder op med"), self.stop),
            (_("Ansvarlig"), self.responsible),
            (_("Vi fortæller det til"), self.tell),
            (_("Første tegn på, at det virker"), self.first_sign),
            (_("Vi kigger igen den"), ", ".join(filter(None, [look_back, self.look_back_by]))),
            (_("Sker der intet, så"), self.if_nothing),
        ]

    @property
    def decision_words(self) -> str:
        """The decision, and to whom where it is to carry the experience on."""
        to_whom = self.carry_to if self.decision == Decision.CARRY_ON else ""
        return " ".join(filter(None, [self.get_decision_display(), to_whom]))

    @property
    def is_decided(self) -> bool:
        """Decided, and still a way that stands open: the goal may have become bound by law since."""
        return self.decided_at is not None and self.decision in Decision.offered_for(self.goal)

    @property
    def is_concluded(self) -> bool:
        return self.reflection.is_concluded

    @cached_property
    def participant(self) -> Participant:
        """The one who answers a review alone; in a room the one who opened it."""
        return self.reflection.participants.get(user=self.reflection.owner_id)

    @property
    def is_running(self) -> bool:
        """Whether the goal is being looked at; a rehearsal is no look."""
        return not (self.is_concluded or self.reflection.is_rehearsal)

    @property
    def is_open_to_decide(self) -> bool:
        """A group decides on what it has seen together; alone one may decide at any time."""
        return self.reflection.is_solo or self.reflection.is_revealed

    @transaction.atomic
    def conclude(self) -> bool:
        """The plan stands: nothing changes any more, and the room gets it into its minutes.

        False when the room has gone back to the answers meanwhile.
        """
        room = self.reflection
        dissent = [[str(_("Uenighed")), self.dissent]] if self.dissent else []
        room.outcome = [[str(label), text] for label, text in self.plan_lines] + dissent
        if not room.conclude():
            return False
        room.save(update_fields=["outcome"])
        return True

    def settle(self) -> list[str]:
        if not (self.decision and self.reason):  # erased again: nothing is decided any more
            self.decided_at = None
        return ["decided_at"]

    def decide(self):
        """The decision stands; the first time is the time it was made."""
        self.decided_at = self.decided_at or timezone.now()
        self.save(update_fields=["decided_at"])


class Goodbye(Publishable):
    """Something that stopped, told to everybody – because its owner chose to, and an editor agreed."""

    review = models.OneToOneField(Review, models.CASCADE, related_name="goodbye", editable=False)
    what = models.CharField(_("Hvad siger vi farvel til?"), max_length=200)
    why = models.TextField(_("Hvorfor?"), max_length=1000)
    stops_on = models.DateField(_("Fra hvornår?"))
    frees = models.TextField(_("Hvad giver det plads til?"), max_length=500)
    guard = models.CharField(_("Hvem passer på hensynet bag?"), max_length=200)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, verbose_name=_("Forvaltning")
    )

    class Meta:
        verbose_name = "farvel"
        verbose_name_plural = "farveller"
        ordering = ["-stops_on", "-pk"]

    def __str__(self):
        return self.what
