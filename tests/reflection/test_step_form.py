"""The form of a step: what it asks for, what it takes as it is, and what it says to two windows."""

import pytest
from django.urls import reverse

from reflection.forms.answers import LONGEST_LINE, StepForm
from reflection.models import Answer, Prompt
from tests.factories import make_review, make_room, make_user
from tests.reflection.form_sessions import step_session
from tests.reflection.people import seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return make_review()


@pytest.fixture
def step(review):
    return review.reflection.version.steps.get(position=1)


@pytest.fixture
def scale(step):
    return f"prompt-{step.prompts.get(kind=Prompt.Kind.SCALE).pk}"


@pytest.fixture
def line(step):
    return f"prompt-{step.prompts.get(kind=Prompt.Kind.LINE).pk}"


@pytest.fixture
def make_form(review, step):
    def make(data=None):
        return StepForm(data, participant=review.participant, step=step)

    return make


@pytest.fixture
def open_window(review, step):
    return lambda: step_session(review.participant, step)


def stored() -> list[str]:
    return [answer.raw for answer in Answer.objects.order_by("prompt_id")]


# --- What it asks for ----------------------------------------------------------------------------


def test_there_is_a_field_for_each_prompt_that_is_answered(make_form, scale, line):
    assert list(make_form().fields) == [scale, line]


def test_going_on_needs_the_number(make_form, scale):
    assert make_form({}).errors == {
        scale: ["Vælg et tal fra 1 til 5 eller «Ved ikke» – eller spring trinnet over."]
    }


@pytest.mark.parametrize("number", ["0", "6", "4.5", "fire", "4 4"])
def test_a_number_outside_the_scale_is_refused_in_words(make_form, scale, number):
    assert make_form({scale: number}).errors == {scale: ["Vælg et tal fra 1 til 5 eller «Ved ikke»."]}


def test_autosave_asks_for_nothing(make_form):
    form = make_form({})
    form.relax()
    assert form.errors == {}


@pytest.mark.parametrize("text", ["Hun hedder 010190-1234.", "0101901234", "Se 311299 4321 i sagen"])
def test_what_looks_like_a_cpr_number_is_noticed(make_form, line, text):
    form = make_form({line: text})
    form.full_clean()
    assert form.has_cpr


@pytest.mark.parametrize(
    "text", ["Ring 8940 2000", "321390-1234", "011390-1234", "2010190-1234", "010190-12345", "95 af 100"]
)
def test_other_numbers_are_left_alone(make_form, line, text):
    form = make_form({line: text})
    form.full_clean()
    assert not form.has_cpr


def test_somebody_who_writes_a_cpr_number_is_told_and_loses_nothing(review, page, scale, line):
    address = reverse("reflection:step", args=[review.reflection.key, 1])
    sent = {scale: "3", line: "Det handler om 010190-1234"}
    status = page(address, by=review.goal.owner, post=sent, part="save-status")
    assert "ligner et CPR-nummer" in status.text
    after = page(address, by=review.goal.owner, post=sent)
    assert "ligner et CPR-nummer" in after.text
    assert stored() == ["3", sent[line]]


def test_in_a_room_nobody_else_is_told_of_a_cpr_number(page, caplog):
    leader = make_user("Malik Medarbejder")
    room = make_room(leader=leader)
    writer, other = (seat(room.participants.create(safety=4)) for _ in range(2))
    step = reverse("reflection:step", args=[room.key, 1])
    scale, line = (f"prompt-{prompt.pk}" for prompt in room.version.steps.first().answered_prompts)
    sent = {scale: "3", line: "Det handler om 010190-1234"}
    assert "ligner et CPR-nummer" in page(step, by=writer, post=sent, part="save-status").text
    assert "ligner et CPR-nummer" in page(step, by=writer, post=sent).text
    others = [page(step, by=other), page(reverse("reflection:lead", args=[room.key]), by=leader)]
    for text in [*(other.html for other in others), caplog.text]:
        assert "010190" not in text
        assert "CPR-nummer" not in text


def test_the_line_may_be_as_long_as_a_page_and_not_longer(make_form, scale, line):
    assert make_form({scale: "3", line: "x" * LONGEST_LINE}).is_valid()
    assert make_form({scale: "3", line: "x" * (LONGEST_LINE + 1)}).errors == {
        line: ["Denne værdi må højst have 2000 tegn (den har 2001)."]
    }


def test_what_is_valid_is_saved_although_another_field_is_not(make_form, scale, line):
    form = make_form({scale: "3", line: "x" * (LONGEST_LINE + 1)})
    assert not form.is_valid()
    assert form.save()
    assert stored() == ["3"]


def test_line_ends_are_one_sign_and_edges_are_cut(open_window, line):
    window = open_window()
    window.type(**{line: "  Cyklen\r\nog bussen \n"})
    window.save()
    assert stored() == ["Cyklen\nog bussen"]


