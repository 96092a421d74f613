"""To restrict the processing of somebody's data, and to lift it (GDPR article 18).

What nobody else is shown meanwhile follows from the marks (privacy/restrictions.py). The numbers that a room
has been shown stay: others could else subtract.
"""

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from privacy.models import Restriction
from reflection.live.notifications import announce
from reflection.models import Participant
from reflection.privacy.emergency_access import SHORTEST_REASON
from reflection.privacy.subject_access import SubjectField

TOO_SHORT = f"Skriv grunden i en hel sætning, på mindst {SHORTEST_REASON} tegn."


def name_of(restriction: Restriction) -> str:
    """The name of the account; of a place in a room that it is one."""
    user = User.objects.filter(pseudonym=restriction.subject).first()
    return user.get_full_name() if user else "en deltager i et rum, uden konto"


def tell_rooms(restriction: Restriction):
    """Have the pages that are open in the person's rooms fetch anew what they show."""
    subjects = Q(key=restriction.subject) | Q(user__pseudonym=restriction.subject)
    for room in Participant.objects.filter(subjects).values_list("reflection__key", flat=True):
        announce(room)


class _ReasonForm(forms.ModelForm):
    reason_name: str

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[self.reason_name].required = True
        self.fields[self.reason_name].error_messages["required"] = TOO_SHORT

    def clean(self) -> dict:
        reason = self.cleaned_data.get(self.reason_name)
        if reason and len(reason) < SHORTEST_REASON:
            self.add_error(self.reason_name, TOO_SHORT)
        return super().clean()


class RestrictForm(_ReasonForm):
    reason_name = "reason"
    who = SubjectField()
    confirmed = forms.BooleanField(
        label="Personen har krævet det, og jeg har sikret mig, hvem det er",
        error_messages={"required": "Sæt kryds, når du har sikret dig, hvem det er."},
    )

    class Meta:
        model = Restriction
        fields = ["reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def clean_who(self) -> User | Participant:
        person = self.cleaned_data["who"]
        if Restriction.objects.standing().filter(subject=person.pseudonym).exists():
            raise forms.ValidationError("Behandlingen af personens oplysninger er allerede begrænset.")
        self.instance.subject = person.pseudonym
        return person


class LiftForm(_ReasonForm):
    reason_name = "lifted_because"
    confirmed = forms.BooleanField(
        label="Personen har fået besked",
        error_messages={"required": "Giv personen besked først, og sæt så kryds."},
    )

    class Meta:
        model = Restriction
        fields = ["lifted_because"]
        widgets = {"lifted_because": forms.Textarea(attrs={"rows": 3})}

    def save(self, commit=True):
        self.instance.lifted_at = timezone.now()
        return super().save(commit)
