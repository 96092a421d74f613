"""The next look: what became of the plan first, then the old answers beside the empty fields."""

import pytest
from django.urls import reverse

from goals.models import Review
from reflection.models import Agreement, Reflection
from tests.factories import answer_everything, make_ended_review, make_goal, make_guide, make_review

pytestmark = pytest.mark.django_db

SAID = "Tallet siger ikke, om nogen fik det bedre."


@pytest.fixture
def looked(goal):
    """Malik has looked at his goal alone, and answered 2 and a line in every step."""
    look = make_review(goal, decision="keep", reason="Den virker.", change="Færre møder", stop="Ugerapporten")
    look.responsible, look.no_date_reason = "Karen", "Byrådet bestemmer"
    look.save()
    answer_everything(look.participant, 2)
    look.decide()
    look.conclude()
    return look


def address(review, name, **kwargs):
    app = "reflection" if name in {"room", "step", "answers"} else "goals"
    return reverse(f"{app}:{name}", kwargs={"key": review.reflection.key, **kwargs})


def in_a_room(goal, numbers, **chosen):
    """A look of a group that has ended: each of the numbers is what one person gave every statement."""
    chosen = {"mode": Reflection.Mode.CONFIDENTIAL, **chosen}
    look = goal.open_room(goal.owner, **chosen)
    for number in numbers:
        answer_everything(look.reflection.participants.create(name="", is_done=True), number)
    look.reflection.reveal()
    look.decision, look.reason, look.stop, look.responsible = "keep", "Den virker.", "Ugerapporten", "Karen"
    look.no_date_reason = "Byrådet bestemmer"
    look.save()
    look.decide()
    look.conclude()
    return look


# --- What became of the plan -----------------------------------------------------------------------


def test_a_new_look_begins_with_what_became_of_the_plan(page, staff, looked):
    shown = page(looked.goal.get_absolute_url(), by=staff)
    asked = shown.form("form[action$='/se-paa-maalet/']").send()
    assert asked.texts("legend") == ["Var opfølgningen til nytte?"]
    assert [hint for hint in asked.texts(".kompas-field__hint") if "Der stod" in hint] == [
        "Der stod: «Færre møder»",
        "Der stod: «Ugerapporten»",
    ]
    told = {"was_useful": "no", "change_became": "Møderne blev færre", "stop_became": "Den kom tilbage"}
    step = asked.form("form.kompas-form").send(told, button="Fortsæt")
    assert step.url.endswith("/trin/1/")
    looked.refresh_from_db()
    assert [words for _label, words in looked.what_became] == ["Nej", "Møderne blev færre", "Den kom tilbage"]


def test_it_is_not_asked_again_once_it_is_said(staff_client, looked):
    Review.objects.update(was_useful="yes")
    review = make_review(looked.goal)
    assert staff_client.get(review.get_absolute_url(), follow=True).redirect_chain[-1][0].endswith("/trin/1/")


def test_the_first_look_asks_nothing_of_the_past(staff_client, review):
    assert staff_client.get(review.get_absolute_url(), follow=True).redirect_chain[-1][0].endswith("/trin/1/")
    assert staff_client.get(address(review, "look_back"))["Location"] == review.get_absolute_url()


def test_without_an_answer_one_is_asked_and_what_is_typed_is_kept(page, staff, looked):
    form = page(address(make_review(looked.goal), "look_back"), by=staff).form("form.kompas-form")
    again = form.send({"stop_became": "Den kom tilbage"}, button="Fortsæt", status=422)
    assert again.texts(".kompas-error-summary li") == [
        "Var opfølgningen til nytte? Vælg ja, nej eller ved ikke."
    ]
    looked.refresh_from_db()
    assert looked.stop_became == "Den kom tilbage"


def test_one_may_go_on_without_saying_anything(page, staff, looked):
    form = page(address(make_review(looked.goal), "look_back"), by=staff).form("form.kompas-form")
    assert form.send(button="Spring over").url.endswith("/trin/1/")


