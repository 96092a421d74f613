"""«Fra samtale til historie»: a draft, with everybody's yes and after somebody has looked for names."""

import pytest
from django.urls import reverse

from collaboration.cases import CHECKS
from collaboration.models import Consent, Insight
from compass.models import Story
from reflection.blindspots import spots
from tests.collaboration.people import address, say_yes
from tests.factories import make_path, make_round

SECRET = "Bodil fra nummer 7"


@pytest.fixture
def ended(collaboration):
    """A concluded round with an insight, an agreement somebody's name stands on, and everybody's yes."""
    opened = make_round(collaboration, sides=[[(2, 4, 4)] * 4, [(3, 5, 2)] * 4])
    opened.reflection.reveal()
    spot = spots(opened.reflection)[0]
    Insight.objects.create(
        round=opened, step=spot.step, guesser=spot.guesser, about=spot.about,
        thought="Vi troede, de var glade.", known="De mangler svar.",
    )  # fmt: skip
    opened.what, opened.who, opened.due = "Vi ringer om fredagen.", SECRET, "2027-06-01"
    opened.conclude()
    say_yes(opened, "may_tell")
    return opened


def write(page, staff, ended, *, without=None, status=200):
    said = {"title": "Ring om fredagen", "standfirst": "Det hjalp at ringe.", "path": make_path().pk}
    checked = {name: "on" for name in CHECKS if name != without}
    form = page(address("case", ended.reflection), by=staff).form()
    return form.send({**said, **checked}, button="Læg kladden hos redaktionen", status=status)


def test_the_draft_holds_what_was_learnt_and_no_name(page, staff, editor_client, ended):
    write(page, staff, ended)
    story = Story.objects.get()
    assert story.published_at is None
    for words in ["Vi troede, de var glade.", "De mangler svar.", "Vi ringer om fredagen."]:
        assert words in story.body
    assert SECRET not in story.body
    assert story.provenance_note.startswith("Bygger på en samtale med Samarbejdskompasset.")
    assert page(story.get_absolute_url(), status=404)
    assert page(story.get_absolute_url(), by=editor_client).texts("h1") == ["Ring om fredagen"]


@pytest.mark.parametrize("name", CHECKS)
def test_each_box_of_the_checklist_must_be_ticked(page, staff, ended, name):
    refused = write(page, staff, ended, without=name, status=422)
    assert refused.texts(".kompas-error-summary a") == [f"{CHECKS[name]}: Se efter, og sæt så kryds."]
    assert not Story.objects.exists()


def test_one_round_becomes_one_draft(page, staff, ended):
    write(page, staff, ended)
    assert page(address("case", ended.reflection), by=staff).url == address("consent", ended.reflection)


@pytest.mark.parametrize("missing", [1, 8])
def test_without_everybodys_yes_there_is_no_draft(page, staff, ended, missing):
    Consent.objects.filter(pk__in=list(Consent.objects.values_list("pk", flat=True)[:missing])).update(
        may_tell=False
    )
    assert page(address("case", ended.reflection), by=staff).url != address("case", ended.reflection)


def take_back(page, client, ended):
    person = ended.reflection.participants.counted().first()
    client.post(reverse("reflection:own_link", args=[person.link]))
    form = page(address("consent", ended.reflection), by=client).form()
    form.element.cssselect("[name=may_tell]")[0].checked = False
    form.send(button="Gem")
    ended.refresh_from_db()


def test_a_yes_that_is_taken_back_takes_the_draft_along(page, client, staff, ended):
    write(page, staff, ended)
    take_back(page, client, ended)
    assert not Story.objects.exists()
    assert ended.story is None


def test_what_an_editor_has_published_is_not_undone_by_itself(page, client, staff, ended):
    write(page, staff, ended)
    Story.objects.update(published_at="2026-01-01T12:00Z")
    take_back(page, client, ended)
    assert Story.objects.count() == 1
