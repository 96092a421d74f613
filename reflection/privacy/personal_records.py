"""What is held about one person: every row and field that the marks lead to (privacy/marks.py).

For the person all of it; for whoever answers a request for access who somebody is and what they have done,
and of words and answers only that they are there. What opens something is given to nobody, and what a group
means as numbers is nobody's own.
"""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext

from accounts.models import User
from privacy.marks import PersonalData, Whose, marked_models
from privacy.models import PrivacyNotice, Restriction
from reflection.models import Participant

ALL = ("identity", "words", "opinions", "traces")


class PersonalRecords(NamedTuple):
    """All rows of one model that are about somebody."""

    model: type[models.Model]
    mark: PersonalData
    rows: list[models.Model]

    def names(self, kinds) -> list[str]:
        """The fields of these kinds, as far as they are one person's."""
        is_group = self.mark.whose == Whose.GROUP
        own = [kind for kind in kinds if not (is_group and kind == "opinions")]
        return [name for kind in own for name in getattr(self.mark, kind)]

    def plain(self, kinds) -> list[dict]:
        names = self.names(kinds)
        return [{name: plain_value(row, name) for name in names} for row in self.rows]

    @property
    def more(self) -> int:
        """How many rows the page leaves to the file."""
        return max(0, len(self.rows) - ON_A_PAGE)

    def in_words(self) -> list[list[tuple[str, str]]]:
        """For the page: of the newest rows what each field is, and its value; what is empty is left out.

        An account is «dig»: its number says nothing to whoever it is.
        """
        accounts = {field.name for field in self.model._meta.fields if field.related_model is User}
        return [
            [
                (KINDS_IN_WORDS[kind](), gettext("dig") if name in accounts else str(value))
                for kind in ALL
                for name in self.names([kind])
                if (value := plain_value(row, name)) not in EMPTY
            ]
            for row in self.rows[::-1][:ON_A_PAGE]
        ]


ON_A_PAGE = 100
EMPTY = ("", None, [], {})
KINDS_IN_WORDS = {
    "identity": lambda: gettext("Hvem"),
    "words": lambda: gettext("Egne ord"),
    "opinions": lambda: gettext("Svar"),
    "traces": lambda: gettext("Spor"),
}


def records_of(person: User | Participant) -> list[PersonalRecords]:
    """All that is held about a person, model by model; models without a row of theirs are left out."""
    key = "person" if isinstance(person, User) else "participant"
    found = []
    for model, mark in marked_models().items():
        lookup, value = getattr(mark, key), person.pk
        if not lookup:
            lookup, value = mark.pseudonym, person.pseudonym
        if lookup and set(mark.by_kind()) & set(ALL):
            notices = [field.name for field in model._meta.fields if field.related_model is PrivacyNotice]
            rows = model._base_manager.filter(**{lookup: value}).order_by("pk")
            # Without a name select_related() takes all there is: nine tables for an answer.
            found.append(PersonalRecords(model, mark, list(rows.select_related(*notices or [None]))))
    return [records for records in found if records.rows]


def plain_value(row: models.Model, name: str):
    """A field as plain data: an account by its id, a version of the privacy notice in words."""
    field = row._meta.get_field(name)
    if field.related_model is PrivacyNotice:
        notice = getattr(row, name)
        return notice.in_words if notice else ""
    value = getattr(row, field.attname)
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)


def describe(records: PersonalRecords) -> dict:
    """The model, the purpose and how long it is kept, as plain data."""
    return {
        "what": records.model._meta.label,
        "purpose": records.mark.purpose.label,
        "kept": str(records.mark.kept.label) if records.mark.kept else "",
    }


def restrictions_of(person: User | Participant):
    """All restrictions of a person's data, also those that are lifted."""
    account = User.objects.filter(pk=getattr(person, "user_id", None)).values("pseudonym")
    return Restriction.objects.filter(models.Q(subject=person.pseudonym) | models.Q(subject__in=account))
