"""Coming into a room: by code, by link, or back again on another device."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.rate_limits import CodeTries
from reflection import tokens
from reflection.live.notifications import announce
from reflection.models import Participant, Party, PersonalInvitation, Reflection
from reflection.participation import current_participant

UNKNOWN_CODE = _(
    "Koden passer ikke til et rum, der er i gang. Se efter, om du har skrevet det samme, som der står."
)
PUT_OUT = _("Du er sat ud af rummet. Er det en fejl, så tal med den, der leder det.")
UNKNOWN_LINK = _("Linket fører ikke til et rum, der er i gang. Bed om et nyt, eller skriv koden.")
TOO_MANY_TRIES = _(
    "Koden passer ikke, og der er prøvet for mange koder herfra. Vent fem minutter, eller brug linket "
    "til rummet."
)
TOO_MANY_TODAY = _("Der er prøvet for mange koder herfra i dag. Brug linket eller QR-koden til rummet.")


USED = _(
    "Sedlen er brugt, og den kan kun bruges én gang. Har du selv brugt den, så skriv din egen kode på ti "
    "tegn. Ellers bed den, der leder, om en ny."
)
OTHER_PARTY = _(
    "Sedlen er til en anden part end den, du har svaret for. Bed den, der leder, om en seddel til din egen."
)
NAME_IS_TAKEN = _(
    "Der er allerede en i rummet, der hedder det. Skriv et efternavn eller et forbogstav til, så I kan "
    "kendes fra hinanden. Er det dig selv fra før, så brug din egen kode."
)


class CodeForm(forms.Form):
    """Six characters from the wall or from a slip, or ten – one's own – to come back."""

    code = forms.CharField(
        label=_("Kode"),
        max_length=400,  # room for a whole link, with a few words around it
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": _("Skriv koden."), "max_length": UNKNOWN_CODE},
    )

    def __init__(self, *args, request, **kwargs):
        self.request = request
        self.is_limited = False
        self.token = ""  # of a link that was pasted
        super().__init__(*args, **kwargs)

    def clean_code(self):
        """The room or the participant that the code opens, in `found`; only wrong codes count."""
        if token := tokens.link_in(self.cleaned_data["code"]):
            return self.clean_link(token)
        tries = CodeTries(self.request)
        if tries.are_over():
            self._refuse(TOO_MANY_TODAY)
        code = tokens.normalised(self.cleaned_data["code"])
        self.found = self.find(code)
        if self.found is None:
            if tries.add():
                self._refuse(TOO_MANY_TRIES)
            raise forms.ValidationError(UNKNOWN_CODE)
        return code

    def clean_link(self, token: str) -> str:
        """What a pasted link opens, in `found`; no try is counted, since nobody guesses a link."""
        self.found, self.token = self.find_link(token), token
        if self.found is None:
            raise forms.ValidationError(UNKNOWN_LINK)
        return token

    def find_link(self, token: str) -> Reflection | PersonalInvitation | Participant | None:
        """What the link leads to; also a used slip, whose page says so."""
        slips = PersonalInvitation.objects.by_link(token)
        return Reflection.objects.by_link(token).first() or slips.first() or ReturnForm.find_link(self, token)

    def _refuse(self, why):
        self.is_limited = True
        raise forms.ValidationError(why)

    def find(self, code: str) -> Reflection | PersonalInvitation | Participant | None:
        if len(code) == tokens.RETURN_CODE_LENGTH:
            return ReturnForm.find(self, code)
        return Reflection.objects.by_code(code).first() or self._slip(code)

    def _slip(self, code: str) -> PersonalInvitation | None:
        """The slip of a code; a used one is refused, unless this browser is in its room."""
        slip = PersonalInvitation.objects.by_code(code).first()
        if slip and slip.is_used and not current_participant(self.request, slip.reflection.key):
            raise forms.ValidationError(USED)
        return slip


