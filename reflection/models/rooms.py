"""A reflection: one use of a guide, alone or by a group in a room."""

import unicodedata
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from privacy.restrictions import restricted, unrestricted
from publishing.slugs import name_of_file
from reflection import tokens
from reflection.compasses import Compass
from reflection.live.notifications import announce, announce_step
from reflection.models import votes
from reflection.models.agreements import Agreement, AgreementDraft
from reflection.models.answers import Answer
from reflection.models.guides import GuideVersion
from reflection.models.head_counts import HeadCount, head_count, is_same_people, people_digest
from reflection.models.invitations import PersonalInvitation
from reflection.models.participants import Participant, Party
from reflection.models.rehearsal import rehearse
from reflection.models.snapshots import MIN_IN_ROOM, label, safety_counts, take_snapshots
from reflection.models.timers import RoomTimer
from reflection.models.walls import RoomWall

MANY_AT_ONCE = 30  # people within a minute: a hall with a code on the wall, or a program
WAYS_IN = ["code_hash", "invitation_hash", "facilitator_hash"]


class ReflectionQuerySet(models.QuerySet):
    def by_code(self, code: str) -> Self:
        """The room that the six characters open. Only a form that limits wrong tries may ask."""
        return self.filter(code_hash__in=tokens.digests(code)).exclude(phase=Reflection.Phase.CONCLUDED)

    def by_link(self, token: str) -> Self:
        """The room that an invitation, or the facilitators' link, leads into."""
        hashes = tokens.digests(token)
        found = models.Q(invitation_hash__in=hashes) | models.Q(facilitator_hash__in=hashes)
        return self.filter(found).exclude(phase=Reflection.Phase.CONCLUDED)

    def by_wall_code(self, code: str) -> Self:
        """The room whose wall the ten characters open, for as long as they do."""
        return self.filter(wall_hash__in=tokens.digests(code), wall_until__gt=timezone.now())

    def under_way(self) -> Self:
        """What has not ended and can: a look alone, or a room that somebody leads."""
        led = Participant.objects.leading().filter(reflection=models.OuterRef("pk"))
        return self.exclude(phase=Reflection.Phase.CONCLUDED).filter(
            models.Q(mode=Reflection.Mode.SOLO) | models.Exists(led)
        )

    def ended_by(self, user, guide) -> Self:
        """Rooms with this compass that the user led to an agreement, the latest first."""
        led = Participant.objects.leading().filter(user=user, reflection=models.OuterRef("pk"))
        ended = self.filter(version__guide=guide, phase=Reflection.Phase.CONCLUDED, is_rehearsal=False)
        return ended.filter(models.Exists(led), agreements__isnull=False).distinct().order_by("-concluded_at")

    def rounds_of(self, room: "Reflection") -> Self:
        """The rooms of its series that have ended, the oldest first; a look alone is nobody else's."""
        ended = self.filter(series=room.series, phase=Reflection.Phase.CONCLUDED, is_rehearsal=False)
        return ended.exclude(mode=Reflection.Mode.SOLO).select_related("version").order_by("pk")

    def overdue(self) -> Self:
        """Collecting rooms whose time of reveal has come, and whose people somebody has counted."""
        due = self.filter(phase=Reflection.Phase.COLLECTING, reveal_at__lte=timezone.now())
        return due.exclude(counted="")


