from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from compass.search import searched_kinds

MOST_LETTERS = 200


class SearchForm(forms.Form):
    """What a reader searches for; an empty search is fine and finds nothing."""

    q = forms.CharField(
        label=_("Hvad leder du efter?"),
        max_length=MOST_LETTERS,
        required=False,
        error_messages={
            "max_length": _("Skriv højst 200 tegn. Nogle få ord er nok."),
            "null_characters_not_allowed": _("Der er et tegn, vi ikke kan læse. Skriv det igen."),
        },
    )
    slags = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self):
        if (kind := self.cleaned_data.get("slags")) and kind not in searched_kinds():
            raise ValidationError(_("Den slags findes ikke her."))

    @property
    def shown(self) -> str:
        """Also a search that is refused is shown again, but nothing that breaks the page."""
        return self.data.get("q", "").replace("\0", "")[:MOST_LETTERS]
