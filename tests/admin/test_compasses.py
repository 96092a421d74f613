"""A compass made in the admin by the method owner, from nothing, as a copy or out of a file."""

import json

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reflection import compass_files
from reflection.models import Guide, GuideVersion, Reflection
from tests.admin.conftest import admin_url, messages_of
from tests.factories import make_guide, make_open_room
from tests.reflection.people import seat

pytestmark = pytest.mark.django_db
SLUG = "nabokompasset"
INTRO = "<script>alert(1)</script>\n\n[x](javascript:a)"
PARTIES = {"together": "parties", "guesses": True, "for_one": False}


@pytest.fixture
def between(db):
    """Two parties answer two steps and guess."""
    return make_guide(SLUG, title="Nabokompasset", **PARTIES)


def at(name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=arguments)


# --- Made in the admin -------------------------------------------------------------------------------


def test_a_compass_begins_as_a_copy_of_another(admin_page, method_owner_client, between):
    form = admin_page(admin_url(Guide, "add"), by=method_owner_client).form("#guide_form")
    told = {
        "title": "Havekompasset",
        "standfirst": "Se på en have.",
        "copy_of": str(between.pk),
        "_save": "1",
    }
    form.send(told)
    draft = Guide.objects.get(slug="havekompasset").versions.get()
    assert (draft.is_published, draft.guesses, draft.steps.count()) == (False, True, 2)
    assert draft.steps.first().prompts.count() == between.versions.get().steps.first().prompts.count()


def test_the_draft_says_who_answers_and_how_it_ends(admin_page, method_owner_client, page, db):
    guide = make_guide(SLUG, title="Nabokompasset", is_published=False)
    draft = guide.versions.get()
    form = admin_page(admin_url(draft), by=method_owner_client).form("#guideversion_form")
    form.send({
        "for_whom": "Naboer", "together": "parties", "guesses": "on", "ending": "decision",
        "end_lines-0-position": "1", "end_lines-0-text": "Bliv", "_save": "1",
    })  # fmt: skip
    draft.refresh_from_db()
    assert (draft.for_whom, draft.together, draft.guesses, draft.ending) == (
        "Naboer",
        "parties",
        True,
        "decision",
    )
    compared = admin_page(admin_url(draft, "publish"), by=method_owner_client)
    assert "Skriv mindst to ord at vælge mellem i slutningen." in compared.text
    assert "Bliv" in compared.text


def test_a_draft_is_rehearsed_and_can_be_changed_afterwards(
    admin_page, method_owner_client, page, method_owner
):
    guide = make_guide(SLUG, title="Nabokompasset", is_published=False, **PARTIES)
    draft = guide.versions.get()
    shown = admin_page(admin_url(draft), by=method_owner_client)
    shown.form("form[action$='/proev/']")
    method_owner_client.post(admin_url(draft, "rehearse"))
    room = Reflection.objects.get()
    assert room.is_rehearsal
    assert page(at("lead", room.key), by=method_owner).texts("h1") == ["Saml svar"]
    step = draft.steps.first()
    form = admin_page(admin_url(draft), by=method_owner_client).form("#guideversion_form")
    form.send({"steps-0-DELETE": "on", "_save": "1"})
    assert not draft.steps.filter(pk=step.pk).exists()
    assert not Reflection.objects.exists()


def test_a_draft_that_was_rehearsed_is_thrown_away_with_its_rehearsals(admin_page, method_owner_client):
    draft = make_guide(SLUG, title="Nabokompasset", is_published=False).versions.get()
    method_owner_client.post(admin_url(draft, "rehearse"))
    shown = admin_page(admin_url(draft, "delete"), by=method_owner_client)
    assert Reflection.objects.get().is_rehearsal
    shown.form("#content form").send({"post": "yes"})
    assert not GuideVersion.objects.filter(pk=draft.pk).exists()
    assert not Reflection.objects.exists()


def test_a_retired_compass_cannot_be_begun_and_what_runs_goes_on(
    admin_page, method_owner_client, page, staff
):
    guide = make_guide(SLUG, title="Nabokompasset")
    room = make_open_room(guide)
    form = admin_page(admin_url(guide), by=method_owner_client).form("#guide_form")
    form.send({"is_retired": "on", "_save": "1"})
    for name in ["about", "begin", "begin_open_room"]:
        page(at(name, SLUG), by=staff, status=404)
    assert "Nabokompasset" not in page("/").text
    assert page(at("lead", room.key), by=seat(room.participants.get())).texts("h1") == ["Saml svar"]


# --- Out as a file, and in again ---------------------------------------------------------------------


def file_of(version) -> dict:
    return json.loads(json.dumps(compass_files.to_file(version)))


@pytest.mark.parametrize("slug", ["maalkompasset", "samarbejdskompasset", "vejkompasset"])
def test_what_goes_out_comes_in_the_same(content, slug):
    found = file_of(Guide.objects.get(slug=slug).current_version())
    draft = compass_files.from_file(found, slug="en-kopi")
    assert file_of(draft) == {**found, "slug": "en-kopi"}
    assert not draft.is_published


