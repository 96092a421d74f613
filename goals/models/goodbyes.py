"""What stopped: told to everybody if its owner chooses to, and looked at again later."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compass.models import Department
from goals.models.reviews import Review
from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from privacy.restrictions import unrestricted
from publishing.days import months_after
from publishing.publishable import Publishable, PublishedQuerySet


class GoodbyeQuerySet(PublishedQuerySet):
    def shared(self) -> Self:
        """What its owner has offered to the public, and may be shown; an editor sees these alone."""
        return unrestricted(self.filter(is_shared=True))

    def published(self) -> Self:
        return super().published().shared()

    def visible_to(self, user) -> Self:
        return super().visible_to(user).shared()

    def of(self, user) -> Self:
        return self.filter(review__goal__owner=user)

    def to_check(self, today: date | None = None) -> Self:
        """Those that it is time to look at again: with `due_stage` (GoodbyeCheck.Stage) and their owner.

        Of several stages that have passed without an answer only the latest is asked about.
        """
        today = today or timezone.localdate()
        stages = GoodbyeCheck.Stage
        due = Case(
            When(stops_on__lte=months_after(today, -stages.SIX), then=Value(stages.SIX)),
            When(stops_on__lte=months_after(today, -stages.THREE), then=Value(stages.THREE)),
            When(Q(is_trial=True, trial_until__lte=today), then=Value(stages.TRIAL)),
            output_field=models.PositiveSmallIntegerField(),
        )
        checked = GoodbyeCheck.objects.filter(goodbye=OuterRef("pk"), stage__gte=OuterRef("due_stage"))
        waiting = self.annotate(due_stage=due).filter(~Exists(checked), due_stage__isnull=False)
        return waiting.select_related("review__goal__owner", "review__reflection").order_by("stops_on", "pk")


class Goodbye(Publishable):
    """Something that stopped. The public reads it if its owner chose to tell it and an editor agreed."""

    review = models.OneToOneField(Review, models.CASCADE, related_name="goodbye", editable=False)
    what = models.CharField(_("Hvad siger vi farvel til?"), max_length=200)
    why = models.TextField(_("Hvorfor?"), max_length=1000)
    stops_on = models.DateField(_("Fra hvornår?"), db_index=True)
    is_trial = models.BooleanField(_("Det er et farvel på prøve"), default=False)
    trial_until = models.DateField(_("Prøven slutter den"), null=True, blank=True)
    frees = models.TextField(_("Hvad giver det plads til?"), max_length=500)
    guard = models.CharField(_("Hvem passer på hensynet bag?"), max_length=200)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, verbose_name=_("Forvaltning")
    )
    is_shared = models.BooleanField(_("Fortæl andre om det på den offentlige liste"), default=False)

    objects = GoodbyeQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        person="review__goal__owner",
        called=_("Dine farveller"),
        words=("what", "why", "frees", "guard"),
    )

    class Meta:
        verbose_name = "farvel"
        verbose_name_plural = "farveller"
        ordering = ["-stops_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_trial=False) | Q(trial_until__isnull=False, trial_until__gt=F("stops_on")),
                name="a_trial_goodbye_has_an_end",
                violation_error_message="Skriv en dag, hvor prøven slutter, efter den, hvor det stopper.",
            )
        ]

    def __str__(self):
        return self.what

    @property
    def is_public(self) -> bool:
        return self.is_shared and self.published_at is not None

    def check_again(self, stage: int, **answers):
        """Keep what was answered; said twice, the last word stands. A trial that lasted is over."""
        check, _made = self.checks.update_or_create(stage=stage, defaults=answers)
        is_over = self.is_trial and self.trial_until <= timezone.localdate()
        if check.answer == GoodbyeCheck.IsGone.GONE and is_over:
            self.is_trial = False
            self.save(update_fields=["is_trial", "updated_at"])
        return check


class GoodbyeCheck(models.Model):
    """«Er det virkelig væk?»"""

    class Stage(models.IntegerChoices):
        TRIAL = 0, _("da prøven sluttede")
        THREE = 3, _("efter 3 måneder")
        SIX = 6, _("efter 6 måneder")

    class IsGone(models.TextChoices):
        GONE = "gone", _("Ja, det er væk")
        PARTLY = "partly", _("Delvist")
        BACK = "back", _("Nej, det kom tilbage")

    IN_SHORT = {IsGone.GONE: _("væk"), IsGone.PARTLY: _("delvist væk"), IsGone.BACK: _("kom tilbage")}

    goodbye = models.ForeignKey(Goodbye, models.CASCADE, related_name="checks")
    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    answer = models.CharField(_("Er det virkelig væk?"), max_length=10, choices=IsGone.choices)
    note = models.CharField(_("Hvad skete der?"), max_length=250, blank=True)  # never public
    checked_on = models.DateField(auto_now=True)

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        person="goodbye__review__goal__owner",
        called=_("Om det, du sagde farvel til, er væk"),
        words=("note",),
    )

    class Meta:
        ordering = ["stage"]
        constraints = [models.UniqueConstraint(fields=["goodbye", "stage"], name="one_check_per_stage")]

    def __str__(self):
        return f"tjek {self.pk}"

    @property
    def in_short(self) -> str:
        return self.IN_SHORT[self.answer]
