"""What follows from one declaration: a type is declared here, and counts what it gets."""

import json

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import resolve, reverse

from accounts.roles import ADMINISTRATOR, EDITOR, METHOD_OWNER, models_of
from compass import opendata, search
from compass.models import Provenance, Redirect
from compass.redirects import new_slug
from compass.sitemaps import sitemaps
from compass.spreadsheets import resource_of, table
from publishing import registry
from publishing.database_rules import source, triggers
from publishing.fields import MarkdownField
from publishing.publishable import Publishable
from publishing.registry import ContentType, OpenData, Search, content_types
from tests.factories import yesterday

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool(monkeypatch):
    """A new content type with English, as an app would declare it; its table is there for one test."""
    with isolate_apps("compass"):

        class Tool(Provenance, Publishable):
            key = models.CharField("nøgle", max_length=20, unique=True)
            slug = models.SlugField("adresse", unique=True)
            title = models.CharField("titel", max_length=120)
            title_en = models.CharField("titel, engelsk", max_length=120, blank=True)
            standfirst = models.TextField("indledning", blank=True)
            standfirst_en = models.TextField("indledning, engelsk", blank=True)
            body = MarkdownField("tekst")
            body_en = MarkdownField("tekst, engelsk", blank=True)

            class Meta:
                app_label = "compass"

            def get_absolute_url(self):
                return reverse("compass:page", args=[self.slug])

        declared = ContentType(
            model=Tool,
            has_page=True,
            search=(Search(label="Redskaber", route="compass:page"),),
            imported=("key", "slug", "title", "standfirst", "body"),
            open_data=OpenData(name="redskaber", columns={"body": "Teksten."}),
        )
        monkeypatch.setattr(registry, "_declared", dict(registry._declared))
        registry.declare(declared)
        with connection.schema_editor() as editor:
            editor.create_model(Tool)
        with connection.cursor() as cursor:
            cursor.execute(source(declared, declared.search[0]))
            for table in declared.tables():
                cursor.execute(triggers(table))
        yield declared


def make(tool, **fields):
    texts = {"key": "R1", "slug": "stilleur", "title": "Stilleuret", "body": "Det ringer **aldrig**."}
    return tool.model.objects.create(**{**texts, "published_at": yesterday(), **fields})


def marks() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('compass.library_mark', true)")
        return cursor.fetchall()


def titles(text: str, language="da") -> list[str]:
    address = reverse("compass:search") if language == "da" else f"/en{reverse('compass:search')}"
    return [
        title
        for title in ["Stilleuret", "The silent clock"]
        if title in Client().get(address, {"q": text}).content.decode()
    ]


def test_it_is_known_what_is_markdown_and_what_is_translated(tool):
    assert tool.markdown == {"body", "body_en"}
    assert {"title", "standfirst", "body"} <= tool.translated
    assert tool.in_both_languages(["key", "title"]) == ["key", "title", "title_en"]


def test_it_is_found_in_both_languages_and_a_draft_is_not(tool):
    clock = make(tool, title_en="The silent clock", body_en="It never rings.")
    assert titles("ringer") == ["Stilleuret"]
    assert titles("rings", "en") == ["The silent clock"]
    tool.model.objects.filter(pk=clock.pk).update(published_at=None)
    assert titles("ringer") == []
    assert "tool" in search.searched_kinds()


def test_a_change_of_it_is_a_change_of_what_readers_see(tool):
    before = marks()
    make(tool)
    assert marks() != before


def test_its_pages_are_in_the_sitemap(tool):
    make(tool)
    assert [item.slug for item in sitemaps()["tool"].items()] == ["stilleur"]


@pytest.mark.parametrize(
    "model", [one.model for one in content_types() if one.has_page], ids=lambda model: model.__name__
)
def test_the_view_at_its_address_leads_on_from_the_old_one(model):
    found = resolve(model(pk=1, slug="x").get_absolute_url())
    assert getattr(found.func, "leads_on", False), f"{found.route} is not wrapped in redirects_if_moved"


def test_its_old_addresses_lead_on(tool):
    clock = make(tool)
    clock.slug = "ur"
    clock.save()
    assert new_slug("/stilleur/") == "ur"
    clock.archive("/om/")
    assert Redirect.objects.get(old="/ur/").new == "/om/"


def test_it_goes_out_as_a_spreadsheet_with_its_english_columns(tool):
    make(tool, title_en="The silent clock")
    headers, row = table(resource_of(tool), tool.model.objects.all())
    assert dict(zip(headers, row, strict=True)) == {
        "nøgle": "R1",
        "adresse": "stilleur",
        "titel": "Stilleuret",
        "titel, engelsk": "The silent clock",
        "indledning": "",
        "indledning, engelsk": "",
        "tekst": "Det ringer **aldrig**.",
        "tekst, engelsk": "",
        "status": "Offentlig",
    }
    assert resource_of(tool).key_column() == "nøgle"


def test_it_is_open_data(tool, monkeypatch):
    make(tool)
    monkeypatch.setattr(opendata, "COMMON", [field for field in opendata.COMMON if field.name != "path"])
    monkeypatch.setattr(opendata, "PROVENANCE", [])
    written = json.loads("".join(opendata.as_json(opendata.collections()["redskaber"])))
    assert written["redskaber"][0]["body"] == "Det ringer **aldrig**."


def test_editors_and_administrators_may_edit_it_and_method_owners_may_not(tool):
    assert [role for role in [EDITOR, METHOD_OWNER, ADMINISTRATOR] if "tool" in models_of(role)] == [
        EDITOR,
        ADMINISTRATOR,
    ]
