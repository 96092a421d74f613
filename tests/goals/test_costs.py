"""A page costs the same number of queries however much it shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_goal, make_guide, make_review

pytestmark = pytest.mark.django_db

SESSION_AND_USER = 2


def cost(client, address) -> int:
    """The queries of a page, once the process has read what it reads but once."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def fill(staff, number, *, steps=2):
    """As many goals, looks, past wordings and steps as `number`; returns the last goal."""
    make_guide(steps=steps)
    for _goal in range(number):
        goal = make_goal(owner=staff)
        for _look in range(number):
            goal.past_wordings.create(text="Før")
            look = make_review(goal, decision="keep", reason="Den virker.")
            look.decide()
            look.reflection.conclude()
    return goal


@pytest.mark.parametrize("number", [1, 3])
def test_my_goals_cost_the_same_for_one_and_for_many(staff, staff_client, number):
    fill(staff, number)
    assert cost(staff_client, "/maalkompasset/mine/") == SESSION_AND_USER + 3


@pytest.mark.parametrize("number", [1, 3])
def test_a_goal_costs_the_same_with_one_look_and_with_many(staff, staff_client, number):
    goal = fill(staff, number)
    assert cost(staff_client, goal.get_absolute_url()) == SESSION_AND_USER + 8


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("answers", 6), ("decision", 5), ("printout", 4), ("plan", 3), ("step", 9), ("evidence", 2)],
)
def test_the_pages_of_a_look_cost_the_same_with_one_step_and_with_many(
    staff, staff_client, number, name, queries
):
    make_guide(steps=number)
    look = make_review(make_goal(owner=staff), decision="keep", reason="Den virker.")
    look.decide()
    kwargs = {"key": look.reflection.key} | ({"position": 1} if name == "step" else {})
    app = "reflection" if name in {"step", "answers"} else "goals"
    assert cost(staff_client, reverse(f"{app}:{name}", kwargs=kwargs)) == SESSION_AND_USER + queries


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("path", ["/maalkompasset/", "/maalkompasset/blanket/"])
def test_the_compass_costs_the_same_with_one_step_and_with_many(client, number, path, db):
    make_guide(steps=number)
    assert cost(client, path) == 1
