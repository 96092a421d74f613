"""A compass as data: a guide in numbered versions, each with steps and prompts.

A published version never changes – running reflections and old answers stand on it. The database
refuses it too (reflection/sql/), so neither a shell nor a mistake in the admin can.
"""

from functools import lru_cache
from typing import Self

from django.db import models, transaction
from django.db.models.signals import pre_delete
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from compass.models import Dilemma, Provenance, Story
from publishing.danish_order import danish_order
from publishing.fields import MarkdownField
from publishing.translated import Text, Translated
from reflection.compasses import Compass, compass_of, home_of, plain_compass

UNKNOWN = "unknown"  # what a form holds for «ved ikke»
USUAL_WORDS = [_("Slet ikke"), _("Mest som 1"), _("Midt imellem"), _("Mest som 5"), _("Helt")]


class Guide(Translated, models.Model):
    """A compass: Målkompasset, Samarbejdskompasset."""

    slug = models.SlugField("adresse", unique=True)
    title = models.CharField("titel", max_length=80)
    title_en = models.CharField("titel, engelsk", max_length=80, blank=True)
    standfirst = models.TextField("indledning")
    standfirst_en = models.TextField("indledning, engelsk", blank=True)
    is_retired = models.BooleanField(
        "taget ud af brug",
        default=False,
        help_text="Ingen kan begynde det mere, og det står ikke i menuen. Rum, der er i gang, fortsætter.",
    )

    class Meta:
        verbose_name = "kompas"
        verbose_name_plural = "kompasser"
        ordering = [danish_order("title")]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        home = home_of(self.slug)
        return home.page.address if home else reverse("reflection:about", args=[self.slug])

    def first_draft(self) -> "GuideVersion":
        """Where the steps of a new guide are written."""
        usual = {"provenance": GuideVersion.Kind.COMPOSED, "minutes_solo": 15, "minutes_group": "60"}
        return self.versions.create(number=1, **usual)

    @transaction.atomic
    def begin_as(self, version: "GuideVersion") -> "GuideVersion":
        """Of a new guide: a first draft that asks what another compass asks."""
        return version.copied(self, number=1)

    def current_version(self) -> "GuideVersion":
        """The newest published version; a guide without one cannot be used."""
        return self.versions.published().latest("number")


