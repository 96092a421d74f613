"""Sheets to print: from the same data as the pages, tagged, with a title and a language."""

from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from django.utils.translation import override

from reflection.models import Guide, Prompt
from tests.collaboration.people import address
from tests.factories import make_collaboration_guide, make_round

SHEETS = {"cards_pdf": 4, "poster_pdf": 1, "blank_pdf": 3}  # and how many pages they have
KIT = pytest.mark.parametrize("name", SHEETS)


def fetch(client, name, language="da") -> pikepdf.Pdf:
    with override(language):
        response = client.get(reverse(f"collaboration:{name}"))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return pikepdf.open(BytesIO(response.content))


def check_accessible(pdf: pikepdf.Pdf, title: str, language: str):
    """What PDF/UA asks for and a machine can see: tags, title in the window, language."""
    assert bool(pdf.Root.MarkInfo.Marked) is True
    assert pdf.Root.StructTreeRoot.K is not None
    assert str(pdf.Root.Lang) == language
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle) is True
    with pdf.open_metadata() as meta:
        assert meta["dc:title"] == title
        assert meta["pdfuaid:part"] == "1"
    assert all(page.Tabs == "/S" for page in pdf.pages)


def tags(pdf: pikepdf.Pdf) -> list[str]:
    """The kinds of all structure elements, in reading order."""

    def walk(element):
        if isinstance(element, pikepdf.Array):
            for child in element:
                yield from walk(child)
        elif isinstance(element, pikepdf.Dictionary):
            if "/S" in element and element.get("/Type") != "/MCR":
                yield str(element.S)
            if "/K" in element:
                yield from walk(element.K)

    return list(walk(pdf.Root.StructTreeRoot.K))


@KIT
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_sheet_is_tagged_and_has_a_title_and_a_language(client, content, name, language):
    guide = Guide.objects.get(slug="samarbejdskompasset")
    with override(language):
        title = str(guide.local.title)
    pdf = fetch(client, name, language)
    check_accessible(pdf, title, language)
    assert len(pdf.pages) == SHEETS[name]
    found = tags(pdf)
    assert found.count("/H1") == (2 if name == "blank_pdf" else 1)  # one's own sheets, and the group's
    agreed = name == "blank_pdf"  # what the group writes at the end
    assert found.count("/H2") == guide.current_version().steps.count() + agreed


def test_the_cards_ask_every_question_of_the_version(client, content):
    questions = Prompt.objects.filter(step__version__guide__slug="samarbejdskompasset", kind="question")
    assert tags(fetch(client, "cards_pdf")).count("/LI") == questions.count() == 21


@pytest.mark.parametrize(("steps", "sheets"), [(1, 2), (4, 2), (5, 4)])
def test_seven_is_data(client, db, steps, sheets):
    make_collaboration_guide(steps=steps)
    pdf = fetch(client, "cards_pdf")
    assert (len(pdf.pages), tags(pdf).count("/H2")) == (sheets, steps)


@KIT
def test_a_sheet_may_be_kept_and_is_asked_about_by_its_tag(client, content, name):
    first = client.get(reverse(f"collaboration:{name}"))
    assert first["Cache-Control"].startswith("public")
    again = client.get(reverse(f"collaboration:{name}"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@KIT
def test_the_note_on_where_a_sheet_comes_from_is_read_aloud_once(client, content, name):
    """What stands at the foot of a page is not."""
    assert Guide.objects.get(slug="samarbejdskompasset").current_version().provenance_text
    pdf = fetch(client, name)
    *pages, last = pdf.pages
    assert unread(last) == 0
    assert all(unread(page) for page in pages)


def unread(page) -> int:
    """How many pieces of text a screen reader passes over."""
    kinds, unread = [], 0
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) in {"BDC", "BMC"}:
            kinds.append(str(operands[0]))
        elif str(operator) == "EMC":
            kinds.pop()
        unread += str(operator) in {"Tj", "TJ"} and "/Artifact" in kinds
    return unread


def test_words_are_never_taken_for_markup(client, guide):
    draft = guide.current_version().new_draft()
    draft.steps.filter(position=1).update(title='#set page(width: 1pt) *fed* "anført" $x$ = <a>')
    draft.publish()
    pdf = fetch(client, "poster_pdf")
    assert len(pdf.pages) == 1
    assert [float(side) for side in pdf.pages[0].MediaBox[2:]] == pytest.approx([595, 842], abs=1)


def test_the_poster_of_a_room_leads_into_it_and_is_kept_by_nobody(staff_client, collaboration):
    room = make_round(collaboration).reflection
    response = staff_client.get(address("invitation_pdf", room))
    assert "no-store" in response["Cache-Control"]
    pdf = pikepdf.open(BytesIO(response.content))
    check_accessible(pdf, "Samarbejdskompasset", "da")
    assert tags(pdf).count("/Figure") == 1
