"""Own, guess and answer compared: the numbers by another way of counting, and every edge exactly."""

import random
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reflection.blindspots import Spot, compare, pairs, party_pairs, spots, to_ask_about
from reflection.confidentiality import Values
from reflection.models import MIN_IN_ROOM, Answer, Participant, Party, Prompt, Step
from tests.factories import make_collaboration, make_collaboration_guide, make_round

THREE_PARTNERS = [("Beboerne", "citizens"), ("Barerne", "company"), ("Kommunen", "department")]
NUMBERS = st.lists(st.integers(1, 5), min_size=1, max_size=9)
SURE = st.lists(st.integers(1, 4), max_size=9)


def values(numbers, sureness=()) -> Values:
    counts = [numbers.count(number) for number in range(1, 6)]
    return Values(None, counts, 0, [list(sureness).count(number) for number in range(1, 5)])


def spot(guesses, answers, sureness=()) -> Spot:
    return Spot(None, None, None, None, None, values(guesses, sureness), values(answers))


def expected_kind(guesses, answers, sureness) -> str:
    """The brief's table in whole numbers: means are compared by multiplying out, never by dividing."""
    error = sum(guesses) * len(answers) - sum(answers) * len(guesses)  # in parts of `whole`
    whole = len(guesses) * len(answers)
    if abs(error) * 2 < whole:
        return "divided" if max(answers) - min(answers) >= 3 else "knows"
    if abs(error) * 2 < 3 * whole:
        return "close"
    if sureness and sum(sureness) * 2 >= 7 * len(sureness):
        return "sure-but-wrong"
    return "too-high" if error > 0 else "too-low"


@settings(max_examples=1000, deadline=None)
@given(NUMBERS, NUMBERS, SURE)
def test_the_result_is_what_another_way_of_counting_gives(guesses, answers, sureness):
    found = spot(guesses, answers, sureness)
    assert found.kind == expected_kind(guesses, answers, sureness)
    assert found.distance == abs(Fraction(sum(guesses), len(guesses)) - Fraction(sum(answers), len(answers)))


# --- A whole round ---------------------------------------------------------------------------------


class People(NamedTuple):
    """A round as its people answered it: by party, for each person one row per principle.

    A row is (own answer, {other party: (guess, sureness)}); None is «ved ikke».
    """

    principles: int
    parties: list[list[list[tuple]]]


@st.composite
def rounds(draw) -> People:
    """Two to four parties of none to five people, one to seven principles, everything answered at random."""
    principles, count = draw(st.integers(1, 7)), draw(st.integers(2, 4))
    dice = draw(st.randoms(use_true_random=False))
    kinds = [[dice.randint(1, 5) for _ in range(count)] for _ in range(principles)]  # where answers gather

    def one_of(principle: int, party: int) -> int | None:
        near = kinds[principle][party] + dice.choice([-2, -1, 0, 0, 0, 1, 2])
        return None if dice.random() < 0.1 else min(5, max(1, near))

    def row(principle: int, party: int) -> tuple:
        others = [other for other in range(count) if other != party]
        guesses = {other: (one_of(principle, other), dice.choice([1, 2, 3, 4, 4, 4])) for other in others}
        return one_of(principle, party), guesses

    parties = [
        [[row(principle, party) for principle in range(principles)] for _ in range(dice.randint(0, 5))]
        for party in range(count)
    ]
    return People(principles, parties)


def shown_of(people: People, parties: list[Party], prompts: list[Prompt]) -> dict:
    """The cells of the round, as confidentiality.cells gives them: nothing of fewer than three."""
    found = {}
    for party, members in enumerate(people.parties):
        for number, prompt in enumerate(prompts):
            rows = [member[number] for member in members]
            columns = {None: [(own, None) for own, _guesses in rows]}
            for other in range(len(parties)):
                if other != party:
                    columns[other] = [guesses[other] for _own, guesses in rows]
            for about, column in columns.items():
                if len(column) >= MIN_IN_ROOM:
                    key = (prompt.pk, parties[party].pk, parties[about].pk if about is not None else None)
                    found[key] = cell(column)
    return found


