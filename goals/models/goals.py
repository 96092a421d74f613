"""A goal, its words over time, and whom its owner has let read it."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compass.models import Department
from goals.models.decisions import Decision
from goals.models.reviews import Review
from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from privacy.restrictions import unrestricted
from publishing.danish_order import danish_order
from publishing.translated import Translated
from reflection.models import Guide, Participant, Reflection, rehearse

GUIDE = "maalkompasset"
SET_UP = [
    "wording", "stands_in", "department", "city_goal", "serves", "concerns", "is_law_bound", "set_by",
]  # fmt: skip


class CityGoal(Translated, models.Model):
    """What goals serve (Portal.city_goal), in the words of the city council; editors keep the list."""

    position = models.PositiveSmallIntegerField("rækkefølge", default=1)
    title = models.CharField("byrådsmål", max_length=120, unique=True)
    title_en = models.CharField("byrådsmål, engelsk", max_length=120, blank=True)

    class Meta:
        verbose_name = "byrådsmål"
        verbose_name_plural = "byrådsmål"
        ordering = ["position", danish_order("title")]

    def __str__(self):
        return self.title


class GoalQuerySet(models.QuerySet):
    def editable_by(self, user) -> Self:
        """Those the user owns; a role opens none."""
        return self.filter(owner=user)

    def shared_with(self, user) -> Self:
        return unrestricted(self.filter(shares__user=user))

    def visible_to(self, user) -> Self:
        """One's own, and those a colleague has shared by name. Reading is not changing: see editable_by."""
        shared = self.model.objects.shared_with(user)
        return self.filter(models.Q(owner=user) | models.Q(pk__in=shared.values("pk")))

    def archived(self, *, is_archived: bool = True) -> Self:
        return self.filter(archived_at__isnull=not is_archived)

    def search(self, text: str, user) -> Self:
        """Of one's own goals those with `text` in their words, in a plan – or in one's own answers."""
        if not text:
            return self
        reviews = Review.objects.filter(goal=models.OuterRef("pk"))
        matches = models.Q()
        for name in ["reason", "dissent", "change", "stop", "first_sign", "tell", "if_nothing"]:
            matches |= models.Q(**{f"{name}__icontains": text})
        own = Participant.objects.filter(user=user, answers__text__icontains=text, answers__about=None)
        answered = reviews.filter(reflection__in=own.values("reflection"))
        past = PastWording.objects.filter(goal=models.OuterRef("pk"), text__icontains=text)
        found = _words_like(text) | models.Exists(reviews.filter(matches)) | models.Exists(answered)
        return self.filter(found | models.Exists(past))

    def search_words(self, text: str) -> Self:
        """Those whose own words hold `text`: all that a colleague's goal may be searched by."""
        return self.filter(_words_like(text)) if text else self

    def with_latest_review(self) -> Self:
        """Annotated with what «Mine mål» shows of each; a decision counts once it is made."""
        meant = Review.objects.filter(goal=models.OuterRef("pk"), reflection__is_rehearsal=False)
        latest = meant.filter(decided_at__isnull=False).order_by("-pk")
        running = meant.exclude(reflection__phase=Reflection.Phase.CONCLUDED)
        return self.annotate(
            latest_decision=models.Subquery(latest.values("decision")[:1]),
            latest_look_back=models.Subquery(latest.values("look_back_on")[:1]),
            is_running=models.Exists(running),
        ).order_by("-created_at", "-pk")


def _words_like(text: str) -> models.Q:
    names = ["wording", "stands_in", "serves", "set_by"]
    return models.Q(*[(f"{name}__icontains", text) for name in names], _connector=models.Q.OR)


