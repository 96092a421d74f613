"""Two people, or two windows, with the same form: nobody's words are overwritten unseen."""

import threading

import pytest
from django.db import connections

from accounts.models import User
from compass.models import Source, Story
from tests.admin.conftest import admin_url
from tests.factories import make_dilemma, make_guide, make_source, make_story, make_theme, make_user
from tests.pages import Page
from tests.reflection.conftest import committed

__all__ = ["committed"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_client(logged_in):
    return logged_in(make_user("Otto Redaktør", role="redaktør"))


def opened(admin_page, item, by):
    return admin_page(admin_url(item), by=by).form(f"#{item._meta.model_name}_form")


def send(client, item, form, changes) -> Page | int:
    """The page with both texts; where the form was saved, only the status of what follows."""
    answer = client.post(admin_url(item), {**form.values, **changes})
    return answer.status_code if answer.status_code == 302 else Page(answer, None)


def test_the_second_to_save_is_told_who_when_and_what(admin_page, editor_client, other_client):
    story = make_story("Fælles", standfirst="Kort.", body="En tekst.")
    mine = opened(admin_page, story, editor_client)
    opened(admin_page, story, other_client).send(
        {"title": "Ottos titel", "standfirst": "Ny.", "_continue": "1"}
    )
    typed = {"title": "Min titel", "body": "Min tekst.", "_save": "1"}
    refused = send(editor_client, story, mine, typed)
    assert refused.status == 409
    assert "Otto Redaktør har gemt, mens du skrev:" in refused.text
    assert refused.texts(".collision h3") == ["Titel"]
    assert refused.texts(".collision dt") == ["Otto Redaktør har skrevet", "Du har skrevet"]
    assert refused.texts(".collision del") == ["[fjernet: Fælles]"] * 2
    assert refused.texts(".collision ins") == ["[tilføjet: Ottos titel]", "[tilføjet: Min titel]"]
    assert "Det, kun Otto Redaktør har ændret, bliver taget med: indledning." in refused.text
    assert refused.one("[name=body]").text_content().strip() == "Min tekst."
    story.refresh_from_db()
    assert (story.title, story.body) == ("Ottos titel", "En tekst.")
    now = refused.one("button[name=overwrite]").get("value")
    assert send(editor_client, story, refused.form("#story_form"), {"overwrite": now}) == 302
    story.refresh_from_db()
    assert (story.title, story.standfirst, story.body) == ("Min titel", "Ny.", "Min tekst.")


# --- Different fields are put together -----------------------------------------------------------------


def test_what_two_changed_in_different_fields_is_put_together(admin_page, editor_client, other_client):
    theme = make_theme()
    story = make_story("Fælles", body="En tekst.", published_at=None)
    mine = opened(admin_page, story, editor_client)
    theirs = opened(admin_page, story, other_client)
    theirs.send({"title": "Ottos titel", "themes": [theme.pk], "_continue": "1"})
    sent = editor_client.post(
        admin_url(story), {**mine.values, "body": "Min tekst.", "_continue": "1"}, follow=True
    )
    assert "Otto Redaktør har gemt, mens du skrev. Det er taget med: titel, temaer." in sent.content.decode()
    story.refresh_from_db()
    assert (story.title, story.body, [*story.themes.all()]) == ("Ottos titel", "Min tekst.", [theme])


def test_rows_of_two_editors_are_put_together_field_by_field(admin_page, editor_client):
    dilemma = make_dilemma(standpoints=["Først", "Så"])
    first, second = dilemma.standpoints.order_by("position")
    mine = opened(admin_page, dilemma, editor_client)
    type(first).objects.filter(pk=first.pk).update(title="Deres titel")
    type(second).objects.filter(pk=second.pk).update(text="Deres tekst.")
    typed = {"standpoints-0-text": "Min tekst.", "standpoints-1-title": "Min titel", "_save": "1"}
    assert send(editor_client, dilemma, mine, typed) == 302
    rows = [(row.title, row.text) for row in dilemma.standpoints.order_by("position")]
    assert rows == [("Deres titel", "Min tekst."), ("Min titel", "Deres tekst.")]


@pytest.mark.parametrize("change", ["new row", "removed row"])
def test_rows_that_another_added_or_removed_stay_so_for_whoever_changed_no_row(
    admin_page, editor_client, change
):
    dilemma = make_dilemma(standpoints=["Først", "Så"])
    mine = opened(admin_page, dilemma, editor_client)
    if change == "new row":
        dilemma.standpoints.create(position=3, title="Ny", text="x")
    else:
        dilemma.standpoints.filter(title="Så").delete()
    kept = [*dilemma.standpoints.order_by("position")]
    assert send(editor_client, dilemma, mine, {"title": "Min", "_save": "1"}) == 302
    assert [*dilemma.standpoints.order_by("position")] == kept
    dilemma.refresh_from_db()
    assert dilemma.title == "Min"


def test_a_row_that_another_removed_while_one_wrote_in_it_is_told(admin_page, editor_client):
    dilemma = make_dilemma(standpoints=["Først", "Så"])
    mine = opened(admin_page, dilemma, editor_client)
    dilemma.standpoints.filter(title="Så").delete()
    refused = send(editor_client, dilemma, mine, {"standpoints-1-text": "Mit arbejde.", "_save": "1"})
    assert refused.status == 409
    assert refused.texts(".collision h3") == ["Ståsteder"]
    assert refused.one("[name=standpoints-1-text]").text_content().strip() == "Mit arbejde."
    now = refused.one("button[name=overwrite]").get("value")
    assert send(editor_client, dilemma, refused.form("#dilemma_form"), {"overwrite": now}) == 302
    assert [row.text for row in dilemma.standpoints.order_by("position")][1] == "Mit arbejde."


def test_rows_that_two_add_at_once_both_stand_where_the_second_says_so(
    editor_client, other_client, admin_page
):
    dilemma = make_dilemma("Fælles")
    number = dilemma.standpoints.count()
    forms = [opened(admin_page, dilemma, client) for client in [editor_client, other_client]]
    new = {"title": "Et sted at stå", "text": "Ord.", "title_en": "", "text_en": "", "position": "", "id": ""}
    added = {f"standpoints-{number}-{name}": text for name, text in new.items()}
    added |= {"standpoints-TOTAL_FORMS": str(number + 1), "_save": "1"}
    assert send(editor_client, dilemma, forms[0], added) == 302
    refused = send(other_client, dilemma, forms[1], {**added, f"standpoints-{number}-title": "Et andet"})
    now = refused.one("button[name=overwrite]").get("value")
    assert send(other_client, dilemma, refused.form("#dilemma_form"), {"overwrite": now}) == 302
    titles = list(dilemma.standpoints.order_by("position").values_list("title", flat=True))
    assert titles[number:] == ["Et sted at stå", "Et andet"]


def test_a_row_that_another_has_added_gives_way_to_one_that_is_put_in_its_place(
    admin_page, editor_client, other_client
):
    dilemma = make_dilemma("Fælles")
    mine = opened(admin_page, dilemma, editor_client)
    row = dilemma.standpoints.create(position=7, title="Et sted at stå", text="Ord.")
    refused = send(editor_client, dilemma, mine, {"standpoints-0-position": "7", "_save": "1"})
    now = refused.one("button[name=overwrite]").get("value")
    assert send(editor_client, dilemma, refused.form("#dilemma_form"), {"overwrite": now}) == 302
    row.refresh_from_db()
    assert row.position == 8


def test_what_two_changed_in_different_questions_of_a_draft_is_put_together(admin_page, method_owner_client):
    draft = make_guide().versions.get().new_draft()
    mine = opened(admin_page, draft, method_owner_client)
    first, second = [step.prompts.first() for step in draft.steps.all()[:2]]
    type(first).objects.filter(pk=first.pk).update(text="Deres spørgsmål?")
    dilemma = make_dilemma()
    first.step.dilemmas.add(dilemma)
    typed = {"steps-1-prompts-0-text": "Mit spørgsmål?", "_save": "1"}
    assert send(method_owner_client, draft, mine, typed) == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.text, second.text) == ("Deres spørgsmål?", "Mit spørgsmål?")
    assert [*first.step.dilemmas.all()] == [dilemma]


