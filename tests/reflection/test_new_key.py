"""A new SECRET_KEY: what was made with the one before is shown and opens as long as that is known."""

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.rate_limits import Device
from reflection import tokens
from reflection.confidentiality import cells
from reflection.models import Participant, PersonalInvitation, Reflection
from tests.factories import make_guide, make_room, make_user
from tests.reflection.people import enter, place_of

OLD = "den-gamle-noegle-som-alt-var-lavet-med-indtil-nu"
NEW = "den-nye-noegle-som-alt-bliver-lavet-med-fra-nu-af"


@pytest.fixture
def rotate(settings):
    """A function: from now on another key, and those before are known or not."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []

    def new_key(key=NEW, before=(OLD,)):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, list(before)

    return new_key


@pytest.fixture
def room(rotate, db):
    return make_room(leader=make_user("Malik Medarbejder"))


def ways_in(room) -> dict[str, str]:
    room = Reflection.objects.get(pk=room.pk)
    return {"code": room.code, "link": room.invitation, "leaders' link": room.facilitator_invitation}


def opens(ways: dict[str, str]) -> list[str]:
    found = {
        "code": Reflection.objects.by_code(ways["code"]),
        "link": Reflection.objects.by_link(ways["link"]),
        "leaders' link": Reflection.objects.by_link(ways["leaders' link"]),
    }
    return [name for name, rooms in found.items() if rooms.exists()]


def test_the_code_on_the_wall_is_the_same_and_opens(room, rotate):
    before = ways_in(room)
    rotate()
    assert ways_in(room) == before
    assert opens(before) == ["code", "link", "leaders' link"]
    rotate("den-tredje-noegle-som-ogsaa-er-lang-nok-til-det", [NEW, OLD])
    assert ways_in(room) == before
    assert opens(before) == ["code", "link", "leaders' link"]


def test_a_key_that_is_known_no_more_opens_nothing(room, rotate):
    before = ways_in(room)
    rotate(before=[])
    assert opens(before) == []


def test_a_new_code_is_made_with_the_new_key(room, rotate):
    rotate()
    room.renew_code()
    rotate(before=[])
    assert opens(ways_in(room)) == ["code", "link", "leaders' link"]


def test_the_leaders_link_still_leads(room, rotate):
    link = room.facilitator_invitation
    rotate()
    assert b"leder" in Client().get(reverse("reflection:join", args=[link])).content


@pytest.mark.parametrize("is_saved_again", [False, True])
def test_ones_own_code_and_link_bring_one_back(client, room, rotate, is_saved_again):
    person = place_of(enter(room, name="Alma"), room)
    code, link = person.return_code, person.link
    rotate()
    person = Participant.objects.get(pk=person.pk)
    if is_saved_again:
        person.save()
    assert (person.return_code, person.link) == (code, link)
    client.post("/deltag/igen/", {"code": code})
    assert place_of(client, room) == person
    other = Client()
    other.post(reverse("reflection:own_link", args=[link]))
    assert place_of(other, room) == person


def test_a_slip_lets_one_in(room, rotate):
    room.invite(1)
    slip = room.personal_invitations.get()
    code, link = slip.code, slip.invitation
    rotate()
    assert PersonalInvitation.objects.get().code == code
    assert list(PersonalInvitation.objects.by_code(code)) == [slip]
    assert list(PersonalInvitation.objects.by_link(link)) == [slip]


def test_who_was_counted_is_counted(room, rotate):
    enter(room)
    here = room.people_digest()
    rotate()
    assert room.people_digest() != here
    Reflection.objects.filter(pk=room.pk).update(counted=here)
    assert Reflection.objects.get(pk=room.pk).is_counted


def test_a_second_reveal_shows_no_more_than_with_the_same_key(rotate, db):
    """Each answer would look like another one, and three of them would cover one that is changed."""
    make_guide(steps=1)
    room = make_room(leader=make_user())
    scale = room.version.steps.get().answered_prompts[0]
    people = [room.participants.create() for _number in range(4)]
    for person in people:
        person.answers.create(prompt=scale, value=2)
    room.reveal()
    rotate()
    room.collect_again()
    people[0].answers.update(value=5)
    room.reveal()
    (values,) = cells(room).values()
    assert values.counts == [0, 4, 0, 0, 0]


def test_people_stay_logged_in(rotate, staff_client):
    rotate()
    assert staff_client.get("/maalkompasset/mine/").status_code == 200


@pytest.fixture
def staff_client(rotate, staff):
    client = Client()
    client.force_login(staff)
    return client


def test_a_link_for_a_new_password_is_good(rotate, staff):
    token = default_token_generator.make_token(staff)
    rotate()
    assert default_token_generator.check_token(staff, token)
    rotate(before=[])
    assert not default_token_generator.check_token(staff, token)


def test_a_browser_that_is_known_stays_known(rotate, rf, settings):
    answer = HttpResponse()
    Device("navn").remember(answer, "malik@example.dk")
    rotate()
    request = rf.get("/")
    request.COOKIES[settings.DEVICE_COOKIE_NAME] = answer.cookies[settings.DEVICE_COOKIE_NAME].value
    assert Device.of(request).knows("malik@example.dk")


def test_a_nonce_says_which_key_and_nothing_of_it(rotate):
    nonce = tokens.new_nonce()
    assert len(nonce) == 22
    rotate()
    assert tokens.new_nonce()[:3] != nonce[:3]
    assert nonce[:3] not in OLD
