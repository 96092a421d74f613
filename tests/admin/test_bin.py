"""What editors delete lies in a bin for thirty days, and several at once is always asked about first."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from reversion.models import Version

from compass.models import Dilemma, Picture, Source, Story
from publishing.bin import forget, put_back
from publishing.models import BINNED_KEPT, Binned
from tests.admin.conftest import admin_url, messages_of
from tests.factories import (
    make_dilemma,
    make_guide,
    make_path,
    make_picture,
    make_source,
    make_story,
    make_theme,
    make_user,
)  # fmt: skip

pytestmark = pytest.mark.django_db
BIN = "/admin/papirkurv/"


def throw_away(client, item):
    assert client.post(admin_url(item, "delete"), {"post": "yes", "successor": ""}).status_code == 302


def test_what_was_deleted_comes_back_whole_and_as_a_draft(admin_page, editor_client, edit):
    theme, dilemma = make_theme(), make_dilemma()
    story = make_story("Historien", slug="historien")
    story.themes.add(theme)
    story.dilemmas.add(dilemma)
    edit(story, {"title": "Rettet"}, by=editor_client)
    throw_away(editor_client, story)
    assert not Story.objects.exists()
    binned = admin_page(BIN, by=editor_client)
    assert binned.texts("#binned tbody th") == ["Historie: Rettet"]
    back = editor_client.post(BIN, {"binned": Binned.objects.get().pk, "act": "back"}, follow=True)
    assert "«Rettet» er hentet tilbage." in back.content.decode()
    kept = Story.objects.get(pk=story.pk)
    assert (kept.title, kept.state, kept.slug) == ("Rettet", "kladde", "historien")
    assert [*kept.themes.all(), *kept.dilemmas.all()] == [theme, dilemma]
    assert Version.objects.get_for_object(kept).count() > 1
    assert not Binned.objects.exists()


def test_rows_and_what_points_at_it_come_back_too(editor_client):
    dilemma = make_dilemma(standpoints=["Først", "Så"])
    story = make_story()
    story.dilemmas.add(dilemma)
    throw_away(editor_client, dilemma)
    assert not story.dilemmas.exists()
    put_back(Binned.objects.get())
    assert [row.title for row in dilemma.standpoints.order_by("position")] == ["Først", "Så"]
    assert story.dilemmas.get() == dilemma


def test_a_picture_keeps_its_files_until_it_is_gone_for_good(
    editor_client, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    picture = make_picture()
    with django_capture_on_commit_callbacks(execute=True):
        throw_away(editor_client, picture)
    assert default_storage.exists(picture.file.name)
    assert put_back(Binned.objects.get()) == Picture.objects.get()
    throw_away(editor_client, picture)
    with django_capture_on_commit_callbacks(execute=True):
        forget(Binned.objects.get())
    assert not default_storage.exists(picture.file.name)


def test_what_is_gone_for_good_is_gone_from_the_versions_too(editor_client, edit):
    source = make_source("Kilden")
    edit(source, {"title": "Rettet"}, by=editor_client)
    throw_away(editor_client, source)
    assert Version.objects.get_for_model(Source).exists()
    editor_client.post(BIN, {"binned": Binned.objects.get().pk, "act": "forget"})
    assert not Version.objects.get_for_model(Source).exists()
    assert not Binned.objects.exists()


def test_what_has_lost_its_place_is_refused_in_words(editor_client):
    story = make_story(slug="historien")
    throw_away(editor_client, story)
    make_story(slug="historien")
    back = editor_client.post(BIN, {"binned": Binned.objects.get().pk, "act": "back"}, follow=True)
    assert "Noget andet har taget dens plads." in back.content.decode()
    assert Binned.objects.exists()


def test_thirty_days_are_the_time(editor_client):
    throw_away(editor_client, make_source("Kilden"))
    assert not Binned.objects.past().exists()
    Binned.objects.update(deleted_at=timezone.now() - BINNED_KEPT - timedelta(minutes=1))
    assert Binned.objects.past().exists()


def test_only_those_who_may_delete_a_kind_see_it_there(editor_client, method_owner_client, logged_in):
    throw_away(editor_client, make_source("Kilden"))
    binned = {"binned": Binned.objects.get().pk, "act": "back"}
    assert "Kilden" not in method_owner_client.get(BIN).content.decode()
    assert method_owner_client.post(BIN, binned).status_code in {400, 403}
    assert logged_in(make_user("Ingen rolle")).get(BIN).status_code in {302, 403}
    assert not Source.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"binned": "x", "act": "back"}, {"binned": "1", "act": "y"}])
def test_the_bin_refuses_what_it_does_not_know(editor_client, sent):
    assert editor_client.post(BIN, {**sent, "x": "1"}).status_code == 400


# --- Several at once -----------------------------------------------------------------------------------


def ask(client, action, items):
    chosen = {"action": action, "_selected_action": [item.pk for item in items]}
    return client.post(admin_url(type(items[0]), "changelist"), chosen)


def test_deleting_several_says_what_leads_to_each_and_offers_the_archive(admin_page, editor_client):
    story, dilemma = make_story("Den ene"), make_dilemma()
    story.dilemmas.add(dilemma)
    asked = ask(editor_client, "delete_selected", [dilemma]).content.decode()
    assert "Historie: " in asked
    assert "Den ene" in asked
    assert "Arkivér i stedet" in asked
    assert Dilemma.objects.exists()


def test_pages_say_how_long_what_is_deleted_can_be_fetched_back(editor_client, monkeypatch):
    monkeypatch.setattr("aarhuskompas.admin.BINNED_KEPT", timedelta(days=7))
    story = make_story("Den ene")
    several = ask(editor_client, "delete_selected", [story])
    pages = [several, *map(editor_client.get, [BIN, admin_url(story, "delete")])]
    assert [" i 7 dage" in " ".join(page.content.decode().split()) for page in pages] == [True] * 3


def test_several_that_are_deleted_lie_in_the_bin(admin_page, editor_client):
    stories = [make_story("Den ene"), make_story("Den anden")]
    chosen = [story.pk for story in stories]
    sent = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    page = admin_page(admin_url(Story, "changelist"), by=editor_client, post=sent)
    assert messages_of(page) == ["2 historier ligger nu i papirkurven i 30 dage."]
    assert Binned.objects.count() == 2


@pytest.mark.parametrize(
    ("action", "does"),
    [
        ("publish", "Alle kan læse dem med det samme."),
        ("withdraw", "Læserne kan så ikke finde dem mere."),
        ("archive", "Læserne kan så ikke finde dem mere."),
    ],
)
def test_an_action_on_several_says_what_it_will_do_and_to_which(editor_client, action, does):
    draft, public = make_story("Kladden", published_at=None), make_story("Den offentlige")
    asked = ask(editor_client, action, [draft, public]).content.decode()
    assert does in asked
    assert "Kladden (Kladde)" in asked
    assert "Den offentlige (Offentlig)" in asked
    assert {story.state for story in Story.objects.all()} == {"kladde", "offentlig"}


def test_several_are_archived(editor_client, run_action):
    stories = [make_story("Den ene"), make_story("Den anden", published_at=None)]
    run_action(editor_client, "archive", stories)
    assert {story.state for story in Story.objects.all()} == {"arkiveret"}


# --- What published compasses point at -----------------------------------------------------------------


@pytest.mark.parametrize("how", ["one", "several"])
def test_what_a_published_version_points_at_stays(admin_page, editor_client, how):
    story = make_story("Historien")
    guide = make_guide()
    guide.versions.get().steps.first().stories.add(story)
    if how == "one":
        asked = editor_client.post(admin_url(story, "delete"), {"post": "yes", "successor": ""})
    else:
        asked = ask(editor_client, "delete_selected", [story])
    assert "Historien, som er udgivet: " in asked.content.decode()
    assert Story.objects.exists()


def test_neither_does_a_shell_delete_it(db):
    from django.db.models import ProtectedError

    story = make_story()
    make_guide().versions.get().steps.first().stories.add(story)
    with pytest.raises(ProtectedError):
        story.delete()


def test_no_form_offers_to_delete_what_is_chosen_in_it(admin_page, editor_client):
    make_path()
    form = admin_page(admin_url(make_story()), by=editor_client)
    assert form.select(".change-related")
    assert not form.select(".delete-related")
