"""Content in the admin: status, preview, publish and withdraw, addresses, order, and Danish errors."""

import wave
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compass.models import Contact, Dilemma, Milestone, Path, Pivot, Recording, ResearchWave, Story
from publishing.admin import status_of
from publishing.slugs import slug_of
from tests.admin.conftest import admin_url, messages_of
from tests.factories import (
    make_contact,
    make_dilemma,
    make_page,
    make_path,
    make_pivot,
    make_recording,
    make_story,
    tomorrow,
    yesterday,
)

HARD = "Kommunalbestyrelsen behandlede indstillingen vedrørende borgerinddragelse."


# --- The list --------------------------------------------------------------------------------------


@time_machine.travel("2026-12-01 12:00 +0000", tick=False)
def test_the_list_says_title_path_kind_status_change_and_lix(admin_page, logged_in, editor):
    make_story("Kladden", body="Det er en kat. Den sover.", published_at=None)
    moment = timezone.now() + timedelta(days=2)
    make_story("Den ventende", body=HARD, published_at=moment)
    make_story("Den offentlige", body="")
    rows = admin_page(admin_url(Story, "changelist"), by=logged_in(editor)).select("#result_list tbody tr")
    told = {
        tuple(cell.text_content() for cell in row.cssselect("th, td:not(.action-checkbox)")) for row in rows
    }
    assert told == {
        ("Kladden", "Nye veje til at lytte", "Case", "Kladde", "01.12.2026", "3 (meget let)"),
        ("Den ventende", "Nye veje til at lytte", "Case", "Planlagt til 3. december 2026 kl. 13.00",
         "01.12.2026", "105 (meget svær)"),
        ("Den offentlige", "Nye veje til at lytte", "Case", "Offentlig", "01.12.2026", "-"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "title"), [("kladde", "Kladde"), ("planlagt", "I morgen"), ("offentlig", "Synlig")]
)
def test_the_list_is_filtered_by_status(admin_page, editor_client, db, status, title):
    make_story("Kladde", published_at=None)
    make_story("I morgen", published_at=tomorrow())
    make_story("Synlig", published_at=yesterday())
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client, query={"status": status})
    assert listed.texts("#result_list .field-title a") == [title]


def test_the_list_finds_what_nobody_has_looked_at_for_a_year(admin_page, editor_client, db):
    make_story("Ny")
    old = make_story("Gammel")
    Story.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=366))
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client, query={"gammel": "ja"})
    assert listed.texts("#result_list .field-title a") == ["Gammel"]


def test_the_list_is_searched_in_title_and_body(admin_page, editor_client, db):
    make_story("Havnen", body="Om vand.")
    make_story("Skoven", body="Om træer.")
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client, query={"q": "træer"})
    assert listed.texts("#result_list .field-title a") == ["Skoven"]


@pytest.mark.parametrize("number", [1, 4])
def test_the_list_costs_the_same_for_one_story_and_for_many(
    editor_client, db, django_assert_max_num_queries, number
):
    for _ in range(number):
        make_story()
    with django_assert_max_num_queries(14):
        editor_client.get(admin_url(Story, "changelist"))


# --- Drafts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_story, make_dilemma, make_page, make_path, make_pivot])
def test_a_draft_opens_at_its_real_address_for_an_editor_and_for_nobody_else(
    admin_page, page, client, editor_client, db, make
):
    item = make("Endnu ikke ude", published_at=None)
    address = admin_page(admin_url(item), by=editor_client).links(".object-tools a")["Vis på siden"]
    assert address == item.get_absolute_url()
    assert "Endnu ikke ude" in page(address, by=editor_client).texts("h1")[0]
    assert client.get(address).status_code == 404


def test_what_has_no_page_of_its_own_offers_none(admin_page, editor_client, db):
    wave = ResearchWave.objects.create(year=2023, title="Første runde", text="Om den.")
    assert "Vis på siden" not in admin_page(admin_url(wave), by=editor_client).links(".object-tools a")


