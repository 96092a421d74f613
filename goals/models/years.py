"""What the overview for leaders is made of: the decisions of a year, counted now and then and kept."""

from datetime import datetime, timedelta

from django.db import connection, models
from django.db.models import Min
from django.utils import timezone

from goals.models.reviews import Review

COUNT_AGAIN_AFTER = timedelta(minutes=10)

# A goal counts once in a year: by the last of its decisions.
COUNTS = """
    WITH decided AS (
        SELECT DISTINCT ON (review.goal_id) goal.department_id, goal.city_goal_id, review.decision
        FROM reflection_reflection reflection
        JOIN goals_review review ON review.reflection_id = reflection.id
        JOIN goals_goal goal ON goal.id = review.goal_id
        WHERE reflection.concluded_at >= %(start)s AND reflection.concluded_at < %(end)s
        AND NOT reflection.is_rehearsal AND review.decided_at IS NOT NULL
        ORDER BY review.goal_id, reflection.concluded_at DESC
    )
    SELECT 'departments', department_id, decision, count(*) FROM decided GROUP BY department_id, decision
    UNION ALL
    SELECT 'city_goals', city_goal_id, decision, count(*) FROM decided GROUP BY city_goal_id, decision
"""


class YearCountQuerySet(models.QuerySet):
    def up_to_date(self) -> list["YearCount"]:
        """All years since the first decision, the newest first; a count that has grown old is made anew.

        A page costs the same however many goals there are; every ten minutes one reader waits for a
        count of the running year.
        """
        now = timezone.localtime()
        known = {count.year: count for count in self.all()}
        first = min(known, default=None) or _first_year()
        years = range(now.year, first - 1, -1) if first else []
        return [
            known[year] if year in known and known[year].is_fresh(now) else self.count_year(year)
            for year in years
        ]

    def count_year(self, year: int) -> "YearCount":
        """Count now; two readers at once count twice and keep one."""
        made = self.model(year=year, counted_at=timezone.now(), **_counts(year))
        kept = ["counted_at", "departments", "city_goals"]
        self.bulk_create([made], update_conflicts=True, update_fields=kept, unique_fields=["year"])
        return made


def _first_year() -> int | None:
    """The year of the first look that ended."""
    first = Review.objects.ended().order_by().aggregate(first=Min("reflection__concluded_at"))["first"]
    return timezone.localtime(first).year if first else None


def _counts(year: int) -> dict[str, dict]:
    found: dict[str, dict] = {"departments": {}, "city_goals": {}}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"start": start_of(year), "end": start_of(year + 1)})
        for shelf, row, decision, goals in cursor.fetchall():
            found[shelf].setdefault(str(row or ""), {})[decision] = goals
    return found


def start_of(year: int) -> datetime:
    """Its first moment by Danish clocks."""
    return timezone.make_aware(datetime(year, 1, 1))


class YearCount(models.Model):
    """How many goals each department and each Aarhusmål decided what about, in a year.

    Raw counts, never shown as they are: goals/overview.py says what may be.
    """

    year = models.PositiveSmallIntegerField(unique=True)
    counted_at = models.DateTimeField()
    departments = models.JSONField(default=dict)  # {"3": {"keep": 7, …}, "": {…}}: "" is none
    city_goals = models.JSONField(default=dict)

    objects = YearCountQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]

    def __str__(self):
        return f"optælling {self.year}"

    def is_fresh(self, now: datetime) -> bool:
        """Counted a moment ago, or after the year was over."""
        return self.counted_at >= min(start_of(self.year + 1), now - COUNT_AGAIN_AFTER)
