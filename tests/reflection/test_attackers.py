"""Attackers who keep whatever they were ever shown, and what they know themselves, and subtract.

The facilitator types papers in, and knows them; takes a reveal back and makes another as often as they like.
Somebody who was not in the room reads what leaves it. What they were shown is compared with a book that the
test keeps of who had said what, and not with the code that decides.
"""

from collections import Counter
from itertools import product
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reflection.confidentiality import MIN_OUTSIDE, board, cells
from reflection.models import MIN_IN_ROOM, Prompt, Reflection
from tests.factories import make_guide, make_room, make_user
from tests.reflection.people import add, answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db):
    make_guide(steps=1)
    return make_room(leader=make_user())


# --- Random attacks --------------------------------------------------------------------------------


class Said(NamedTuple):
    """What one person says of one thing; `number` tells it from what they said before."""

    person: int
    number: int
    is_paper: bool


class View(NamedTuple):
    what: tuple  # what was shown
    whose: frozenset[Said]
    on_paper_alone: bool  # nobody of the party answered on a screen


class Book:
    """A room in which people act at random, who has said what in it, and all that it ever showed."""

    def __init__(self, room, parties: int):
        self.room = room
        self.parties = [room.parties.create(position=n, title=f"Part {n}") for n in range(parties)] or [None]
        steps = room.version.steps.prefetch_related("prompts")
        self.prompts = [prompt for step in steps for prompt in step.answered_prompts]
        self.scales = [prompt for prompt in self.prompts if prompt.kind == Prompt.Kind.SCALE]
        self.people = []
        self.said = {}  # (person, prompt, about) → (Said, raw)
        self.sure = {}  # the same → (Said, sureness)
        self.raws = {}  # person → all that they say
        self.out = {}  # who was put out → the cells that had shown their answers by then
        self.number = 0
        self.shown, self.shown_sure, self.left = {}, {}, {}  # cell → views; `left`: what left the room

    def act(self, name, *said):
        getattr(self, name)(*said)
        self.look()

    # What people do

    def come(self, party, raws, copies=1, *, is_paper=False):
        for _copy in range(copies if self.room.is_collecting and len(self.people) < 14 else 0):
            party_of = self.parties[party % len(self.parties)]
            self.people.append(self.room.participants.create(party=party_of, is_paper=is_paper))
            self.answer(self.people[-1], raws)

    def paper(self, party, raws, copies):
        self.come(party, raws, copies, is_paper=True)

    def change(self, chosen, raws):
        for person in self.some(chosen):
            if not person.is_paper:
                self.answer(person, raws)

    def withdraw(self, chosen):
        for person in self.some(chosen):
            if person.withdraw():
                self.forget(person)

    def put_out(self, chosen):
        for person in self.some(chosen):
            if person.put_out():
                self.out[person] = self.cells_with(person)

    def let_in(self, chosen):
        for person in self.some(chosen, out=True):
            if person.let_in_again():
                del self.out[person]

    def show_without(self, chosen):
        """As who leads may try: put some out, look, and let them in again."""
        self.back()
        self.put_out(chosen)
        self.reveal()
        self.look()
        self.back()
        self.let_in(chosen)
        self.reveal()

    def leave(self, chosen):
        """The account goes, and with it the place."""
        for person in self.some(chosen):
            self.forget(person)
            self.people.remove(person)
            person.delete()

    def some(self, chosen, *, out=False) -> list:
        """Who was put out can do nothing but be let in again."""
        people = self.people if self.room.is_collecting else []
        chosen = [person for number, person in enumerate(people) if number in chosen]
        return [person for person in chosen if (person in self.out) == out]

    def cells_with(self, person) -> set[tuple]:
        shown = self.room.snapshots.filter(members__has_key=str(person.pk))
        return set(shown.values_list("prompt", "party", "about"))

    def reveal(self):
        self.room.reveal()

    def back(self):
        self.room.collect_again()

    def again(self, chosen, raws):
        self.back()
        self.change(chosen, raws)
        self.reveal()

    def be_sure(self, chosen, sureness):
        """Some say how sure they are, or that no more, and nothing else is changed."""
        self.back()
        for person in self.some(chosen):
            if not person.is_paper:
                self.answer(person, (*self.raws[person][:2], sureness))
        self.reveal()

    def waver(self, chosen, guessed):
        """All of them guess something else, and one no longer says how sure they are."""
        self.back()
        for number, person in enumerate(self.some(chosen)):
            numbers, _guessed, sureness = self.raws[person]
            if not person.is_paper:
                self.answer(person, (numbers, guessed, sureness if number else None))
        self.reveal()

    def conclude(self):
        self.room.conclude()

    # What is written down

    def answer(self, person, raws):
        """Each statement gets a number, or nothing; the other party a guess, with how sure or without."""
        self.raws[person] = raws
        numbers, guessed, sureness = raws
        self.forget(person)
        person.answers.all().delete()
        others = [party for party in self.parties if party and party != person.party]
        for prompt, raw in zip(self.prompts, [*numbers, *numbers], strict=False):
            self.write(person, prompt, None, raw if prompt in self.scales or not raw else f"ord {raw}", None)
        for about, prompt in product(others, self.scales):
            self.write(person, prompt, about, guessed, sureness)

    def write(self, person, prompt, about, raw, sureness):
        if not raw:
            return
        person.answers.create(prompt=prompt, about=about, sureness=sureness, **prompt.content(raw))
        key = (person, prompt.pk, about and about.pk)
        self.said[key] = self.as_before(self.said_before.get(key), person, raw)
        if sureness and raw != "unknown":
            self.sure[key] = self.as_before(self.sure_before.get(key), person, sureness)

    def as_before(self, before, person, raw):
        """Who says the same as before has said nothing new."""
        if before and before[1] == raw:
            return before
        self.number += 1
        return Said(person.pk, self.number, person.is_paper), raw

    def forget(self, person):
        self.said_before = {key: said for key, said in self.said.items() if key[0] == person}
        self.sure_before = {key: said for key, said in self.sure.items() if key[0] == person}
        for book in [self.said, self.sure]:
            for key in [key for key in book if key[0] == person]:
                del book[key]

    # What is shown

    def look(self):
        for cell, values in cells(self.room).items():
            whose, counted = self.of(self.said, cell)
            self.see(self.shown, cell, (*values.counts, values.unknown), whose, counted_as(counted))
            whose, counted = self.of(self.sure, cell)
            sure = Counter(counted)
            self.see(self.shown_sure, cell, tuple(values.sureness), whose, [sure[n] for n in range(1, 5)])
        for cell, values in cells(self.room, is_outside=True).items():
            assert self.room.is_concluded
            assert values.names == {}
            assert sum(values.sureness) not in range(1, MIN_OUTSIDE)
            self.left.setdefault(cell, []).append((values.total, values))

    def see(self, views, cell, what, whose, expected):
        """Remember it where it is something new; it is then what people say now, and nothing else."""
        before = views.setdefault(cell, [])
        if not any(what) or (before and before[-1].what == what):
            return
        assert list(what) == list(expected)
        party = cell[1]
        inside = [person for person in self.people if person not in self.out]
        on_screen = [person for person in inside if not person.is_paper and person.party_id == party]
        before.append(View(what, whose, not on_screen))

    def of(self, book, cell) -> tuple[frozenset, list]:
        found = [
            said
            for (person, prompt, about), said in book.items()
            if (prompt, person.party_id, about) == cell and self.may_be_on_the_board(person, cell)
        ]
        return frozenset(said for said, _raw in found), [raw for _said, raw in found]

    def may_be_on_the_board(self, person, cell) -> bool:
        """Whoever was put out is shown on where they had been shown, and in an open room no more."""
        return person not in self.out or (self.room.is_confidential and cell in self.out[person])

    # What may not be known

    def check(self):
        if self.room.is_confidential:
            for views in [*self.shown.values(), *self.shown_sure.values()]:
                for few in differences(views):
                    self.check_group(few, views)
        for kept in self.left.values():
            assert {total < MIN_OUTSIDE for total, _values in kept} == {False}
            assert len({str(values) for _total, values in kept}) == 1  # outside a thing is said once

    def check_group(self, group: frozenset[Said], views: list[View]):
        on_screen = [said for said in group if not said.is_paper]
        if on_screen or not group:
            assert len(on_screen) not in range(1, MIN_IN_ROOM), group
            return
        assert len(group) >= MIN_IN_ROOM, group
        assert any(view.on_paper_alone and group <= view.whose for view in views), "tells what was left out"


