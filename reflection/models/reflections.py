import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import IntegrityError, connection, models, transaction
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from privacy import erasures
from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept, PrivacyNotice, Restriction
from privacy.restrictions import restricted, unrestricted
from publishing.slugs import name_of_file
from reflection import tokens
from reflection.compasses import Compass
from reflection.live.notifications import announce, announce_gone, announce_step
from reflection.models import votes
from reflection.models.agreements import Agreement, AgreementDraft
from reflection.models.guides import GuideVersion, Prompt, Step, as_typed
from reflection.models.head_counts import HeadCount, are_here, head_count, who_is_here
from reflection.models.invitations import PersonalInvitation
from reflection.models.rehearsal import rehearse
from reflection.models.snapshots import MIN_IN_ROOM, how_free, label, take_snapshots

WALL_LASTS = timedelta(hours=4)  # a meeting, with time to set it up
MANY_AT_ONCE = 30  # people within a minute: a hall with a code on the wall, or a program
WAYS_IN = ["code_hash", "invitation_hash", "facilitator_hash"]
NO_WALL = {"wall_nonce": "", "wall_hash": None, "wall_until": None}


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

    def held_collecting(self, pk: int) -> bool:
        """Whether answers are taken – and they are until this transaction ends.

        A shared lock: writers do not wait for each other, a reveal waits for the writers before it.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT phase FROM reflection_reflection WHERE id = %s FOR SHARE", [pk])
            row = cursor.fetchone()
        return row is not None and row[0] == Reflection.Phase.COLLECTING

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


class Reflection(models.Model):
    """One run of one guide version, alone or as a group (a room)."""

    class Mode(models.TextChoices):
        SOLO = "solo", _("Alene")
        CONFIDENTIAL = "confidential", _("Fortroligt")
        OPEN = "open", _("Åbent")

    class Phase(models.TextChoices):
        COLLECTING = "collecting", _("Svar hver for sig")
        REVEALED = "revealed", _("Vis samlet")
        CONCLUDED = "concluded", _("Afsluttet")

    class Act(models.TextChoices):
        """What one may do to another, or to all, and everybody is told."""

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
    timer_ends_at = models.DateTimeField(null=True, blank=True)
    timer_left = models.PositiveIntegerField(null=True, blank=True)
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
    told = models.JSONField(default=list, editable=False)  # [[act, name, day], …], see Reflection.Act
    current_step = models.PositiveSmallIntegerField(default=0)  # of what is shown, in its order; 0: all of it
    votes_shown = models.JSONField(default=dict)  # {choice: how many}, as it was shown
    wall_nonce = models.CharField(max_length=22, blank=True, editable=False)  # empty: no code opens the wall
    wall_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    wall_until = models.DateTimeField(null=True, blank=True, editable=False)

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
    def begin_for_anybody(
        cls, version: GuideVersion, *, keep_until: date, parties: Sequence[str] = (), **chosen
    ) -> "Participant":
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
        """In an open room what every compass can do: pages of its app are about what somebody owns."""
        return self.version.plain_compass if self.is_for_anybody else self.version.compass

    @property
    def is_nobodys(self) -> bool:
        return self.owner_id is None

    @property
    def is_solo(self) -> bool:
        return self.mode == self.Mode.SOLO

    def spoken_to(self, one, many):
        """One person is addressed as one, a group as a group: of two texts the one for whoever is here."""
        return one if self.is_solo else many

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
        """Of who opened it, else of another who leads; empty where they have given none."""
        leading = unrestricted(self.participants.leading()).exclude(name="")
        return leading.order_by("pk").values_list("name", flat=True).first() or ""

    @cached_property
    def restricted(self) -> dict[int, str]:
        """Whose words and name nobody else is shown for a time (article 18): participant → name."""
        return dict(self.participants.filter(restricted(Participant)).values_list("pk", "name"))

    def shown_name(self, name: str) -> str:
        """A name that stands somewhere in the room, as the others may read it now."""
        return label("" if name in self.restricted.values() else name)

    def head_count(self) -> HeadCount:
        return head_count(self)

    def who_is_here(self) -> str:
        return who_is_here(self)

    @property
    def is_counted(self) -> bool:
        """Whether whoever leads has confirmed the number, and nobody has come or gone since."""
        return are_here(self, self.counted)

    @property
    def used_glass(self) -> list[tuple[str, str, date, str]]:
        """What administrators have done to the room, for everybody in it: name, action, day, reason."""
        return [
            (name, action, date.fromisoformat(day), reason) for name, action, day, reason in self.broken_glass
        ]

    @property
    def acts(self) -> list[tuple[str, date]]:
        """What those who lead have done, in words for everybody in the room, and the day; of the door
        only how it stands."""
        doors = [told for told in self.told if told[0] in DOORS]
        return [
            (Reflection.Act(act).label % {"name": self.shown_name(name)}, date.fromisoformat(day))
            for act, name, day in [*(told for told in self.told if told[0] not in DOORS), *doors[-1:]]
        ]

    @transaction.atomic
    def tell(self, act: str, name: str = ""):
        """Let everybody in the room know, from now on."""
        acts = Reflection.objects.select_for_update().get(pk=self.pk).told
        self.told = [*acts, [act, name, timezone.localdate().isoformat()]]
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

    def small_parties(self) -> list["Party"]:
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

    def put_out_before_shown(self) -> list[int]:
        """Whoever was put out before anything they answered was shown: nothing here is theirs."""
        put_out = self.participants.filter(is_put_out=True).values_list("pk", flat=True)
        return [pk for pk in put_out if not self.snapshots.filter(members__has_key=str(pk)).exists()]

    def answers(self):
        """What those who answer have said, put out or not. Only snapshots ask."""
        return Answer.objects.filter(participant__reflection=self, participant__is_respondent=True)

    def erase(self):
        """Again, after a backup was put back: with whatever other apps have hung on it."""
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

    def invite(self, people: int, party: "Party | None" = None):
        """As many slips more, each for one person."""
        last = self.personal_invitations.aggregate(last=models.Max("number"))["last"] or 0
        for number in range(last + 1, last + 1 + people):
            PersonalInvitation(reflection=self, party=party, number=number).renew()

    def renew_facilitator_link(self):
        """The code on the wall stays; whoever has the old link for those who lead has nothing."""
        if self.facilitator_hash:
            self.facilitator_nonce = tokens.new_nonce()
            self.facilitator_hash = tokens.digest(self.facilitator_invitation)
            self.save(update_fields=["facilitator_nonce", "facilitator_hash"])

    # --- phases ------------------------------------------------------------------------------------

    def held(self) -> "Reflection":
        """The row as it stands; nobody comes in and nothing is revealed until this transaction ends."""
        return Reflection.objects.select_for_update().get(pk=self.pk)

    @transaction.atomic
    def confirm_heads(self, here: str) -> bool:
        """Whoever leads has counted those who sit there; `here` is who_is_here of the page they read.

        False when somebody has come or gone since. Whoever is coming in is waited for.
        """
        room = self.held()
        if not room.is_collecting or not are_here(room, here):
            return False
        self.counted = here
        self.save(update_fields=["counted"])
        return True

    @transaction.atomic
    def reveal_if_counted(self) -> bool:
        """Reveal, where the count is confirmed of exactly those who are in, and somebody is done."""
        room = self.held()
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
            self.safety_shown = how_free(self)
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
        is_full = self.participants.count() >= settings.ROOM_MAX_PARTICIPANTS
        return self.Closed.FULL if is_full else ""

    @property
    def takes_newcomers(self) -> bool:
        return not self.closed_because

    @transaction.atomic
    def close_door(self, *, is_closed: bool):
        """Let nobody new in, or let them in again. Who is in can come back either way."""
        changed = Reflection.objects.filter(pk=self.pk, is_door_closed=not is_closed)
        if changed.update(is_door_closed=is_closed):
            self.tell(self.Act.DOOR_CLOSED if is_closed else self.Act.DOOR_OPENED)

    def count_arrival(self):
        """For `came_at_once`. The caller holds the room's row, and nobody's coming is kept with its time."""
        now = timezone.now()
        if self.arrivals_since is None or now - self.arrivals_since > timedelta(minutes=1):
            self.arrivals, self.arrivals_since = 0, now
        self.arrivals += 1
        self.most_arrivals = max(self.most_arrivals, self.arrivals)
        self.save(update_fields=["arrivals", "arrivals_since", "most_arrivals"])

    @property
    def came_at_once(self) -> int:
        """How many came within a minute, where that is so many that whoever leads should count: else 0."""
        return self.most_arrivals if self.is_collecting and self.most_arrivals >= MANY_AT_ONCE else 0

    def has_somebody_called(self, name: str) -> bool:
        """Whether a name is taken: what differs only in case, spaces or form of writing is the same."""
        taken = self.participants.exclude(name="").values_list("name", flat=True)
        return _heard(name) in map(_heard, taken)

    @property
    def asks_how_free(self) -> bool:
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

    @property
    def wall_code(self) -> str:
        """«ABCDE-FGHJK»: opens the wall on a computer where nobody is logged in; empty when nothing does."""
        is_open = self.wall_nonce and self.wall_until and self.wall_until > timezone.now()
        return tokens.in_fives(tokens.wall_code(self.wall_nonce)) if is_open else ""

    def open_wall(self):
        """A new code for the wall; screens that were opened with an older one show nothing any more."""
        self.close_wall()
        self.wall_nonce, self.wall_until = tokens.new_nonce(), timezone.now() + WALL_LASTS
        self.wall_hash = tokens.digest(tokens.wall_code(self.wall_nonce))
        self.save(update_fields=list(NO_WALL))

    def close_wall(self):
        if self.wall_nonce:
            announce_gone(tokens.wall_place(self.wall_nonce))
        self.wall_nonce, self.wall_hash, self.wall_until = "", None, None
        self.save(update_fields=list(NO_WALL))

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

    # --- the timer ---------------------------------------------------------------------------------

    def start_timer(self, seconds: int):
        self._set_timer(timezone.now() + timedelta(seconds=seconds), None)

    def pause_timer(self):
        if self.timer_ends_at:
            left = (self.timer_ends_at - timezone.now()).total_seconds()
            self._set_timer(None, max(0, round(left)))

    def resume_timer(self):
        if self.timer_left is not None:
            self.start_timer(self.timer_left)

    def stop_timer(self):
        self._set_timer(None, None)

    def _set_timer(self, ends_at, left):
        self.timer_ends_at, self.timer_left = ends_at, left
        self.save(update_fields=["timer_ends_at", "timer_left"])
        announce(self.key)


def _heard(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


DOORS = {Reflection.Act.DOOR_CLOSED, Reflection.Act.DOOR_OPENED}


class Party(models.Model):
    """A side in a collaboration: «os», «den anden part», …"""

    reflection = models.ForeignKey(Reflection, models.CASCADE, related_name="parties")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    is_absent = models.BooleanField(default=False)  # cannot come: guessed about, and nobody answers for it

    personal_data = PersonalData(Whose.GROUP, Purpose.REFLECTION, Kept.ROOMS, words=("title",))

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["reflection", "position"], name="parties_have_an_order")
        ]

    def __str__(self):
        return self.title


def language_of_page() -> str:
    """The language that whoever makes something reads the portal in."""
    return "en" if get_language() == "en" else "da"


class ParticipantQuerySet(models.QuerySet):
    def let_in(self) -> Self:
        """Whose place opens the room: not put out, and the account, where there is one, not closed."""
        return self.filter(models.Q(user=None) | models.Q(user__is_active=True), is_put_out=False)

    def without_login(self) -> Self:
        """What a browser may hold by itself: places in rooms, and what is looked at alone in an open one."""
        return self.exclude(reflection__mode=Reflection.Mode.SOLO, reflection__owner__isnull=False)

    def of(self, user) -> Self:
        """Whose place it is by account; what is looked at alone is its owner's and nobody else's."""
        is_room = ~models.Q(reflection__mode=Reflection.Mode.SOLO)
        return self.filter(is_room | models.Q(reflection__owner=user), user=user)

    def leading(self) -> Self:
        """Those who lead the room and can come in to do so."""
        return self.let_in().filter(is_facilitator=True)

    def real(self) -> Self:
        """People with a place of their own: neither paper nor made up for a rehearsal."""
        return self.filter(is_paper=False, is_pretend=False)

    def counted(self) -> Self:
        """Those who answer; not spectators, nor a facilitator who only leads, nor who was put out."""
        return self.filter(is_respondent=True, is_put_out=False)

    def on_screen(self) -> Self:
        """Those who answer themselves: what is on paper somebody has typed in, and knows."""
        return self.counted().filter(is_paper=False)

    def took_part(self) -> Self:
        """Those who answer or lead: whoever only looked on, or was put out, is outside once it is over."""
        takes_part = models.Q(is_respondent=True) | models.Q(is_facilitator=True)
        return self.filter(takes_part, is_put_out=False)

    def by_link(self, token: str) -> Self:
        """Whose own link it is."""
        return self.filter(link_hash__in=tokens.digests(token)).select_related("reflection")

    def done(self) -> Self:
        return self.counted().filter(is_done=True)


class Participant(models.Model):
    """Somebody in a room: staff by account, others by the session that joining gave them.

    Who was put out stays as a row: what was shown with their answers cannot be shown without them.
    """

    erased_by = "key"  # privacy/erasures.py
    key = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)  # tells no order of coming
    reflection = models.ForeignKey(Reflection, models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    party = models.ForeignKey(Party, models.RESTRICT, null=True, blank=True, related_name="participants")
    name = models.CharField(max_length=60, blank=True)
    is_facilitator = models.BooleanField(default=False)
    is_respondent = models.BooleanField(default=True)
    is_done = models.BooleanField(default=False)
    is_paper = models.BooleanField(default=False)
    is_pretend = models.BooleanField(default=False)
    is_put_out = models.BooleanField(default=False)
    safety = models.PositiveSmallIntegerField(null=True, blank=True)
    nonce = models.CharField(  # empty: there is no own code and no own link
        max_length=22, default=tokens.new_nonce, blank=True, editable=False
    )
    return_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    link_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    reminded_on = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=2, default=language_of_page)  # of mails to whom has an account
    is_archived = models.BooleanField(default=False)  # put away in one's own list of rooms
    vote = models.CharField(max_length=20, blank=True)  # what one would choose, see votes.py
    notice = models.ForeignKey(  # what was told when they came (GDPR article 13)
        PrivacyNotice, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = ParticipantQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.PARTICIPANTS,
        Purpose.REFLECTION,
        Kept.ROOMS,
        person="user",
        called=_("Dine pladser i refleksioner og rum"),
        participant="pk",
        identity=("user", "name", "language"),
        opinions=("safety", "vote"),
        traces=("notice",),
        ways_in=("nonce", "return_hash", "link_hash"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reflection", "user"], name="nobody_takes_part_twice"),
            models.CheckConstraint(
                condition=models.Q(safety__isnull=True) | models.Q(safety__range=(1, 5)),
                name="safety_goes_from_1_to_5",
            ),
            models.CheckConstraint(
                condition=~models.Q(is_facilitator=True, is_put_out=True),
                name="whoever_is_put_out_does_not_lead",
            ),
        ]

    def __str__(self):
        return f"deltager {self.pk}"

    def save(self, **kwargs):
        self.return_hash = tokens.digest(tokens.normalised(self.return_code)) if self.nonce else None
        self.link_hash = tokens.digest(self.link) if self.nonce else None
        if self._state.adding:
            self.notice = self.notice or PrivacyNotice.objects.in_force()
        super().save(**kwargs)

    def renew_ways_back(self, *, is_closed: bool = False):
        """A new own code and link, or none. The old ones open nothing, and no browser holds the place."""
        old = self.key
        self.key, self.nonce = uuid.uuid4(), "" if is_closed else tokens.new_nonce()
        self.save(update_fields=["key", "nonce", "return_hash", "link_hash"])
        Restriction.objects.filter(subject=old).update(subject=self.key)
        announce_gone(old)

    @property
    def pseudonym(self) -> uuid.UUID:
        """Who they are in the event log without an account."""
        return self.key

    @property
    def label(self) -> str:
        """What the room calls this participant: the name they gave, where it may be shown."""
        return label("" if self.pk in self.reflection.restricted else self.name)

    @property
    def mark(self) -> str:
        """Four characters that tell people of the same name apart; both they and who leads see it."""
        return tokens.mark(str(self.key))

    @property
    def return_code(self) -> str:
        """«ABCDE-FGHJK»; it may be typed with or without the hyphen. Only where there is a nonce."""
        return tokens.in_fives(tokens.return_code(self.nonce))

    @property
    def link(self) -> str:
        return tokens.link_token("participant", self.nonce)

    def finish(self, *, is_done: bool = True):
        """Say «jeg er færdig», or take it back."""
        self.is_done = is_done
        self.save(update_fields=["is_done"])
        announce(self.reflection.key, is_urgent=False)

    def say_how_free(self, number: int):
        """Answer the safety question, once: a changed mind would stand out among the others."""
        Participant.objects.filter(pk=self.pk, safety__isnull=True).update(safety=number)
        self.refresh_from_db(fields=["safety"])

    def vote_for(self, choice: str) -> bool:
        return votes.vote(self, choice)

    @transaction.atomic
    def withdraw(self) -> bool:
        """Delete all own answers, while answers are taken. What was shown before stays shown as it was."""
        if not Reflection.objects.held_collecting(self.reflection_id):
            return False
        erasures.note(Answer, self.key)
        self.answers.all().delete()
        self.finish(is_done=False)
        return True

    def answers_to(self, prompts: list[Prompt]) -> dict[tuple[int, int | None], "Answer"]:
        """By prompt and the party whose answer is guessed: None for one's own answer."""
        found = Answer.objects.raw(ANSWERS_TO, [self.pk, [prompt.pk for prompt in prompts]])
        return {(answer.prompt_id, answer.about_id): answer for answer in found}

    def sureness(self) -> int | None:
        """How sure this participant has said to be of what they guess."""
        guesses = self.answers.exclude(about=None).exclude(sureness=None)
        return guesses.values_list("sureness", flat=True).first()

    def say_how_sure(self, sureness: int | None):
        """Of all guesses there are."""
        self.answers.filter(about__isnull=False, value__isnull=False).update(sureness=sureness)

    def others(self) -> list[Party]:
        """The parties whose answers this participant can guess."""
        return list(self.reflection.parties.exclude(pk=self.party_id))  # type: ignore[misc]

    @transaction.atomic
    def lead(self) -> "Participant":
        """Lead the room from now on, beside who does so already – unless they have just been put out."""
        others = Participant.objects.filter(pk=self.pk, is_facilitator=False, is_put_out=False)
        if others.update(is_facilitator=True):
            self.reflection.tell(Reflection.Act.LEADS, self.label)
        self.refresh_from_db(fields=["is_facilitator"])
        return self

    @property
    def is_owner(self) -> bool:
        """Whoever opened it: by account, and in an open room whoever was there first."""
        if self.reflection.is_nobodys:
            return not self.reflection.participants.filter(pk__lt=self.pk).exists()
        return self.user_id is not None and self.user_id == self.reflection.owner_id

    @property
    def is_told(self) -> bool:
        """Whether mails about what was agreed go to them: see reminders.receivers."""
        if self.user is None or self.reflection.is_nobodys or not (self.is_facilitator or self.is_owner):
            return False
        return self.user.is_active and bool(self.user.email)

    @property
    def may_be_kept(self) -> bool:
        """Whether an account may take over what this place leads, or looks at alone."""
        return self.reflection.is_nobodys and (self.is_facilitator or self.reflection.is_solo)

    @transaction.atomic
    def take_over(self, user) -> bool:
        """Whoever has the link and an account keeps the room. False where somebody was quicker.

        All in it are told, for they were promised that it goes by itself. In a room the account gets a place
        of its own, and who began keeps theirs: nobody becomes somebody else, and the last screen is theirs
        too. What somebody looks at alone is the place itself.
        """
        self.reflection = room = self.reflection.held()
        if not self.may_be_kept:
            return False
        room.owner, room.keep_until = user, None
        room.save(update_fields=["owner", "keep_until"])
        if room.is_solo:
            self.user, self.name = user, user.get_full_name()
            self.save(update_fields=["user", "name"])
            self.renew_ways_back(is_closed=True)
        else:
            room.participants.update_or_create(
                user=user,
                defaults={"is_facilitator": True, "is_put_out": False},
                create_defaults={
                    "name": user.get_full_name(),
                    "is_facilitator": True,
                    "is_respondent": False,
                },
            )
        room.tell(Reflection.Act.TAKEN_OVER, user.get_full_name())
        return True

    @transaction.atomic
    def stop_leading(self) -> bool:
        """Take the lead back, with the link that gives it; False for the owner's, and for the last one's."""
        room = Reflection.objects.select_for_update().get(pk=self.reflection_id)
        others = room.participants.leading().exclude(pk=self.pk)
        if self.is_owner or not others.exists():
            return False
        if Participant.objects.filter(pk=self.pk, is_facilitator=True).update(is_facilitator=False):
            room.renew_facilitator_link()
            room.tell(Reflection.Act.LEADS_NO_MORE, self.label)
        return True

    @transaction.atomic
    def put_out(self) -> bool:
        """Their place, link and code open nothing from now on; False for who leads or owns the room."""
        room = Reflection.objects.select_for_update().get(pk=self.reflection_id)
        others = Participant.objects.filter(pk=self.pk, is_facilitator=False)
        if self.is_owner or not others.exists():
            return False
        if others.filter(is_put_out=False).update(is_put_out=True):
            room.tell(Reflection.Act.PUT_OUT)
            announce_gone(self.key)
        return True

    @property
    def may_be_let_in(self) -> bool:
        """Whose slip was given to somebody else would be one more than there are slips."""
        is_held = PersonalInvitation.objects.filter(participant=self).exists()
        return is_held or not (self.reflection.is_by_invitation and self.is_respondent)

    @transaction.atomic
    def let_in_again(self) -> bool:
        self.reflection.held()
        if not self.may_be_let_in:
            return False
        if Participant.objects.filter(pk=self.pk, is_put_out=True).update(is_put_out=False):
            self.reflection.tell(Reflection.Act.LET_IN)
        return True

    @property
    def may_go_on(self) -> bool:
        """Whether they may write what the group decides or agrees; that page may ask for an account."""
        address = self.reflection.conclude_address
        if not self.is_facilitator:
            return False
        return self.user_id is not None or not getattr(resolve(address).func, "needs_account", False)

    def answer_for(self, party: Party | None):
        """Count among those who answer, on the side of `party`: who leads may take part too."""
        self._take_part(party, is_respondent=True)

    def only_lead(self):
        """Lead and answer nothing; what was answered stays where it is and counts no more."""
        self._take_part(None, is_respondent=False)

    def _take_part(self, party: Party | None, *, is_respondent: bool):
        if party:
            self.answers.filter(about=party).delete()  # nobody guesses about their own
        self.party, self.is_respondent, self.is_done = party, is_respondent, False
        self.save(update_fields=["party", "is_respondent", "is_done"])
        announce(self.reflection.key, is_urgent=False)

    def progress(self) -> list["Progress"]:
        """Each step with this participant's answers and how far it is."""
        by_prompt = {answer.prompt_id: answer for answer in self.answers.filter(about=None)}
        return [_progress(step, by_prompt) for step in self.reflection.version.all_steps()]

    def skip_prompts(self, prompts: list[Prompt], about: Party | None = None):
        answered = self.answers_to(prompts)
        for prompt in prompts:
            answer = answered.get((prompt.pk, about.pk if about else None))
            if not (answer and answer.raw):
                Answer.objects.update_or_create(
                    participant=self, prompt=prompt, about=about, defaults={"state": Answer.State.SKIPPED}
                )


