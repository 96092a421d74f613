"""The list of stories: filters that are addresses, their counts, pages, and related stories."""

import re
import threading

import pytest
from django.test import Client

from compass import story_index
from compass.content_version import content_version
from compass.models import Story
from tests.factories import (
    make_department,
    make_dilemma,
    make_path,
    make_story,
    make_theme,
    tomorrow,
    yesterday,
)

pytestmark = pytest.mark.django_db

TITLES = ".kompas-card__title"
CHIPS = ".kompas-tag--remove"


@pytest.fixture
def terms():
    """Five stories on two paths, under two themes, with and without an outcome."""
    listen = make_path("Nye veje til at lytte", slug="lytte")
    solve = make_path("Nye veje til at løse", slug="loese")
    rules = make_theme("Tid og regler", slug="tid-og-regler")
    city = make_theme("By og miljø", slug="by-og-miljoe")
    sport = make_department("Kultur og Borgerservice", slug="kultur")
    make_story("Et", path=listen, themes=[rules], outcome="worked", year=2020)
    make_story("To", path=listen, themes=[rules, city], outcome="did-not-work", year=2021)
    make_story("Tre", path=solve, themes=[city], outcome="worked", kind="tool", year=2021)
    make_story("Fire", path=solve, department=sport)
    make_story("Fem, en kladde", path=solve, themes=[rules], outcome="worked", published_at=None)


def counts(page) -> dict[str, str]:
    """«Nye veje til at lytte» → «2», for every filter of the page."""
    found = {}
    for link in page.select(".kompas-filter__link"):
        number = link.cssselect(".kompas-filter__count")[0].text_content()
        name = link.text_content().replace(number, "")
        found[" ".join(name.split())] = number.split()[-1]
    return found


# --- Filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Fire", "Tre", "To", "Et"]),
        ("?vej=lytte", ["To", "Et"]),
        ("?slags=vaerktoej", ["Tre"]),
        ("?tema=by-og-miljoe", ["Tre", "To"]),
        ("?forvaltning=kultur", ["Fire"]),
        ("?aar=2021", ["Tre", "To"]),
        ("?gik=godt", ["Tre", "Et"]),
        ("?gik=ikke", ["To"]),
        ("?vej=lytte&gik=godt", ["Et"]),
        ("?aar=2021&tema=by-og-miljoe&vej=loese", ["Tre"]),
        ("?vej=loese&aar=2020", []),
        ("?utm_source=nyhedsbrev", ["Fire", "Tre", "To", "Et"]),
    ],
)
def test_an_address_chooses_stories_and_the_newest_come_first(page, terms, query, titles):
    assert page(f"/historier/{query}").texts(TITLES) == titles


def test_english_readers_have_the_same_filters(page, terms):
    found = page("/en/historier/?vej=lytte&gik=godt")
    assert found.texts(TITLES) == ["Et"]
    assert set(found.links(CHIPS).values()) == {"/en/historier/?gik=godt", "/en/historier/?vej=lytte"}


def test_a_count_says_what_the_filter_would_leave(page, terms):
    found = page("/historier/?vej=lytte")
    for link, number in zip(found.select(".kompas-filter__link"), counts(found).values(), strict=True):
        if not link.get("aria-current"):
            assert str(len(page(link.get("href")).texts(TITLES))) == number


def test_a_filter_counts_given_the_others_but_not_its_own(page, terms):
    found = counts(page("/historier/?vej=lytte"))
    assert found["Nye veje til at løse"] == "2"
    assert found["By og miljø"] == "1"
    assert found["Det gik godt"] == "1"


def test_what_would_leave_nothing_is_not_offered(page, terms):
    found = page("/historier/?vej=lytte")
    assert "Værktøj" not in counts(found)
    assert "Forvaltning" not in found.texts(".kompas-filter__title")
    assert "Portræt" not in counts(page("/historier/"))


def test_what_is_chosen_can_be_left_one_by_one_or_all_at_once(page, terms):
    found = page("/historier/?vej=lytte&gik=godt&aar=2020")
    assert set(found.links(CHIPS).values()) == {
        "/historier/?gik=godt&aar=2020",
        "/historier/?vej=lytte&aar=2020",
        "/historier/?vej=lytte&gik=godt",
    }
    assert found.links()["Ryd alle"] == "/historier/"
    chosen = found.select(".kompas-filter__link[aria-current]")
    assert {link.get("href") for link in chosen} == set(found.links(CHIPS).values())


