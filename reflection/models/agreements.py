"""What people agree on, and that they have been reminded of it."""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from reflection.models.fieldwise import FieldwiseEnding
from reflection.models.guides import GuideVersion


class AgreementQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status__in=[Agreement.Status.OPEN, Agreement.Status.POSTPONED])

    def of(self, user) -> Self:
        """Those the user may read: of reflections they opened, and of rooms they are in by account."""
        present = models.Q(reflection__participants__user=user, reflection__participants__is_put_out=False)
        found = self.filter(models.Q(reflection__owner=user) | present, reflection__is_rehearsal=False)
        return self.filter(pk__in=found.values("pk"))

    def changeable_by(self, user) -> Self:
        """Those the user may follow up; Agreement says who that is."""
        has_role = models.Q(reflection__participants__is_facilitator=True)
        has_role |= models.Q(reflection__participants__is_respondent=True)
        present = models.Q(reflection__participants__user=user, reflection__participants__is_put_out=False)
        takes_part = present & has_role
        found = self.filter(models.Q(reflection__owner=user) | takes_part, reflection__is_rehearsal=False)
        return self.filter(pk__in=found.values("pk"))

    def open_and_dated_of(self, user) -> Self:
        """What «Din side» lists: theirs to follow up, the longest overdue first, with room and guide."""
        dated = self.changeable_by(user).open().filter(due__isnull=False)
        return dated.select_related("reflection__version__guide").order_by("due", "pk")

    def due(self) -> Self:
        """Open ones whose date has come, of rooms that are somebody's: of an open room no mail comes."""
        meant = self.open().filter(reflection__is_rehearsal=False, reflection__owner__isnull=False)
        return meant.filter(due__lte=timezone.localdate())


class Agreement(models.Model):
    """One thing somebody does by a date; seen again as done, postponed or said goodbye to.

    It belongs to all who made it: whoever opened the room, leads it or answers in it with an account
    may say what became of it. Who only looked on reads it.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Åben")
        DONE = "done", _("Gjort")
        POSTPONED = "postponed", _("Udskudt")
        GOODBYE = "goodbye", _("Farvel")

    key = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)  # in addresses and calendars
    reflection = models.ForeignKey("reflection.Reflection", models.CASCADE, related_name="agreements")
    what = models.TextField(_("Hvad gør vi?"))
    who = models.CharField(_("Hvem?"), max_length=120)
    party = models.ForeignKey(
        "reflection.Party", models.SET_NULL, null=True, blank=True, related_name="agreements"
    )
    due = models.DateField(_("Hvornår?"), null=True, blank=True)
    no_date_reason = models.CharField(_("Hvorfor ingen dato?"), max_length=250, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    note = models.CharField(_("Hvad blev der af det?"), max_length=250, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)  # of what a calendar shows of it

    objects = AgreementQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.GROUP, Purpose.REFLECTION, Kept.AGREEMENTS, words=("what", "who", "no_date_reason", "note")
    )

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due__isnull=False) | ~models.Q(no_date_reason=""),
                name="an_agreement_has_a_date_or_a_reason",
            )
        ]

    def __str__(self):
        return f"aftale {self.pk}"

    def save(self, *args, update_fields=None, **kwargs):
        """Count the revision up when day or words change: calendars keep the higher number."""
        shown = {"what": self.what, "who": self.who, "due": self.due}
        if self.pk and not Agreement.objects.filter(pk=self.pk, **shown).exists():
            self.revision += 1
            update_fields = update_fields and {*update_fields, "revision"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def give_address(self, email: str, by: str):
        """Have whoever promised get mails too; `by` is the name of who gave the address."""
        if email:
            language = "en" if get_language() == "en" else "da"
            Promise.objects.create(agreement=self, email=email, given_by=by, language=language)

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.OPEN, self.Status.POSTPONED}

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due is not None and self.due < timezone.localdate()

    @property
    def how_it_went(self) -> str:
        return " · ".join(filter(None, [self.who, str(self.get_status_display()), self.note]))

    @property
    def state(self) -> str:
        """A digest that changes with every follow-up: forms send back the one they were made with."""
        return "|".join([self.status, str(self.due or ""), self.note])


class PromiseQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Promises of rooms that have an owner: from an open room anybody could send mails to anybody."""
        states = [Agreement.Status.OPEN, Agreement.Status.POSTPONED]
        meant = self.filter(agreement__reflection__owner__isnull=False)
        return meant.filter(agreement__status__in=states, agreement__reflection__is_rehearsal=False)

    def to_tell(self) -> Self:
        """Those who have not had the first mail: that we have the address, and how it is deleted."""
        return self.open().filter(told_on=None).exclude(agreement__due__lte=timezone.localdate())

    def due(self) -> Self:
        """Those whose date has come and who have not been reminded of it."""
        come = self.open().filter(agreement__due__lte=timezone.localdate())
        return come.exclude(reminded_of=models.F("agreement__due"))


