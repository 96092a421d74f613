"""The search: what is found, by whom, in which order, and how it is shown."""

from dataclasses import replace

import pytest
from django.db import connection

from compass.models import Story
from compass.search import fold
from publishing import registry
from publishing.danish_order import danish_order
from tests.factories import (
    make_department,
    make_dilemma,
    make_guide,
    make_page,
    make_pivot,
    make_story,
    make_user,
    tomorrow,
)

TITLE = ".kompas-results__title a"


@pytest.fixture
def found(page):
    """A function: the titles that a search finds, best first."""

    def search(text, **options):
        address = "/en/soeg/" if options.pop("english", False) else "/soeg/"
        return page(address, query={"q": text}, **options).texts(TITLE)

    return search


@pytest.fixture
def suggested(client, db):
    def fetch(text, browser=client, address="/soeg/forslag/"):
        return [one["title"] for one in browser.get(address, {"q": text}).json()["suggestions"]]

    return fetch


# --- What a word finds ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("inddragelse", "Ny model for borgerinddragelse"),
        ("borgerinddragelsen", "Inddragelse af byens borgere"),
        ("kompas", "Målkompasset i brug"),
        ("maalkompas", "Målkompasset i brug"),
        ("skole", "Folkeskolen og byen"),
        ("regel", "Regler, ingen kan forklare"),
        ("HJEMLØSE", "Et hjem til en hjemløs"),
        ("hjemloese", "Et hjem til en hjemløs"),
        ("århus", "Aarhus i dag"),
        ("aarhus", "Århus i går"),
        ("aahus", "Aarhus i dag"),
        ("samskabbbelse", "Styrket samskabelse"),
        ("lydbok", "En lydbog til alle"),
        ("dillema", "Et dilemma i praksis"),
        ("fravel", "Farvel til skemaet"),
        ("320.000", "Der var 320.000 kroner"),
        ("e-mail", "Skriv en e-mail"),
        ("naïve", "De naive spørgsmål"),
    ],
)
def test_a_word_is_found_however_it_is_bent_joined_or_spelt(found, typed, written):
    make_story("Noget helt andet")
    make_story(written)
    assert found(typed) == [written]


def test_a_short_word_is_not_looked_for_inside_others(found):
    make_story("Et spørgsmål om tid")
    make_story("Et mål for byen")
    assert found("mål") == ["Et mål for byen"]


def test_title_comes_before_introduction_before_text(found):
    make_story("I teksten", body="Tillid er godt.")
    make_story("I indledningen", standfirst="Tillid er godt.")
    make_story("Tillid i overskriften")
    assert found("tillid") == ["Tillid i overskriften", "I indledningen", "I teksten"]


def test_the_word_itself_comes_before_compounds_with_it(found):
    make_story("Ungdomsboligen")
    make_story("Boligen")
    assert found("bolig") == ["Boligen", "Ungdomsboligen"]


def test_few_hits_with_all_words_are_followed_by_hits_with_some(found, page):
    make_story("Boliger til unge")
    make_story("Unge i byrådet")
    assert found("bolig unge") == ["Boliger til unge", "Unge i byrådet"]
    assert "Få sider har alle dine ord" in page("/soeg/", query={"q": "bolig unge"}).text


def test_hits_are_grouped_by_kind_with_the_best_group_first(page):
    make_page("Om tillid")
    make_story("Noget andet", body="Det handler om tillid.")
    result = page("/soeg/", query={"q": "tillid"})
    assert result.texts(".kompas-results h2") == ["Sider", "Historier"]


def test_a_group_shows_five_and_leads_to_the_rest(page, found):
    for number in range(7):
        make_story(f"Tillid {number}")
    result = page("/soeg/", query={"q": "tillid"})
    assert len(result.texts(TITLE)) == 5
    more = page(result.links()["Vis flere: Historier"].replace("?", "/soeg/?", 1))
    assert len(more.texts(TITLE)) == 7


def test_what_belongs_to_a_thing_is_found_as_that_thing(found):
    make_dilemma("Fart eller omtanke", standpoints=["Ro på"])
    make_pivot("Styrket fokus", points=["Byrådsmålene først"])
    assert found("byrådsmål") == ["Styrket fokus"]
    assert found("ro") == ["Fart eller omtanke"]


