"""What an editor has under way stands on the front of the admin, and public pages lead back to the form."""

import pytest

from compass.models import Story
from tests.admin.conftest import admin_url
from tests.factories import make_dilemma, make_story, make_user, tomorrow

pytestmark = pytest.mark.django_db


def own(admin_page, client) -> list[str]:
    return admin_page("/admin/", by=client).texts("#own-work li")


def test_what_is_not_saved_is_on_the_front_and_leads_to_it(admin_page, editor_client):
    story = make_story("Gemt")
    page = admin_page(admin_url(story), by=editor_client)
    typed = {**page.form("#story_form").values, "title": "Halvt skrevet"}
    editor_client.post(page.one("#unsaved-status").get("data-url"), typed)
    front = admin_page("/admin/", by=editor_client)
    assert front.texts("#own-work li") == ["Ikke gemt: historie: Halvt skrevet"]
    (url,) = front.links("#own-work li a").values()
    assert admin_page(url, by=editor_client).one("[name=title]").get("value") == "Halvt skrevet"


def test_what_was_sent_back_is_told_to_who_wrote_it_until_it_is_sent_again(
    admin_page, editor_client, logged_in, edit
):
    story = make_story("Historien", published_at=None)
    edit(story, {"body": "Ny tekst."}, by=editor_client)
    assert own(admin_page, editor_client) == ["Din kladde: Historien"]
    edit(story, {}, by=editor_client, button="_submit")
    assert own(admin_page, editor_client) == []
    colleague = logged_in(make_user("Otto", role="redaktør"))
    colleague.post(f"{admin_url(story)[: -len('change/')]}send-tilbage/", {"comment": "Skriv, hvem det var."})
    assert own(admin_page, editor_client) == ["Sendt tilbage til dig: Historien"]
    edit(story, {}, by=editor_client, button="_submit")
    assert own(admin_page, editor_client) == []


def test_nobody_sees_what_a_colleague_has_under_way(admin_page, editor_client, logged_in, edit):
    edit(make_story("Historien", published_at=None), {"body": "Ny tekst."}, by=editor_client)
    assert own(admin_page, logged_in(make_user("Otto", role="redaktør"))) == []


# --- From the page to the form -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("published_at", "says"), [("public", ""), (None, "Kladde"), ("tomorrow", "Planlagt")]
)
def test_an_editor_is_led_from_the_page_to_its_form(editor_client, published_at, says):
    dates = {"public": {}, None: {"published_at": None}, "tomorrow": {"published_at": tomorrow()}}
    story = make_story("Historien", **dates[published_at])
    shown = editor_client.get(story.get_absolute_url()).content.decode()
    assert f'<a href="{admin_url(story)}">Ret denne side</a>' in shown
    assert (f"<strong>{says}</strong>" in shown) == bool(says)


def test_readers_and_colleagues_without_the_role_see_nothing_of_it(client, logged_in, method_owner_client):
    story = make_story("Historien")
    for browser in [client, logged_in(make_user("Ingen rolle")), method_owner_client]:
        answer = browser.get(story.get_absolute_url())
        assert "kompas-edit-bar" not in answer.content.decode()
    answer = client.get(story.get_absolute_url())
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert Story.objects.exists()


# --- Rows ----------------------------------------------------------------------------------------------


def test_a_new_row_without_a_number_comes_last(admin_page, editor_client):
    dilemma = make_dilemma(standpoints=["Først", "Så"])
    form = admin_page(admin_url(dilemma), by=editor_client).form("#dilemma_form")
    rows = {
        "standpoints-TOTAL_FORMS": "4",
        **{f"standpoints-{n}-title": f"Ny {n}" for n in [2, 3]},
        **{f"standpoints-{n}-text": "Tekst." for n in [2, 3]},
        **{f"standpoints-{n}-position": "" for n in [2, 3]},
        **{f"standpoints-{n}-dilemma": str(dilemma.pk) for n in [2, 3]},
    }
    sent = editor_client.post(admin_url(dilemma), {**form.values, **rows, "_save": "1"})
    assert sent.status_code == 302
    titles = dilemma.standpoints.order_by("position").values_list("position", "title")
    assert [*titles] == [(1, "Først"), (2, "Så"), (3, "Ny 2"), (4, "Ny 3")]


def test_a_row_that_is_there_keeps_needing_its_number(admin_page, editor_client):
    dilemma = make_dilemma(standpoints=["Først"])
    form = admin_page(admin_url(dilemma), by=editor_client).form("#dilemma_form")
    sent = editor_client.post(admin_url(dilemma), {**form.values, "standpoints-0-position": "", "_save": "1"})
    assert sent.status_code == 200
