"""What readers see: never older than the database, never shown to whom it is not for, in few queries."""

import gc
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compass import rose, story_index
from compass.content_version import content_version
from compass.models import Dilemma, Path, Picture, Pivot, Source, Standpoint, Story, Theme
from publishing.content_version import OncePerVersion, ask_again
from publishing.portal import current_portal
from publishing.registry import content_type_of
from reflection.models import Guide
from reflection.privacy.open_rooms import open_room_lifetime
from tests.factories import (
    make_attachment,
    make_contact,
    make_department,
    make_dilemma,
    make_guide,
    make_page,
    make_path,
    make_picture,
    make_pivot,
    make_source,
    make_story,
    make_theme,
    tomorrow,
)

pytestmark = pytest.mark.django_db

# Tables of compass that no page shows, and why (of the other apps: tests/test_caching.py).
OF_THEIR_OWN = {
    "compass_redirect": "asked for where there is no page",
    "compass_missed": "what editors are told of what readers do not find",
    "compass_loadedcontent": "what came from files, for the loading alone",
    "compass_search_entry": "the search asks it",
    "compass_search_word": "the search asks it",
    "compass_content_mark": "the marks themselves",
}

FOLLOWED = """
    SELECT event_object_table FROM information_schema.triggers WHERE trigger_name = 'content_changed'
    GROUP BY event_object_table HAVING array_agg(event_manipulation::text) @> '{INSERT,UPDATE,DELETE}'
"""


def test_a_change_of_any_table_is_noticed_or_it_is_said_why_not():
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED)
        followed = {table for (table,) in cursor}
    tables = {name for name in connection.introspection.table_names() if name.startswith("compass_")}
    assert {table for table in followed if table.startswith("compass_")} == tables - set(OF_THEIR_OWN)


def test_a_change_makes_another_version(transactional_db):
    make_story("Før")
    before = content_version()
    assert content_version() == before
    Story.objects.update(title="Efter")
    assert content_version() != before


def test_other_rows_change_without_counting_all_stories_again():
    make_dilemma(path=make_path())
    before, index = content_version(), story_index.current()
    Dilemma.objects.update(title="Et andet navn")
    assert content_version() != before
    assert story_index.current() is index


def test_the_texts_of_a_story_change_without_counting_all_stories_again():
    make_story("Før")
    before, index = content_version(), story_index.current()
    Story.objects.update(title="Efter", standfirst="Ny", body="Ny", updated_at=timezone.now())
    assert content_version() != before
    assert story_index.current() is index


def test_who_we_are_is_not_read_again_for_a_story():
    make_story("Før")
    ask_again()
    portal = current_portal()
    Story.objects.update(title="Efter")
    ask_again()
    assert current_portal() is portal
    Path.objects.update(title="Efter")
    ask_again()
    assert current_portal() is not portal


def test_nothing_that_is_kept_for_all_pages_reads_stories():
    make_story()
    kept = [one for one in gc.get_objects() if type(one) is OncePerVersion]  # isinstance() wakes lazy ones
    with CaptureQueriesContext(connection) as queries:
        for one in kept:
            one.read()
    assert len(kept) > 3
    assert len(queries) > 3  # two are put together from what others have read
    assert not [query for query in queries.captured_queries if "compass_story" in query["sql"]]


OTHERWISE = {
    "path": lambda: make_path("Lede"),
    "kind": lambda: "tool",
    "department": make_department,
    "year": lambda: 1999,
    "outcome": lambda: "mixed",
    "published_at": tomorrow,
    "themes": make_theme,
    "dilemmas": make_dilemma,
}


@pytest.mark.parametrize("indexed", content_type_of(Story).indexed)
def test_what_stories_are_found_by_makes_another_index(indexed):
    story, becomes = make_story(), OTHERWISE[indexed]()
    index = story_index.current()
    if indexed in {"themes", "dilemmas"}:
        getattr(story, indexed).add(becomes)
    else:
        Story.objects.update(**{indexed: becomes})
    assert story_index.current() is not index


def test_the_index_reads_of_a_story_what_is_declared():
    columns = re.search(r"SELECT id, (.*?),\s+row_number", story_index.READ, re.DOTALL)[1]
    [table] = [table for table in content_type_of(Story).tables() if table.name == Story._meta.db_table]
    assert {name.strip() for name in columns.split(",")} == set(table.indexed)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Story, {"title": "Nyt ord"}),
        (Theme, {"title": "Nyt ord"}),
        (Path, {"title": "Nyt ord"}),
        (Dilemma, {"title": "Nyt ord"}),
        (Source, {"title": "Nyt ord"}),
        (Picture, {"alt": "Nyt ord"}),
    ],
)
def test_a_story_shows_each_change_of_what_is_on_its_page(page, model, fields):
    story = make_story(
        themes=[make_theme()], dilemmas=[make_dilemma()], sources=[make_source()], picture=make_picture()
    )
    assert "Nyt ord" not in page(story.get_absolute_url()).html
    model.objects.update(**fields)
    assert "Nyt ord" in page(story.get_absolute_url()).html


def test_a_story_shows_what_is_put_on_it_and_taken_away(page):
    story = make_story()
    page(story.get_absolute_url())
    file = make_attachment("Skema til mødet")
    story.attachments.add(file)
    assert "Skema til mødet" in page(story.get_absolute_url()).html
    story.attachments.clear()
    assert "Skema til mødet" not in page(story.get_absolute_url()).html