def test_a_kind_without_a_page_is_not_searched(found, monkeypatch):
    make_story("Tillid i en historie")
    story = registry.content_type_of(Story)
    elsewhere = replace(story, search=(replace(story.search[0], route="compass:no_such_page"),))
    monkeypatch.setitem(registry._declared, Story, elsewhere)
    assert found("tillid") == []


# --- Who finds what ------------------------------------------------------------------------------


def test_drafts_are_found_by_editors_alone(page, found, editor):
    make_story("Kvidderskolen som kladde", published_at=None)
    make_story("Kvidderskolen i morgen", published_at=tomorrow())
    make_story("Kvidderskolen er åben")
    assert found("kvidderskole") == ["Kvidderskolen er åben"]
    result = page("/soeg/", query={"q": "kvidderskole"}, by=editor)
    assert sorted(result.texts(".kompas-results__title")) == [
        "Kvidderskolen er åben",
        "Kvidderskolen i morgen Kladde",
        "Kvidderskolen som kladde Kladde",
    ]


def test_staff_who_are_not_editors_do_not_see_drafts(found, staff):
    make_story("Kvidderskolen som kladde", published_at=None)
    assert found("kvidderskole", by=staff) == []


def test_a_misspelling_does_not_tell_what_a_draft_says(page, editor):
    make_story("Kvidderskolen", published_at=None)
    assert "Mente du" not in page("/soeg/", query={"q": "kviderskolen"}).text
    assert "Mente du kvidderskolen?" in page("/soeg/", query={"q": "kviderskolen"}, by=editor).text


def test_a_word_that_only_a_draft_has_is_put_right_like_any_other(page):
    make_story("Styrket samskabelse")
    make_story("Samskaablse", published_at=None)
    assert "Mente du samskabelse?" in page("/soeg/", query={"q": "samskaablse"}).text


def test_drafts_are_not_counted(page):
    for number in range(7):
        make_story(f"Tillid {number}", published_at=None)
    make_story("Tillid, der er åben")
    result = page("/soeg/", query={"q": "tillid"})
    assert result.texts(TITLE) == ["Tillid, der er åben"]
    assert "Vis flere: Historier" not in result.links()


def test_drafts_are_suggested_to_editors_alone(suggested, editor_client):
    make_story("Kvidderskolen", published_at=None)
    assert suggested("kvid") == []
    assert suggested("kvid", editor_client) == ["Kvidderskolen"]


# --- The index follows the content ---------------------------------------------------------------


def test_a_change_is_found_at_once_and_what_was_there_is_not(found):
    story = make_story("Før")
    story.title = "Cykelsti"
    story.save()
    assert found("cykelsti") == ["Cykelsti"]
    Story.objects.update(title="Havnebad")
    assert found("cykelsti") == []
    assert found("havnebad") == ["Havnebad"]
    story.delete()
    assert found("havnebad") == []


def test_a_changed_part_is_found_in_the_whole(found):
    dilemma = make_dilemma("Fart eller omtanke", standpoints=["Ro"])
    dilemma.standpoints.update(title="Cykelsti")
    assert found("cykelsti") == ["Fart eller omtanke"]
    dilemma.standpoints.all().delete()
    assert found("cykelsti") == []


def test_emptied_tables_leave_nothing_behind(found):
    make_department()
    make_story("Havnebad")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE compass_story CASCADE")
    assert found("havnebad") == []


def test_the_steps_of_the_current_version_are_found(page):
    guide = make_guide(title="Målkompasset", steps=1)
    draft = guide.versions.get().new_draft()
    draft.steps.update(title="Hvem mærker flyveturen?")
    assert page("/soeg/", query={"q": "flyvetur"}).texts(TITLE) == []
    draft.publish()
    result = page("/soeg/", query={"q": "flyvetur"})
    assert result.links(TITLE) == {"Hvem mærker flyveturen?": "/maalkompasset/#trin-1"}
    assert page("/soeg/", query={"q": "handler"}).texts(TITLE) == []
    assert page("/soeg/", query={"q": "målkompas"}).links(TITLE)["Målkompasset"] == "/maalkompasset/"


def test_a_text_of_any_length_can_be_saved_and_found(found):
    make_story("Lang", body="Havnebad. " + "ord " * 60_000)
    assert found("havnebad") == ["Lang"]


# --- Two languages -------------------------------------------------------------------------------


