"""Read by a colleague: who is asked, what is said beside a field, sent back, and who is here too."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from publishing.models import Remark, UnsavedWork
from tests.admin.conftest import admin_url, messages_of
from tests.factories import make_page, make_story, make_user, yesterday

pytestmark = pytest.mark.django_db

WORDS = "Skriv, hvem der sagde det."


@pytest.fixture
def otto():
    return make_user("Otto", role="redaktør")


@pytest.fixture
def otto_client(logged_in, otto):
    return logged_in(otto)


@pytest.fixture
def story(editor_client):
    return make_story("Historien", published_at=None, body="Et hemmeligt afsnit.")


def submitted(edit, story, otto, by):
    return edit(story, {"reviewer": str(otto.pk)}, by=by, button="_submit")


def sent_back(client, item):
    return client.post(admin_url(item, "return"), {"comment": WORDS}, follow=True)


def own(admin_page, by) -> list[str]:
    return admin_page("/admin/", by=by).texts("#own-work li")


def test_a_chosen_colleague_is_told_by_a_mail_that_says_nothing_of_the_text(
    admin_page, edit, editor_client, otto_client, otto, story
):
    submitted(edit, story, otto, editor_client)
    [sent] = mail.outbox
    assert sent.to == [otto.email]
    assert "«Historien»" in sent.subject
    assert f"http://testserver{admin_url(story)}" in sent.body
    assert "hemmeligt" not in sent.body + sent.subject
    assert own(admin_page, otto_client) == ["Du er bedt om at læse: Historien"]


def test_nobody_is_chosen_among_those_who_may_not_edit(admin_page, editor_client, otto, story):
    make_user("Metode", role="metodeansvarlig")
    make_user("Holdt op", role="redaktør", is_active=False)
    names = admin_page(admin_url(story), by=editor_client).texts("[name=reviewer] option")
    assert names == ["Hvem som helst i redaktionen", "Otto"]


def test_what_was_asked_for_stays_until_it_is_approved(
    admin_page, edit, editor_client, otto_client, otto, story
):
    submitted(edit, story, otto, editor_client)
    mail.outbox.clear()
    sent_back(otto_client, story)
    [sent] = mail.outbox
    assert "sendt tilbage til dig" in sent.subject
    assert WORDS not in sent.body
    assert own(admin_page, editor_client) == ["Sendt tilbage til dig: Historien"]
    submitted(edit, story, otto, editor_client)
    for client in [editor_client, otto_client]:
        assert WORDS in admin_page(admin_url(story), by=client).text
    edit(story, {}, by=otto_client, button="_publish")
    assert not Remark.objects.open().exists()
    assert own(admin_page, editor_client) == []


def test_a_remark_stands_beside_its_field_is_answered_and_closed(
    admin_page, editor_client, otto_client, otto, story
):
    form = admin_page(admin_url(story), by=otto_client).form(".kompas-remarks form")
    form.send({"field": "body", "text": WORDS})
    shown = admin_page(admin_url(story), by=editor_client)
    assert shown.texts(".field-body .kompas-remark") == [f"Otto: {WORDS} Svar, eller luk"]
    remark = Remark.objects.get()
    answer = shown.form(f"#remark-{remark.pk} form")
    answered = answer.send({"text": "Det var Mette."})
    assert answered.texts(f"#remark-{remark.pk} blockquote p")[1:] == ["Det var Mette."]
    assert [sent.to for sent in mail.outbox] == [[otto.email]]
    assert "Mette" not in mail.outbox[0].body
    closed = answered.form(f"#remark-{remark.pk} form").send({"close": "1"})
    assert not closed.select(".field-body .kompas-remark")
    assert "lukket" in closed.texts(f"#remark-{remark.pk} p")[0]


def test_a_remark_that_says_nothing_or_is_of_something_else_is_refused(admin_page, editor_client, story):
    other = Remark.objects.create(**{"text": "Andet", **about(make_page("Om"))})
    url = admin_url(story, "remark")
    for posted in [
        {"text": ""},
        {"text": "x", "field": "pk"},
        {"text": "x", "answers": other.pk},
        {"close": "1", "answers": other.pk},
    ]:
        answered = admin_page(url, by=editor_client, post=posted)
        assert "Skriv, hvad du vil sige." in messages_of(answered)[0]
    assert Remark.objects.get().closed_at is None


def about(item) -> dict:
    from django.contrib.contenttypes.models import ContentType

    return {"content_type": ContentType.objects.get_for_model(item), "object_id": str(item.pk)}


def test_what_waits_beside_the_public_text_is_read_and_sent_back_too(
    admin_page, editor_client, otto_client, otto
):
    story = make_story("Offentlig", published_at=yesterday())
    opened = admin_page(admin_url(story), by=editor_client).form("#story_form")
    beside = opened.send({"title": "Ny titel", "_apart": "1"})
    beside.form("#story_form").send({"reviewer": str(otto.pk), "_submit_pending": "1"})
    assert f"http://testserver{admin_url(story, 'pending')}" in mail.outbox[0].body
    assert own(admin_page, otto_client) == ["Du er bedt om at læse: Offentlig"]
    reading = admin_page(admin_url(story, "pending"), by=otto_client).form("#story_form")
    asked = reading.send({"_return_pending": "1"})
    asked.form("main form").send({"comment": WORDS})
    assert own(admin_page, editor_client) == ["Sendt tilbage til dig: Offentlig"]
    assert WORDS in admin_page(admin_url(story, "pending"), by=editor_client).text
    story.refresh_from_db()
    assert (story.title, story.state) == ("Offentlig", "offentlig")


def test_a_mail_that_cannot_be_sent_is_said(admin_page, edit, editor_client, otto, story, monkeypatch):
    def fail(*args):
        raise OSError

    monkeypatch.setattr("publishing.admin.remarks.send_mail", fail)
    saved = submitted(edit, story, otto, editor_client)
    assert any("Mailen til Otto kunne ikke sendes." in text for text in messages_of(saved))
    story.refresh_from_db()
    assert story.state == "gennemsyn"


# --- Who is here too ---------------------------------------------------------------------------------


def tell(client, page) -> list[str]:
    form = page.form("#story_form").values
    posted = {"unsaved_token": form["unsaved_token"], "is_open": "1"}
    return client.post(page.one("#unsaved-status").get("data-url"), posted).json()["beside"]


def test_who_has_the_form_open_is_seen_by_the_others(admin_page, editor_client, otto_client, story):
    ottos = admin_page(admin_url(story), by=otto_client)
    assert tell(otto_client, ottos) == []
    mine = admin_page(admin_url(story), by=editor_client)
    assert mine.texts("#open-beside") == ["Otto har også siden åben."]
    assert tell(editor_client, mine) == ["Otto"]
    assert not UnsavedWork.objects.waiting().exists()
    UnsavedWork.objects.update(open_at=timezone.now() - timedelta(minutes=2))
    assert tell(editor_client, mine) == []


def test_who_has_saved_is_here_no_more(admin_page, edit, editor_client, otto_client, story):
    ottos = admin_page(admin_url(story), by=otto_client)
    tell(otto_client, ottos)
    ottos.form("#story_form").send({"_save": "1"})
    assert admin_page(admin_url(story), by=editor_client).texts("#open-beside") == [""]
