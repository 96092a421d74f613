"""Drawings: each choice is a symbol of the file, and a story has a face."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from compass.models import Path as Way
from compass.models import Story, Theme
from compass.models.drawings import Drawing

SYMBOLS = re.findall(
    r'<symbol id="(\w+)"', (Path(settings.BASE_DIR) / "static/img/drawings.svg").read_text(encoding="utf-8")
)


def test_every_drawing_that_can_be_chosen_is_a_symbol_and_the_other_way_round():
    assert sorted(SYMBOLS) == sorted(Drawing.values)


@pytest.mark.parametrize("model", [Story, Way, Theme])
def test_the_first_content_has_a_drawing_each(content, model):
    assert not model.objects.filter(drawing="").exists()


def test_two_stories_of_the_first_content_never_look_alike(content):
    drawings = list(Story.objects.values_list("drawing", flat=True))
    assert len(drawings) == len(set(drawings))


def test_a_story_without_a_drawing_wears_that_of_its_path(content, client):
    story = Story.objects.filter(path__slug="lytte").first()
    Story.objects.filter(pk=story.pk).update(drawing="")
    assert '#ear"' in client.get(story.get_absolute_url()).text


def test_a_list_shows_the_drawing_of_each_story_and_of_the_theme_chosen(content, client):
    page = client.get("/historier/?tema=tid-og-regler").text
    assert '#list"' in page
    assert '#clock"' in page