def test_english_is_searched_in_english(found):
    make_story("Et hjem", title_en="A home", body_en="They were living in tents.")
    assert found("lived", english=True) == ["A home"]
    assert found("lived") == []


def test_what_is_not_translated_is_found_in_danish_and_marked_so(page):
    make_story("Foreningsmentoren", standfirst="En frivillig går med.")
    result = page("/en/soeg/", query={"q": "foreningsmentorer"})
    assert result.texts(TITLE) == ["Foreningsmentoren"]
    assert [part.get("lang") for part in result.select(f"{TITLE} span")] == ["da"]


# --- How it is shown -----------------------------------------------------------------------------


def test_the_words_are_marked_where_they_stand(page):
    make_story("Tillid og kontrol", standfirst="Mistillid koster.", body="Uden betydning.")
    result = page("/soeg/", query={"q": "tillid"})
    assert result.texts("mark") == ["Tillid", "Mistillid"]


def test_the_excerpt_is_cut_around_a_word_of_the_text(page):
    make_story("Langt", body=f"{'Først på en café. ' * 30} Så havnebadet. {'Siden mere. ' * 60}")
    excerpt = page("/soeg/", query={"q": "havnebad"}).texts(".kompas-results__excerpt")[0]
    assert excerpt.startswith("… ")
    assert excerpt.endswith(" …")
    assert "Så havnebadet." in excerpt
    assert len(excerpt) < 350


def test_an_excerpt_is_text_and_not_markdown(page):
    make_story("Kort", body="## Havnebad\n\n- **Bad** i [havnen](/havn/)\n\n| a | b |\n|---|---|\n| c | d |")
    assert page("/soeg/", query={"q": "havnebad"}).texts(".kompas-results__excerpt") == [
        "Havnebad Bad i havnen a b c d"
    ]


def test_what_editors_and_readers_write_is_escaped(page):
    make_story("<script>alert(1)</script> kage", standfirst="<b onclick=x>Kage</b> & te")
    result = page("/soeg/", query={"q": 'kage "><script>'})
    assert result.texts(TITLE) == ["<script>alert(1)</script> kage"]
    assert result.texts(".kompas-results__excerpt") == ["<b onclick=x>Kage</b> & te"]


def test_a_misspelt_search_says_what_it_was_taken_for(page):
    make_story("Styrket samskabelse")
    result = page("/soeg/", query={"q": "styrket samsakbelse"})
    assert "Mente du styrket samskabelse?" in result.text
    assert result.links()["styrket samskabelse"] == "?q=styrket%20samskabelse"


def test_the_form_is_sent_without_javascript(page):
    make_story("Tillid i hverdagen")
    result = page("/soeg/").form("main form").send({"q": "tillid"})
    assert result.texts(TITLE) == ["Tillid i hverdagen"]
    assert result.form("main form").values == {"q": ["tillid"]}


def test_nothing_found_offers_advice_and_other_ways_in(page):
    result = page("/soeg/", query={"q": "zzzzzz"})
    assert "Vi fandt intet om «zzzzzz»" in result.text
    assert result.links()["Alle dilemmaer"] == "/dilemmaer/"


@pytest.mark.parametrize("text", ["...", "og på det", "«»", "%", "_", "' & !", "\\", ":*"])
def test_a_search_without_words_asks_for_one(page, text):
    make_story("Tillid og det, der er på spil")
    assert "Skriv et ord, der kan søges på" in page("/soeg/", query={"q": text}).text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"q": "x" * 10_000}, "Skriv højst 200 tegn."),
        ({"q": "a\0b"}, "Der er et tegn, vi ikke kan læse."),
        ({"q": "tillid", "slags": "hemmelig"}, "Den slags findes ikke her."),
    ],
)
def test_what_cannot_be_searched_is_refused_with_a_reason(page, client, query, message):
    assert message in page("/soeg/", query=query, status=400).text
    assert client.get("/soeg/forslag/", query).status_code == 400


@pytest.mark.parametrize(
    "text", ["a b c d e f g h i j k l m n " * 7, "ord " * 50, "𝒳 𒀀 ﷽", "'); DROP TABLE --"]
)
def test_odd_searches_are_answered(page, text):
    make_story("Ord for ord")
    page("/soeg/", query={"q": text.strip()})


def test_only_get_is_answered(client, db):
    assert client.post("/soeg/").status_code == 405
    assert client.post("/soeg/forslag/").status_code == 405