# --- Publish and withdraw ----------------------------------------------------------------------------


def test_a_draft_and_a_planned_text_are_published_now_and_an_old_date_is_kept(editor_client, run_action, db):
    draft = make_story("A", key="A", published_at=None)
    planned = make_story("B", key="B", published_at=tomorrow())
    public = make_story("C")
    date = public.published_at
    answer = run_action(editor_client, "publish", [draft, planned, public])
    for story in [draft, planned, public]:
        story.refresh_from_db()
        assert story.is_published
    assert public.published_at == date
    assert [str(m) for m in answer.context["messages"]] == ["Nu offentligt: «B», «A»"]


def test_what_is_withdrawn_is_a_draft_again(client, editor_client, run_action, db):
    story = make_story("Fejl i teksten")
    assert client.get(story.get_absolute_url()).status_code == 200
    run_action(editor_client, "withdraw", [story])
    assert client.get(story.get_absolute_url()).status_code == 404
    story.refresh_from_db()
    assert status_of(story) == "Kladde"


def test_who_published_and_withdrew_stands_in_the_history(admin_page, editor_client, run_action, db):
    story = make_story(published_at=None)
    run_action(editor_client, "publish", [story])
    run_action(editor_client, "withdraw", [story])
    told = admin_page(admin_url(story, "history"), by=editor_client).texts(
        "#change-history tbody td:last-child"
    )
    assert told == ["Offentliggjort.", "Trukket tilbage."]


def test_an_action_asked_for_by_somebody_without_the_role_does_nothing(method_owner_client, run_action, db):
    story = make_story(published_at=None)
    assert run_action(method_owner_client, "publish", [story]).status_code == 403
    story.refresh_from_db()
    assert story.published_at is None


# --- The form ----------------------------------------------------------------------------------------


def test_danish_comes_first_and_english_stands_beside_it(admin_page, editor_client, db):
    form = admin_page(admin_url(make_story()), by=editor_client)
    headings = ["Billede og filer", "Ophav og kilder", "Adresse og offentliggørelse"]
    assert form.texts("fieldset h2") == headings
    texts = [field.get("name") for field in form.select(".field-body.field-body_en textarea")]
    assert texts == ["body", "body_en"]
    assert form.texts(".field-readability .readonly") == ["16 (meget let)"]


def test_every_form_of_the_compass_is_a_good_page(admin_page, administrator_client, content):
    make_recording()
    for model in [Story, Dilemma, Pivot, Path, Recording, Milestone, Contact]:
        admin_page(admin_url(model, "changelist"), by=administrator_client)
        admin_page(admin_url(model, "add"), by=administrator_client)
        admin_page(admin_url(model.objects.first()), by=administrator_client)


def test_a_text_that_is_hard_to_read_is_saved_with_a_kind_word(editor_client, edit, db):
    story = make_story()
    saved = edit(story, {"body": HARD}, by=editor_client)
    assert any(text.startswith("Teksten har LIX 105.") for text in messages_of(saved))
    story.refresh_from_db()
    assert story.body == HARD


def test_line_ends_stay_as_they_were(editor_client, edit, db):
    story = make_story(body="En linje.\n\nEn til.")
    edit(story, {"title": "Ny titel", "body": "En linje.\r\n\r\nEn til."}, by=editor_client)
    story.refresh_from_db()
    assert (story.title, story.body) == ("Ny titel", "En linje.\n\nEn til.")


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("Det gode møde på Bispehaven", "det-gode-moede-paa-bispehaven"),
        ("Æbler, Østers & Ål!", "aebler-oesters-aal"),
        ("a" * 60, "a" * 50),
        ("Ord " * 20, "ord-ord-ord-ord-ord-ord-ord-ord-ord-ord-ord-ord-or"),
    ],
)
def test_the_address_is_made_of_the_title_in_danish(title, address):
    assert slug_of(title, 50) == address


