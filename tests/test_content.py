"""The portal's first content: complete, honest about where it comes from, plain, and never a copy."""

import re
import shutil
from functools import cache
from pathlib import Path as Folder

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import models

from accounts.login_views import STATE_LASTS
from compass.content import KINDS, OtherSetError, PortalFileError, load, load_items, read_items
from compass.models import (
    Contact,
    Department,
    Dilemma,
    Fact,
    LoadedContent,
    Milestone,
    Page,
    Path,
    Pivot,
    ResearchFigure,
    ResearchWave,
    Resource,
    Story,
)
from reflection.content import GUIDES, load_guides
from reflection.models import Guide, GuideVersion
from tools.seed_shingles import fingerprint, runs

ROOT = settings.BASE_DIR
CONTENT, SECOND, COMMON = [ROOT / "content" / name for name in ["aarhus", "fjordby", "common"]]
PROVENANCES = {"sourced", "sourced-theme", "composed"}


def keys(letter: str, last: int) -> set[str]:
    return {f"{letter}{number:02}" for number in range(1, last + 1)}


def keys_of(*models) -> set[str]:
    return {key for model in models for key in model.objects.values_list("key", flat=True)}


# --- Complete ------------------------------------------------------------------------------------


def test_every_dilemma_of_the_brief_is_there_three_for_each_path(content):
    assert keys_of(Dilemma) == keys("D", 12)
    assert {path.slug: path.dilemmas.count() for path in Path.objects.all()} == {
        "lytte": 3, "loese": 3, "laere": 3, "lede": 3,
    }  # fmt: skip


def test_every_dilemma_has_two_poles_standpoints_and_a_question(content):
    for dilemma in Dilemma.objects.all():
        assert dilemma.pole_a
        assert dilemma.pole_b
        assert dilemma.question
        assert dilemma.standpoints.count() >= 2


def test_every_story_of_the_brief_is_there_and_every_kind(content):
    assert keys_of(Story) >= keys("S", 20)
    assert set(Story.objects.values_list("kind", flat=True)) == set(Story.Kind.values)
    assert all(path.stories.exists() for path in Path.objects.all())


@pytest.mark.parametrize("slug", ["loneliness", "climate", "lifestyle illness", "homelessness"])
def test_each_of_the_four_large_challenges_has_a_story(content, slug):
    key = {"loneliness": "S21", "climate": "S22", "lifestyle illness": "S23", "homelessness": "S16"}[slug]
    assert Story.objects.published().filter(key=key, provenance="sourced").exists()


def test_every_fact_of_the_brief_is_on_the_timeline_or_among_the_facts(content):
    assert keys_of(Milestone, Fact) >= keys("F-", 44)
    assert keys_of(Milestone) == keys("F-", 23)


def test_every_document_of_the_brief_is_there(content):
    assert keys_of(Resource) == keys("R-", 15)


def test_every_contact_is_there_with_the_date_and_none_in_english(content):
    assert Contact.objects.count() == 9
    assert {str(contact.as_of) for contact in Contact.objects.all()} == {"2024-05-29"}
    assert Contact.objects.shown_in("da").count() == 9
    assert Contact.objects.shown_in("en").count() == 0


def test_the_framework_has_three_pivots_and_four_paths_in_order(content):
    assert list(Pivot.objects.values_list("title", flat=True)) == [
        "Styrket fokus på værdi",
        "Styrket samskabelse",
        "Mere vidensinformeret praksis og ledelse",
    ]
    assert [pivot.points.count() for pivot in Pivot.objects.all()] == [3, 0, 3]
    assert list(Path.objects.values_list("slug", flat=True)) == ["lytte", "loese", "laere", "lede"]


def test_the_compasses_are_there_and_published(content):
    steps = {guide.slug: guide.current_version().steps.count() for guide in Guide.objects.all()}
    assert steps == {"maalkompasset": 8, "samarbejdskompasset": 7, "vejkompasset": 4}


def test_every_step_asks_something_states_something_and_leads_to_something_to_read(content):
    for version in GuideVersion.objects.with_steps():
        for step in version.steps.all():
            assert len(step.questions) >= 2
            assert [prompt.kind for prompt in step.answered_prompts] == ["scale", "line"]
            assert step.dilemmas.all() or step.stories.all(), f"{version}, {step}"


