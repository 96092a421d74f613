"""What an administrator can do to somebody else's room, with a reason that everybody in it can read.

Nothing here reads an answer to show it. Every act is written down in the same transaction.
"""

import re
from datetime import timedelta
from uuid import UUID

from django import forms
from django.db import transaction
from django.utils import timezone

from privacy import erasures
from privacy.events import record
from privacy.models import What
from reflection import tokens
from reflection.live.notifications import announce
from reflection.models import Answer, EmergencyAccess, HiddenComment, Participant, Reflection
from reflection.models.emergency_access import SHORTEST_REASON
from reflection.models.rooms import WAYS_IN
from reflection.models.walls import CLOSED_WALL
from reflection.privacy import retention

KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ON_REQUEST = "slettet, fordi den, der skrev det, bad om det"
REMOVED = "(slettet efter ønske)"
IS_RESTRICTED = "Behandlingen af nogens oplysninger her er begrænset. Frigiv den først."


def reason_field(*, required: str, help_text: str) -> forms.CharField:
    """Why somebody does what everybody in a room can read; `required` is said where it is empty."""
    return forms.CharField(
        label="Hvorfor?",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=SHORTEST_REASON,
        max_length=500,
        help_text=help_text,
        error_messages={
            "required": required,
            "min_length": "Skriv grunden i en hel sætning, på mindst %(limit_value)d tegn.",
        },
    )


class OpenForm(forms.Form):
    """Open a room's administration: which room, why, and a tick that everybody in it will read so."""

    room = forms.CharField(
        label="Rummets adresse",
        max_length=300,
        help_text="Den, der spørger, kan kopiere den fra sin browser. Den ligner /rum/1b2c…/.",
        error_messages={"required": "Skriv rummets adresse."},
    )
    reason = reason_field(
        required="Skriv, hvorfor rummets administration skal åbnes.",
        help_text="Skriv, hvem der har bedt om hvad. Alle i rummet kan læse det, så skriv ikke om personer.",
    )
    confirmed = forms.BooleanField(
        label="Jeg ved, at alle i rummet får at se, at jeg har åbnet det, og hvorfor",
        error_messages={"required": "Sæt kryds, hvis du vil åbne rummets administration."},
    )

    def clean_room(self) -> Reflection:
        found = KEY.search(self.cleaned_data["room"])
        rooms = Reflection.objects.exclude(mode=Reflection.Mode.SOLO).exclude(owner=None)
        room = rooms.filter(key=UUID(found[0])).first() if found else None
        if room is None:
            raise forms.ValidationError("Adressen fører ikke til et rum. Se efter, om det hele er med.")
        return room

    @transaction.atomic
    def save(self, user) -> EmergencyAccess:
        room, reason = self.cleaned_data["room"], self.cleaned_data["reason"]
        return _write_down(
            EmergencyAccess.Action.OPENED,
            reflection=room,
            room=name_of(room),
            user=user,
            name=user.get_full_name(),
            reason=reason,
        )


def name_of(room: Reflection) -> str:
    """How the list names a room, without its title, which somebody has typed."""
    return f"{room.version.guide} {room.created_at:%d.%m.%Y} {str(room.key)[:8]}"