def test_an_address_left_empty_is_made_and_one_that_was_written_is_kept(admin_page, editor_client, db):
    filled = {
        "key": "S90", "kind": "case", "path": make_path().pk, "title": "Mødet på åen",
        "standfirst": "Kort.", "body": "Tekst.", "provenance": "composed",
    }  # fmt: skip
    add = admin_url(Story, "add")
    admin_page(add, by=editor_client).form("#story_form").send({**filled, "_save": "1"})
    assert Story.objects.get(key="S90").slug == "moedet-paa-aaen"
    admin_page(add, by=editor_client).form("#story_form").send(
        {**filled, "key": "S91", "slug": "en-anden", "_save": "1"}
    )
    assert Story.objects.get(key="S91").slug == "en-anden"


def test_two_pages_with_one_title_are_told_apart_by_the_editor(admin_page, editor_client, db):
    make_page("Om os", slug="om-os")
    add = admin_page("/admin/compass/page/add/", by=editor_client)
    again = add.form("#page_form").send({"title": "Om os", "body": "Tekst.", "_save": "1"})
    said = " ".join(again.texts(".field-slug .errorlist, .field-slug ul"))
    assert said == "Adressen bliver brugt i forvejen. Skriv en anden her, eller giv teksten en anden titel."


def test_a_milestone_without_a_date_says_so(editor_client, edit, db):
    milestone = Milestone.objects.create(
        key="F-90",
        order=90,
        kind="event",
        date="2021-04-28",
        precision="day",
        date_text="28. april 2021",
        text="Vedtaget.",
    )
    refused = edit(milestone, {"date": ""}, by=editor_client)
    assert "Vælg «uden dato», når datoen er tom – og kun da." in refused.text
    milestone.refresh_from_db()
    assert milestone.date is not None


def test_a_contact_is_switched_off_and_on(client, editor_client, run_action, db):
    make_page("Kontakt", slug="kontakt")
    contact = make_contact("Karen Kontakt")
    run_action(editor_client, "hide", [contact])
    assert "Karen Kontakt" not in client.get("/kontakt/").content.decode()
    run_action(editor_client, "show", [contact])
    assert "Karen Kontakt" in client.get("/kontakt/").content.decode()


# --- Rows in an order ----------------------------------------------------------------------------------


@pytest.fixture
def dilemma(db):
    return make_dilemma(standpoints=["Først", "Så", "Til sidst"])


def titles_of(dilemma):
    return list(dilemma.standpoints.values_list("position", "title"))


def test_standpoints_swap_places_in_one_go(editor_client, edit, dilemma):
    edit(dilemma, {"standpoints-0-position": "2", "standpoints-1-position": "1"}, by=editor_client)
    assert titles_of(dilemma) == [(1, "Så"), (2, "Først"), (3, "Til sidst")]


def test_a_new_standpoint_may_take_the_place_of_one_that_goes(editor_client, edit, dilemma):
    new = {
        "standpoints-TOTAL_FORMS": "4", "standpoints-3-position": "1", "standpoints-3-title": "Ny",
        "standpoints-3-text": "Tekst.", "standpoints-0-DELETE": "on",
    }  # fmt: skip
    edit(dilemma, new, by=editor_client)
    assert titles_of(dilemma) == [(1, "Ny"), (2, "Så"), (3, "Til sidst")]


@pytest.mark.parametrize("position", ["2", "0x", "-1", "1000", "99999999999"])
def test_a_place_that_is_taken_or_impossible_is_an_error_in_danish(editor_client, edit, dilemma, position):
    refused = edit(dilemma, {"standpoints-0-position": position}, by=editor_client)
    assert refused.select(".errornote")
    if position == "2":
        assert "To ståsteder har samme rækkefølge. Giv hver sit tal." in refused.text
    assert titles_of(dilemma) == [(1, "Først"), (2, "Så"), (3, "Til sidst")]


# --- Recordings ------------------------------------------------------------------------------------------


