"""What the overview for leaders is made of: the decisions of a year, counted now and then and kept."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.models import Min
from django.utils import timezone

from goals.models.reviews import Review
from privacy.marks import PersonalData, Purpose, Whose

MIN_COLLEAGUES = 5  # colleagues beside whoever looks: one may have made goals up
COUNT_AGAIN_AFTER = timedelta(minutes=10)

# A goal counts once in a year: by the last of its decisions.
COUNTS = """
    WITH decided AS (
        SELECT DISTINCT ON (review.goal_id)
            goal.owner_id, goal.department_id, goal.city_goal_id, review.decision
        FROM reflection_reflection reflection
        JOIN goals_review review ON review.reflection_id = reflection.id
        JOIN goals_goal goal ON goal.id = review.goal_id
        WHERE reflection.concluded_at >= %(start)s AND reflection.concluded_at < %(end)s
        AND NOT reflection.is_rehearsal AND review.decided_at IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM privacy_restriction restriction
            JOIN accounts_user person ON person.pseudonym = restriction.subject
            WHERE person.id = goal.owner_id AND restriction.lifted_at IS NULL
        )
        ORDER BY review.goal_id, reflection.concluded_at DESC
    )
    SELECT owner_id, department_id, city_goal_id, decision, count(*) FROM decided
    GROUP BY owner_id, department_id, city_goal_id, decision ORDER BY 1, 2, 3, 4
"""


class Decided(NamedTuple):
    """How many goals of one owner, department and city goal got one decision."""

    owner: int
    department: int | None
    city_goal: int | None
    decision: str
    goals: int


def are_enough(owners) -> bool:
    """Whether at least MIN_COLLEAGUES of them are not the one who looks."""
    return len(owners) > MIN_COLLEAGUES


class YearCountQuerySet(models.QuerySet):
    def up_to_date(self, picture_of: Callable[[list[Decided]], dict]) -> list["YearCount"]:
        """All years since the first decision, the newest first; a count that has grown old is made anew.

        A page costs the same however many goals there are; every ten minutes one reader waits for a
        count of the running year. `picture_of` says what may be shown.
        """
        now = timezone.now()  # by Danish clocks ten minutes ago may be an hour that never was
        known = {count.year: count for count in self.defer("owners")}
        first = min(known, default=None) or _first_year()
        years = range(timezone.localdate(now).year, first - 1, -1) if first else []
        return [
            known[year] if year in known and known[year].is_fresh(now) else self.count_year(year, picture_of)
            for year in years
        ]

    @transaction.atomic
    def count_year(self, year: int, picture_of: Callable[[list[Decided]], dict]) -> "YearCount":
        """Count now; of two readers at once the second gets what the first has counted."""
        self.get_or_create(year=year, defaults={"counted_at": start_of(year - 1)})
        kept = self.select_for_update().get(year=year)
        if not kept.is_fresh(timezone.now()):
            with connection.cursor() as cursor:
                cursor.execute(COUNTS, {"start": start_of(year), "end": start_of(year + 1)})
                kept.count_again([Decided(*row) for row in cursor.fetchall()], picture_of)
        return kept


def _first_year() -> int | None:
    """The year of the first look that ended."""
    first = Review.objects.ended().order_by().aggregate(first=Min("reflection__concluded_at"))["first"]
    return timezone.localtime(first).year if first else None


def start_of(year: int) -> datetime:
    """Its first moment by Danish clocks."""
    return timezone.make_aware(datetime(year, 1, 1))


class YearCount(models.Model):
    """How many goals each department and each city goal decided what about, in a year, as it may be shown.

    What is shown stays until enough colleagues have decided something else since: whoever makes goals up to
    see a number turn, or looks before and after a colleague's decision, sees nothing.
    """

    year = models.PositiveSmallIntegerField(unique=True)
    counted_at = models.DateTimeField()
    picture = models.JSONField(default=dict)  # see goals/overview.py; empty where too few have decided
    owners = models.JSONField(default=dict)  # owner → what they decided, as it was when the picture was made

    objects = YearCountQuerySet.as_manager()

    personal_data = PersonalData(Whose.STAFF, Purpose.REFLECTION, traces=("owners",), opinions=("picture",))

    class Meta:
        ordering = ["-year"]

    def __str__(self):
        return f"optælling {self.year}"

    def is_fresh(self, now: datetime) -> bool:
        """Counted a moment ago, or after the year was over."""
        return self.counted_at >= min(start_of(self.year + 1), now - COUNT_AGAIN_AFTER)

    def count_again(self, decided: list[Decided], picture_of: Callable[[list[Decided]], dict]):
        owners = defaultdict(list)
        for decision in decided:
            owners[str(decision.owner)].append(list(decision[1:]))
        everybody = owners.keys() | self.owners.keys()
        changed = {owner for owner in everybody if owners.get(owner) != self.owners.get(owner)}
        if not self.picture or are_enough(changed):
            self.picture, self.owners = picture_of(decided), dict(owners)
        self.counted_at = timezone.now()
        self.save()
