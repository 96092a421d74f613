"""What an account owns gets another owner: everybody in its rooms reads who did it and why.

An administrator does it where the account has been closed for a day; whoever runs the portal, by a command.
"""

from urllib.parse import urlencode

from django import forms
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import send
from accounts.models import User
from privacy.events import record
from privacy.models import What
from reflection.models import Reflection
from reflection.privacy.emergency_access import IS_RESTRICTED, LeaderForm, name_of, note_given, reason_field
from reflection.privacy.own_data import owned_models
from reflection.privacy.retention import give_to

CLOSED_FOR = LeaderForm.OWNER_GONE_FOR


@transaction.atomic
def hand_over(owner, to, *, reason: str, name: str, by=None) -> int:
    """Give all that is somebody's to somebody else, so that the account can go; returns how many things."""
    note_given(None, f"{owner} → {to}", reason=reason, name=name, by=by)
    record(What.HANDED_OVER, who=by, about=owner)
    record(What.HANDED_OVER, who=by, about=to)
    rooms = list(Reflection.objects.filter(owner=owner))
    for room in rooms:
        give_to(room, to)
        if not room.is_solo:
            note_given(room, name_of(room), reason=reason, name=name, by=by)
    owned = owned_models()
    others = [
        relation.related_model._base_manager.filter(**{relation.field.name: owner}).update(
            **{relation.field.name: to}
        )
        for relation in owner._meta.related_objects
        if relation.related_model in owned and relation.related_model is not Reflection
    ]
    context = {"owner": str(owner), "to": str(to), "who": name, "reason": reason}
    for address in [owner.email, to.email]:
        transaction.on_commit(lambda address=address: send("account/email/handed_over", address, context))
    return len(rooms) + sum(others)


def hand_over_address(owner) -> str:
    """The page on which an administrator does it."""
    return f"{reverse('admin:reflection_emergencyaccess_hand_over')}?{urlencode({'owner': owner.email})}"


class HandOverForm(forms.Form):
    """Nobody is made to go away for a moment, and nobody is made up to take over (LeaderForm says why)."""

    owner = forms.EmailField(
        label="E-mail på den lukkede konto",
        error_messages={"required": "Skriv e-mailen på den konto, der er lukket."},
    )
    to = forms.EmailField(
        label="E-mail på den, der tager over",
        error_messages={"required": "Skriv e-mailen på den, der tager over."},
    )
    reason = reason_field(
        required="Skriv, hvorfor det skal have en ny ejer.",
        help_text="Alle i rummene kan læse det, så skriv ikke om personer.",
    )
    confirmed = forms.BooleanField(
        label="Jeg ved, at alle i rummene får at se, hvad jeg har gjort og hvorfor, og at begge får en mail",
        error_messages={"required": "Sæt kryds, hvis det skal gives videre."},
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_owner(self) -> User:
        owner = _account(self.cleaned_data["owner"])
        if owner.is_active:
            raise forms.ValidationError("Kontoen er åben. Kun en lukket kontos ting kan gives videre.")
        if owner.is_restricted:
            raise forms.ValidationError(IS_RESTRICTED)
        if owner.closed_at is None or owner.closed_at > timezone.now() - CLOSED_FOR:
            raise forms.ValidationError("Kontoen er lukket for mindre end et døgn siden. Prøv igen senere.")
        return owner

    def clean_to(self) -> User:
        to = _account(self.cleaned_data["to"])
        if not (to.is_active and to.has_begun):
            raise forms.ValidationError("Kontoen er lukket eller ikke taget i brug.")
        if to == self.by:
            raise forms.ValidationError("Du kan ikke give det til dig selv.")
        return to

    def clean(self) -> dict:
        cleaned = super().clean()
        owner, to = cleaned.get("owner"), cleaned.get("to")
        if owner and to and to.date_joined >= owner.closed_at:
            self.add_error("to", "Kontoen er nyere end lukningen af den, det tilhørte.")
        return cleaned

    def save(self):
        cleaned = self.cleaned_data
        hand_over(
            cleaned["owner"],
            cleaned["to"],
            reason=cleaned["reason"],
            name=self.by.get_full_name(),
            by=self.by,
        )


def _account(email: str) -> User:
    found = User.objects.without_traces().filter(email__iexact=email.strip()).first()
    if found is None:
        raise forms.ValidationError("Der er ingen konto med den e-mail.")
    return found
