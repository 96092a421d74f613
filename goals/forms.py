from typing import NamedTuple

from django import forms
from django.contrib.auth import get_user_model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from goals.models import CityGoal, Decision, Evidence, Goal, Goodbye, GoodbyeCheck, Review
from goals.models.evidence import KINDS, ROLES
from publishing.fields import ContentChoiceField, DayField, HintedRadios
from publishing.other_windows import SeenMixin, in_words
from publishing.portal import current_portal
from reflection.forms.answers import FieldwiseForm, TextLine
from reflection.forms.dates import DateOrReasonMixin, ReasonField, WhenField
from reflection.forms.promises import AddressField, PromiseEmailMixin


class GoalSearch(NamedTuple):
    """What somebody looks for in «Mine mål»."""

    text: str = ""
    page: int = 1
    is_archive: bool = False

    @property
    def is_first(self) -> bool:
        return self.page == 1 and not self.is_archive


class MineForm(forms.Form):
    q = forms.CharField(
        label=_("Søg i dine mål"),
        help_text=_("Der søges i målets ord, i planer og i dine egne svar."),
        max_length=100,
        required=False,
    )
    side = forms.CharField(required=False)
    arkiv = forms.BooleanField(required=False)

    def clean(self) -> dict:
        cleaned = super().clean()
        page = cleaned.get("side") or "1"
        is_page = page.isascii() and page.isdecimal() and int(page[:6]) > 0 and len(page) < 6
        cleaned["page"] = int(page) if is_page else 1
        if not is_page:
            self.add_error(None, _("Den side findes ikke. Her er den første."))
        return cleaned

    def search(self) -> GoalSearch:
        """What is valid of the search; the rest is among the errors."""
        self.full_clean()
        cleaned = self.cleaned_data
        return GoalSearch(cleaned.get("q", ""), cleaned["page"], cleaned["arkiv"])


class Difference(NamedTuple):
    """A field that another window has changed: its label, and what stands there now."""

    label: str
    theirs: str


