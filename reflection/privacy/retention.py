"""How long a room is kept, and what goes when its time is over."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from reflection.models import Participant, Reflection
from reflection.models.reflections import WAYS_IN

REHEARSAL_HOURS = 24


def has_deadline() -> bool:
    """Whether the municipality has decided how long rooms are kept, and by what authority."""
    return settings.KEEP_ROOMS_DAYS > 0 and bool(settings.PURGE_BASIS)


def past_rehearsals():
    """Rehearsals older than a day."""
    return Reflection.objects.filter(
        is_rehearsal=True, created_at__lte=timezone.now() - timedelta(hours=REHEARSAL_HOURS)
    )


def past_rooms():
    """Rooms whose time is over and that still hold something: by their own date, else by the setting."""
    today = timezone.localdate()
    begun = Coalesce("concluded_at", "created_at")
    is_old = models.Q(keep_until=None, begun__lt=_midnight(today - timedelta(days=settings.KEEP_ROOMS_DAYS)))
    full = models.Exists(Participant.objects.filter(reflection=models.OuterRef("pk")).filter(_goes()))
    rooms = Reflection.objects.exclude(mode=Reflection.Mode.SOLO).filter(is_rehearsal=False)
    return rooms.annotate(begun=begun).filter(is_old | models.Q(keep_until__lt=today)).filter(full)


def _midnight(day: date):
    return timezone.make_aware(datetime.combine(day, time.min))


def _goes() -> models.Q:
    """Who is deleted, or holds what is deleted. Who has an account keeps the place, to read the outcome."""
    return models.Q(user=None) | models.Q(answers__isnull=False) | models.Q(safety__isnull=False)


@transaction.atomic
def delete_room(room: Reflection):
    """The whole room, with whatever other apps hang on it."""
    for relation in Reflection._meta.related_objects:
        if relation.on_delete is models.PROTECT:
            relation.related_model._base_manager.filter(**{relation.field.name: room}).delete()
    room.delete()


@transaction.atomic
def empty(room: Reflection):
    """All that people answered, and who they were. What was agreed stays with the matter it belongs to."""
    room.snapshots.all().delete()
    room.personal_invitations.all().delete()
    room.participants.filter(user=None).delete()
    for person in room.participants.all():
        person.answers.all().delete()
    room.participants.update(safety=None, name="", is_done=False, party=None)
    room.shared_lines.all().delete()
    Reflection.objects.filter(pk=room.pk).update(told=[], safety_shown=[], **dict.fromkeys(WAYS_IN))


@transaction.atomic
def give_to(room: Reflection, user):
    """Another owner. A room that still takes people in gets one more to lead it.

    What one answered alone is nobody else's to read, and what a room has been shown is for those who were
    there: of a room that has ended, or an open one that was shown, the new owner has what was agreed.
    """
    if room.is_solo:
        participant = room.participants.get(user=room.owner)
        participant.answers.all().delete()
        participant.user, participant.name = user, ""
        participant.save(update_fields=["user", "name"])
    else:
        _let_lead(room, user)
    room.owner = user
    room.save(update_fields=["owner"])


def _let_lead(room: Reflection, user):
    participant = room.participants.filter(user=user).first()
    if participant is None and room.closed_because != Reflection.Closed.SHOWN:
        participant = room.participants.create(user=user, name=user.get_full_name(), is_respondent=False)
    if participant and not room.is_concluded:
        participant.lead()
