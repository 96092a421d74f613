from django import forms
from django.utils.translation import gettext_lazy as _

from publishing.fields import HintedRadios
from reflection.compasses import Choice
from reflection.models import Participant

TOO_LATE = _("Valgene er vist, så de kan ikke ændres mere.")


class VoteForm(forms.Form):
    choice = forms.ChoiceField(
        label=_("Hvad ville du vælge?"),
        widget=HintedRadios,
        error_messages={
            "required": _("Vælg det, du selv ville gøre."),
            "invalid_choice": _("Vælg et af de valg, der står her."),
        },
    )

    def __init__(self, *args, participant: Participant, choices: list[Choice], **kwargs):
        super().__init__(*args, initial={"choice": participant.vote}, **kwargs)
        self.participant = participant
        self.fields["choice"].choices = [(choice.value, choice.label) for choice in choices]
        self.fields["choice"].widget.hints = {choice.value: choice.hint for choice in choices}

    def save(self) -> bool:
        is_kept = self.participant.vote_for(self.cleaned_data["choice"])
        if not is_kept:
            self.add_error(None, TOO_LATE)
        return is_kept
