import pytest
from django.test import Client

from accounts.roles import ADMINISTRATOR, EDITOR, METHOD_OWNER
from tests.collaboration.people import SIDES
from tests.factories import make_collaboration, make_collaboration_guide, make_round, make_user
from tests.reflection.people import enter, place_of


@pytest.fixture
def guide(db):
    """Samarbejdskompasset with two principles."""
    return make_collaboration_guide()


@pytest.fixture
def collaboration(guide, staff):
    """Malik's, between «Beboerne» and «Teknik og Miljø»."""
    return make_collaboration(owner=staff)


@pytest.fixture
def opened(collaboration):
    """A round of four and four who have all answered, and nothing is shown."""
    return make_round(collaboration, sides=SIDES)


@pytest.fixture
def crowd(opened, collaboration, staff, colleague, logged_in):
    """Everybody who may come by, each with a browser."""
    room = opened.reflection
    residents, municipality = room.parties.all()
    another_round = make_round(make_collaboration("Et andet", owner=staff))
    another_round.reflection.participants.create(user=colleague, name="Karen")
    inside = make_user("Ida Inde")
    room.participants.create(user=inside, party=municipality, name="Ida", safety=4)
    handed = enter(room, party=residents.pk, name="Hanne")
    place_of(handed, room).lead()
    return {
        "owner": logged_in(staff),
        "handed the role": handed,
        "resident": enter(room, party=residents.pk, name="Alma"),
        "municipality": enter(room, party=municipality.pk, name="Bo"),
        "inside": logged_in(inside),
        "spectator": enter(room, party=municipality.pk, spectator="on"),
        "other round": logged_in(colleague),
        "stranger": logged_in(make_user("Finn Fremmed")),
        "editor": logged_in(make_user("Ella Redaktør", role=EDITOR)),
        "method owner": logged_in(make_user("Mette Metode", role=METHOD_OWNER)),
        "administrator": logged_in(make_user("Anna Administrator", role=ADMINISTRATOR)),
        "root": logged_in(make_user("Rolf Rod", is_superuser=True)),
        "anonymous": Client(),
    }
