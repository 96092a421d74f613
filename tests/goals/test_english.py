"""Målkompasset under /en/: the same pages, addresses and data, in English."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.factories import make_goal, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(content, staff):
    """A function: an English page of a new look at Malik's goal."""
    review = make_review(make_goal("Flere skal cykle.", owner=staff))

    def address(name, **kwargs):
        with override("en"):
            app = "reflection" if name in {"step", "answers"} else "goals"
            return reverse(f"{app}:{name}", kwargs={"key": review.reflection.key, **kwargs})

    return address


def test_the_compass_is_read_in_english(page, content):
    about = page("/en/maalkompasset/")
    assert about.tree.get("lang") == "en"
    assert about.texts("h1") == ["Målkompasset (the Goal Compass)"]
    assert [heading for heading in about.texts("h2") if heading[0] in "18"] == [
        "1. What is the goal about?",
        "8. What do we say goodbye to?",
    ]
    assert about.select("main [lang=da]") == []


def test_a_step_is_in_english(page, staff, english):
    step = page(english("step", position=2), by=staff)
    assert step.texts("h1") == ["Who is the goal for?"]
    assert step.texts("legend, label[for^=id_prompt]:not(:has(input))")[0] == (
        "The goal is first and foremost of benefit to those it is about."
    )
    assert "Whose life gets better if the goal is reached?" in step.text
    assert step.texts("details p")[-1].startswith("Think of three citizens you have met")


def test_one_stays_in_english_from_step_to_step(page, staff, english):
    step = page(english("step", position=1), by=staff)
    assert step.form().send({"go": "skip"}).url == english("step", position=2)


def test_the_login_leads_back_into_english(page, english):
    shown = page(english("step", position=1), status=403)
    assert f"/en/konto/log-ind/?next={english('step', position=1)}" in shown.links("main a").values()
