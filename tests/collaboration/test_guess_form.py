"""A principle asks for one's own answer and for a guess; both save themselves, and no window loses words."""

import pytest
from django.urls import reverse

from reflection.forms.answers import StepForm
from reflection.models import Prompt
from tests.factories import make_round
from tests.reflection.form_sessions import FormSession
from tests.reflection.people import enter, place_of

AUTOSAVE = {"HX-Request": "true", "HX-Target": "save-status"}


@pytest.fixture
def opened(collaboration):
    return make_round(collaboration)


@pytest.fixture
def room(opened):
    return opened.reflection


@pytest.fixture
def alma(room):
    """The browser of a resident."""
    return enter(room, party=room.parties.first().pk, name="Alma", safety="4")


@pytest.fixture
def place(alma, room):
    return place_of(alma, room)


@pytest.fixture
def other(room):
    return room.parties.last()


@pytest.fixture
def scales(room) -> list[str]:
    """The names of the fields for one's own answers, step by step."""
    found = Prompt.objects.filter(step__version=room.version, kind=Prompt.Kind.SCALE)
    return [f"prompt-{pk}" for pk in found.order_by("step__position").values_list("pk", flat=True)]


@pytest.fixture
def guesses(scales, other) -> list[str]:
    return [f"{name}-about-{other.pk}" for name in scales]


@pytest.fixture
def new_window(room, place):
    """A function: a window with a step."""

    def open_one(position=1) -> FormSession:
        step = room.version.all_steps()[position - 1]
        return FormSession(lambda data: StepForm(data, participant=place, step=step))

    return open_one


def address(room, position=1) -> str:
    return reverse("reflection:step", args=[room.key, position])


def stored(place) -> list[tuple]:
    """One's own answers and guesses: number, about whom, how sure."""
    return sorted(place.answers.values_list("value", "about", "sureness"), key=str)


def test_a_guess_is_stored_beside_ones_own_answer_and_not_in_its_place(
    place, other, new_window, scales, guesses
):
    window = new_window()
    window.type(**{scales[0]: "5", guesses[0]: "2"})
    window.save()
    assert stored(place) == [(2, other.pk, None), (5, None, None)]


def test_how_sure_one_is_is_said_once_and_stands_at_every_guess(place, new_window, guesses):
    for position, name in enumerate(guesses, start=1):
        window = new_window(position)
        window.type(**{name: "2"})
        window.save()
    window = new_window(len(guesses))
    window.type(sureness="4")
    window.save()
    assert {sure for _number, _about, sure in stored(place)} == {4}
    again = new_window(1)
    again.type(**{guesses[0]: "3"})
    again.save()
    assert {sure for _number, _about, sure in stored(place)} == {4}
    assert new_window(len(guesses)).texts["sureness"] == "4"
    window.type(sureness="1")
    window.save()
    assert {sure for _number, _about, sure in stored(place)} == {1}


def test_only_the_last_step_asks_how_sure_and_it_may_be_left_out(page, room, alma, scales, guesses):
    assert page(address(room, 1), by=alma).select("[name=sureness]") == []
    last = page(address(room, 2), by=alma)
    assert len(last.select("[name=sureness]")) == 4
    page(address(room, 1), by=alma).form().send({scales[0]: "3", guesses[0]: "2"}, button="Fortsæt")
    done = last.form().send({scales[1]: "3", guesses[1]: "2"}, button="Jeg er færdig")
    assert done.texts("h1") == ["Vent på de andre"]


def test_a_guess_changed_in_two_windows_is_a_clash_that_names_the_party(place, other, new_window, guesses):
    first, second = new_window(), new_window()
    first.type(**{guesses[0]: "2"})
    first.save()
    second.type(**{guesses[0]: "4"})
    clashed = second.save()
    [clash] = clashed.clashes
    assert (clash.field, clash.theirs, clash.label) == (guesses[0], "2", f"{other.title}: Målet er klart.")
    assert stored(place)[0][0] == 2
    second.overwrite(clashed)
    assert stored(place)[0][0] == 4


def test_what_a_window_sends_twice_because_the_receipt_was_lost_is_no_clash(place, new_window, guesses):
    window = new_window()
    window.type(**{guesses[0]: "2"})
    window.save(is_received=False)
    window.type(**{guesses[0]: "3"})
    assert window.save().clashes == []
    assert stored(place)[0][0] == 3


def test_going_on_asks_for_both_and_do_not_know_is_an_answer(page, room, alma, scales, guesses, other):
    refused = page(address(room), by=alma).form().send({}, button="Fortsæt", status=422)
    missing = "Vælg et tal fra 1 til 5 eller «Ved ikke» – eller spring trinnet over."
    assert refused.texts(".kompas-error-summary a") == [
        f"Målet er klart.: {missing}",
        f"{other.title}: Målet er klart.: {missing}",
    ]
    following = refused.form().send({scales[0]: "2", guesses[0]: "unknown"}, button="Fortsæt")
    assert following.url == address(room, 2)


def unfolded(page) -> list[str]:
    return page.texts("[data-question][open] > summary")


def test_ones_own_answer_is_folded_once_it_is_given(page, room, alma, place, scales):
    first = page(address(room), by=alma)
    assert unfolded(first) == ["Dit eget svar", "Dit gæt: hvad svarer Teknik og Miljø?"]
    place.answers.create(prompt_id=scales[0].removeprefix("prompt-"), value=5)
    again = page(address(room), by=alma)
    assert [group.get("open") is not None for group in again.select("[data-question]")] == [
        False,
        True,
        False,
    ]


def test_skipping_keeps_what_was_guessed_and_goes_on(page, room, alma, place, guesses, other):
    done = page(address(room), by=alma).form().send({guesses[0]: "2"}, button="Spring over")
    assert done.url == address(room, 2)
    assert stored(place)[0][:2] == (2, other.pk)
    assert place.answers.get(about=None, prompt__kind="scale").state == "skipped"


def test_whoever_says_they_are_done_and_is_not_is_shown_what_is_missing(
    page, room, alma, place, scales, guesses
):
    last = page(address(room, 2), by=alma)
    shown = last.form().send({scales[1]: "3", guesses[1]: "2"}, button="Jeg er færdig")
    assert shown.url == reverse("reflection:answers", args=[room.key])
    place.refresh_from_db()
    assert not place.is_done


def test_autosave_answers_with_the_status_line_and_says_when_it_is_too_late(room, alma, place, guesses):
    saved = alma.post(address(room), {guesses[0]: "2"}, headers=AUTOSAVE)
    assert (saved.status_code, "Gemt" in saved.content.decode()) == (200, True)
    room.reveal()
    late = alma.post(address(room), {guesses[0]: "3"}, headers=AUTOSAVE)
    assert (late.status_code, stored(place)[0][0]) == (409, 2)


def test_one_does_not_guess_about_ones_own_party_nor_about_a_party_elsewhere(room, alma, place, scales):
    elsewhere = make_round().reflection.parties.last()
    own = room.parties.first()
    sent = {f"{scales[0]}-about-{party.pk}": "2" for party in [own, elsewhere]}
    alma.post(address(room), {**sent, "go": "skip"})
    assert not place.answers.filter(about__in=[own, elsewhere]).exists()


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