# --- The same field is asked about ---------------------------------------------------------------------


def test_saving_again_without_choosing_is_refused_again(admin_page, editor_client, other_client):
    story = make_story("Fælles")
    mine = opened(admin_page, story, editor_client)
    opened(admin_page, story, other_client).send({"title": "Ottos", "_continue": "1"})
    refused = send(editor_client, story, mine, {"title": "Min", "_save": "1"})
    again = send(editor_client, story, refused.form("#story_form"), {"_save": "1"})
    assert again.status == 409
    story.refresh_from_db()
    assert story.title == "Ottos"


def test_ones_own_version_is_saved_when_one_says_so(admin_page, editor_client, other_client):
    story = make_story("Fælles")
    mine = opened(admin_page, story, editor_client)
    opened(admin_page, story, other_client).send({"title": "Ottos", "_continue": "1"})
    refused = send(editor_client, story, mine, {"title": "Min", "_save": "1"})
    now = refused.one("button[name=overwrite]").get("value")
    chosen = send(editor_client, story, refused.form("#story_form"), {"overwrite": now})
    assert chosen == 302
    story.refresh_from_db()
    assert story.title == "Min"


def test_the_choice_is_about_what_was_shown_and_not_about_a_third_text(
    admin_page, editor_client, other_client
):
    story = make_story("Fælles")
    mine = opened(admin_page, story, editor_client)
    Story.objects.filter(pk=story.pk).update(title="Ottos")
    refused = send(editor_client, story, mine, {"title": "Min", "_save": "1"})
    now = refused.one("button[name=overwrite]").get("value")
    Story.objects.filter(pk=story.pk).update(title="Ottos anden")
    assert send(editor_client, story, refused.form("#story_form"), {"overwrite": now}).status == 409
    story.refresh_from_db()
    assert story.title == "Ottos anden"


