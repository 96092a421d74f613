from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import resolve, reverse
from django.utils.translation import override

from compass.models.taxonomy import Department
from privacy.marks import PersonalData, Purpose, Whose
from publishing.danish_order import danish_order
from publishing.fields import MarkdownField
from publishing.publishable import Publishable
from publishing.translated import Translated


class Page(Translated, Publishable):
    """A page of its own, such as «Om» or «Privatliv»."""

    slug = models.SlugField("adresse", unique=True)
    title = models.CharField("titel", max_length=120)
    title_en = models.CharField("titel, engelsk", max_length=120, blank=True)
    standfirst = models.TextField("indledning", blank=True)
    standfirst_en = models.TextField("indledning, engelsk", blank=True)
    body = MarkdownField("tekst", help_text="Skrives i Markdown.")
    body_en = MarkdownField("tekst, engelsk", blank=True)

    class Meta:
        verbose_name = "side"
        verbose_name_plural = "sider"
        ordering = [danish_order("title")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("compass:page", args=[self.slug])

    def clean(self):
        super().clean()
        if self.slug and not self._is_shown_at_its_address():
            taken = f"Portalen bruger selv adressen /{self.slug}/. Vælg en anden, fx «om-{self.slug}»."
            raise ValidationError({"slug": taken})

    def _is_shown_at_its_address(self) -> bool:
        """Asked of the addresses themselves: whatever comes before pages there would hide this one."""
        address = f"/{self.slug}/"
        with override("en" if address == "/en/" else settings.LANGUAGE_CODE):  # as LanguageFromPath
            found = resolve(address)
        return found.view_name == "compass:page" or getattr(found.func, "shows_page", "") == self.slug


class ContactQuerySet(models.QuerySet):
    def shown_in(self, language: str):
        shown = self.filter(is_shown=True).select_related("department")
        return shown.filter(is_shown_in_english=True) if language == "en" else shown


class Contact(Translated, models.Model):
    name = models.CharField("navn", max_length=120)
    role = models.CharField("stilling", max_length=160)
    role_en = models.CharField("stilling, engelsk", max_length=160, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="contacts", verbose_name="forvaltning"
    )
    email = models.EmailField("e-mail", unique=True)
    as_of = models.DateField("oplysningen var rigtig den")
    is_shown = models.BooleanField("vis på siden", default=True)
    is_shown_in_english = models.BooleanField("vis også på engelsk", default=False)

    objects = ContactQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.STAFF, Purpose.PUBLISHING, identity=("name", "role", "role_en", "email")
    )

    class Meta:
        verbose_name = "kontakt"
        verbose_name_plural = "kontakter"
        ordering = [danish_order("department__title"), danish_order("name")]

    def __str__(self):
        return self.name
