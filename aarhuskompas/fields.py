"""Form fields that all apps share."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DayField(forms.DateField):
    """A date from the browser's own calendar, or typed as year-month-day where there is none."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": _("Skriv datoen som år-måned-dag, fx 2027-03-01.")}


class MomentField(forms.DateTimeField):
    """A day and a time, as DayField has days."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": _("Skriv dag og tid som 2027-03-01 14:30.")}