NO_TEXT = "En optagelse skal have mindst ét kapitel med tekst, før den kan offentliggøres."
SOON = {"published_at_0": "01.01.2026", "published_at_1": "12:00:00"}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def wav(seconds: int) -> bytes:
    written = BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setparams((1, 1, 1_000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 1_000 * seconds)
    return written.getvalue()


def chapter(number=0, name="kapitel.mp3", content=None, **changes):
    fields = {
        "position": "1", "language": "da", "title": "Kapitel", "transcript": "Sådan.",
        "audio": SimpleUploadedFile(name, content or wav(95), content_type="audio/mpeg"),
    }  # fmt: skip
    return {
        "chapters-TOTAL_FORMS": "1",
        **{f"chapters-{number}-{name}": value for name, value in {**fields, **changes}.items()},
    }


def test_a_recording_without_a_chapter_is_not_published_by_the_form(editor_client, edit, db):
    recording = make_recording(chapters=0, published_at=None)
    assert NO_TEXT in edit(recording, SOON, by=editor_client).text
    recording.refresh_from_db()
    assert recording.published_at is None


def test_a_recording_without_a_chapter_is_not_published_by_the_action(editor_client, run_action, db):
    recording = make_recording("Stille", chapters=0, published_at=None)
    answer = run_action(editor_client, "publish", [recording])
    assert [str(m) for m in answer.context["messages"]] == [f"«Stille» blev ikke offentliggjort. {NO_TEXT}"]
    recording.refresh_from_db()
    assert recording.published_at is None


def test_a_recording_is_published_together_with_its_first_chapter(editor_client, edit, db):
    recording = make_recording(chapters=0, published_at=None)
    edit(recording, {**SOON, **chapter()}, by=editor_client)
    recording.refresh_from_db()
    assert recording.is_published
    assert recording.chapters.get().transcript == "Sådan."


@pytest.mark.parametrize("transcript", ["", "  \n "])
def test_a_chapter_without_its_text_is_refused(editor_client, edit, db, transcript):
    recording = make_recording(chapters=0, published_at=None)
    refused = edit(recording, {**SOON, **chapter(transcript=transcript)}, by=editor_client)
    assert refused.select(".field-transcript.errors")
    recording.refresh_from_db()
    assert recording.published_at is None
    assert not recording.chapters.exists()


def test_the_last_chapter_of_a_public_recording_cannot_be_taken_away(editor_client, edit, db):
    recording = make_recording(chapters=1)
    assert NO_TEXT in edit(recording, {"chapters-0-DELETE": "on"}, by=editor_client).text
    assert recording.chapters.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 400,
        b"<!doctype html><title>Side</title>",
        b"ID3\x04\x00\x00\x00\x00\x00\x00",
        b"\xff\xfb\x90\x00" * 3,
        b"RIFF\x04\x00\x00\x00WAVE",
        b"OggS" + b"\0" * 100,
        b"\0\0\0\x18ftypM4A " + b"\0" * 40,
    ],
    ids=["jpeg", "html", "tags alone", "bits of mp3", "empty wav", "broken ogg", "broken m4a"],
)
def test_a_file_that_is_no_sound_is_refused_whatever_it_is_called(editor_client, edit, db, content):
    recording = make_recording(chapters=0, published_at=None)
    refused = edit(recording, chapter(content=content), by=editor_client)
    assert "Filen er ikke lyd" in refused.texts(".field-audio .errorlist")[0]
    assert not recording.chapters.exists()


def test_a_sound_is_called_by_what_it_is_and_measured(editor_client, edit, db):
    recording = make_recording(chapters=0, published_at=None)
    edit(recording, chapter(name="kapitel.mp3", content=wav(95)), by=editor_client)
    saved = recording.chapters.get()
    assert saved.seconds == 95
    assert saved.audio.name.endswith(".wav")


def test_a_sound_that_is_too_large_is_refused_in_words(editor_client, edit, settings, db):
    settings.SOUND_MAX_BYTES = 10_000
    recording = make_recording(chapters=0, published_at=None)
    refused = edit(recording, chapter(content=wav(95)), by=editor_client)
    assert "Den må højst fylde" in refused.texts(".field-audio .errorlist")[0]