class GoalForm(forms.ModelForm):
    wording = TextLine(
        label=_("Målet, ord for ord"),
        help_text=_("Skriv det, som det står i papirerne. Lav det ikke pænere."),
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

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Goal
        fields = [
            "wording", "concerns", "is_law_bound", "stands_in", "department", "city_goal", "serves", "set_by",
        ]  # fmt: skip
        field_classes = {"department": ContentChoiceField, "city_goal": ContentChoiceField}
        help_texts = {
            "is_law_bound": _("Så kan man ikke sige farvel til det, men opfølgningen kan ændres."),
            "stands_in": _("Fx budgettet, en politik eller en kontrakt."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version
        names = {"city_goal": current_portal().local.city_goal}
        self.fields["city_goal"].label = capfirst(names["city_goal"])
        self.fields["serves"].label = _("Hvordan støtter målet det?")
        for name in {"department", "city_goal"} & self.fields.keys():
            self.fields[name].empty_label = _("Ikke valgt")
        if not CityGoal.objects.exists():
            del self.fields["city_goal"]
            self.fields["serves"].label = _("Hvilket %(city_goal)s støtter det?") % names
            help_text = _("Der er ingen liste over %(city_goal)s endnu. Skriv det med dine ord.")
            self.fields["serves"].help_text = help_text % names

    @property
    def seen(self) -> int:
        """The version the page was based on; 0 where it does not say."""
        return self.cleaned_data.get("seen_version") or 0

    def clashes_with(self, stored: Goal) -> list[Difference]:
        """What another window wrote, where this one says something else."""
        names = [name for name in self.Meta.fields if name in self.fields]
        return [
            Difference(str(self.fields[name].label), in_words(self.fields[name], getattr(stored, name)))
            for name in names
            if getattr(stored, name) != getattr(self.instance, name)
        ]

    def based_on(self, stored: Goal) -> "GoalForm":
        """The same form with everything typed, for somebody who has now seen what stands there."""
        sent = self.data.copy()
        sent["seen_version"] = stored.version
        return GoalForm(sent, instance=self.instance)


class ShareForm(forms.Form):
    email = forms.EmailField(
        label=_("Kollegaens e-mail"),
        help_text=_("Den, kollegaen logger ind med."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),  # a colleague's, not one's own
        error_messages={
            "required": _("Skriv kollegaens e-mail."),
            "invalid": _("Skriv en e-mail som navn@kommune.dk."),
        },
    )

    def __init__(self, *args, goal: Goal, **kwargs):
        super().__init__(*args, **kwargs)
        self.goal = goal
        self.colleague = None

    def clean_email(self):
        email = self.cleaned_data["email"]
        begun = get_user_model().objects.begun()  # before that, an administrator may give it another address
        self.colleague = begun.filter(email__iexact=email, is_active=True).first()
        if self.colleague is None:
            raise forms.ValidationError(_("Ingen med den adresse har taget en konto i brug her."))
        if self.colleague.pk == self.goal.owner_id:
            raise forms.ValidationError(_("Målet er dit eget. Skriv en kollegas adresse."))
        return email


class DecisionForm(FieldwiseForm):
    needed = ("decision", "reason")
    decision = forms.ChoiceField(
        label=_("Hvad beslutter du?"),
        widget=HintedRadios,
        error_messages={"required": _("Vælg én af beslutningerne.")},
    )
    reason = TextLine(
        label=_("Én sætning om hvorfor"),
        max_length=500,
        error_messages={"required": _("Skriv én sætning om hvorfor.")},
    )
    new_wording = TextLine(
        label=_("Målets nye ordlyd"),
        help_text=_("Når målet justeres eller erstattes. De gamle ord bliver stående i målets historik."),
        max_length=1000,
    )
    dissent = TextLine(label=_("Er nogen uenige? Skriv også det"), max_length=1000)

    class Meta:
        model = Review
        fields = ["decision", "reason", "new_wording", "carry_to", "dissent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        room = self.instance.reflection
        self.fields["decision"].label = room.spoken_to(_("Hvad beslutter du?"), _("Hvad beslutter I?"))
        offered = Decision.offered_for(self.instance.goal)
        self.fields["decision"].choices = [(choice.value, choice.label) for choice in offered]
        hints = {choice.value: f"{choice.when} {choice.next_step}" for choice in offered}
        self.fields["decision"].widget.hints = hints
        if Decision.CARRY_ON not in offered:
            del self.fields["carry_to"]
        for name in {"carry_to", "new_wording"} & self.fields.keys():
            self.fields[name].is_needed_sometimes = True

    def clean(self) -> dict:
        cleaned = super().clean()
        is_final = self.fields["decision"].required
        if is_final and cleaned.get("decision") == Decision.CARRY_ON and not cleaned.get("carry_to"):
            self.add_error("carry_to", _("Skriv, hvem erfaringen skal bæres videre til."))
        if is_final and cleaned.get("decision") in NEW_WORDS and "new_wording" not in self.errors:
            self._check_words(cleaned["new_wording"])
        return cleaned

    def _check_words(self, wording: str):
        """What is adjusted or replaced says something else than before."""
        if not wording:
            self.add_error("new_wording", _("Skriv målet, som det skal lyde nu."))
        elif wording == self.instance.goal.wording:
            self.add_error("new_wording", _("Ordene er de samme som før. Ret dem, eller vælg «Behold»."))


NEW_WORDS = [decision for decision in Decision if decision.is_of_words]


class PlanForm(PromiseEmailMixin, DateOrReasonMixin, FieldwiseForm):
    """The follow-up plan; its first line is the decision itself."""

    needed = ("stop", "responsible", "look_back")
    name_field = "responsible"
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
    who_email = AddressField()
    look_back = WhenField(
        label=_("Hvornår kigger vi igen?"),
        help_text=_("Enhver aftale har en dato. Uden dato skal der stå hvorfor."),
        day="look_back_on",
        reason="no_date_reason",
    )
    look_back_on = DayField(label=_("Vi kigger igen den"))
    no_date_reason = ReasonField()
    if_nothing = TextLine(
        label=_("Sker der intet, så"),
        help_text=_("Hvad gør I, hvis tegnet udebliver?"),
        max_length=500,
    )

    class Meta:
        model = Review
        fields = [
            "change", "stop", "responsible", "who_email", "tell", "first_sign", "look_back_on",
            "look_back_by", "no_date_reason", "if_nothing",
        ]  # fmt: skip
        help_texts = {
            "responsible": _("Ét navn."),
            "tell": _("Dem, der bidrager, og dem, målet er til for."),
        }
        error_messages = {"responsible": {"required": _("Skriv ét navn.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        room = self.instance.reflection
        for name, label in self.instance.plan_labels.items():
            self.fields[name].label = label
        self.fields["if_nothing"].help_text = room.spoken_to(
            _("Hvad gør du, hvis tegnet udebliver?"), _("Hvad gør I, hvis tegnet udebliver?")
        )
        self.fields["look_back"].label = room.spoken_to(
            _("Hvornår kigger du igen?"), _("Hvornår kigger I igen?")
        )
        if not (self.instance.stop or self.instance.written_by.get("stop")):
            self.initial["stop"] = self.instance.can_stop()  # stored when it is sent
            if self.initial["stop"]:
                self.fields["stop"].help_text = _("Det står i sidste trin. Ret det, så det passer.")


class LookBackForm(FieldwiseForm):
    """What became of the last plan: one line for each promise in it."""

    needed = ("was_useful",)
    was_useful = forms.ChoiceField(
        label=_("Var opfølgningen til nytte?"),
        choices=Review.Useful.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg ja, nej eller ved ikke.")},
    )

    class Meta:
        model = Review
        fields = ["was_useful", "change_became", "stop_became", "sign_became", "useful_note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        promised = self.instance.promises
        self.fields["stop_became"].label = self.instance.stopped_label
        for name in ["change_became", "stop_became", "sign_became"]:
            if name in promised:
                self.fields[name].help_text = _("Der stod: «%s»") % promised[name]
            else:
                del self.fields[name]


class EvidenceForm(FieldwiseForm):
    class Meta:
        model = Evidence
        fields = [*[name for kind in KINDS for name in (kind.field, f"{kind.field}_line")], *ROLES]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            self.fields[kind.field].help_text = kind.hint

    @property
    def kinds(self) -> list[tuple]:
        """For each kind of knowledge its box and its line."""
        return [(self[kind.field], self[f"{kind.field}_line"]) for kind in KINDS]

    @property
    def people(self) -> list:
        return [self[name] for name in ROLES]


class GoodbyeForm(SeenMixin, forms.ModelForm):
    """What the public may read of a goodbye; the goal and the answers stay where they are."""

    what = TextLine(
        label=_("Hvad er det, der stopper?"),
        help_text=_("Skriv det, så andre forstår det. Ingen navne på personer."),
        max_length=200,
    )
    why = TextLine(label=_("Hvorfor?"), max_length=1000)
    frees = TextLine(label=_("Hvad giver det plads til?"), max_length=500)
    stops_on = DayField(label=_("Fra hvornår?"))
    trial_until = DayField(label=_("Prøven slutter den"), required=False)

    class Meta:
        model = Goodbye
        fields = [
            "what", "why", "stops_on", "is_trial", "trial_until", "frees", "guard", "department", "is_shared",
        ]  # fmt: skip
        field_classes = {"department": ContentChoiceField}
        help_texts = {
            "is_trial": _("Det stopper for en tid, og så viser det sig, om nogen savner det."),
            "is_shared": _("Kun det, du skriver her, bliver vist, og først når redaktionen har læst det."),
        }

    def clean(self) -> dict:
        cleaned = super().clean()
        begins, ends = cleaned.get("stops_on"), cleaned.get("trial_until")
        if not cleaned.get("is_trial"):
            cleaned["trial_until"] = None
        elif "trial_until" not in self.errors and not (ends and (begins is None or ends > begins)):
            self.add_error("trial_until", _("Vælg en dag efter den, hvor det stopper."))
        return cleaned


class TellForm(forms.Form):
    """A yes to tell the municipality of a decision; a group says it together."""

    agreed = forms.BooleanField(
        label=_("Alle, der var med, har sagt ja til det"),
        error_messages={"required": _("Spørg dem, der var med, og sæt kryds, når alle har sagt ja.")},
    )

    def __init__(self, *args, review: Review, **kwargs):
        super().__init__(*args, **kwargs)
        if review.reflection.is_solo:
            del self.fields["agreed"]


class CheckForm(forms.ModelForm):
    answer = forms.ChoiceField(
        label=_("Er det virkelig væk?"),
        choices=GoodbyeCheck.IsGone.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg et af svarene.")},
    )

    class Meta:
        model = GoodbyeCheck
        fields = ["answer", "note"]
        help_texts = {"note": _("Noten står kun her hos målet. Den bliver aldrig vist for andre.")}
