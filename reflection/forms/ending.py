"""How a reflection ends where its guide says more than one agreement: a decision in its words, or a plan."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing.fields import DayField
from reflection.forms.answers import TextLine
from reflection.forms.dates import AsksWhen, ReasonField, WhenField
from reflection.models import EndLine, GuideVersion, Reflection

NEEDS_A_DATE = _("Vælg en dato, eller skriv, hvorfor der ikke er en.")
NO_NAME = _("Skriv ét navn.")


class EndingForm(forms.Form):
    """What is agreed, and the date on which one looks again – or why there is none (product.md §4)."""

    def __init__(self, *args, room: Reflection, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields in the order of the page."""
        return list(self)

    def save(self) -> bool:
        """False when somebody has gone back to the answers meanwhile."""
        return self.room.end_with(self.agreements(), self.outcome())

    def agreements(self) -> list[dict]:
        raise NotImplementedError

    def outcome(self) -> list[list[str]]:
        return []


class DecideForm(AsksWhen, EndingForm):
    """One of the words that the guide lets choose between, why, and one thing that somebody does."""

    decision = forms.ChoiceField(
        label=_("Hvad beslutter I?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Vælg, hvad I beslutter.")),
    )
    why = TextLine(
        label=_("Hvorfor?"),
        help_text=_("Én sætning. Er I ikke enige, så skriv også det."),
        max_length=500,
        error_messages={"required": _("Skriv, hvorfor.")},
    )
    what = TextLine(
        label=_("Hvad gør vi?"),
        help_text=_("Én ting, ikke ti."),
        max_length=500,
        error_messages={"required": _("Skriv den ene ting, I er blevet enige om.")},
    )
    who = forms.CharField(label=_("Hvem?"), max_length=120, error_messages={"required": NO_NAME})
    look_back = WhenField(label=_("Hvornår kigger I igen?"), day="due", reason="no_date_reason")
    due = DayField(label=_("Datoen"), required=False)
    no_date_reason = ReasonField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [
            (choice.value, f"{choice.label}: {choice.hint}" if choice.hint else choice.label)
            for choice in self.room.compass.choices(self.room)
        ]

    def agreements(self):
        return [{name: self.cleaned_data[name] for name in ["what", "who", "due", "no_date_reason"]}]

    def outcome(self):
        labels = {choice.value: choice.label for choice in self.room.compass.choices(self.room)}
        return [
            [gettext("Beslutning"), labels[self.cleaned_data["decision"]]],
            [gettext("Hvorfor?"), self.cleaned_data["why"]],
        ]


class PlanForm(EndingForm):
    """Some of the lines of the guide, each with what is done, by whom and when."""

    no_date_reason = forms.CharField(
        label=_("Hvis noget ikke har en dato: hvorfor ikke?"), max_length=250, required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = {line.position: line for line in self.room.version.end_lines.all()}
        for number, line in self.lines.items():
            about = {"line": line.local.text}
            self.fields[f"what_{number}"] = TextLine(
                label=str(line.local.text), help_text=str(line.local.hint), max_length=500, required=False
            )
            self.fields[f"who_{number}"] = forms.CharField(
                label=_("Hvem? (%(line)s)") % about, max_length=120, required=False
            )
            self.fields[f"due_{number}"] = DayField(label=_("Hvornår? (%(line)s)") % about, required=False)
        self.order_fields([name for name in self.fields if name != "no_date_reason"])

    def clean(self):
        cleaned = super().clean()
        written = [number for number in self.lines if cleaned.get(f"what_{number}")]
        if not written:
            self.add_error(None, _("Skriv mindst én linje i planen."))
        for number in written:
            if not cleaned.get(f"who_{number}"):
                self.add_error(f"who_{number}", NO_NAME)
            is_dated = cleaned.get(f"due_{number}") or f"due_{number}" in self.errors
            if not (is_dated or cleaned.get("no_date_reason")):
                self.add_error(f"due_{number}", NEEDS_A_DATE)
        return cleaned

    def agreements(self):
        return [
            self._agreement(line)
            for line in self.lines.values()
            if self.cleaned_data[f"what_{line.position}"]
        ]

    def _agreement(self, line: EndLine) -> dict:
        cleaned, number = self.cleaned_data, line.position
        due = cleaned[f"due_{number}"]
        return {
            "what": f"{line.local.text}: {cleaned[f'what_{number}']}",
            "who": cleaned[f"who_{number}"],
            "due": due,
            "no_date_reason": "" if due else cleaned["no_date_reason"],
        }


FORMS = {
    GuideVersion.Ending.DECISION: DecideForm,
    GuideVersion.Ending.PLAN: PlanForm,
}


def ending_form(room: Reflection, data) -> EndingForm:
    return FORMS[GuideVersion.Ending(room.version.ending)](data, room=room)