class GuideVersionQuerySet(models.QuerySet["GuideVersion"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def kept(self, pk: int) -> "GuideVersion":
        """The version; a process reads a published one once. Its guide, which may change, is asked for.

        Only the slug of a guide never changes, so that its compass is known without.
        """
        try:
            *values, slug = published_values(pk)
        except GuideVersion.DoesNotExist:
            return self.get(pk=pk)
        version = GuideVersion.from_db(None, VERSION_FIELDS, values)
        version.compass = compass_of(slug, version)
        return version

    def with_steps(self) -> Self:
        """All that a page about the version shows, in four queries whatever its size."""
        return self.select_related("guide").prefetch_related(
            "steps__prompts", "steps__dilemmas", "steps__stories", "steps__variants", "end_lines"
        )


class GuideVersion(Provenance):
    class Together(models.TextChoices):
        """Who answers beside each other."""

        NOBODY = "", "ingen: det bruges kun alene"
        GROUP = "group", "en gruppe"
        PARTIES = "parties", "to eller flere parter, hver for sig"

    class Ending(models.TextChoices):
        """What a reflection ends with."""

        AGREEMENT = "agreement", "én aftale"
        DECISION = "decision", "en beslutning: et af kompassets egne ord, og én aftale"
        PLAN = "plan", "en plan: kompassets egne linjer, hver med navn og dato"

    guide = models.ForeignKey(Guide, models.PROTECT, related_name="versions", verbose_name="kompas")
    number = models.PositiveSmallIntegerField("udgave")
    intro = MarkdownField("før I går i gang", help_text="Skrives i Markdown.")
    intro_en = MarkdownField("før I går i gang, engelsk", blank=True)
    for_whom = models.TextField("hvem er det til?", blank=True)
    for_whom_en = models.TextField("hvem er det til?, engelsk", blank=True)
    for_one = models.BooleanField("kan bruges alene", default=True)
    together = models.CharField(
        "hvem svarer sammen?", max_length=10, choices=Together.choices, default=Together.GROUP, blank=True
    )
    guesses = models.BooleanField(
        "gæt, hvad de andre parter svarer", default=False, help_text="Kun mellem parter."
    )
    ending = models.CharField(
        "hvordan slutter det?", max_length=10, choices=Ending.choices, default=Ending.AGREEMENT
    )
    minutes_solo = models.PositiveSmallIntegerField("minutter alene")
    minutes_group = models.CharField("minutter i gruppe", max_length=20)
    texts = models.JSONField(  # what only one compass says: {"knows-title": {"da": "…", "en": "…"}, …}
        "egne tekster", default=dict, blank=True
    )
    created_at = models.DateTimeField("lavet", auto_now_add=True)
    published_at = models.DateTimeField("udgivet", null=True, blank=True, editable=False)

    objects = GuideVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "udgave"
        verbose_name_plural = "udgaver"
        ordering = ["guide", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="versions_are_numbered"),
            models.UniqueConstraint(
                fields=["guide"],
                condition=models.Q(published_at__isnull=True),
                name="one_draft_per_guide",
                violation_error_message="Der findes allerede en kladde til dette kompas.",
            ),
            models.CheckConstraint(
                condition=models.Q(for_one=True) | ~models.Q(together=""),
                name="a_compass_is_for_somebody",
                violation_error_message="Vælg, om kompasset bruges alene, sammen eller begge dele.",
            ),
            models.CheckConstraint(
                condition=models.Q(guesses=False) | models.Q(together="parties"),
                name="only_parties_guess",
                violation_error_message="Man kan kun gætte, hvad de andre svarer, når der er parter.",
            ),
        ]

    def __str__(self):
        return f"{self.guide}, udgave {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @cached_property
    def compass(self) -> Compass:
        return compass_of(self.guide.slug, self)

    @property
    def plain_compass(self) -> Compass:
        """The compass of the guide alone, without what an app has registered."""
        return plain_compass(self.compass.slug, self)

    @property
    def is_between_parties(self) -> bool:
        return self.together == self.Together.PARTIES

    def all_steps(self) -> list["Step"]:
        """Its steps in order, with prompts and variants; do not change them.

        A process reads those of a published version once: they never change.
        """
        return list(published_steps(self.pk) if self.is_published else _steps(self.pk))

    def text(self, key: str) -> Text:
        """One of the version's own texts in the reader's language; empty where it has none."""
        translations = self.texts.get(key, {})
        if get_language() != "en":
            return Text(translations.get("da", ""))
        english = translations.get("en", "")
        return Text(english) if english else Text(translations.get("da", ""), "da" if translations else "")

    def texts_like(self, start: str) -> list[Text]:
        """All own texts whose key begins with `start`, in the order they were written."""
        return [self.text(key) for key in self.texts if key.startswith(start)]

    def publish(self):
        """From now on new reflections use this version, and nobody can change it."""
        self.published_at = timezone.now()
        self.save(update_fields=["published_at"])

    @transaction.atomic
    def new_draft(self) -> "GuideVersion":
        """A copy of this version to edit, with the next number."""
        return self.copied(self.guide, number=self.guide.versions.latest("number").number + 1)

    def copied(self, guide: Guide, *, number: int) -> "GuideVersion":
        """A draft of all that stands here, with the steps and the lines of the end."""
        draft = GuideVersion.objects.get(pk=self.pk)
        draft.pk, draft.guide, draft.number, draft.published_at = None, guide, number, None
        draft._state.adding = True
        draft.save()
        for step in self.steps.all():
            step.copy_to(draft)
        for line in self.end_lines.all():
            line.pk, line.version = None, draft
            line._state.adding = True
            line.save()
        return draft


class Step(Translated, models.Model):
    version = models.ForeignKey(GuideVersion, models.CASCADE, related_name="steps", verbose_name="udgave")
    position = models.PositiveSmallIntegerField("rækkefølge")
    topic = models.SlugField(
        "emne", blank=True, help_text="Bruges af portalens vink. Lad det stå, når du retter teksten."
    )
    title = models.CharField("titel", max_length=120)
    title_en = models.CharField("titel, engelsk", max_length=120, blank=True)
    purpose = models.TextField("formål")
    purpose_en = models.TextField("formål, engelsk", blank=True)
    help = models.TextField("hjælp", blank=True)
    help_en = models.TextField("hjælp, engelsk", blank=True)
    good = models.TextField("det gode ser sådan ud", blank=True)
    good_en = models.TextField("det gode ser sådan ud, engelsk", blank=True)
    dilemmas = models.ManyToManyField(Dilemma, blank=True, related_name="steps", verbose_name="dilemmaer")
    stories = models.ManyToManyField(Story, blank=True, related_name="steps", verbose_name="historier")

    class Meta:
        verbose_name = "trin"
        verbose_name_plural = "trin"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="steps_have_an_order",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self):
        return f"{self.position}. {self.title}"

    @property
    def is_first(self) -> bool:
        return self.position == 1

    def help_for(self, variant: str) -> str:
        """The help text in the reader's language, worded for whom the reflection concerns."""
        for version in self.variants.all():
            if version.concerns == variant:
                return version.local.help
        return self.local.help

    @property
    def questions(self) -> list["Prompt"]:
        """What to think and talk about; nobody writes an answer to these."""
        return [prompt for prompt in self.prompts.all() if prompt.kind == Prompt.Kind.QUESTION]

    @property
    def answered_prompts(self) -> list["Prompt"]:
        return [prompt for prompt in self.prompts.all() if prompt.kind != Prompt.Kind.QUESTION]

    @property
    def scales(self) -> list["Prompt"]:
        """What is rated."""
        return [prompt for prompt in self.answered_prompts if prompt.kind == Prompt.Kind.SCALE]

    def copy_to(self, version: GuideVersion):
        copy = Step.objects.get(pk=self.pk)
        copy.pk, copy.version = None, version
        copy._state.adding = True
        copy.save()
        copy.dilemmas.set(self.dilemmas.all())
        copy.stories.set(self.stories.all())
        parts: list[Prompt | HelpVariant] = [*self.prompts.all(), *self.variants.all()]
        for part in parts:
            part.pk, part.step = None, copy
            part._state.adding = True
            part.save()


