"""The administrators' way into a room's administration – never to what was answered – and who used it."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose

SHORTEST_REASON = 20


class EmergencyAccessQuerySet(models.QuerySet):
    def open_to(self, user) -> Self:
        """Openings that still let this administrator in: their own, of the last hour, of a room there is."""
        begun = timezone.now() - EmergencyAccess.LASTS
        opened = self.filter(action=EmergencyAccess.Action.OPENED, user=user, at__gte=begun)
        return opened.exclude(reflection=None).select_related("reflection__version__guide")


class EmergencyAccess(models.Model):
    """One thing an administrator did to a room that is not theirs, and why. Written once, never changed."""

    LASTS = timedelta(hours=1)

    class Action(models.TextChoices):
        OPENED = "opened", "åbnede rummets administration"
        CLOSED_WAYS_IN = "closed_ways_in", "lukkede koder og links"
        DELETED_ANSWERS = "deleted_answers", "slettede én deltagers svar efter ønske"
        HANDED_OVER = "handed_over", "lod en anden i rummet lede"
        DELETED_ROOM = "deleted_room", "slettede rummet"
        GIVEN = "given", "gav en anden det, kontoen ejede"

    reflection = models.ForeignKey(
        "reflection.Reflection", models.SET_NULL, null=True, related_name="+", verbose_name="rum"
    )
    room = models.CharField("rum", max_length=200)  # how it is told apart when it is gone; not its words
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    name = models.CharField("hvem", max_length=200)
    action = models.CharField("hvad", max_length=20, choices=Action.choices)
    reason = models.TextField("hvorfor")
    at = models.DateTimeField("hvornår", auto_now_add=True)

    objects = EmergencyAccessQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.ACCOUNTABILITY,
        person="user",
        called=_("Din brug af nødadgang"),
        identity=("user", "name"),
        traces=("room",),
        words=("reason",),
    )

    class Meta:
        verbose_name = "brug af nødadgang"
        verbose_name_plural = "nødadgang til rum"
        ordering = ["-at", "-pk"]
        default_permissions = ()
        permissions = [("use_emergency_access", "Kan åbne et rums administration i nødstilfælde")]

    def __str__(self):
        return f"{self.name} {self.get_action_display()}"