def test_no_figure_is_invented(content):
    assert ResearchWave.objects.exists()
    assert not ResearchFigure.objects.exists()


# --- Honest --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Dilemma, Story, GuideVersion], ids=lambda model: model.__name__)
def test_everything_written_says_where_it_comes_from(content, model):
    assert set(model.objects.values_list("provenance", flat=True)) <= PROVENANCES


@pytest.mark.parametrize("model", [Dilemma, Story], ids=lambda model: model.__name__)
def test_what_builds_on_sources_names_them(content, model):
    for item in model.objects.exclude(provenance="composed"):
        assert item.sources.exists(), item.key


@pytest.mark.parametrize("model", [Milestone, Fact], ids=lambda model: model.__name__)
def test_every_fact_names_its_source(content, model):
    assert [item.key for item in model.objects.filter(sources=None)] == []


@pytest.mark.parametrize("model", [Dilemma, Story], ids=lambda model: model.__name__)
def test_the_reader_is_told_where_a_text_comes_from(content, page, model):
    for item in model.objects.all():
        assert str(item.provenance_text) in page(item.get_absolute_url()).text


def test_the_two_compasses_say_that_their_questions_are_ours(content, page):
    version = Guide.objects.get(slug="maalkompasset").current_version()
    assert version.provenance == "composed"
    assert str(version.provenance_text) in page("/maalkompasset/").text


def test_a_year_stands_with_every_story_that_has_figures(content):
    """Most figures are old (brief 0): where more than single digits are told, so is their year."""
    for story in Story.objects.exclude(provenance="composed"):
        if re.search(r"\d{2}", story.body):
            assert story.facts_as_of or story.year or re.search(r"\b(19|20)\d\d\b", story.body), story.key


# --- Plain ---------------------------------------------------------------------------------------