# Each save of a form asks for these and writes some; Django needs a millisecond to put either into SQL.
ANSWERS_TO = """
SELECT * FROM reflection_answer
WHERE participant_id = %s AND prompt_id = ANY (%s)
"""
REPLACE = "UPDATE reflection_answer SET {columns} WHERE id = %s AND version = %s"


class Progress(NamedTuple):
    """One step as one participant sees it; `state` is open, answered or skipped."""

    step: Step
    answers: list[tuple[Prompt, "Answer | None"]]
    state: str

    @property
    def value(self) -> int | None:
        """The number on the step's scale, where one was given."""
        return next((answer.value for _prompt, answer in self.answers if answer and answer.value), None)

    @property
    def line(self) -> str:
        """What was written in it, in one's own words."""
        return next((answer.text for _prompt, answer in self.answers if answer and answer.text), "")


def _progress(step: Step, by_prompt: dict[int, "Answer"]) -> Progress:
    answers = [(prompt, by_prompt.get(prompt.pk)) for prompt in step.answered_prompts]
    states = {answer.state for _prompt, answer in answers if answer}
    if any(answer and answer.raw for _prompt, answer in answers):
        state = "answered"
    else:
        state = "skipped" if Answer.State.SKIPPED in states else "open"
    return Progress(step, answers, state)


