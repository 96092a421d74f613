"""What is held about one person, for whoever answers a request for access: by the marks of the models.

No role reads what somebody has written or answered (docs/access.md), so nor does this file: it says which
fields hold such words, and that the person fetches them under «Mine data» or with the code of their own. What
opens something is never given out.
"""

from django import forms
from django.db import models

from accounts.models import User
from privacy.marks import PersonalData, marked_models
from reflection import tokens
from reflection.confidentiality import own_answers_to_keep
from reflection.models import Participant
from reflection.privacy.own_data import looks_of_others

GIVEN = ("identity", "traces")
KEPT_BACK = ("words", "opinions")


class SubjectForm(forms.Form):
    """Whom the request is about: by the e-mail of an account, or by a participant's own code."""

    who = forms.CharField(
        label="Personens e-mail, eller deltagerens egen kode",
        max_length=254,
        help_text="Har personen en konto, så skriv e-mailen. Ellers bed om personens egen kode fra rummet.",
        error_messages={"required": "Skriv e-mailen eller koden."},
    )
    confirmed = forms.BooleanField(
        label="Personen har bedt om indsigt, og jeg har sikret mig, hvem det er",
        error_messages={"required": "Sæt kryds, når du har sikret dig, hvem det er."},
    )

    def clean_who(self) -> User | Participant:
        said = self.cleaned_data["who"].strip()
        if "@" in said:
            found = User.objects.without_traces().filter(email__iexact=said).first()
        else:
            by_code = Participant.objects.filter(return_hash=tokens.digest(tokens.normalised(said)))
            found = by_code.select_related("reflection__version__guide").first()
        if found is None:
            raise forms.ValidationError("Der er ingen med den e-mail eller kode.")
        return found


def held_about(person: User | Participant) -> dict:
    """All that the marks lead to, model by model."""
    is_account = isinstance(person, User)
    ways = {
        model: (mark, mark.person if is_account else mark.participant)
        for model, mark in marked_models().items()
    }
    held = [_of_model(model, mark, {way: person.pk}) for model, (mark, way) in ways.items() if way]
    return {
        "held": [found for found in held if found["rows"]],
        **(_of_account(person) if isinstance(person, User) else _of_place(person)),
    }


def _of_model(model: type[models.Model], mark: PersonalData, lookup: dict) -> dict:
    kinds = mark.by_kind()
    names = [name for kind in GIVEN for name in kinds.get(kind, ())]
    return {
        "what": model._meta.label,
        "purpose": mark.purpose.label,
        "kept": str(mark.kept.label) if mark.kept else "",
        "rows": [
            {name: _said(row, name) for name in names}
            for row in model._base_manager.filter(**lookup).order_by("pk")
        ],
        "only_for_the_person": [name for kind in KEPT_BACK for name in kinds.get(kind, ())],
    }


def _said(row: models.Model, name: str):
    """As plain data; an account is said by its number."""
    value = getattr(row, row._meta.get_field(name).attname)
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)


def _of_account(user: User) -> dict:
    """When others have looked, without who they are, and without the words that were looked at."""
    looks = [
        {"day": str(look.day), "as": str(look.who), "times": look.number} for look in looks_of_others(user)
    ]
    return {"looks_of_others": looks}


def _of_place(participant: Participant) -> dict:
    """Whoever has the code could read the answers with it; before the reveal nobody else is told."""
    if not participant.reflection.is_revealed:
        return {"answers": "only for the person until they are shown"}
    return {"answers": own_answers_to_keep(participant)}