def test_two_windows_do_not_overwrite_each_other(page, staff, looked):
    where = address(make_review(looked.goal), "look_back")
    first, second = (page(where, by=staff).form("form.kompas-form") for _window in range(2))
    first.send({"was_useful": "yes", "stop_became": "Holdt op"}, button="Fortsæt")
    clash = second.send({"was_useful": "yes", "stop_became": "Det kom tilbage"}, button="Fortsæt", status=409)
    assert "Holdt op" in clash.text
    looked.refresh_from_db()
    assert looked.stop_became == "Holdt op"


def test_whoever_leads_a_room_says_nothing_of_somebody_elses_plan(colleague_client, colleague, looked):
    review = looked.goal.open_room(looked.goal.owner, mode=Reflection.Mode.CONFIDENTIAL)
    review.reflection.participants.create(user=colleague, is_facilitator=True, is_respondent=False)
    answer = colleague_client.post(address(review, "look_back"), {"was_useful": "no", "go": "next"})
    assert answer["Location"] == review.get_absolute_url()
    looked.refresh_from_db()
    assert looked.was_useful == ""


@pytest.mark.parametrize(
    ("said", "is_hinted"),
    [(["no", "no"], True), (["no", "yes"], False), (["yes", "no"], False), (["no"], False)],
)
def test_two_times_of_no_use_are_a_hint(page, staff, goal, said, is_hinted):
    for useful in said:
        make_ended_review(goal, was_useful=useful)
    text = page(address(make_review(goal), "decision"), by=staff).text
    assert ("To gange i træk var opfølgningen ikke til nytte." in text) is is_hinted
    assert ("Vink til eftertanke, ikke en dom" in text) is is_hinted


def test_no_farewell_is_proposed_to_a_goal_set_by_law(page, staff, goal):
    goal.is_law_bound = True
    goal.save()
    for _look in range(2):
        make_ended_review(goal, was_useful="no")
    hint = page(address(make_review(goal), "decision"), by=staff).one(".kompas-notice li").text_content()
    assert hint == "To gange i træk var opfølgningen ikke til nytte. Måske kan den stoppe eller gøres om."


# --- Old answers beside the empty fields ------------------------------------------------------------


def test_own_old_answers_stand_beside_the_empty_fields(page, staff, looked):
    step = page(address(make_review(looked.goal), "step", position=2), by=staff)
    assert step.texts(".kompas-then-now__then dd") == ["2 af 5", "Ord fra deltager 2"]
    assert step.one("textarea[name^=prompt-]").text.strip() == ""


def test_the_first_look_has_nothing_beside_its_fields(page, staff, review):
    assert page(address(review, "step", position=1), by=staff).select(".kompas-then-now__then") == []


def test_a_rehearsal_was_no_look(goal):
    make_guide()
    look = in_a_room(goal, [3, 3, 3], is_rehearsal=True)
    assert look.is_concluded
    assert make_review(goal).last is None


def test_of_a_room_one_sees_what_the_room_saw(page, staff, goal):
    make_guide()
    in_a_room(goal, [1, 5, 5])
    step = page(address(make_review(goal), "step", position=1), by=staff)
    assert step.texts(".kompas-then-now__then td") == ["1", "0", "0", "0", "2", "0"]


def test_of_a_room_one_only_looked_on_at_one_sees_nothing_later(page, staff, goal):
    make_guide()
    room = in_a_room(goal, [1, 5, 5]).reflection
    room.participants.filter(user=staff).update(is_facilitator=False)
    step = page(address(make_review(goal), "step", position=1), by=staff)
    assert step.select(".kompas-then-now__then") == []


def test_of_a_room_of_two_nothing_is_seen(page, staff, goal):
    make_guide()
    in_a_room(goal, [1, 5])
    then = page(address(make_review(goal), "step", position=1), by=staff).one(".kompas-then-now__then")
    assert "Der er ingen tal at vise fra gruppen." in then.text_content()
    assert "Ord fra deltager" not in then.text_content()


