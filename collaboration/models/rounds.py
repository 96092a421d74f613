"""One round: a room, what was learnt in it, what was agreed, and who may hear of it."""

import uuid
from typing import Self

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collaboration.models.collaborations import Collaboration
from compass.models import Story
from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from privacy.restrictions import unrestricted
from reflection.live.notifications import announce
from reflection.models import (
    MIN_IN_ROOM,
    Agreement,
    Fieldwise,
    FieldwiseEnding,
    Participant,
    Party,
    Reflection,
    Step,
)


class RoundQuerySet(models.QuerySet):
    def real(self) -> Self:
        return self.filter(reflection__is_rehearsal=False)

    def ended(self) -> Self:
        """Rounds whose numbers can be followed over time: not where one side answered alone."""
        return self.real().filter(reflection__phase=Reflection.Phase.CONCLUDED, is_one_sided=False)

    def told(self) -> Self:
        """What the municipality is told of: who leads chose it, and everybody on a screen still says yes.

        For those on paper `enforce_consents` sees to it: nobody answers any more.
        """
        asked = Participant.objects.to_be_asked().filter(is_paper=False)
        without_yes = asked.filter(reflection=models.OuterRef("reflection")).exclude(consent__may_share=True)
        owned = unrestricted(Collaboration.objects.all())
        found = self.ended().filter(told_at__isnull=False, shared_key__isnull=False)
        found = found.filter(~models.Exists(without_yes), collaboration__in=owned.values("pk"))
        found = found.select_related("collaboration", "reflection").order_by(
            "-reflection__concluded_at", "-pk"
        )
        return found.prefetch_related("reflection__parties", "reflection__agreements")