def test_the_same_choice_has_one_address_however_one_came_to_it(page, terms):
    one = page("/historier/?gik=godt&vej=lytte").links(".kompas-filter__link")
    other = page("/historier/?vej=lytte&gik=godt").links(".kompas-filter__link")
    assert one == other


def test_when_nothing_fits_the_page_says_so_and_how_to_go_on(page, terms):
    found = page("/historier/?vej=loese&aar=2020")
    assert "Ingen historie passer til det hele" in found.text
    assert len(found.select(CHIPS)) == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?tema=findes-ikke", "«Tema: findes-ikke»"),
        ("?aar=tyve", "«År: tyve»"),
        ("?vej=", ""),
        ("?side=0", "«Side: 0»"),
        ("?side=2", "«Side: 2»"),
        ("?side=en", "«Side: en»"),
        ("?gik=%00", "«Hvordan gik det?:"),
        ("?slags=<script>", "«Slags: <script>»"),
    ],
)
def test_what_the_portal_does_not_know_is_named_and_the_rest_is_shown(page, terms, query, said):
    found = page(f"/historier/{query}", status=404 if said else 200)
    assert said in found.text
    assert found.texts(TITLES) == ["Fire", "Tre", "To", "Et"]


def test_an_editor_sees_drafts_first_and_readers_do_not(page, terms, editor):
    assert page("/historier/", by=editor).texts(TITLES)[0] == "Fem, en kladde"
    assert counts(page("/historier/", by=editor))["Tid og regler"] == "3"
    assert counts(page("/historier/"))["Tid og regler"] == "2"


def test_a_story_of_tomorrow_is_neither_shown_nor_counted(page, terms):
    make_story("I morgen", published_at=tomorrow(), outcome="worked")
    found = page("/historier/?gik=godt")
    assert found.texts(TITLES) == ["Tre", "Et"]
    assert found.texts("h2#found") == ["2 historier"]


# --- The list and its changes --------------------------------------------------------------------


def test_htmx_gets_the_list_alone(page, terms):
    part = page("/historier/?vej=lytte", part="stories")
    assert part.texts(TITLES) == ["To", "Et"]
    assert not part.select("h1")
    whole = page("/historier/?vej=lytte").one("#stories")
    assert part.texts("h2, a") == [
        "".join(" ".join(e.text_content().split())) for e in whole.cssselect("h2, a")
    ]


def test_the_title_says_which_stories_and_which_page(page, client, terms):
    for number in range(30):
        make_story(f"Historie {number}", kind="case")
    wanted = {
        "/historier/": "Historier – Aarhuskompasset",
        "/historier/?slags=case&side=2": "Historier – Case – Side 2 – Aarhuskompasset",
        "/en/historier/?side=2": "Stories – Page 2 – Aarhuskompasset",
    }
    for address, title in wanted.items():
        assert page(address).title == title
        part = client.get(address, headers={"HX-Request": "true", "HX-Target": "stories"}).text
        assert " ".join(re.search("<title>(.*?)</title>", part, re.DOTALL)[1].split()) == title


def test_every_link_of_the_list_works_with_and_without_htmx(page, terms):
    for link in page("/historier/?vej=lytte").select("#stories a[hx-get]"):
        assert link.get("hx-get") == link.get("href")
        assert (link.get("hx-target"), link.get("hx-push-url")) == ("#stories", "true")


def test_every_story_stands_on_one_page_of_the_list(page):
    for number in range(45):
        make_story(f"Historie {number:02}")
    seen, address, pages = [], "/historier/", 0
    while address:
        found = page(address)
        seen += found.texts(TITLES)
        address = next((link.get("href") for link in found.select("a[rel=next]")), None)
        pages += 1
    assert (pages, seen) == (3, [f"Historie {number:02}" for number in range(44, -1, -1)])
    assert page("/historier/?side=2").select("a[rel=prev]")[0].get("href") == "/historier/"


def test_a_change_is_seen_at_once(page, terms):
    assert page("/historier/?gik=ikke").texts(TITLES) == ["To"]
    make_story("Seks", outcome="did-not-work")
    assert page("/historier/?gik=ikke").texts(TITLES) == ["Seks", "To"]
    Story.objects.filter(title="Seks").update(outcome="open")
    assert page("/historier/?gik=ikke").texts(TITLES) == ["To"]
    Story.objects.get(title="To").themes.clear()
    assert page("/historier/?tema=by-og-miljoe").texts(TITLES) == ["Tre"]
    Story.objects.filter(title="To").delete()
    assert page("/historier/").texts(TITLES) == ["Seks", "Fire", "Tre", "Et"]


