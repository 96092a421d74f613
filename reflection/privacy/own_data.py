"""What the portal holds about somebody with an account: to see, to take along, to correct, to delete."""

from datetime import date
from typing import NamedTuple

from django import forms
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models.functions import TruncDate
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.events import record
from privacy.models import Event, What, Why
from reflection.compasses import registered
from reflection.confidentiality import own_answers_to_keep
from reflection.models import Agreement, Participant, Reflection, Reminder
from reflection.privacy.personal_records import ALL, describe, records_of


def owned_models() -> dict[type[models.Model], str]:
    """The models whose rows keep an account from being deleted, with what people call them."""
    owned = {Reflection: _("Refleksioner og rum, du har åbnet")}
    for compass in registered():
        owned |= compass.owned
    return owned


def participants_of(user):
    """The user's participants in all reflections, alone or as a group, the newest first."""
    participants = Participant.objects.filter(user=user).select_related("reflection__version__guide", "party")
    return participants.order_by("-reflection__created_at", "-pk")


def owned_by(user) -> list[tuple[str, int]]:
    """What is the user's and must have another owner before the account can go: words and number."""
    owned = owned_models()
    found = [
        (owned.get(relation.related_model, _("Andet")), _count(relation, user))
        for relation in user._meta.related_objects
        if relation.on_delete is models.PROTECT and relation.related_model is not Participant
    ]
    return [(words, number) for words, number in found if number]


def _count(relation, user) -> int:
    return relation.related_model._base_manager.filter(**{relation.field.name: user}).count()


class Look(NamedTuple):
    """That others have looked: on which day, at what, by what right and how often. Not who."""

    day: date
    what: str
    who: str
    number: int


def looks_of_others(user, most: int | None = None) -> list[Look]:
    """Looks at the account, at what the user owns and in the rooms they are in; the newest first."""
    names = _names_of_keys(user)
    looks = Event.objects.looks_at(user.pseudonym, list(names))
    days = looks.annotate(day=TruncDate("at")).order_by("-day", "thing", "key", "why")
    counted = days.values("day", "key", "why").annotate(number=models.Count("pk"))[:most]
    return [
        Look(row["day"], names.get(row["key"], gettext("Din konto")), Why(row["why"]).label, row["number"])
        for row in counted
    ]


def _names_of_keys(user) -> dict[str, str]:
    """What the user calls the rooms they are in and the goals and collaborations they own, by key."""
    rooms = [participant.reflection for participant in participants_of(user)]
    owned = [
        row
        for model in owned_models()
        if model is not Reflection
        for row in model._base_manager.filter(owner=user)
    ]
    named = {str(room.key): room.title or room.version.guide.local.title for room in rooms}
    return named | {str(row.key): getattr(row, "wording", "") or row.title for row in owned}


def own_data(user) -> dict:
    """All of it as plain data. Of rooms only one's own answers; what others said is in the minutes."""
    own = {name: rows for compass in registered() for name, rows in compass.own_data.items()}
    return {
        "account": {
            "name": user.name,
            "email": user.email,
            "roles": [group.name for group in user.groups.all()],
            "made": localtime(user.date_joined).isoformat(),
            "last_login": localtime(user.last_login).isoformat() if user.last_login else "",
        },
        "reflections": [_participation(participant) for participant in participants_of(user)],
        "agreements": [_agreement(agreement) for agreement in Agreement.objects.of(user)],
        "mails_due_on": [str(on) for on in Reminder.objects.filter(user=user).values_list("on", flat=True)],
        **{name: rows(user) for name, rows in own.items()},
        "everything": [{**describe(records), "rows": records.plain(ALL)} for records in records_of(user)],
        "looks_of_others": [
            {**look._asdict(), "day": look.day.isoformat()} for look in looks_of_others(user)
        ],
        "own_acts": [
            {"at": localtime(event.at).isoformat(), "what": event.what, "kind": event.thing}
            for event in Event.objects.filter(who=user.pseudonym)
        ],
    }


def _participation(participant: Participant) -> dict:
    room = participant.reflection
    return {
        "phase": str(room.get_phase_display()),
        "mode": str(room.get_mode_display()),
        "begun": localtime(room.created_at).date().isoformat(),
        "leads": participant.is_facilitator,
        "language": participant.language,
        **own_answers_to_keep(participant),
    }


def _agreement(agreement: Agreement) -> dict:
    return {
        "what": agreement.what,
        "who": agreement.who,
        "due": str(agreement.due or ""),
        "status": str(agreement.get_status_display()),
        "note": agreement.note,
    }


class OwnDataForm(forms.ModelForm):
    """The name of the account, and the language its mails are written in."""

    language = forms.ChoiceField(
        label=_("Sprog i mails til dig"),
        choices=[("da", "Dansk"), ("en", "English")],
        error_messages={"invalid_choice": _("Vælg dansk eller engelsk.")},
    )

    class Meta:
        model = get_user_model()
        fields = ["name"]
        labels = {"name": _("Navn")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {"name": _("I rum, du er med i allerede, står der det navn, du gik ind med.")}
        error_messages = {
            "name": {"required": _("Skriv dit navn."), "max_length": _("Skriv højst 120 tegn.")}
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        newest = participants_of(self.instance).first()
        self.initial["language"] = newest.language if newest else "da"

    @transaction.atomic
    def save(self):
        user = super().save(commit=False)
        user.save(update_fields=["name"])
        Participant.objects.filter(user=user).update(language=self.cleaned_data["language"])
        return user


class DeletionForm(forms.Form):
    is_sure = forms.BooleanField(
        label=_("Ja, slet min konto"),
        error_messages={"required": _("Sæt kryds, hvis du vil slette din konto.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict:
        if self.user.is_restricted:
            raise forms.ValidationError(
                _("Behandlingen af dine oplysninger er begrænset. Bed først om at få den frigivet.")
            )
        if owned_by(self.user):
            raise forms.ValidationError(_("Noget er stadig dit. Giv det videre først."))
        if self.user.is_last_administrator:
            raise forms.ValidationError(
                _("Du er den eneste administrator, der kan logge ind. Giv først rollen til en anden.")
            )
        return super().clean()

    @transaction.atomic
    def save(self):
        for participant in Participant.objects.filter(user=self.user):
            leave(participant)
        record(What.DELETED, who=self.user, about=self.user, thing=self.user)
        self.user.delete()


def leave(participant: Participant):
    """Take an account out of a room: with its answers while they are taken; else what was shown stays."""
    if participant.is_facilitator:
        participant.reflection.renew_facilitator_link()
    if participant.reflection.lock_if_collecting():
        participant.delete()
        return
    participant.user, participant.name, participant.is_facilitator = None, "", False
    participant.save(update_fields=["user", "name", "is_facilitator"])
