"""Every admin in which somebody writes has the same guards: walked, so that none can be forgotten."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models

from bench.house import above_story_admin
from compass import models as compass
from compass.models import Redirect
from goals.models import CityGoal, Goodbye
from privacy.models import Restriction
from publishing.admin import ContentAdmin, GuardedAdmin
from publishing.fields import MarkdownField
from publishing.models import Announcement
from reflection.models import EmergencyAccess, Guide, GuideVersion
from tests.admin.conftest import admin_url
from tests.factories import (
    make_attachment,
    make_dilemma,
    make_ended_review,
    make_goodbye,
    make_picture,
    make_pivot,
    make_recording,
    make_user,
)
from tests.pages import Page
from tests.test_architecture import templates

# About people and what was done to rooms; nobody writes for readers there.
OF_PEOPLE = {get_user_model(), EmergencyAccess, Restriction}
OF_ADDRESSES = {Redirect}  # what is typed is made an address: test_redirects.py
# What is only added to (events, decisions) nobody writes in twice.
CHANGED = {model for model in admin.site._registry if "change" in model._meta.default_permissions}
WRITTEN = sorted(CHANGED - OF_PEOPLE - OF_ADDRESSES, key=lambda model: model.__name__)
NO_WORDS = "Se her: ![](a.png)"


@pytest.fixture
def row(content, settings, tmp_path):
    """A function: one row of a model that an editor can change."""
    settings.MEDIA_ROOT = tmp_path
    make_recording()
    make_picture()
    make_attachment()
    Redirect.objects.create(old="/samtale/", new="/veje/")
    Announcement.objects.create(text="Lukket på søndag.")
    CityGoal.objects.create(title="Et godt sted at bo", position=1)
    make_goodbye(make_ended_review(decision="goodbye"), is_shared=True)
    draft = GuideVersion.objects.order_by("pk").first().new_draft()
    return lambda model: draft if model is GuideVersion else model._default_manager.order_by("pk").first()


@pytest.fixture
def both(logged_in):
    """The browsers of two who may write everything."""
    users = [make_user(name, role="administrator") for name in ["Rikke", "Otto"]]
    return [logged_in(user) for user in users]


def form_of(client, item):
    page = Page(client.get(admin_url(item)), None)
    return page, page.form(f"#{item._meta.model_name}_form").values


def some_text(item, values) -> models.Field:
    """A field of the form that takes any words."""
    free = [f for f in item._meta.concrete_fields if type(f) in {models.CharField, models.TextField}]
    return next(f for f in free if f.name in values and not f.choices and f.name not in {"key", "slug"})


def test_every_admin_in_which_somebody_writes_is_found():
    assert {compass.Picture, compass.Attachment, Guide, GuideVersion, Goodbye} < set(WRITTEN)
    assert all(isinstance(admin.site._registry[model], GuardedAdmin) for model in WRITTEN)


def test_an_admin_stands_on_few_classes_and_is_mixed_of_none():
    """A feature is a module that a class lists (publishing/admin/custom_views.py)."""
    own = [cls.__name__ for cls in above_story_admin()]
    assert own == ["PublishableAdmin", "ContentAdmin", "GuardedAdmin", "BaseAdmin"]


def test_an_admin_with_a_form_of_its_own_cannot_leave_the_guards_out():
    with pytest.raises(TypeError, match="must be a GuardedForm"):
        type("Unguarded", (ContentAdmin,), {"form": admin.ModelAdmin.form})


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_the_second_of_two_editors_is_told_and_overwrites_nothing(row, both, model):
    item, (mine, theirs) = row(model), both
    _page, values = form_of(mine, item)
    field = some_text(item, values).name
    _page, first = form_of(theirs, item)
    assert theirs.post(admin_url(item), {**first, field: "Ottos ord", "_save": "1"}).status_code == 302
    assert mine.post(admin_url(item), {**values, field: "Mine ord", "_save": "1"}).status_code == 409
    item.refresh_from_db()
    assert getattr(item, field) == "Ottos ord"


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_fetching_what_was_not_saved_stores_nothing(row, both, model):
    item, (mine, _theirs) = row(model), both
    page, values = form_of(mine, item)
    field = some_text(item, values).name
    before = type(item)._base_manager.filter(pk=item.pk).values().get()
    kept = mine.post(page.one("#unsaved-status").get("data-url"), {**values, field: "Halvt skrevet"})
    assert kept.json() == {"kept": True}
    [offer] = Page(mine.get(admin_url(item)), None).select(".kept a")
    fetched = Page(mine.get(admin_url(item) + offer.get("href")), None)
    [shown] = fetched.form(f"#{model._meta.model_name}_form").values[field]
    assert shown.strip() == "Halvt skrevet"
    assert type(item)._base_manager.filter(pk=item.pk).values().get() == before


@pytest.mark.parametrize("title", ["", "?!", "日本"])
def test_where_no_address_can_be_made_of_the_title_one_is_asked_for_and_nothing_is_stored(row, both, title):
    """An empty one would break each page that leads there, the sitemap with them."""
    errors = {}
    for model in WRITTEN:
        _page, values = form_of(both[0], item := row(model))
        if "slug" in values:
            sent = {**values, "slug": "", "title": title, "_save": "1"}
            shown = Page(both[0].post(admin_url(item), sent), None)
            errors[model.__name__] = (
                shown.status,
                [field.get("name") for field in shown.select("[aria-invalid=true]")],
            )
            assert model._base_manager.get(pk=item.pk).slug == item.slug != ""
    assert len(errors) > 5
    assert set(map(str, errors.values())) == {str((200, ["slug" if title else "title"]))}, errors


def test_what_has_no_page_of_its_own_is_not_shown_as_one(row, both):
    item = row(Goodbye)
    _page, values = form_of(both[0], item)
    assert both[0].post(admin_url(item), {**values, "_preview": "1"}).status_code == 404


# No form of the admin can send what these refuse: its fields do so before.
SAID_BY_FIELDS = {
    "a_restriction_is_lifted_with_a_reason", "nobody_is_restricted_twice", "a_period_has_days_and_a_basis",
    "there_is_one_portal",
}  # fmt: skip


def test_what_the_database_refuses_is_said_in_words_and_not_by_the_name_of_a_rule():
    written = {one.model for one in admin.site._registry.values()}
    written |= {inline.model for one in admin.site._registry.values() for inline in one.inlines}
    rules = [rule for model in written for rule in model._meta.constraints]
    rules = [rule for rule in rules if not isinstance(rule, models.UniqueConstraint) or rule.condition]
    nameless = {
        rule.name for rule in rules if rule.violation_error_message == rule.default_violation_error_message
    }
    assert nameless == SAID_BY_FIELDS


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_mistyped_year_is_asked_about_wherever_a_date_is_written(row, both, day):
    """The first midnight of the year 1 is stored and cannot be read again, by no page that shows the row."""
    answers = {}
    for model in WRITTEN:
        page, values = form_of(both[0], item := row(model))
        for name in [
            field.get("name") for field in page.select(f"#{model._meta.model_name}_form .vDateField")
        ]:
            time = {name.removesuffix("_0") + "_1": "00:00:00"} if name.endswith("_0") else {}
            shown = Page(both[0].post(admin_url(item), {**values, name: day, **time, "_save": "1"}), None)
            answers[model.__name__, name] = shown.status, "Er årstallet rigtigt?" in shown.html
    assert len(answers) > 10
    assert set(answers.values()) == {(200, True)}, answers


# --- Markdown ------------------------------------------------------------------------------------------


def markdown_fields(model) -> set[str]:
    return {field.name for field in model._meta.fields if isinstance(field, MarkdownField)}


def parts(model) -> dict[str, type[models.Model]]:
    """The rows that a model's form edits with it, by the prefix of their fields."""
    inlines = [inline.model for inline in admin.site._registry[model].inlines]
    keys = [next(f for f in part._meta.fields if f.related_model is model) for part in inlines]
    return {key.remote_field.get_accessor_name(): key.model for key in keys}


