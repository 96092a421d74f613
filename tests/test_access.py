"""docs/access.md says who reads whose words and who may act as whom; here everybody knocks on every door."""

import os

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITOR, METHOD_OWNER
from reflection.models import Answer, EmergencyAccess
from tests import oidc
from tests.admin.conftest import admin_url
from tests.factories import (
    PASSWORD,
    make_agreement,
    make_collaboration,
    make_goal,
    make_open_room,
    make_review,
    make_room,
    make_user,
)
from tests.reflection.people import add, enter
from tools.access_matrix import DOCUMENT, document

pytestmark = pytest.mark.django_db
OWNER, PARTICIPANT = "ejer", "deltager"
ROLES = {
    "medarbejder": None,
    "redaktør": EDITOR,
    "metodeansvarlig": METHOD_OWNER,
    "administrator": ADMINISTRATOR,
}


class Things:
    """What is Malik's, and a room with answers that nobody has seen; each in a state of its own."""

    def __init__(self, owner):
        self.owner = owner
        self.goal = make_goal(owner=owner)
        self.alone = make_review(make_goal("Et andet mål.", owner=owner)).reflection
        self.collaboration = make_collaboration(owner=owner)
        self.open = make_room(leader=owner, title="Der svares")
        self.shown = make_room(leader=owner, title="Vist")
        answers = [(str(number), "Ord") for number in range(1, 5)]
        self.answered, _shown = add(self.open, *answers), add(self.shown, *answers)
        self.shown.reveal()
        self.agreement = make_agreement(self.shown)
        self.nobodys = make_open_room(title="Et åbent rum")
        self.colleague = make_user("Karen Kollega", email="karen@example.dk")


@pytest.fixture
def things(staff):
    return Things(staff)


@pytest.fixture
def people(things, logged_in):
    participant = enter(things.open, name="Nete")
    enter(things.shown, by=participant, name="Nete")
    enter(things.nobodys, by=participant, name="Nete")
    return {
        "gæst": Client(),
        PARTICIPANT: participant,
        OWNER: logged_in(things.owner),
        **{name: logged_in(make_user(name, role=role)) for name, role in ROLES.items()},
        "superbruger": logged_in(make_user("Rut", role=ADMINISTRATOR, is_superuser=True)),
    }


# --- The doors ----------------------------------------------------------------------------------------


def opens(browser, name: str, *args) -> bool:
    return browser.get(reverse(name, args=args)).status_code == 200


def admin_opens(browser, item, page="change") -> bool:
    return browser.get(admin_url(item, page)).status_code == 200


def answers_as_another(browser, things) -> bool:
    """Sends a step of the room with all that might name somebody else, and sees whose answers changed."""
    others = Answer.objects.filter(participant__in=things.answered)
    before = list(others.order_by("pk").values("pk", "value", "text", "state"))
    person = things.answered[0]
    sent = {
        "participant": person.pk,
        "person": str(person.key),
        "place": str(person.key),
        "user": things.owner.pk,
    }
    prompts = things.open.version.steps.get(position=1).prompts.values_list("pk", flat=True)
    address = reverse("reflection:step", args=[things.open.key, 1])
    browser.post(address, {**sent, **{f"prompt-{pk}": "5" for pk in prompts}})
    return list(others.order_by("pk").values("pk", "value", "text", "state")) != before


def changes_account(browser, things, **sent) -> bool:
    """By the form of the admin and by the addresses that Django has for it."""
    before = User.objects.values("email", "password").get(pk=things.colleague.pk)
    form = {"name": "Karen Kollega", "is_active": "on", "email": things.colleague.email, "_save": "1", **sent}
    address = admin_url(things.colleague)
    for where in [address, f"{address.removesuffix('change/')}password/"]:
        browser.post(where, form)
    after = User.objects.values("email", "password").get(pk=things.colleague.pk)
    return after != before


def becomes_another(browser, things) -> bool:
    """No route by a name that such pages have, and nothing that the page of one's own data listens to."""
    known = {"hijack", "impersonate", "login_as", "loginas", "su", "become", "switch_user"}
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    own = browser.get(reverse("reflection:data"), {"user": things.colleague.pk, "as": things.colleague.email})
    return bool(known & names) or things.colleague.email in own.content.decode()


def opens_in_an_emergency(browser, room) -> bool:
    """With a reason, as a room with an owner may be."""
    sent = {"room": f"/rum/{room.key}/", "reason": "En deltager har bedt om hjælp.", "confirmed": "on"}
    return browser.post(reverse("admin:reflection_emergencyaccess_open"), sent).status_code == 302 and (
        EmergencyAccess.objects.filter(reflection=room).exists()
    )


