"""Open data: everything published, with where it is from, in files that other programs can read."""

import csv
import json
from io import StringIO

import pytest

from compass import opendata
from compass.models import Source, Story
from tests.factories import make_dilemma, make_path, make_source, make_story, make_theme, tomorrow

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories():
    make_path(slug="lytte")
    make_dilemma("Fart eller omtanke", key="D1", title_en="Speed or care")
    make_story(
        'En "stor", sag', key="H1", slug="stor", body="Første linje.\n\nAnden; linje.", year=2021,
        themes=[make_theme(slug="tid"), make_theme(slug="by")],
        sources=[make_source("En side", dated="2021", url="https://aarhus.dk/en-side")],
    )  # fmt: skip
    make_story("Kladde", published_at=None)
    make_story("I morgen", published_at=tomorrow())


def body(response) -> str:
    return b"".join(response.streaming_content).decode("utf-8")


def rows_of(response) -> csv.DictReader:
    return csv.DictReader(StringIO(body(response).removeprefix("\ufeff"), newline=""), delimiter=";")


def test_json_has_every_published_story_and_where_it_is_from(client, stories):
    response = client.get("/aabne-data/historier.json")
    assert response["Content-Type"] == "application/json"
    content = json.loads(body(response))
    assert (content["licence"], content["source"]) == ("CC BY 4.0", "http://testserver")
    (story,) = content["historier"]
    assert story["title"] == 'En "stor", sag'
    assert story["address"] == "http://testserver/historier/stor/"
    assert story["provenance"] == "composed"
    assert story["provenance_text"].startswith("Eksempel skrevet til portalen.")
    assert story["sources"] == ["En side, 2021, https://aarhus.dk/en-side"]
    assert story["themes"] == ["tid", "by"] or story["themes"] == ["by", "tid"]
    assert story["department"] is None


def test_csv_says_the_same_as_json(client, stories):
    response = client.get("/aabne-data/historier.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    (row,) = rows_of(response)
    assert row["title"] == 'En "stor", sag'
    assert row["body"] == "Første linje.\n\nAnden; linje."
    assert row["licence"] == "CC BY 4.0"
    assert set(row["themes"].split(" | ")) == {"tid", "by"}
    assert row["department"] == ""


def test_a_danish_spreadsheet_opens_the_csv_as_it_is(client, stories):
    """With a byte order mark, or Excel takes æ for Ã¦; with semicolons, or all of it is one column."""
    text = body(client.get("/aabne-data/dilemmaer.csv"))
    assert text.startswith("\ufeffkey;address;path;title;title_en;")
    assert text.endswith("\r\n")
    lengths = {len(row) for row in csv.reader(StringIO(text, newline=""), delimiter=";", strict=True)}
    assert lengths == {len(opendata.collections()["dilemmaer"].fields) + 1}


def test_dilemmas_are_there_with_both_languages_and_the_places_to_stand(client, stories):
    (dilemma,) = json.loads(body(client.get("/aabne-data/dilemmaer.json")))["dilemmaer"]
    assert (dilemma["title"], dilemma["title_en"]) == ("Fart eller omtanke", "Speed or care")
    assert dilemma["standpoints"] == ["Først spørge, så svare: Sådan kan man stå."]


def test_the_file_is_the_same_in_every_language(client, stories):
    assert body(client.get("/aabne-data/historier.json")) == body(client.get("/en/aabne-data/historier.json"))


@pytest.mark.parametrize("beginning", ["=1+1", "+45", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_a_spreadsheet_runs_nothing(client, beginning):
    make_story("Farlig", slug="farlig")
    Story.objects.update(title=beginning)  # saving would have tidied it
    (row,) = rows_of(client.get("/aabne-data/historier.csv"))
    assert row["title"] == f"'{beginning}"
    assert json.loads(body(client.get("/aabne-data/historier.json")))["historier"][0]["title"] == beginning


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_file_costs_the_same_for_one_story_and_for_many(client, django_assert_num_queries, number):
    for count in range(number):
        make_story(f"Historie {count}", themes=[make_theme()], sources=[make_source()])
    with django_assert_num_queries(5 if number else 2):
        assert len(json.loads(body(client.get("/aabne-data/historier.json")))["historier"]) == number


def test_whoever_has_the_file_is_told_until_something_changes(client, stories):
    etag = client.get("/aabne-data/historier.csv")["ETag"]
    again = client.get("/aabne-data/historier.csv", headers={"If-None-Match": etag})
    assert (again.status_code, again["Cache-Control"]) == (304, "public, max-age=60")
    story = Story.objects.get(slug="stor")
    story.save()
    assert client.get("/aabne-data/historier.csv", headers={"If-None-Match": etag}).status_code == 200


def test_head_says_what_get_would(client, stories):
    head, got = client.head("/aabne-data/historier.csv"), client.get("/aabne-data/historier.csv")
    assert (head.status_code, head.content) == (200, b"")
    for name in ["ETag", "Content-Type", "Content-Disposition", "Cache-Control"]:
        assert head[name] == got[name]


def test_what_is_not_published_as_data_is_not_found(client):
    for name in ["kontakter.json", "historier.xml", "refleksioner.csv"]:
        assert client.get(f"/aabne-data/{name}").status_code == 404


def test_the_page_explains_every_field_and_leads_to_every_file(page, client, stories):
    found = page("/aabne-data/")
    for collection in opendata.collections().values():
        described = found.texts(f"section[aria-labelledby={collection.name}] tbody th")
        assert described == [field.name for field in collection.fields]
    files = [href for href in found.links("main a").values() if href.endswith((".json", ".csv"))]
    assert len(files) == 4
    assert all(client.head(file).status_code == 200 for file in files)


def test_search_engines_are_told_what_the_pages_are(page, stories):
    def kinds(address):
        return [
            thing["@type"]
            for thing in json.loads(page(address).one("script[type='application/ld+json']").text)["@graph"]
        ]

    assert kinds("/aabne-data/") == ["Dataset", "Dataset"]
    assert kinds("/historier/stor/") == ["Article", "BreadcrumbList"]


def test_a_text_cannot_end_the_block_it_stands_in(page):
    make_story("</script><script>alert(1)</script>", slug="farlig")
    block = page("/historier/farlig/").one("script[type='application/ld+json']")
    assert json.loads(block.text)["@graph"][0]["headline"] == "</script><script>alert(1)</script>"


def test_sources_of_a_story_are_all_named(client, stories):
    Story.objects.get(slug="stor").sources.add(
        Source.objects.create(key="Z", title="Uden link", address="aarhus.dk/x")
    )
    (story,) = json.loads(body(client.get("/aabne-data/historier.json")))["historier"]
    assert "Uden link, aarhus.dk/x" in story["sources"]
