"""From draft to archive: the states, the buttons that lead from one to the next, and who is told what."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from compass.models import Dilemma, Page, Path, Pivot, Recording, Redirect, ResearchWave, Story
from publishing.admin import status_of
from publishing.publishable import State
from tests.admin.conftest import admin_url, messages_of
from tests.factories import (
    make_dilemma,
    make_page,
    make_path,
    make_recording,
    make_story,
    tomorrow,
    yesterday,
)

pytestmark = pytest.mark.django_db

# A state, and the fields that make it.
STATES = {
    State.DRAFT: {"published_at": None},
    State.REVIEW: {"published_at": None, "submitted_at": yesterday()},
    State.SCHEDULED: {"published_at": tomorrow()},
    State.PUBLISHED: {"published_at": yesterday()},
    State.ARCHIVED: {"published_at": None, "archived_at": yesterday()},
}


def press(admin_page, item, button, changes=None, *, by):
    """Open the item, press one of its buttons, and give back the page that follows."""
    opened = admin_page(admin_url(item), by=by)
    return opened.form(f"#{item._meta.model_name}_form").send({**(changes or {}), button: "1"})


def steps_of(page) -> list[str]:
    return [button.get("name") for button in page.select(".steps input:not([formtarget])")]


def history_of(item) -> list[str]:
    entries = LogEntry.objects.filter(object_id=item.pk, content_type__model=item._meta.model_name)
    return [entry.get_change_message() for entry in entries.order_by("pk")]


# --- States ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_the_query_and_the_property_say_the_same_state(state):
    stories = {one: make_story(one.label, **fields) for one, fields in STATES.items()}
    assert stories[state].state == state
    assert list(Story.objects.in_state(state)) == [stories[state]]


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_only_what_is_published_is_public(state):
    story = make_story(**STATES[state])
    assert not Story.objects.visible_to(AnonymousUser()).exists()
    assert story.public_address == ""


def test_a_date_wins_over_the_marks_of_earlier_states():
    story = make_story(published_at=yesterday(), submitted_at=yesterday(), archived_at=yesterday())
    assert story.state == State.PUBLISHED
    story.publish()
    assert (story.submitted_at, story.archived_at) == (None, None)


def test_an_archived_text_is_public_nowhere(client, content):
    def names(url) -> bool:
        return address in client.get(url).getvalue().decode()

    story = Story.objects.published().first()
    address = story.get_absolute_url()
    everywhere = [
        "/soeg/?q=" + story.title, "/sitemap.xml", "/aabne-data/historier.json", "/historier/feed.xml",
        "/historier/?side=1", story.path.get_absolute_url(),
    ]  # fmt: skip
    assert sum(map(names, everywhere)) >= 4
    story.archive()
    assert not any(map(names, everywhere))


# --- The buttons -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (State.DRAFT, ["_submit", "_publish", "_schedule"]),
        (State.REVIEW, ["_publish", "_schedule", "_return"]),
        (State.SCHEDULED, ["_publish", "_schedule", "_withdraw"]),
        (State.PUBLISHED, ["_apart", "_withdraw", "_still_right"]),
        (State.ARCHIVED, ["_publish", "_unarchive"]),
    ],
)
def test_the_buttons_are_those_of_the_state(admin_page, editor_client, state, buttons):
    story = make_story(**STATES[state])
    opened = admin_page(admin_url(story), by=editor_client)
    assert steps_of(opened) == buttons
    assert opened.texts(".state strong") == [status_of(story)]
    assert ("Arkivér" in opened.links(".state a")) == (state != State.ARCHIVED)


def add(admin_page, button, *, by, times=1):
    form = admin_page(admin_url(Story, "add"), by=by).form("#story_form")
    typed = {"kind": "case", "path": Path.objects.get().pk, "title": "Den første", "body": "De spurgte."}
    sent = {**typed, "standfirst": "Kort.", "provenance": "composed", button: "1"}
    return [form.send(sent) for _time in range(times)][-1]


def test_a_new_text_that_is_published_twice_is_one(admin_page, editor_client):
    make_path()
    add(admin_page, "_publish", by=editor_client, times=2)
    assert [story.state for story in Story.objects.all()] == [State.PUBLISHED]


@pytest.mark.parametrize(
    ("button", "state", "told"),
    [
        ("_save", State.DRAFT, "«Den første» er en kladde. Læserne ser den først, når den er offentlig."),
        ("_submit", State.REVIEW, "Nu til gennemsyn: «Den første»"),
        ("_publish", State.PUBLISHED, "Nu offentligt: «Den første»"),
    ],
)
def test_a_new_text_goes_from_the_empty_form_to_readers(
    admin_page, editor_client, client, button, state, told
):
    make_path()
    saved = add(admin_page, button, by=editor_client)
    assert Story.objects.get().state == state
    assert told in messages_of(saved)
    assert ("Den første" in client.get("/historier/").content.decode()) == (state == State.PUBLISHED)


def test_when_a_new_text_appears_is_asked_next(admin_page, editor_client):
    make_path()
    assert add(admin_page, "_schedule", by=editor_client).texts("h1") == ["Planlæg"]
    assert Story.objects.get().state == State.DRAFT


def test_a_new_path_comes_after_the_last(admin_page, editor_client):
    last = make_path().position
    form = admin_page(admin_url(Path, "add"), by=editor_client).form("#path_form")
    assert form.values["position"] == [str(last + 1)]


def test_what_is_added_on_the_way_offers_no_step(admin_page, editor_client):
    assert steps_of(admin_page(admin_url(Story, "add"), query={"_popup": "1"}, by=editor_client)) == []


def test_a_button_of_another_state_does_nothing(admin_page, editor_client):
    story = make_story(published_at=None)
    press(admin_page, story, "_withdraw", by=editor_client)
    press(admin_page, story, "_still_right", by=editor_client)
    assert history_of(story) == ["Ingen felter ændret.", "Ingen felter ændret."]


def test_the_text_is_saved_and_sent_to_review_with_one_button(admin_page, editor_client):
    story = make_story(published_at=None)
    sent = press(admin_page, story, "_submit", {"title": "Ny titel"}, by=editor_client)
    story.refresh_from_db()
    assert (story.title, story.state) == ("Ny titel", State.REVIEW)
    assert "Nu til gennemsyn: «Ny titel»" in messages_of(sent)
    assert history_of(story)[-1] == "Sendt til gennemsyn."


def test_what_is_in_review_is_published(admin_page, client, editor_client):
    story = make_story(**STATES[State.REVIEW])
    press(admin_page, story, "_publish", by=editor_client)
    assert client.get(story.get_absolute_url()).status_code == 200
    assert history_of(story)[-1] == "Offentliggjort."


def test_a_reviewer_sends_back_with_a_word_that_the_writer_meets(admin_page, editor_client):
    story = make_story(**STATES[State.REVIEW])
    asked = press(admin_page, story, "_return", by=editor_client)
    asked.form("#content form").send({"comment": "Skriv, hvornår det var."})
    story.refresh_from_db()
    assert story.state == State.DRAFT
    opened = admin_page(admin_url(story), by=editor_client)
    assert "Rikke Redaktør" in opened.texts(".kept")[0]
    assert "Skriv, hvornår det var." in opened.texts(".kept")[0]
    again = press(admin_page, story, "_submit", by=editor_client)
    assert any("Skriv, hvornår det var." in text for text in again.texts(".kept"))


def test_sending_back_without_a_word_is_refused(editor_client):
    story = make_story(**STATES[State.REVIEW])
    answer = editor_client.post(admin_url(story, "return"), {"comment": ""})
    assert answer.status_code == 400
    story.refresh_from_db()
    assert story.state == State.REVIEW


def test_a_text_is_scheduled_for_a_moment(admin_page, editor_client, time_machine):
    story = make_story(published_at=None)
    moment = timezone.localtime() + timedelta(days=3)
    asked = press(admin_page, story, "_schedule", by=editor_client)
    asked.form("#content form").send({"moment": f"{moment:%Y-%m-%dT%H:%M}"})
    story.refresh_from_db()
    assert story.state == State.SCHEDULED
    assert history_of(story)[-1] == f"{status_of(story)}."
    time_machine.move_to(moment + timedelta(minutes=1))
    assert story.state == State.PUBLISHED


@pytest.mark.parametrize("moment", ["", "i morgen", "2020-01-01T12:00"])
def test_a_moment_that_is_none_or_gone_is_refused_and_stays_in_the_field(editor_client, moment):
    story = make_story(published_at=None)
    answer = editor_client.post(admin_url(story, "schedule"), {"moment": moment})
    assert answer.status_code == 400
    assert f'value="{moment}"' in answer.content.decode() or not moment
    story.refresh_from_db()
    assert story.state == State.DRAFT


def test_somebody_looks_at_a_page_and_finds_it_right(admin_page, editor_client):
    story = make_story()
    Story.objects.filter(pk=story.pk).update(updated_at=timezone.now() - timedelta(days=400))
    press(admin_page, story, "_still_right", by=editor_client)
    story.refresh_from_db()
    assert story.updated_at > timezone.now() - timedelta(minutes=1)
    assert history_of(story)[-1] == "Set på: stadig rigtig."


def test_an_archived_text_that_gets_a_date_in_the_form_is_archived_no_more(admin_page, editor_client):
    story = make_story(**STATES[State.ARCHIVED])
    date = {"published_at_0": "01.01.2026", "published_at_1": "12:00:00"}
    press(admin_page, story, "_continue", date, by=editor_client)
    story.refresh_from_db()
    assert (story.state, story.archived_at) == (State.PUBLISHED, None)


@pytest.mark.parametrize("page", ["schedule", "return", "archive"])
def test_the_steps_are_for_those_who_may_change(method_owner_client, client, page):
    story = make_story(published_at=None)
    assert method_owner_client.get(admin_url(story, page)).status_code == 403
    assert client.get(admin_url(story, page)).status_code == 302
    assert method_owner_client.post(admin_url(story, page), {}).status_code == 403
    story.refresh_from_db()
    assert story.state == State.DRAFT


@pytest.mark.parametrize("page", ["schedule", "return", "archive", "history", "compare"])
def test_a_step_of_what_is_not_there_is_not_found(editor_client, page):
    url = admin_url(make_story(), page)
    Story.objects.all().delete()
    assert editor_client.get(url).status_code == 404


# --- Lists --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_the_list_is_filtered_by_every_state(admin_page, editor_client, state):
    for one, fields in STATES.items():
        make_story(one.label, **fields)
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client, query={"status": state.value})
    assert listed.texts("#result_list .field-title a") == [state.label]


def test_the_list_finds_what_has_no_english(admin_page, editor_client):
    english = {f"{name}_en": "x" for name in ["title", "standfirst", "body"]}
    make_story("Begge sprog", **english)
    make_story("Kun dansk")
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client, query={"engelsk": "mangler"})
    assert listed.texts("#result_list .field-title a") == ["Kun dansk"]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("model", "make"),
    [(Story, make_story), (Dilemma, make_dilemma), (Page, make_page), (Recording, make_recording)],
)
def test_a_list_costs_the_same_for_one_and_for_many(
    editor_client, settings, tmp_path, django_assert_max_num_queries, model, make, number
):
    settings.MEDIA_ROOT = tmp_path
    for _ in range(number):
        make()
    with django_assert_max_num_queries(15):
        assert editor_client.get(admin_url(model, "changelist")).status_code == 200


def test_several_drafts_go_to_review_at_once(editor_client, run_action):
    drafts = [make_story(title, key=title, published_at=None) for title in ["A", "B"]]
    public = make_story("C")
    answer = run_action(editor_client, "submit", [*drafts, public])
    (told,) = [str(message) for message in answer.context["messages"]]
    assert told in {"Nu til gennemsyn: «A», «B»", "Nu til gennemsyn: «B», «A»"}
    public.refresh_from_db()
    assert public.state == State.PUBLISHED


# --- Recordings ---------------------------------------------------------------------------------------


def test_a_recording_without_text_is_not_published_whoever_asks(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    silent = make_recording(chapters=0, published_at=None)
    with pytest.raises(ValidationError, match="mindst ét kapitel med tekst"):
        silent.publish()
    with pytest.raises(ValidationError, match="mindst ét kapitel med tekst"):
        silent.publish(tomorrow())
    silent.refresh_from_db()
    assert silent.state == State.DRAFT


def test_a_recording_is_shown_where_readers_hear_it(admin_page, editor_client, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    recording = make_recording(slug="laest-op")
    assert recording.get_absolute_url() == "/lydbog/#laest-op"
    assert (
        admin_page(admin_url(recording), by=editor_client).links(".object-tools a")["Vis på siden"]
        == "/lydbog/#laest-op"
    )
    recording.archive("/lydbog/")
    assert client.get("/lydbog/").status_code == 200
    assert not Redirect.objects.exists()


# --- Models without a page of their own ----------------------------------------------------------------


@pytest.mark.parametrize("model", [Story, Dilemma, Pivot, Path, Page, Recording, ResearchWave])
def test_every_kind_of_content_has_the_same_states(model):
    assert set(State) == {State(value) for value, _label in State.choices}
    assert model.objects.in_state(State.ARCHIVED).count() == 0


def test_a_wave_is_archived_though_it_has_no_address(admin_page, editor_client):
    wave = ResearchWave.objects.create(
        year=2023, title="Første runde", text="Om den.", published_at=yesterday()
    )
    asked = admin_page(admin_url(wave, "archive"), by=editor_client)
    assert not asked.select("[name=successor]")
    asked.form("#content form").send()
    wave.refresh_from_db()
    assert wave.state == State.ARCHIVED
