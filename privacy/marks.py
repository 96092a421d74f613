"""Which fields hold something about a person: each model says so where it is declared.

    class Goal(models.Model):
        personal_data = PersonalData(
            Whose.STAFF, Purpose.REFLECTION, Kept.GOALS, person="owner", words=("wording",)
        )

A test fails for a field that could hold something and is not named. From the marks come docs/privacy/, what
is given out on a request for access, and what a look at somebody else's words is tested against.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.functional import Promise

if TYPE_CHECKING:  # its model is marked too
    from privacy.models.retention import Kept


class Whose(models.TextChoices):
    STAFF = "staff", "ansatte med en konto"
    PARTICIPANTS = "participants", "deltagere i et rum, med og uden konto"
    GROUP = "group", "dem, der sammen har skrevet det i et rum"
    NAMED = "named", "dem, en offentlig tekst nævner"
    NOBODY = "nobody", "ingen"


class Purpose(models.TextChoices):
    ACCESS = "access", "at give de rigtige adgang og holde andre ude"
    REFLECTION = "reflection", "at reflektere over mål og samarbejder og følge op på det aftalte"
    PUBLISHING = "publishing", "at oplyse offentligheden"
    EDITING = "editing", "at redigere, uden at nogens arbejde går tabt"
    ACCOUNTABILITY = "accountability", "at kunne vise, hvem der har set og gjort hvad"


KINDS = {
    "identity": "hvem man er",
    "words": "egne ord",
    "opinions": "svar og holdninger",
    "traces": "hvad man har gjort",
    "ways_in": "koder og adgang",
}


@dataclass(frozen=True)
class PersonalData:
    """`person` is the lookup from a row to the account it is about, `participant` to a place in a room, and
    `pseudonym` the field that says who it is as the event log does.

    Every other tuple names fields, by what kind of thing they hold; `nothing` those that could hold something
    and do not. `is_all_words` is for published texts, where every text may name somebody.
    """

    whose: Whose
    purpose: Purpose
    kept: "Kept | None" = None  # None: for good, or as long as what it belongs to
    person: str = ""
    participant: str = ""
    pseudonym: str = ""
    called: "str | Promise" = ""  # what its person calls it, under «Mine data»
    identity: tuple[str, ...] = ()  # who somebody is
    words: tuple[str, ...] = ()  # what somebody has written
    opinions: tuple[str, ...] = ()  # what somebody means, as numbers
    traces: tuple[str, ...] = ()  # what somebody has done
    ways_in: tuple[str, ...] = ()  # what opens something: never given out
    nothing: tuple[str, ...] = ()
    is_all_words: bool = False

    def by_kind(self) -> dict[str, tuple[str, ...]]:
        """The kinds there are any fields of."""
        return {kind: getattr(self, kind) for kind in KINDS if getattr(self, kind)}

    @property
    def named(self) -> set[str]:
        return {name for names in [*self.by_kind().values(), self.nothing] for name in names}

    def ways_to_pseudonyms(self) -> list[str]:
        """The lookups from a row to the pseudonyms of those it is about."""
        ways = [(self.person, "pseudonym"), (self.participant, "key")]
        found = [name if way == "pk" else f"{way}__{name}" for way, name in ways if way]
        return [*found, self.pseudonym] if self.pseudonym else found

    @property
    def is_personal(self) -> bool:
        return self.whose != Whose.NOBODY


PUBLISHED = PersonalData(Whose.NAMED, Purpose.PUBLISHING, is_all_words=True)
NOT_PERSONAL = PersonalData(Whose.NOBODY, Purpose.EDITING, is_all_words=True)


def marked_models() -> dict[type[models.Model], PersonalData]:
    """All models of the portal and of its libraries that are marked."""
    found = {model: getattr(model, "personal_data", None) for model in apps.get_models()}
    return {model: mark for model, mark in found.items() if mark}


def could_be_personal(field: models.Field) -> bool:
    """Whether something about a person could stand in it: a text, a file, or which account it is."""
    if field.is_relation:
        return field.related_model is not None and field.related_model._meta.label == settings.AUTH_USER_MODEL
    texts = models.CharField | models.TextField | models.JSONField | models.FileField | models.BinaryField
    return isinstance(field, texts) and not field.choices


def unmarked() -> list[str]:
    """Fields that nobody has said anything about."""
    marks = marked_models()
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if could_be_personal(field)
        and not (model in marks and (marks[model].is_all_words or field.name in marks[model].named))
    ]