def test_a_text_that_became_public_while_one_wrote_is_never_saved_unasked(admin_page, editor_client):
    story = make_story(published_at=None)
    mine = opened(admin_page, story, editor_client)
    story.publish()
    assert send(editor_client, story, mine, {"title": "Halvt", "_save": "1"}).status == 409


def test_both_texts_of_a_row_are_shown(admin_page, editor_client):
    dilemma = make_dilemma(standpoints=["Først"])
    mine = opened(admin_page, dilemma, editor_client)
    dilemma.standpoints.update(title="Deres")
    refused = send(editor_client, dilemma, mine, {"standpoints-0-title": "Mit", "_save": "1"})
    assert refused.texts(".collision h3") == ["Ståsted «Mit»: titel"]
    assert refused.texts(".collision ins") == ["[tilføjet: Deres]", "[tilføjet: Mit]"]


def test_the_same_text_saved_twice_is_no_collision(admin_page, editor_client):
    story = make_story("Fælles")
    mine = opened(admin_page, story, editor_client)
    story.save()
    assert send(editor_client, story, mine, {"title": "Min", "_save": "1"}) == 302


def test_a_form_that_does_not_say_what_it_has_seen_is_refused(admin_page, editor_client):
    story = make_story("Fælles")
    mine = opened(admin_page, story, editor_client)
    assert send(editor_client, story, mine, {"seen": "", "title": "Min"}).status == 409


def test_what_is_not_published_is_guarded_too(admin_page, editor_client):
    source = make_source("En")
    mine = opened(admin_page, source, editor_client)
    Source.objects.filter(pk=source.pk).update(title="En anden")
    assert send(editor_client, source, mine, {"title": "Min"}).status == 409


def test_of_two_who_save_at_the_same_moment_one_is_refused(committed, admin_page, logged_in):
    users = [make_user(name, is_superuser=True) for name in ["Rikke", "Otto"]]
    User.objects.update(is_staff=True)
    clients = [logged_in(user) for user in users]
    story = make_story("Fælles")
    forms = [opened(admin_page, story, client) for client in clients]
    both, answers = threading.Barrier(2), []

    def save(client, form, title):
        try:
            both.wait()
            sent = {**form.values, "title": title, "_save": "1"}
            answers.append(client.post(admin_url(story), sent).status_code)
        finally:
            connections.close_all()

    saving = [
        threading.Thread(target=save, args=[client, form, user.name])
        for client, form, user in zip(clients, forms, users, strict=True)
    ]
    for thread in saving:
        thread.start()
    for thread in saving:
        thread.join()
    assert sorted(answers) == [302, 409]


# --- Guides: a draft with its steps and their questions on one page ------------------------------------


@pytest.fixture
def draft(db):
    return make_guide().versions.get().new_draft()


def test_a_question_that_a_colleague_changed_in_a_draft_is_not_overwritten(
    admin_page, method_owner_client, draft
):
    mine = opened(admin_page, draft, method_owner_client)
    prompt = draft.steps.first().prompts.first()
    type(prompt).objects.filter(pk=prompt.pk).update(text="Hvem mærker det mest?")
    typed = {"steps-0-prompts-0-text": "Hvem mærker det mindst?", "_save": "1"}
    refused = send(method_owner_client, draft, mine, typed)
    assert refused.status == 409
    assert refused.texts(".collision ins") == ["[tilføjet: mest]", "[tilføjet: mindst]"]
    prompt.refresh_from_db()
    assert prompt.text == "Hvem mærker det mest?"
    now = refused.one("button[name=overwrite]").get("value")
    assert send(method_owner_client, draft, refused.form("#guideversion_form"), {"overwrite": now}) == 302
    prompt.refresh_from_db()
    assert prompt.text == "Hvem mærker det mindst?"


def test_half_a_draft_of_a_guide_is_kept_and_fetched(admin_page, method_owner_client, draft):
    page = admin_page(admin_url(draft), by=method_owner_client)
    typed = {**page.form("#guideversion_form").values, "steps-0-prompts-0-text": "Halvt"}
    kept = method_owner_client.post(page.one("#unsaved-status").get("data-url"), typed)
    assert kept.json() == {"kept": True}
    link = admin_page(admin_url(draft), by=method_owner_client).links(".kept a")["Hent det"]
    fetched = admin_page(admin_url(draft) + link, by=method_owner_client)
    assert fetched.one("[name=steps-0-prompts-0-text]").text_content().strip() == "Halvt"


def test_a_guide_is_kept_and_saved_without_a_transaction_around_the_request(committed, admin_page, logged_in):
    user = make_user("Rut", is_superuser=True)
    User.objects.update(is_staff=True)
    draft, client = make_guide().versions.get().new_draft(), logged_in(user)
    page = admin_page(admin_url(draft), by=client)
    form = page.form("#guideversion_form")
    assert client.post(page.one("#unsaved-status").get("data-url"), form.values).json() == {"kept": True}
    assert send(client, draft, form, {"intro": "Ny indledning.", "_save": "1"}) == 302
