"""Visibility is one rule: a draft or something scheduled shows to editors alone, wherever it would appear."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.timezone import now

from compass.models import Dilemma, Page, Path, Pivot, Recording, Story
from tests.factories import (
    make_dilemma,
    make_page,
    make_path,
    make_pivot,
    make_recording,
    make_story,
    tomorrow,
    yesterday,
)

MAKERS = {
    Pivot: make_pivot,
    Path: make_path,
    Dilemma: make_dilemma,
    Story: make_story,
    Page: make_page,
    Recording: make_recording,
}

pytestmark = pytest.mark.django_db


@pytest.fixture(params=MAKERS, ids=lambda model: model.__name__.lower())
def model(request):
    """A kind of content with a draft, something scheduled and something published."""
    make = MAKERS[request.param]
    if request.param in {Dilemma, Story}:
        make_path()
    make("Kladde", published_at=None)
    make("I morgen", published_at=tomorrow())
    make("Synlig", published_at=yesterday())
    return request.param


def titles(queryset):
    own = ["Kladde", "I morgen", "Synlig"]
    return sorted(item.title for item in queryset if item.title in own)


def test_a_reader_sees_only_what_is_published(model):
    assert titles(model.objects.visible_to(AnonymousUser())) == ["Synlig"]


def test_staff_without_a_role_see_only_what_is_published(model, staff):
    assert titles(model.objects.visible_to(staff)) == ["Synlig"]


def test_an_editor_sees_everything(model, editor):
    assert titles(model.objects.visible_to(editor)) == ["I morgen", "Kladde", "Synlig"]


def test_the_two_forms_of_the_rule_agree(model):
    by_query = set(model.objects.published().values_list("pk", flat=True))
    assert by_query == {item.pk for item in model.objects.all() if item.is_published}


def test_something_scheduled_appears_by_itself(time_machine):
    story = make_story("I morgen", published_at=tomorrow())
    time_machine.move_to(story.published_at)
    assert list(Story.objects.published()) == [story]


@pytest.mark.parametrize("published_at", [None, tomorrow()], ids=["draft", "scheduled"])
@pytest.mark.parametrize("make", [make_pivot, make_path, make_dilemma, make_story, make_page])
def test_the_address_of_a_draft_is_not_found_until_an_editor_asks(page, editor, make, published_at):
    hidden = make("Hemmelig overskrift", published_at=published_at)
    assert "Hemmelig overskrift" not in page(hidden.get_absolute_url(), status=404).html
    assert page(hidden.get_absolute_url(), by=editor).texts("h1") == ["Hemmelig overskrift"]


def test_a_draft_stands_in_no_list(page):
    make_path("Nye veje til at løse", slug="loese")
    make_story("Synlig historie")
    make_dilemma("Synligt dilemma")
    for make in [make_story, make_dilemma, make_path, make_pivot, make_page]:
        make("Hemmelig overskrift", published_at=None)
    for url in ["/", "/historier/", "/dilemmaer/", "/veje/", "/veje/loese/", "/forstaaelsesrammen/"]:
        assert "Hemmelig overskrift" not in page(url).html


def test_what_is_saved_carries_its_date():
    story = make_story()
    before = now()
    story.save()
    assert before <= story.updated_at <= now()