def test_a_page_sent_again_with_the_browsers_line_ends_is_the_same_text(open_window, line):
    window = open_window()
    window.type(**{line: "Cyklen\r\nog bussen"})
    window.save()
    window.hidden[f"{line}-was"] = "Cyklen\r\nog bussen"
    assert window.save().clashes == []
    assert Answer.objects.get().version == 1


# --- What it does not listen to ------------------------------------------------------------------


def test_an_answer_to_another_steps_prompt_is_not_taken(make_form, review, scale):
    other = Prompt.objects.get(
        step__version=review.reflection.version, step__position=2, kind=Prompt.Kind.LINE
    )
    question = Prompt.objects.filter(step__position=1).get(kind=Prompt.Kind.QUESTION)
    form = make_form({scale: "3", f"prompt-{other.pk}": "fremmed", f"prompt-{question.pk}": "x"})
    assert form.is_valid()
    form.save()
    assert stored() == ["3"]


@pytest.mark.parametrize("garbage", ["", "-1", "1.0", "x", "²", "٣", "9" * 30, "\x00"])
def test_a_version_that_is_no_number_counts_as_none(open_window, scale, garbage):
    first, second = open_window(), open_window()
    first.type(**{scale: "2"})
    first.save()
    second.type(**{scale: "5"})
    second.hidden[f"{scale}-version"] = garbage
    assert [clash.theirs for clash in second.save().clashes] == ["2"]
    assert stored() == ["2"]


@pytest.mark.parametrize("garbage", ["", "x", "\x00" * 22, "æ" * 22, "a" * 23, " " * 22])
def test_a_page_without_a_proper_name_gets_one(make_form, scale, garbage):
    form = make_form({scale: "3", "page": garbage})
    assert len(form.page) == 22
    assert form.page != garbage
    assert form.is_valid()
    assert form.save()


def test_every_page_has_its_own_name(make_form):
    assert make_form().page != make_form().page


@pytest.mark.parametrize("garbage", ["", ":", "prompt-0:1", "x:y:z", "reason", "\x00:1"])
def test_a_button_that_overwrites_nothing_overwrites_nothing(open_window, line, garbage):
    first, second = open_window(), open_window()
    first.type(**{line: "Cyklen"})
    first.save()
    second.type(**{line: "Bussen"})
    assert [clash.theirs for clash in second.save(overwrite=garbage).clashes] == ["Cyklen"]
    assert stored() == ["Cyklen"]


# --- Two windows ---------------------------------------------------------------------------------


def test_the_clash_names_the_field_and_offers_the_other_text(open_window, line):
    first, second = open_window(), open_window()
    first.type(**{line: "Cyklen"})
    first.save()
    second.type(**{line: "Bussen"})
    (clash,) = second.save().clashes
    assert (clash.field, clash.label, clash.theirs) == (line, "Skriv én linje.", "Cyklen")
    assert stored() == ["Cyklen"]


def test_save_my_text_instead_replaces_what_was_shown(open_window, line):
    first, second = open_window(), open_window()
    first.type(**{line: "Cyklen"})
    first.save()
    second.type(**{line: "Bussen"})
    assert second.overwrite(second.save()).clashes == []
    assert stored() == ["Bussen"]


def test_save_my_text_instead_never_replaces_a_third_text_nobody_showed(open_window, line):
    first, second = open_window(), open_window()
    first.type(**{line: "Cyklen"})
    first.save()
    second.type(**{line: "Bussen"})
    shown = second.save()
    first.type(**{line: "Toget"})
    first.save()
    assert [clash.theirs for clash in second.overwrite(shown).clashes] == ["Toget"]
    assert stored() == ["Toget"]


def test_a_clash_stays_a_clash_until_somebody_chooses(open_window, line):
    first, second = open_window(), open_window()
    first.type(**{line: "Cyklen"})
    first.save()
    second.type(**{line: "Bussen"})
    second.save()
    second.type(**{line: "Bussen kører"})
    assert [clash.theirs for clash in second.save().clashes] == ["Cyklen"]
    assert stored() == ["Cyklen"]


def test_the_other_field_is_saved_although_one_clashes(open_window, scale, line):
    first, second = open_window(), open_window()
    first.type(**{line: "Cyklen"})
    first.save()
    second.type(**{scale: "5", line: "Bussen"})
    second.save()
    assert stored() == ["5", "Cyklen"]


def test_two_windows_that_answer_each_their_field_never_meet(open_window, scale, line):
    first, second = open_window(), open_window()
    first.type(**{scale: "4"})
    first.save()
    for text in ["B", "Bu", "Bussen"]:
        second.type(**{line: text})
        assert second.save().clashes == []
    assert stored() == ["4", "Bussen"]


def test_a_field_that_could_not_be_saved_knows_no_more_than_before(open_window, line):
    first, second = open_window(), open_window()
    first.type(**{line: "Cyklen"})
    first.save()
    second.type(**{line: "x" * (LONGEST_LINE + 1)})
    second.save()
    second.type(**{line: "Bussen"})
    assert [clash.theirs for clash in second.save().clashes] == ["Cyklen"]
    assert stored() == ["Cyklen"]
