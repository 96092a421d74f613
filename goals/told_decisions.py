"""What leaders may read by name: decisions that those who made them have told the municipality of.

A goal is no person. Of each told decision stands what its form promised (templates/goals/tell.html): the
goal's words, the decision and its day, the agreement and what became of it, the next look, and which
knowledge stands behind. Never an answer, a reason or a name. Whatever nobody has told of changes nothing
here.

Agreements that nobody has told of are not counted, not even with the care of goals/overview.py. Its proof
stands on pictures with the same columns, of goals that count once in a year, kept until more than
MIN_COLLEAGUES have decided something else. Agreements by department and state are the same goals in other
columns, so their rows would be put together otherwise, and the difference of two sums could be the goals
of one colleague; and a state changes by one act of one of them, on a day that colleagues know.
"""

from datetime import date
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext

from goals.models import Review
from publishing.danish_order import danish_key
from reflection.models import Agreement

AT_MOST = 200


class Department(NamedTuple):
    title: str
    lang: str
    reviews: list[Review]

    @property
    def agreements(self) -> list[int]:
        """How many of each status, in the order of `statuses`."""
        statuses = [
            agreement.status for review in self.reviews for agreement in review.reflection.agreements.all()
        ]
        return [statuses.count(status) for status in Agreement.Status.values]


class ToldDecisions(NamedTuple):
    reviews: list[Review]
    today: date

    @property
    def statuses(self) -> list[str]:
        return [str(label) for label in Agreement.Status.labels]

    @property
    def departments(self) -> list[Department]:
        by_title: dict[tuple[str, str], list[Review]] = {}
        for review in self.reviews:
            department = review.goal.department
            title = department.local.title if department else gettext("Uden forvaltning")
            by_title.setdefault((str(title), getattr(title, "lang", "")), []).append(review)
        in_order = sorted(by_title.items(), key=lambda item: danish_key(item[0][0]))
        return [Department(*title, reviews) for title, reviews in in_order]

    @property
    def look_backs(self) -> list[Review]:
        """Those that are looked at again this month, or should have been, the earliest first."""
        this_month = (self.today.year, self.today.month)
        due = [
            review for review in self.reviews
            if review.look_back_on and not review.has_later
            and (review.look_back_on.year, review.look_back_on.month) <= this_month
        ]  # fmt: skip
        return sorted(due, key=lambda review: review.look_back_on)

    @property
    def without_voices(self) -> list[Review]:
        return [review for review in self.reviews if review.missing_voices]


def told_decisions() -> ToldDecisions:
    return ToldDecisions(list(Review.objects.told()[:AT_MOST]), timezone.localdate())
