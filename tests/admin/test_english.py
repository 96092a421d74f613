"""English beside Danish: in the form, in the right language, and known where it has become the older."""

import pytest

from compass.models import Contact, Story
from publishing.admin.help import in_pairs
from tests.admin.conftest import admin_url, messages_of
from tests.factories import make_dilemma, make_story, yesterday

pytestmark = pytest.mark.django_db

ENGLISH = {"title_en": "A story", "standfirst_en": "In short.", "body_en": "They tried."}


@pytest.fixture
def story():
    return make_story("Historien", published_at=yesterday(), **ENGLISH)


def behind(story) -> list[str]:
    return Story.objects.values_list("english_behind", flat=True).get(pk=story.pk)


def change(story, **fields):
    Story.objects.filter(pk=story.pk).update(**fields)


def test_each_english_text_stands_beside_its_danish_one(admin_page, editor_client, story):
    page = admin_page(admin_url(story), by=editor_client)
    rows = page.select(".form-row.field-title.field-title_en")
    assert len(rows) == 1
    for name in ["title_en", "body_en", "talk_en"]:
        assert page.one(f"[name={name}]").get("lang") == "en"
    assert page.one("[name=title]").get("lang") is None  # as the page
    assert not page.select("fieldset.collapse h2")


def test_rows_have_their_english_beside_them_too(admin_page, editor_client):
    dilemma = make_dilemma(standpoints=["Et"])
    page = admin_page(admin_url(dilemma), by=editor_client)
    assert (
        page.one("#standpoints-0 .field-text.field-text_en [name=standpoints-0-text_en]").get("lang") == "en"
    )


def test_english_without_its_danish_stays_where_it_is():
    fields = [(None, {"fields": ["name"]}), ("Engelsk", {"fields": ["role_en"], "classes": ["collapse"]})]
    assert in_pairs(fields, Contact) == fields


# --- Older than the Danish ---------------------------------------------------------------------------


def test_a_danish_text_that_is_changed_alone_leaves_its_english_behind(story):
    change(story, title="Ny titel")
    assert behind(story) == ["title"]
    change(story, body="Ny tekst.", year=2020)
    assert behind(story) == ["title", "body"]
    change(story, title_en="A new title")
    assert behind(story) == ["body"]


def test_both_changed_at_once_and_what_has_no_english_are_not_behind(story):
    change(story, title="Ny titel", title_en="A new title", talk="Tal om det.")
    assert behind(story) == []


def test_who_saves_what_they_read_before_takes_nothing_back(story):
    old = Story.objects.get(pk=story.pk)
    change(story, title="Ny titel")
    old.title = "Ny titel"
    old.save()
    assert behind(story) == ["title"]


def test_the_form_the_list_and_the_front_say_so_until_an_editor_says_it_is_right(
    admin_page, edit, editor_client, story
):
    edit(story, {"title": "Ny titel"}, by=editor_client)
    page = admin_page(admin_url(story), by=editor_client)
    assert "Den danske tekst er ændret, siden den engelske blev skrevet." in page.text
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client, query={"engelsk": "gammelt"})
    assert "Ny titel" in listed.text
    assert "Engelsk ældre end dansk: 1 historie" in admin_page("/admin/", by=editor_client).text
    edit(story, {}, by=editor_client, button="_english_right")
    assert behind(story) == []
    assert "siden den engelske" not in admin_page(admin_url(story), by=editor_client).text


def test_publishing_says_what_an_english_reader_would_miss(admin_page, edit, editor_client):
    story = make_story("Historien", published_at=None, title_en="A story")
    edit(story, {"title": "Ny titel"}, by=editor_client)
    published = edit(story, {}, by=editor_client, button="_publish")
    told = " ".join(messages_of(published))
    assert "Mangler på engelsk: indledning, tekst." in told
    assert "Ældre på engelsk end på dansk: titel." in told


def test_what_takes_the_public_texts_place_says_it_first(admin_page, editor_client, story):
    form = admin_page(admin_url(story), by=editor_client).form("#story_form")
    form.send({"title": "Ny titel", "_apart": "1"})
    page = admin_page(admin_url(story, "appear"), by=editor_client)
    assert "Ældre på engelsk end på dansk: titel." in page.texts("[role=note] li")