def _steps(version: int) -> list[Step]:
    return list(Step.objects.filter(version=version).prefetch_related("prompts", "variants"))


def _published_values(version: int) -> tuple:
    return GuideVersion.objects.published().values_list(*VERSION_FIELDS, "guide__slug").get(pk=version)


VERSION_FIELDS = [field.attname for field in GuideVersion._meta.concrete_fields]
KEPT_VERSIONS = 16
published_values = lru_cache(maxsize=KEPT_VERSIONS)(_published_values)
published_steps = lru_cache(maxsize=KEPT_VERSIONS)(_steps)


class EndLine(Translated, models.Model):
    """One of the words one chooses between at the end, or one of the lines of the plan."""

    version = models.ForeignKey(GuideVersion, models.CASCADE, related_name="end_lines", verbose_name="udgave")
    position = models.PositiveSmallIntegerField("rækkefølge")
    text = models.CharField("tekst", max_length=120)
    text_en = models.CharField("tekst, engelsk", max_length=120, blank=True)
    hint = models.CharField("hvornår er det det rigtige?", max_length=250, blank=True)
    hint_en = models.CharField("hvornår er det det rigtige?, engelsk", max_length=250, blank=True)

    class Meta:
        verbose_name = "linje i slutningen"
        verbose_name_plural = "linjer i slutningen"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="end_lines_have_an_order",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self):
        return self.text


