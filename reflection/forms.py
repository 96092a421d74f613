"""Forms that save themselves while one types, and never overwrite another window silently.

Beside each field a form carries what stood there when the page read it (`<field>-was`), for answers
also which version that was, and the name of this rendering (`page`). They are hidden inputs inside
the status line, which every save renews.
"""

from typing import NamedTuple

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reflection.models import (
    UNKNOWN,
    Answer,
    Conflict,
    Participant,
    Prompt,
    Reflection,
    Step,
    new_page_key,
)

LONGEST_LINE = 2000


class Clash(NamedTuple):
    """A field that another window changed meanwhile."""

    field: str
    label: str
    theirs: str
    overwrite: str  # what the button «Gem min tekst i stedet» sends


class AutosavedForm:
    """Mixin for forms: the hidden state, and the clashes of the last save."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.clashes: list[Clash] = []
        self.is_closed = False  # answers are no longer taken
        self.page = self.data.get("page", "")[:22] or new_page_key()

    def relax(self):
        """Ask for nothing: half an answer is worth keeping, «Fortsæt» asks for the rest."""
        for field in self.fields.values():
            field.required = False

    def was(self, name: str) -> str:
        return _plain(self.data.get(f"{name}-was", ""))

    @property
    def hidden_state(self) -> list[tuple[str, str]]:
        """The hidden inputs of the status line: names and values."""
        return [("page", self.page), *self.stored_state()]


class TextLine(forms.CharField):
    """A text as people type it: line ends as one sign, no empty edges."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value):
        return _plain(super().to_python(value))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def scale_field(prompt: Prompt) -> forms.ChoiceField:
    choices = [(str(number), str(number)) for number in range(1, 6)]
    return forms.ChoiceField(
        label=prompt.local.text,
        choices=[*choices, (UNKNOWN, _("Ved ikke"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Vælg et tal fra 1 til 5 eller «Ved ikke» – eller spring trinnet over."),
            "invalid_choice": _("Vælg et tal fra 1 til 5 eller «Ved ikke»."),
        },
    )


def line_field(prompt: Prompt) -> forms.CharField:
    return TextLine(label=prompt.local.text, required=False, max_length=LONGEST_LINE)


FIELDS = {Prompt.Kind.SCALE: scale_field, Prompt.Kind.LINE: line_field}


class StepForm(AutosavedForm, forms.Form):
    """One step of a guide: a field for each prompt, an answer for each field."""

    def __init__(self, *args, participant: Participant, step: Step, **kwargs):
        self.participant, self.step = participant, step
        self.prompts = {f"prompt-{prompt.pk}": prompt for prompt in step.answered_prompts}
        initial = {name: answer.raw for name, answer in self._answers().items()}
        super().__init__(*args, initial=initial, **kwargs)
        for name, prompt in self.prompts.items():
            self.fields[name] = FIELDS[prompt.kind](prompt)
            self.fields[name].prompt = prompt

    def _answers(self) -> dict[str, Answer]:
        stored = self.participant.answers_to(self.step)
        return {
            name: stored[prompt.pk] for name, prompt in self.prompts.items() if prompt.pk in stored
        }

    def stored_state(self) -> list[tuple[str, str]]:
        """What stands in the database now – but for a clash what this page knew, until it is solved."""
        clashing = {clash.field for clash in self.clashes}
        stored, state = self._answers(), []
        for name in self.prompts:
            if name in clashing:
                was, version = self.was(name), self._version(name)
            else:
                answer = stored.get(name)
                was, version = (answer.raw, answer.version) if answer else ("", 0)
            state += [(f"{name}-was", was), (f"{name}-version", str(version))]
        return state

    @transaction.atomic
    def save(self) -> bool:
        """Write every field that can be written; True when no other window was in the way."""
        if not Reflection.objects.held_collecting(self.participant.reflection_id):
            self.is_closed = True
            return False
        for name, prompt in self.prompts.items():
            if name in self.cleaned_data:
                self._write(name, prompt)
        return not self.clashes

    def _write(self, name: str, prompt: Prompt):
        try:
            Answer.objects.write(
                self.participant,
                prompt,
                self.cleaned_data[name],
                was=self.was(name),
                version=self._version(name),
                page=self.page,
            )
        except Conflict as conflict:
            stored = conflict.stored
            overwrite = f"{name}:{stored.version}"
            self.clashes.append(Clash(name, prompt.local.text, stored.raw, overwrite))

    def _version(self, name: str) -> int:
        """The version the page is based on, or the one it has been told to overwrite."""
        field, _colon, number = self.data.get("overwrite", "").rpartition(":")
        if field != name:
            number = self.data.get(f"{name}-version", "")
        return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
