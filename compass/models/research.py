from django.db import models

from publishing.fields import MarkdownField
from publishing.publishable import Publishable
from publishing.translated import Translated


class ResearchQuestion(Translated, models.Model):
    position = models.PositiveSmallIntegerField("rækkefølge", unique=True)
    text = models.TextField("spørgsmål")
    text_en = models.TextField("spørgsmål, engelsk", blank=True)

    class Meta:
        verbose_name = "forskningsspørgsmål"
        verbose_name_plural = "forskningsspørgsmål"
        ordering = ["position"]

    def __str__(self):
        return self.text[:80]


class ResearchWave(Translated, Publishable):
    """One round of the survey; its figures come from editors, never from us."""

    year = models.PositiveSmallIntegerField("år", unique=True)
    title = models.CharField("titel", max_length=160)
    title_en = models.CharField("titel, engelsk", max_length=160, blank=True)
    text = MarkdownField("tekst")
    text_en = MarkdownField("tekst, engelsk", blank=True)

    class Meta:
        verbose_name = "undersøgelse"
        verbose_name_plural = "undersøgelser"
        ordering = ["-year"]

    def __str__(self):
        return self.title


class ResearchFigure(Translated, models.Model):
    wave = models.ForeignKey(
        ResearchWave, models.CASCADE, related_name="figures", verbose_name="undersøgelse"
    )
    position = models.PositiveSmallIntegerField("rækkefølge")
    label = models.CharField("hvad tallet viser", max_length=200)
    label_en = models.CharField("hvad tallet viser, engelsk", max_length=200, blank=True)
    value = models.DecimalField("tal", max_digits=8, decimal_places=2)
    unit = models.CharField("enhed", max_length=40, default="procent")

    class Meta:
        verbose_name = "tal"
        verbose_name_plural = "tal"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["wave", "position"], name="figures_have_an_order")]

    def __str__(self):
        return f"{self.label}: {self.value}"