def test_a_new_owner_sees_nothing_of_the_old_ones_answers(page, colleague, looked):
    looked.goal.owner = colleague
    looked.goal.save()
    step = page(address(make_review(looked.goal), "step", position=1), by=colleague)
    assert step.select(".kompas-then-now__then") == []
    assert "Ord fra deltager" not in step.text


# --- A new room opens with what the last room decided ----------------------------------------------


def opening(goal, **chosen) -> list[str]:
    room = goal.open_room(goal.owner, mode=Reflection.Mode.CONFIDENTIAL, **chosen).reflection
    return [text for _label, text in room.opening]


@pytest.mark.parametrize("mode", [Reflection.Mode.CONFIDENTIAL, Reflection.Mode.OPEN])
def test_a_new_room_reads_what_was_decided_and_the_means_of_five(goal, mode):
    make_guide(steps=1)
    in_a_room(goal, [1, 1, 1, 1, 5], mode=mode)
    shown = opening(goal)
    assert shown[0] == "Behold: Den virker."
    assert shown[-1] == "Snittet var 1,8 af 5 (5 svar)."


@pytest.mark.parametrize("mode", [Reflection.Mode.CONFIDENTIAL, Reflection.Mode.OPEN])
@pytest.mark.parametrize("numbers", [[1], [1, 5], [1, 1, 1, 5]])
def test_a_new_room_reads_no_mean_of_four_whatever_the_mode_of_the_last(goal, mode, numbers):
    make_guide(steps=1)
    in_a_room(goal, numbers, mode=mode)
    assert not [text for text in opening(goal) if "Snittet" in text]


def test_a_new_room_reads_nothing_of_somebody_who_looked_alone(looked):
    assert opening(looked.goal) == []


def test_people_from_elsewhere_read_nothing_of_a_room_of_staff(goal):
    make_guide()
    in_a_room(goal, [1] * 6)
    assert opening(goal, is_mixed=True) == []


# --- The plan becomes an agreement ------------------------------------------------------------------


def test_the_change_becomes_the_agreement(looked):
    agreed = looked.reflection.agreements.get()
    assert (agreed.what, agreed.who, agreed.due, agreed.no_date_reason) == (
        "Færre møder", "Karen", None, "Byrådet bestemmer",
    )  # fmt: skip


def test_without_a_change_it_is_what_stops(goal):
    look = make_ended_review(goal, change="")
    agreed = look.reflection.agreements.get()
    assert (agreed.what, agreed.due) == ("Jeg holder op med: Ugerapporten", look.look_back_on)
    assert all(text for _label, text in look.reflection.outcome)


def test_concluding_twice_agrees_once(looked):
    assert looked.conclude() is False
    assert looked.reflection.agreements.count() == 1


def test_a_plan_that_another_window_emptied_is_shown_again(page, staff, goal):
    review = make_review(
        goal, decision="keep", reason="Den virker.", stop="Ugerapporten", responsible="Karen"
    )
    review.decide()
    review.no_date_reason = "Byrådet"
    review.save()
    form = page(address(review, "plan"), by=staff).form("form.kompas-form")
    Review.objects.update(responsible="")
    again = form.send(button="Afslut")
    assert "Et felt er tømt i et andet vindue." in again.text
    assert not Agreement.objects.exists()
    review.refresh_from_db()
    assert not review.is_concluded


def test_a_look_at_another_goal_is_not_the_last_look(staff, looked):
    assert make_review(make_goal("Et andet", owner=staff)).last is None


def test_in_a_room_the_old_answers_stand_beside_for_those_who_were_there(page, staff, colleague, goal):
    make_guide()
    in_a_room(goal, [2, 2, 5])
    room = goal.open_room(staff, mode=Reflection.Mode.CONFIDENTIAL).reflection
    room.participants.filter(user=staff).update(is_respondent=True)
    room.participants.create(user=colleague)
    address = reverse("reflection:step", args=[room.key, 1])
    [there] = page(address, by=staff).texts(".kompas-then-now__then")
    assert "Sidst" in there
    assert "3 har svaret." in there
    assert page(address, by=colleague).texts(".kompas-then-now__then") == []
