"""What stood before is never lost: versions are listed, compared word by word, and put back."""

import re
import time

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from reversion import add_to_revision, create_revision
from reversion.models import Version

from compass.models import Dilemma, Milestone, Redirect, Source, Story
from publishing.admin.comparison import MOST_PIECES, marked_words
from publishing.admin.history import versions_of
from publishing.bin import forget
from publishing.models import Binned
from tests.admin.conftest import admin_url, messages_of
from tests.factories import (
    make_contact,
    make_dilemma,
    make_page,
    make_recording,
    make_source,
    make_story,
    make_theme,
)

pytestmark = pytest.mark.django_db


def restore(admin_page, item, version, *, by):
    asked = admin_page(admin_url_of(item, "restore", version.pk), by=by)
    return asked.form("#content form").send()


def admin_url_of(item, page, *args):
    return (
        f"{admin_url(item)[: -len('change/')]}gendan/{args[0]}/"
        if page == "restore"
        else admin_url(item, page)
    )


def comments(item) -> list[str]:
    return [version.revision.get_comment() for version in versions_of(item)]


# --- Keeping -----------------------------------------------------------------------------------------


def test_the_first_change_keeps_what_stood_before(editor_client, edit):
    story = make_story("Som den var")
    edit(story, {"title": "Som den blev"}, by=editor_client)
    old, new = reversed(versions_of(story))
    assert (old.field_dict["title"], new.field_dict["title"]) == ("Som den var", "Som den blev")
    assert comments(story) == ["Ændrede Titel.", "Sådan stod det, før det første gang blev rettet her."]
    assert (old.revision.user, str(new.revision.user)) == (None, "Rikke Redaktør")


def test_what_is_changed_elsewhere_is_kept_before_the_next_change(editor_client, edit):
    story = make_story("A")
    edit(story, {"title": "B"}, by=editor_client)
    Story.objects.filter(pk=story.pk).update(title="C")
    edit(story, {"title": "D"}, by=editor_client)
    assert [version.field_dict["title"] for version in versions_of(story)] == ["D", "C", "B", "A"]
    assert comments(story)[1] == "Ændret et andet sted end i redaktionen."


def test_a_step_is_a_version_of_each_text_it_is_taken_with(editor_client, run_action):
    stories = [make_story("A", published_at=None), make_story("B", published_at=None)]
    run_action(editor_client, "publish", stories)
    assert [comments(story)[0] for story in stories] == ["Offentliggjort.", "Offentliggjort."]
    assert len({versions_of(story)[0].revision_id for story in stories}) == 2


def test_looking_at_a_page_keeps_nothing(admin_page, editor_client):
    story = make_story()
    admin_page(admin_url(story), by=editor_client)
    admin_page(admin_url(story, "history"), by=editor_client)
    assert not Version.objects.exists()


def test_a_refused_form_makes_no_version_of_its_words(editor_client, edit):
    story = make_story("Rigtig")
    edit(story, {"title": ""}, by=editor_client)
    assert {version.field_dict["title"] for version in versions_of(story)} <= {"Rigtig"}


# --- Listing and comparing -----------------------------------------------------------------------------


def test_the_history_says_who_when_and_what(admin_page, editor_client, edit):
    story = make_story("Før")
    edit(story, {"title": "Efter"}, by=editor_client)
    told = admin_page(admin_url(story, "history"), by=editor_client)
    assert told.texts("#versions td:nth-child(2)") == ["Rikke Redaktør", "–"]
    assert told.texts("#versions td:nth-child(3)")[0] == "Ændrede Titel."
    assert told.texts("#change-history tbody td:last-child") == ["Ændrede Titel."]


def test_two_versions_are_compared_word_by_word(admin_page, editor_client, edit):
    story = make_story(body="De flyttede mødet en måned frem.", themes=[make_theme("Tid")])
    changes = {"body": "De flyttede mødet en uge frem.", "kind": "article", "themes": []}
    edit(story, changes, by=editor_client)
    compared = admin_page(admin_url(story, "history"), by=editor_client).form("#content form").send()
    assert compared.texts("dt") == ["Slags (Ændret)", "Tekst (Ændret)", "Temaer (Fjernet)"]
    assert compared.texts("del") == ["[fjernet: Case]", "[fjernet: måned]", "[fjernet: Tid]"]
    assert compared.texts("ins") == ["[tilføjet: Artikel]", "[tilføjet: uge]"]


def test_a_comparison_shows_each_row_under_its_own_heading(admin_page, editor_client, edit):
    dilemma = make_dilemma(standpoints=["Først", "Så"])
    edit(dilemma, {"standpoints-0-title": "Allerførst", "standpoints-1-DELETE": "on"}, by=editor_client)
    compared = admin_page(admin_url(dilemma, "history"), by=editor_client).form("#content form").send()
    assert compared.texts("#content h3") == ["Ståsted: Allerførst", "Ståsted: Så"]
    assert "[fjernet: Så]" in compared.text