def lix(text: str) -> float:
    """Läsbarhetsindex: words a sentence, and per cent of words of more than six letters."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", plain)
    sentences = max(1, len(re.findall(r"[.!?:](?=[\s»\"*)]|$)", plain)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


def test_lix_is_counted_as_the_definition_says():
    assert lix("Vi går. Du kommer snart.") == 5 / 2
    assert lix("Kommunens medarbejdere går.") == pytest.approx(3 + 200 / 3)


SETS = [CONTENT, SECOND, COMMON]
PLAIN_PAGE = re.compile(r"/(en/)?([a-z-]+/)*")  # on the portal, and no file


def texts(name: str) -> dict[str, dict]:
    """The entries of a file in all sets, by their address."""
    return {f"{folder.name}/{item['slug']}": item for folder in SETS for item in read_items(folder / name)}


def citizen_pages() -> dict[str, str]:
    items = texts("pages.yaml") | texts("stories")
    pages = {slug: f"{item['standfirst']} {item['body']}" for slug, item in items.items()}
    for slug, item in texts("dilemmas.yaml").items():
        parts = [item["description"], item["question"], *(part["text"] for part in item["standpoints"])]
        pages[slug] = " ".join(parts)
    return pages


def framework() -> dict[str, str]:
    pivots = {
        slug: " ".join([item["body"], *(part["text"] for part in item["points"])])
        for slug, item in texts("pivots.yaml").items()
    }
    paths = {slug: f"{item['standfirst']} {item['body']}" for slug, item in texts("paths.yaml").items()}
    return pivots | paths | {slug: item["intro"] for slug, item in texts("guides").items()}


@pytest.mark.parametrize("slug", citizen_pages())
def test_what_citizens_read_is_easy(slug):
    assert lix(citizen_pages()[slug]) <= 40


@pytest.mark.parametrize("slug", framework())
def test_the_framework_is_no_harder_than_a_newspaper(slug):
    assert lix(framework()[slug]) <= 45


# --- Ours ----------------------------------------------------------------------------------------


@cache
def known() -> frozenset[str]:
    return frozenset((ROOT / "tests" / "seed_shingles.txt").read_text().split())


def test_the_fingerprints_of_the_citys_page_are_there():
    assert len(known()) > 1500
    assert all(re.fullmatch("[0-9a-f]{12}", one) for one in known())


def files_with_text() -> list:
    folders = {"content": "*.yaml", "templates": "*.html", "locale": "*.po", "docs": "*.md"}
    return [path for folder, kind in folders.items() for path in sorted((ROOT / folder).rglob(kind))]


@pytest.mark.parametrize("path", files_with_text(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_is_copied_from_the_citys_page(path):
    text = path.read_text(encoding="utf-8")
    assert [run for run in runs(text) if fingerprint(run) in known()] == []


# --- Loading -------------------------------------------------------------------------------------


def test_loading_again_makes_nothing(content, capsys):
    call_command("load_content")
    assert capsys.readouterr().out == ""


def test_loading_again_leaves_what_editors_wrote(content):
    edited = [
        (Story, "title"), (Dilemma, "description"), (Page, "body"), (Pivot, "subtitle"), (Path, "verb"),
        (Fact, "text"), (Milestone, "text"), (Resource, "title"), (Contact, "role"), (Guide, "title"),
    ]  # fmt: skip
    for model, field in edited:
        model.objects.update(**{field: "Rettet"})
    Story.objects.filter(key="S01").update(published_at=None)
    Dilemma.objects.get(key="D01").standpoints.all().delete()
    call_command("load_content", verbosity=0)
    for model, field in edited:
        assert set(model.objects.values_list(field, flat=True)) == {"Rettet"}, model
    assert Story.objects.get(key="S01").published_at is None
    assert not Dilemma.objects.get(key="D01").standpoints.exists()


@pytest.fixture
def library(db):
    """All but the compasses: what a published compass names, nobody can delete."""
    load(CONTENT)


def rename_everything():
    """Every name that the database knows a row by, and all references with it."""
    for kind in [*KINDS, GUIDES]:
        for field in kind.model._meta.fields:
            is_name = field.unique and not field.primary_key and not field.is_relation
            if is_name and isinstance(field, models.PositiveSmallIntegerField):
                kind.model.objects.update(**{field.name: models.F(field.name) + 500})
            elif is_name and kind is not GUIDES:  # a compass keeps its address
                for row in kind.model.objects.all():
                    kind.model.objects.filter(pk=row.pk).update(**{field.name: f"ny{row.pk}@example.dk"})


def everything() -> dict[str, list]:
    return {kind.file: list(kind.model.objects.order_by("pk").values()) for kind in [*KINDS, GUIDES]}


def delete_everything():
    for kind in reversed(KINDS):
        kind.model.objects.all().delete()


def test_what_was_renamed_keyed_anew_and_moved_does_not_come_a_second_time(content, capsys):
    rename_everything()
    before = everything()
    call_command("load_content")
    assert capsys.readouterr().out == ""
    assert everything() == before


def test_what_was_deleted_does_not_come_back(library):
    delete_everything()
    assert sum(load(CONTENT).values()) == 0
    assert {kind.file: kind.model.objects.count() for kind in KINDS} == {kind.file: 0 for kind in KINDS}


def test_a_file_that_was_empty_at_first_brings_its_entries_beside_those_of_editors(db):
    departments = next(kind for kind in KINDS if kind.model is Department)
    Department.objects.create(slug="egen", title="Egen")
    load_items(departments, [{"slug": "ny-forvaltning", "title": "Ny forvaltning"}])
    assert set(Department.objects.values_list("slug", flat=True)) == {"egen", "ny-forvaltning"}


@pytest.fixture
def release(tmp_path):
    """A function: the content of the next release, with the first entry of a file again by other names."""

    def made(added: dict[str, dict]) -> Folder:
        folder = tmp_path / "aarhus"
        shutil.copytree(CONTENT, folder)
        shutil.copytree(COMMON, tmp_path / "common")
        for file, names in added.items():
            path, entries = folder / file, read_items(folder / file)
            entry = (entries or read_items(COMMON / file))[0] | names
            entries = entry if path.is_dir() else [*entries, entry]
            path = path / "ny.yaml" if path.is_dir() else path
            path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
        return folder

    return made


NEW = {
    "sources.yaml": {"key": "ny-kilde"},
    "departments.yaml": {"slug": "ny-forvaltning"},
    "themes.yaml": {"slug": "nyt-tema"},
    "pivots.yaml": {"slug": "nyt-omdrejningspunkt"},
    "paths.yaml": {"slug": "ny-vej"},
    "dilemmas.yaml": {"key": "D99", "slug": "nyt-dilemma"},
    "stories": {"key": "S99", "slug": "ny-historie"},
    "resources.yaml": {"key": "R-99"},
    "timeline.yaml": {"key": "F-99"},
    "facts.yaml": {"key": "X-99"},
    "contacts.yaml": {"email": "ny@example.dk"},
    "pages.yaml": {"slug": "ny-side"},
    "recordings.yaml": {"slug": "ny-optagelse"},
}


@pytest.mark.parametrize("change", [rename_everything, lambda: None], ids=["renamed", "as it was"])
def test_what_is_new_in_a_release_arrives_whatever_editors_have_done(content, release, capsys, change):
    change()
    before = everything()
    folder = release(NEW)
    call_command("load_content", folder=folder)
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == {"1"}
    after = everything()
    for kind in KINDS:
        assert after[kind.file][: len(before[kind.file])] == before[kind.file]
        assert len(after[kind.file]) - len(before[kind.file]) == (kind.file in NEW), kind.file
    story = Story.objects.get(key="S99")
    assert story.sources.exists()
    assert story.path.title


def test_what_belongs_to_something_deleted_is_left_out_and_the_rest_arrives(library, release):
    delete_everything()
    load(release(NEW))
    arrived = {kind.file for kind in KINDS if kind.model.objects.exists()}
    assert arrived == set(NEW) - {"dilemmas.yaml", "stories", "contacts.yaml"}
    assert not Milestone.objects.get().sources.exists()


def test_names_that_editors_have_taken_stay_theirs(content, release):
    theirs = Story.objects.first()
    Story.objects.filter(pk=theirs.pk).update(key="S99", slug="ny-historie", title="Deres")
    Page.objects.filter(slug="om").update(slug="ny-side")
    Contact.objects.filter(pk=Contact.objects.first().pk).update(email="ny@example.dk", name="Deres")
    call_command("load_content", folder=release(NEW), verbosity=0)
    assert Story.objects.get(slug="ny-historie").title == "Deres"
    assert Story.objects.get(slug="ny-historie-2").key == "S99-2"
    assert Page.objects.filter(title="Om portalen").count() == 1
    assert Contact.objects.filter(name="Deres").count() == 1


def test_an_unknown_key_in_the_content_stops_the_loading_and_leaves_nothing_half_made(db, tmp_path):
    copy = tmp_path / "aarhus"
    shutil.copytree(CONTENT, copy)
    dilemmas = copy / "dilemmas.yaml"
    dilemmas.write_text(
        dilemmas.read_text(encoding="utf-8").replace("path: lede", "path: ukendt"), encoding="utf-8"
    )
    with pytest.raises(LoadedContent.DoesNotExist, match="ukendt"):
        call_command("load_content", folder=copy, verbosity=0)
    assert not Dilemma.objects.exists()
    assert not Pivot.objects.exists()


def test_english_is_there_for_everything_a_reader_meets(content):
    """A missing English text falls back to Danish; the first content has none missing."""
    missing = [
        f"{model.__name__} {item}: {field.name}"
        for model in [Pivot, Path, Dilemma, Story, Page, Milestone, Fact, Resource, GuideVersion]
        for item in model.objects.all()
        for field in model._meta.get_fields()
        if field.name.endswith("_en") and getattr(item, field.name[:-3]) and not getattr(item, field.name)
    ]
    assert missing == []


# --- Cookies --------------------------------------------------------------------------------------


def test_the_page_about_cookies_names_all_that_a_browser_keeps():
    files = sorted((ROOT / "static" / "js").rglob("*.js"))
    keeping = [text for file in files if "localStorage.setItem" in (text := file.read_text(encoding="utf-8"))]
    kept = {
        key for text in keeping for key in re.findall(r"""["'`](kompas-[a-z]+(?:-[a-z]+)*)(?=["'`:])""", text)
    }
    page = next(page for page in read_items(COMMON / "pages.yaml") if page["slug"] == "cookies")
    assert len(kept) >= 3
    for text in [page["body"], page["body_en"]]:
        assert set(re.findall(r"`(kompas-[\w-]+)`", text)) == kept


