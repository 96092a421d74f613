from django.db import models
from django.urls import reverse

from compass.models.drawings import Drawn
from publishing.fields import MarkdownField
from publishing.publishable import Publishable
from publishing.translated import Translated


class Pivot(Translated, Publishable):
    """One of the three things the framework turns on."""

    position = models.PositiveSmallIntegerField("rækkefølge", unique=True)
    slug = models.SlugField("adresse", unique=True)
    title = models.CharField("titel", max_length=120)
    title_en = models.CharField("titel, engelsk", max_length=120, blank=True)
    subtitle = models.CharField("undertitel", max_length=200)
    subtitle_en = models.CharField("undertitel, engelsk", max_length=200, blank=True)
    body = MarkdownField("tekst", help_text="Skrives i Markdown.")
    body_en = MarkdownField("tekst, engelsk", blank=True)

    class Meta:
        verbose_name = "omdrejningspunkt"
        verbose_name_plural = "omdrejningspunkter"
        ordering = ["position"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("compass:pivot", args=[self.slug])


class PivotPoint(Translated, models.Model):
    pivot = models.ForeignKey(Pivot, models.CASCADE, related_name="points", verbose_name="omdrejningspunkt")
    position = models.PositiveSmallIntegerField("rækkefølge")
    title = models.CharField("titel", max_length=200)
    title_en = models.CharField("titel, engelsk", max_length=200, blank=True)
    text = MarkdownField("tekst")
    text_en = MarkdownField("tekst, engelsk", blank=True)

    class Meta:
        verbose_name = "punkt"
        verbose_name_plural = "punkter"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["pivot", "position"], name="points_have_an_order")]

    def __str__(self):
        return self.title


class Path(Drawn, Translated, Publishable):
    """One of the four ways from the framework into everyday work."""

    position = models.PositiveSmallIntegerField("rækkefølge", unique=True)
    slug = models.SlugField("adresse", unique=True)
    verb = models.CharField("udsagnsord", max_length=30)
    verb_en = models.CharField("udsagnsord, engelsk", max_length=30, blank=True)
    title = models.CharField("titel", max_length=120)
    title_en = models.CharField("titel, engelsk", max_length=120, blank=True)
    standfirst = models.TextField("indledning")
    standfirst_en = models.TextField("indledning, engelsk", blank=True)
    body = MarkdownField("tekst", help_text="Skrives i Markdown.")
    body_en = MarkdownField("tekst, engelsk", blank=True)

    class Meta:
        verbose_name = "vej"
        verbose_name_plural = "veje"
        ordering = ["position"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("compass:path", args=[self.slug])
