"""The overview for leaders: how many goals were kept, adjusted, replaced and ended.

What may be shown, and why nobody can find the goals of one to four colleagues by adding and subtracting:

1. Fixed pictures and no filters: for each year one table by department and one by city goal. A goal
   counts once in a year, so years have no goal in common that could be subtracted.
2. Nothing is left blank, for a blank is found by subtraction. Instead outcomes, and then rows, are put
   together until every cell of both tables holds no goal or those of more than MIN_COLLEAGUES: whoever
   looks may be one of them, and knows how many goals they have made up. Whatever is added or subtracted
   within a table is then a number of whole cells. Both tables have the same columns, and a sum over rows of
   the one minus a sum over rows of the other is the number of a group only where one of the two sums is the
   whole column; so it is whole cells again.
3. Numbers are rounded down to fives, and a picture stays until more than MIN_COLLEAGUES have decided
   something else (YearCount). So who looks every day, and who makes goals up until a number turns, sees no
   single goal come and go, also when rows part that stood together before.

tests/goals/test_overview.py plays the attacker.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from compass.models import Department
from goals.models import CityGoal, Decision, YearCount
from goals.models.years import MIN_COLLEAGUES, Decided, are_enough
from publishing.danish_order import danish_key
from publishing.portal import current_portal

AT_MOST = 5  # years


class Outcome(models.TextChoices):
    KEPT = "kept", pgettext_lazy("mål", "Beholdt")
    ADJUSTED = "adjusted", pgettext_lazy("mål", "Justeret")
    REPLACED = "replaced", pgettext_lazy("mål", "Erstattet")
    ENDED = "ended", pgettext_lazy("mål", "Afsluttet")


OUTCOME_OF = {
    Decision.KEEP: Outcome.KEPT,
    Decision.CARRY_ON: Outcome.KEPT,  # the goal stands; what is carried on is the experience
    Decision.ADJUST: Outcome.ADJUSTED,
    Decision.ADJUST_FOLLOW_UP: Outcome.ADJUSTED,
    Decision.REPLACE: Outcome.REPLACED,
    Decision.GOODBYE: Outcome.ENDED,
}
Counts = dict[str, dict[str, Counter]]  # row → outcome → owner → goals
Columns = list[tuple[Outcome, ...]]


class Row(NamedTuple):
    """Rows that are counted together, and a number for each column."""

    keys: tuple[str, ...]
    numbers: list[int]


class Table(NamedTuple):
    columns: Columns
    rows: list[Row]


class Year(NamedTuple):
    year: int
    columns: Columns
    totals: list[int]
    departments: Table
    city_goals: Table


def year_of(year: int, departments: Counts, city_goals: Counts) -> Year | None:
    """What may be shown of a year; None where too few colleagues have decided anything."""
    everything = _owners_in(departments, departments, list(Outcome))
    if not are_enough(everything):
        return None
    columns = _columns(departments)
    totals = [rounded_down(_owners_in(departments, departments, column).total()) for column in columns]
    return Year(year, columns, totals, _table(departments, columns), _table(city_goals, columns))


def rounded_down(goals: int) -> int:
    return goals // MIN_COLLEAGUES * MIN_COLLEAGUES


def _owners_in(counts: Counts, keys: Iterable[str], column: Iterable[str]) -> Counter:
    """Whose goals stand in these rows of a column."""
    owners = Counter()
    for key in keys:
        for outcome in column:
            owners.update(counts[key].get(outcome, {}))
    return owners


def _is_small(owners: Counter) -> bool:
    return bool(owners) and not are_enough(owners)


def _columns(counts: Counts) -> Columns:
    """The outcomes, neighbours put together until none has the goals of too few."""
    columns = [(outcome,) for outcome in Outcome]
    while small := [at for at, column in enumerate(columns) if _is_small(_owners_in(counts, counts, column))]:
        first = min(small[0], len(columns) - 2)
        columns[first : first + 2] = [columns[first] + columns[first + 1]]
    return columns


def _table(counts: Counts, columns: Columns) -> Table:
    """Rows with enough goals in each column for themselves; all others, the empty too, at the end."""

    def cells(keys: Iterable[str]) -> list[Counter]:
        return [_owners_in(counts, keys, column) for column in columns]

    def is_safe(keys: Iterable[str]) -> bool:
        return not any(map(_is_small, cells(keys)))

    alone = [key for key in counts if any(cells([key])) and is_safe([key])]
    alone.sort(key=lambda key: (len(_owners_in(counts, [key], list(Outcome))), key))
    together = sorted(set(counts) - set(alone))
    while alone and not is_safe(together):
        together.append(alone.pop(0))
    in_order = [[key] for key in counts if key in alone]  # the order of their numbers would tell more
    groups = [*in_order, *([together] if together else [])]
    numbers = [[rounded_down(owners.total()) for owners in cells(keys)] for keys in groups]
    return Table(columns, [Row(tuple(keys), row) for keys, row in zip(groups, numbers, strict=True)])


# --- As it is kept -------------------------------------------------------------------------------


def picture_of(decided: list[Decided]) -> dict:
    """What may be shown of what was decided in a year, as YearCount keeps it."""
    departments = _counts(Department, [(decision.department, decision) for decision in decided])
    city_goals = _counts(CityGoal, [(decision.city_goal, decision) for decision in decided])
    year = year_of(0, departments, city_goals)
    if year is None:
        return {}
    return {
        "columns": year.columns,
        "totals": year.totals,
        "departments": year.departments.rows,
        "city_goals": year.city_goals.rows,
    }


def _counts(model, decided: list[tuple[int | None, Decided]]) -> Counts:
    """Every row there is, so that one without goals cannot be told from one with few."""
    counts: Counts = {str(pk): defaultdict(Counter) for pk in model.objects.values_list("pk", flat=True)}
    counts[""] = defaultdict(Counter)
    for pk, decision in decided:
        counts[str(pk or "")][OUTCOME_OF[decision.decision]][decision.owner] += decision.goals
    return counts


def _year(count: YearCount) -> Year:
    columns = [tuple(map(Outcome, column)) for column in count.picture["columns"]]
    tables = [
        Table(columns, [Row(tuple(keys), numbers) for keys, numbers in count.picture[name]])
        for name in ["departments", "city_goals"]
    ]
    return Year(count.year, columns, count.picture["totals"], *tables)


# --- In words ------------------------------------------------------------------------------------


class ShownRow(NamedTuple):
    """A row in words; `of` names those that are counted together."""

    title: str
    lang: str
    of: list[str]
    numbers: list[int]
    is_named: bool = False  # one department or city goal; not several together, nor what has none


class Overview(NamedTuple):
    year: int
    labels: list[str]
    totals: list[int]
    sentence: str
    tables: list[tuple[str, str, list[ShownRow]]]  # title, what a row is, rows

    @property
    def all(self) -> int:
        return sum(self.totals)

    @property
    def tells_what(self) -> bool:
        """Whether anything is told apart: one full bar for «beholdt eller justeret …» says nothing."""
        return len(self.labels) > 1

    @property
    def tables_that_tell(self) -> list[tuple[str, str, list[ShownRow]]]:
        """Without a table in which all are counted together, or belong nowhere."""
        return [table for table in self.tables if any(row.is_named for row in table[2])]

    @property
    def bars(self) -> list[tuple[str, int, str, int, int]]:
        """For the picture: label, number, width in per cent, and where the label and the bar stand."""
        most = max(self.totals)
        return [
            (label, number, f"{100 * number / most:.1f}%", 16 + BAR * index, 24 + BAR * index)
            for index, (label, number) in enumerate(zip(self.labels, self.totals, strict=True))
        ]

    @property
    def height(self) -> int:
        return BAR * len(self.totals)


BAR = 60


def overview() -> list[Overview]:
    """The latest years of which something may be shown, the newest first."""
    departments, city_goals = _titles(Department), _titles(CityGoal)
    city_goal = current_portal().local.city_goal
    departments[""], city_goals[""] = _("Uden forvaltning"), _("Uden %(name)s") % {"name": city_goal}
    counted = YearCount.objects.up_to_date(picture_of)[:AT_MOST]
    return [_in_words(_year(count), departments, city_goals) for count in counted if count.picture]


def _titles(model) -> dict[str, str]:
    return {str(item.pk): item.local.title for item in model.objects.all()}


def _in_words(year: Year, departments: dict, city_goals: dict) -> Overview:
    name = current_portal().local.city_goal
    labels = [_column_label(column) for column in year.columns]
    tables = [
        (gettext("Efter forvaltning"), gettext("Forvaltning"), _shown(year.departments, departments)),
        (gettext("Efter %(name)s") % {"name": name}, capfirst(name), _shown(year.city_goals, city_goals)),
    ]
    return Overview(year.year, labels, year.totals, _sentence(labels, year.totals), tables)


def _column_label(column: tuple[Outcome, ...]) -> str:
    first, *others = [str(outcome.label) for outcome in column]
    return gettext(" eller ").join([first, *map(str.lower, others)])


def _shown(table: Table, titles: dict) -> list[ShownRow]:
    """The rows in words, without those that hold nothing."""
    rows = []
    for row in filter(lambda row: any(row.numbers), table.rows):
        names = [titles[key] for key in row.keys if key in titles] or [titles[""]]  # one may be gone since
        if len(names) > 1:
            in_order = sorted(map(str, names), key=danish_key)
            rows.append(ShownRow(gettext("Lagt sammen"), "", in_order, row.numbers))
        else:
            is_named = names[0] is not titles[""]
            rows.append(ShownRow(str(names[0]), getattr(names[0], "lang", ""), [], row.numbers, is_named))
    return rows


def _sentence(labels: list[str], totals: list[int]) -> str:
    totals_in_words = [
        gettext("%(label)s: mindst %(number)d") % {"label": label, "number": number}
        if number
        else gettext("%(label)s: ingen") % {"label": label}
        for label, number in zip(labels, totals, strict=True)
    ]
    return gettext("%s mål.") % ", ".join(totals_in_words)
