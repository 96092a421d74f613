"""How a room is opened: how answers are shown, how many come, and by which way in."""

from django import forms
from django.contrib.humanize.templatetags.humanize import apnumber
from django.db import models
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from publishing.fields import MomentField
from reflection.models import Reflection
from reflection.models.rehearsal import PRETEND
from reflection.thresholds import least_in_room

in_words = lazy(apnumber, str)
MOST_SLIPS = 100  # in a room: three sheets of paper for a party of twenty
FEW = 6  # fewer than this of one party: two more windows, and one is seen


def needs_slips(people: list[int], *, is_uneven: bool = False) -> bool:
    """Whether a code that everybody knows protects too little: it counts browsers and not people.

    `is_uneven`: some are dependent on others, as citizens are on staff.
    """
    return is_uneven or min(people) < FEW or max(people) > 2 * min(people)


class WayIn(models.TextChoices):
    FITTING = "fitting", _("Det, der passer til, hvor mange I er")
    SLIPS = "slips", _("Med en seddel hver, som kan bruges én gang")
    SHARED = "shared", _("Med én kode til alle")


class PeopleField(forms.IntegerField):
    """How many are expected."""

    def __init__(self, **kwargs):
        missing = {"required": _("Skriv, hvor mange du regner med.")}
        super().__init__(min_value=1, max_value=2000, error_messages=missing, **kwargs)


class RoomForm(forms.Form):
    """The settings of a room when it is opened; the mode cannot be changed later."""

    mode = forms.ChoiceField(
        label=_("Hvordan vises svarene?"),
        choices=[
            (
                Reflection.Mode.CONFIDENTIAL,
                format_lazy(
                    _("Fortroligt: tal uden navne, og kun når mindst {few} har svaret"),
                    few=lazy(least_in_room, str)(),
                ),
            ),
            (
                Reflection.Mode.OPEN,
                _("Åbent: alle ser navne, og alle siger ja til det. Til samtaler mellem få"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=Reflection.Mode.CONFIDENTIAL,
        help_text=_("Det kan ikke ændres bagefter."),
        error_messages={"required": _("Vælg, hvordan svarene vises.")},
    )
    is_mixed = forms.BooleanField(
        label=_("Der kommer også folk, som ikke er ansat i kommunen"),
        help_text=_("Så får alle at vide, at det, de skriver, kan være omfattet af aktindsigt."),
        required=False,
    )
    people = PeopleField(
        label=_("Hvor mange skal svare?"),
        help_text=format_lazy(
            _("Et skøn er nok. Portalen laver en seddel til hver, når I er færre end {few}."),
            few=in_words(FEW),
        ),
    )
    way_in = forms.ChoiceField(
        label=_("Hvordan kommer man ind?"),
        choices=WayIn.choices,
        initial=WayIn.FITTING,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg, hvordan man kommer ind.")},
        help_text=_(
            "En kode, alle kender, tæller telefoner og ikke mennesker. Åbner én person rummet tre gange, "
            "tæller det som tre, og så er et enkelt svar ikke skjult. En seddel til hver hindrer det."
        ),
    )
    reveal_at = MomentField(
        label=_("Vis svarene af sig selv på et bestemt tidspunkt"),
        help_text=_("Tomt felt: du viser dem selv, når I er klar."),
        required=False,
    )
    is_rehearsal = forms.BooleanField(
        label=_("Det er en prøve"),
        help_text=format_lazy(
            _("Portalen svarer som mindst {few} opdigtede deltagere. Prøven slettes efter et døgn."),
            few=in_words(PRETEND),
        ),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "people" in self.fields:
            self.fields["people"].required = self.asks_how_many

    @property
    def asks_how_many(self) -> bool:
        """Whether the number must be said: not where a code is shared whatever it is."""
        return not (self.data.get("way_in") == WayIn.SHARED or self.data.get("is_rehearsal"))

    def expected(self) -> dict[str, int | None]:
        """The names of the fields that ask how many come, and what they say."""
        return {"people": self.cleaned_data.get("people")}

    @property
    def is_uneven(self) -> bool:
        return False

    def clean(self) -> dict:
        cleaned = super().clean()
        expected = list(self.expected().values())
        people = [number for number in expected if number is not None]
        is_known = len(people) == len(expected)
        self._choose(cleaned.get("way_in") if is_known else WayIn.SHARED, people)
        return cleaned

    def _choose(self, chosen: str, people: list[int]):
        self.is_risky = bool(people) and needs_slips(people, is_uneven=self.is_uneven)
        is_many = sum(people) > MOST_SLIPS
        if chosen == WayIn.SLIPS and is_many:
            self.add_error("way_in", _("Et rum kan højst have %s sedler.") % MOST_SLIPS)
        self.is_by_invitation = chosen == WayIn.SLIPS or (
            chosen == WayIn.FITTING and self.is_risky and not is_many
        )

    @property
    def warning(self) -> str:
        """A sentence for a room with a shared code where few, or unequal, people need more protection."""
        if self.is_by_invitation or not self.is_risky or self.cleaned_data.get("is_rehearsal"):
            return ""
        return _(
            "I er få, eller parterne er ulige, og alle kommer ind med samme kode. Den tæller telefoner og "
            "ikke mennesker. Tæl efter, før I viser svarene."
        )

    @property
    def chosen(self) -> dict:
        """The arguments for Reflection.open_room."""
        left_out = {"way_in", "people"}
        fields = {name: value for name, value in self.cleaned_data.items() if name not in left_out}
        return {
            **fields,
            "is_by_invitation": self.is_by_invitation,
            "people": self.cleaned_data.get("people"),
        }

    def clean_reveal_at(self):
        moment = self.cleaned_data["reveal_at"]
        if moment and moment <= timezone.now():
            raise forms.ValidationError(_("Vælg et tidspunkt, der ikke er gået."))
        return moment
