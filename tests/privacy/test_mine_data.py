"""«Mine data» is made of the marks: what is marked as somebody's is there, and nothing of anybody else."""

import json

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from privacy.marks import Whose, marked_models
from privacy.models import PrivacyNotice, Restriction
from reflection.models import Participant
from reflection.privacy.personal_records import ALL, records_of
from tests import routes
from tests.factories import PASSWORD, make_goal, make_guide, make_room, make_user
from tests.privacy.test_looks import with_word
from tests.privacy.test_subject_access import ask
from tests.reflection.people import enter, place_of

pytestmark = pytest.mark.django_db
PAGE, FILE = reverse("reflection:everything"), reverse("reflection:data_json")
LEADS_TO_SOMEBODY = {model: mark for model, mark in marked_models().items() if mark.person or mark.pseudonym}


def marked_fields():
    """Each field of each model that is marked as one person's; what opens something is given to nobody."""
    return [
        (model, name)
        for model, mark in LEADS_TO_SOMEBODY.items()
        for kind in ALL
        for name in getattr(mark, kind)
        if not (mark.whose == Whose.GROUP and kind == "opinions")
    ]


def rows_of(model, person):
    mark = LEADS_TO_SOMEBODY[model]
    return model._base_manager.filter(
        **({mark.person: person.pk} if mark.person else {mark.pseudonym: person.pseudonym})
    )


@pytest.fixture
def person(content_without_search, staff, settings, tmp_path):
    """Somebody of whom there is something of every kind."""
    settings.MEDIA_ROOT = tmp_path
    routes.make_examples(staff)
    Restriction.objects.create(
        subject=staff.pseudonym, reason="Sag 2026-7.", lifted_at=timezone.now(), lifted_because="Ny"
    )
    return staff


def test_every_marked_field_is_in_the_file(person, logged_in):
    held = {
        part["what"]: part["rows"] for part in json.loads(logged_in(person).get(FILE).content)["everything"]
    }
    missing = [
        (model._meta.label, name)
        for model, name in marked_fields()
        if rows_of(model, person).exists()
        and any(name not in row for row in held.get(model._meta.label, [{}]))
    ]
    assert missing == []
    assert {"goals.Goal", "reflection.Answer", "reflection.Participant", "accounts.User"} <= held.keys()
    for model in LEADS_TO_SOMEBODY:
        assert len(held.get(model._meta.label, [])) in {rows_of(model, person).count(), 0}


def test_no_row_is_fetched_with_all_that_it_leads_to(person):
    with CaptureQueriesContext(connection) as queries:
        records_of(person)
    assert max(query["sql"].count(" JOIN ") for query in queries) <= 3


def test_what_stands_in_every_marked_field_stands_on_the_page(person, logged_in, page):
    """A word of its own in each text, of as many models as there are rows of."""
    sown = {}
    for number, (model, name) in enumerate(marked_fields()):
        field, row = model._meta.get_field(name), rows_of(model, person).order_by("-pk").first()
        if not isinstance(field, models.CharField | models.TextField) or field.choices or not row:
            continue
        if isinstance(field, models.EmailField) or not with_word(field, getattr(row, name) or "noget"):
            continue
        word = f"ord{number}"
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{name: word[: field.max_length]})
        except Exception:  # noqa: S112 – what the database says never changes is written once
            continue
        sown[word] = (model._meta.label, name)
    assert len(sown) > 25
    told = page(PAGE, by=logged_in(person)).text
    assert {where for word, where in sown.items() if word not in told} == set()


def test_nothing_that_opens_anything_and_nothing_of_others(person, logged_in):
    colleague = make_user("Karen Kollega", email="karen@example.dk")
    told = logged_in(colleague).get(FILE).content.decode()
    assert person.email not in told
    place = Participant.objects.filter(user=person).first()
    mine = logged_in(person).get(FILE).content.decode()
    for secret in [place.nonce, place.return_hash, place.return_code, person.password]:
        assert secret not in mine
    assert logged_in(colleague).get(PAGE).status_code == 200


def test_whatever_leads_to_somebody_has_a_name_they_understand():
    personal = [
        (m, mark) for m, mark in LEADS_TO_SOMEBODY.items() if any(getattr(mark, kind) for kind in ALL)
    ]
    assert [model._meta.label for model, mark in personal if not mark.called] == []


def test_the_page_costs_the_same_for_one_row_and_for_three(staff, logged_in):
    publish()
    make_guide()
    browser, counts = logged_in(staff), []
    for rows in [1, 2]:
        for _row in range(rows):
            make_goal(owner=staff)
            make_room(leader=staff)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 30


# --- Which version of article 13 somebody was told ---------------------------------------------------------


def publish(controller="Aarhus Kommune") -> PrivacyNotice:
    return PrivacyNotice.objects.create(controller=controller)


def test_whoever_comes_into_a_room_keeps_the_version_that_they_were_told(page, staff):
    make_guide()
    room = make_room(leader=staff)
    early = place_of(enter(room), room)
    first = publish()
    told_first = place_of(enter(room), room)
    second = publish("Aarhus Kommune, Borgmesterens Afdeling")
    told_second = place_of(enter(room), room)
    assert [place.notice for place in [early, told_first, told_second]] == [None, first, second]
    told_first.save()
    assert Participant.objects.get(pk=told_first.pk).notice == first


def test_an_account_keeps_the_first_version_it_was_told_at_a_login(client, staff, page, administrator_client):
    def log_in():
        Client().post("/konto/log-ind/", {"login": staff.email, "password": PASSWORD})
        return User.objects.get(pk=staff.pk).notice

    assert log_in() is None
    first = publish()
    assert log_in() == first
    publish("En anden")
    assert log_in() == first
    assert first.in_words in page("/mine-data/", by=staff).text
    held = {part["what"]: part for part in ask(administrator_client, staff.email).json()["held"]}
    assert held["accounts.User"]["rows"][0]["notice"] == first.in_words