def test_what_an_editor_wrote_is_text_and_no_markup():
    marked = marked_words("<b>fed</b>", "<i>skrå</i>")
    assert "<b>" not in marked
    assert "&lt;" in marked


def test_long_texts_are_compared_as_wholes_and_not_for_minutes():
    old, new = "ord " * MOST_PIECES, "andre ord " * MOST_PIECES
    assert marked_words(old, new).count("<del>") == 1


def test_a_text_of_one_sign_over_and_over_is_compared_in_no_time():
    started = time.process_time()
    marked = marked_words("." * 1_999, ".!" * 999)
    assert time.process_time() - started < 2
    assert marked.count("<del>") == 1


def test_in_a_long_text_only_what_differs_is_marked():
    words = [f"ord{number % 300}" for number in range(900)]
    marked = marked_words(
        " ".join(["Først", *words, "sidst."]), " ".join(["Allerførst", *words, "til sidst."])
    )
    assert re.findall("<(?:del|ins)>.*?</span>(.*?)<", marked) == ["Først", "Allerførst", " til"]


@pytest.mark.parametrize(
    "query", [{}, {"old": "1"}, {"old": "x", "new": "y"}, {"old": "999999", "new": "999999"}]
)
def test_versions_that_are_not_of_the_text_lead_back_to_the_history(admin_page, editor_client, query):
    story = make_story()
    answer = admin_page(admin_url(story, "compare"), by=editor_client, query=query)
    assert messages_of(answer) == ["Vælg to udgaver, der kan sammenlignes."]


def test_the_history_costs_the_same_for_few_versions_and_for_many(editor_client, edit):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            editor_client.get(admin_url(story, "history"))
        return len(captured)

    story = make_story()
    edit(story, {"title": "Første titel"}, by=editor_client)
    few = queries()
    for number in range(3):
        edit(story, {"title": f"Titel {number}"}, by=editor_client)
    assert (queries(), len(versions_of(story))) == (few, 5)
    assert few <= 12


# --- Putting back --------------------------------------------------------------------------------------


def test_a_version_is_put_back_with_its_relations(admin_page, editor_client, edit):
    theme, source = make_theme("Tid"), make_source()
    story = make_story("Før", themes=[theme], sources=[source])
    edit(story, {"title": "Efter", "themes": [], "sources": []}, by=editor_client)
    first = versions_of(story).last()
    answer = restore(admin_page, story, first, by=editor_client)
    story.refresh_from_db()
    assert (story.title, list(story.themes.all()), list(story.sources.all())) == ("Før", [theme], [source])
    assert any("er, som det var" in text for text in messages_of(answer))
    assert comments(story)[0].startswith("Gendannet, som det var ")
    assert LogEntry.objects.filter(object_id=story.pk).count() == 2


def test_what_would_change_is_shown_before_it_does(admin_page, editor_client, edit):
    story = make_story("Før")
    edit(story, {"title": "Efter"}, by=editor_client)
    shown = admin_page(admin_url_of(story, "restore", versions_of(story).last().pk), by=editor_client)
    assert shown.texts("dt") == ["Titel (Ændret)"]
    assert shown.texts("ins") == ["[tilføjet: Før]"]
    story.refresh_from_db()
    assert story.title == "Efter"


def test_rows_come_back_in_their_order(admin_page, editor_client, edit):
    dilemma = make_dilemma(standpoints=["Først", "Så", "Til sidst"])
    changes = {"standpoints-0-DELETE": "on", "standpoints-1-position": "3", "standpoints-2-position": "2"}
    edit(dilemma, changes, by=editor_client)
    restore(admin_page, dilemma, versions_of(dilemma).last(), by=editor_client)
    told = list(dilemma.standpoints.values_list("position", "title"))
    assert told == [(1, "Først"), (2, "Så"), (3, "Til sidst")]


def test_putting_back_an_old_text_neither_publishes_nor_hides(admin_page, editor_client, edit, run_action):
    story = make_story("Kladden", published_at=None)
    edit(story, {"title": "Den rigtige"}, by=editor_client)
    run_action(editor_client, "publish", [story])
    restore(admin_page, story, versions_of(story).last(), by=editor_client)
    story.refresh_from_db()
    assert (story.title, story.is_published) == ("Kladden", True)


def test_an_address_that_comes_back_leads_on_from_the_other(admin_page, client, editor_client, edit):
    story = make_story(slug="gammel")
    edit(story, {"slug": "ny"}, by=editor_client)
    restore(admin_page, story, versions_of(story).last(), by=editor_client)
    assert client.get("/historier/gammel/").status_code == 200
    assert Redirect.objects.get().new == "/historier/gammel/"