def test_the_page_about_cookies_names_all_that_the_portal_sets():
    names = {getattr(settings, name) for name in dir(settings) if name.endswith("_COOKIE_NAME")}
    assert {"session", "csrf", "sso", "device"} <= names
    page = next(page for page in read_items(COMMON / "pages.yaml") if page["slug"] == "cookies")
    for text in [page["body"], page["body_en"]]:
        assert names - {settings.LANGUAGE_COOKIE_NAME} <= set(
            re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
        )
        assert f"| {STATE_LASTS // 60} min" in text


def test_a_browser_keeps_nothing_for_longer_in_any_other_way():
    others = re.compile(r"sessionStorage|indexedDB|document\.cookie|caches\.open|localStorage\[")
    files = sorted((ROOT / "static" / "js").rglob("*.js"))
    assert [file.name for file in files if others.search(file.read_text(encoding="utf-8"))] == []


# --- Sets ----------------------------------------------------------------------------------------


def test_the_second_set_is_complete_and_says_of_everything_that_it_is_made_up(db):
    load(SECOND)
    load_guides(SECOND)
    assert (Pivot.objects.count(), Path.objects.count()) == (2, 5)
    assert set(Story.objects.values_list("kind", flat=True)) == set(Story.Kind.values)
    assert all(path.dilemmas.exists() for path in Path.objects.all())
    for model in [Contact, Milestone, Fact, Resource, ResearchWave, Page]:
        assert model.objects.exists(), model
    for item in [*Story.objects.all(), *Dilemma.objects.all(), *GuideVersion.objects.all()]:
        assert item.provenance == "composed"
        assert "opdigtet" in item.provenance_note


