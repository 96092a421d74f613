"""Beginning with a compass of which the guide is all there is: what one looks at, and how."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from publishing.fields import DayField
from reflection.forms.answers import RoomForm, TextLine
from reflection.models import GuideVersion, Reflection, rehearse


class SubjectField(TextLine):
    """What is looked at, in one's own words."""

    def __init__(self):
        super().__init__(
            label=_("Hvad handler det om?"),
            help_text=_("Én sætning. Alle, der er med, kan læse den."),
            max_length=500,
            error_messages={"required": _("Skriv, hvad det handler om.")},
        )


class AloneForm(forms.Form):
    title = SubjectField()

    def save(self, version: GuideVersion, user) -> Reflection:
        return Reflection.start_solo(version, user, title=self.cleaned_data["title"])


class PastRoomField(forms.ModelChoiceField):
    def label_from_instance(self, room):
        return f"{room.title[:80]} ({room.concluded_at:%d.%m.%Y})"


class OpenRoomForm(RoomForm):
    """As for every room, and which earlier one it goes on from."""

    title = SubjectField()
    follows = PastRoomField(
        label=_("Kigger I igen på noget fra et tidligere rum?"),
        help_text=_("Så læser alle, hvad I aftalte dengang, før de svarer."),
        queryset=Reflection.objects.none(),
        empty_label=_("Nej, det er første gang"),
        required=False,
    )
    field_order = ["title", "follows"]

    def __init__(self, *args, version: GuideVersion, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.version, self.user = version, user
        self.fields["follows"].queryset = Reflection.objects.ended_by(user, version.guide)
        if not self.fields["follows"].queryset.exists():
            del self.fields["follows"]

    @transaction.atomic
    def save(self) -> Reflection:
        chosen = self.chosen
        people, follows = chosen.pop("people"), chosen.pop("follows", None)
        room = Reflection.open_room(self.version, self.user, **chosen)
        room.opening = follows.opening_for(room) if follows else []
        room.save(update_fields=["opening"])
        if room.is_by_invitation:
            room.invite(people)
        if room.is_rehearsal:
            rehearse(room)
        return room


class AgreeForm(forms.Form):
    """One thing that somebody does, and when – or why there is no date (product.md §4)."""

    what = TextLine(
        label=_("Hvad gør vi?"),
        help_text=_("Én ting, ikke ti."),
        max_length=500,
        error_messages={"required": _("Skriv den ene ting, I er blevet enige om.")},
    )
    who = forms.CharField(label=_("Hvem?"), max_length=120, error_messages={"required": _("Skriv ét navn.")})
    due = DayField(label=_("Hvornår kigger vi på det igen?"), required=False)
    no_date_reason = forms.CharField(
        label=_("Hvis der ikke er en dato: hvorfor ikke?"), max_length=250, required=False
    )

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("due") or cleaned.get("no_date_reason")) and "due" not in self.errors:
            self.add_error("due", _("Vælg en dato, eller skriv, hvorfor der ikke er en."))
        return cleaned