def test_the_fields_that_pages_show_as_markdown_are_markdown_fields():
    """By name, for a template does not say the model."""
    shown = {
        name
        for file in templates()
        if "admin" not in file.parts and file.suffix == ".html"
        for name in re.findall(r"\.local\.(\w+)\|markdown\b", file.read_text(encoding="utf-8"))
    }
    every = {*WRITTEN, *(part for model in WRITTEN for part in parts(model).values())}
    found = {name for model in every for name in markdown_fields(model)}
    assert shown == {name for name in found if not name.endswith("_en")}
    assert found == shown | {f"{name}_en" for name in shown}


WITH_MARKDOWN = [m for m in WRITTEN if markdown_fields(m) or any(map(markdown_fields, parts(m).values()))]


@pytest.mark.parametrize("model", WITH_MARKDOWN, ids=lambda model: model.__name__)
def test_every_markdown_field_is_checked_previewed_and_refused_where_the_law_is_broken(row, both, model):
    item = with_rows(model) or row(model)
    browser = both[0]
    page, values = form_of(browser, item)
    names = [
        *markdown_fields(model),
        *(f"{prefix}-0-{name}" for prefix, part in parts(model).items() for name in markdown_fields(part)),
    ]
    for name in names:
        field = page.one(f"#{model._meta.model_name}_form textarea[name={name}]")
        for address in [field.get("data-check"), field.get("data-preview")]:
            assert browser.post(address, {"text": "Et ord."}).status_code == 200
        assert (field.get("data-english") == "true") == name.endswith("_en")
        refused = browser.post(admin_url(item), {**values, name: NO_WORDS, "_save": "1"})
        assert "Et billede mangler en tekst om, hvad det viser." in refused.content.decode()
    typed = {**values, **dict.fromkeys(names, "### Mødet"), "_save": "1"}
    told = browser.post(admin_url(item), typed, follow=True)
    assert told.content.decode().count("Gemt. Se på feltet") == len(names)


def with_rows(model):
    make = {compass.Dilemma: make_dilemma, compass.Pivot: make_pivot}.get(model)
    return make and make()