@pytest.mark.parametrize(("text", "queries"), [("tillid", 2), ("tilllid", 5)])
@pytest.mark.parametrize("number", [3, 9])
def test_a_search_costs_the_same_for_few_hits_and_for_many(
    client, db, django_assert_num_queries, number, text, queries
):
    for count in range(number):
        make_story(f"Tillid og mistillid {count}")
        make_dilemma(f"Tillid og mistillid {count}")
    client.get("/soeg/", {"q": text})
    with django_assert_num_queries(queries):
        client.get("/soeg/", {"q": text})


# --- Suggestions ---------------------------------------------------------------------------------


def test_titles_are_suggested_while_one_types(suggested, client):
    make_story("Den store tillid", slug="den-store-tillid")
    make_story("Tillid og opfølgning", slug="tillid-og-opfoelgning")
    make_story("Noget andet", body="Tillid i teksten er ikke nok.")
    assert suggested("till") == ["Tillid og opfølgning", "Den store tillid"]
    assert suggested("Tillid og opfoelg") == ["Tillid og opfølgning"]
    assert client.get("/soeg/forslag/", {"q": "store t"}).json() == {
        "suggestions": [
            {"title": "Den store tillid", "kind": "Historier", "address": "/historier/den-store-tillid/"}
        ]
    }


def test_a_word_that_no_title_has_is_suggested_as_a_search(suggested, client):
    make_story("Noget andet", body="Folkeskolen ligger ved havnen.")
    assert suggested("folkes") == ["folkeskolen"]
    assert client.get("/soeg/forslag/", {"q": "ny folkes"}).json()["suggestions"] == [
        {"title": "ny folkeskolen", "kind": "Søg", "address": "/soeg/?q=ny+folkeskolen"}
    ]


def test_a_word_of_a_draft_is_suggested_to_nobody_else(suggested, editor_client):
    make_story("Noget andet", body="Kvidderskolen ligger ved havnen.", published_at=None)
    assert suggested("kvidd") == []
    assert suggested("kvidd", editor_client) == ["kvidderskolen"]


def test_a_hit_says_its_path_and_year_and_the_page_how_many_there_are(page):
    make_story("Tillid i kælderen", year=2019)
    make_dilemma("Tillid eller kontrol")
    found = page("/soeg/?q=tillid")
    assert found.texts(".kompas-results__number") == ["2 sider om «tillid»"]
    assert any(line.endswith("· 2019") for line in found.texts(".kompas-results__about"))


def test_what_is_found_in_the_other_language_alone_is_pointed_to(page):
    make_story("Et hjem", title_en="A home for wombats")
    assert page("/soeg/?q=wombats").links(".kompas-notice a") == {
        "Se 1 side på engelsk": "/en/soeg/?q=wombats"
    }


def test_suggestions_are_in_the_language_of_the_page(suggested):
    make_story("Et hjem", title_en="A home")
    assert suggested("home", address="/en/soeg/forslag/") == ["A home"]
    assert suggested("home") == []


@pytest.mark.parametrize("text", ["", "t", "..", "%", "' | '"])
def test_nothing_is_suggested_for_next_to_nothing(suggested, text):
    make_story("Tillid")
    assert suggested(text) == []


def test_no_more_is_suggested_than_one_can_take_in(suggested):
    for number in range(12):
        make_story(f"Tillid {number}")
    assert len(suggested("tillid")) == 7


# --- Letters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Århus", "AARHUS", "Æble", "øl", "naïve", "Müller", "Ärlig", "Ölands", "garçon", "É", "2026"]
)
def test_python_and_the_database_fold_alike(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_fold(%s)", [text])
        assert cursor.fetchone()[0] == fold(text)


def test_danish_order_ends_with_ae_oe_aa(db):
    for name in ["Ål", "Østergård", "Aarhus", "Ærø", "Zebra", "ananas", "Blåbær", "Ebbe", "Abe", "Ödland"]:
        make_user(name)
    make_user("Éclair")
    ordered = make_user("Sidst").__class__.objects.order_by(danish_order("name"))
    assert [user.name for user in ordered if user.name != "Sidst"] == [
        "Abe", "ananas", "Blåbær", "Ebbe", "Éclair", "Zebra", "Ærø", "Ödland", "Østergård", "Ål", "Aarhus",
    ]  # fmt: skip
