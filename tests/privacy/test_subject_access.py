"""The file for a request for access holds what the marks lead to, and nobody's words."""

import pytest

from privacy.events import record_looks
from privacy.models import Event, What, Why
from tests.factories import make_goal, make_room, make_user
from tests.reflection.people import add

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/privacy/event/indsigt/"
WORD = "kanariefugl"


def ask(browser, who: str, **more):
    return browser.post(ADDRESS, {"who": who, "confirmed": "on", **more})


@pytest.fixture
def person():
    return make_user("Maja Medarbejder", email="maja@example.dk")


def test_by_account_it_says_who_what_for_and_how_long_and_no_words(
    administrator, administrator_client, person
):
    goal = make_goal(f"Mål om {WORD}.", owner=person)
    room = make_room(leader=person, title=f"Rum om {WORD}")
    place = add(room, ("3", WORD))[0]
    place.user, place.name = make_user("Karen", email="karen@example.dk"), "Karen"
    place.save()
    record_looks(make_user("Nysgerrige Nils"), [goal], why=Why.SHARED, about=person)
    for email in ["maja@example.dk", "karen@example.dk"]:
        answer = ask(administrator_client, email)
        assert answer["Content-Type"] == "application/json"
        assert WORD not in answer.content.decode()
        assert "Nils" not in answer.content.decode()
    held = {found["what"]: found for found in ask(administrator_client, "maja@example.dk").json()["held"]}
    assert held["accounts.User"]["rows"][0]["email"] == "maja@example.dk"
    assert held["goals.Goal"]["only_for_the_person"] == ["wording", "stands_in", "serves", "set_by"]
    assert "password" not in str(held)
    assert ask(administrator_client, "maja@example.dk").json()["looks_of_others"][0]["times"] == 1
    event = Event.objects.filter(what=What.EXPORTED).first()
    assert (event.who, event.about, event.why) == (administrator.pseudonym, person.pseudonym, "request")


def test_by_code_it_holds_the_answers_once_they_are_shown(administrator_client):
    room = make_room()
    place = add(room, *[("3", WORD)] * 3)[0]
    before = ask(administrator_client, place.return_code).content.decode()
    assert WORD not in before
    assert place.return_code not in before
    room.reveal()
    assert WORD in ask(administrator_client, place.return_code).content.decode()


@pytest.mark.parametrize("who", ["ingen@example.dk", "AAAAA-AAAAA", "", "\0", "x" * 300])
def test_who_is_not_there_is_said_in_words(administrator_client, who):
    answer = ask(administrator_client, who)
    assert answer.status_code == 422
    assert answer.context["form"].errors["who"]
    assert not Event.objects.filter(what=What.EXPORTED).exists()


def test_nobody_else_may_and_not_without_having_made_sure(
    editor_client, staff_client, administrator_client, person
):
    for browser in [editor_client, staff_client]:
        assert ask(browser, person.email).status_code in {302, 403}
    assert ask(administrator_client, person.email, confirmed="").status_code == 422
