"""Cards, poster, a round on paper and the guide for who leads: of every published guide, and tagged."""

from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from django.utils.translation import override

from reflection.compasses import registered
from reflection.models import Guide, Prompt
from reflection.published_guides import usable_guides
from tests.collaboration.test_print import check_accessible, tags
from tests.factories import make_goal, make_guide

SHEETS = ["cards_pdf", "poster_pdf", "blank_pdf", "facilitators_guide_pdf"]
A4 = pytest.approx([595.28, 841.89], abs=0.5)


def fetch(client, name: str, slug: str, language="da") -> pikepdf.Pdf:
    with override(language):
        response = client.get(reverse(f"reflection:{name}", args=[slug]))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return pikepdf.open(BytesIO(response.content))


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_compass_has_each_sheet_tagged_with_title_and_language(client, content, name, language):
    make_guide("et-kompas-mere", title="Hverdagskompasset")
    guides = list(usable_guides())
    assert {compass.slug for compass in registered()} < {guide.slug for guide in guides}
    for guide in guides:
        pdf = fetch(client, name, guide.slug, language)
        with override(language):
            title = str(guide.local.title)
        with pdf.open_metadata() as meta:
            assert title in meta["dc:title"]
            check_accessible(pdf, meta["dc:title"], language)
        assert all([float(side) for side in page.MediaBox[2:]] == A4 for page in pdf.pages)


@pytest.mark.parametrize("steps", [1, 5, 8, 12])
def test_however_many_steps_there_are_they_fit(client, db, steps):
    make_guide("kompasset", steps=steps)
    pages = {name: len(fetch(client, name, "kompasset").pages) for name in SHEETS}
    assert pages["poster_pdf"] == 1
    assert pages["facilitators_guide_pdf"] == 2
    assert pages["cards_pdf"] == 2 * -(-steps // 4)
    assert pages["blank_pdf"] <= 2 + -(-steps // 4)
    found = tags(fetch(client, "blank_pdf", "kompasset"))
    assert (found.count("/H1"), found.count("/H2")) == (2, steps + 1)
    assert tags(fetch(client, "poster_pdf", "kompasset")).count("/H2") == steps


def test_a_step_without_a_statement_has_its_sheets_too(client, db):
    guide = make_guide("kompasset", steps=2)
    draft = guide.current_version().new_draft()
    Prompt.objects.filter(step__version=draft, step__position=1, kind=Prompt.Kind.SCALE).delete()
    draft.publish()
    for name in SHEETS:
        assert fetch(client, name, "kompasset").pages


def test_the_goals_paper_ends_as_the_screen_does(client, content):
    plan = tags(fetch(client, "blank_pdf", "maalkompasset"))
    steps = Guide.objects.get(slug="maalkompasset").current_version().steps.count()
    assert plan.count("/H2") == steps + 2  # the decision and the plan


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_page_of_the_guide_says_what_the_two_sheets_say(page, content, language):
    prefix = "/en" if language == "en" else ""
    for compass in registered():
        told = page(f"{prefix}/kompasser/{compass.slug}/vejledning/")
        assert len(told.select("main h3")) >= 4
        assert len(told.texts("main blockquote")) == 4


def test_they_are_found_where_one_needs_them(page, content, staff):
    for address in ["/maalkompasset/", "/samarbejdskompasset/"]:
        assert "Vejledning til den, der leder" in page(address).text
    room = make_goal(owner=staff).open_room(staff, mode="confidential").reflection
    lead = page(reverse("reflection:lead", args=[room.key]), by=staff)
    assert "/kompasser/maalkompasset/vejledning/" in lead.html
    assert "om en blanket på papir" in page("/deltag/").text


@pytest.mark.parametrize("name", SHEETS)
def test_of_a_guide_that_is_not_there_is_nothing(client, db, name):
    assert client.get(reverse(f"reflection:{name}", args=["findes-ikke"])).status_code == 404