def test_a_common_text_has_the_names_of_the_set_in_it(db):
    load(SECOND)
    page = Page.objects.get(slug="privatliv")
    assert "Fjordby Kommune er dataansvarlig" in page.body
    assert "The Municipality of Fjordby is the data controller" in page.body_en
    assert not re.search(r"\{\w+\}", "".join(page.body + page.body_en for page in Page.objects.all()))


def test_an_entry_of_a_set_stands_in_the_place_of_a_common_one(db, release):
    folder = release({})
    own = yaml.safe_dump(
        [{"slug": "cookies", "title": "Vores cookies", "body": "Ingen."}], allow_unicode=True
    )
    (folder / "pages.yaml").write_text(own, encoding="utf-8")
    load(folder)
    assert list(Page.objects.filter(slug="cookies").values_list("title", flat=True)) == ["Vores cookies"]
    assert Page.objects.filter(slug="privatliv").exists()


def test_a_set_that_only_says_who_we_are_is_a_whole_portal(db, page, tmp_path):
    """Nothing of another municipality stands in it, nothing is counted that is not there, no link is dead."""
    shutil.copytree(COMMON, tmp_path / "common")
    own = tmp_path / "own"
    own.mkdir()
    shutil.copy(SECOND / "portal.yaml", own)
    load(own)
    load_guides(own)
    waiting, seen = {"/", "/en/"}, set()
    while waiting:
        address = waiting.pop()
        seen.add(address)
        read = page(address)
        assert not re.search(r"\b(0 (ting|veje|things|paths)|opdigtet|made up)\b", read.text), address
        found = {link.partition("#")[0] for link in read.links("a").values()}
        waiting |= {link for link in found if PLAIN_PAGE.fullmatch(link)} - seen
    assert {"/om/", "/kontakt/", "/viden/", "/dokumenter/", "/veje/", "/tilblivelse/", "/en/om/"} <= seen
    assert "kompas-rose__point" not in page("/").html


def test_a_portal_file_says_what_the_admin_would_refuse(db, tmp_path):
    (tmp_path / "own").mkdir()
    record = {"name": "Kompasset", "municipality": "Havnsted Kommune", "main_colour": "#ffcc00"}
    (tmp_path / "own" / "portal.yaml").write_text(yaml.safe_dump(record), encoding="utf-8")
    with pytest.raises(PortalFileError) as refused:
        call_command("load_content", folder=tmp_path / "own", verbosity=0)
    assert "content/own/portal.yaml cannot be used yet" in str(refused.value)
    assert "  main_colour_dark: Skriv farven til både lys og mørk bund" in str(refused.value)
    assert "  welcome: Dette felt" in str(refused.value)
    assert not Page.objects.exists()


def test_another_set_does_not_come_into_a_portal_that_has_begun(content):
    before = everything()
    with pytest.raises(OtherSetError, match="«aarhus»"):
        call_command("load_content", folder=SECOND, verbosity=0)
    assert everything() == before
