from django import forms
from django.utils.translation import gettext_lazy as _

from goals.models import Decision, Goal, Goodbye, Review
from reflection.forms import FieldwiseForm, TextLine


class GoalForm(forms.ModelForm):
    wording = TextLine(
        label=_("Målet, ord for ord"),
        help_text=_("Skriv det, som det står i jeres papirer. Lav det ikke pænere."),
        max_length=1000,
        error_messages={"required": _("Skriv målet, som det står.")},
    )
    concerns = forms.ChoiceField(
        label=_("Hvem handler målet om?"),
        help_text=_("Valget ændrer nogle af hjælpeteksterne, ikke trinnene."),
        choices=Goal.Concerns.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg, hvem målet handler om.")},
    )

    class Meta:
        model = Goal
        fields = [
            "wording", "concerns", "is_law_bound", "stands_in", "department", "serves", "set_by",
        ]  # fmt: skip
        help_texts = {
            "is_law_bound": _("Så kan I ikke sige farvel til det, men I kan ændre opfølgningen."),
            "stands_in": _("Fx budgettet, en politik eller en kontrakt."),
        }


class DecisionForm(FieldwiseForm):
    needed = ("decision", "reason")
    decision = forms.ChoiceField(
        label=_("Hvad beslutter du?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg én af beslutningerne.")},
    )
    reason = TextLine(
        label=_("Én sætning om hvorfor"),
        max_length=500,
        error_messages={"required": _("Skriv én sætning om hvorfor.")},
    )
    dissent = TextLine(label=_("Er nogen uenige? Skriv også det"), max_length=1000)

    class Meta:
        model = Review
        fields = ["decision", "reason", "carry_to", "dissent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Decision.offered_for(self.instance.goal)
        self.fields["decision"].choices = [(choice.value, choice.label) for choice in offered]
        if Decision.CARRY_ON not in offered:
            del self.fields["carry_to"]

    def clean(self):
        cleaned = super().clean()
        is_final = self.fields["decision"].required
        if is_final and cleaned.get("decision") == Decision.CARRY_ON and not cleaned.get("carry_to"):
            self.add_error("carry_to", _("Skriv, hvem erfaringen skal bæres videre til."))
        return cleaned


class PlanForm(FieldwiseForm):
    """The follow-up plan; its first line is the decision itself."""

    needed = ("stop", "responsible")
    change = TextLine(
        label=_("Vi ændrer"), help_text=_("Det, der bliver anderledes fra i morgen."), max_length=500
    )
    stop = TextLine(
        label=_("Vi holder op med"),
        help_text=_("Mindst én ting – eller skriv: intet, fordi …"),
        max_length=500,
        error_messages={"required": _("Skriv mindst én ting, eller skriv «intet, fordi …».")},
    )
    first_sign = TextLine(
        label=_("Første tegn på, at det virker"),
        help_text=_("Noget, man kan se eller høre inden for tre måneder."),
        max_length=500,
    )
    look_back_on = forms.DateField(
        label=_("Vi kigger igen den"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Skriv datoen som år-måned-dag, fx 2027-03-01.")},
    )
    if_nothing = TextLine(
        label=_("Sker der intet, så"),
        help_text=_("Hvad gør I, hvis tegnet udebliver?"),
        max_length=500,
    )

    class Meta:
        model = Review
        fields = [
            "change", "stop", "responsible", "tell", "first_sign", "look_back_on", "look_back_by",
            "no_date_reason", "if_nothing",
        ]  # fmt: skip
        help_texts = {
            "responsible": _("Ét navn."),
            "tell": _("Dem, der bidrager, og dem, målet er til for."),
            "no_date_reason": _("Enhver aftale har en dato. Uden dato skal der stå hvorfor."),
        }
        error_messages = {"responsible": {"required": _("Skriv ét navn.")}}

    def clean(self):
        """Every ending has a date, or a written reason for having none (product.md §4.10)."""
        cleaned = super().clean()
        is_final = self.fields["responsible"].required
        undated = not (cleaned.get("look_back_on") or cleaned.get("no_date_reason"))
        if is_final and undated and "look_back_on" not in self.errors:
            self.add_error("look_back_on", _("Vælg en dato, eller skriv, hvorfor der ikke er en."))
        return cleaned


class GoodbyeForm(forms.ModelForm):
    """What the public may read of a goodbye; the goal and the answers stay where they are."""

    what = TextLine(
        label=_("Hvad siger I farvel til?"),
        help_text=_("Skriv det, så andre forstår det. Ingen navne på personer."),
        max_length=200,
    )
    why = TextLine(label=_("Hvorfor?"), max_length=1000)
    frees = TextLine(label=_("Hvad giver det plads til?"), max_length=500)
    stops_on = forms.DateField(
        label=_("Fra hvornår?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Skriv datoen som år-måned-dag, fx 2027-03-01.")},
    )

    class Meta:
        model = Goodbye
        fields = ["what", "why", "stops_on", "frees", "guard", "department"]
