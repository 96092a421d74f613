"""Rows in an order: two may swap places, and none has the place of another."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import F

from publishing.admin.help import WrittenInline

HIGHEST_POSITION = 999
OUT_OF_THE_WAY = 10_000


class OrderedForm(forms.ModelForm):
    """A row with a position; whether two rows have the same one is a question for the formset."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].validators.append(MaxValueValidator(HIGHEST_POSITION))

    def validate_constraints(self):
        try:
            self.instance.validate_constraints({*self._get_validation_exclusions(), "position"})
        except ValidationError as error:
            self._update_errors(error)


class OrderedFormSet(forms.BaseInlineFormSet):
    """Rows that may swap places in one go; a new row gets the number after the last."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if index is not None and index >= self.initial_form_count() and "position" in form.fields:
            form.initial.setdefault("position", index + 1)
        if "position" in form.fields and not form.instance.pk:
            form.fields["position"].required = False

    def clean(self):
        """A new row comes last where it has no number, or that of a row which another has added since."""
        rows = [form for form in self.forms if form not in self.deleted_forms and "position" in form.fields]
        taken = [row.position for row in self._others()] if rows else []
        numbers = taken + [row.cleaned_data["position"] for row in rows if row.cleaned_data.get("position")]
        for form in rows:
            number = form.cleaned_data.get("position")
            is_new = form.has_changed() and form.cleaned_data and not form.instance.pk
            if is_new and (not number or number in taken):
                numbers.append(max(numbers, default=0) + 1)
                form.instance.position = form.cleaned_data["position"] = numbers[-1]
        super().clean()

    def _others(self) -> list:
        """Rows that are stored and that this form does not hold."""
        held = {form.instance.pk for form in self.initial_forms}
        return [row for row in self.get_queryset() if row.pk not in held]

    def get_unique_error_message(self, unique_check):
        return f"To {self.model._meta.verbose_name_plural} har samme rækkefølge. Giv hver sit tal."

    def save(self, commit=True):
        """Move away what changes place or goes, so that its number is free whoever is saved first."""
        moving = [
            form.instance.pk
            for form in self.initial_forms
            if form in self.deleted_forms or "position" in form.changed_data
        ]
        rows = self.model._default_manager.filter(pk__in=moving)
        rows.update(position=F("position") + OUT_OF_THE_WAY)
        self._give_way()
        return super().save(commit)

    def _give_way(self):
        """Rows that another has added since come last where this form has put one in their place."""
        placed = [form.instance.position for form in self.forms if form not in self.deleted_forms]
        others = self._others()
        last = max(filter(None, [*placed, *(row.position for row in others)]), default=0)
        for row in others:
            if row.position in placed:
                row.position = last = last + 1
                row.save(update_fields=["position"])


class OrderedInline(WrittenInline):
    form = OrderedForm
    formset = OrderedFormSet
    ordering = ["position"]