class ConflictError(Exception):
    """Another window has written since this one read; `stored` is what stands there now."""

    def __init__(self, stored: "Answer"):
        super().__init__("another window was quicker")
        self.stored = stored


class AnswerQuerySet(models.QuerySet["Answer"]):
    def write(
        self,
        participant,
        prompt,
        raw: str,
        *,
        was: str,
        version: int,
        page: str,
        about=None,
        beside_was: dict | None = None,
        known: "Answer | None" = None,
        **beside,
    ) -> "Answer | None":
        """Store an answer as a form field holds it (`raw`, see Prompt.content) or raise ConflictError.

        Returns the answer as it stands now, None where there is none. `about` is the party whose answer
        is guessed; `beside` are further fields (is_signed, sureness) and `beside_was` what the page read
        of them, else they follow the last page that says something; `known` is the answer as just read.

        The page read `was` in `version` (0 = no answer yet). What the same `page` – one rendering of a
        form – wrote is never in its way: a save without a receipt can simply be sent again. A field
        nobody touched never overwrites what another window wrote.
        """
        fields = {**prompt.content(raw), **beside, "written_by": page}
        whose = {"participant": participant, "prompt": prompt, "about": about}
        stored = known or self._stored(whose, fields)
        while stored and not (stored.raw == raw and stored.has(beside)):
            if stored.has_moved(was, version, page, beside_was or {}):
                if raw != was or beside_was not in (None, beside):
                    raise ConflictError(stored)
                break
            stored = self._replace(stored, fields) or self._stored(whose, fields)
        return stored

    def write_first(self, answers: list["Answer"]):
        """Store those that say something where there is no answer yet. What is there already stays.

        Two windows may write their first word at once. The database must not call that an error: its
        own log would keep the words.
        """
        filled = [answer for answer in answers if not answer.is_empty]
        self.bulk_create(filled, ignore_conflicts=True)  # type: ignore[arg-type]

    def _stored(self, whose: dict, fields: dict):
        """The answer there is; the first one, stored now, when there was none; an empty one is not."""
        own, first = self.filter(**whose), self.model(**whose, **fields)
        stored = own.first()
        if stored or first.is_empty:
            return stored
        self.write_first([first])
        return own.get()

    def _replace(self, stored: "Answer", fields: dict) -> "Answer | None":
        """The answer with new fields; None when somebody came between our look and our write."""
        fields = {**fields, "version": stored.version + 1}
        columns = ", ".join(f"{name} = %s" for name in fields)
        with connection.cursor() as cursor:
            cursor.execute(REPLACE.format(columns=columns), [*fields.values(), stored.pk, stored.version])
            if not cursor.rowcount:
                return None
        for name, value in fields.items():
            setattr(stored, name, value)
        return stored


