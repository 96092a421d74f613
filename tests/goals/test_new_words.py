"""What is adjusted or replaced gets new words; the old ones stay in the goal's history."""

import pytest
from django.urls import reverse

from goals.compass import goals_of
from goals.models import Decision
from reflection.models import Agreement
from tests.factories import PLANNED, answer_everything, make_guide, make_review

pytestmark = pytest.mark.django_db

BEFORE = "Flere skal cykle til arbejde."
AFTER = "Hver tredje skal have prøvet at cykle til arbejde."
NEXT = "Beslut, og lav en plan"


@pytest.fixture
def review(staff, goal):
    return make_review(goal)


def decision(review) -> str:
    return reverse("goals:decision", args=[review.reflection.key])


def decide(review, choice="adjust", wording=AFTER):
    review.decision, review.reason, review.new_wording = choice, "Tallet driller.", wording
    for name, value in PLANNED.items():
        setattr(review, name, value)
    review.save()
    review.decide()


@pytest.mark.parametrize("choice", ["adjust", "replace"])
def test_the_words_are_asked_for_and_begin_with_the_old_ones(page, staff, review, choice):
    form = page(decision(review), by=staff).form()
    assert [text.strip() for text in form.values["new_wording"]] == [BEFORE]
    assert "kan udelades" not in form.page.one("label[for=id_new_wording]").text
    plan = form.send({"decision": choice, "reason": "Tallet driller.", "new_wording": AFTER}, button=NEXT)
    assert plan.url == reverse("goals:plan", args=[review.reflection.key])


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        (BEFORE, "Ordene er de samme som før. Ret dem, eller vælg «Behold»."),
        (f"  {BEFORE}\n", "Ordene er de samme som før. Ret dem, eller vælg «Behold»."),
        ("", "Skriv målet, som det skal lyde nu."),
    ],
)
@pytest.mark.parametrize("choice", ["adjust", "replace"])
def test_without_new_words_nothing_is_decided_and_nothing_typed_is_lost(
    page, staff, review, choice, wording, said
):
    sent = {"decision": choice, "reason": "Tallet driller.", "dissent": "Karen er uenig."}
    answer = (
        page(decision(review), by=staff).form().send(sent | {"new_wording": wording}, button=NEXT, status=422)
    )
    assert answer.texts(".kompas-error-summary a") == [f"Målets nye ordlyd: {said}"]
    review.refresh_from_db()
    assert review.decided_at is None
    again = answer.form().values
    assert {name: again[name][0].strip() for name in sent} == sent


def test_words_that_are_too_long_come_back_with_every_letter(page, staff, review):
    long = "Flere skal cykle. " * 60
    sent = {"decision": "adjust", "reason": "Tallet driller.", "new_wording": long}
    answer = page(decision(review), by=staff).form().send(sent, button=NEXT, status=422)
    assert answer.one("textarea[name=new_wording]").text.strip() == long.strip()
    assert answer.one("[name=reason]").text.strip() == "Tallet driller."


@pytest.mark.parametrize("choice", [choice for choice in Decision.usual() if not choice.is_of_words])
def test_whoever_keeps_the_goal_or_says_goodbye_is_asked_for_no_words(page, staff, review, choice):
    form = page(decision(review), by=staff).form()
    plan = form.send({"decision": choice, "reason": "Den virker.", "new_wording": ""}, button=NEXT)
    assert plan.url == reverse("goals:plan", args=[review.reflection.key])


@pytest.mark.parametrize("choice", ["adjust", "replace"])
def test_at_the_end_the_goal_has_its_new_words_and_keeps_the_old(page, staff, review, choice):
    decide(review, choice)
    assert review.conclude()
    shown = page(review.goal.get_absolute_url(), by=staff)
    assert shown.texts("blockquote") == [AFTER]
    assert BEFORE in shown.texts(".kompas-card__text")
    review.goal.refresh_from_db()
    assert [past.text for past in review.goal.past_wordings.all()] == [BEFORE]
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize("choice", ["keep", "goodbye"])
def test_another_decision_changes_no_word(review, choice):
    decide(review, choice)
    assert review.conclude()
    review.goal.refresh_from_db()
    assert (review.goal.wording, review.goal.past_wordings.count()) == (BEFORE, 0)


def test_what_is_read_afterwards_tells_both(page, staff, review):
    decide(review)
    review.conclude()
    printout = page(reverse("goals:printout", args=[review.reflection.key]), by=staff)
    assert printout.texts("blockquote") == [BEFORE, AFTER]


def test_a_group_reads_the_new_words_in_its_minutes(goal):
    make_guide()
    review = goal.open_room(goal.owner, mode="confidential")
    for number in range(3):
        answer_everything(review.reflection.participants.create(), number + 1)
    review.reflection.reveal()
    decide(review)
    assert review.conclude()
    assert ["Målet lyder nu", AFTER] in review.reflection.outcome
    goal.refresh_from_db()
    assert goal.wording == AFTER


def test_words_that_changed_meanwhile_are_kept_as_well(staff_client, review):
    """The owner edits the goal in another window while the look is under way."""
    decide(review)
    changed = {"wording": "Noget helt tredje.", "concerns": "citizens", "seen_version": review.goal.version}
    staff_client.post(reverse("goals:edit", args=[review.goal.key]), changed)
    review.refresh_from_db()
    assert review.new_wording == AFTER
    review.conclude()
    review.goal.refresh_from_db()
    assert review.goal.wording == AFTER
    assert [past.text for past in review.goal.past_wordings.all()] == ["Noget helt tredje.", BEFORE]


def test_a_look_that_has_written_no_new_words_begins_with_those_that_stand_now(staff_client, review):
    changed = {"wording": AFTER, "concerns": "citizens", "seen_version": review.goal.version}
    staff_client.post(reverse("goals:edit", args=[review.goal.key]), changed)
    review.refresh_from_db()
    assert review.new_wording == AFTER


def test_whoever_edits_the_goal_meanwhile_is_shown_the_new_words(page, staff, review):
    form = page(reverse("goals:edit", args=[review.goal.key]), by=staff).form()
    decide(review)
    review.conclude()
    clash = form.send({"wording": "Min rettelse"}, status=409)
    assert clash.texts(".kompas-notice dd") == [AFTER]


def test_another_window_that_empties_the_words_leads_back_to_the_decision(staff_client, review):
    decide(review, wording=BEFORE)
    answer = staff_client.get(reverse("goals:plan", args=[review.reflection.key]))
    assert answer["Location"] == decision(review)


def test_my_data_holds_the_words_i_decided_on(review):
    decide(review)
    [goal] = goals_of(review.goal.owner)
    assert goal["reviews"][0]["new_wording"] == AFTER