def test_a_compass_shows_each_change_and_no_draft(page):
    guide = make_guide()
    page("/maalkompasset/")
    draft = guide.current_version().new_draft()
    draft.intro = "Ny begyndelse"
    draft.save()
    assert "Ny begyndelse" not in page("/maalkompasset/").text
    draft.publish()
    assert "Ny begyndelse" in page("/maalkompasset/").text
    Guide.objects.update(title="Nyt navn")
    assert "Nyt navn" in page("/maalkompasset/").text


@pytest.mark.parametrize(
    ("address", "model"),
    [("/", Pivot), ("/forstaaelsesrammen/", Pivot), ("/veje/", Path), ("/dilemmaer/", Dilemma)],
)
def test_lists_show_each_change(page, address, model):
    make_pivot()
    make_dilemma()
    page(address)
    model.objects.update(title="Nyt ord")
    assert "Nyt ord" in page(address).html


def test_a_dilemma_shows_each_change_of_its_standpoints(page):
    dilemma = make_dilemma()
    page(dilemma.get_absolute_url())
    Standpoint.objects.update(title="Nyt ord")
    assert "Nyt ord" in page(dilemma.get_absolute_url()).html


# --- Who sees what -------------------------------------------------------------------------------


def make_about(title, **fields):
    return make_page(title, slug="om", **fields)


MAKERS = [make_story, make_dilemma, make_about, make_path, make_pivot]


@pytest.mark.parametrize("make", MAKERS)
def test_what_an_editor_has_previewed_stays_hidden_from_readers(editor_client, client, make):
    draft = make("Kun en kladde", published_at=None)
    address = draft.get_absolute_url()
    assert editor_client.get(address).status_code == 200
    assert client.get(address).status_code == 404
    for everywhere in ["/", "/veje/", "/dilemmaer/", "/historier/", "/forstaaelsesrammen/"]:
        assert "Kun en kladde" not in client.get(everywhere).text
    assert editor_client.get(address).status_code == 200


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_withdrawn_is_gone_at_once(client, make):
    item = make("Snart væk")
    assert client.get(item.get_absolute_url()).status_code == 200
    item.withdraw()
    assert client.get(item.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("make", MAKERS)
def test_what_was_dated_ahead_appears_by_itself_when_its_time_comes(client, make):
    item = make("Kommer i morgen", published_at=tomorrow())
    assert client.get(item.get_absolute_url()).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert client.get(item.get_absolute_url()).status_code == 200


def test_what_a_transaction_took_back_was_never_there(transactional_db, client):
    story = make_story("Som den er")

    with transaction.atomic():
        Story.objects.update(title="Som den ikke bliver")
        assert "Som den ikke bliver" in client.get(story.get_absolute_url()).text
        transaction.set_rollback(True)
    assert "Som den er" in client.get(story.get_absolute_url()).text


def test_each_language_has_its_own_card(client):
    make_story("Et møde", title_en="A meeting")
    danish, english = client.get("/historier/").text, client.get("/en/historier/").text
    assert "Et møde" in danish
    assert "A meeting" not in danish
    assert "A meeting" in english
    assert "Et møde" in client.get("/historier/").text


# --- What it costs -------------------------------------------------------------------------------


COSTS = {
    "/": 2,
    "/forstaaelsesrammen/": 3,
    "/veje/": 1,
    "/veje/lytte/": 4,
    "/dilemmaer/": 1,
    "/historier/": 2,
}


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_costs_the_same_with_one_row_and_with_many(django_assert_num_queries, number):
    path, theme = make_path(slug="lytte"), make_theme()
    for _ in range(number):
        make_pivot()
        make_story(path=path, themes=[theme], dilemmas=[make_dilemma(path=path)], sources=[make_source()])
    story_index.current(), rose.positions(), open_room_lifetime()
    for address, queries in COSTS.items():
        with django_assert_num_queries(queries, info=address):
            assert Client().get(address).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_a_story_costs_a_query_for_each_kind_of_thing_that_belongs_to_it(django_assert_num_queries, number):
    theme = make_theme()
    bare = make_story(themes=[theme])
    for _ in range(number):
        make_story(themes=[theme], picture=make_picture())
    story = make_story(
        themes=[theme],
        dilemmas=[make_dilemma() for _ in range(number)],
        sources=[make_source() for _ in range(number)],
        picture=make_picture(),
    )
    story.attachments.set([make_attachment(f"Fil {count}") for count in range(number)])
    story_index.current(), rose.positions()
    with django_assert_num_queries(3):  # the story, related ones and their pictures
        assert Client().get(bare.get_absolute_url()).status_code == 200
    with django_assert_num_queries(7):
        assert Client().get(story.get_absolute_url()).status_code == 200


def test_the_contact_page_says_who_is_asked_about_what(page):
    make_page("Kontakt", slug="kontakt")
    make_contact("Karen Kontakt", department=make_department("Børn og Unge"))
    found = page("/kontakt/")
    asked = dict(zip(found.texts("main dt"), found.texts("main dd"), strict=True))
    assert list(asked) == [
        "Portalen, en fejl eller et dokument",
        "Hvad der er gemt om dig",
        "En side, du ikke kan læse eller høre",
        "Kompasset i en forvaltning",
    ]
    assert "@" in asked["Portalen, en fejl eller et dokument"]
    assert "Spørg om kompasset i Børn og Unge" in found.texts("h3")
