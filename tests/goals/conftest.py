import pytest
from django.urls import reverse

from reflection.models import Prompt
from tests.factories import make_goal, make_review
from tests.reflection.conftest import committed

__all__ = ["committed"]


@pytest.fixture
def goal(staff):
    return make_goal(owner=staff)


@pytest.fixture
def review(goal):
    """A look at Malik's goal that has just begun, in a compass of two steps."""
    return make_review(goal)


@pytest.fixture
def address(review):
    """A function: where a page of the review lies; what one answers has the pages of every reflection."""

    def find(name, **kwargs):
        app = "reflection" if name in {"room", "step", "answers"} else "goals"
        return reverse(f"{app}:{name}", kwargs={"key": review.reflection.key, **kwargs})

    return find


@pytest.fixture
def field(review):
    """A function: the name of a step's field, «scale» or «line»."""

    def find(kind, position=1):
        steps = review.reflection.version.steps
        prompt = Prompt.objects.get(step=steps.get(position=position), kind=Prompt.Kind(kind))
        return f"prompt-{prompt.pk}"

    return find


@pytest.fixture
def decided(review):
    """The review with its decision, so that the plan stands open."""
    review.decision, review.reason = "keep", "Den virker."
    review.save()
    review.decide()
    return review


@pytest.fixture
def concluded(decided):
    decided.stop, decided.responsible = "Ugerapporten", "Karen"
    decided.look_back_on = "2027-03-01"
    decided.save()
    decided.refresh_from_db()
    decided.conclude()
    return decided
