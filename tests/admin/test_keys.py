"""The portal gives keys and numbers; nobody has to know which is free."""

import pytest

from compass.models import Dilemma, Story
from publishing.admin.content_admin import next_key
from tests.admin.conftest import admin_url
from tests.factories import make_dilemma, make_story

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("keys", "following"),
    [
        ([], "S1"),
        (["S20"], "S21"),
        (["S08", "S09"], "S10"),
        (["S1", "S2", "SK9"], "S3"),
        (["odd", "A-7"], "A-8"),
    ],
)
def test_the_next_key_follows_the_highest_of_the_same_letters(keys, following):
    for key in keys:
        make_story(key=key)
    assert next_key(Story) == following


def test_a_new_text_gets_a_key_by_itself(admin_page, editor_client):
    story = make_story(key="S7")
    form = admin_page(admin_url(Story, "add"), by=editor_client).form("#story_form")
    assert form.names.index("title") < form.names.index("key")
    form.send(
        {
            "kind": "case", "path": str(story.path_id), "title": "Ny", "standfirst": "Kort.",
            "body": "Tekst.", "provenance": "composed", "_save": "1",
        }
    )  # fmt: skip
    assert Story.objects.get(title="Ny").key == "S8"


def test_a_text_keeps_its_key_where_the_field_is_emptied(edit, editor_client):
    dilemma = make_dilemma(key="D3")
    edit(dilemma, {"key": ""}, by=editor_client)
    assert Dilemma.objects.get(pk=dilemma.pk).key == "D3"
