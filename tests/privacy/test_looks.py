"""A view that shows another's words writes an event: found by walking all routes with others' things.

What counts as somebody's words is what the models mark as theirs (privacy/marks.py). Each gets a word that
stands nowhere else; whoever is shown it must be in the event log.
"""

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.roles import ADMINISTRATOR, EDITOR
from goals.models import Goal, Goodbye
from privacy.marks import Purpose, Whose, marked_models
from privacy.models import Event, What
from reflection.models import Participant, Reflection
from tests import routes
from tests.factories import make_user
from tests.reflection.files import said

pytestmark = [pytest.mark.django_db, pytest.mark.long]
WORD = "kanariefugl"
KINDS = ("identity", "words")


# --- Others' things ------------------------------------------------------------------------------------


def sow(me):
    """Put the word into every text that is somebody else's alone."""
    for model, mark in marked_models().items():
        if mark.whose not in {Whose.STAFF, Whose.PARTICIPANTS} or mark.purpose != Purpose.REFLECTION:
            continue
        rows = model._base_manager.all()
        if mark.person and me:
            rows = rows.exclude(**{mark.person: me.pk})
        names = [name for kind, fields in mark.by_kind().items() if kind in KINDS for name in fields]
        for row in rows:
            said = {name: with_word(model._meta.get_field(name), getattr(row, name)) for name in names}
            model._base_manager.filter(pk=row.pk).update(**{name: new for name, new in said.items() if new})


def with_word(field: models.Field, value):
    """The value with the word in it; nothing where the field holds no text or is empty."""
    if isinstance(field, models.JSONField):
        return in_json(value) if value else None
    if field.is_relation or not isinstance(value, str) or not value or field.choices:
        return None
    return f"{WORD} {value}"[: field.max_length or 1000] if len(value) > 2 else None  # no language code


def in_json(value):
    if isinstance(value, dict):
        return {key: in_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [in_json(inner) for inner in value]
    return f"{WORD} {value}" if isinstance(value, str) and value else value


# --- Who walks -----------------------------------------------------------------------------------------


@pytest.fixture
def people(content_without_search, staff, logged_in, settings, tmp_path):
    """Whose examples they are; a colleague who is in every room and may read every goal; and nobody."""
    settings.MEDIA_ROOT = tmp_path
    routes.make_examples(staff)
    colleague = make_user("Karen Kollega", email="karen@example.dk")
    for goal in Goal.objects.exclude(shares__user=colleague):
        goal.shares.create(user=colleague)
    for room in Reflection.objects.exclude(mode=Reflection.Mode.SOLO):
        room.participants.create(user=colleague, name="Karen", party=room.parties.first())
    Goodbye.objects.update(is_shared=True)
    return {"owner": staff, "colleague": colleague, "nobody": None}


def browser_of(person, logged_in) -> Client:
    """Who has no account holds somebody's place in every room."""
    if person:
        return logged_in(person)
    browser = Client()
    session = browser.session
    places = Participant.objects.filter(user=None, is_paper=False, is_put_out=False).order_by("pk")
    session["places"] = {str(place.reflection.key): str(place.key) for place in places}
    session.save()
    return browser


def looked(person, address: str) -> bool:
    """Whether the log has it; every walk begins without any."""
    looks = Event.objects.filter(what=What.LOOKED)
    if person:
        return looks.filter(who=person.pseudonym).exists()
    return looks.filter(models.Q(who__in=Participant.objects.values("key")) | models.Q(why="link")).exists()


def walk(browser, person, addresses) -> tuple[set[str], set[str]]:
    """The names under which the word was shown, and those of them without an event."""
    shown, silent = set(), set()
    for name, address in addresses:
        with transaction.atomic():
            response = browser.get(address)
            if response.status_code == 200 and WORD in text_of(response):
                shown.add(name)
                if not looked(person, address):
                    silent.add(name)
            transaction.set_rollback(True)
    return shown, silent


def text_of(response) -> str:
    """What is in a PDF is what its page shows; a picture or a sound is nobody's words."""
    kind = response.get("Content-Type", "")
    if kind == "application/pdf":
        return WORD
    return "" if kind.startswith(("image/", "audio/")) else said(response)


# --- The walks -----------------------------------------------------------------------------------------

SHOWN = {
    "owner": {"reflection:board", "reflection:minutes", "reflection:lead", "reflection:people"},
    "colleague": {
        "goals:goal",
        "goals:printout",
        "goals:mine",
        "reflection:board",
        "reflection:minutes_word",
    },
    "nobody": {"reflection:board", "reflection:minutes", "reflection:minutes_word"},
}
NO_WORDS_OF_ANYBODY = {  # sheets to print: questions and ways in
    "collaboration:cards_pdf", "collaboration:poster_pdf", "collaboration:blank_pdf", "reflection:cards_pdf",
    "reflection:poster_pdf", "reflection:blank_pdf", "reflection:facilitators_guide_pdf",
    "collaboration:invitation_pdf", "reflection:slips_pdf", "compass:attachment",
}  # fmt: skip
ONES_OWN = {
    "reflection:download_pdf",  # what `reflection:download` gives, which is walked
    "reflection:forget_address",  # whoever promised is told which address we have, and of whom we got it
}


@pytest.mark.parametrize("who", SHOWN)
def test_every_view_that_shows_anothers_words_writes_it_down(people, logged_in, who):
    person = people[who]
    sow(person)
    browser = browser_of(person, logged_in)
    addresses = [
        (route.name, address)
        for route in routes.EVERY
        if not route.is_post_only and route.name not in NO_WORDS_OF_ANYBODY | ONES_OWN
        for address in route.addresses()
    ]
    shown, silent = walk(browser, person, addresses)
    assert silent == set()
    assert shown >= SHOWN[who]


@pytest.mark.parametrize("role", [ADMINISTRATOR, EDITOR])
def test_so_does_every_page_of_the_admin(people, logged_in, role):
    person = make_user("Ada", email="ada@example.dk", role=role)
    sow(person)
    shown, silent = walk(logged_in(person), person, pages_of_the_admin())
    assert silent == set()
    assert "goals.goodbye change" in shown


def pages_of_the_admin():
    for model in admin.site._registry:
        rows = model._base_manager.order_by("pk")[:2]
        pages = [
            ("changelist", []),
            *((page, [row.pk]) for page in ["change", "history", "delete"] for row in rows),
        ]
        for page, args in pages:
            try:
                name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
                yield f"{model._meta.label_lower} {page}", reverse(name, args=args)
            except NoReverseMatch:
                continue


def test_the_walk_finds_a_view_that_is_silent(people, logged_in, monkeypatch):
    """Without this the test above could look at nothing."""
    monkeypatch.setattr("reflection.participation.record_looks", lambda *args, **told: None)
    sow(None)
    room = Reflection.objects.filter(title=routes.REVEALED).first()
    address = reverse("reflection:minutes", args=[room.key])
    _shown, silent = walk(browser_of(None, logged_in), None, [("minutes", address)])
    assert silent == {"minutes"}
