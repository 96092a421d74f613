"""The end of a compass that has none of its own: one thing, who does it, and when one looks again."""

from django.utils.translation import gettext_lazy as _

from publishing.fields import DayField
from reflection.forms.answers import FieldwiseForm, TextLine
from reflection.forms.dates import AsksWhen, ReasonField, WhenField
from reflection.forms.promises import AddressField, TellsWhoIsMailed
from reflection.models import AgreementDraft


class AgreeForm(TellsWhoIsMailed, AsksWhen, FieldwiseForm):
    needed = ("what", "who", "look_back")
    what = TextLine(
        label=_("Hvad gør vi?"),
        help_text=_("Én ting, ikke ti."),
        max_length=500,
        error_messages={"required": _("Skriv den ene ting, I er blevet enige om.")},
    )
    who_email = AddressField()
    look_back = WhenField(label=_("Hvornår kigger I igen?"), day="due", reason="no_date_reason")
    due = DayField(label=_("Datoen"), required=False)
    no_date_reason = ReasonField()

    class Meta:
        model = AgreementDraft
        fields = ["what", "who", "who_email", "due", "no_date_reason"]
        error_messages = {"who": {"required": _("Skriv ét navn.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.reflection.is_solo:
            self.fields["what"].label = _("Hvad gør du?")
            self.fields["what"].error_messages["required"] = _("Skriv den ene ting, du vil gøre.")
            self.fields["look_back"].label = _("Hvornår kigger du igen?")