def cell(column: list[tuple]) -> Values:
    numbers = [number for number, _sure in column if number]
    sure = [sureness for number, sureness in column if number and sureness]
    counted = values(numbers, sure)
    return counted._replace(unknown=len(column) - len(numbers))


def recount(people: People, number: int, guesser: int, about: int) -> tuple[str, Fraction | None]:
    """Kind and distance from the people's own rows, without any of the code under test."""
    guessed = [member[number][1][about] for member in people.parties[guesser]]
    answered = [member[number][0] for member in people.parties[about]]
    if len(guessed) < 3 or len(answered) < 3:
        return "", None
    guesses = [guess for guess, _sure in guessed if guess]
    answers = [own for own in answered if own]
    if not guesses or not answers:
        return "", None
    sure = [sureness for guess, sureness in guessed if guess]
    off = abs(sum(guesses) * len(answers) - sum(answers) * len(guesses))
    return expected_kind(guesses, answers, sure), Fraction(off, len(guesses) * len(answers))


@settings(max_examples=1000, deadline=None)
@given(rounds())
def test_a_thousand_random_rounds_are_what_another_way_of_counting_gives(people):
    parties = [Party(pk=10 + n, position=n + 1, title=f"Part {n}") for n in range(len(people.parties))]
    steps = [Step(pk=100 + n, position=n + 1) for n in range(people.principles)]
    prompts = [Prompt(pk=1000 + n) for n in range(people.principles)]
    rated = list(zip(steps, prompts, strict=True))
    found = compare(rated, parties, shown_of(people, parties, prompts))
    got = {
        (one.step.position - 1, one.guesser.position - 1, one.about.position - 1): (one.kind, one.distance)
        for one in found
    }
    pairs_of_parties = list(permutations(range(len(parties)), 2))
    expected = {
        (number, *pair): recount(people, number, *pair)
        for number in range(people.principles)
        for pair in pairs_of_parties
    }
    assert (len(found), got) == (len(expected), expected)
    distances = [-1 if one.distance is None else one.distance for one in found]
    assert distances == sorted(distances, reverse=True)


# --- Edges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guesses", "answers", "sureness", "kind"),
    [
        ([3, 3, 3, 4], [3], [], "knows"),  # 0.25
        ([3, 3, 4], [3], [], "knows"),  # 0.33
        ([3, 4], [3], [], "close"),  # 0.5
        ([4, 4, 5, 5, 4], [3, 3, 3], [], "close"),  # 1.4
        ([4, 5, 4, 5, 4, 5, 4, 5, 4], [3], [], "close"),  # 1.44, which one decimal rounds to 1.4
        ([5, 4, 4, 5, 5, 4, 4], [3], [4], "close"),  # 1.43
        ([4, 5], [3], [], "too-high"),  # 1.5
        ([3], [4, 5], [], "too-low"),  # −1.5
        ([4, 5], [3], [3, 4], "sure-but-wrong"),  # 1.5, and 3.5 sure
        ([3], [4, 5], [3, 4], "sure-but-wrong"),
        ([4, 5], [3], [3, 3, 4, 4, 3], "too-high"),  # 3.4 sure
        ([4, 4], [3], [4, 4], "close"),  # sure, and 1 beside the mark
        ([3], [2, 4], [], "knows"),  # reach 2
        ([3], [2, 3, 5], [], "divided"),  # reach 3, distance 0.33
        ([3], [2, 5], [], "close"),  # reach 3, distance 0.5: beside the mark comes first
        ([3], [1, 5], [4], "divided"),
    ],
)
def test_the_edges_are_exact(guesses, answers, sureness, kind):
    assert spot(guesses, answers, sureness).kind == kind


def test_thirds_that_a_decimal_number_cannot_hold_are_exact():
    assert spot([5, 5, 4, 4, 4, 5], [3]).kind == "too-high"  # 27/6 − 3 is 1.5 and nothing else
    assert spot([1, 2, 2], [1, 1, 1, 1, 1, 2]).kind == "close"  # 5/3 − 7/6 is 1/2