DOORS = {
    ("et mål", "læse"): lambda b, t: opens(b, "goals:goal", t.goal.key),
    ("et mål", "rette"): lambda b, t: opens(b, "goals:edit", t.goal.key),
    ("svar, man giver alene", "læse"): lambda b, t: opens(b, "reflection:answers", t.alone.key),
    ("svar, man giver alene", "skrive"): lambda b, t: opens(b, "reflection:step", t.alone.key, 1),
    ("et samarbejde", "læse"): lambda b, t: opens(b, "collaboration:collaboration", t.collaboration.key),
    ("et samarbejde", "rette"): lambda b, t: opens(b, "collaboration:edit", t.collaboration.key),
    ("et rum, der svares i", "svare som sig selv"): lambda b, t: opens(b, "reflection:answers", t.open.key),
    ("et rum, der svares i", "læse de andres svar"): lambda b, t: opens(b, "reflection:board", t.open.key),
    ("et rum, der svares i", "svare som en anden"): answers_as_another,
    ("et rum, der svares i", "lede"): lambda b, t: opens(b, "reflection:lead", t.open.key),
    ("et rum, der er vist", "læse tavlen"): lambda b, t: opens(b, "reflection:board", t.shown.key),
    ("et rum, der er vist", "læse referatet"): lambda b, t: opens(b, "reflection:minutes", t.shown.key),
    ("et åbent rum", "svare som sig selv"): lambda b, t: opens(b, "reflection:answers", t.nobodys.key),
    ("et åbent rum", "lede"): lambda b, t: opens(b, "reflection:lead", t.nobodys.key),
    ("et åbent rum", "åbne som administrator"): lambda b, t: opens_in_an_emergency(b, t.nobodys),
    ("en aftale", "følge op"): lambda b, t: opens(b, "reflection:follow_up", t.agreement.key),
    ("et rums administration", "åbne med en grund"): lambda b, t: opens(
        b, "admin:reflection_emergencyaccess_open"
    ),
    ("en andens konto", "se navn, e-mail og roller"): lambda b, t: admin_opens(b, t.colleague),
    ("en andens konto", "skifte adgangskode"): lambda b, t: changes_account(
        b, t, password="x" * 20, password1="x" * 20, password2="x" * 20
    ),
    ("en andens konto", "skifte e-mail"): lambda b, t: changes_account(b, t, email="min@example.dk"),
    ("en andens konto", "blive den anden"): becomes_another,
}


# --- What they answer -----------------------------------------------------------------------------------


MODES = ["on", "break-glass", "off"]


def open_as(mode, settings):
    for name, value in {**(oidc.SETTINGS if mode != "on" else {}), "LOCAL_LOGIN": mode}.items():
        setattr(settings, name, value)
    settings.OIDC_SERVER_URL = "http://localhost:9"


def gets_in(user, address) -> bool:
    """With the password, and the second factor where it is asked for."""
    browser = Client()
    answer = browser.post(address, {"login": user.email, "password": PASSWORD}, follow=True)
    if answer.redirect_chain and answer.redirect_chain[-1][0] == reverse("mfa_authenticate"):
        code = RecoveryCodes(user.authenticator_set.get(type="recovery_codes")).get_unused_codes()[0]
        browser.post(reverse("mfa_authenticate"), {"code": code})
    return SESSION_KEY in browser.session


WAYS = {
    "logge ind med adgangskode": lambda browser, user: gets_in(user, reverse("account_login")),
    "bruge nødlogin": lambda browser, user: gets_in(user, reverse("account_emergency")),
    "skifte sin adgangskode": lambda browser, user: opens(browser, "account_change_password"),
    "skifte sin e-mail": lambda browser, user: opens(browser, "account_email"),
    "sætte en anden faktor op": lambda browser, user: opens(browser, "mfa_index"),
    "se, hvor man er logget ind": lambda browser, user: opens(browser, "account_sessions"),
}


@pytest.fixture
def accounts():
    """One of each kind; who gives roles has a second factor."""
    found = {name: make_user(name, role=role) for name, role in ROLES.items()}
    administrator = found["administrator"]
    Authenticator.objects.create(user=administrator, type="totp", data={"secret": encrypt("A" * 32)})
    RecoveryCodes.activate(administrator)
    return found


def ways_in(accounts, logged_in, settings) -> dict:
    found = {}
    for mode in MODES:
        open_as(mode, settings)
        browsers = {name: logged_in(user) for name, user in accounts.items()}
        for act, way in WAYS.items():
            found[(f"`{mode}`", act)] = {name: way(browsers[name], accounts[name]) for name in accounts}
    return found


def test_the_page_is_what_everybody_meets_in_all_modes(people, things, accounts, logged_in, settings):
    ways = ways_in(accounts, logged_in, settings)
    for mode in MODES:
        open_as(mode, settings)
        matrix = {
            what: {name: door(browser, things) for name, browser in people.items()}
            for what, door in DOORS.items()
        }
        made = document(matrix, ways)
        if os.environ.get("WRITE_ACCESS"):
            DOCUMENT.write_text(made, encoding="utf-8")
        assert DOCUMENT.read_text(encoding="utf-8") == made, mode


def test_nobody_acts_as_another_and_nobody_reads_what_is_not_shown(people, things):
    """Whatever the page says."""
    for what in [
        ("et rum, der svares i", "læse de andres svar"),
        ("et rum, der svares i", "svare som en anden"),
        ("en andens konto", "skifte adgangskode"),
        ("en andens konto", "skifte e-mail"),
        ("en andens konto", "blive den anden"),
    ]:
        assert [name for name, browser in people.items() if DOORS[what](browser, things)] == [], what


def test_a_participant_answers_for_themselves_by_the_same_form(people, things):
    answers_as_another(people[PARTICIPANT], things)
    assert Answer.objects.filter(participant__name="Nete", participant__reflection=things.open).exists()


def test_only_its_owner_reads_what_is_answered_alone(people, things):
    door = DOORS["svar, man giver alene", "læse"]
    assert [name for name, browser in people.items() if door(browser, things)] == [OWNER]