class HelpVariant(Translated, models.Model):
    """Another help text for a step, by whom the reflection concerns (Reflection.variant)."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="variants", verbose_name="trin")
    concerns = models.CharField("handler om", max_length=20)
    help = models.TextField("hjælp")
    help_en = models.TextField("hjælp, engelsk", blank=True)

    class Meta:
        verbose_name = "særlig hjælp"
        verbose_name_plural = "særlig hjælp"
        constraints = [models.UniqueConstraint(fields=["step", "concerns"], name="one_help_text_per_variant")]

    def __str__(self):
        return self.concerns


class Prompt(Translated, models.Model):
    class Kind(models.TextChoices):
        QUESTION = "question", "spørgsmål til eftertanke"
        SCALE = "scale", "udsagn, 1–5"
        LINE = "line", "én linje tekst"

    step = models.ForeignKey(Step, models.CASCADE, related_name="prompts", verbose_name="trin")
    position = models.PositiveSmallIntegerField("rækkefølge")
    kind = models.CharField("slags", max_length=10, choices=Kind.choices)
    text = models.TextField("tekst")
    text_en = models.TextField("tekst, engelsk", blank=True)
    low = models.CharField("1 betyder", max_length=120, blank=True)
    low_en = models.CharField("1 betyder, engelsk", max_length=120, blank=True)
    second = models.CharField("2 betyder", max_length=60, blank=True)
    second_en = models.CharField("2 betyder, engelsk", max_length=60, blank=True)
    third = models.CharField("3 betyder", max_length=60, blank=True)
    third_en = models.CharField("3 betyder, engelsk", max_length=60, blank=True)
    fourth = models.CharField("4 betyder", max_length=60, blank=True)
    fourth_en = models.CharField("4 betyder, engelsk", max_length=60, blank=True)
    high = models.CharField("5 betyder", max_length=120, blank=True)
    high_en = models.CharField("5 betyder, engelsk", max_length=120, blank=True)

    class Meta:
        verbose_name = "spørgsmål"
        verbose_name_plural = "spørgsmål"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "position"],
                name="prompts_have_an_order",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self):
        return self.text[:80]

    @property
    def words(self) -> list[str]:
        """What each number of the scale means, from 1 to 5, in the reader's language."""
        local = self.local
        labels = [local.low, local.second, local.third, local.fourth, local.high]
        return [words or str(usual) for words, usual in zip(labels, USUAL_WORDS, strict=True)]

    def content(self, raw: str) -> dict:
        """An answer's fields, from what a form field holds: "1"–"5", UNKNOWN, a text or nothing."""
        if self.kind == self.Kind.LINE:  # here «unknown» is a word like any other
            return {"state": "given", "value": None, "text": raw}
        if raw == UNKNOWN:
            return {"state": UNKNOWN, "value": None, "text": ""}
        return {"state": "given", "value": int(raw) if raw else None, "text": ""}


def as_typed(state: str, value: int | None, text: str) -> str:
    """What a form field holds of an answer, the inverse of Prompt.content; empty when skipped or erased."""
    if state == UNKNOWN:
        return UNKNOWN
    return text or (str(value) if value else "")


def versions_pointing_at(item: Dilemma | Story) -> models.QuerySet[GuideVersion]:
    """The published versions with a step that names the item."""
    steps = Step.objects.filter(pk__in=item.steps.values("pk"))
    return GuideVersion.objects.published().filter(steps__in=steps).distinct()


def _keep_what_versions_point_at(sender, instance, **kwargs):
    """A published version never changes, and it would, without what it points at."""
    versions = list(versions_pointing_at(instance))
    if versions:
        raise models.ProtectedError(f"{instance} is named by published versions.", set(versions))


for model in [Dilemma, Story]:
    name = f"kept-for-versions-{model.__name__}"
    pre_delete.connect(_keep_what_versions_point_at, sender=model, dispatch_uid=name)
