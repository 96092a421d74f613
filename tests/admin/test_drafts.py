"""What somebody types in the admin is kept while they type, offered back, and gone when it is saved."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from compass.models import Story
from publishing.models import UNSAVED_KEPT, UnsavedWork
from tests.admin.conftest import admin_url, messages_of
from tests.factories import make_dilemma, make_picture, make_story, make_user

pytestmark = pytest.mark.django_db


def opened(admin_page, url, by, name="story"):
    page = admin_page(url, by=by)
    return page, page.form(f"#{name}_form")


def type_(client, page, form, changes):
    """What the browser sends every few seconds."""
    return client.post(page.one("#unsaved-status").get("data-url"), {**form.values, **changes})


def test_what_is_typed_is_offered_at_the_next_opening(admin_page, editor_client):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    assert type_(editor_client, page, form, {"title": "Halvt skrev"}).json() == {"kept": True}
    again = admin_page(admin_url(story), by=editor_client)
    assert "Du har noget, der ikke er gemt, fra" in again.texts(".kept p")[0]
    story.refresh_from_db()
    assert story.title == "Gemt"


def test_fetched_work_stands_in_the_form_and_is_saved_by_its_editor(admin_page, editor_client):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    type_(editor_client, page, form, {"title": "Halvt skrevet", "body": "En linje.\r\nEn til."})
    link = admin_page(admin_url(story), by=editor_client).links(".kept a")["Hent det"]
    fetched = admin_page(admin_url(story) + link, by=editor_client)
    assert "Her er det, du ikke fik gemt." in fetched.text
    assert fetched.one("[name=title]").get("value") == "Halvt skrevet"
    story.refresh_from_db()
    assert story.title == "Gemt"
    fetched.form("#story_form").send({"_continue": "1"})
    story.refresh_from_db()
    assert (story.title, story.body) == ("Halvt skrevet", "En linje.\nEn til.")
    assert not admin_page(admin_url(story), by=editor_client).select(".kept")


def test_new_work_with_its_rows_comes_back(admin_page, editor_client):
    from compass.models import Dilemma

    make_dilemma()
    page, form = opened(admin_page, admin_url(Dilemma, "add"), editor_client, "dilemma")
    rows = {
        "standpoints-TOTAL_FORMS": "2",
        **{f"standpoints-{n}-{name}": f"{name} {n}" for n in range(2) for name in ["title", "text"]},
    }
    type_(editor_client, page, form, {"title": "Et nyt", **rows})
    link = admin_page(admin_url(Dilemma, "add"), by=editor_client).links(".kept a")["Hent det"]
    fetched = admin_page(admin_url(Dilemma, "add") + link, by=editor_client)
    assert fetched.one("[name=title]").get("value") == "Et nyt"
    assert fetched.one("[name=standpoints-1-title]").get("value") == "title 1"
    assert Dilemma.objects.count() == 1


def test_work_that_was_fetched_and_saved_by_another_meanwhile_is_a_collision(admin_page, editor_client):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    type_(editor_client, page, form, {"title": "Mit"})
    Story.objects.filter(pk=story.pk).update(title="Deres")
    link = admin_page(admin_url(story), by=editor_client).links(".kept a")["Hent det"]
    answer = editor_client.get(admin_url(story) + link)
    assert answer.status_code == 409
    assert "Gem min udgave alligevel" in answer.content.decode()


def test_saving_ends_it_and_what_comes_late_is_not_taken_for_newer(admin_page, editor_client):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    type_(editor_client, page, form, {"title": "Halvt"})
    form.send({"title": "Helt", "_continue": "1"})
    late = type_(editor_client, page, form, {"title": "Halvt"})
    assert (late.status_code, late.json()["kept"]) == (409, False)
    assert not admin_page(admin_url(story), by=editor_client).select(".kept")
    assert UnsavedWork.objects.get().fields == {}


def test_a_window_whose_work_was_saved_elsewhere_goes_on_under_a_new_name(admin_page, editor_client):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    form.send({"title": "Helt", "_continue": "1"})
    late = type_(editor_client, page, form, {"title": "Mere"})
    again = type_(editor_client, page, form, {"title": "Mere", "unsaved_token": late.json()["token"]})
    assert again.json() == {"kept": True}
    assert len(admin_page(admin_url(story), by=editor_client).select(".kept")) == 1


def test_work_that_goes_on_in_its_first_window_is_not_thrown_away_with_what_was_fetched(
    admin_page, editor_client
):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    type_(editor_client, page, form, {"title": "Halvt"})
    link = admin_page(admin_url(story), by=editor_client).links(".kept a")["Hent det"]
    fetched = admin_page(admin_url(story) + link, by=editor_client).form("#story_form")
    type_(editor_client, page, form, {"title": "Halvt og mere"})
    fetched.send({"_continue": "1"})
    work = UnsavedWork.objects.get(is_done=False)
    assert work.fields["title"] == ["Halvt og mere"]


def test_fetching_a_picture_shows_it_and_stores_nothing(admin_page, editor_client):
    picture = make_picture(caption="Gemt")
    page, form = opened(admin_page, admin_url(picture), editor_client, "picture")
    type_(editor_client, page, form, {"caption": "Halvt"})
    link = admin_page(admin_url(picture), by=editor_client).links(".kept a")["Hent det"]
    fetched = admin_page(admin_url(picture) + link, by=editor_client)
    assert fetched.one("[name=caption]").get("value") == "Halvt"
    assert not fetched.select(".errornote, .errorlist")
    picture.refresh_from_db()
    assert picture.caption == "Gemt"


def test_what_half_a_text_lacks_is_said_when_it_is_saved_and_not_when_it_is_fetched(
    admin_page, editor_client
):
    page, form = opened(admin_page, admin_url(Story, "add"), editor_client)
    type_(editor_client, page, form, {"title": "Halvt"})
    link = admin_page(admin_url(Story, "add"), by=editor_client).links(".kept a")["Hent det"]
    fetched = admin_page(admin_url(Story, "add") + link, by=editor_client)
    assert not fetched.select(".errornote, .errorlist")
    assert fetched.form("#story_form").send({"_continue": "1"}).select(".errorlist")


def test_a_new_text_that_is_saved_leaves_nothing_to_fetch(admin_page, editor_client):
    path = make_story().path
    page, form = opened(admin_page, admin_url(Story, "add"), editor_client)
    filled = {
        "key": "S90", "kind": "case", "path": path.pk, "title": "Ny", "standfirst": "Kort.",
        "body": "Tekst.", "provenance": "composed",
    }  # fmt: skip
    type_(editor_client, page, form, filled)
    form.send({**filled, "_save": "1"})
    assert Story.objects.filter(key="S90").exists()
    assert not admin_page(admin_url(Story, "add"), by=editor_client).select(".kept")


def test_a_refused_form_keeps_its_window(admin_page, editor_client):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    refused = form.send({"title": "", "_continue": "1"})
    assert refused.one("[name=unsaved_token]").get("value") == page.one("[name=unsaved_token]").get("value")


def test_what_is_thrown_away_is_gone(admin_page, editor_client):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    type_(editor_client, page, form, {"title": "Halvt"})
    thrown = admin_page(admin_url(story), by=editor_client).form(".kept form").send()
    assert messages_of(thrown) == ["Det, der ikke var gemt, er kasseret."]
    assert not thrown.select(".kept")


def test_two_windows_are_kept_apart(admin_page, editor_client):
    story = make_story("Gemt")
    for title in ["Den ene", "Den anden"]:
        page, form = opened(admin_page, admin_url(story), editor_client)
        type_(editor_client, page, form, {"title": title})
    assert len(admin_page(admin_url(story), by=editor_client).select(".kept")) == 2


def test_nobody_is_offered_or_reaches_a_colleagues_half_sentences(admin_page, editor_client, logged_in):
    story = make_story("Gemt")
    page, form = opened(admin_page, admin_url(story), editor_client)
    type_(editor_client, page, form, {"title": "Kun mit"})
    work = UnsavedWork.objects.get()
    other = logged_in(make_user("Otto", role="redaktør"))
    assert not admin_page(admin_url(story), by=other).select(".kept")
    assert "Kun mit" not in other.get(f"{admin_url(story)}?ugemt={work.token}").content.decode()
    assert type_(other, page, form, {"title": "Ottos"}).status_code == 409
    other.post(f"{admin_url(Story, 'changelist')}ugemt/{work.token}/kasser/")
    work.refresh_from_db()
    assert (work.fields["title"], work.is_done) == (["Kun mit"], False)


def test_neither_tokens_nor_files_are_kept(admin_page, editor_client):
    page, form = opened(admin_page, admin_url(make_story()), editor_client)
    type_(editor_client, page, form, {"title": "a\0b", "csrfmiddlewaretoken": "hemmelig"})
    fields = UnsavedWork.objects.get().fields
    assert fields["title"] == ["ab"]
    assert not {"csrfmiddlewaretoken", "unsaved_token"} & set(fields)


@pytest.mark.parametrize("token", ["", "x", None])
def test_a_form_without_a_window_is_refused(admin_page, editor_client, token):
    page, _form = opened(admin_page, admin_url(make_story()), editor_client)
    fields = {"title": "x"} if token is None else {"title": "x", "unsaved_token": token}
    answer = editor_client.post(page.one("#unsaved-status").get("data-url"), fields)
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["x", "0c7f1fd2-1f3d-4a55-9a6e-0d3c0d2f5d11", ""])
def test_work_that_is_not_there_gives_the_form_as_it_is(admin_page, editor_client, query):
    story = make_story("Gemt")
    shown = admin_page(admin_url(story), by=editor_client, query={"ugemt": query})
    assert shown.one("[name=title]").get("value") == "Gemt"


def test_somebody_logged_out_is_led_to_the_door_and_comes_back_with_a_new_token(
    client, admin_page, editor_client
):
    page, form = opened(admin_page, admin_url(make_story()), editor_client)
    url = page.one("#unsaved-status").get("data-url")
    assert client.post(url, form.values).status_code == 302
    assert set(editor_client.get(url).json()) == {"token"}


def test_only_those_who_may_change_keep_anything(admin_page, editor_client, method_owner_client):
    page, form = opened(admin_page, admin_url(make_story()), editor_client)
    assert type_(method_owner_client, page, form, {}).status_code == 403
    assert method_owner_client.post(f"{admin_url(Story, 'changelist')}ugemt/", form.values).status_code == 403
    assert not UnsavedWork.objects.exists()


def test_what_nobody_comes_back_for_is_purged(editor):
    from django.contrib.contenttypes.models import ContentType

    kind = ContentType.objects.get_for_model(Story)
    old, new = [UnsavedWork.objects.create(user=editor, content_type=kind) for _ in range(2)]
    UnsavedWork.objects.filter(pk=old.pk).update(
        saved_at=timezone.now() - UNSAVED_KEPT - timedelta(minutes=1)
    )
    call_command("purge", stdout=StringIO())
    assert list(UnsavedWork.objects.all()) == [new]
