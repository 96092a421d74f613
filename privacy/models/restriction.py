"""That somebody's data are kept and not used for a time (GDPR article 18): who, why, from when to when."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    def standing(self):
        return self.filter(lifted_at=None)

    def subjects(self):
        """The pseudonyms of those whose restriction stands."""
        return self.standing().values("subject")


class Restriction(models.Model):
    """One restriction. It is lifted and never deleted: the row says what was done and why."""

    subject = models.UUIDField("hvem", db_index=True, editable=False)  # of an account or a place in a room
    reason = models.CharField(
        "hvorfor",
        max_length=500,
        help_text="Personen læser det. Skriv, hvad der er bedt om, og sagens nummer – intet om andre.",
    )
    began_at = models.DateTimeField("begrænset fra", db_default=Now())
    began_by = models.UUIDField("begrænset af", null=True, editable=False)  # a pseudonym
    lifted_at = models.DateTimeField("frigivet", null=True, editable=False)
    lifted_because = models.CharField(
        "hvorfor den frigives",
        max_length=500,
        blank=True,
        help_text="Personen skal have besked, før behandlingen frigives (stk. 3), og læser grunden.",
    )
    lifted_by = models.UUIDField("frigivet af", null=True, editable=False)

    objects = RestrictionQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.PARTICIPANTS,
        Purpose.ACCOUNTABILITY,
        pseudonym="subject",
        called=_("Begrænsning af behandlingen"),
        words=("reason", "lifted_because"),
        traces=("began_at", "lifted_at"),
    )

    class Meta:
        verbose_name = "begrænsning af behandling"
        verbose_name_plural = "begrænsninger af behandling (artikel 18)"
        ordering = [models.F("lifted_at").desc(nulls_first=True), "-began_at"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(lifted_at=None), name="nobody_is_restricted_twice"
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None) | ~models.Q(lifted_because=""),
                name="a_restriction_is_lifted_with_a_reason",
            ),
        ]

    def __str__(self):
        return f"begrænsning {self.pk}"

    @property
    def pseudonym(self):
        """Whom it is about, for the event log."""
        return self.subject

    @property
    def is_standing(self) -> bool:
        return self.lifted_at is None
