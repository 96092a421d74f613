"""What Samarbejdskompasset is about: a collaboration, and who its parties are."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from reflection.models import Agreement, Guide, Party, Reflection, rehearse

GUIDE = "samarbejdskompasset"


class CollaborationQuerySet(models.QuerySet):
    def visible_to(self, user) -> Self:
        """Those the user owns or has taken part in by account; a role opens none."""
        took_part = models.Q(
            rounds__reflection__participants__user=user, rounds__reflection__participants__is_put_out=False
        )
        return self.filter(models.Q(owner=user) | took_part).distinct()

    def with_state(self) -> Self:
        """Annotated with what «Mine samarbejder» shows of each."""
        rounds = models.Q(rounds__reflection__is_rehearsal=False)
        concluded = models.Q(rounds__reflection__phase=Reflection.Phase.CONCLUDED)
        return (
            self.annotate(
                round_count=models.Count("rounds", filter=rounds, distinct=True),
                concluded_count=models.Count("rounds", filter=rounds & concluded, distinct=True),
                look_back_on=models.Max("rounds__look_back_on", filter=rounds & concluded),
            )
            .prefetch_related("partners")
            .order_by("-created_at", "-pk")
        )


class Collaboration(models.Model):
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="collaborations")
    title = models.CharField(_("Hvad kalder I samarbejdet?"), max_length=120)
    about = models.TextField(_("Hvad er I sammen om?"), max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CollaborationQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.GROUP,
        Purpose.REFLECTION,
        Kept.GOALS,
        person="owner",
        called=_("Samarbejder, du har skrevet ind"),
        identity=("owner",),
        words=("title", "about"),
    )

    def __str__(self):  # never the words: the admin names what stands in the way of a deletion
        return f"samarbejde {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("collaboration:collaboration", args=[self.key])

    @property
    def is_mixed(self) -> bool:
        """Whether others than the municipality's own staff take part."""
        return any(partner.is_from_outside for partner in self.partners.all())

    @property
    def has_weaker_partner(self) -> bool:
        return any(partner.is_weaker for partner in self.partners.all())

    def running_round(self, *, is_rehearsal: bool = False):
        """The round under way, or None; a rehearsal is one of its own."""
        rounds = self.rounds.filter(reflection__is_rehearsal=is_rehearsal)
        return rounds.filter(reflection__in=Reflection.objects.under_way()).first()

    def agreements(self):
        """Of all its rounds, the newest first; those of a rehearsal were not meant."""
        found = Agreement.objects.filter(
            reflection__round__collaboration=self, reflection__is_rehearsal=False
        )
        return found.select_related("party", "reflection").order_by("-reflection_id", "due", "pk")

    def carriers(self) -> list[tuple["Partner", int]]:
        """How many agreements each party carries or has carried."""
        carried = [agreement.party.position for agreement in self.agreements() if agreement.party]
        return [(partner, carried.count(partner.position)) for partner in self.partners.all()]

    @transaction.atomic
    def open_round(self, user, *, answers_for=None, absent=None, people=None, **chosen):
        """A new round (`chosen`: Reflection.open_room) – or the one under way.

        `answers_for` is the partner whom the one who opens it belongs to, if they answer too; `absent`
        the one who cannot come: the round is then one-sided. `people` is how many are expected of each
        partner, each with a slip where one comes in by slip; who opens it needs none.
        """
        Collaboration.objects.select_for_update().get(pk=self.pk)  # two clicks are one round
        running = self.running_round(is_rehearsal=chosen.get("is_rehearsal", False))
        if running:
            return running
        version = Guide.objects.get(slug=GUIDE).current_version()
        about = {"title": self.title, "is_mixed": self.is_mixed, "opening": self.opening()}
        room = Reflection.open_room(version, user, **about, **chosen)
        parties = self._create_parties(room, user, answers_for, absent)
        for partner, number in (people or {}).items() if room.is_by_invitation else []:
            room.invite(number - (partner == answers_for), parties[partner])
        return self.rounds.create(reflection=room, is_one_sided=absent is not None)

    def _create_parties(self, room: Reflection, user, answers_for, absent) -> dict["Partner", Party]:
        parties = {
            partner: room.parties.create(
                position=partner.position, title=partner.title, is_absent=partner == absent
            )
            for partner in self.partners.all()
        }
        if answers_for:
            room.participants.get(user=user).answer_for(parties[answers_for])
        if room.is_rehearsal:
            rehearse(room)
        return parties

    def opening(self) -> list[list[str]]:
        """What was agreed last, for everybody to read before they answer."""
        latest = self.agreements().first()
        if latest is None:
            return []
        agreed = self.agreements().filter(reflection=latest.reflection_id)
        return [[agreement.what, agreement.how_it_went] for agreement in agreed]

    def renew_opening(self):
        """The running round opens with what is known now of the last agreements."""
        running = self.running_round()
        if running:
            running.reflection.opening = self.opening()
            running.reflection.save(update_fields=["opening"])


class Partner(models.Model):
    """A side of a collaboration. Each room has a Party of the same position for it."""

    class Kind(models.TextChoices):
        CITIZENS = "citizens", _("Borgere")
        ASSOCIATION = "association", _("Forening")
        COMPANY = "company", _("Virksomhed")
        DEPARTMENT = "department", _("Del af kommunen")
        AUTHORITY = "authority", _("Anden myndighed")
        POLITICIANS = "politicians", _("Politikere")

    collaboration = models.ForeignKey(Collaboration, models.CASCADE, related_name="partners")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("Part"), max_length=120)
    kind = models.CharField(_("Slags"), max_length=20, choices=Kind.choices)

    personal_data = PersonalData(
        Whose.GROUP,
        Purpose.REFLECTION,
        Kept.GOALS,
        person="collaboration__owner",
        called=_("Parter i dine samarbejder"),
        words=("title",),
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["collaboration", "position"], name="partners_have_an_order")
        ]

    def __str__(self):
        return self.title

    @property
    def is_from_outside(self) -> bool:
        return self.kind != self.Kind.DEPARTMENT

    @property
    def is_weaker(self) -> bool:
        """Whom a low number could harm: they fear consequences that the other side does not."""
        return self.kind in {self.Kind.CITIZENS, self.Kind.ASSOCIATION}
