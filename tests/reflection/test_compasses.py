"""A compass that nobody has registered is one too, and one that somebody has may add pages of its own."""

import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.html import format_html

from reflection import compasses
from reflection.compasses import Compass, Link
from reflection.models import GuideVersion
from tests.factories import make_agreement, make_room, make_user
from tests.reflection.people import enter

SLUG = "et-kompas"


@pytest.fixture
def leader(db):
    return make_user("Malik Medarbejder")


@pytest.fixture
def room(leader):
    return make_room(leader=leader, guide=SLUG)


def at(room, name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


# --- A guide is enough: test_third_compass.py ------------------------------------------------------------


def test_the_compass_of_a_published_version_costs_no_query(room, django_assert_num_queries):
    GuideVersion.objects.kept(room.version_id)
    with django_assert_num_queries(0):
        assert GuideVersion.objects.kept(room.version_id).compass == Compass(SLUG)


# --- What a compass adds ---------------------------------------------------------------------------


def test_a_compass_has_pages_of_its_own_in_its_own_words(page, room, register):
    register(
        Compass(
            SLUG,
            result=Link("reflection:minutes", "Det, vi så"),
        )
    )
    browser = enter(room)
    room.reveal()
    assert page(at(room, "room"), by=browser).url == at(room, "minutes")
    assert page(at(room, "board"), by=browser).links("main a")["Det, vi så"] == at(room, "minutes")


def test_who_leads_a_room_that_ends_with_a_decision_is_led_there(page, room, leader, logged_in, register):
    register(Compass(SLUG, conclude=Link("reflection:people", "Aftal")))
    room.reveal()
    lead = page(at(room, "lead"), by=logged_in(leader))
    assert lead.links("main a")["4 Aftal"] == at(room, "people")


def test_what_a_compass_lays_beside_a_step_stands_there(page, room, register):
    register(Compass(SLUG, aside=lambda place, step: format_html("<p>Sidst, trin {}</p>", step.position)))
    assert "Sidst, trin 2" in page(at(room, "step", 2), by=enter(room)).text


def test_only_the_compass_of_an_agreement_hears_what_became_of_it(page, room, staff, register):
    heard = []
    register(Compass(SLUG, followed_up=lambda agreement: heard.append(agreement.status)))
    register(Compass("et-andet", followed_up=lambda agreement: heard.append("another's")))
    agreement = make_agreement(room, "Vi ringer.")
    address = reverse("reflection:follow_up", args=[agreement.key])
    page(address, by=room.owner, post={"status": "done", "note": "", "seen": agreement.state})
    assert heard == ["done"]


# --- The registry ----------------------------------------------------------------------------------


def test_a_guide_has_one_compass(register):
    register(Compass(SLUG))
    with pytest.raises(ImproperlyConfigured, match="two compasses are registered for the guide 'et-kompas'"):
        register(Compass(SLUG, conclude=Link("reflection:people", "Aftal")))


def test_both_compasses_are_registered_and_their_pages_are_there():
    registered = compasses.registered()
    assert [compass.slug for compass in registered] == ["maalkompasset", "samarbejdskompasset"]
    for compass in registered:
        links = filter(None, [compass.result, compass.conclude])
        assert all(reverse(link.route, args=[uuid.uuid4()]) for link in links)