class ReturnForm(CodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Din egen kode")

    def find(self, code: str) -> Participant | None:
        return _let_in(Participant.objects.filter(return_hash__in=tokens.digests(code)))

    def find_link(self, token: str) -> Participant | None:
        return _let_in(Participant.objects.by_link(token))


class WallForm(CodeForm):
    """Ten characters from the screen of whoever leads: they open the wall, and no place in the room."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Skærmkode")

    def find(self, code: str) -> Reflection | None:
        return Reflection.objects.by_wall_code(code).first()

    def find_link(self, token: str) -> None:
        return None


def _let_in(found) -> Participant | None:
    if found.filter(is_put_out=True).exists():
        raise forms.ValidationError(PUT_OUT)
    return found.let_in().select_related("reflection").first()


HOW_FREE = [_("Slet ikke frit"), _("Lidt frit"), _("Nogenlunde frit"), _("Ret frit"), _("Helt frit")]


def safety_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Hvor frit kan du svare?"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=list(enumerate(HOW_FREE, start=1)),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Vælg et tal fra 1 til 5.")},
    )


class JoinForm(forms.Form):
    """What one says of oneself on the way in: which party, a name, and – where open – a yes to it."""

    party = forms.ModelChoiceField(
        label=_("Hvilken part hører du til?"),
        queryset=Party.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Vælg, hvilken part du hører til.")},
    )
    name = forms.CharField(
        label=_("Navn"),
        max_length=60,
        required=False,
        help_text=_("Du bestemmer selv. Et fornavn er nok."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Skriv et navn. Her står det ved dine svar.")},
    )
    agrees = forms.BooleanField(
        label=_("Ja, de andre må se mine svar med mit navn ved"),
        error_messages={"required": _("Her kan alle se navnene. Sig ja, eller lad være at gå ind.")},
    )
    spectator = forms.BooleanField(label=_("Jeg ser kun på og svarer ikke"), required=False)
    safety = safety_field()

    def __init__(self, *args, room: Reflection, slip: PersonalInvitation | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.room, self.slip = room, slip
        parties = room.parties.filter(is_absent=False)
        self.fields["party"].queryset = parties
        if room.is_by_invitation or not parties:  # the slip says which party it is for
            del self.fields["party"]
        if room.is_by_invitation and not slip:  # whoever leads by the link answers by a slip like all others
            del self.fields["spectator"]
        if room.is_confidential:
            del self.fields["agrees"]
        self.fields["name"].required = not room.is_confidential
        if not room.asks_for_safety:
            del self.fields["safety"]

    @transaction.atomic
    def save(self, user, *, is_facilitator: bool) -> Participant | None:
        """The new participant – or the one that this account is already; None with an error to show.

        One at a time: of two who give the same name at once the second is told, and whoever comes
        while answers are being shown is in before that, or comes after it.
        """
        known = self.room.participants.filter(user=user).first() if user else None
        if known and not (known.is_put_out and self.slip):
            return known.lead() if is_facilitator else known
        self.room = Reflection.objects.select_for_update(no_key=True).get(pk=self.room.pk)
        if not self._is_let_in(known):
            return None
        if known is None:
            return self._new(user, is_facilitator)
        self.slip.assign_to(
            known
        )  # whose slip was lost, and who was put out for that, comes back by the new one
        known.let_in_again()
        return known

    def _is_let_in(self, known: Participant | None) -> bool:
        if known is None and self.room.has_name(self.cleaned_data["name"]):
            self.add_error("name", NAME_IS_TAKEN)
        if known and known.party_id != self.slip.party_id:
            self.add_error(None, OTHER_PARTY)
        if self.errors or not self.room.takes_newcomers:
            return False
        if self.slip and not self.slip.use():
            self.slip.is_used = True
            return False
        return True

    def _new(self, user, is_facilitator: bool) -> Participant:
        if self.room.is_collecting:
            self.room.count_arrival()
        cleaned = self.cleaned_data
        person = self.room.participants.create(
            user=user,
            party=self.slip.party if self.slip else cleaned.get("party"),
            name=cleaned["name"],
            is_facilitator=is_facilitator,
            is_respondent=not cleaned.get("spectator", True),
            safety=None if cleaned.get("spectator", True) else cleaned.get("safety"),
        )
        if self.slip:
            self.slip.assign_to(person)
        if is_facilitator:
            self.room.announce_action(Reflection.Action.LEADS, person.label)
        announce(self.room.key, is_urgent=False)
        return person


class SafetyForm(forms.Form):
    """For whoever was not asked on the way in, or did not say."""

    safety = safety_field()

    def __init__(self, *args, room: Reflection, **kwargs):
        super().__init__(*args, **kwargs)
        if not room.asks_for_safety:  # it is shown once: who comes afterwards would be asked for nothing
            del self.fields["safety"]
