"""How a reflection is started where its compass has no app of its own: what it is about, and with whom."""

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.rate_limits import may_begin_open_room
from reflection.forms.answers import TextLine
from reflection.forms.rooms import RoomForm
from reflection.models import GuideVersion, Participant, Reflection, rehearse
from reflection.privacy.open_rooms import open_room_lifetime
from reflection.thresholds import least_in_room

MOST_PARTIES = 4
TOO_MANY_BEGUN = _(
    "Der er begyndt for mange åbne rum i dag. Prøv igen i morgen, eller skriv svarene på papir. Det, du har "
    "skrevet, står her stadig."
)


class SubjectField(TextLine):
    """What is looked at, in one's own words."""

    def __init__(self):
        super().__init__(
            label=_("Hvad handler det om?"),
            help_text=_("Én sætning. Alle, der er med, kan læse den."),
            max_length=500,
            error_messages={"required": _("Skriv, hvad det handler om.")},
        )


class StartAloneForm(forms.Form):
    title = SubjectField()

    def save(self, version: GuideVersion, user) -> Reflection:
        return Reflection.start_solo(version, user, title=self.cleaned_data["title"])


class PastRoomField(forms.ModelChoiceField):
    def label_from_instance(self, room) -> str:
        return f"{room.title[:80]} ({room.concluded_at:%d.%m.%Y})"


def party_field(number: int, *, is_needed: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("Part %(number)s") % {"number": number},
        max_length=120,
        required=is_needed,
        error_messages={"required": _("Skriv, hvem part %(number)s er.") % {"number": number}},
    )


def check_titles(form: forms.Form, names: list[str]):
    """Refuse two parties of the same name: nobody would know which to choose."""
    titles = [form.cleaned_data.get(name, "").casefold() for name in names]
    written = [title for title in titles if title]
    if len(set(written)) < len(written):
        form.add_error(names[1], _("To parter har samme navn. Giv dem hver sit."))


class StartRoomForm(RoomForm):
    """A room with this compass, and which earlier room it goes on from."""

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
        self.parties = (
            [f"party_{number}" for number in range(1, MOST_PARTIES + 1)] if version.is_between_parties else []
        )
        for number, name in enumerate(self.parties, start=1):
            self.fields[name] = party_field(number, is_needed=number <= 2)
        if self.parties:
            self.fields["people"].label = _("Hvor mange skal svare fra hver part?")
            self.order_fields(["title", "follows", *self.parties])
        self.fields["follows"].queryset = Reflection.objects.ended_by(user, version.guide)
        if not self.fields["follows"].queryset.exists():
            del self.fields["follows"]

    def clean(self) -> dict:
        cleaned = super().clean()
        check_titles(self, self.parties)
        return cleaned

    @transaction.atomic
    def save(self) -> Reflection:
        chosen = self.chosen
        people, follows = chosen.pop("people"), chosen.pop("follows", None)
        titles = [chosen.pop(name) for name in self.parties]
        if follows:
            chosen["series"] = follows.series
        room = Reflection.open_room(self.version, self.user, **chosen)
        room.opening = follows.opening_for(room) if follows else []
        room.save(update_fields=["opening"])
        parties = [
            room.parties.create(position=position, title=title)
            for position, title in enumerate(filter(None, titles), start=1)
        ]
        for party in (parties or [None]) if room.is_by_invitation else []:
            room.invite(people, party)
        if room.is_rehearsal:
            rehearse(room)
        return room


BY_WHOM = {
    Reflection.Mode.SOLO: _("Alene: kun jeg svarer"),
    Reflection.Mode.CONFIDENTIAL: format_lazy(
        _("Sammen, fortroligt: tal uden navne, og kun når mindst {few} har svaret"),
        few=lazy(least_in_room, str)(),
    ),
    Reflection.Mode.OPEN: _("Sammen, med navne: alle ser, hvem der har svaret hvad, og siger ja til det"),
}


class StartOpenRoomForm(forms.Form):
    """A reflection begun without an account, alone or with others."""

    title = SubjectField()
    mode = forms.ChoiceField(
        label=_("Hvem svarer?"),
        choices=list(BY_WHOM.items()),
        widget=forms.RadioSelect,
        initial=Reflection.Mode.CONFIDENTIAL,
        error_messages={
            "required": _("Vælg, hvem der svarer."),
            "invalid_choice": _("Vælg, hvem der svarer."),
        },
    )

    def __init__(self, *args, version: GuideVersion, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.version, self.request, self.is_limited = version, request, False
        self.parties = [f"party_{number}" for number in [1, 2]] if version.is_between_parties else []
        for number, name in enumerate(self.parties, start=1):
            self.fields[name] = party_field(number)
        alone = {Reflection.Mode.SOLO}
        offered = (alone if version.for_one else set()) | (
            BY_WHOM.keys() - alone if version.together else set()
        )
        self.fields["mode"].choices = [choice for choice in BY_WHOM.items() if choice[0] in offered]
        if not version.together:
            self.fields["mode"].initial = Reflection.Mode.SOLO
        if self.data.get("mode") == Reflection.Mode.SOLO:
            for name in self.parties:
                self.fields[name].required = False

    def clean(self) -> dict:
        cleaned = super().clean()
        check_titles(self, self.parties)
        self.is_limited = not (self.errors or may_begin_open_room(self.request))
        if self.is_limited:
            raise forms.ValidationError(TOO_MANY_BEGUN)
        return cleaned

    def save(self) -> Participant:
        """The participant who begins."""
        return Reflection.start_open_room(
            self.version,
            keep_until=timezone.localdate() + open_room_lifetime(),
            parties=[self.cleaned_data[name] for name in self.parties if self.cleaned_data[name]],
            title=self.cleaned_data["title"],
            mode=self.cleaned_data["mode"],
        )
