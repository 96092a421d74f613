"""A version on one page: each step's form holds its own formsets of prompts and special help."""

import re

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget

from compass.models import Dilemma, Story
from publishing.admin import OrderedForm, OrderedFormSet
from reflection.compasses import registered
from reflection.models import HelpVariant, Prompt, Step

LONG = AdminTextareaWidget(attrs={"rows": 2})
SHORT = forms.TextInput(attrs={"class": "vTextField"})
NUMBER = forms.NumberInput(attrs={"class": "vIntegerField"})


class TwoLanguagesMixin:
    """Mixin for forms: the fields as the page shows them, Danish first."""

    @property
    def danish(self) -> list:
        return [field for field in self._fields() if not field.name.endswith("_en")]

    @property
    def english(self) -> list:
        return [field for field in self._fields() if field.name.endswith("_en")]

    def _fields(self) -> list:
        return [field for field in self.visible_fields() if field.name != "DELETE"]


OF_THE_SCALE = [
    f"{name}{end}" for name in ["low", "second", "third", "fourth", "high"] for end in ["", "_en"]
]


# --- What a step holds -------------------------------------------------------------------------------


class PromptForm(TwoLanguagesMixin, OrderedForm):
    class Meta:
        model = Prompt
        fields = ["position", "kind", "text", "text_en", *OF_THE_SCALE]
        widgets = {"position": NUMBER, "text": LONG, "text_en": LONG, **dict.fromkeys(OF_THE_SCALE, SHORT)}
        help_texts = {
            "low": "Kun til udsagn.",
            "second": "Kun til udsagn. Tomt felt: «Mest som 1».",
            "third": "Kun til udsagn. Tomt felt: «Midt imellem».",
            "fourth": "Kun til udsagn. Tomt felt: «Mest som 5».",
            "high": "Kun til udsagn.",
        }

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == Prompt.Kind.SCALE:
            for name in [name for name in ["low", "high"] if not cleaned.get(name)]:
                self.add_error(name, "Skriv, hvad tallet betyder.")
        return cleaned


def variants() -> list[tuple[str, str]]:
    return [("", "Vælg"), *(choice for compass in registered() for choice in compass.variants.items())]


class VariantForm(TwoLanguagesMixin, OrderedForm):
    concerns = forms.ChoiceField(label="Handler om", choices=variants)

    class Meta:
        model = HelpVariant
        fields = ["concerns", "help", "help_en"]
        widgets = {"help": LONG, "help_en": LONG}


class VariantFormSet(forms.BaseInlineFormSet):
    def get_unique_error_message(self, unique_check):
        return "Der kan kun være én særlig hjælp for hver, trinnet handler om."


PARTS = {
    "prompts": forms.inlineformset_factory(Step, Prompt, form=PromptForm, formset=OrderedFormSet, extra=1),
    "variants": forms.inlineformset_factory(
        Step, HelpVariant, form=VariantForm, formset=VariantFormSet, extra=1
    ),
}


# --- The step ----------------------------------------------------------------------------------------


class KeysInput(forms.TextInput):
    """Several rows by their keys: «D03, D07»."""

    def value_from_datadict(self, data, files, name):
        return re.findall(r"[^\s,;]+", data.get(name, ""))

    def format_value(self, value):
        return ", ".join(value or [])


class KeysField(forms.ModelMultipleChoiceField):
    widget = KeysInput(attrs={"class": "vTextField"})

    def __init__(self, model, **kwargs):
        super().__init__(model.objects.all(), to_field_name="key", required=False, **kwargs)
        self.error_messages["invalid_choice"] = "Der findes ikke noget med nøglen %(value)s."


class StepForm(TwoLanguagesMixin, OrderedForm):
    """`parts` are its formsets by name; StepFormSet puts them here."""

    dilemmas = KeysField(Dilemma, label="Dilemmaer")
    stories = KeysField(Story, label="Historier")
    parts: dict[str, forms.BaseInlineFormSet] = {}

    class Meta:
        model = Step
        fields = [
            "position", "title", "title_en", "purpose", "purpose_en", "help", "help_en",
            "good", "good_en", "dilemmas", "stories",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ["dilemmas", "stories"]:
            chosen = self.initial.get(name) or []
            titles = "; ".join(f"{item.key} {item.title}" for item in chosen)
            self.fields[name].help_text = f"Nøgler med komma imellem. {titles}"

    @property
    def changed_data(self) -> list[str]:
        """Words in a prompt are a change of the step: else an empty new step would lose them."""
        changed = [name for name, part in self.parts.items() if part.has_changed()]
        return [*super().changed_data, *changed]

    def clean(self):
        cleaned = super().clean()
        if not all(part.is_valid() for part in self.parts.values()):
            self.add_error(None, "Der er noget at rette i trinnets spørgsmål eller særlige hjælp.")
        return cleaned


class StepFormSet(OrderedFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.parts = {name: self._part(form, name, kind) for name, kind in PARTS.items()}

    def _part(self, form, name, kind):
        data = self.data if self.is_bound else None
        part = kind(data, instance=form.instance, prefix=f"{form.prefix}-{name}")
        if form.instance._state.adding and name == "prompts":
            part.extra = len(Prompt.Kind)
        return part

    def save(self, commit=True):
        saved = super().save(commit)
        gone = self.deleted_forms
        for form in self.forms:
            if form.has_changed() and form not in gone:
                for part in form.parts.values():
                    part.save(commit)
        return saved
