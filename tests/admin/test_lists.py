"""Lists of content: as quick for many rows as for few, and searched by the portal's own index."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compass.models import Attachment, Contact, Dilemma, Picture, Story
from tests.admin.conftest import admin_url
from tests.factories import (
    make_attachment,
    make_contact,
    make_department,
    make_dilemma,
    make_path,
    make_picture,
    make_source,
    make_story,
    make_theme,
)


def make_full_story():
    make_story(
        themes=[make_theme()],
        dilemmas=[make_dilemma()],
        sources=[make_source()],
        department=make_department(),
        picture=make_picture(size=(300, 200)),
    )


LISTS = {
    Story: make_full_story,
    Dilemma: make_dilemma,
    Contact: make_contact,
    Picture: make_picture,
    Attachment: make_attachment,
}


def queries_of(client, address: str, query: dict) -> int:
    client.get(address, query)  # what is remembered between requests is remembered now
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(address, query).status_code == 200
    return len(counted)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("query", [{}, {"q": "borger"}], ids=["list", "search"])
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_for_one_row_and_for_many(editor_client, db, model, query):
    address = admin_url(model, "changelist")
    LISTS[model]()
    one = queries_of(editor_client, address, query)
    for _ in range(3):
        LISTS[model]()
    assert queries_of(editor_client, address, query) == one <= 20


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("træer", ["Skoven"]),
        ("TRÆ", ["Skoven"]),
        ("skov", ["Skoven"]),
        ("skov træer", ["Skoven"]),
        ("skov vand", []),
        ("K-7", ["Havnen"]),
        ("sailing", ["Havnen"]),
        ("' OR 1=1 --", []),
        ("&|!:*()", []),
        ("  ", ["Havnen", "Skoven"]),
    ],
)
def test_stories_are_found_by_how_words_begin_and_by_key(admin_page, editor_client, db, text, found):
    make_path()
    make_story("Havnen", body="Om vand.", key="K-7", body_en="About sailing.")
    make_story("Skoven", body="Om de gamle træer.", key="S-1", published_at=None)
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client, query={"q": text})
    assert sorted(listed.texts("#result_list .field-title a")) == found


def test_every_page_of_a_long_list_has_its_own_rows(admin_page, editor_client, db, monkeypatch):
    monkeypatch.setattr(admin.site.get_model_admin(Story), "list_per_page", 2)
    for number in range(5):
        make_story(f"Historie {number}")
    pages = [
        admin_page(admin_url(Story, "changelist"), by=editor_client, query={"p": page}) for page in [1, 2, 3]
    ]
    assert [page.texts("#result_list .field-title a") for page in pages] == [
        ["Historie 4", "Historie 3"],
        ["Historie 2", "Historie 1"],
        ["Historie 0"],
    ]


def test_what_was_changed_last_stands_first(admin_page, editor_client, db):
    first, second = make_story("Først"), make_story("Så")
    first.save()
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client)
    assert listed.texts("#result_list .field-title a") == ["Først", second.title]


@pytest.mark.parametrize("query", ["kind__exact=%00", "kind__exact=case&kind__exact=%00"])
def test_a_sign_that_no_database_takes_is_refused_in_a_filter(editor_client, db, query):
    assert editor_client.get(f"{admin_url(Story, 'changelist')}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["published_at=x", "path=x&themes=x,y", "path=999999", "title=" + "x" * 1_000, "findes=ikke"]
)
def test_an_address_fills_in_beforehand_only_what_the_fields_can_take(admin_page, editor_client, query):
    add = admin_page(f"{admin_url(Story, 'add')}?{query}&slug=boern", by=editor_client)
    assert add.status == 200
    assert add.form("#story_form").values["slug"] == ["boern"]
