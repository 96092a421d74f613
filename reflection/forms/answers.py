"""Forms that save themselves while one types, and never overwrite another window silently.

Beside each field a form carries what stood there when the page read it (`<field>-was`), for answers
also which version that was, and the name of this rendering (`page`). They are hidden inputs inside
the status line, which every save renews.
"""

import re
from typing import NamedTuple

from django import forms
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from publishing.tidy_text import tidy
from reflection.models import (
    UNKNOWN,
    Answer,
    ConflictError,
    Participant,
    Party,
    Prompt,
    Reflection,
    Step,
    new_page_key,
)
from reflection.models.fieldwise import raw

LONGEST_LINE = 2000
# A day, a month, a year and four digits.
LIKE_CPR = re.compile(r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d[ -]?\d{4}(?!\d)")


class Clash(NamedTuple):
    """A field that another window changed meanwhile."""

    field: str
    label: str
    theirs: str
    overwrite: str  # what the button «Gem min tekst i stedet» sends


class AutosavedForm:
    """Mixin for forms: the hidden state, and the clashes of the last save."""

    room: Reflection | None = None  # where it is filled in while others may be there

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.clashes: list[Clash] = []
        self.is_closed = False  # answers are no longer taken
        self.is_draft = False  # nothing is asked for yet
        self.page = self._page()

    def relax(self):
        """Ask for nothing: half an answer is worth keeping, «Fortsæt» asks for the rest."""
        self.is_draft = True
        for field in self.fields.values():
            field.required = False

    def _page(self) -> str:
        sent = self.data.get("page", "")
        return sent if re.fullmatch(r"[\w-]{22}", sent, re.ASCII) else new_page_key()

    def was(self, name: str) -> str:
        return _plain(self.data.get(f"{name}-was", ""))

    def shows(self, name: str, stored: str) -> bool:
        """Whether the page has `stored` in the field: it read it, or has just saved it.

        Where not, the page goes on with what it knew. If it were told what another window wrote in a
        field it does not show, its next save would erase that as if somebody had seen it.
        """
        return not self.is_bound or self.sent(name) == stored

    def sent(self, name: str) -> str | None:
        """A field as the page sent it and as it is stored; None when it cannot be stored."""
        return self.cleaned_data.get(name)

    @property
    def has_cpr(self) -> bool:
        """Whether something that was sent looks like somebody's CPR number (public-sector.md B1)."""
        sent = getattr(self, "cleaned_data", {}).values()
        return any(LIKE_CPR.search(text) for text in sent if isinstance(text, str))

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
    return tidy(text).strip()


def scale_field(prompt: Prompt) -> forms.ChoiceField:
    choices = [(str(number), words) for number, words in enumerate(prompt.words, start=1)]
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


class Question(NamedTuple):
    """What a field answers: a prompt, for oneself or as one guesses that a party does."""

    prompt: Prompt
    about: Party | None = None

    @property
    def name(self) -> str:
        return f"prompt-{self.prompt.pk}" + (f"-about-{self.about.pk}" if self.about else "")

    @property
    def key(self) -> tuple[int, int | None]:
        """The key of the answer in Participant.answers_to."""
        return self.prompt.pk, self.about.pk if self.about else None

    @property
    def is_scale(self) -> bool:
        return self.prompt.kind == Prompt.Kind.SCALE

    @property
    def label(self) -> str:
        text = self.prompt.local.text
        return f"{self.about.title}: {text}" if self.about else text


class Group(NamedTuple):
    """Fields that stand together, under words of their own where there are more groups than one."""

    title: str
    fields: list[forms.BoundField]
    is_unfolded: bool = True

    @property
    def is_open(self) -> bool:
        return self.is_unfolded or any(field.errors for field in self.fields)


class StepForm(AutosavedForm, forms.Form):
    """One step of a guide: a field for each question, an answer for each field.

    Where one guesses what the other parties answer, the same statements stand for each of them, and the
    last step asks once how sure one is.
    """

    def __init__(self, *args, participant: Participant, step: Step, **kwargs):
        self.participant, self.step, self.room = participant, step, participant.reflection
        self.others = participant.others() if self.room.compass.guesses else []
        self.is_last = step.position == len(self.room.version.all_steps())
        self.questions = {question.name: question for question in self._questions()}
        self.stored = self._answers()
        initial = {name: answer.raw for name, answer in self.stored.items()}
        super().__init__(*args, initial=initial, **kwargs)
        for name, question in self.questions.items():
            self.fields[name] = FIELDS[question.prompt.kind](question.prompt)
            self.fields[name].prompt = question.prompt
            self.fields[name].label = question.label
            if self.may_sign and question.prompt.kind == Prompt.Kind.LINE:
                self.fields[f"{name}-signed"] = self._signed(name)
        if self.others and self.is_last:
            self.fields["sureness"] = self._sureness_field()

    def _questions(self) -> list[Question]:
        own = [Question(prompt) for prompt in self.step.answered_prompts]
        scales = [question.prompt for question in own if question.is_scale]
        return own + [Question(prompt, other) for other in self.others for prompt in scales]

    @property
    def may_sign(self) -> bool:
        """In a confidential room whoever gave a name chooses, comment by comment, to stand by it."""
        return self.participant.reflection.is_confidential and bool(self.participant.name)

    def _signed(self, name: str) -> forms.BooleanField:
        answer = self.stored.get(name)
        return forms.BooleanField(
            label=_("Vis med navn ved teksten"),
            required=False,
            initial=bool(answer and answer.is_signed),
        )

    def _sureness_field(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=_("Hvor sikker er du på dine gæt?"),
            choices=Answer.Sureness.choices,
            widget=forms.RadioSelect,
            required=False,
            initial=str(self.sureness or ""),
        )

    @cached_property
    def sureness(self) -> int | None:
        """How sure this participant is of what they guess: said once, and kept with each guess."""
        return self.participant.sureness() if self.others else None

    @property
    def groups(self) -> list[Group]:
        """As the page shows them: one's own answer, a guess for each party, one's own words, sureness."""
        if not self.others:
            return [Group("", list(self))]
        asked = self.questions.items()
        own = [self[name] for name, question in asked if question.is_scale and not question.about]
        lines = {name for name, question in asked if not question.is_scale}
        words = [field for field in self if field.name.removesuffix("-signed") in lines]
        sure = [field for field in self if field.name == "sureness"]
        groups = [
            Group(_("Dit eget svar"), own, not all(field.value() for field in own)),
            *map(self._guess_of, self.others),
            Group(_("Et eksempel"), words, any(field.value() for field in words)),
            Group(_("Hvor sikker er du?"), sure),
        ]
        return [group for group in groups if group.fields]

    def _guess_of(self, party: Party) -> Group:
        """The fields of what one guesses that a party answers."""
        title = _("Dit gæt: hvad svarer %(party)s?") % {"party": party.title}
        return Group(title, [self[name] for name, asked in self.questions.items() if asked.about == party])

    def _answers(self) -> dict[str, Answer]:
        """The participant's answers in one query, by the names of their fields."""
        given = self.participant.answers_to([question.prompt for question in self.questions.values()])
        asked = {
            name: (prompt.pk, about.pk if about else None) for name, (prompt, about) in self.questions.items()
        }
        return {name: given[key] for name, key in asked.items() if key in given}

    def stored_state(self) -> list[tuple[str, str]]:
        """What was read or has just been written, or what the page knew where it shows something else."""
        return [pair for name in self.questions for pair in self._state_of(name, self.stored.get(name))]

    def _state_of(self, name: str, answer: Answer | None) -> list[tuple[str, str]]:
        was, version = (answer.raw, answer.version) if answer else ("", 0)
        if not self.shows(name, was):
            was, version = self.was(name), self.version(name)
        return [(f"{name}-was", was), (f"{name}-version", str(version))]

    @transaction.atomic
    def save(self) -> bool:
        """Write every field that can be written; True when no other window was in the way."""
        if not self.participant.reflection.lock_if_collecting():
            self.is_closed = True
            return False
        if "sureness" in self.cleaned_data:
            self.sureness = int(self.cleaned_data["sureness"] or 0) or None
        names = [name for name in self.questions if name in self.cleaned_data]
        self._write_first([name for name in names if name not in self.stored])
        for name in names:
            self._write(name)
        if "sureness" in self.cleaned_data:
            self.participant.set_sureness(self.sureness)
        return not self.clashes

    def skip(self):
        """Say «spring over» to whatever in the step has no answer yet."""
        for about in [None, *self.others]:
            prompts = [asked.prompt for asked in self.questions.values() if asked.about == about]
            self.participant.skip_prompts(prompts, about)

    def _write_first(self, names: list[str]):
        """First words all at once, then what stands there: another window may have been quicker."""
        first = [self._answer(name) for name in names]
        if not all(answer.is_empty for answer in first):
            Answer.objects.write_first(first)
            self.stored = self._answers()

    def _answer(self, name: str) -> Answer:
        prompt, about = self.questions[name]
        content = prompt.content(self.cleaned_data[name])
        key = {"participant": self.participant, "prompt": prompt, "about": about}
        return Answer(**key, **content, **self._beside(name), written_by=self.page)

    def _beside(self, name: str) -> dict:
        """Further fields of the answer, as sent."""
        if self.questions[name].about:
            return {"sureness": self.sureness} if self.cleaned_data[name] else {}
        return {"is_signed": bool(self.cleaned_data.get(f"{name}-signed"))}

    def _write(self, name: str):
        prompt, about = self.questions[name]
        try:
            self.stored[name] = Answer.objects.write(
                self.participant,
                prompt,
                self.cleaned_data[name],
                was=self.was(name),
                version=self.version(name),
                page=self.page,
                about=about,
                known=self.stored.get(name),
                **self._beside(name),
            )
        except ConflictError as conflict:
            stored = self.stored[name] = conflict.stored
            overwrite = f"{name}:{stored.version}"
            self.clashes.append(Clash(name, self.questions[name].label, stored.raw, overwrite))

    def version(self, name: str) -> int:
        """The version the page is based on, or the one it has been told to overwrite."""
        field, _colon, number = self.data.get("overwrite", "").rpartition(":")
        if field != name:
            number = self.data.get(f"{name}-version", "")
        return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


class FieldwiseForm(AutosavedForm, forms.ModelForm):
    """Some fields of a row; each is saved for itself (Fieldwise.write). `needed` are asked for."""

    needed: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name in self.needed

    def _post_clean(self):
        """The instance stays as it is stored: only Fieldwise.write changes it, field by field."""

    @property
    def stored_names(self) -> list[str]:
        """The fields that have a column; a choice of a date has none."""
        return [name for name in self.fields if name in self._meta.fields]

    def stored_state(self) -> list[tuple[str, str]]:
        return [
            (f"{name}-was", stored if self.shows(name, stored) else self.was(name))
            for name in self.stored_names
            for stored in [self.instance.raw(name)]
        ]

    def sent(self, name: str) -> str | None:
        return raw(self.cleaned_data[name]) if name in self.cleaned_data else None

    def save(self) -> bool:
        """Write what can be written; True when no other window was in the way."""
        sent = {name: self.sent(name) for name in self.stored_names}
        texts = {name: text for name, text in sent.items() if text is not None}
        was = {name: self.was(name) for name in texts}
        if self.data.get("overwrite") in texts:
            name = self.data["overwrite"]
            was[name] = self.data.get(f"{name}-theirs", "").replace("\r\n", "\n")
        clashing = self.instance.write(texts, was=was, page=self.page)
        self.clashes = [self._clash(name) for name in clashing]
        return not self.clashes

    def _clash(self, name: str) -> Clash:
        return Clash(name, str(self.fields[name].label), self.instance.raw(name), name)