def test_a_change_by_somebody_else_is_seen_at_once(transactional_db):
    make_story("Før")
    before = story_index.current()
    assert story_index.current() is before
    Story.objects.update(kind="tool")
    after = story_index.current()
    assert (before.under("kind", "tool"), after.under("kind", "tool")) == (0, 1)


def test_nobody_waits_while_the_stories_are_read_again(transactional_db, monkeypatch):
    make_story("Før")
    before = story_index.current()
    left = []
    monkeypatch.setattr(story_index, "beside_the_requests", left.append)
    Story.objects.update(kind="tool")
    assert story_index.current() is story_index.current() is before
    assert content_version() is None  # so nothing made meanwhile is kept
    [read_again] = left
    read_again()
    assert story_index.current().under("kind", "tool") == 1
    assert content_version() is not None
    assert len(left) == 1


def wait_for_the_story_index():
    for thread in threading.enumerate():
        if thread.name == "story index":
            thread.join(60)


def test_the_stories_are_read_again_by_a_thread_of_their_own(transactional_db, monkeypatch):
    monkeypatch.undo()
    make_story("Før")
    story_index.current()
    wait_for_the_story_index()
    Story.objects.update(kind="tool")
    story_index.current()
    wait_for_the_story_index()
    assert story_index.current().under("kind", "tool") == 1


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_for_one_story_and_for_many(django_assert_num_queries, number):
    for count in range(number):
        make_story(f"Historie {count}", themes=[make_theme()])
    Client().get("/historier/?slags=case")  # what a process reads once a version of the content
    with django_assert_num_queries(2):
        assert Client().get("/historier/?slags=case").status_code == 200


# --- The index of stories ------------------------------------------------------------------------


def test_bits_and_rows_agree_about_who_sees_what(editor):
    for date in [None, tomorrow(), yesterday(), yesterday()]:
        make_story(published_at=date)
    kept = story_index.current()
    assert set(kept.newest(kept.published(), 9)) == set(
        Story.objects.published().values_list("pk", flat=True)
    )
    assert kept.visible_to(editor).bit_count() == 4


def test_a_page_is_taken_from_anywhere_in_a_long_list():
    first = make_story()
    Story.objects.bulk_create(
        Story(key=f"M{n}", slug=f"m-{n}", title=f"{n}", path=first.path, published_at=yesterday())
        for n in range(5_000)
    )
    kept = story_index.current()
    everything = kept.newest(kept.published(), 6_000)
    assert len(everything) == 5_001
    for after in [0, 1, 2_047, 2_048, 4_990, 5_001]:
        assert kept.newest(kept.published(), 20, after=after) == everything[after : after + 20]


# --- Related stories -----------------------------------------------------------------------------


def test_dilemmas_stand_in_the_order_of_their_paths_without_drafts(page):
    first, second = make_path(position=1), make_path(position=2)
    dilemmas = [
        make_dilemma("Sidst", path=second, key="P1"),
        make_dilemma("Kladde", path=first, key="P2", published_at=None),
        make_dilemma("Så", path=first, key="P4"),
        make_dilemma("Først", path=first, key="P3"),
    ]
    found = page(make_story(path=first, dilemmas=dilemmas).get_absolute_url())
    assert found.texts("[aria-labelledby=dilemmas] h3") == ["Først", "Så", "Sidst"]


def test_a_shared_dilemma_comes_before_a_shared_theme(page):
    theme, dilemma = make_theme(), make_dilemma()
    story = make_story("Denne", themes=[theme], dilemmas=[dilemma])
    make_story("Samme dilemma", dilemmas=[dilemma])
    for title in ["Ældst", "Samme tema", "Nyeste tema"]:
        make_story(title, themes=[theme])
    make_story("Kladde", dilemmas=[dilemma], published_at=None)
    make_story("Noget andet")
    related = page(story.get_absolute_url()).texts("section[aria-labelledby=related] h3")
    assert related == ["Samme dilemma", "Nyeste tema", "Samme tema"]


def test_a_story_with_nothing_in_common_has_no_related_stories(page):
    make_story("En anden", themes=[make_theme()])
    assert not page(make_story("Alene").get_absolute_url()).select("#related")


def test_a_path_shows_its_newest_stories_and_leads_to_all(page):
    path = make_path(slug="lytte")
    for number in range(11):
        make_story(f"Historie {number:02}", path=path)
    found = page("/veje/lytte/")
    assert found.texts(TITLES) == [f"Historie {number:02}" for number in range(10, 1, -1)]
    assert found.links()["Se alle 11 historier fra vejen"] == "/historier/?vej=lytte"
