from django.db import models
from django.utils.translation import gettext_lazy as _

from compass.models.sources import Source
from publishing.fields import MarkdownField
from publishing.translated import Translated


class Resource(Translated, models.Model):
    """A document, recording or tool that the city has made; we may not know where it lies."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Dokument")
        AUDIO = "audio", _("Lyd")
        PRESENTATION = "presentation", _("Oplæg")
        TEXT = "text", _("Tekst")
        TOOL = "tool", _("Værktøj")

    key = models.CharField("nøgle", max_length=20, unique=True)
    kind = models.CharField("slags", max_length=20, choices=Kind.choices)
    title = models.CharField("titel", max_length=200)
    title_en = models.CharField("titel, engelsk", max_length=200, blank=True)
    text = MarkdownField("hvad det er")
    text_en = MarkdownField("hvad det er, engelsk", blank=True)
    note = models.TextField("godt at vide", blank=True)
    note_en = models.TextField("godt at vide, engelsk", blank=True)
    url = models.URLField("link", blank=True, help_text="Tomt link = siden tilbyder «Bed om dokumentet».")
    found_at = models.URLField(
        "findes på siden",
        blank=True,
        help_text="Hvor man selv kan finde det, når der ikke er et link.",
    )

    class Meta:
        verbose_name = "dokument"
        verbose_name_plural = "dokumenter"
        ordering = ["key"]

    def __str__(self):
        return self.title


class Milestone(Translated, models.Model):
    """A line of the timeline; `order` also places what has no date."""

    class Precision(models.TextChoices):
        DAY = "day", "dag"
        MONTH = "month", "måned"
        SEASON = "season", "årstid"
        YEAR = "year", "år"
        NONE = "none", "uden dato"

    class Kind(models.TextChoices):
        DECISION = "decision", _("Beslutning")
        DEBATE = "debate", _("Debat")
        DOCUMENT = "document", _("Tekst")
        EVENT = "event", _("Begivenhed")
        TOOL = "tool", _("Værktøj")
        RESEARCH = "research", _("Forskning")

    key = models.CharField("nøgle", max_length=20, unique=True)
    order = models.PositiveSmallIntegerField("rækkefølge", unique=True)
    kind = models.CharField("slags", max_length=20, choices=Kind.choices)
    date = models.DateField("dato", null=True, blank=True)
    precision = models.CharField("hvor præcis", max_length=10, choices=Precision.choices)
    date_text = models.CharField("dato, som den vises", max_length=80)
    date_text_en = models.CharField("dato, som den vises, engelsk", max_length=80, blank=True)
    text = models.TextField("tekst")
    text_en = models.TextField("tekst, engelsk", blank=True)
    sources = models.ManyToManyField(Source, blank=True, verbose_name="kilder")
    resources = models.ManyToManyField(Resource, blank=True, verbose_name="dokumenter")

    class Meta:
        verbose_name = "punkt på tidslinjen"
        verbose_name_plural = "tidslinje"
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(date__isnull=False) ^ models.Q(precision="none"),
                name="undated_is_said_so",
                violation_error_message="Vælg «uden dato», når datoen er tom – og kun da.",
            )
        ]

    def __str__(self):
        return f"{self.date_text}: {self.text[:60]}"


class FactQuerySet(models.QuerySet["Fact"]):
    def in_group(self, group: str):
        """With their sources."""
        return self.filter(group=group).prefetch_related("sources")


class Fact(Translated, models.Model):
    class Group(models.TextChoices):
        FRAMEWORK = "framework", _("Om rammen")
        INVOLVEMENT = "involvement", _("Om inddragelsen")
        RESEARCH = "research", _("Om forskningen")
        SPARE = "spare", _("Værd at vide")

    key = models.CharField("nøgle", max_length=20, unique=True)
    group = models.CharField("gruppe", max_length=20, choices=Group.choices)
    text = models.TextField("tekst")
    text_en = models.TextField("tekst, engelsk", blank=True)
    sources = models.ManyToManyField(Source, blank=True, verbose_name="kilder")

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = "oplysning"
        verbose_name_plural = "oplysninger"
        ordering = ["key"]

    def __str__(self):
        return f"{self.key}: {self.text[:60]}"
