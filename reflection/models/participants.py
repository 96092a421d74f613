"""Who takes part in a room, and for which party."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models, transaction
from django.db.models.functions import Cast
from django.urls import resolve
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy import erasures
from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept, PrivacyNotice, Restriction
from reflection import tokens
from reflection.live.notifications import announce, announce_gone
from reflection.models import votes
from reflection.models.answers import ANSWERS_TO, Answer, Progress, progress_in
from reflection.models.guides import Prompt
from reflection.models.invitations import PersonalInvitation
from reflection.models.snapshots import Snapshot, label


class Party(models.Model):
    """A side in a collaboration: «os», «den anden part», …"""

    reflection = models.ForeignKey("reflection.Reflection", models.CASCADE, related_name="parties")
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
        """Those who may come in: not put out, and the account, where there is one, not closed."""
        return self.filter(models.Q(user=None) | models.Q(user__is_active=True), is_put_out=False)

    def without_login(self) -> Self:
        """Those a session may open without a login: in rooms, and alone in an open room."""
        return self.exclude(reflection__mode="solo", reflection__owner__isnull=False)

    def of(self, user) -> Self:
        """Those of an account; of what is looked at alone only the owner's."""
        is_room = ~models.Q(reflection__mode="solo")
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

    def to_be_asked(self) -> Self:
        """Whose yes a room needs: of all who answer, but not of who was put out before anything they answered
        was shown, for nothing there is theirs.
        """
        pk = Cast(models.OuterRef("pk"), models.TextField())
        shown = Snapshot.objects.filter(reflection=models.OuterRef("reflection"), members__has_key=pk)
        return self.filter(is_respondent=True).exclude(~models.Exists(shown), is_put_out=True)

    def took_part(self) -> Self:
        """Those who answer or lead: whoever only looked on, or was put out, is outside once it is over."""
        takes_part = models.Q(is_respondent=True) | models.Q(is_facilitator=True)
        return self.filter(takes_part, is_put_out=False)

    def by_link(self, token: str) -> Self:
        """The participant whose own link has this token."""
        return self.filter(link_hash__in=tokens.digests(token)).select_related("reflection")

    def done(self) -> Self:
        return self.counted().filter(is_done=True)


class Participant(models.Model):
    """Somebody in a room: staff by account, others by the session that joining gave them.

    Who was put out stays as a row: what was shown with their answers cannot be shown without them.
    """

    erased_by = "key"  # privacy/erasures.py
    key = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)  # tells no order of coming
    reflection = models.ForeignKey("reflection.Reflection", models.CASCADE, related_name="participants")
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
        """A new own code and link, or none. The old ones, and sessions that hold them, open nothing."""
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

    def record_safety(self, number: int):
        """Answer the safety question, once: a changed mind would stand out among the others."""
        Participant.objects.filter(pk=self.pk, safety__isnull=True).update(safety=number)
        self.refresh_from_db(fields=["safety"])

    def vote_for(self, choice: str) -> bool:
        return votes.vote(self, choice)

    @transaction.atomic
    def withdraw(self) -> bool:
        """Delete all own answers, while answers are taken. What was shown before stays shown as it was."""
        if not self.reflection.lock_if_collecting():
            return False
        if self.answers.all().delete()[0]:  # else whoever presses it all night fills the list of erasures
            erasures.note(Answer, self.key)
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

    def set_sureness(self, sureness: int | None):
        """Set the sureness of all their guesses."""
        self.answers.filter(about__isnull=False, value__isnull=False).update(sureness=sureness)

    def others(self) -> list[Party]:
        """The parties whose answers this participant can guess."""
        return list(self.reflection.parties.exclude(pk=self.party_id))  # type: ignore[misc]

    @transaction.atomic
    def lead(self) -> "Participant":
        """Lead the room from now on, beside who does so already – unless they have just been put out."""
        others = Participant.objects.filter(pk=self.pk, is_facilitator=False, is_put_out=False)
        if others.update(is_facilitator=True):
            self.reflection.announce_action(self.reflection.Action.LEADS, self.label)
        self.refresh_from_db(fields=["is_facilitator"])
        return self

    @property
    def is_owner(self) -> bool:
        """Whoever opened it: by account, and in an open room whoever was there first."""
        if self.reflection.has_no_owner:
            return not self.reflection.participants.filter(pk__lt=self.pk).exists()
        return self.user_id is not None and self.user_id == self.reflection.owner_id

    @property
    def gets_mails(self) -> bool:
        """Whether mails about what was agreed go to them: see reminders.receivers."""
        if self.user is None or self.reflection.has_no_owner or not (self.is_facilitator or self.is_owner):
            return False
        return self.user.is_active and bool(self.user.email)

    @property
    def may_be_taken_over(self) -> bool:
        """Whether an account may take over the room this participant leads, or what they look at alone."""
        return self.reflection.has_no_owner and (self.is_facilitator or self.reflection.is_solo)

    @transaction.atomic
    def take_over(self, user) -> bool:
        """Whoever has the link and an account keeps the room. False where somebody was quicker.

        All in it are told, for they were promised that it goes by itself. In a room the account gets a place
        of its own, and who began keeps theirs: nobody becomes somebody else, and the last screen is theirs
        too. What somebody looks at alone is the place itself.
        """
        self.reflection = room = self.reflection.locked()
        if not self.may_be_taken_over:
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
        room.announce_action(room.Action.TAKEN_OVER, user.get_full_name())
        return True

    @transaction.atomic
    def stop_leading(self) -> bool:
        """Take the lead back, with the link that gives it; False for the owner's, and for the last one's."""
        room = self.reflection.locked()
        others = room.participants.leading().exclude(pk=self.pk)
        if self.is_owner or not others.exists():
            return False
        if Participant.objects.filter(pk=self.pk, is_facilitator=True).update(is_facilitator=False):
            room.renew_facilitator_link()
            room.announce_action(room.Action.LEADS_NO_MORE, self.label)
        return True

    @transaction.atomic
    def put_out(self) -> bool:
        """Their place, link and code open nothing from now on; False for who leads or owns the room."""
        room = self.reflection.locked()
        others = Participant.objects.filter(pk=self.pk, is_facilitator=False)
        if self.is_owner or not others.exists():
            return False
        if others.filter(is_put_out=False).update(is_put_out=True):
            room.announce_action(room.Action.PUT_OUT)
            announce_gone(self.key)
        return True

    @property
    def may_be_let_in(self) -> bool:
        """False where their slip was given to somebody else: the room would have more people than slips."""
        is_held = PersonalInvitation.objects.filter(participant=self).exists()
        return is_held or not (self.reflection.is_by_invitation and self.is_respondent)

    @transaction.atomic
    def let_in_again(self) -> bool:
        self.reflection.locked()
        if not self.may_be_let_in:
            return False
        if Participant.objects.filter(pk=self.pk, is_put_out=True).update(is_put_out=False):
            self.reflection.announce_action(self.reflection.Action.LET_IN)
        return True

    @property
    def may_conclude(self) -> bool:
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
        return [progress_in(step, by_prompt) for step in self.reflection.version.all_steps()]

    def skip_prompts(self, prompts: list[Prompt], about: Party | None = None):
        answered = self.answers_to(prompts)
        for prompt in prompts:
            answer = answered.get((prompt.pk, about.pk if about else None))
            if not (answer and answer.raw):
                Answer.objects.update_or_create(
                    participant=self, prompt=prompt, about=about, defaults={"state": Answer.State.SKIPPED}
                )
