"""Before something is archived or deleted one sees what leads to it, and where readers go afterwards."""

import pytest

from compass.models import Page, Redirect, Story
from tests.admin.conftest import admin_url
from tests.factories import make_dilemma, make_guide, make_page, make_path, make_story

pytestmark = pytest.mark.django_db


def uses(page) -> list[str]:
    return page.texts("#content li")


# --- What leads here -----------------------------------------------------------------------------------


def test_everything_that_leads_to_a_dilemma_is_listed(admin_page, editor_client):
    dilemma = make_dilemma("Fart eller omtanke", slug="fart")
    make_story("Historien om det", dilemmas=[dilemma])
    make_page("En side", body="Læs [mere](/dilemmaer/fart/).")
    make_page("En engelsk side", body_en="Read [more](/en/dilemmaer/fart/).")
    make_page("En side om andet", body="Læs [mere](/dilemmaer/andet/).")
    step = make_guide().versions.get().new_draft().steps.first()
    step.dilemmas.add(dilemma)
    told = uses(admin_page(admin_url(dilemma, "archive"), by=editor_client))
    assert told[0].startswith("Trin: ")
    assert told[1:] == [
        "Historie: Historien om det",
        "Link i teksten, side: En engelsk side",
        "Link i teksten, side: En side",
    ]


def test_relations_are_shown_the_other_way_too(admin_page, editor_client):
    story = make_story(dilemmas=[make_dilemma("Fart eller omtanke")])
    assert "Dilemma: Fart eller omtanke" in uses(admin_page(admin_url(story, "archive"), by=editor_client))


def test_a_page_that_the_menu_leads_to_says_so(admin_page, editor_client):
    for slug in ["om", "kontakt"]:
        told = uses(admin_page(admin_url(make_page(slug=slug), "archive"), by=editor_client))
        assert told == ["Portalen selv: Menu, fod eller faste sider"]


def test_what_nothing_leads_to_says_so(admin_page, editor_client):
    shown = admin_page(admin_url(make_page(), "archive"), by=editor_client)
    assert "Intet andet indhold henviser hertil." in shown.text


def test_the_page_before_deleting_shows_the_same(admin_page, editor_client):
    dilemma = make_dilemma()
    make_story("Historien om det", dilemmas=[dilemma])
    assert "Historie: Historien om det" in uses(admin_page(admin_url(dilemma, "delete"), by=editor_client))


# --- Archiving -----------------------------------------------------------------------------------------


def archive(admin_page, item, successor="", *, by):
    asked = admin_page(admin_url(item, "archive"), by=by)
    return asked.form("#content form").send({"successor": successor})


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_readers_of_the_old_address_are_led_to_the_successor(admin_page, client, editor_client, prefix):
    old, new = make_story("Gammel", slug="gammel"), make_story("Ny", slug="ny")
    archive(admin_page, old, "/historier/ny/", by=editor_client)
    answer = client.get(f"{prefix}/historier/gammel/")
    assert (answer.status_code, answer["Location"]) == (301, f"{prefix}{new.get_absolute_url()}")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_without_a_successor_readers_are_told_and_shown_ways_on(admin_page, page, editor_client, prefix):
    archive(admin_page, make_story(slug="gammel"), by=editor_client)
    gone = page(f"{prefix}/historier/gammel/", status=410)
    assert gone.select("main a[href]")


def test_a_draft_has_no_readers_to_lead(admin_page, editor_client, page):
    story = make_story(slug="gammel", published_at=None)
    asked = admin_page(admin_url(story, "archive"), by=editor_client)
    assert not asked.select("[name=successor]")
    asked.form("#content form").send()
    assert not Redirect.objects.exists()
    page("/historier/gammel/", status=404)


@pytest.mark.parametrize(
    ("successor", "reason"),
    [
        ("/historier/gammel/", "Det er adressen på den side, du er ved at lægge væk."),
        ("/historier/findes-ikke/", "Der er ingen offentlig side hos os på den adresse."),
        ("/historier/kladden/", "Der er ingen offentlig side hos os på den adresse."),
        ("https://andre.example.dk/historier/ny/", "Der er ingen offentlig side hos os på den adresse."),
        ("//andre.example.dk/", "Der er ingen offentlig side hos os på den adresse."),
        ("javascript:alert(1)", "Der er ingen offentlig side hos os på den adresse."),
    ],
)
def test_readers_are_not_led_astray(editor_client, successor, reason):
    old = make_story(slug="gammel")
    make_story(slug="kladden", published_at=None)
    answer = editor_client.post(admin_url(old, "archive"), {"successor": successor})
    assert answer.status_code == 400
    assert reason in answer.content.decode()
    old.refresh_from_db()
    assert old.is_published


