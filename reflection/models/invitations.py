"""Rooms that one comes into by a slip of one's own: a code and a link for one person, good once.

Where nobody comes in without a slip, there are no more people in the room than slips were handed out, and
two windows beside one person are one.
"""

from typing import Self

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from reflection import tokens

WAYS = ["nonce", "code_hash", "link_hash"]


class PersonalInvitationQuerySet(models.QuerySet):
    def by_code(self, code: str) -> Self:
        """Ask only from a form that limits wrong tries."""
        return self._open().filter(code_hash__in=tokens.digests(code))

    def by_link(self, token: str) -> Self:
        return self._open().filter(link_hash__in=tokens.digests(token))

    def _open(self) -> Self:
        """Of rooms that have not ended; also used ones, whose page says how to come back."""
        return self.exclude(reflection__phase="concluded").select_related(
            "reflection__version__guide", "party"
        )

    def unused(self) -> Self:
        return self.filter(is_used=False)

    def close(self):
        """They open nothing any more."""
        self.update(code_hash=None, link_hash=None)


class PersonalInvitation(models.Model):
    """A slip for one person of one party (or of a room without parties)."""

    reflection = models.ForeignKey(
        "reflection.Reflection", models.CASCADE, related_name="personal_invitations"
    )
    party = models.ForeignKey("reflection.Party", models.CASCADE, null=True, related_name="+")
    number = models.PositiveSmallIntegerField()  # on the slip, to ask for it when it is lost
    nonce = models.CharField(max_length=22, editable=False)
    code_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    link_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    is_used = models.BooleanField(default=False)  # also when whoever used it has gone
    participant = models.OneToOneField(
        "reflection.Participant", models.SET_NULL, null=True, related_name="personal_invitation"
    )

    objects = PersonalInvitationQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.PARTICIPANTS,
        Purpose.REFLECTION,
        Kept.ROOMS,
        participant="participant",
        ways_in=("nonce", "code_hash", "link_hash"),
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["reflection", "number"], name="slips_are_numbered"),
            models.CheckConstraint(
                condition=models.Q(is_used=True) | models.Q(participant=None),
                name="whoever_came_by_a_slip_has_used_it",
            ),
        ]

    def __str__(self):
        return f"seddel {self.number}"

    @property
    def label(self) -> str:
        named = _("Seddel %(number)s") % {"number": self.number}
        return f"{named} ({self.party})" if self.party else named

    @property
    def code(self) -> str:
        return tokens.personal_code(self.nonce)

    @property
    def invitation(self) -> str:
        """The token of its link, as Reflection.invitation."""
        return tokens.link_token("personal invitation", self.nonce)

    def renew(self):
        """A new code and a new link; the old ones open nothing any more."""
        for _attempt in range(5):  # as for rooms: a second attempt is rare
            self.nonce = tokens.new_nonce()
            self.code_hash, self.link_hash = tokens.digest(self.code), tokens.digest(self.invitation)
            try:
                with transaction.atomic():
                    self.save()
                return
            except IntegrityError:
                continue
        raise RuntimeError("no free code for a slip")

    def use(self) -> bool:
        """Mark it as used; False where somebody has used it already."""
        still = PersonalInvitation.objects.unused().filter(pk=self.pk, nonce=self.nonce)
        return bool(still.update(is_used=True))

    def assign_to(self, participant):
        """Tie it to the participant; a slip they had before stays used."""
        PersonalInvitation.objects.filter(participant=participant).update(participant=None)
        self.is_used, self.participant = True, participant
        self.save(update_fields=["is_used", "participant"])

    @property
    def is_replaceable(self) -> bool:
        """Whoever has used it can be taken out only before anything has been shown: what was shown with
        their answers is shown on, and with a new slip they would count twice."""
        return not (self.is_used and self.reflection.was_revealed)

    @transaction.atomic
    def replace(self) -> bool:
        """Another slip in its place. Whoever has used this one is taken out first, so nobody counts twice.

        False where they cannot be taken out: they lead the room, or answers have been shown.
        """
        room = self.reflection.locked()  # before the slip is read: somebody may be using it just now
        slip = PersonalInvitation.objects.get(pk=self.pk)
        slip.reflection = room
        if not slip.is_replaceable:
            return False
        if slip.participant and not slip.participant.is_put_out and not slip.participant.put_out():
            return False
        slip.is_used, slip.participant = False, None
        slip.renew()
        return True
