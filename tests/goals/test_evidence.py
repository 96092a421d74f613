"""Which knowledge stands behind a decision, and who carries the goal: pictures to talk about."""

import pytest
from django.urls import reverse

from goals.models import Evidence

pytestmark = pytest.mark.django_db


@pytest.fixture
def evidence_page(page, staff, review):
    return lambda: page(reverse("goals:evidence", args=[review.reflection.key]), by=staff)


def test_what_is_ticked_is_filled_and_what_is_missing_is_said(evidence_page):
    form = evidence_page().form("form.kompas-form")
    told = {"figures": "on", "figures_line": "Ventetiden", "craft_line": "Sygeplejen"}
    shown = form.send(told, button="Gem, og vis billederne")
    assert shown.texts(".kompas-ring figcaption") == [
        "Bag står: tal og faglighed. Ikke nævnt: fortælling og borgerens stemme."
    ]
    assert len(shown.select(".kompas-ring__part")) == 4
    assert len(shown.select(".kompas-ring__part--missing")) == 2
    assert shown.texts(".kompas-ring__both li") == [
        "Tal: Ventetiden", "Fortælling: ikke nævnt", "Borgerens stemme: ikke nævnt", "Faglighed: Sygeplejen",
    ]  # fmt: skip


def test_a_box_can_be_emptied_again(evidence_page, review):
    Evidence.objects.create(review=review, voices=True)
    form = evidence_page().form("form.kompas-form")
    del form.element.inputs["voices"].attrib["checked"]
    form.send(button="Gem, og vis billederne")
    assert not Evidence.objects.get().voices


def test_looking_at_the_page_writes_nothing(evidence_page):
    assert evidence_page().texts(".kompas-ring figcaption") == ["Ingen slags viden er nævnt endnu."]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("pays", "benefits", "sentence"),
    [
        (
            "Plejen",
            "De pårørende, byrådet",
            "De, der betaler med tid, er ikke nævnt",
        ),
        (
            "plejen og de pårørende",
            "Plejen.",
            "Blandt dem, der betaler med tid, er nogen",
        ),
        ("Plejen", "", "Skriv, hvem der betaler med tid, og hvem der har glæde. Er det de samme?"),
    ],
)
def test_who_pays_and_who_benefits_is_said_in_a_sentence(review, evidence_page, pays, benefits, sentence):
    Evidence.objects.create(review=review, pays=pays, benefits=benefits)
    assert evidence_page().texts(".kompas-carriers figcaption")[0].startswith(sentence)


def test_an_arc_binds_places_where_the_same_are_named(review, evidence_page):
    evidence = Evidence.objects.create(review=review, sets="Byrådet", follows_up="Staben", benefits="byrådet")
    assert evidence.bonds == [(0, 2)]
    shown = evidence_page()
    assert len(shown.select(".kompas-carriers__bond")) == 1
    assert len(shown.select(".kompas-carriers__place--missing")) == 1


def test_the_printout_has_the_pictures_where_there_is_something_to_show(page, staff, review):
    where = reverse("goals:printout", args=[review.reflection.key])
    evidence = Evidence.objects.create(review=review)
    assert page(where, by=staff).select(".kompas-ring") == []
    evidence.pays = "Plejen"
    evidence.save()
    assert len(page(where, by=staff).select(".kompas-ring")) == 1


def test_two_windows_do_not_overwrite_each_other(evidence_page):
    first, second = (evidence_page().form("form.kompas-form") for _window in range(2))
    first.send({"pays": "Plejen"}, button="Gem, og vis billederne")
    clash = second.send({"pays": "Staben"}, button="Gem, og vis billederne", status=409)
    assert "Plejen" in clash.text
    assert Evidence.objects.get().pays == "Plejen"


def test_nothing_changes_after_the_end(staff_client, concluded):
    where = reverse("goals:evidence", args=[concluded.reflection.key])
    assert staff_client.post(where, {"pays": "Plejen", "go": "next"}).status_code == 409
    assert not Evidence.objects.exists()