def counted_as(raws: list[str]) -> list[int]:
    counts = Counter(raws)
    return [*(counts[str(number)] for number in range(1, 6)), counts["unknown"]]


def differences(views: list[View]) -> set[frozenset]:
    """Whose answers are left, when what was shown is added and subtracted in any way."""
    found = set()
    for signs in product([-1, 0, 1], repeat=len(views[-4:])):
        total = Counter()
        for sign, view in zip(signs, views[-4:], strict=True):
            total.update(dict.fromkeys(view.whose, sign))
        found.add(frozenset(said for said, times in total.items() if times))
    return found


raws = st.tuples(
    st.tuples(*[st.sampled_from(["1", "5", "unknown", ""])] * 2),
    st.sampled_from(["2", "4", "4", "unknown", ""]),
    st.sampled_from([None, 1, 4]),
)
several = st.one_of(st.sets(st.integers(0, 8), min_size=low, max_size=high) for low, high in [(1, 2), (3, 9)])
many = st.sets(st.integers(0, 8), min_size=5, max_size=9)
party = st.integers(0, 1)
first = st.tuples(
    st.tuples(st.just("come"), st.just(0), raws, st.integers(2, 6)),
    st.tuples(st.just("come"), st.just(1), raws, st.integers(0, 5)),
    st.tuples(st.just("paper"), party, raws, st.integers(0, 4)),
    st.tuples(st.just("reveal")),
)
acts = st.one_of(
    st.tuples(st.just("again"), many, raws),
    st.tuples(st.just("again"), many, raws),
    st.tuples(st.just("again"), several, raws),
    st.tuples(st.just("be_sure"), many, st.sampled_from([None, 2, 3])),
    st.tuples(st.just("be_sure"), several, st.sampled_from([None, 2, 3])),
    st.tuples(st.just("be_sure"), several, st.sampled_from([None, 2, 3])),
    st.tuples(st.just("waver"), several, st.sampled_from(["1", "3"])),
    st.tuples(st.just("change"), several, raws),
    st.tuples(st.just("come"), party, raws, st.integers(1, 4)),
    st.tuples(st.just("paper"), party, raws, st.integers(1, 4)),
    st.tuples(st.just("withdraw"), several),
    st.tuples(st.just("put_out"), several),
    st.tuples(st.just("let_in"), several),
    st.tuples(st.just("show_without"), several),
    st.tuples(st.just("show_without"), several),
    st.tuples(st.just("leave"), several),
    st.tuples(st.just("reveal")),
    st.tuples(st.just("back")),
)
THOROUGH = settings(
    max_examples=80, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("mode", [Reflection.Mode.CONFIDENTIAL, Reflection.Mode.OPEN])
@pytest.mark.parametrize("parties", [0, 2])
def test_nobody_subtracts_their_way_to_the_answers_of_few(mode, parties):
    make_guide(steps=2)
    leader = make_user()
    seen = Counter()

    @given(first, st.lists(acts, min_size=2, max_size=10))
    @THOROUGH
    def attack(first, chosen):
        with transaction.atomic():
            book = Book(make_room(leader=leader, mode=mode), parties)
            for act in [*first, *chosen, ("reveal",), ("conclude",)]:
                book.act(*act)
            book.check()
            seen.update(shown=len(book.shown), left=len(book.left), sure=len(book.shown_sure))
            seen["again"] += sum(len(views) > 1 for views in book.shown.values())
            seen["without"] += any(act[0] == "show_without" for act in chosen)
            seen["sure again"] += sum(len(views) > 1 for views in book.shown_sure.values())
            transaction.set_rollback(True)

    attack()
    least = {"shown", "left", "again", "without"} | ({"sure", "sure again"} if parties else set())
    assert not [name for name in least if seen[name] < 3], seen  # where little is shown, little is proved


# --- By hand: how sure one is ----------------------------------------------------------------------


@pytest.fixture
def guess(room):
    """A function: one of «os» guesses about the others, and says how sure they are or not."""
    us, them = (room.parties.create(position=n, title=title) for n, title in enumerate(["os", "de andre"]))
    scale, _line = room.version.steps.get().answered_prompts

    def say(person, number, sureness):
        person = person or room.participants.create(party=us)
        said = {"value": number, "sureness": sureness}
        person.answers.update_or_create(prompt=scale, about=them, defaults=said)
        return person

    return say


def sureness(room) -> list[int]:
    (values,) = cells(room).values()
    return values.sureness


def test_how_sure_one_was_is_not_had_by_subtracting_two_reveals(room, guess):
    alma, *others = [guess(None, 2, 4 if number < 4 else None) for number in range(7)]
    room.reveal()
    assert sureness(room) == [0, 0, 0, 4]
    room.collect_again()
    for person in [alma, *others[-2:]]:
        guess(person, 5, None)
    room.reveal()
    (values,) = cells(room).values()
    assert (values.counts, values.sureness) == ([0, 4, 0, 0, 3], [0, 0, 0, 4])


def test_how_sure_people_are_is_shown_anew_when_three_say_something_else(room, guess):
    people = [guess(None, 2, 4) for _number in range(6)]
    room.reveal()
    for number in [1, 2]:
        room.collect_again()
        guess(people[number], 2, 1)
        room.reveal()
        assert sureness(room) == [0, 0, 0, 6]
    room.collect_again()
    guess(people[3], 2, 1)
    room.reveal()
    assert sureness(room) == [3, 0, 0, 3]


def test_three_who_are_less_sure_do_not_cover_one_who_takes_a_guess_back(room, guess):
    people = [guess(None, 4, 4) for _number in range(4)]
    room.reveal()
    room.collect_again()
    people[0].answers.all().delete()
    for person in people[1:]:
        guess(person, 4, 2)
    room.reveal()
    (values,) = cells(room).values()
    assert values.counts == [0, 0, 0, 4, 0]


def test_three_who_sign_do_not_cover_one_who_takes_words_back(room):
    people = add(room, *[("", f"ord {number}") for number in range(6)])
    room.reveal()
    room.collect_again()
    people[0].withdraw()
    for number in [1, 2, 3]:
        answer(people[number], "", f"ord {number}", is_signed=True)
    room.reveal()
    (result,) = board(room)
    assert len(result.comments) == 6


# --- By hand: papers, which who typed them in knows ------------------------------------------------


def shown(room) -> list[tuple]:
    return [(result.step.position, result.values, result.comments) for result in board(room)]


@pytest.mark.parametrize("screens", range(MIN_IN_ROOM))
def test_beside_papers_the_board_is_the_same_whatever_few_on_screens_answer_or_leave_out(room, screens):
    add(room, *[("3", "papir")] * 5, is_paper=True)
    people = add(room, *[""] * screens)
    seen = []
    for said in product([("", ""), ("5", ""), ("", "ord"), ("5", "ord")], repeat=screens):
        with transaction.atomic():
            for person, (number, words) in zip(people, said, strict=True):
                answer(person, number, words)
            room.reveal()
            seen.append(shown(room))
            transaction.set_rollback(True)
        room.refresh_from_db()
    assert [board for board in seen if board != seen[0]] == []
    assert bool(seen[0][0][1]) == (screens == 0)  # papers alone are shown: nobody else can be among them


def test_beside_papers_three_on_screens_are_shown(room):
    add(room, *["3"] * 5, is_paper=True)
    add(room, "1", "1", "5")
    room.reveal()
    assert [values.counts for values in cells(room).values()] == [[2, 0, 5, 0, 1]]


def test_papers_that_come_after_a_reveal_wait_for_three_on_screens(room):
    people = add(room, "1", "1", "5")
    room.reveal()
    room.collect_again()
    add(room, *["3"] * 4, is_paper=True)
    room.reveal()
    assert [values.counts for values in cells(room).values()] == [[2, 0, 0, 0, 1]]
    room.collect_again()
    for person in people:
        answer(person, "4")
    room.reveal()
    assert [values.counts for values in cells(room).values()] == [[0, 0, 4, 3, 0]]


def test_three_on_screens_come_to_papers_that_stood_alone(room):
    add(room, *["3"] * 3, is_paper=True)
    room.reveal()
    room.collect_again()
    add(room, "1", "1")
    room.reveal()
    assert [values.counts for values in cells(room).values()] == [[0, 0, 3, 0, 0]]
    room.collect_again()
    add(room, "1")
    room.reveal()
    assert [values.counts for values in cells(room).values()] == [[3, 0, 3, 0, 0]]


def test_who_types_a_paper_in_after_a_reveal_is_told_when_it_will_be_shown(page, room):
    address = reverse("reflection:paper", args=[room.key])
    words = "Svarene har været vist. Et nyt papirsvar kommer først på tavlen sammen med andre nye svar."
    assert words not in page(address, by=room.owner).text
    add(room, *["3"] * 3)
    room.reveal()
    room.collect_again()
    assert words in page(address, by=room.owner).text


# --- What a reveal costs ---------------------------------------------------------------------------


def queries_of_a_second_reveal(room, people: int) -> int:
    chosen = add(room, *[("3", "ord")] * people)
    room.reveal()
    room.collect_again()
    for person in chosen:
        answer(person, "4", "andre ord")
    with CaptureQueriesContext(connection) as queries:
        room.reveal()
    assert len(board(room)[0].comments) == people
    return len(queries)


def test_a_reveal_asks_the_same_of_the_database_for_few_and_for_many(room):
    many = make_room(leader=room.owner)
    assert queries_of_a_second_reveal(room, 3) == queries_of_a_second_reveal(many, 30)
