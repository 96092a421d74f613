"""Forms that are sent whole: what another window has stored since the page was shown is not written over."""

import hashlib
from typing import Any, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.formats import localize
from django.utils.translation import gettext as _


class SeenMixin(forms.BaseForm):
    """For a form about a row, which its view holds while it is sent.

    The page carries what it was shown (`seen`). Where something else stands there by now, the form is shown
    again with that beside what was typed; sent once more, it holds.
    """

    clashes: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["seen"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self._as_it_stands
        )

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        stands = self._as_it_stands()
        if cleaned.pop("seen", "") not in {"", stands}:
            self._show_both()
            sent = cast(QueryDict, self.data).copy()
            sent[self.add_prefix("seen")] = stands
            self.data = sent
        return cleaned

    def _as_it_stands(self) -> str:
        stored = [f"{name}={self._stored(name)!s}" for name in self.fields if name != "seen"]
        return hashlib.sha256("\n".join(stored).encode()).hexdigest()

    def _stored(self, name: str) -> Any:
        return self.get_initial_for_field(self.fields[name], name)

    def _show_both(self) -> None:
        self.clashes = [name for name, field in self.fields.items() if self._says_something_else(name, field)]
        for name in self.clashes:
            stands = in_words(self.fields[name], self._stored(name))
            self.add_error(name, _("I et andet vindue står der nu: %s") % stands)
        text = _("Det er ændret i et andet vindue imens. Se, hvad der står nu, og gem igen, hvis dit passer.")
        self.add_error(None, text)

    def _says_something_else(self, name: str, field: forms.Field) -> bool:
        return name != "seen" and field.has_changed(self._stored(name), self[name].data)


def in_words(field: forms.Field, stored: Any) -> str:
    """What stands in a row, as the field of its form says it."""
    if isinstance(stored, bool):
        return _("ja") if stored else _("nej")
    if isinstance(stored, Model):
        return cast(forms.ModelChoiceField, field).label_from_instance(stored)
    choices = {str(key): label for key, label in getattr(field, "choices", [])}
    return str(choices.get(str(stored), localize(stored)) or "–")
