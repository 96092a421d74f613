"""Whoever looks at a goal alone is one person, and is spoken to as one; a group is spoken to as a group."""

import re

import pytest
from django.urls import reverse

from goals.models import Goal
from tests.factories import (
    PLANNED,
    answer_everything,
    make_ended_review,
    make_goal,
    make_goodbye,
    make_guide,
    make_review,
)

pytestmark = pytest.mark.django_db

# «I» within a sentence is a pronoun; where it begins one it may be a place, unless a verb follows.
MANY = {
    "da": re.compile(
        r"\b(?:jer|jeres|gruppen|snakken)\b|(?<=[a-zæøå,»] )I\b"
        r"|\bI (?:er|har|kan|skal|vil|bør|så|holdt|ser)\b"
    ),
    "en": re.compile(r"\b(?:yourselves|the group|each other|the others)\b", re.IGNORECASE),
}
LANGUAGES = pytest.mark.parametrize("language", ["da", "en"])


@pytest.fixture
def read(page, staff):
    """A function: the words of the content of a page that somebody who looks alone comes to."""

    def words(address, language, **options) -> str:
        prefix = "/en" if language == "en" else ""
        shown = page(prefix + address, by=staff, **options)
        return " ".join(shown.one("main").text_content().split())

    return words


def spoken_to_many(text: str, language: str) -> list[str]:
    return [text[max(0, m.start() - 40) : m.end() + 30] for m in MANY[language].finditer(text)]


def addresses(review) -> list[str]:
    key = review.reflection.key
    names = ["goals:decision", "goals:evidence", "reflection:answers", "goals:drop", "reflection:room"]
    steps = [
        reverse("reflection:step", args=[key, step.position])
        for step in review.reflection.version.all_steps()
    ]
    return [review.goal.get_absolute_url(), *steps, *(reverse(name, args=[key]) for name in names)]


@LANGUAGES
@pytest.mark.parametrize("concerns", Goal.Concerns.values)
def test_no_page_of_a_look_alone_speaks_to_several(read, content, staff, concerns, language):
    goal = make_goal(
        "Flere på cykel.", owner=staff, concerns=concerns, is_law_bound=concerns == "politicians"
    )
    review = make_review(goal)
    answer_everything(review.participant, 1)
    found = {address: spoken_to_many(read(address, language), language) for address in addresses(review)}
    assert {address: texts for address, texts in found.items() if texts} == {}


@LANGUAGES
def test_nor_do_the_plan_the_end_and_what_comes_later(read, content, staff, language):
    goal = make_goal("Flere på cykel.", owner=staff)
    planned = make_review(goal, decision="keep", reason="Den virker.", **PLANNED)
    planned.decide()
    seen = {"plan": read(reverse("goals:plan", args=[planned.reflection.key]), language)}
    planned.conclude()
    ended = planned.reflection.key
    for name in ["goals:printout", "reflection:minutes", "goals:review", "reflection:room"]:
        seen[name] = read(reverse(name, args=[ended]), language)
    again = make_review(goal)
    seen["look back"] = read(reverse("goals:look_back", args=[again.reflection.key]), language)
    farewell = make_ended_review(make_goal("Et skema.", owner=staff), "goodbye")
    seen["goodbye"] = read(reverse("goals:offer_goodbye", args=[farewell.reflection.key]), language)
    make_goodbye(farewell)
    seen["check"] = read(reverse("goals:check_goodbye", args=[farewell.reflection.key]), language)
    for name in ["goals:mine", "goals:register"]:
        seen[name] = read(reverse(name), language)
    assert {name: found for name, text in seen.items() if (found := spoken_to_many(text, language))} == {}


def test_one_person_writes_i_and_a_group_writes_we(page, staff):
    make_guide()
    alone = make_review(make_goal("Alene.", owner=staff), decision="keep", reason="Den virker.")
    alone.decide()
    together = make_goal("Sammen.", owner=staff).open_room(staff, mode="confidential")
    labels = page(reverse("goals:plan", args=[alone.reflection.key]), by=staff).texts("label")
    assert [label.split(" (")[0] for label in labels if label.startswith(("Jeg", "Vi"))] == [
        "Jeg ændrer", "Jeg holder op med", "Jeg fortæller det til", "Jeg kigger igen den",
    ]  # fmt: skip
    for review, first in [(alone, "Jeg har besluttet"), (together, "Vi har besluttet")]:
        assert str(review.plan_lines[0][0]) == first


def test_a_group_is_still_spoken_to_as_a_group(page, staff):
    make_guide()
    review = make_goal(owner=staff).open_room(staff, mode="confidential")
    for number in range(3):
        answer_everything(review.reflection.participants.create(), number + 1)
    review.reflection.reveal()
    shown = page(reverse("goals:decision", args=[review.reflection.key]), by=staff)
    assert "Hvad beslutter I?" in shown.texts("legend")
