"""Two people with the same form open: the second to save is told what the first has changed."""

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from publishing.admin.comparison import Line, Section
from publishing.admin.snapshots import stored

ITS_OWN = {"seen", "overwrite"}


class Unnoticed(forms.CharField):
    """A hidden field that is about the form and not about the content."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class CollisionForm(forms.ModelForm):
    """Refuses to save over what its editor has not seen, unless they say that theirs shall stand."""

    seen = Unnoticed(required=False)
    overwrite = Unnoticed(required=False)
    collision = ""  # the fingerprint of what stands in the way

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.is_bound:
            self.initial["seen"] = self.fingerprint()

    def fingerprint(self) -> str:
        """What is stored now of everything that the form's page edits, rows included."""
        kept = type(self.instance)._base_manager.get(pk=self.instance.pk)  # a field's check may set more
        return stored(kept).fingerprint

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk:
            now = self.fingerprint()
            if now not in {cleaned.get("seen"), cleaned.get("overwrite")}:
                self.collision = now
                raise ValidationError(_who_was_here(self.instance), code="collision")
        return cleaned


def _who_was_here(item) -> str:
    kind = ContentType.objects.get_for_model(item)
    entries = LogEntry.objects.filter(content_type=kind, object_id=item.pk).select_related("user")
    newest = entries.order_by("-action_time").first()
    if newest is None:
        return f"Indholdet er ændret, mens du skrev. {_choose()}"
    moment = date_format(timezone.localtime(newest.action_time), r"j. F Y \k\l. H.i")
    return f"{newest.user} har gemt, mens du skrev: {moment}. {_choose()}"


def _choose() -> str:
    return (
        "Det, du har skrevet, står stadig i felterne. Se forskellene, og ret dem. "
        "Nederst på siden kan du gemme din udgave alligevel."
    )


def typed_beside(form: forms.ModelForm, formsets) -> list[Section]:
    """What is stored now, and what the editor typed instead."""
    sections = [Section("Siden", _lines(form))]
    for formset in formsets:
        name = formset.model._meta.verbose_name
        for number, row in enumerate(formset.forms, start=1):
            own = [part_row for part in getattr(row, "parts", {}).values() for part_row in part.forms]
            lines = [line for one in [row, *own] for line in _lines(one)]
            sections.append(Section(f"{name} {number}".capitalize(), lines))
    return [section for section in sections if section.lines]


def _lines(form) -> list[Line]:
    names = [name for name in form.changed_data if name in form.fields and name not in ITS_OWN]
    return [
        Line(
            str(form[name].label),
            _shown(form.fields[name], form.get_initial_for_field(form.fields[name], name)),
            _shown(form.fields[name], form.cleaned_data.get(name, form[name].value())),
        )
        for name in names
    ]


def _shown(field: forms.Field, value) -> str:
    if value in (None, ""):
        return ""
    if isinstance(field, forms.ModelMultipleChoiceField):
        chosen = [getattr(one, "pk", one) for one in value]
        return ", ".join(str(item) for item in field.queryset.filter(pk__in=chosen))
    if isinstance(field, forms.ModelChoiceField):
        return str(field.queryset.filter(pk=getattr(value, "pk", value)).first() or value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))
    if isinstance(value, list):
        return " ".join(str(part) for part in value if part)
    if hasattr(value, "astimezone"):
        return date_format(timezone.localtime(value), r"j. F Y \k\l. H.i")
    return {True: "ja", False: "nej"}.get(value, str(value)) if isinstance(value, bool) else str(value)


class Collides:
    """Mixin for admins with a CollisionForm: a collision answers 409, with both texts side by side."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        collision = getattr(form, "collision", "")
        if collision:
            formsets = [one.formset for one in context["inline_admin_formsets"]]
            context |= {"collision": collision, "sections": typed_beside(form, formsets)}
        answer = super().render_change_form(request, context, add, change, form_url, obj)
        answer.status_code = 409 if collision else answer.status_code
        return answer
