"""Målkompasset under /en/: the same pages, addresses and data, in English."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from collaboration.cases import CaseForm
from compass.models import Path
from goals.forms import GoodbyeForm
from goals.models import CityGoal
from publishing.fields import ContentChoiceField
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


def test_what_one_chooses_from_is_in_english(page, staff, content):
    """Departments, goals of the city council and paths, where they have an English name."""
    CityGoal.objects.create(title="Grøn by", title_en="A green city")
    choices = page("/en/maalkompasset/nyt/", by=staff).texts("select option")
    assert {"Children and Young People", "A green city"} <= set(choices)
    assert "Børn og Unge" not in choices
    with override("en"):
        paths = [str(label) for _value, label in ContentChoiceField(Path.objects.all()).choices]
    assert "New ways to listen" in paths
    for form, name in [(CaseForm, "path"), (GoodbyeForm, "department")]:
        assert isinstance(form.base_fields[name], ContentChoiceField)
