from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from collaboration.models import Collaboration, Consent, Insight, PaperConsent, Partner, Round
from publishing.fields import DayField
from publishing.other_windows import SeenMixin
from reflection.forms.answers import FieldwiseForm, TextLine
from reflection.forms.dates import DateOrReasonMixin, ReasonField, WhenField
from reflection.forms.promises import AddressField, PromiseEmailMixin
from reflection.forms.rooms import PeopleField, RoomForm, WayIn
from reflection.models import Reflection, Step

MOST_PARTNERS = 6
NEEDED_PARTNERS = 2


class CollaborationForm(SeenMixin, forms.ModelForm):
    """A collaboration and its parties; those are fixed once a round has asked them."""

    about = TextLine(
        label=_("Hvad er I sammen om?"),
        max_length=1000,
        error_messages={"required": _("Skriv, hvad I er sammen om.")},
    )

    class Meta:
        model = Collaboration
        fields = ["title", "about"]
        error_messages = {"title": {"required": _("Giv samarbejdet et navn.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_partners = self.instance.pk is None or not self.instance.rounds.exists()
        partners = list(self.instance.partners.all()) if self.instance.pk else []
        for number in range(1, MOST_PARTNERS + 1) if self.has_partners else []:
            partner = partners[number - 1] if number <= len(partners) else None
            self._add_partner(number, partner)

    def _add_partner(self, number: int, partner: Partner | None):
        is_needed = number <= NEEDED_PARTNERS
        self.fields[f"partner_{number}"] = forms.CharField(
            label=_("Part %(number)s") % {"number": number},
            max_length=120,
            required=is_needed,
            initial=partner.title if partner else "",
            help_text=_("Fx Ungdomsklubben") if number == 1 else "",
            error_messages={"required": _("Skriv, hvem part %(number)s er.") % {"number": number}},
        )
        self.fields[f"kind_{number}"] = forms.ChoiceField(
            label=_("Hvad er part %(number)s?") % {"number": number},
            choices=Partner.Kind.choices,
            widget=forms.RadioSelect,
            required=is_needed,
            initial=partner.kind if partner else "",
            error_messages={"required": _("Vælg, hvad part %(number)s er.") % {"number": number}},
        )

    @property
    def further(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows for more than two parties."""
        numbers = range(NEEDED_PARTNERS + 1, MOST_PARTNERS + 1) if self.has_partners else []
        return [(self[f"partner_{number}"], self[f"kind_{number}"]) for number in numbers]

    @property
    def has_further(self) -> bool:
        return any(title.value() or title.errors for title, _kind in self.further)

    def _filled(self) -> list[tuple[str, str]]:
        """Title and kind of the parties that somebody filled in."""
        cleaned = self.cleaned_data.get
        rows = [
            (cleaned(f"partner_{number}"), cleaned(f"kind_{number}"))
            for number in range(1, MOST_PARTNERS + 1)
        ]
        return [(title, kind) for title, kind in rows if title]

    def clean(self) -> dict:
        cleaned = super().clean()
        for number in range(NEEDED_PARTNERS + 1, MOST_PARTNERS + 1) if self.has_partners else []:
            title, kind = cleaned.get(f"partner_{number}"), cleaned.get(f"kind_{number}")
            if title and not kind:
                self.add_error(f"kind_{number}", _("Vælg, hvad part %(number)s er.") % {"number": number})
            if kind and not title:
                self.add_error(f"partner_{number}", _("Skriv, hvem part %(number)s er.") % {"number": number})
        titles = [title.casefold() for title, _kind in self._filled()]
        if len(set(titles)) < len(titles):
            self.add_error("partner_1", _("To parter har samme navn. Giv dem hver sit."))
        return cleaned

    @transaction.atomic
    def save(self) -> Collaboration:
        collaboration = super().save()
        if self.has_partners:
            collaboration.partners.all().delete()
            for position, (title, kind) in enumerate(self._filled(), start=1):
                collaboration.partners.create(position=position, title=title, kind=kind)
        return collaboration


class OpenRoundForm(RoomForm):
    """As for every room; whether outsiders come follows from the parties."""

    is_mixed = None
    people = None
    agreed = forms.BooleanField(
        label=_("Alle parter har sagt ja til at svare åbent"),
        help_text=_("Kun når I vælger «Åbent», og en af parterne er borgere eller en forening."),
        required=False,
    )
    answers_for = forms.ModelChoiceField(
        label=_("Svarer du selv?"),
        queryset=Partner.objects.none(),
        widget=forms.RadioSelect,
        empty_label=_("Nej, jeg leder kun"),
        blank=True,
        required=False,
    )
    absent = forms.ModelChoiceField(
        label=_("Er der en part, som ikke kan være med?"),
        queryset=Partner.objects.none(),
        widget=forms.RadioSelect,
        empty_label=_("Nej, alle er med"),
        blank=True,
        help_text=_("Så ser I kun jeres eget syn, og runden er først færdig, når nogen har svaret."),
        required=False,
    )

    def __init__(self, *args, collaboration: Collaboration, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answers_for"].queryset = collaboration.partners.all()
        self.fields["absent"].queryset = collaboration.partners.all()
        self.has_weaker_partner = collaboration.has_weaker_partner
        self.partners = {f"people_{partner.position}": partner for partner in collaboration.partners.all()}
        for name, partner in self.partners.items():
            is_absent = self.data.get("absent") == str(partner.pk)
            self.fields[name] = PeopleField(
                label=_("Hvor mange svarer fra %(party)s?") % {"party": partner.title},
                required=self.asks_how_many and not is_absent,
            )
        if not self.has_weaker_partner:
            del self.fields["agreed"]

    def expected(self):
        absent = self.cleaned_data.get("absent")
        here = {name: partner for name, partner in self.partners.items() if partner != absent}
        return {name: self.cleaned_data.get(name) for name in here}

    @property
    def is_uneven(self) -> bool:
        return len({partner.is_weaker for partner in self.partners.values()}) > 1

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[name] for name in self.partners]

    def clean(self) -> dict:
        cleaned = super().clean()
        is_open = cleaned.get("mode") == Reflection.Mode.OPEN
        if is_open and self.has_weaker_partner and not cleaned.get("agreed"):
            self.add_error("agreed", _("Spørg alle parter først, eller vælg «Fortroligt»."))
        absent = cleaned.get("absent")
        if absent and absent == cleaned.get("answers_for"):
            self.add_error("absent", _("Du kan ikke svare for en part, der ikke er med."))
        return cleaned

    @property
    def has_further(self) -> bool:
        """Whether something seldom needed is filled in, or filled in wrong."""
        further = [self["absent"], self["reveal_at"], self["is_rehearsal"]]
        is_chosen = self["way_in"].value() != WayIn.FITTING or self["way_in"].errors
        return is_chosen or any(field.value() or field.errors for field in further)

    @property
    def chosen(self) -> dict:
        """What Collaboration.open_round takes."""
        left_out = {"agreed", "way_in", *self.partners}
        fields = {name: value for name, value in self.cleaned_data.items() if name not in left_out}
        people = {self.partners[name]: number for name, number in self.expected().items()}
        return {**fields, "is_by_invitation": self.is_by_invitation, "people": people}


class InsightForm(FieldwiseForm):
    thought = TextLine(label=_("Vi troede …"), max_length=500)
    known = TextLine(label=_("Nu ved vi …"), max_length=500)
    therefore = TextLine(label=_("Derfor vil vi …"), max_length=500)

    class Meta:
        model = Insight
        fields = ["thought", "known", "therefore"]


class StepField(forms.ModelChoiceField):
    def label_from_instance(self, step) -> str:
        return f"{step.position}. {step.local.title}"


class EndingForm(PromiseEmailMixin, DateOrReasonMixin, FieldwiseForm):
    """How a round ends: somebody's name, a date for it, and when one looks again – or why not."""

    who_email = AddressField()
    done_by = WhenField(label=_("Hvornår?"), day="due", reason="no_date_reason")
    due = DayField(label=_("Datoen"), required=False)
    no_date_reason = ReasonField()
    look_back = WhenField(
        label=_("Hvornår kigger I igen?"),
        help_text=_("Gerne om to til tre måneder."),
        day="look_back_on",
        reason="no_look_back_reason",
    )
    look_back_on = DayField(label=_("Den dag kigger vi igen"), required=False)
    no_look_back_reason = ReasonField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        parties = self.instance.reflection.parties.filter(is_absent=False)
        self.fields["party"].queryset = parties
        self.fields["party"].empty_label = None


MISSING = {
    "who": {"required": _("Skriv ét navn.")},
    "party": {"required": _("Vælg, hvilken part der bærer aftalen.")},
}


class AgreementForm(EndingForm):
    needed = ("what", "who", "party", "done_by", "look_back")
    principle = StepField(
        label=_("Hvilket princip handler det om?"),
        queryset=Step.objects.none(),
        empty_label=_("Ikke ét bestemt"),
        required=False,
    )
    what = TextLine(
        label=_("Hvad gør vi?"),
        help_text=_("Én ting, ikke ti."),
        max_length=500,
        error_messages={"required": _("Skriv den ene ting, I er blevet enige om.")},
    )

    class Meta:
        model = Round
        fields = [
            "principle", "what", "who", "who_email", "party", "due", "no_date_reason", "look_back_on",
            "no_look_back_reason",
        ]  # fmt: skip
        widgets = {"party": forms.RadioSelect}
        error_messages = MISSING

    field_order = ["principle", "what", "who", "who_email", "party", "done_by", "look_back"]

    def __init__(self, *args, talked_about: Step | None = None, **kwargs):
        """The principle that was talked about is chosen already, and stored when the form is sent."""
        super().__init__(*args, **kwargs)
        self.fields["principle"].queryset = self.instance.reflection.version.steps.all()
        if talked_about and "principle" not in self.instance.written_by:
            self.initial["principle"] = talked_about.pk


class QuestionsForm(EndingForm):
    """The end of a one-sided round: three questions, who asks them and when."""

    needed = ("question_1", "who", "party", "done_by", "look_back")
    field_order = ["question_1", "question_2", "question_3", "who", "who_email", "party", "done_by"]

    class Meta:
        model = Round
        fields = [
            "question_1", "question_2", "question_3", "who", "who_email", "party", "due", "no_date_reason",
            "look_back_on", "no_look_back_reason",
        ]  # fmt: skip
        labels = {"who": _("Hvem spørger?")}
        widgets = {"party": forms.RadioSelect}
        error_messages = MISSING | {"question_1": {"required": _("Skriv mindst ét spørgsmål.")}}


class ConsentForm(forms.ModelForm):
    class Meta:
        model = Consent
        fields = ["may_share", "may_tell"]


class PaperConsentForm(forms.ModelForm):
    """Who leads has asked everybody who answered on paper for one party, and tells what they said."""

    class Meta:
        model = PaperConsent
        fields = ["may_share", "may_tell", "asked_by"]
        error_messages = {"asked_by": {"required": _("Skriv, hvem der har spurgt dem.")}}
        help_texts = {"asked_by": _("Navnet kan ses af alle i rummet.")}
