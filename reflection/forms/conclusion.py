"""How a reflection ends where its compass has no end of its own: one agreement, a decision in the words of
its guide, or a plan of its lines. All are written into an AgreementDraft, and stand when they are sent.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from publishing.fields import DayField, HintedRadios
from reflection.forms.answers import FieldwiseForm, TextLine
from reflection.forms.dates import DateOrReasonMixin, ReasonField, WhenField
from reflection.forms.promises import WHAT_COMES, AddressField, PromiseEmailMixin
from reflection.models import AgreementDraft, GuideVersion

NO_NAME = _("Skriv ét navn.")
NO_THING = _("Skriv den ene ting, I er blevet enige om.")


class AgreeForm(PromiseEmailMixin, DateOrReasonMixin, FieldwiseForm):
    """One thing, who does it, and when one looks again – or why not (product.md §4)."""

    needed: tuple[str, ...] = ("what", "who", "look_back")
    what = TextLine(
        label=_("Hvad gør vi?"),
        help_text=_("Én ting, ikke ti."),
        max_length=500,
        error_messages={"required": NO_THING},
    )
    who_email = AddressField()
    look_back = WhenField(label=_("Hvornår kigger I igen?"), day="due", reason="no_date_reason")
    due = DayField(label=_("Datoen"), required=False)
    no_date_reason = ReasonField()

    class Meta:
        model = AgreementDraft
        fields = ["what", "who", "who_email", "due", "no_date_reason"]
        error_messages = {"who": {"required": NO_NAME}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.reflection.is_solo:
            self.fields["what"].label = _("Hvad gør du?")
            self.fields["what"].error_messages["required"] = _("Skriv den ene ting, du vil gøre.")
            self.fields["look_back"].label = _("Hvornår kigger du igen?")


class DecideForm(AgreeForm):
    """One of the words that the guide lets choose between, why, and one thing that somebody does."""

    needed = ("decision", "why", *AgreeForm.needed)
    decision = forms.ChoiceField(
        label=_("Hvad beslutter I?"),
        widget=HintedRadios,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Vælg, hvad I beslutter.")),
    )
    why = TextLine(
        label=_("Hvorfor?"),
        help_text=_("Én sætning. Er I ikke enige, så skriv også det."),
        max_length=500,
        error_messages={"required": _("Skriv, hvorfor.")},
    )

    class Meta(AgreeForm.Meta):
        fields = ["decision", "why", *AgreeForm.Meta.fields]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        room = self.instance.reflection
        offered = room.compass.choices(room)
        self.fields["decision"].choices = [(choice.value, choice.label) for choice in offered]
        self.fields["decision"].widget.hints = {choice.value: choice.hint for choice in offered}
        if room.is_solo:
            self.fields["decision"].label = _("Hvad beslutter du?")
            self.fields["why"].help_text = _("Én sætning.")


class LinesForm(FieldwiseForm):
    """A row of fields for each line of the guide's plan."""

    class Meta:
        model = AgreementDraft
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = {line.position: line for line in self.instance.reflection.version.end_lines.all()}
        for number, line in self.lines.items():
            self._add_line(number, line)
        for name in self.stored_names:
            self.initial[name] = self.instance.raw(name)

    def _add_line(self, number: int, line):
        about = {"line": line.local.text}
        self.fields[f"what_{number}"] = TextLine(
            label=str(line.local.text), help_text=str(line.local.hint), max_length=500, required=False
        )
        self.fields[f"who_{number}"] = forms.CharField(
            label=_("Hvem? (%(line)s)") % about, max_length=120, required=False
        )
        self.fields[f"who_email_{number}"] = AddressField(
            _("E-mail til den, der har lovet det (%(line)s)") % about,
            WHAT_COMES if number == min(self.lines) else "",
        )
        self.fields[f"when_{number}"] = WhenField(
            label=_("Hvornår? (%(line)s)") % about,
            day=f"due_{number}",
            reason=f"no_date_reason_{number}",
            required=False,
        )
        self.fields[f"due_{number}"] = DayField(label=_("Datoen"), required=False)
        self.fields[f"no_date_reason_{number}"] = ReasonField()
        for name in [f"who_{number}", f"when_{number}"]:
            self.fields[name].is_needed_sometimes = True

    @property
    def stored_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if not isinstance(field, WhenField)]


class PlanForm(PromiseEmailMixin, DateOrReasonMixin, LinesForm):
    """Some of the lines of the guide, each with what is done, by whom and when."""

    @property
    def name_field(self) -> str:
        return f"who_{min(self.lines)}"

    def clean(self) -> dict:
        written = [number for number in self.lines if self.cleaned_data.get(f"what_{number}")]
        for number in [] if self.is_draft else written:
            self.fields[f"when_{number}"].required = True
        cleaned = super().clean()
        if not self.is_draft:
            self._ask_for_what_is_missing(cleaned, written)
        return cleaned

    def _ask_for_what_is_missing(self, cleaned: dict, written: list[int]):
        if not written:
            self.add_error(None, _("Skriv mindst én linje i planen."))
        for number in self.lines:
            who = cleaned.get(f"who_{number}")
            dates = [f"when_{number}", f"due_{number}", f"no_date_reason_{number}"]
            when = any(cleaned.get(name) or name in self.errors for name in dates)
            if number in written and not who:
                self.add_error(f"who_{number}", NO_NAME)
            if number in written and not when:
                self.add_error(f"when_{number}", self.fields[f"when_{number}"].error_messages["required"])
            if number not in written and (who or when) and f"what_{number}" not in self.errors:
                self.add_error(f"what_{number}", _("Skriv, hvad der skal ske, eller slet navn og dato."))


FORMS: dict[str, type[FieldwiseForm]] = {
    GuideVersion.Ending.AGREEMENT: AgreeForm,
    GuideVersion.Ending.DECISION: DecideForm,
    GuideVersion.Ending.PLAN: PlanForm,
}