class Round(FieldwiseEnding):
    """The fields are the draft of the one agreement; `conclude` makes it an Agreement."""

    collaboration = models.ForeignKey(Collaboration, models.CASCADE, related_name="rounds")
    reflection = models.OneToOneField(Reflection, models.CASCADE, related_name="round")
    is_one_sided = models.BooleanField(default=False)
    question_1 = models.CharField(_("Første spørgsmål"), max_length=300, blank=True)
    question_2 = models.CharField(_("Andet spørgsmål"), max_length=300, blank=True)
    question_3 = models.CharField(_("Tredje spørgsmål"), max_length=300, blank=True)
    principle = models.ForeignKey(
        Step,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Hvilket princip handler det om?"),
    )
    what = models.TextField(_("Hvad gør vi?"), max_length=500, blank=True)
    who = models.CharField(_("Hvem?"), max_length=120, blank=True)
    who_email = models.EmailField(blank=True)  # of who promised, until the agreement stands
    party = models.ForeignKey(
        Party,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Hvilken part bærer aftalen?"),
    )
    due = models.DateField(_("Hvornår?"), null=True, blank=True)
    no_date_reason = models.CharField(_("Ingen dato, fordi"), max_length=250, blank=True)
    look_back_on = models.DateField(_("Vi kigger igen den"), null=True, blank=True)
    no_look_back_reason = models.CharField(_("Vi kigger ikke igen, fordi"), max_length=250, blank=True)
    shared_key = models.UUIDField(null=True, unique=True, editable=False)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)  # to the whole municipality
    story = models.OneToOneField(Story, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = RoundQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.GROUP,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        identity=("who_email",),
        words=(
            "question_1",
            "question_2",
            "question_3",
            "what",
            "who",
            "no_date_reason",
            "no_look_back_reason",
        ),
        nothing=("written_by",),
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"runde {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("collaboration:result", args=[self.reflection.key])

    @property
    def is_concluded(self) -> bool:
        return self.reflection.is_concluded

    @property
    def is_running(self) -> bool:
        return not (self.is_concluded or self.reflection.is_rehearsal)

    @property
    def is_one_of_several(self) -> bool:
        """Whether another has ended that this one can be seen beside."""
        return self.collaboration.rounds.ended().exclude(pk=self.pk).exists()

    @property
    def is_followed(self) -> bool:
        """Whether its numbers are followed over time; see RoundQuerySet.ended."""
        return not (self.is_one_sided or self.reflection.is_rehearsal)

    @property
    def questions(self) -> list[str]:
        """Of a one-sided round: what is to be asked."""
        return [text for text in [self.question_1, self.question_2, self.question_3] if text]

    @property
    def absent_party(self) -> Party | None:
        return self.reflection.parties.filter(is_absent=True).first()

    @property
    def agreed(self) -> str:
        """What the agreement says; of a one-sided round, that somebody asks."""
        if not self.is_one_sided:
            return self.what
        to_whom = {"party": self.absent_party}
        return str(_("Spørg %(party)s:") % to_whom) + "".join(f"\n– {text}" for text in self.questions)

    @property
    def drafted(self) -> Agreement:
        """The agreement as it is written now; it is not made yet."""
        what = self.agreed if self.what or self.questions else ""
        return Agreement(
            what=what, who=self.who, party=self.party, due=self.due, no_date_reason=self.no_date_reason
        )

    @transaction.atomic
    def conclude(self, by: str = ""):
        """The agreement stands and nothing changes any more; pressed twice, it is one agreement."""
        if self.reflection.end_with([(self.drafted, self.who_email)], [], by):
            self.who_email = ""
            self.save(update_fields=["who_email"])

    # --- Who else may see it -----------------------------------------------------------------------

    def consent_by_party(self, question: str) -> list[tuple[Party, bool]]:
        """Whether everybody on each side who counts says yes to `question` (a field of Consent).

        A party that cannot come has not said yes. For those on paper, somebody who asked them says it.
        """
        on_screen = self._asked_participants().filter(is_paper=False)
        answers = [
            *on_screen.values_list("party_id", f"consent__{question}"),
            *self._paper_consent_by_party(question),
        ]
        by_party: dict[int, set] = {}
        for party, is_yes in answers:
            by_party.setdefault(party, set()).add(is_yes)
        return [(party, by_party.get(party.pk) == {True}) for party in self.reflection.parties.all()]

    def told(self, question: str) -> list[tuple[str, bool]]:
        """What everybody in the room reads of it: who is missing is nobody's business.

        Side by side only where a side is no single person, nor two who know of each other.
        """
        sides, people = self.consent_by_party(question), _by_party(self._asked_participants())
        if all(people.get(party.pk, 0) >= MIN_IN_ROOM for party, _is_yes in sides):
            return [(party.title, is_yes) for party, is_yes in sides]
        return [(str(_("Alle parter")), all(is_yes for _party, is_yes in sides))]

    def _asked_participants(self):
        """Everybody who counts. Also who has answered nothing: else it would be seen that they have not;
        and whoever took their answers back, which may still be among what was shown.
        """
        return Participant.objects.to_be_asked().filter(reflection=self.reflection_id)

    def papers(self) -> list[tuple[Party, int]]:
        """The parties that somebody answered for on paper, and how many did."""
        people = _by_party(self._asked_participants().filter(is_paper=True))
        return [(party, people[party.pk]) for party in self.reflection.parties.all() if party.pk in people]

    def _paper_consent_by_party(self, question: str) -> list[tuple[int, bool]]:
        """A yes covers those who were asked: one paper more, and it is no longer everybody's."""
        consents = {consent.party_id: consent for consent in self.paper_consents.all()}
        return [
            (
                party.pk,
                party.pk in consents
                and consents[party.pk].covers(people)
                and getattr(consents[party.pk], question),
            )
            for party, people in self.papers()
        ]

    def has_yes(self, question: str) -> bool:
        """Whether everybody on all sides says yes, to something that has been shown to them."""
        if not self.reflection.is_revealed or self.reflection.is_rehearsal:
            return False
        return all(is_yes for _party, is_yes in self.consent_by_party(question))

    def hold(self):
        """Until the transaction ends nobody else says yes, takes it back or makes a story of the round."""
        rows = Round.objects.select_for_update().values_list("story", flat=True)
        self.story_id = rows.get(pk=self.pk)

    def share(self):
        """Give it an address for people who were not in the room; it opens while everybody says yes."""
        Round.objects.filter(pk=self.pk, shared_key=None).update(shared_key=uuid.uuid4())
        self.refresh_from_db(fields=["shared_key"])  # of two who press at once both have made the same

    def tell_everybody(self, *, is_told: bool = True):
        """Name the round in the overview for leaders, or no longer."""
        self.told_at = timezone.now() if is_told else None
        self.save(update_fields=["told_at"])

    def enforce_consents(self):
        """Somebody took a yes back: a draft that nobody has published goes with it, and nobody is told."""
        if self.told_at and not self.has_yes("may_share"):
            self.tell_everybody(is_told=False)
        if self.story and not self.story.published_at and not self.has_yes("may_tell"):
            self.story.delete()


def _by_party(people) -> dict[int, int]:
    """How many there are of each."""
    counted = people.order_by().values("party").annotate(people=models.Count("pk"))
    return dict(counted.values_list("party", "people"))


class Insight(Fieldwise):
    """«Vi troede … Nu ved vi … Derfor vil vi …» about one principle and one party's guess."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="insights")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    guesser = models.ForeignKey(Party, models.CASCADE, related_name="+")
    about = models.ForeignKey(Party, models.CASCADE, related_name="+")
    thought = models.CharField(_("Vi troede"), max_length=500, blank=True)
    known = models.CharField(_("Nu ved vi"), max_length=500, blank=True)
    therefore = models.CharField(_("Derfor vil vi"), max_length=500, blank=True)

    personal_data = PersonalData(
        Whose.GROUP,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        words=("thought", "known", "therefore"),
        nothing=("written_by",),
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "step", "guesser", "about"], name="one_insight_per_guess"
            )
        ]

    def __str__(self):
        return f"indsigt {self.pk}"

    @property
    def lines(self) -> list[tuple[str, str]]:
        names = ["thought", "known", "therefore"]
        texts = [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in names]
        return [(str(label), text) for label, text in texts if text]

    def write(self, texts: dict, *, was: dict, page: str) -> list[str]:
        """As Fieldwise.write; the first word makes the row."""
        if self.pk is None:
            key = {"round": self.round, "step": self.step, "guesser": self.guesser, "about": self.about}
            made, _is_new = Insight.objects.get_or_create(**key)
            self.pk, self._state.adding = made.pk, False
        return super().write(texts, was=was, page=page)

    def announce_change(self):
        announce(self.round.reflection.key)


class Consent(models.Model):
    """What one participant says yes to, after they have seen the result; taken back at any time."""

    participant = models.OneToOneField(Participant, models.CASCADE, related_name="consent")
    may_share = models.BooleanField(_("Andre må se resultatet, også nogen, der ikke var med"), default=False)
    may_tell = models.BooleanField(_("Samtalen må blive til en historie uden navne"), default=False)

    def __str__(self):
        return f"ja {self.pk}"


class PaperConsent(models.Model):
    """What those who answered on paper for one party say yes to, as somebody who asked all of them tells."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="paper_consents")
    party = models.ForeignKey(Party, models.CASCADE, related_name="+")
    people = models.PositiveSmallIntegerField()  # how many were asked
    may_share = models.BooleanField(
        _("De har alle sagt ja til, at andre ser resultatet, også nogen, der ikke var med"), default=False
    )
    may_tell = models.BooleanField(
        _("De har alle sagt ja til, at samtalen bliver til en historie uden navne"), default=False
    )
    asked_by = models.CharField(_("Hvem har spurgt dem?"), max_length=120)
    asked_on = models.DateField(auto_now=True)

    personal_data = PersonalData(Whose.PARTICIPANTS, Purpose.REFLECTION, Kept.ROOMS, identity=("asked_by",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "party"], name="one_paper_consent_per_party")]

    def __str__(self):
        return f"ja på papir {self.pk}"

    @property
    def asked_by_name(self) -> str:
        """As the others in the room may read it now."""
        return self.round.reflection.shown_name(self.asked_by)

    def covers(self, people: int) -> bool:
        return self.people == people
