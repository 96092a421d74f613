"""«Frister for sletning»: what the municipality has decided. A new decision is added; an old one stays."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from privacy.models import RetentionPeriod
from privacy.retention import undecided
from publishing.admin import AddedOnlyAdmin


class RetentionPeriodForm(forms.ModelForm):
    def clean_decided_on(self):
        if self.cleaned_data["decided_on"] > timezone.localdate():
            raise ValidationError("Skriv den dag, det blev besluttet. Den kan ikke ligge ude i fremtiden.")
        return self.cleaned_data["decided_on"]


@admin.register(RetentionPeriod)
class RetentionPeriodAdmin(AddedOnlyAdmin):
    form = RetentionPeriodForm
    list_display = ["kind", "days", "basis", "decided_by", "decided_on", "is_in_force"]
    list_filter = ["kind"]
    fields = ["kind", "days", "basis", "decided_by", "decided_on"]
    actions = None
    change_list_template = "admin/privacy/retentionperiod/change_list.html"

    def changelist_view(self, request, extra_context=None):
        self.in_force = {period.pk for period in RetentionPeriod.objects.in_force().values()}
        return super().changelist_view(request, {"undecided": undecided(), **(extra_context or {})})

    @admin.display(description="gælder nu", boolean=True)
    def is_in_force(self, period):
        return period.pk in self.in_force
