"""Two people with the same form open: what they changed is put together, and the second to save is asked
about what both have changed."""

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError

from publishing.admin.merging import Merge, packed, unpacked
from publishing.admin.snapshots import Snapshot, fingerprint, in_words, stored

FETCHED = "Her er det, du ikke fik gemt. Se det igennem, og tryk på Gem. Filer skal vælges igen."
CHOOSE = (
    "Det, du har skrevet, står stadig i felterne. Se forskellene, og ret dem. "
    "Nederst på siden kan du gemme din udgave alligevel."
)


class Unnoticed(forms.CharField):
    """A hidden field that is about the form and not about the content."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class GuardedForm(forms.ModelForm):
    """Writes only what its editor has changed, over a colleague's words only if they say so, and no fetched
    work that its editor has not looked at."""

    seen = Unnoticed(required=False)
    overwrite = Unnoticed(required=False)
    fetched = Unnoticed(required=False)
    merge: Merge | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and not self.is_bound:
            self.initial["seen"] = packed(self.stored())

    def stored(self) -> Snapshot:
        """Everything that the form's page edits, as it is stored now; a field's check may have set more."""
        return stored(type(self.instance)._base_manager.get(pk=self.instance.pk))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("fetched"):
            raise ValidationError(FETCHED, code="fetched")
        return cleaned

    def _post_clean(self):
        if not self.instance._state.adding:
            self.merge = Merge(unpacked(self.cleaned_data.get("seen", "")), self.stored())
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
        return self.cleaned_data.get("overwrite") != fingerprint(self.merge.stored)


def who_was_here(item) -> str:
    entry = newest_entry(item)
    if entry is None:
        return f"Indholdet er ændret, mens du skrev. {CHOOSE}"
    return f"{entry.user} har gemt, mens du skrev: {in_words(entry.action_time)}. {CHOOSE}"


def newest_entry(item, *, but=None) -> LogEntry | None:
    """What was last done to it, by others than `but`."""
    kind = ContentType.objects.get_for_model(item)
    entries = LogEntry.objects.filter(content_type=kind, object_id=item.pk).exclude(user=but)
    return entries.select_related("user").order_by("-action_time", "-pk").first()


def tell_what_was_taken_over(request, form: GuardedForm):
    entry = newest_entry(form.instance) if form.merge and form.merge.taken_over else None
    if entry:
        names = ", ".join(dict.fromkeys(form.merge.taken_over))
        messages.info(request, f"{entry.user} har gemt, mens du skrev. Det er taget med: {names}.")


def collision_context(form: GuardedForm) -> dict:
    """What both have changed, with the words of both."""
    if not form.has_collision:
        return {}
    entry = newest_entry(form.instance)
    who = str(entry.user) if entry else "En anden"
    return {"collision": fingerprint(form.merge.stored), "merge": form.merge, "colleague": who}