class Goal(models.Model):
    class Concerns(models.TextChoices):
        CITIZENS = "citizens", _("Borgere")
        COMPANIES = "companies", _("Virksomheder")
        POLITICIANS = "politicians", _("Politikere")
        INSIDE = "inside", _("Kommunen selv, på indersiden")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="goals")
    wording = models.TextField(_("Målet, ord for ord"), max_length=1000)
    stands_in = models.CharField(_("Hvor står målet?"), max_length=250, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("Forvaltning")
    )
    city_goal = models.ForeignKey(
        CityGoal, models.PROTECT, null=True, blank=True, verbose_name=_("Byrådsmål")
    )
    serves = models.CharField(_("Hvilket byrådsmål støtter det?"), max_length=250, blank=True)
    concerns = models.CharField(_("Hvem handler målet om?"), max_length=20, choices=Concerns.choices)
    is_law_bound = models.BooleanField(_("Målet er fastsat ved lov"), default=False)
    set_by = models.CharField(_("Hvem satte målet?"), max_length=250, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)  # one more for each saved change
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = GoalQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.REFLECTION,
        Kept.GOALS,
        person="owner",
        called=_("Mål, du har skrevet ind"),
        identity=("owner",),
        words=("wording", "stands_in", "serves", "set_by"),
    )

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="goals_of_an_owner")]

    def __str__(self):  # never the words: the admin names what stands in the way of a deletion
        return f"mål {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("goals:goal", args=[self.key])

    @property
    def latest_decision_label(self) -> str:
        """Of `with_latest_review`: the words of its decision."""
        return Decision(self.latest_decision).label if self.latest_decision else ""

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def archive(self, *, is_archived: bool = True):
        """Take the goal off «Mine mål», or put it back. Nothing is deleted."""
        self.archived_at = timezone.now() if is_archived else None
        self.save(update_fields=["archived_at"])

    @transaction.atomic
    def revise(self, seen: int) -> "Goal | None":
        """Save what was changed since version `seen`; nothing is saved, and what stands there comes
        back, where another window has been quicker.
        """
        stored = Goal.objects.select_for_update().get(pk=self.pk)
        if stored.version != seen:
            return stored
        stored.keep_words(self.wording)
        self.version = seen + 1
        self.save(update_fields=[*SET_UP, "version"])
        return None

    @transaction.atomic
    def reword(self, wording: str):
        """New words that a look has decided on, whatever stands there now; whoever edits it is shown them."""
        stored = Goal.objects.select_for_update().get(pk=self.pk)
        stored.keep_words(wording)
        self.wording, self.version = wording, stored.version + 1
        self.save(update_fields=["wording", "version"])

    def keep_words(self, wording: str):
        """Of the stored goal: what it says until now stays in its history when it gets other words."""
        if self.wording == wording:
            return
        self.past_wordings.create(text=self.wording)
        running = self.reviews.filter(reflection__in=Reflection.objects.under_way())
        running.filter(new_wording=self.wording).update(new_wording=wording)
        alone = Reflection.objects.filter(pk__in=running.values("reflection"), mode=Reflection.Mode.SOLO)
        alone.update(title=wording)

    def copy(self) -> "Goal":
        """A new goal with the same set-up, and nothing of what was thought about this one."""
        return Goal.objects.create(owner=self.owner, **{name: getattr(self, name) for name in SET_UP})

    def last_review(self) -> "Review | None":
        """The latest look that has ended; a rehearsal is no look."""
        return self.reviews.ended().first()

    @transaction.atomic
    def start_review(self, user) -> "Review":
        """A new look at the goal, alone – or the one that is already under way alone."""
        return self._running(mode=Reflection.Mode.SOLO) or self._look(
            Reflection.start_solo(self._version(), user, title=self.wording, variant=self.concerns)
        )

    @transaction.atomic
    def open_room(self, user, *, people: int | None = None, **chosen) -> "Review":
        """A new look as a group (`chosen`: Reflection.open_room) – or the one that a group has under way.

        `people` is how many are expected, each with a slip where one comes in by slip.
        """
        is_rehearsal = chosen.get("is_rehearsal", False)
        together = [Reflection.Mode.CONFIDENTIAL, Reflection.Mode.OPEN]
        running = self._running(mode__in=together, is_rehearsal=is_rehearsal)
        if running:
            return running
        last = self.last_review()
        if last:
            chosen["series"] = last.reflection.series
        room = Reflection.open_room(
            self._version(), user, title=self.wording, variant=self.concerns, **chosen
        )
        room.opening = last.opening_for(room) if last else []
        room.save(update_fields=["opening"])
        if room.is_by_invitation:
            room.invite(people)
        if is_rehearsal:
            rehearse(room)
        return self._look(room)

    def _look(self, reflection: Reflection) -> "Review":
        """New words, if it comes to that, begin with the old ones."""
        return self.reviews.create(reflection=reflection, new_wording=self.wording)

    def under_way(self) -> set[int]:
        """The reflections that run: at most one alone and one as a group, rehearsals aside."""
        running = Reflection.objects.under_way().filter(review__goal=self, is_rehearsal=False)
        return set(running.values_list("pk", flat=True))

    def _running(self, *, is_rehearsal: bool = False, **mode) -> "Review | None":
        """Alone and as a group are two things: the one under way is not in the way of the other."""
        Goal.objects.select_for_update().get(pk=self.pk)  # two clicks are one look
        under_way = Reflection.objects.under_way().filter(is_rehearsal=is_rehearsal, **mode)
        return self.reviews.filter(reflection__in=under_way).first()

    def _version(self):
        return Guide.objects.get(slug=GUIDE).current_version()


class PastWording(models.Model):
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="past_wordings")
    text = models.TextField()
    until = models.DateTimeField(auto_now_add=True)

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.REFLECTION,
        Kept.GOALS,
        person="goal__owner",
        called=_("Tidligere ordlyd af dine mål"),
        words=("text",),
    )

    class Meta:
        ordering = ["-until", "-pk"]

    def __str__(self):
        return f"tidligere ordlyd {self.pk}"


class GoalShare(models.Model):
    """A colleague who may read the goal and what was decided – never what somebody answered."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    personal_data = PersonalData(
        Whose.STAFF,
        Purpose.REFLECTION,
        Kept.GOALS,
        person="user",
        called=_("Mål, andre har delt med dig"),
        identity=("user",),
    )

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["goal", "user"], name="a_goal_is_shared_once")]

    def __str__(self):
        return f"deling {self.pk}"
