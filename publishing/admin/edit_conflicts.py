"""Two people with the same form open: what they changed is put together, and the second to save is asked
about what both have changed."""

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from publishing.admin.merging import Merge, Texts, mark_of, packed, texts_of, unpacked
from publishing.admin.snapshots import Row, stored

CHOOSE = (
    "Det, du har skrevet, står stadig i felterne. Se forskellene, og ret dem. "
    "Nederst på siden kan du gemme din udgave alligevel."
)


class Unnoticed(forms.CharField):
    """A hidden field that is about the form and not about the content."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class CollisionForm(forms.ModelForm):
    """Writes only what its editor has changed, and over a colleague's words only if they say so."""

    seen = Unnoticed(required=False)
    overwrite = Unnoticed(required=False)
    merge: Merge | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and not self.is_bound:
            self.initial["seen"] = packed(self.stored_texts())

    def stored_rows(self) -> list[Row]:
        """Everything that the form's page edits, as it is stored now."""
        kept = type(self.instance)._base_manager.get(pk=self.instance.pk)  # a field's check may set more
        return stored(kept).rows

    def stored_texts(self) -> Texts:
        return texts_of(self.stored_rows())

    def _post_clean(self):
        if not self.instance._state.adding:
            self.merge = Merge(unpacked(self.cleaned_data.get("seen", "")), self.stored_texts())
            self.merge.merge_page(self)
        super()._post_clean()
        if self.merge and self.merge.is_needed:
            formsets = getattr(self.instance, "formsets", [])
            formsets[:] = [self.merge.merge_rows(formset) for formset in formsets]
        if self.has_collision:
            self.add_error(None, ValidationError(who_was_here(self.instance), code="collision"))

    @property
    def has_collision(self) -> bool:
        if not (self.merge and self.merge.clashes):
            return False
        return self.cleaned_data.get("overwrite") != mark_of(self.merge.stored)


def who_was_here(item) -> str:
    entry = _newest_entry(item)
    if entry is None:
        return f"Indholdet er ændret, mens du skrev. {CHOOSE}"
    moment = date_format(timezone.localtime(entry.action_time), r"j. F Y \k\l. H.i")
    return f"{entry.user} har gemt, mens du skrev: {moment}. {CHOOSE}"


def _newest_entry(item) -> LogEntry | None:
    kind = ContentType.objects.get_for_model(item)
    entries = LogEntry.objects.filter(content_type=kind, object_id=item.pk).select_related("user")
    return entries.order_by("-action_time").first()


class Collides:
    """Mixin for admins with a CollisionForm: a collision answers 409, with the words of both."""

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        obj.formsets = formsets  # the form is cleaned after this, and its rows with it
        return formsets, inlines

    def save_related(self, request, form, formsets, change):
        newest = _newest_entry(form.instance) if change and form.merge.taken_over else None
        super().save_related(request, form, formsets, change)
        if newest:
            names = ", ".join(dict.fromkeys(form.merge.taken_over))
            messages.info(request, f"{newest.user} har gemt, mens du skrev. Det er taget med: {names}.")

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        collides = form.has_collision
        if collides:
            merge, entry = form.merge, _newest_entry(form.instance)
            who = str(entry.user) if entry else "En anden"
            context |= {"collision": mark_of(merge.stored), "merge": merge, "colleague": who}
        answer = super().render_change_form(request, context, add, change, form_url, obj)
        answer.status_code = 409 if collides else answer.status_code
        return answer