def test_the_schema_in_the_documents_knows_the_same_fields():
    schema = json.loads((settings.BASE_DIR / "docs" / "compass-file.schema.json").read_text(encoding="utf-8"))
    step = schema["properties"]["steps"]["items"]["properties"]
    described = {
        "version": schema["properties"].keys() - {"format", "version", "texts", "end_lines", "steps"},
        "end line": schema["properties"]["end_lines"]["items"]["properties"].keys(),
        "step": step.keys() - {"prompts", "variants"},
        "prompt": step["prompts"]["items"]["properties"].keys(),
        "variant": step["variants"]["items"]["properties"].keys(),
    }
    assert {name: set(fields) for name, fields in described.items()} == {
        "version": {*compass_files.OF_THE_GUIDE, *compass_files.OF_THE_VERSION},
        "end line": set(compass_files.OF_THE_END_LINE),
        "step": set(compass_files.OF_THE_STEP),
        "prompt": set(compass_files.OF_THE_PROMPT),
        "variant": set(compass_files.OF_THE_VARIANT),
    }


def test_everybody_may_take_a_published_compass_along(client, between):
    answered = client.get(at("compass_file", SLUG))
    assert answered["Content-Type"] == "application/json"
    assert json.loads(answered.content) == file_of(between.current_version())
    assert at("compass_file", SLUG) in client.get(f"/kompasser/{SLUG}/").content.decode()


def send_file(client, found, **more):
    raw = found if isinstance(found, bytes) else json.dumps(found).encode()
    sent = {"file": SimpleUploadedFile("kompas.json", raw), **more}
    return client.post(reverse("admin:reflection_guide_from_file"), sent)


def test_the_method_owner_imports_a_file_as_a_draft(admin_page, method_owner_client, between):
    found = {**file_of(between.current_version()), "slug": "hentet"}
    answered = send_file(method_owner_client, found)
    draft = Guide.objects.get(slug="hentet").versions.get()
    assert answered["Location"] == admin_url(draft)
    assert not draft.is_published
    assert messages_of(admin_page(admin_url(draft), by=method_owner_client))[0].startswith(
        "Kompasset er importeret"
    )


@pytest.mark.parametrize("role", ["editor_client", "staff_client"])
def test_nobody_else_imports(role, request, between):
    client = request.getfixturevalue(role)
    assert send_file(client, file_of(between.current_version()), slug="hentet").status_code in {302, 403}
    assert Guide.objects.count() == 1


WRONG = {
    "no json": (b"{", "Den er ikke JSON"),
    "something else": ({"a": 1}, "Filen er ikke et kompas"),
    "a list": ([], "Filen er ikke et kompas"),
    "a later version": ({"format": "kompas", "version": 2}, "en anden udgave af formatet"),
    "too deep": (b"[" * 100_000, "Den er ikke JSON"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_no_compass_is_refused_in_words(method_owner_client, name):
    found, words = WRONG[name]
    answered = send_file(method_owner_client, found)
    assert answered.status_code == 422
    assert words in answered.content.decode()


def test_a_file_that_is_too_large_is_refused(db):
    with pytest.raises(ValidationError, match="højst 1 MB"):
        compass_files.read(b" " * (compass_files.LARGEST + 1))


CHANGED = {
    "slug that is taken": (lambda f: f.update(slug=SLUG), "Der er allerede et kompas med den adresse"),
    "unknown field": (lambda f: f.update(owner="mig"), "Portalen kender ikke feltet «owner»"),
    "half a sign": (lambda f: f.update({"\ud800ny": 1}), "Portalen kender ikke feltet «ny»"),
    "unknown in a step": (lambda f: f["steps"][0].update(id=7), "Trin 1: Portalen kender ikke feltet «id»"),
    "steps that are none": (lambda f: f.update(steps="x"), "«steps» skal være en liste"),
    "too many steps": (lambda f: f.update(steps=f["steps"] * 30), "Der er flere end 40 i «steps»"),
    "a title that is a number": (lambda f: f.update(title=7), "Titel har en forkert slags værdi"),
    "a title that is too long": (lambda f: f.update(title="x" * 81), "Titel: "),
    "a title that is missing": (lambda f: f.pop("title"), "Titel: "),
    "a kind nobody knows": (lambda f: f["steps"][1]["prompts"][0].update(kind="x"), "Trin 2, spørgsmål 1: S"),
    "minutes below none": (lambda f: f.update(minutes_solo=-1), "Minutter alene: "),
    "a truth that is a word": (lambda f: f.update(guesses="ja"), "har en forkert slags værdi"),
    "a guess without parties": (lambda f: f.update(together="group"), "Man kan kun gætte"),
    "texts that are none": (lambda f: f.update(texts={"a": 1}), "egne tekster (texts)"),
    "help twice": (
        lambda f: f["steps"][0].update(variants=[{"concerns": "a", "help": "x"}] * 2),
        "Der er to særlige hjælpetekster",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_all_that_is_wrong_is_said_place_by_place_and_nothing_is_kept(method_owner_client, between, name):
    change, words = CHANGED[name]
    found = {**file_of(between.current_version()), "slug": "hentet"}
    change(found)
    answered = send_file(method_owner_client, found)
    assert answered.status_code == 422
    assert words in answered.content.decode()
    assert Guide.objects.count() == 1
    assert GuideVersion.objects.count() == 1


def test_what_a_file_says_is_tidied_and_its_markdown_is_shown_clean(page, between):
    found = file_of(between.current_version())
    found |= {
        "slug": "hentet",
        "title": "Nyt\u0000\ud800",
        "intro": "<script>alert(1)</script> [x](javascript:a)",
    }
    found["texts"] = {"say-see": {"da": "Se\u0000 her\udfff"}}
    draft = compass_files.from_file(found)
    draft.publish()
    assert (draft.guide.title.strip(), draft.texts["say-see"]["da"]) == ("Nyt", "Se  her")
    shown = page("/kompasser/hentet/")
    assert "<script>alert" not in shown.html
    assert "x" not in shown.links("main a")