@pytest.mark.parametrize("successor", ["/historier/", "/en/historier/ny/", "/historier/ny/#afsnit"])
def test_fixed_pages_and_english_addresses_are_good_too(admin_page, editor_client, client, successor):
    make_story(slug="ny")
    archive(admin_page, make_story(slug="gammel"), successor, by=editor_client)
    assert client.get("/historier/gammel/", follow=True).status_code == 200


def test_an_archived_page_that_comes_back_is_at_its_old_address(
    admin_page, client, editor_client, run_action
):
    story = make_story(slug="gammel")
    archive(admin_page, story, by=editor_client)
    run_action(editor_client, "publish", [story])
    assert client.get("/historier/gammel/").status_code == 200


def test_what_is_archived_is_not_archived_again(admin_page, editor_client):
    story = make_story()
    story.archive()
    told = admin_page(admin_url(story, "archive"), by=editor_client)
    assert "er allerede arkiveret" in " ".join(told.texts(".messagelist li"))


# --- Deleting ------------------------------------------------------------------------------------------


def test_a_deleted_page_leads_to_its_successor(admin_page, client, editor_client):
    story = make_story(slug="gammel")
    make_story(slug="ny")
    asked = admin_page(admin_url(story, "delete"), by=editor_client)
    asked.form("#content form").send({"successor": "/historier/ny/"})
    assert not Story.objects.filter(slug="gammel").exists()
    assert client.get("/historier/gammel/")["Location"] == "/historier/ny/"


def test_a_bad_successor_deletes_nothing(editor_client):
    story = make_story(slug="gammel")
    answer = editor_client.post(admin_url(story, "delete"), {"post": "yes", "successor": "/x/y/z/"})
    assert answer.status_code == 400
    assert "Der er ingen offentlig side" in answer.content.decode()
    assert Story.objects.filter(pk=story.pk).exists()


def test_pages_deleted_in_a_heap_say_that_they_are_gone(editor_client, page):
    story = make_story(slug="gammel")
    chosen = {"action": "delete_selected", "_selected_action": [story.pk], "post": "yes"}
    editor_client.post(admin_url(Story, "changelist"), chosen)
    page("/historier/gammel/", status=410)


def test_what_stands_in_the_way_keeps_the_address_as_it_is(editor_client):
    story = make_story()
    editor_client.post(admin_url(story.path, "delete"), {"post": "yes", "successor": ""})
    assert not Redirect.objects.exists()


# --- Links that lead nowhere -----------------------------------------------------------------------------


def test_links_in_public_texts_that_lead_nowhere_are_found(admin_page, editor_client):
    make_path(slug="lytte")
    make_story("Målet", slug="maalet", path=make_path())
    make_page("God", body="[a](/historier/maalet/) [b](/veje/) [c](https://andre.example.dk/x/) [d](#e)")
    make_page("Skæv", body="[a](/historier/vaek/) og [b](/findes/slet/ikke/)", body_en="[x](/en/veje/vaek/)")
    make_page("Kladde", body="[a](/historier/vaek/)", published_at=None)
    shown = admin_page("/admin/links/", by=editor_client)
    assert uses(shown) == [
        "Skæv fører til /historier/vaek/",
        "Skæv fører til /findes/slet/ikke/",
        "Skæv fører til /veje/vaek/",
    ]
    Page.objects.filter(title="Skæv").delete()
    assert "Alle links til vores egne sider virker." in admin_page("/admin/links/", by=editor_client).text


def test_only_editors_look_for_links(method_owner_client, client):
    assert method_owner_client.get("/admin/links/").status_code == 403
    assert client.get("/admin/links/").status_code == 302


def test_the_portals_own_content_has_no_link_that_leads_nowhere(admin_page, editor_client, content):
    assert "Alle links til vores egne sider virker." in admin_page("/admin/links/", by=editor_client).text
