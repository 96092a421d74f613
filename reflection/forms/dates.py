"""A date that is asked for either way: some months from now, on a day, or none – and then why.

Every ending has a date or a written reason. A form that asks for one has a `WhenField` beside the field of
the day and that of the reason, and `DateOrReasonMixin` among its bases.
"""

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from publishing.days import months_after

MONTHS = {"1": _("Om 1 måned"), "2": _("Om 2 måneder"), "3": _("Om 3 måneder")}


class When(models.TextChoices):
    DAY = "day", _("På en dato")
    NONE = "none", _("Ingen dato, fordi …")


class WhenBoundField(BoundField):
    @property
    def day(self) -> BoundField:
        return self.form[self.field.day]

    @property
    def reason(self) -> BoundField:
        return self.form[self.field.reason]

    @property
    def beneath(self) -> list[str]:
        """The names of the fields that stand under a choice."""
        return [self.field.day, self.field.reason]


class WhenField(forms.ChoiceField):
    """`day` and `reason` are the names of the fields that hold what is chosen; it has no column itself."""

    widget = forms.RadioSelect
    default_error_messages = {
        "required": _("Vælg en dato, eller skriv, hvorfor der ikke er en."),
        "invalid_choice": _("Vælg en dato, eller skriv, hvorfor der ikke er en."),
    }

    def __init__(self, *, day: str, reason: str, **kwargs):
        super().__init__(choices=_choices, template_name="reflection/_when.html", **kwargs)
        self.day, self.reason = day, reason

    def get_bound_field(self, form, field_name):
        return WhenBoundField(form, self, field_name)


def _choices() -> list[tuple]:
    today = timezone.localdate()
    days = {number: date_format(months_after(today, int(number)), "DATE_FORMAT") for number in MONTHS}
    soon = [(number, f"{words} ({days[number]})") for number, words in MONTHS.items()]
    return [*soon, *When.choices]


class DateOrReasonMixin:
    """Mixin for forms: what is chosen is put into the day or the reason, and the other is emptied.

    Who has chosen nothing but typed a day or a reason has chosen that.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self._when_fields():
            day, reason = self.fields[field.day], self.fields[field.reason]
            day.is_needed_sometimes = reason.is_needed_sometimes = True
            has_reason = self.get_initial_for_field(reason, field.reason)
            has_day = self.get_initial_for_field(day, field.day)
            self.initial[name] = When.DAY if has_day else When.NONE if has_reason else ""

    @property
    def asked(self) -> list[forms.BoundField]:
        """In the order of the page; a day and a reason stand under their choice."""
        beneath = {name for field in self if isinstance(field.field, WhenField) for name in field.beneath}
        return [field for field in self if field.name not in beneath]

    def _when_fields(self) -> list[tuple[str, WhenField]]:
        return [(name, field) for name, field in self.fields.items() if isinstance(field, WhenField)]

    def clean(self) -> dict:
        cleaned = super().clean()
        for name, field in self._when_fields():
            self._settle(cleaned, name, field)
        return cleaned

    def _settle(self, cleaned: dict, name: str, field: WhenField):
        typed = When.DAY if cleaned.get(field.day) or field.day in self.errors else ""
        chosen = cleaned.get(name) or typed or (When.NONE if cleaned.get(field.reason) else "")
        if chosen:
            self.errors.pop(name, None)
        if chosen != When.DAY:
            self.errors.pop(field.day, None)
        if chosen in MONTHS:
            cleaned[field.day] = months_after(timezone.localdate(), int(chosen))
        elif chosen == When.NONE:
            cleaned[field.day] = None
        if chosen != When.NONE and chosen:
            cleaned[field.reason] = ""
        self._ask_for(cleaned, chosen, field)

    def _ask_for(self, cleaned: dict, chosen: str, field: WhenField):
        if not field.required:
            return
        if chosen == When.DAY and not cleaned.get(field.day) and field.day not in self.errors:
            self.add_error(field.day, _("Vælg en dato."))
        if chosen == When.NONE and not cleaned.get(field.reason) and field.reason not in self.errors:
            self.add_error(field.reason, _("Skriv, hvorfor der ikke er en dato."))


class ReasonField(forms.CharField):
    """Why there is no date."""

    def __init__(self, **kwargs):
        super().__init__(label=_("Ingen dato, fordi"), max_length=250, required=False, **kwargs)
