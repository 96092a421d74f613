"""What content is sorted by."""

from django.db import models
from django.urls import reverse

from compass.models.drawings import Drawn
from publishing.danish_order import danish_order
from publishing.translated import Translated


class Term(Translated, models.Model):
    slug = models.SlugField("adresse", unique=True)
    title = models.CharField("titel", max_length=120)
    title_en = models.CharField("titel, engelsk", max_length=120, blank=True)

    class Meta:
        abstract = True
        ordering = [danish_order("title")]

    def __str__(self):
        return self.title

    @property
    def list_address(self) -> str:
        """Of the stories under it, as the filter of the list writes it."""
        return f"{reverse('compass:stories')}?{self.facet}={self.slug}"


class Department(Term):
    facet = "forvaltning"

    class Meta(Term.Meta):
        verbose_name = "forvaltning"
        verbose_name_plural = "forvaltninger"


class Theme(Drawn, Term):
    facet = "tema"

    class Meta(Term.Meta):
        verbose_name = "tema"
        verbose_name_plural = "temaer"