class PersonForm(forms.Form):
    """One person in the room, by the code only they have, or by the name they gave."""

    who = forms.CharField(
        label="Deltagerens egen kode eller navn",
        max_length=60,
        error_messages={"required": "Skriv deltagerens egen kode eller navn."},
    )

    def __init__(self, *args, room: Reflection, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room

    def clean_who(self) -> Participant:
        name_or_code = self.cleaned_data["who"].strip()
        people = self.room.participants.filter(is_paper=False, is_pretend=False)
        by_code = people.filter(return_hash__in=tokens.digests(tokens.normalised(name_or_code)))
        found = list(by_code) or list(people.filter(name__iexact=name_or_code))
        if len(found) > 1:
            raise forms.ValidationError("Flere hedder det. Bed om deltagerens egen kode.")
        if not found:
            raise forms.ValidationError("Der er ingen i rummet med den kode eller det navn.")
        return found[0]


class AnswersForm(PersonForm):
    """Delete one person's answers; refused while their data are under a restriction."""

    def clean_who(self) -> Participant:
        person = super().clean_who()
        if person.pk in self.room.restricted:
            raise forms.ValidationError(IS_RESTRICTED)
        return person


class LeaderForm(PersonForm):
    """Somebody known who is in the room already, and not the one who opened its administration.

    Nobody can make a room's owner go away for a moment and lead it meanwhile, alone or by an account or
    a window that was made for it: the owner's account must have been closed for a day, with nobody else
    to lead, and the new leader's must be older than that.
    """

    OWNER_GONE_FOR = timedelta(hours=24)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_who(self) -> Participant:
        person = super().clean_who()
        if person.user_id == self.user.pk:
            raise forms.ValidationError("Du kan ikke give rollen til dig selv.")
        if not self.room.participants.let_in().filter(pk=person.pk, user__isnull=False).exists():
            raise forms.ValidationError("Kun en, der er gået ind i rummet med sin egen konto, kan få rollen.")
        closed_at = self.room.owner.closed_at
        if closed_at and person.user.date_joined >= closed_at:
            raise forms.ValidationError("Kontoen er nyere end lukningen af den, rummet tilhørte.")
        return person

    def clean(self) -> dict:
        if why_not := self.why_not(self.room):
            raise forms.ValidationError(why_not)
        return super().clean()

    @classmethod
    def why_not(cls, room: Reflection) -> str:
        """Why nobody can be given the lead here; empty where somebody can."""
        leading = room.participants.leading()
        if leading.filter(user=room.owner).exists():
            return "Den, der åbnede rummet, har stadig en konto. Kun den, der leder, kan give rollen videre."
        if leading.exists():
            return "Rummet har stadig en, der leder. Kun den, der leder, kan give rollen videre."
        if room.owner.is_active:  # it was given to somebody who was not there (retention.give_to)
            return ""
        closed_at = room.owner.closed_at
        if closed_at is None or closed_at > timezone.now() - cls.OWNER_GONE_FOR:
            return "Kontoen, rummet tilhørte, er lukket for mindre end et døgn siden. Prøv igen senere."
        return ""


class DeleteRoomForm(forms.Form):
    def __init__(self, *args, room: Reflection, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room

    def clean(self) -> dict:
        if self.room.restricted:
            raise forms.ValidationError(IS_RESTRICTED)
        return super().clean()

    confirmed = forms.BooleanField(
        label="Slet rummet med alt, hvad der er svaret og aftalt i det",
        error_messages={"required": "Sæt kryds, hvis rummet skal slettes. Det kan ikke fortrydes."},
    )


@transaction.atomic
def close_ways_in(opened: EmergencyAccess):
    """Code and links open nothing any more; who is in the room stays, and who leads can make a new code."""
    Reflection.objects.filter(pk=opened.reflection_id).update(**dict.fromkeys(WAYS_IN), **CLOSED_WALL)
    opened.reflection.personal_invitations.close()
    _note(opened, EmergencyAccess.Action.CLOSED_WAYS_IN)


@transaction.atomic
def delete_answers(opened: EmergencyAccess, person: Participant):
    """One person's answers, and their words where they are shown.

    Numbers that the room has seen stay as they were shown: others could else work out the difference.
    """
    for answer in person.answers.all():
        _forget_shown(person, answer)
    erasures.note(Answer, person.key)
    person.answers.all().delete()
    Participant.objects.filter(pk=person.pk).update(is_done=False, safety=None, vote="")
    _note(opened, EmergencyAccess.Action.DELETED_ANSWERS)


def _forget_shown(person: Participant, answer):
    snapshots = person.reflection.snapshots.filter(
        prompt=answer.prompt_id, party=person.party_id, about=answer.about_id
    )
    for snapshot in snapshots:
        names = snapshot.names.get(answer.raw, [])
        if person.label in names:
            names[names.index(person.label)] = REMOVED
        for position, kept in enumerate(snapshot.comments):
            if answer.text and kept["text"] == answer.text:
                kept.update(text="", name="")
                hidden = {"reason": ON_REQUEST, "hidden_by": "en administrator"}
                HiddenComment.objects.update_or_create(snapshot=snapshot, position=position, defaults=hidden)
                break
        snapshot.save()


@transaction.atomic
def hand_over(opened: EmergencyAccess, person: Participant):
    person.lead()
    _note(opened, EmergencyAccess.Action.HANDED_OVER)


@transaction.atomic
def delete_room(opened: EmergencyAccess):
    """The room and everything in it; that it was deleted, by whom and why, stays."""
    room = opened.reflection
    _note(opened, EmergencyAccess.Action.DELETED_ROOM)
    retention.delete_room(room)


def note_given(room: Reflection | None, about: str, *, reason: str, name: str, by=None):
    """That something got another owner: in the list, and in the room where there is one."""
    given = {"reflection": room, "room": about, "user": by, "name": name, "reason": reason}
    _write_down(EmergencyAccess.Action.GIVEN, **given)


def _note(opened: EmergencyAccess, action: str):
    names = ["reflection", "room", "user", "name", "reason"]
    _write_down(action, **{name: getattr(opened, name) for name in names})


def _write_down(action: str, **act) -> EmergencyAccess:
    """On the list, in the event log, and for everybody in the room where there is one."""
    done = EmergencyAccess.objects.create(action=action, **act)
    record(What.EMERGENCY, who=done.user, thing=done.reflection, detail=action)
    if done.reflection:
        _announce(done)
    return done


def _announce(done: EmergencyAccess):
    """Show it to everybody in the room, on every page."""
    room = Reflection.objects.select_for_update().get(pk=done.reflection_id)
    day = timezone.localdate().isoformat()
    room.broken_glass = [*room.broken_glass, [done.name, done.action, day, done.reason]]
    room.save(update_fields=["broken_glass"])
    announce(room.key)
