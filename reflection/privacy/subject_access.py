"""What is held about one person, for whoever answers a request for access: by the marks of the models.

No role reads what somebody has written or answered (docs/access.md), so nor does this file: it says which
fields hold such words, and that the person fetches them under «Mine data» or with the code of their own. What
opens something is never given out.
"""

from django import forms

from accounts.models import User
from reflection import tokens
from reflection.confidentiality import own_answers_to_keep
from reflection.models import Participant
from reflection.privacy.own_data import looks_of_others
from reflection.privacy.personal_records import describe, records_of

GIVEN = ("identity", "traces")
KEPT_BACK = ("words", "opinions")


class SubjectField(forms.CharField):
    """Whom a request is about: by the e-mail of an account, or by a participant's own code."""

    def __init__(self):
        super().__init__(
            label="Personens e-mail, eller deltagerens egen kode",
            max_length=254,
            help_text=(
                "Har personen en konto, så skriv e-mailen. Ellers bed om personens egen kode fra rummet."
            ),
            error_messages={"required": "Skriv e-mailen eller koden."},
        )

    def clean(self, value) -> User | Participant:
        email_or_code = super().clean(value)
        accounts = User.objects.without_traces()
        by_email = accounts.filter(email__iexact=email_or_code)
        found = by_email.first() if "@" in email_or_code else _by_code(email_or_code)
        if found is None:
            raise forms.ValidationError("Der er ingen med den e-mail eller kode.")
        return found


def _by_code(code: str) -> Participant | None:
    digests = tokens.digests(tokens.normalised(code))
    people = Participant.objects.filter(return_hash__in=digests)
    return people.select_related("reflection__version__guide").first()


class SubjectForm(forms.Form):
    who = SubjectField()
    confirmed = forms.BooleanField(
        label="Personen har bedt om indsigt, og jeg har sikret mig, hvem det er",
        error_messages={"required": "Sæt kryds, når du har sikret dig, hvem det er."},
    )


def access_report(person: User | Participant) -> dict:
    """All that is held about a person, model by model, without words and answers."""
    return {
        "held": [
            {
                **describe(records),
                "rows": records.plain(GIVEN),
                "only_for_the_person": records.names(KEPT_BACK),
            }
            for records in records_of(person)
        ],
        **(_of_account(person) if isinstance(person, User) else _of_participant(person)),
    }


def _of_account(user: User) -> dict:
    """When others have looked, without who they are, and without the words that were looked at."""
    looks = [
        {"day": str(look.day), "as": str(look.who), "times": look.number} for look in looks_of_others(user)
    ]
    return {"looks_of_others": looks}


def _of_participant(participant: Participant) -> dict:
    """Their answers after the reveal: whoever has the participant's code can read them with it anyway."""
    if not participant.reflection.is_revealed:
        return {"answers": "only for the person until they are shown"}
    return {"answers": own_answers_to_keep(participant)}