def test_without_a_number_there_is_no_result():
    nobody_knows = Values(None, [0] * 5, 3, [0] * 4)
    assert Spot(None, None, None, None, None, nobody_knows, values([3])).kind == ""
    assert Spot(None, None, None, None, None, None, values([3])).distance is None


# --- From what people answer ---------------------------------------------------------------------


def answer_at_random(place, prompts, others, dice) -> list[Answer]:
    def one(prompt, **fields):
        return Answer(participant=place, prompt=prompt, **prompt.content(str(dice.randint(1, 5))), **fields)

    own = [one(prompt) for prompt in prompts]
    guessed = [
        one(prompt, about=other, sureness=dice.randint(1, 4)) for prompt in prompts for other in others
    ]
    return own + guessed


def recounted(room, prompt, guesser, about) -> str:
    """The result of one guess, counted from the answers themselves."""
    own = Answer.objects.filter(prompt=prompt, participant__reflection=room)
    guesses = own.filter(participant__party=guesser, about=about)
    answers = own.filter(participant__party=about, about=None).values_list("value", flat=True)
    return expected_kind(
        list(guesses.values_list("value", flat=True)),
        list(answers),
        list(guesses.values_list("sureness", flat=True)),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_round_of_many_principles_and_three_parties_is_counted_right(db, seed):
    dice = random.Random(seed)  # noqa: S311 – nobody guesses these
    make_collaboration_guide(steps=20)
    opened = make_round(make_collaboration(partners=THREE_PARTNERS))
    room, parties = opened.reflection, list(opened.reflection.parties.all())
    prompts = list(Prompt.objects.filter(step__version=room.version, kind="scale"))
    for party in parties:
        others = [other for other in parties if other != party]
        for _ in range(dice.randint(3, 6)):
            place = Participant.objects.create(reflection=room, party=party)
            Answer.objects.bulk_create(answer_at_random(place, prompts, others, dice))
    room.reveal()
    found = spots(room)
    assert len(found) == 20 * 3 * 2
    assert [one.kind for one in found] == [
        recounted(room, one.statement, one.guesser, one.about) for one in found
    ]
    distances = [one.distance for one in found]
    assert distances == sorted(distances, reverse=True)


def test_the_words_of_a_result_stand_in_the_guide(db):
    opened = make_round(sides=[[(3, 5, 4)] * 3, [(2, 3, 1)] * 3])
    opened.reflection.reveal()
    first, *_, last = spots(opened.reflection)
    assert (first.guesser.title, first.title) == ("Beboerne", "Sikker, men ved siden af")
    assert first.text == "Det sker for alle. Det er netop her, man glemmer at spørge."
    assert (last.guesser.title, last.title) == ("Teknik og Miljø", "I kender hinanden her")


def test_one_asks_about_the_two_principles_with_the_largest_distance(db):
    make_collaboration_guide(steps=3)
    opened = make_round(sides=[[(3, 4, 1)] * 3, [(3, 5, 1)] * 3])
    room = opened.reflection
    second = room.version.steps.get(position=2)
    Answer.objects.filter(prompt__step=second, participant__party__position=2, about=None).update(value=1)
    room.reveal()
    chosen = [(one.step.position, one.guesser.position, one.distance) for one in to_ask_about(spots(room))]
    assert chosen == [(2, 1, 3), (1, 2, 2)]


def test_with_three_parties_each_two_of_them_are_compared(db):
    opened = make_round(make_collaboration(partners=THREE_PARTNERS), sides=[[(3, 4, 2)] * 3] * 3)
    room = opened.reflection
    room.reveal()
    assert [(one.title, other.title) for one, other in party_pairs(room)] == [
        ("Beboerne", "Barerne"), ("Beboerne", "Kommunen"), ("Barerne", "Kommunen"),
    ]  # fmt: skip
    beboerne, _, kommunen = room.parties.all()
    for pair in pairs(spots(room), beboerne, kommunen):
        sides = [(one.guesser.title, one.about.title) for one in pair.spots]
        assert sides == [("Beboerne", "Kommunen"), ("Kommunen", "Beboerne")]