class Promise(models.Model):
    """The address of who promised an agreement and has no account; given by somebody else, so it is asked for
    nothing but this, and goes when the agreement is closed, or when they say so.
    """

    erased_by = "key"  # privacy/erasures.py
    key = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="promise")
    email = models.EmailField()
    given_by = models.CharField(max_length=120)
    language = models.CharField(max_length=2)
    told_on = models.DateField(null=True)
    reminded_of = models.DateField(null=True)

    objects = PromiseQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.PARTICIPANTS,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        identity=("email", "given_by", "language"),
        traces=("told_on", "reminded_of"),
    )

    def __str__(self):
        return f"løfte {self.pk}"

    def note_told(self) -> bool:
        """Note that the first mail goes; False where another process was quicker. Without a date no other
        mail is sent, so the address is deleted."""
        mine = Promise.objects.filter(pk=self.pk, told_on=None)
        if self.agreement.due is None:
            return bool(mine.delete()[0])
        return bool(mine.update(told_on=timezone.localdate()))

    def note_reminded(self) -> bool:
        mine = Promise.objects.filter(pk=self.pk).exclude(reminded_of=self.agreement.due)
        return bool(mine.update(reminded_of=self.agreement.due, told_on=timezone.localdate()))


class AgreementDraft(FieldwiseEnding):
    """What is agreed while it is written, of a compass with no end of its own; gone when it stands."""

    reflection = models.OneToOneField("reflection.Reflection", models.CASCADE, related_name="agreement_draft")
    decision = models.CharField(_("Hvad beslutter I?"), max_length=20, blank=True)
    why = models.TextField(_("Hvorfor?"), max_length=500, blank=True)
    what = models.TextField(_("Hvad gør vi?"), max_length=500, blank=True)
    who = models.CharField(_("Hvem?"), max_length=120, blank=True)
    who_email = models.EmailField(blank=True)
    due = models.DateField(_("Hvornår kigger I igen?"), null=True, blank=True)
    no_date_reason = models.CharField(_("Ingen dato, fordi"), max_length=250, blank=True)
    lines = models.JSONField(default=dict)  # of a plan, as forms hold it: «what_1», «who_email_1», «due_1» …

    personal_data = PersonalData(
        Whose.GROUP,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        identity=("who_email",),
        words=("why", "what", "who", "no_date_reason", "lines"),
        nothing=("written_by", "decision"),
    )

    def __str__(self):
        return f"udkast til aftale {self.pk}"

    def agreements(self) -> list[tuple[Agreement, str]]:
        """What stands when it is sent, each with the address of who promised: one, or one for each line of a
        plan that something is written in.
        """
        if self._ending != GuideVersion.Ending.PLAN:
            agreement = Agreement(
                what=self.what, who=self.who, due=self.due, no_date_reason=self.no_date_reason
            )
            return [(agreement, self.who_email)]
        lines = self.reflection.version.end_lines.all()
        return [self._of_line(line) for line in lines if self.raw(f"what_{line.position}")]

    def _of_line(self, line) -> tuple[Agreement, str]:
        due = self.raw(f"due_{line.position}")
        agreement = Agreement(
            what=f"{line.local.text}: {self.raw(f'what_{line.position}')}",
            who=self.raw(f"who_{line.position}"),
            due=date.fromisoformat(due) if due else None,
            no_date_reason=self.raw(f"no_date_reason_{line.position}"),
        )
        return agreement, self.raw(f"who_email_{line.position}")

    def outcome(self) -> list[list[str]]:
        """What was decided, as the room keeps it: label and words."""
        if self._ending != GuideVersion.Ending.DECISION:
            return []
        chosen = {choice.value: choice.label for choice in self.reflection.compass.choices(self.reflection)}
        return [[gettext("Beslutning"), chosen.get(self.decision, "")], [gettext("Hvorfor?"), self.why]]

    @property
    def _ending(self) -> str:
        return self.reflection.version.ending

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing: what and who, each with a date or a reason for none."""
        agreed = [agreement for agreement, _address in self.agreements()]
        are_whole = all(
            agreement.what and agreement.who and (agreement.due or agreement.no_date_reason)
            for agreement in agreed
        )
        return bool(agreed) and are_whole and all(text for _label, text in self.outcome())

    def column(self, name: str) -> str:
        return "lines" if _is_of_line(name) else name

    def put(self, name: str, text: str):
        if _is_of_line(name):
            self.lines[name] = text
        else:
            super().put(name, text)

    def raw(self, name: str) -> str:
        return self.lines.get(name, "") if _is_of_line(name) else super().raw(name)


def _is_of_line(name: str) -> bool:
    return name[-1].isdigit()


class Reminder(models.Model):
    """A mail that has gone out; whoever makes the row sends it, and nobody else does."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    about = models.CharField(max_length=60)  # «agreement 12»: what sends it gives it a name
    on = models.DateField()  # the date it was due, not when it went: a new date is a new reminder

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.REFLECTION,
        Kept.AGREEMENTS,
        person="user",
        called=_("Mails, du har fået om aftaler"),
        identity=("user",),
        traces=("about",),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "about", "on"], name="nobody_is_reminded_twice")
        ]

    def __str__(self):
        return f"påmindelse {self.pk}"
