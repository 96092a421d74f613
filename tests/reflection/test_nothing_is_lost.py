"""Whatever two windows do, and whichever receipts get lost: no acknowledged word disappears unseen."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goals.forms import DecisionForm, PlanForm
from goals.models import Review
from reflection.models import Answer, Prompt
from tests.factories import make_review
from tests.reflection.form_sessions import FormSession, step_session

pytestmark = pytest.mark.django_db

# What can happen in one of two windows, to one of two fields. «write» is type and save, «lost» the
# same but the receipt never arrives, «untype» puts back what stood there when the page was loaded.
MOVES = ["write", "write", "lost", "type", "untype", "erase", "save", "reload", "overwrite"]
moves = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.sampled_from(MOVES), st.sampled_from([0, 1])),
    min_size=3,
    max_size=10,
)
explored = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Play:
    """Two windows with the same form; after each move no window has replaced what it had not seen."""

    def __init__(self, make_window, fields: list[str], choices: dict, stored):
        self.windows = [make_window(), make_window()]
        self.fields, self.choices, self.stored = fields, choices, stored
        self.shown = {}  # the clashes that each window shows
        self.numbers = count()

    def move(self, number: int, move: str, field: int):
        window, name = self.windows[number], self.fields[field]
        before = self.stored()
        if move in ("write", "lost", "type"):
            window.type(**{name: self.something(name)})
        elif move == "untype":
            window.type(**{name: window.read[name]})
        elif move == "erase" and name not in self.choices:
            window.type(**{name: ""})
        elif move == "reload":
            window.reload()
            self.shown.pop(number, None)
        elif move == "overwrite" and number in self.shown:
            self.check(number, window.overwrite(self.shown[number]))
        if move in ("write", "lost", "save"):
            self.check(number, window.save(is_received=move != "lost"), is_received=move != "lost")
        after = self.stored()
        for name in self.fields:
            if after[name] != before[name]:
                assert before[name] in window.seen[name] | {""}, f"{before[name]!r} was lost"

    def something(self, name) -> str:
        """Words that were never typed before, or the next of the field's choices."""
        number = next(self.numbers)
        choices = self.choices.get(name)
        return choices[number % len(choices)] if choices else f"tekst {number}"

    def check(self, number: int, form, *, is_received=True):
        """What a save says it has stored, is stored; an untouched field may hold the other's text."""
        window, stored = self.windows[number], self.stored()
        clashing = {clash.field for clash in form.clashes}
        for name in set(self.fields) - clashing:
            assert stored[name] == window.texts[name] or window.texts[name] == form.was(name)
        if is_received:
            self.shown.pop(number, None)
            if form.clashes:
                self.shown[number] = form


@pytest.fixture
def review():
    return make_review()


@explored
@given(moves=moves)
def test_two_windows_lose_no_answer(review, moves):
    Answer.objects.all().delete()
    step = review.reflection.version.steps.prefetch_related("prompts").get(position=1)
    fields = [f"prompt-{prompt.pk}" for prompt in step.answered_prompts]

    def stored():
        answers = {f"prompt-{answer.prompt_id}": answer.raw for answer in review.participant.answers.all()}
        return {name: answers.get(name, "") for name in fields}

    choices = {fields[0]: ["1", "2", "3", "4", "5", "unknown"]}
    play = Play(lambda: step_session(review.participant, step), fields, choices, stored)
    for move in moves:
        play.move(*move)


@pytest.mark.parametrize(
    ("form", "fields"), [(DecisionForm, ["decision", "reason"]), (PlanForm, ["stop", "look_back_on"])]
)
@explored
@given(moves=moves)
def test_two_windows_lose_no_word_of_a_decision_or_a_plan(review, form, fields, moves):
    Review.objects.update(decision="", reason="", stop="", look_back_on=None, written_by={})

    def current():
        return Review.objects.select_related("goal", "reflection").get(pk=review.pk)

    def stored():
        now = current()
        return {name: now.raw(name) for name in fields}

    choices = {
        "decision": ["keep", "adjust", "replace", "goodbye"],
        "look_back_on": [f"2027-03-{day:02}" for day in range(1, 32)],
    }
    play = Play(lambda: FormSession(lambda data: form(data, instance=current())), fields, choices, stored)
    for move in moves:
        play.move(*move)


def test_the_windows_of_these_tests_send_what_a_page_sends(page, staff_client, staff):
    review = make_review(staff.goals.create(wording="Flere skal cykle.", concerns="citizens"))
    step = review.reflection.version.steps.prefetch_related("prompts").get(position=1)
    line = f"prompt-{Prompt.objects.get(step=step, kind=Prompt.Kind.LINE).pk}"
    sent = page(f"/rum/{review.reflection.key}/trin/1/", by=staff_client)
    window = step_session(review.participant, step)
    assert sent.form().values.keys() - {"csrfmiddlewaretoken"} == window.hidden.keys() | {line}
