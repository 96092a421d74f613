"""How the framework came about: every milestone and document, and what is said where a link is unknown."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.utils import timezone

from compass.models import Milestone, Page, Resource

pytestmark = pytest.mark.django_db


def make_resource(key="R-01", **fields):
    about = {"kind": "document", "title": "Rammen & resten", "text": "Den vedtagne ramme."}
    return Resource.objects.create(key=key, **{**about, **fields})


def test_every_milestone_and_document_can_be_pointed_at(page, content):
    assert [point.get("id") for point in page("/tilblivelse/").select(".kompas-timeline__point")] == [
        f"F-{n:02}" for n in range(1, 24)
    ]
    documents = page("/dokumenter/").select(".kompas-resources__resource")
    assert [document.get("id") for document in documents] == [f"R-{n:02}" for n in range(1, 16)]


def test_each_year_is_a_press_away(page, content):
    years = page("/tilblivelse/").links("nav[aria-label='År'] a")
    dated = Milestone.objects.exclude(date=None)
    assert sorted(years) == sorted({str(point.date.year) for point in dated})
    assert years["2021"] == "#" + dated.filter(date__year=2021).first().key


def test_milestones_say_what_kind_they_are_what_they_led_to_and_where_it_is_from(page, content):
    adopted = page("/tilblivelse/").one("#F-17")
    words = " ".join(adopted.text_content().split())
    assert "28. april 2021 Beslutning" in words
    assert "Kilde: Aarhuskompasset" in words
    assert {link.get("href") for link in adopted.cssselect("a[href^='/dokumenter/']")} == {
        "/dokumenter/#R-01", "/dokumenter/#R-07", "/dokumenter/#R-08",
    }  # fmt: skip


def test_only_a_day_that_is_known_is_given_to_machines(page, content):
    found = page("/tilblivelse/")
    assert found.one("#F-17 time").get("datetime") == "2021-04-28"
    assert not found.select("#F-02 time, #F-12 time")


@pytest.fixture
def documents(page):
    Page.objects.create(slug="dokumenter", title="Dokumenter", body="", published_at=timezone.now())
    return lambda: page("/dokumenter/")


def test_most_documents_can_be_found_without_asking_anybody(page, content):
    asked_for = page("/dokumenter/").select("a[href^='mailto:aarhuskompasset@example.dk?subject']")
    assert len(asked_for) == 3


def test_a_document_whose_page_is_known_is_found_there(documents):
    make_resource(found_at="https://aarhus.dk/kompasset")
    assert documents().links("#R-01 a") == {
        "Find «Rammen & resten» på kommunens side": "https://aarhus.dk/kompasset"
    }


def test_a_document_without_a_link_can_be_asked_for(documents):
    make_resource()
    link = documents().one("#R-01 a")
    address = urlsplit(link.get("href"))
    assert address.scheme == "mailto"
    assert parse_qs(address.query)["subject"] == ["Aarhuskompasset: Jeg vil gerne have «Rammen & resten»"]
    assert unquote(address.path) == "aarhuskompasset@example.dk"
    assert " ".join(link.text_content().split()) == "Bed om dokumentet «Rammen & resten»"


def test_a_document_with_a_link_is_opened(documents):
    make_resource(url="https://aarhus.dk/rammen.pdf", found_at="https://aarhus.dk/kompasset")
    assert documents().links("#R-01 a") == {"Åbn «Rammen & resten»": "https://aarhus.dk/rammen.pdf"}


def test_sound_that_may_start_at_once_is_warned_of_before_the_link(documents):
    make_resource(kind="audio", url="https://aarhus.dk/lydbog.mp3")
    make_resource("R-02", url="https://aarhus.dk/rammen.pdf")
    found = documents()
    words = found.texts("#R-01")[0]
    assert words.index("Lyden kan starte, så snart du følger linket.") < words.index("Åbn «")
    assert "Lyden kan starte" not in found.texts("#R-02")[0]


@pytest.mark.parametrize("last", ["F-03", "F-23"])
def test_the_page_costs_the_same_however_long_the_history_is(
    client, content, django_assert_num_queries, last
):
    client.get("/")
    Milestone.objects.filter(key__gt=last).delete()
    with django_assert_num_queries(7):
        client.get("/tilblivelse/")