def test_a_version_whose_address_is_taken_says_so_and_changes_nothing(admin_page, editor_client, edit):
    story = make_story("Første", slug="optaget")
    edit(story, {"slug": "flyttet"}, by=editor_client)
    Redirect.objects.all().delete()
    make_story("Anden", slug="optaget")
    url = admin_url_of(story, "restore", versions_of(story).last().pk)
    form = admin_page(url, by=editor_client).form("#content form")
    answer = editor_client.post(url, form.values)
    assert answer.status_code == 409
    assert "Udgaven kan ikke gendannes." in answer.content.decode()
    story.refresh_from_db()
    assert story.slug == "flyttet"


def test_nothing_is_put_back_over_what_somebody_wrote_meanwhile(admin_page, editor_client, edit):
    story = make_story("Før")
    edit(story, {"title": "Efter"}, by=editor_client)
    url = admin_url_of(story, "restore", versions_of(story).last().pk)
    form = admin_page(url, by=editor_client).form("#content form")
    Story.objects.filter(pk=story.pk).update(title="Imens")
    answer = editor_client.post(url, form.values)
    assert answer.status_code == 409
    assert "Indholdet er ændret, siden du så den her side." in answer.content.decode()
    story.refresh_from_db()
    assert story.title == "Imens"


def test_a_public_recording_does_not_get_a_version_without_sound(
    admin_page, editor_client, edit, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    recording = make_recording(chapters=0, published_at=None)
    edit(recording, {"note": "Ny"}, by=editor_client)
    full = make_recording(chapters=1)
    full.chapters.update(recording=recording)
    recording.publish()
    url = admin_url_of(recording, "restore", versions_of(recording).last().pk)
    answer = editor_client.post(url, admin_page(url, by=editor_client).form("#content form").values)
    assert "mindst ét kapitel med tekst" in answer.content.decode()
    assert recording.chapters.count() == 1


@pytest.mark.parametrize("model", [Milestone, Source])
def test_what_is_not_published_has_versions_too(admin_page, editor_client, edit, content, model):
    row = model.objects.order_by("pk").first()
    before = row.key
    edit(row, {"key": "NY-1"}, by=editor_client)
    restore(admin_page, row, versions_of(row).last(), by=editor_client)
    row.refresh_from_db()
    assert row.key == before


def test_a_version_of_something_else_is_not_found(editor_client, edit):
    story, other = make_story(), make_page()
    edit(other, {"title": "Ny"}, by=editor_client)
    assert editor_client.get(admin_url_of(story, "restore", versions_of(other)[0].pk)).status_code == 404


@pytest.mark.parametrize("address", ["recover/", "recover/1/", "1/history/1/"])
def test_pages_that_change_rows_while_showing_them_are_not_offered(editor_client, address):
    answer = editor_client.get(f"{admin_url(Story, 'changelist')}{address}", follow=True)
    assert answer.status_code == 404 or answer.redirect_chain[-1][0] == "/admin/"


def test_only_those_who_may_change_put_back(method_owner_client, editor_client, edit):
    story = make_story("Før")
    edit(story, {"title": "Efter"}, by=editor_client)
    url = admin_url_of(story, "restore", versions_of(story).last().pk)
    assert method_owner_client.get(url).status_code == 403
    assert method_owner_client.post(url, {"seen": "x"}).status_code == 403
    assert Dilemma.objects.count() == 0


# --- Forgetting ----------------------------------------------------------------------------------------


def test_what_is_deleted_is_gone_from_the_versions_too(editor_client, edit):
    contact = make_contact("Karen Kontakt")
    story = make_story("Bliver")
    edit(contact, {"name": "Karen Nyt Navn"}, by=editor_client)
    edit(story, {"title": "Bliver stadig"}, by=editor_client)
    editor_client.post(admin_url(contact, "delete"), {"post": "yes"})
    forget(Binned.objects.get())
    assert not Version.objects.filter(serialized_data__contains="Karen").exists()
    assert len(versions_of(story)) == 2


def test_a_draft_that_goes_when_somebody_takes_back_their_yes_leaves_no_version(editor_client, edit):
    story = make_story("Fra en samtale", published_at=None)
    edit(story, {"body": "Det, de sagde."}, by=editor_client)
    story.delete()
    assert not Version.objects.exists()


def test_what_was_imported_together_is_forgotten_alone():
    dilemma, story = make_dilemma(standpoints=["Et sted"]), make_story("Bliver")
    with create_revision():
        add_to_revision(dilemma)
        add_to_revision(story)
    dilemma.delete()
    assert [version.object for version in Version.objects.all()] == [story]
