"""Pictures and files are chosen by what they show, and found by their tags."""

import pytest

from compass.models import Attachment, Picture, Story
from tests.admin.conftest import admin_url
from tests.admin.test_pictures import media, picture_file  # noqa: F401
from tests.factories import make_attachment, make_picture, make_story

POPUP = {"_popup": "1", "credit": "Frida", "focus_x": 50, "focus_y": 50}


@pytest.fixture
def dialog(editor_client, db):
    """A function: what is found for what is typed into the dialog."""

    def ask(model, **typed):
        answer = editor_client.post(admin_url(model, "choose"), typed)
        assert answer.status_code == 200
        return [str(item) for item in answer.context["found"]]

    return ask


def test_the_form_offers_the_newest_and_what_is_chosen(editor_client, db, monkeypatch):
    monkeypatch.setattr("compass.admin.choosers.MOST_IN_SELECT", 1)
    chosen, _between, newest = (
        make_picture(alt) for alt in ["Den valgte.", "Den midt imellem.", "Den nyeste."]
    )
    story = make_story(picture=chosen)
    form = editor_client.get(admin_url(story)).context["adminform"].form
    html = str(form["picture"])
    assert f'data-picture="{chosen.card_address}"' in html
    assert newest.alt in html
    assert "Den midt imellem." not in html


def test_any_picture_can_be_sent_and_rubbish_is_refused(edit, editor_client, db, monkeypatch):
    monkeypatch.setattr("compass.admin.choosers.MOST_IN_SELECT", 0)
    picture, attachment, story = make_picture(), make_attachment(), make_story()
    edit(story, {"picture": picture.pk, "attachments": [attachment.pk]}, by=editor_client)
    story = Story.objects.get()
    assert (story.picture, list(story.attachments.all())) == (picture, [attachment])
    answer = edit(story, {"picture": "<b>", "attachments": ["9" * 30]}, by=editor_client)
    assert answer.select(".field-picture .errorlist")
    assert answer.select(".field-attachments .errorlist")


def test_the_dialog_finds_by_words_and_by_tags(dialog):
    make_picture("Fire om et bord.", tags=["møde", "skole"])
    make_picture("En havn.", tags=["havn"])
    assert dialog(Picture) == ["En havn.", "Fire om et bord."]
    assert dialog(Picture, q="bord") == dialog(Picture, q="Skole") == dialog(Picture, tag="møde")
    assert dialog(Picture, tag="møde") == ["Fire om et bord."]
    assert dialog(Picture, q="møde", tag="havn") == []
    make_attachment("Skema", tags=["havn"])
    assert dialog(Attachment, tag="havn") == ["Skema"]


def test_the_dialog_asks_for_what_a_new_one_needs(editor_client, db):
    make_picture(tags=["havn"])
    shown = editor_client.get(admin_url(Picture, "choose")).content.decode()
    assert all(f'name="{name}"' in shown for name in ["q", "tag", "alt", "credit", "tags", "focus_x"])
    assert "data-most-bytes" in shown
    assert "<option>havn</option>" in shown


def test_the_dialog_is_for_editors(staff_client, client, db):
    assert staff_client.get(admin_url(Picture, "choose")).status_code in {302, 403}
    assert client.get(admin_url(Picture, "choose")).status_code == 302


@pytest.mark.parametrize("is_script", [True, False])
def test_a_script_that_uploads_is_told_where_it_leads(editor_client, db, is_script):
    sent = {**POPUP, "file": picture_file(), "alt": "Et bord.", "tags": " Skole,  MØDE,skole,, "}
    headers = {"X-Progress": "1"} if is_script else {}
    answer = editor_client.post(admin_url(Picture, "add"), sent, headers=headers)
    picture = Picture.objects.get()
    leads_to = admin_url(picture, "chosen")
    assert picture.tags == ["skole", "møde"]
    if is_script:
        assert (answer.status_code, answer.headers["X-Leads-To"]) == (204, leads_to)
    else:
        assert (answer.status_code, answer.url) == (302, leads_to)


@pytest.mark.parametrize("tags", ["a" * 41, ",".join(str(n) for n in range(13))])
def test_too_many_or_too_long_tags_are_refused(edit, editor_client, db, tags):
    answer = edit(make_picture(), {"tags": tags}, by=editor_client)
    assert answer.select(".field-tags .errorlist")


def test_lists_are_narrowed_by_a_tag(admin_page, editor_client, db):
    make_picture("Fire om et bord.", tags=["møde"])
    make_picture("En havn.", tags=["havn"])
    listed = admin_page(admin_url(Picture, "changelist"), by=editor_client, query={"emneord": "havn"})
    assert listed.texts("#result_list .field-__str__") == ["En havn."]
    unknown = admin_page(admin_url(Picture, "changelist"), by=editor_client, query={"emneord": "ukendt"})
    assert len(unknown.select("#result_list tbody tr")) == 2


def test_tags_are_kept_when_the_form_is_saved_again_and_two_editors_are_put_together(edit, editor_client, db):
    picture = make_picture(tags=["møde", "havn"])
    edit(picture, {"caption": "Mødet."}, by=editor_client)
    picture.refresh_from_db()
    assert picture.tags == ["møde", "havn"]
