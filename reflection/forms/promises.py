"""Whom a mail about an agreement goes to: who writes it is told, and may give the address of who promised."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reflection.models import Participant

WHOSE = _("E-mail til den, der har lovet det")
WHAT_COMES = _(
    "Så får også den, der har lovet det, en mail nu og en, når datoen er der. I dem står dit "
    "navn, og hvordan man slipper for mails. Adressen slettes, når aftalen er gjort."
)


class AddressField(forms.EmailField):
    def __init__(self, label=WHOSE, help_text=WHAT_COMES):
        super().__init__(
            label=label,
            help_text=help_text,
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),  # somebody else's
            error_messages={"invalid": _("Skriv en e-mail som navn@eksempel.dk.")},
            required=False,
        )


class PromiseEmailMixin:
    """Mixin for forms with a `who_email`, or one a line: only who is logged in gives another's address."""

    name_field = "who"

    def __init__(self, *args, participant: Participant | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if participant and participant.gets_mails:
            sentence = _("Mailen om aftalen går til dig (%(email)s).") % {"email": participant.user.email}
            field = self.fields[self.name_field]
            field.help_text = " ".join(filter(None, [str(field.help_text), sentence]))
        else:
            for name in [name for name in self.fields if name.startswith("who_email")]:
                del self.fields[name]