class Answer(models.Model):
    """One answer to one prompt. It carries neither time nor address: those could name its author."""

    class State(models.TextChoices):
        GIVEN = "given", _("besvaret")
        UNKNOWN = "unknown", _("ved ikke")
        SKIPPED = "skipped", _("sprunget over")

    class Sureness(models.IntegerChoices):
        NOT_AT_ALL = 1, _("Slet ikke")
        A_LITTLE = 2, _("Lidt")
        QUITE = 3, _("Ret sikker")
        COMPLETELY = 4, _("Helt sikker")

    erased_by = "participant__key"
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="answers")
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="answers")
    state = models.CharField(max_length=10, choices=State.choices, default=State.GIVEN)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    about = models.ForeignKey(  # the party whose answer is guessed; nobody: one's own answer
        Party, models.CASCADE, null=True, blank=True, related_name="+"
    )
    sureness = models.PositiveSmallIntegerField(  # of a guess
        choices=Sureness.choices, null=True, blank=True
    )
    is_signed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    written_by = models.CharField(max_length=22, blank=True)

    objects = AnswerQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.PARTICIPANTS,
        Purpose.REFLECTION,
        Kept.ROOMS,
        person="participant__user",
        called=_("Dine svar"),
        participant="participant",
        words=("text",),
        opinions=("value", "state", "sureness"),
        nothing=("written_by",),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "prompt", "about"],
                name="one_answer_per_prompt",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(sureness__isnull=True) | models.Q(sureness__range=(1, 4)),
                name="sureness_goes_from_1_to_4",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__range=(1, 5)),
                name="values_go_from_1_to_5",
            ),
            models.CheckConstraint(
                condition=models.Q(state="given") | models.Q(value__isnull=True, text=""),
                name="unknown_and_skipped_are_empty",
            ),
        ]

    def __str__(self):
        return f"svar {self.pk}"

    @property
    def raw(self) -> str:
        """The answer as a form field holds it; empty when skipped or erased."""
        return as_typed(self.state, self.value, self.text)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: neither an answer nor how sure one is."""
        return not (self.raw or self.sureness)

    @property
    def in_words(self) -> str:
        if self.state == self.State.UNKNOWN:
            return str(self.get_state_display())
        if self.value:
            return gettext("%(value)s af 5") % {"value": self.value}
        skipped = self.State.SKIPPED.label if self.state == self.State.SKIPPED else gettext("intet svar")
        return self.text or str(skipped)

    def has_moved(self, was: str, version: int, page: str, beside_was: dict) -> bool:
        """Whether another page has changed it since a page read `was` in that version."""
        is_as_read = self.raw == was and self.has(beside_was)
        return version != self.version and page != self.written_by and not is_as_read

    def has(self, fields: dict) -> bool:
        return all(getattr(self, name) == value for name, value in fields.items())


def new_page_key() -> str:
    """A name for one rendering of a form; see AnswerQuerySet.write."""
    return secrets.token_urlsafe(16)
