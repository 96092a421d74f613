from django.db import models
from django.urls import reverse

from compass.models.framework import Path
from compass.models.sources import Provenance, Source
from publishing.fields import MarkdownField
from publishing.publishable import Publishable
from publishing.translated import Translated


class Dilemma(Provenance, Publishable):
    """Two good things that pull apart, and places one can stand between them."""

    key = models.CharField("nøgle", max_length=20, unique=True)
    slug = models.SlugField("adresse", max_length=120, unique=True)
    path = models.ForeignKey(Path, models.PROTECT, related_name="dilemmas", verbose_name="vej")
    title = models.CharField("titel", max_length=160)
    title_en = models.CharField("titel, engelsk", max_length=160, blank=True)
    pole_a = models.CharField("den ene pol", max_length=200)
    pole_a_en = models.CharField("den ene pol, engelsk", max_length=200, blank=True)
    pole_b = models.CharField("den anden pol", max_length=200)
    pole_b_en = models.CharField("den anden pol, engelsk", max_length=200, blank=True)
    description = MarkdownField("beskrivelse", help_text="Skrives i Markdown.")
    description_en = MarkdownField("beskrivelse, engelsk", blank=True)
    question = models.TextField("spørgsmål til snak")
    question_en = models.TextField("spørgsmål til snak, engelsk", blank=True)
    sources = models.ManyToManyField(Source, blank=True, related_name="dilemmas", verbose_name="kilder")

    class Meta:
        verbose_name = "dilemma"
        verbose_name_plural = "dilemmaer"
        ordering = ["path__position", "key"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("compass:dilemma", args=[self.slug])


class Standpoint(Translated, models.Model):
    dilemma = models.ForeignKey(Dilemma, models.CASCADE, related_name="standpoints", verbose_name="dilemma")
    position = models.PositiveSmallIntegerField("rækkefølge")
    title = models.CharField("titel", max_length=120)
    title_en = models.CharField("titel, engelsk", max_length=120, blank=True)
    text = MarkdownField("tekst")
    text_en = MarkdownField("tekst, engelsk", blank=True)

    class Meta:
        verbose_name = "ståsted"
        verbose_name_plural = "ståsteder"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["dilemma", "position"], name="standpoints_have_an_order")
        ]

    def __str__(self):
        return self.title
