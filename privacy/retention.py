"""Until when each kind of personal data is kept: the one place that `purge`, the pages and the papers ask.

What the municipality has to decide about is kept until it has: a period and an authority to delete
(privacy/models/retention.py). What only makes the portal work goes at once.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from privacy.models import Kept, RetentionPeriod
from privacy.models.retention import USUAL

NOT_NEEDED = _("Ikke nødvendigt længere: databeskyttelsesforordningens artikel 5, stk. 1, litra e")


class Period(NamedTuple):
    """How long something is kept today. `age` is None where nobody has decided: it is not deleted."""

    kind: Kept
    age: timedelta | None
    basis: str
    decided_by: str = ""
    decided_on: date | None = None

    @property
    def days(self) -> int | None:
        """Whole days, where that is how it is said."""
        return self.age.days if self.age and not self.age.seconds else None

    @property
    def hours(self) -> int | None:
        return self.age.seconds // 3600 if self.age and self.age.seconds else None

    @property
    def in_words(self) -> str:
        if self.age is None:
            return gettext("slettes ikke: intet er besluttet")
        if not self.age:
            return gettext("ingen: der kan ikke begyndes nye")
        if self.hours:
            return ngettext("%(number)s time", "%(number)s timer", self.hours) % {"number": self.hours}
        return ngettext("%(number)s dag", "%(number)s dage", self.age.days) % {"number": self.age.days}

    @property
    def end(self) -> datetime | None:
        """What began before this goes; None: nothing goes.

        What is decided in days ends with a day: nobody can tell from a deletion at what hour somebody wrote.
        """
        if self.age is None:
            return None
        if self.kind.at_once:
            return timezone.now() - self.age
        return timezone.make_aware(datetime.combine(timezone.localdate() - self.age, time.min))


def periods() -> dict[Kept, Period]:
    """All kinds, in one query."""
    decided = RetentionPeriod.objects.in_force()
    return {kind: _period(kind, decided.get(kind)) for kind in Kept}


def period(kind: Kept) -> Period:
    return _period(kind, RetentionPeriod.objects.filter(kind=kind).order_by("-pk").first())


def undecided() -> list[Kept]:
    """What waits for the municipality."""
    return [kind for kind, found in periods().items() if found.age is None]


def _period(kind: Kept, decided: RetentionPeriod | None) -> Period:
    if kind.at_once:
        return Period(kind, kind.at_once, str(NOT_NEEDED))
    if decided is None:
        usual = USUAL.get(kind)
        return Period(kind, usual, str(NOT_NEEDED) if usual else "")
    age = timedelta(days=decided.days)
    return Period(kind, age, decided.basis, decided.decided_by, decided.decided_on)
