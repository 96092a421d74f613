"""What goes when its time is over, kind by kind. How long that is privacy/retention.py says.

A restriction outlives every period: what is somebody's whose restriction stands goes with the first `purge`
after it is lifted (privacy/restrictions.py). That somebody was logged in, and what is nobody's, goes as ever.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import LoginSession, Submission, WrongTries
from accounts.sessions import past_sessions
from compass.pending_imports import PendingImport, past_imports
from privacy.models import Event, Kept, Restriction
from privacy.restrictions import restricted, unrestricted
from publishing.bin import forget
from publishing.models import Binned, UnsavedWork
from reflection.compasses import registered
from reflection.models import Participant, Reflection
from reflection.models.rooms import WAYS_IN
from reflection.models.walls import CLOSED_WALL
from reflection.privacy.own_data import leave, owned_by

# --- What is over -------------------------------------------------------------------------------------


def past_rehearsals(end: datetime):
    return Reflection.objects.filter(is_rehearsal=True, created_at__lte=end).exclude(_is_restricted())


def past_open_rooms(_end: datetime):
    """Open rooms past the day that was promised at the start; a later decision does not change it."""
    past = Reflection.objects.filter(owner=None, keep_until__lt=timezone.localdate())
    return past.exclude(_is_restricted())


def past_rooms(end: datetime):
    """Rooms that still hold something: by their own date, else by the decided time."""
    rooms = _begun().exclude(mode=Reflection.Mode.SOLO).filter(_is_full())
    is_old = models.Q(keep_until=None, begun__lt=end) | models.Q(keep_until__lt=timezone.localdate())
    return rooms.filter(is_old)


def past_alone(end: datetime):
    answered = Participant.objects.filter(reflection=models.OuterRef("pk"), answers__isnull=False)
    return _begun().filter(models.Exists(answered), mode=Reflection.Mode.SOLO, begun__lt=end)


def past_agreements(end: datetime):
    """What has ended and holds nobody's answers any more; not what readers have been told of."""
    ended = _begun().filter(phase=Reflection.Phase.CONCLUDED, concluded_at__lt=end)
    for compass in registered():
        ended = ended.exclude(pk__in=compass.told_to_readers())
    return ended.exclude(_is_full())


def _begun():
    """All that may be deleted, annotated with the day its period runs from."""
    meant = Reflection.objects.filter(is_rehearsal=False, owner__isnull=False).exclude(_is_restricted())
    return meant.annotate(begun=Coalesce("concluded_at", "created_at"))


def _is_restricted() -> models.Q:
    """Where somebody's processing is restricted: whoever opened it, or anybody who has a place there."""
    people = Participant.objects.filter(restricted(Participant))
    return restricted(Reflection) | models.Q(pk__in=people.values("reflection"))


def _is_full() -> models.Exists:
    """Whether there is somebody who is deleted, or holds what is deleted.

    Who has an account keeps the place, to read the outcome.
    """
    goes = models.Q(user=None) | models.Q(answers__isnull=False) | models.Q(safety__isnull=False)
    return models.Exists(Participant.objects.filter(goes, reflection=models.OuterRef("pk")))


def past_matters(end: datetime) -> list[models.Model]:
    """Goals and collaborations that are old and in which nothing is left."""
    return [
        matter
        for compass in registered()
        for model in compass.owned
        for matter in unrestricted(model._default_manager.all()).filter(
            created_at__lt=end, **_nothing_in(model)
        )
    ]


def _nothing_in(model: type[models.Model]) -> dict[str, bool]:
    """No reflection hangs on it."""
    looks = [
        relation.name
        for relation in model._meta.related_objects
        if any(field.related_model is Reflection for field in relation.related_model._meta.fields)
    ]
    return {f"{name}__isnull": True for name in looks}


def past_invitations(end: datetime):
    """Accounts that somebody was invited to and never used."""
    users = get_user_model().objects
    never = users.exclude(pk__in=users.begun().values("pk")).filter(date_joined__lt=end, is_superuser=False)
    return [user for user in unrestricted(never.without_traces()) if not owned_by(user)]


def past_accounts(end: datetime):
    """Closed accounts that own nothing: what they owned is given to somebody else first."""
    closed = get_user_model().objects.filter(is_active=False, closed_at__lt=end)
    return [user for user in unrestricted(closed.without_traces()) if not owned_by(user)]


def past_events(_end: datetime):
    """Events past their period, by the rule of the database, which alone deletes them."""
    past = Event.objects.filter(at__lt=RawSQL("privacy_events_end()", []))
    subjects = Restriction.objects.subjects()
    return past.exclude(models.Q(who__in=subjects) | models.Q(about__in=subjects))


# --- How it goes --------------------------------------------------------------------------------------


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
    room.participants.update(safety=None, name="", is_done=False, party=None, vote="")
    room.shared_lines.all().delete()
    nothing = {"told": [], "safety_shown": [], "votes_shown": {}, **dict.fromkeys(WAYS_IN), **CLOSED_WALL}
    Reflection.objects.filter(pk=room.pk).update(**nothing)


@transaction.atomic
def delete_account(user):
    for participant in Participant.objects.filter(user=user):
        leave(participant)
    user.delete()


def delete_all(rows: models.QuerySet):
    """Delete all rows in one statement: there may be very many."""
    rows.delete()


def delete_events(rows: models.QuerySet):
    """Delete events by the only function that the database lets do it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT privacy_purge_events()")


class Purge(NamedTuple):
    """How one kind of data goes: what is over at a moment, and either each or all of it."""

    find: Callable[[datetime], Any]
    delete: Callable[[Any], object] | None = None
    delete_all: Callable[[Any], None] | None = None

    def found(self, end: datetime) -> tuple[Any, int]:
        """What goes, and how many: rows that go one by one are fetched now, those that go at once counted."""
        rows = self.find(end)
        if self.delete_all:
            return rows, rows.count()
        rows = list(rows)
        return rows, len(rows)

    def go(self, found: Iterable):
        if self.delete_all:
            self.delete_all(found)
        elif self.delete:
            for row in found:
                self.delete(row)


# What other kinds hang on goes last.
PURGES = {
    Kept.REHEARSALS: Purge(past_rehearsals, delete_room),
    Kept.OPEN_ROOMS: Purge(past_open_rooms, delete_room),
    Kept.SUBMISSIONS: Purge(lambda end: Submission.objects.past(), delete_all=delete_all),
    Kept.DRAFTS: Purge(lambda end: unrestricted(UnsavedWork.objects.past()), UnsavedWork.delete),
    Kept.BIN: Purge(lambda end: unrestricted(Binned.objects.past()), forget),
    Kept.IMPORTS: Purge(lambda end: past_imports(), PendingImport.remove),
    Kept.SESSIONS: Purge(lambda end: past_sessions(), delete_all=delete_all),
    Kept.LOGINS: Purge(lambda end: LoginSession.objects.past(), delete_all=delete_all),
    Kept.WRONG_TRIES: Purge(lambda end: WrongTries.objects.past(), delete_all=delete_all),
    Kept.EVENTS: Purge(past_events, delete_all=delete_events),
    Kept.ROOMS: Purge(past_rooms, empty),
    Kept.ALONE: Purge(past_alone, empty),
    Kept.AGREEMENTS: Purge(past_agreements, delete_room),
    Kept.GOALS: Purge(past_matters, models.Model.delete),
    Kept.UNUSED_ACCOUNTS: Purge(past_invitations, delete_account),
    Kept.CLOSED_ACCOUNTS: Purge(past_accounts, delete_account),
}


# --- Another owner ------------------------------------------------------------------------------------


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
