"""The overview for leaders, and an attacker who makes goals up, and adds and subtracts whatever it shows."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import count, pairwise, product
from typing import NamedTuple
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from goals.models import CityGoal, Goal, Review, YearCount
from goals.models.years import Decided, start_of
from goals.overview import MIN_COLLEAGUES, Outcome, overview, year_of
from reflection.models import GuideVersion, Reflection
from tests.factories import make_department, make_guide, numbers

DEPARTMENTS, CITY_GOALS = ["1", "2", "3", "4", ""], ["1", "2", "3", ""]
KEPT, ADJUSTED, REPLACED, ENDED = Outcome

# --- The attacker ----------------------------------------------------------------------------------


class One(NamedTuple):
    department: str
    city_goal: str
    outcome: Outcome
    owner: int


ATTACKER = 0
decisions = st.tuples(
    st.sampled_from(DEPARTMENTS),
    st.sampled_from(CITY_GOALS),
    st.sampled_from(list(Outcome)),
    st.integers(1, 30),
)
goals = st.lists(decisions, max_size=120).map(lambda some: [One(*one) for one in some])
# Few departments with many goals and many with few: where small cells are.
uneven = st.lists(st.tuples(decisions, st.integers(1, 9)), max_size=30).map(
    lambda groups: [One(*one[:3], one[3] + n) for one, times in groups for n in range(times)]
)
# As many as it takes, wherever they help.
made_up = st.lists(st.tuples(decisions, st.integers(1, 12)), max_size=6).map(
    lambda groups: [One(*one[:3], ATTACKER) for one, times in groups for _time in range(times)]
)


def counted(goals, place) -> dict[str, dict[Outcome, Counter]]:
    counts = {key: defaultdict(Counter) for key in (DEPARTMENTS, CITY_GOALS)[place]}
    for goal in goals:
        counts[goal[place]][goal.outcome][goal.owner] += 1
    return counts


def shown_sets(year) -> set[frozenset]:
    """Every shown number as the set of (department, Aarhusmål, outcome) that it counts."""
    found = set()
    for place, table in enumerate([year.departments, year.city_goals]):
        for row, column in product(table.rows, table.columns):
            keys = [DEPARTMENTS, CITY_GOALS]
            keys[place] = row.keys
            found.add(frozenset(product(*keys, column)))
    for column in year.columns:
        found.add(frozenset(product(DEPARTMENTS, CITY_GOALS, column)))
    return found


def everything_derived(sets: set[frozenset]) -> set[frozenset]:
    """All groups that can be had by adding what is apart and subtracting a part from its whole."""
    derived = new = set(sets)
    while new:
        made = set()
        for one, two in product(new, derived):
            if not one & two:
                made.add(one | two)
            if one < two:
                made.add(two - one)
            if two < one:
                made.add(one - two)
        new = made - derived - {frozenset()}
        derived = derived | new
    return derived


def of_one_column(sets, column) -> set[frozenset]:
    return {one for one in sets if {outcome for _department, _city_goal, outcome in one} <= set(column)}


def others_in(goals, group) -> set[int]:
    return {goal.owner for goal in goals if goal[:3] in group} - {ATTACKER}


@pytest.mark.parametrize("some_goals", [goals, uneven], ids=["even", "uneven"])
def test_no_sum_or_difference_is_a_group_of_one_to_four_others(some_goals):
    @given(some_goals, made_up)
    @settings(max_examples=60, deadline=None)
    def attack(real, made_up):
        goals = real + made_up
        year = year_of(2026, counted(goals, 0), counted(goals, 1))
        if year is None:
            assert len({goal.owner for goal in goals}) <= MIN_COLLEAGUES
            return
        sets = shown_sets(year)
        for column in year.columns:
            for group in everything_derived(of_one_column(sets, column)):
                others = len(others_in(goals, group))
                assert others >= MIN_COLLEAGUES or not any(goal[:3] in group for goal in goals), sorted(group)

    attack()


def test_made_up_goals_do_not_show_whether_there_are_real_ones():
    """As many as anybody likes, in a department of their own and in one with four real ones."""
    few = [One("1", "", KEPT, owner) for owner in range(1, MIN_COLLEAGUES)]
    many = [One("2", "", KEPT, owner) for owner in range(1, 20)]
    for made_up in range(1, 20):
        mine = [One("1", "", KEPT, ATTACKER)] * made_up
        rows = [
            [row.keys for row in year_of(2026, counted(goals, 0), counted(goals, 1)).departments.rows]
            for goals in [many + mine, many + mine + few]
        ]
        assert rows[0] == rows[1]


@given(goals)
@settings(max_examples=60, deadline=None)
def test_every_number_is_a_five_at_most_the_count_and_every_goal_has_one_row(goals):
    year = year_of(2026, counted(goals, 0), counted(goals, 1))
    for place, table in enumerate([year.departments, year.city_goals] if year else []):
        keys = [key for row in table.rows for key in row.keys]
        assert len(keys) == len(set(keys))
        assert {goal[place] for goal in goals} <= set(keys)
        assert sorted(outcome for column in table.columns for outcome in column) == sorted(Outcome)
        for row, (index, column) in product(table.rows, enumerate(table.columns)):
            count = sum(goal[place] in row.keys and goal.outcome in column for goal in goals)
            assert row.numbers[index] % MIN_COLLEAGUES == 0
            assert row.numbers[index] <= count < row.numbers[index] + MIN_COLLEAGUES


def test_the_attacker_of_these_tests_finds_what_a_blank_cell_hides():
    """Tables that leave small cells blank, and tell the total: the attack must see through them."""
    whole = frozenset(product(DEPARTMENTS, CITY_GOALS, [KEPT]))
    all_but_one = {frozenset(product([key], CITY_GOALS, [KEPT])) for key in DEPARTMENTS[1:]}
    hidden = frozenset(product(DEPARTMENTS[:1], CITY_GOALS, [KEPT]))
    assert hidden in everything_derived({whole, *all_but_one})
    assert hidden not in everything_derived(all_but_one)


# --- By example ------------------------------------------------------------------------------------


def year(departments, city_goals=None):
    """Every goal has an owner of its own."""
    owners = count()
    counts = {
        key: {outcome: Counter(next(owners) for _goal in range(goals)) for outcome, goals in row.items()}
        for key, row in departments.items()
    }
    whole = defaultdict(Counter)
    for row in counts.values():
        for outcome, goals in row.items():
            whole[outcome] += goals
    return year_of(2026, counts, city_goals or {"": whole})


def test_a_row_with_few_goals_is_put_together_with_the_smallest_other():
    shown = year({"1": {KEPT: 12}, "2": {KEPT: 5}, "3": {KEPT: 7}})
    assert [(row.keys, row.numbers) for row in shown.departments.rows] == [
        (("1",), [10, 0, 0, 0]),
        (("2", "3"), [10, 0, 0, 0]),
    ]


def test_two_rows_with_few_goals_are_put_together_and_nobody_else():
    shown = year({"1": {KEPT: 12}, "2": {KEPT: 4}, "3": {KEPT: 3}})
    assert [row.keys for row in shown.departments.rows] == [("1",), ("2", "3")]


def test_a_row_without_goals_stands_with_those_that_have_few():
    shown = year({"1": {KEPT: 12}, "2": {KEPT: 4}, "3": {KEPT: 3}, "4": {}})
    assert [row.keys for row in shown.departments.rows] == [("1",), ("2", "3", "4")]


def test_an_outcome_with_few_goals_is_put_together_with_its_neighbour():
    shown = year({"1": {KEPT: 12, REPLACED: 2, ENDED: 6}})
    assert shown.columns == [(KEPT,), (ADJUSTED,), (REPLACED, ENDED)]
    assert shown.totals == [10, 0, 5]


def test_the_last_outcome_is_put_together_with_the_one_before():
    assert year({"1": {KEPT: 12, ENDED: 2, REPLACED: 9}}).columns == [(KEPT,), (ADJUSTED,), (REPLACED, ENDED)]


def test_the_goals_of_five_colleagues_are_no_year_and_many_of_one_are_none_either():
    assert year({"1": {KEPT: 2}, "2": {ENDED: 3}}) is None
    alone = {"1": {KEPT: Counter({1: 80})}}
    assert year_of(2026, alone, {"": alone["1"]}) is None


# --- The page --------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def decide(db):
    """A function: so many goals about which something was decided on a day, each of another colleague."""
    make_guide()
    version = GuideVersion.objects.get()

    def make(number, decision="keep", *, on=None, owner=None, is_rehearsal=False, is_decided=True, **fields):
        moment = on or timezone.now()
        for _goal in range(number):
            by = owner or User.objects.create(email=f"kollega{next(numbers)}@example.dk")
            goal = Goal.objects.create(owner=by, wording="Hemmeligt mål", concerns="citizens", **fields)
            look_at(goal, version, decision, moment, is_rehearsal=is_rehearsal, is_decided=is_decided)
        return goal

    return make


def look_at(goal, version, decision, moment, *, is_rehearsal=False, is_decided=True):
    reflection = Reflection.objects.create(
        version=version, owner=goal.owner, mode="solo", phase="concluded", concluded_at=moment,
        is_rehearsal=is_rehearsal,
    )  # fmt: skip
    Review.objects.create(
        goal=goal, reflection=reflection, decision=decision, reason="Derfor",
        decided_at=moment if is_decided else None,
    )  # fmt: skip


def rows(shown, table=0):
    cells = shown.select("table")[table].cssselect("tbody tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in cells]


def test_leaders_see_the_year_as_picture_sentence_and_table(page, colleague, decide):
    first, second = make_department("Teknik og Miljø"), make_department("Sundhed og Omsorg")
    city_goal = CityGoal.objects.create(title="En by i bevægelse")
    decide(7, department=first, city_goal=city_goal)
    decide(6, "goodbye", department=first)
    decide(11, "adjust", department=second, city_goal=city_goal)
    shown = page("/maalkompasset/overblik/", by=colleague)
    assert shown.texts("figcaption") == [
        "Beholdt: mindst 5, Justeret: mindst 10, Erstattet: ingen, Afsluttet: mindst 5 mål."
    ]
    assert len(shown.select(".kompas-chart__bar")) == 4
    assert rows(shown) == [
        ["Sundhed og Omsorg", "ingen", "10", "ingen", "ingen"],
        ["Teknik og Miljø", "5", "ingen", "ingen", "5"],
    ]
    assert rows(shown, 1) == [
        ["En by i bevægelse", "5", "10", "ingen", "ingen"],
        ["Uden Aarhusmål", "ingen", "ingen", "ingen", "5"],
    ]
    assert "Hemmeligt" not in shown.html


def test_departments_with_few_goals_are_named_together(page, colleague, decide):
    for title, number in [("Teknik og Miljø", 9), ("Kultur og Borgerservice", 4), ("Sociale Forhold", 3)]:
        decide(number, department=make_department(title))
    together = "Lagt sammen: Kultur og Borgerservice, Sociale Forhold, Uden forvaltning"
    assert rows(page("/maalkompasset/overblik/", by=colleague)) == [
        ["Teknik og Miljø", "5", "ingen", "ingen", "ingen"],
        [together, "5", "ingen", "ingen", "ingen"],
    ]


def test_numbers_that_tell_nothing_apart_are_no_picture_but_a_sentence(page, colleague, decide):
    """Six colleagues who decided this and that: one full bar «Beholdt eller justeret …» says nothing."""
    for decision in ["keep", "adjust", "goodbye"]:
        decide(2, decision, department=make_department())
    shown = page("/maalkompasset/overblik/", by=colleague)
    assert shown.select(".kompas-chart") == shown.select("table") == []
    assert "Der er besluttet noget om mindst 5 mål." in shown.text
    assert (
        "Hvor de hører til, viser vi først, når flere end fem samme sted har besluttet noget." in shown.text
    )
    assert "Lagt sammen" not in shown.text


def test_five_colleagues_and_whatever_one_of_them_makes_up_show_nothing_at_all(page, colleague, decide):
    decide(MIN_COLLEAGUES - 1, department=make_department("Teknik og Miljø"))
    decide(40, owner=colleague, department=make_department("Sundhed og Omsorg"))
    shown = page("/maalkompasset/overblik/", by=colleague)
    assert shown.select("table") == []
    assert "Teknik og Miljø" not in shown.text
    assert "Så længe viser vi ingen tal." in shown.text


def totals() -> list[list[int]]:
    return [shown.totals for shown in overview()]


def test_a_goal_counts_once_a_year_by_its_last_decision(decide):
    decide(9)
    goal = decide(1)
    look_at(goal, GuideVersion.objects.get(), "goodbye", timezone.now() + timedelta(seconds=1))
    decide(5, "goodbye")
    assert totals() == [[5, 0, 0, 5]]


def test_rehearsals_and_what_is_not_decided_count_nowhere(decide):
    decide(6, is_rehearsal=True)
    decide(6, is_decided=False)
    decide(7)
    assert totals() == [[5, 0, 0, 0]]


def test_years_are_danish_years_and_come_newest_first(page, colleague, decide):
    this_year = timezone.localtime().year
    new_year = start_of(this_year)
    decide(6, on=new_year - timedelta(minutes=1))
    decide(11, "goodbye", on=new_year)
    shown = page("/maalkompasset/overblik/", by=colleague)
    assert shown.texts("h3") == [str(this_year), str(this_year - 1)]
    assert totals() == [[0, 0, 0, 10], [5, 0, 0, 0]]


def grow_old():
    YearCount.objects.update(counted_at=timezone.now() - timedelta(minutes=11))


def test_the_running_year_is_counted_again_after_ten_minutes_and_not_before(decide):
    decide(6)
    assert totals() == [[5, 0, 0, 0]]
    decide(6)
    assert totals() == [[5, 0, 0, 0]]
    grow_old()
    assert totals() == [[10, 0, 0, 0]]


def test_ten_minutes_are_ten_minutes_also_when_summer_time_begins(decide, time_machine):
    """By the clock on the wall they lead back into an hour that never was."""
    time_machine.move_to("2027-03-28T03:02+02:00", tick=False)
    decide(6)
    assert totals() == [[5, 0, 0, 0]]
    decide(6)
    assert totals() == [[5, 0, 0, 0]]


def test_numbers_stay_until_more_than_five_colleagues_have_decided_something(decide, colleague):
    """One makes goals up until a number turns; then one colleague decides, and it would turn sooner."""
    decide(8)
    assert totals() == [[5, 0, 0, 0]]
    for _probe in range(3):
        decide(1, owner=colleague)
        grow_old()
        assert totals() == [[5, 0, 0, 0]]
    decide(MIN_COLLEAGUES - 1)
    grow_old()
    assert totals() == [[5, 0, 0, 0]]
    decide(1)
    grow_old()
    assert totals() == [[15, 0, 0, 0]]


def test_who_decides_otherwise_counts_as_who_decides(decide):
    goals = [decide(1) for _goal in range(12)]
    seen = []
    for goal in goals[:6]:
        seen.append(totals())
        look_at(goal, GuideVersion.objects.get(), "goodbye", timezone.now() + timedelta(seconds=1))
        grow_old()
    assert seen == [[[10, 0, 0, 0]]] * 6
    assert totals() == [[5, 0, 0, 5]]


def test_a_year_that_is_over_is_never_counted_again(decide):
    last_year = timezone.localtime().year - 1
    decide(6, on=timezone.make_aware(datetime(last_year, 6, 1)))
    assert [shown.tables[0][2][0].title for shown in overview()] == ["Uden forvaltning"]
    Goal.objects.update(department=make_department())
    YearCount.objects.filter(year=last_year).update(counted_at=start_of(last_year + 1))
    assert [shown.tables[0][2][0].title for shown in overview()] == ["Uden forvaltning"]


def test_a_department_that_is_gone_leaves_its_goals_in_the_count(decide):
    department = make_department("Findes ikke mere")
    decide(6, department=department)
    overview()
    Goal.objects.update(department=None)
    department.delete()
    assert overview()[0].tables[0][2][0].title == "Uden forvaltning"


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_department_and_for_many(
    staff_client, decide, number, django_assert_num_queries
):
    for _department in range(number):
        decide(6, department=make_department())
    staff_client.get("/maalkompasset/overblik/")
    with django_assert_num_queries(7):
        staff_client.get("/maalkompasset/overblik/")


# --- The attacker who looks again and again --------------------------------------------------------

turns = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(DEPARTMENTS[:3]), st.booleans()), max_size=40)


@given(turns)
@settings(max_examples=60, deadline=None)
def test_between_two_pictures_at_least_five_others_have_decided_something(turns):
    """Whoever it is that looks, and whatever they have made up meanwhile: the book is the test's own."""
    count = YearCount(year=2026)
    decided, shown = [], []

    def picture_of(decided):
        return {"of": sorted(decided)} if len({one.owner for one in decided}) > MIN_COLLEAGUES else {}

    for owner, department, is_looked_at in turns:
        decided = [*decided, Decided(owner, int(department), None, "keep", len(decided))]
        if is_looked_at:
            with patch.object(YearCount, "save"):
                count.count_again(decided, picture_of)
            if count.picture and count.picture not in shown:
                shown.append(count.picture)
    for before, after in pairwise(shown):
        changed = {one.owner for one in set(before["of"]) ^ set(after["of"])}
        assert all(len(changed - {looker}) >= MIN_COLLEAGUES for looker in changed)
