"""Fields that all apps share: of forms, and the one of models."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.text_lint import refuse_what_must_be_mended


class MarkdownField(models.TextField):
    """A text that pages show as Markdown. The admin offers its checks and a preview wherever it is edited."""

    default_validators = [refuse_what_must_be_mended]

    def deconstruct(self):
        """For the database it is text, and migrations need not know more."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


EARLIEST_YEAR, YEARS_AHEAD = 1000, 50


def refuse_a_mistyped_year(day):
    """Calendars can count neither beyond 9999 nor before 1, and nobody means a day that nobody sees.

    Midnight in Denmark was still the year before elsewhere: what is stored so cannot be read again.
    """
    if day.year < EARLIEST_YEAR:
        raise ValidationError(_("Det er før år %s. Er årstallet rigtigt?") % EARLIEST_YEAR)
    if day.year > timezone.localdate().year + YEARS_AHEAD:
        text = _("Det er mere end %s år ude i fremtiden. Er årstallet rigtigt?")
        raise ValidationError(text % YEARS_AHEAD)


class ContentChoiceField(forms.ModelChoiceField):
    """A choice among content, named in the language of the page."""

    def label_from_instance(self, item) -> str:
        return item.local.title


class HintedRadios(forms.RadioSelect):
    """Radios with a sentence under each: when it is the right one. `hints` by value."""

    hints: dict[str, str] = {}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        hint = self.hints.get(str(value), "")
        if hint and "id" in option["attrs"]:
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option | {"hint": hint}


class DayField(forms.DateField):
    """A date from the browser's own calendar, or typed as year-month-day where there is none."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [refuse_a_mistyped_year]
    default_error_messages = {"invalid": _("Skriv datoen som år-måned-dag, fx 2027-03-01.")}


class MomentField(forms.DateTimeField):
    """A day and a time, as DayField has days."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_validators = [refuse_a_mistyped_year]
    default_error_messages = {"invalid": _("Skriv dag og tid som 2027-03-01 14:30.")}
