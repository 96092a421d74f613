"""The page of guesses saves itself: a number and its sureness are one answer, and no window loses words."""

import pytest
from django.urls import reverse

from collaboration.blindspots import statements
from collaboration.forms import GuessForm
from reflection.models import Answer
from tests.collaboration.people import address
from tests.factories import make_round
from tests.reflection.form_sessions import FormSession
from tests.reflection.people import enter, place_of

AUTOSAVE = {"HX-Request": "true", "HX-Target": "save-status"}


@pytest.fixture
def opened(collaboration):
    return make_round(collaboration)


@pytest.fixture
def alma(opened):
    """The browser of a resident."""
    return enter(opened.reflection, party=opened.reflection.parties.first().pk, name="Alma")


@pytest.fixture
def other(opened):
    return opened.reflection.parties.last()


@pytest.fixture
def names(opened) -> list[str]:
    return [f"prompt-{statement.pk}" for _step, statement in statements(opened.reflection)]


@pytest.fixture
def new_window(opened, alma, other):
    """A function: a window with the page of guesses."""
    prompts = [statement for _step, statement in statements(opened.reflection)]
    place = place_of(alma, opened.reflection)

    def open_one() -> FormSession:
        return FormSession(lambda data: GuessForm(data, participant=place, prompts=prompts, about=other))

    return open_one


def stored(name) -> tuple:
    answer = Answer.objects.exclude(about=None).get(prompt=name.removeprefix("prompt-"))
    return answer.raw, answer.sureness


def test_a_guess_is_stored_beside_ones_own_answer_and_not_in_its_place(
    opened, alma, other, new_window, names
):
    place = place_of(alma, opened.reflection)
    place.answers.create(prompt_id=names[0].removeprefix("prompt-"), value=5)
    window = new_window()
    window.type(**{names[0]: "2", f"{names[0]}-sure": "4"})
    window.save()
    assert sorted(place.answers.values_list("value", "about", "sureness")) == [
        (2, other.pk, 4),
        (5, None, None),
    ]


def test_sureness_alone_is_kept_until_the_number_comes(new_window, names):
    window = new_window()
    window.type(**{f"{names[0]}-sure": "3"})
    window.save()
    assert stored(names[0]) == ("", 3)
    again = new_window()
    assert again.texts[f"{names[0]}-sure"] == "3"
    again.type(**{names[0]: "4"})
    assert again.save().clashes == []
    assert stored(names[0]) == ("4", 3)


def test_a_window_that_touched_nothing_does_not_take_sureness_away(new_window, names):
    old = new_window()
    new = new_window()
    new.type(**{names[0]: "2", f"{names[0]}-sure": "4"})
    new.save()
    assert old.save().clashes == []
    assert stored(names[0]) == ("2", 4)


def test_a_sureness_changed_in_two_windows_is_a_clash_that_is_shown(new_window, names):
    first, second = new_window(), new_window()
    first.type(**{names[0]: "2", f"{names[0]}-sure": "4"})
    first.save()
    second.type(**{names[0]: "2", f"{names[0]}-sure": "1"})
    clashed = second.save()
    assert [(clash.field, clash.theirs) for clash in clashed.clashes] == [(names[0], "2 · Helt sikker")]
    assert stored(names[0]) == ("2", 4)
    second.overwrite(clashed)
    assert stored(names[0]) == ("2", 1)


def test_what_a_window_sends_twice_because_the_receipt_was_lost_is_no_clash(new_window, names):
    window = new_window()
    window.type(**{names[0]: "2", f"{names[0]}-sure": "4"})
    window.save(is_received=False)
    window.type(**{f"{names[0]}-sure": "3"})
    assert window.save().clashes == []
    assert stored(names[0]) == ("2", 3)


def test_a_number_asks_how_sure_one_is_and_do_not_know_does_not(page, opened, alma, names):
    guessing = page(address("guess", opened.reflection, position=2), by=alma)
    said = {names[0]: "2", names[1]: "unknown"}
    refused = guessing.form().send(said, button="Fortsæt", status=422)
    assert refused.texts(".kompas-error-summary a") == [
        "Hvor sikker er du på dit gæt?: Vælg, hvor sikker du er på dit gæt."
    ]
    done = refused.form().send({**said, f"{names[0]}-sure": "1"}, button="Fortsæt")
    assert done.url == reverse("reflection:answers", args=[opened.reflection.key])
    assert "Dit gæt: Teknik og Miljø" in done.texts("h2")
    assert "2 af 5 (Slet ikke)" in done.texts("dd")


def test_skipping_keeps_what_was_guessed_and_goes_on(page, opened, alma, names):
    guessing = page(address("guess", opened.reflection, position=2), by=alma)
    done = guessing.form().send({names[0]: "2"}, button="Spring resten over")
    assert done.url == reverse("reflection:answers", args=[opened.reflection.key])
    assert stored(names[0]) == ("2", None)
    assert Answer.objects.get(prompt=names[1].removeprefix("prompt-")).state == "skipped"


def test_going_back_leads_to_ones_own_last_answer(page, opened, alma):
    guessing = page(address("guess", opened.reflection, position=2), by=alma)
    assert guessing.form().send(button="Tilbage").url == reverse(
        "reflection:step", args=[opened.reflection.key, 2]
    )


def test_autosave_answers_with_the_status_line_and_says_when_it_is_too_late(opened, alma, names):
    url = address("guess", opened.reflection, position=2)
    saved = alma.post(url, {names[0]: "2"}, headers=AUTOSAVE)
    assert (saved.status_code, "Gemt" in saved.content.decode()) == (200, True)
    opened.reflection.reveal()
    late = alma.post(url, {names[0]: "3"}, headers=AUTOSAVE)
    assert (late.status_code, stored(names[0])) == (409, ("2", None))


def test_one_does_not_guess_about_ones_own_party(opened, alma):
    assert alma.get(address("guess", opened.reflection, position=1)).status_code == 404


def test_a_paper_holds_guesses_about_the_others_only(page, staff, opened):
    room = opened.reflection
    own, other = room.parties.all()
    typing = page(reverse("reflection:paper", args=[room.key]), by=staff)
    guesses = {
        name: "4" for name in typing.form().names if name.startswith("about-") and not name.endswith("-sure")
    }
    assert len(guesses) == 2 * 2
    sureness = {f"{name}-sure": "3" for name in guesses}
    typing.form().send({"party": own.pk, **guesses, **sureness}, button="Gem papirsvaret")
    written = room.participants.get(is_paper=True).answers
    assert set(written.values_list("about", "value", "sureness")) == {(other.pk, 4, 3)}