class Reflection(RoomTimer, RoomWall, models.Model):
    """One run of one guide version, alone or as a group (a room)."""

    class Mode(models.TextChoices):
        SOLO = "solo", _("Alene")
        CONFIDENTIAL = "confidential", _("Fortroligt")
        OPEN = "open", _("Åbent")

    class Phase(models.TextChoices):
        COLLECTING = "collecting", _("Svar hver for sig")
        REVEALED = "revealed", _("Vis samlet")
        CONCLUDED = "concluded", _("Afsluttet")

    class Action(models.TextChoices):
        """What somebody who leads may do; everybody in the room is told."""

        PUT_OUT = "put_out", _("En deltager blev sat ud af rummet")
        LET_IN = "let_in", _("En deltager, der var sat ud, kan komme ind igen")
        LEADS = "leads", _("%(name)s leder også rummet")
        LEADS_NO_MORE = "leads_no_more", _("%(name)s leder ikke rummet mere")
        DOOR_CLOSED = "door_closed", _("Døren er lukket: ingen nye kan komme ind")
        DOOR_OPENED = "door_opened", _("Døren er åben igen")
        TAKEN_OVER = "taken_over", _("%(name)s har overtaget rummet, som nu ikke slettes af sig selv")

    class Closed(models.TextChoices):
        """Why nobody new can come in."""

        SHOWN = "shown"  # in an open room people say yes to those who are there
        DOOR = "door"
        FULL = "full"

    erased_by = "key"  # privacy/erasures.py
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(GuideVersion, models.PROTECT, related_name="reflections")
    owner = models.ForeignKey(  # nobody's: an open room, led by who has the link that was shown at the start
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="reflections"
    )
    is_for_anybody = models.BooleanField(default=False)  # «åbent rum»: begun without an account
    series = models.UUIDField(db_default=RandomUUID(), db_index=True, editable=False)  # of all its rounds
    title = models.TextField(blank=True)
    mode = models.CharField(max_length=20, choices=Mode.choices)
    is_mixed = models.BooleanField(default=False)
    is_rehearsal = models.BooleanField(default=False)
    is_by_invitation = models.BooleanField(default=False)  # one comes in by a slip, and no code is shared
    phase = models.CharField(max_length=20, choices=Phase.choices, default=Phase.COLLECTING)
    variant = models.CharField(max_length=20, blank=True)
    nonce = models.CharField(max_length=22, default=tokens.new_nonce, editable=False)
    code_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    invitation_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    facilitator_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    facilitator_nonce = models.CharField(max_length=22, blank=True, editable=False)  # empty: `nonce`
    reveal_at = models.DateTimeField(null=True, blank=True)
    counted = models.CharField(max_length=64, blank=True, editable=False)  # whom the facilitator has counted
    safety_shown = models.JSONField(default=list)  # how many said 1 … 5, as it was first shown
    created_at = models.DateTimeField(auto_now_add=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(null=True, blank=True)
    opening = models.JSONField(default=list)  # [[label, text], …] to read before one answers
    outcome = models.JSONField(default=list)  # [[label, text], …] of what came of it, for the minutes
    broken_glass = models.JSONField(default=list, editable=False)  # [[name, action, day, reason], …]
    is_door_closed = models.BooleanField(default=False)
    arrivals = models.PositiveIntegerField(default=0)  # within a minute from `arrivals_since`
    arrivals_since = models.DateTimeField(null=True, blank=True, editable=False)
    most_arrivals = models.PositiveIntegerField(default=0)  # within one such minute
    told = models.JSONField(default=list, editable=False)  # [[action, name, day], …], see Reflection.Action
    current_step = models.PositiveSmallIntegerField(default=0)  # of what is shown, in its order; 0: all of it
    votes_shown = models.JSONField(default=dict)  # {choice: how many}, as it was shown

    objects = ReflectionQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.GROUP,
        Purpose.REFLECTION,
        Kept.ROOMS,
        person="owner",
        called=_("Refleksioner og rum, du har åbnet"),
        identity=("owner",),
        words=("title", "opening", "outcome"),
        traces=("broken_glass", "told"),
        opinions=("safety_shown", "votes_shown"),
        ways_in=(
            "wall_nonce",
            "wall_hash",
            "nonce",
            "code_hash",
            "invitation_hash",
            "facilitator_hash",
            "facilitator_nonce",
        ),
        nothing=("variant", "counted"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(concluded_at__isnull=False) ^ ~models.Q(phase="concluded"),
                name="a_concluded_reflection_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(timer_ends_at__isnull=True) | models.Q(timer_left__isnull=True),
                name="a_timer_runs_or_rests",
            ),
            models.CheckConstraint(
                condition=models.Q(is_by_invitation=False)
                | models.Q(code_hash__isnull=True, invitation_hash__isnull=True),
                name="where_one_comes_by_slip_no_code_is_shared",
            ),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False)
                | models.Q(is_for_anybody=True, keep_until__isnull=False),
                name="what_is_nobodys_was_begun_by_anybody_and_goes",
            ),
        ]

    def __str__(self):
        return f"{self.version.guide} {self.key}"

    @classmethod
    def start_solo(cls, version: GuideVersion, user, variant: str = "", title: str = "") -> "Reflection":
        """A look alone; `title` is what it is about, for its minutes."""
        chosen = {"mode": cls.Mode.SOLO, "variant": variant, "title": title}
        reflection = cls.objects.create(version=version, owner=user, **chosen)
        reflection.participants.create(user=user)
        return reflection

    @classmethod
    @transaction.atomic
    def start_open_room(
        cls, version: GuideVersion, *, keep_until: date, parties: Sequence[str] = (), **chosen
    ) -> Participant:
        """An open room, alone or with others, and the place of who began it: its link leads back, and leads.

        `chosen`: title and mode.
        """
        room = cls.objects.create(version=version, is_for_anybody=True, keep_until=keep_until, **chosen)
        if room.is_solo:
            return room.participants.create()
        for position, title in enumerate(parties, start=1):
            room.parties.create(position=position, title=title)
        room.renew_code()
        return room.participants.create(is_facilitator=True, is_respondent=False)

    @classmethod
    @transaction.atomic
    def open_room(cls, version: GuideVersion, user, **chosen) -> "Reflection":
        """A room with its code; who opens it leads it and does not count among those who answer.

        `chosen`: title, mode, is_mixed, variant, reveal_at, is_rehearsal. The mode cannot be changed
        afterwards.
        """
        room = cls.objects.create(version=version, owner=user, **chosen)
        room.renew_code()
        room.participants.create(
            user=user, name=user.get_full_name(), is_facilitator=True, is_respondent=False
        )
        return room

    @property
    def compass(self) -> Compass:
        """In an open room the compass of the guide alone: an app's pages are about what an account owns."""
        return self.version.plain_compass if self.is_for_anybody else self.version.compass

    @property
    def has_no_owner(self) -> bool:
        return self.owner_id is None

    @property
    def is_solo(self) -> bool:
        return self.mode == self.Mode.SOLO

    def spoken_to(self, alone, together):
        """The text to show: `alone` for one person, `together` for a group."""
        return alone if self.is_solo else together

    @property
    def is_confidential(self) -> bool:
        return self.mode == self.Mode.CONFIDENTIAL

    @property
    def is_collecting(self) -> bool:
        return self.phase == self.Phase.COLLECTING

    @property
    def is_revealed(self) -> bool:
        return self.phase != self.Phase.COLLECTING

    @property
    def is_concluded(self) -> bool:
        return self.phase == self.Phase.CONCLUDED

    @property
    def has_open_dates(self) -> bool:
        """Whether there is something of it to put into a calendar."""
        return self.is_concluded and self.agreements.open().filter(due__isnull=False).exists()

    @property
    def is_overdue(self) -> bool:
        """Whether the set time of the reveal has come; the next visitor after the count makes it happen."""
        return self.is_collecting and self.reveal_at is not None and self.reveal_at <= timezone.now()

    @property
    def counted_count(self) -> int:
        return self.participants.counted().count()

    @property
    def done_count(self) -> int:
        return self.participants.done().count()

    @cached_property
    def leader_name(self) -> str:
        """The name of who opened it, else of another who leads; empty where none of them has given one."""
        leading = unrestricted(self.participants.leading()).exclude(name="")
        return leading.order_by("pk").values_list("name", flat=True).first() or ""

    @cached_property
    def restricted(self) -> dict[int, str]:
        """Participants whose words and name nobody else is shown (GDPR article 18): id → name."""
        return dict(self.participants.filter(restricted(Participant)).values_list("pk", "name"))

    def shown_name(self, name: str) -> str:
        """A stored name as the others may read it now: hidden while its owner is under a restriction."""
        return label("" if name in self.restricted.values() else name)

    def head_count(self) -> HeadCount:
        return head_count(self)

    def people_digest(self) -> str:
        return people_digest(self)

    @property
    def is_counted(self) -> bool:
        """Whether whoever leads has confirmed the number, and nobody has come or gone since."""
        return is_same_people(self, self.counted)

    @property
    def emergency_actions(self) -> list[tuple[str, str, date, str]]:
        """What administrators have done to the room, for everybody in it: name, action, day, reason."""
        return [
            (name, action, date.fromisoformat(day), reason) for name, action, day, reason in self.broken_glass
        ]

    @property
    def actions(self) -> list[tuple[str, date]]:
        """What those who lead have done, in words for everybody in the room, and the day; of the door
        only how it stands."""
        doors = [entry for entry in self.told if entry[0] in DOOR_ACTIONS]
        others = [entry for entry in self.told if entry[0] not in DOOR_ACTIONS]
        return [
            (Reflection.Action(action).label % {"name": self.shown_name(name)}, date.fromisoformat(day))
            for action, name, day in [*others, *doors[-1:]]
        ]

    @transaction.atomic
    def announce_action(self, action: str, name: str = ""):
        """Let everybody in the room know, from now on; of the door, which one can turn all day, the last."""
        actions = Reflection.objects.select_for_update().get(pk=self.pk).told
        if action in DOOR_ACTIONS:
            actions = [entry for entry in actions if entry[0] not in DOOR_ACTIONS]
        self.told = [*actions, [action, name, timezone.localdate().isoformat()]]
        self.save(update_fields=["told"])
        announce(self.key)

    @property
    def answers_address(self) -> str:
        """Where one reads through what one has answered, before «jeg er færdig»."""
        return reverse("reflection:answers", args=[self.key])

    @property
    def result_address(self) -> str:
        result = self.compass.result
        return reverse(result.route if result else "reflection:board", args=[self.key])

    def file_name(self, kind: str) -> str:
        """«referat-stien-langs-aaen-2026-11-28»: by what it is about, and the day it ended or began."""
        day = timezone.localdate(self.concluded_at or self.created_at)
        return name_of_file(kind, self.title, day)

    @property
    def outcome_address(self) -> str:
        """The last screen, the same for all."""
        return reverse("reflection:outcome", args=[self.key])

    @property
    def conclude_address(self) -> str:
        """Where one decides or agrees, and so ends."""
        return reverse(self.compass.conclude.route, args=[self.key])

    def small_parties(self) -> list[Party]:
        """Parties with too few `people` for their values to be shown; only confidential rooms hide any.

        Papers count where nobody of the party answers on a screen: see snapshots.py.
        """
        if not self.is_confidential:
            return []
        counted = models.Q(participants__is_respondent=True, participants__is_put_out=False)
        on_paper = models.Count("participants", filter=counted & models.Q(participants__is_paper=True))
        on_screen = models.Count("participants", filter=counted & models.Q(participants__is_paper=False))
        people = models.Case(models.When(on_screen=0, then="on_paper"), default="on_screen")
        parties = self.parties.filter(is_absent=False).annotate(on_paper=on_paper, on_screen=on_screen)
        return list(parties.annotate(people=people).filter(people__lt=MIN_IN_ROOM))

    def answers(self):
        """The answers of all who answer, also of those put out. Only snapshots.py may read them."""
        return Answer.objects.filter(participant__reflection=self, participant__is_respondent=True)

    def erase(self):
        """Delete it again after a backup was restored, with what other apps attach to it."""
        delete_room = import_string("reflection.privacy.retention.delete_room")  # which knows the models
        delete_room(self)

    # --- the way in --------------------------------------------------------------------------------

    @property
    def code(self) -> str:
        return tokens.room_code(self.nonce)

    @property
    def invitation(self) -> str:
        return tokens.link_token("invitation", self.nonce)

    @property
    def facilitator_invitation(self) -> str:
        return tokens.link_token("facilitator", self.facilitator_nonce or self.nonce)

    def renew_code(self):
        """A new code and new links; the old ones open nothing any more. Slips are renewed one by one."""
        for _attempt in range(5):  # a billion codes: a second attempt is rare, a third never seen
            self.nonce, self.facilitator_nonce = tokens.new_nonce(), ""
            if not self.is_by_invitation:
                self.code_hash = tokens.digest(self.code)
                self.invitation_hash = tokens.digest(self.invitation)
            self.facilitator_hash = tokens.digest(self.facilitator_invitation)
            try:
                with transaction.atomic():
                    self.save(update_fields=["nonce", "facilitator_nonce", *WAYS_IN])
                return
            except IntegrityError:
                continue
        raise RuntimeError("no free room code")

    def invite(self, people: int, party: Party | None = None):
        """Make that many more personal invitations."""
        last = self.personal_invitations.aggregate(last=models.Max("number"))["last"] or 0
        for number in range(last + 1, last + 1 + people):
            PersonalInvitation(reflection=self, party=party, number=number).renew()

    def renew_facilitator_link(self):
        """A new link for those who lead; the old one opens nothing, and the code of the room stays."""
        if self.facilitator_hash:
            self.facilitator_nonce = tokens.new_nonce()
            self.facilitator_hash = tokens.digest(self.facilitator_invitation)
            self.save(update_fields=["facilitator_nonce", "facilitator_hash"])

    # --- phases ------------------------------------------------------------------------------------

    def locked(self) -> "Reflection":
        """The row as it stands; nobody comes in and nothing is revealed until this transaction ends."""
        return Reflection.objects.select_for_update().get(pk=self.pk)

    def lock_if_collecting(self) -> bool:
        """Whether answers are taken – and they are until this transaction ends.

        A shared lock: writers do not wait for each other, a reveal waits for the writers before it.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT phase FROM reflection_reflection WHERE id = %s FOR SHARE", [self.pk])
            row = cursor.fetchone()
        return row is not None and row[0] == Reflection.Phase.COLLECTING

    @transaction.atomic
    def confirm_head_count(self, digest: str) -> bool:
        """Whoever leads has counted those who sit there; `digest` is people_digest of the page they read.

        False when somebody has come or gone since. Whoever is coming in is waited for.
        """
        room = self.locked()
        if not room.is_collecting or not is_same_people(room, digest):
            return False
        self.counted = digest
        self.save(update_fields=["counted"])
        return True

    @transaction.atomic
    def reveal_if_counted(self) -> bool:
        """Reveal, where the count is confirmed of exactly those who are in, and somebody is done."""
        room = self.locked()
        if not (room.is_collecting and room.is_counted and room.done_count):
            return False
        self.reveal()
        return True

    def reveal_if_due(self):
        """At the set time, if somebody has counted; else it waits, and the pages say so."""
        if self.is_overdue and self.counted:
            self.reveal_if_counted()

    @transaction.atomic
    def reveal(self):
        """Show what was answered, to all at once; nobody can change an answer until «tilbage».

        Pages and commands ask `reveal_if_counted`.
        """
        if self.is_rehearsal:
            rehearse(self)
        if self._move(self.Phase.COLLECTING, self.Phase.REVEALED):
            take_snapshots(self)
            self.refresh_from_db(fields=["safety_shown"])
            self.safety_shown = safety_counts(self)
            self.save(update_fields=["safety_shown"])

    def collect_again(self):
        self._move(self.Phase.REVEALED, self.Phase.COLLECTING, reveal_at=None, counted="", current_step=0)

    def conclude(self) -> bool:
        """The end: nothing changes any more, and nobody new comes in. A room is revealed before.

        False when somebody went back to the answers meanwhile.
        """
        start = self.Phase.COLLECTING if self.is_solo else self.Phase.REVEALED
        closed = dict.fromkeys([*WAYS_IN, "timer_ends_at", "timer_left"])
        return self._move(start, self.Phase.CONCLUDED, concluded_at=timezone.now(), **closed)

    def _move(self, start: str, end: str, **changed) -> bool:
        """Go from one phase to the next, once, whoever else presses the same button."""
        changed["phase"] = end
        moved = Reflection.objects.filter(pk=self.pk, phase=start).update(**changed)
        self.refresh_from_db(fields=list(changed))
        announce(self.key, leads_on=bool(moved) and end != self.Phase.COLLECTING)
        return bool(moved)

    @property
    def closed_because(self) -> str:
        """Why nobody new can come in; empty while somebody can."""
        if self.is_concluded or not (self.is_confidential or not self.was_revealed):
            return self.Closed.SHOWN
        if self.is_door_closed:
            return self.Closed.DOOR
        return self.Closed.FULL if self.is_full else ""

    @property
    def is_full(self) -> bool:
        return self.participants.count() >= settings.ROOM_MAX_PARTICIPANTS

    @property
    def takes_newcomers(self) -> bool:
        return not self.closed_because

    @transaction.atomic
    def close_door(self, *, is_closed: bool):
        """Let nobody new in, or let them in again. Who is in can come back either way."""
        changed = Reflection.objects.filter(pk=self.pk, is_door_closed=not is_closed)
        if changed.update(is_door_closed=is_closed):
            self.announce_action(self.Action.DOOR_CLOSED if is_closed else self.Action.DOOR_OPENED)

    def count_arrival(self):
        """For `arrivals_at_once`. The caller has locked the room; no arrival is kept with its time."""
        now = timezone.now()
        if self.arrivals_since is None or now - self.arrivals_since > timedelta(minutes=1):
            self.arrivals, self.arrivals_since = 0, now
        self.arrivals += 1
        self.most_arrivals = max(self.most_arrivals, self.arrivals)
        self.save(update_fields=["arrivals", "arrivals_since", "most_arrivals"])

    @property
    def arrivals_at_once(self) -> int:
        """How many came within a minute, where that is so many that whoever leads should count: else 0."""
        return self.most_arrivals if self.is_collecting and self.most_arrivals >= MANY_AT_ONCE else 0

    def has_name(self, name: str) -> bool:
        """Whether a name is taken: what differs only in case, spaces or form of writing is the same."""
        taken = self.participants.exclude(name="").values_list("name", flat=True)
        return _normalised(name) in map(_normalised, taken)

    @property
    def asks_for_safety(self) -> bool:
        """Whether «Hvor frit kan du svare?» will still be shown to anybody."""
        return not self.safety_shown

    @property
    def was_revealed(self) -> bool:
        """Whether answers have been shown, now or before somebody went back."""
        return self.is_revealed or self.snapshots.exists()

    # --- what each would choose --------------------------------------------------------------------

    def vote_count(self) -> votes.VoteCount:
        return votes.count(self)

    def show_votes(self) -> bool:
        return votes.show(self)

    # --- what everybody looks at -------------------------------------------------------------------

    def show_step(self, number: int):
        """Take everybody to one step of what is shown, or to all of it (0). Only the number is told."""
        shown = Reflection.objects.filter(pk=self.pk, phase=self.Phase.REVEALED)
        if shown.update(current_step=number):
            self.current_step = number
            announce_step(self.key, number)

    # --- the end ---------------------------------------------------------------------------------------

    @transaction.atomic
    def agree(self, *, address: str = "", by: str = "", **agreement) -> bool:
        """End with one agreement: nothing changes any more. False when somebody went back meanwhile."""
        return self.end_with([(Agreement(**agreement), address)], [], by)

    @transaction.atomic
    def end_with(
        self, agreements: list[tuple[Agreement, str]], outcome: list[list[str]], by: str = ""
    ) -> bool:
        """End with what was decided (`outcome`: [[label, text], …]) and agreed, each with the address of who
        promised, which `by` has given. False as `agree`.
        """
        if not self.conclude():
            return False
        for agreement, address in agreements:
            agreement.reflection = self
            agreement.save()
            agreement.give_address(address, by)
        self.outcome = outcome
        self.save(update_fields=["outcome"])
        AgreementDraft.objects.filter(reflection=self).delete()
        return True

    def opening_for(self, room: "Reflection") -> list[list[str]]:
        """What was agreed and what became of it, for who looks again; not of staff alone for outsiders."""
        if room.is_mixed and not self.is_mixed:
            return []
        return [[agreement.what, agreement.how_it_went] for agreement in self.agreements.all()]


def _normalised(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


DOOR_ACTIONS = {Reflection.Action.DOOR_CLOSED, Reflection.Action.DOOR_OPENED}
