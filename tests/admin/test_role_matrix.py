"""docs/roles.md says who may do what; here somebody with each role knocks on every door it speaks of."""

from uuid import uuid4

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.roles import ROLES
from compass.models import Redirect
from goals.models import CityGoal, Goodbye
from privacy.models import PrivacyNotice, Restriction
from publishing.models import Announcement, Portal
from reflection.models import EmergencyAccess, GuideVersion
from tests.factories import decide, make_attachment, make_picture, make_recording, make_review, make_user
from tools import role_matrix
from tools.role_matrix import ACTIONS, DOCUMENT, NO_ROLE, label_of, registered


def test_the_document_is_what_the_rules_say(db):
    assert DOCUMENT.read_text(encoding="utf-8") == role_matrix.document()


def test_the_document_speaks_of_every_role_and_every_kind_of_content():
    written = role_matrix.read(DOCUMENT.read_text(encoding="utf-8"))
    labels = [label_of(model) for model, _ in registered(admin.site)]
    assert len(labels) == len(set(labels)) > 20
    assert {role: sorted(rows) for role, rows in written.items()} == {
        role: sorted(labels) for role in [*ROLES, NO_ROLE]
    }


@pytest.mark.parametrize("role", [*ROLES, NO_ROLE])
def test_every_cell_is_what_the_admin_answers(content, everything, logged_in, role):
    written = role_matrix.read(DOCUMENT.read_text(encoding="utf-8"))[role]
    user = make_user(role=None if role == NO_ROLE else role)
    client = logged_in(user)
    answered = {
        label_of(model): [action for action in ACTIONS if DOORS[action](client, model, everything)]
        for model, _ in registered(admin.site)
    }
    assert answered == written


# --- What there is to knock on -----------------------------------------------------------------------------


@pytest.fixture
def everything(content, settings, tmp_path):
    """One row of each kind, not yet public, and whatever stands in the way of nothing."""
    settings.MEDIA_ROOT = tmp_path
    make_recording()
    make_picture()
    make_attachment()
    make_user("En, der kan slettes", is_active=False)
    CityGoal.objects.create(title="Et godt sted at bo", position=1)
    today = timezone.localdate()
    said = {"what": "Ti møder", "why": "De gav ikke noget.", "stops_on": today, "is_shared": True}
    Goodbye.objects.create(review=make_review(), **said)
    EmergencyAccess.objects.create(room="Et rum", name="Ada", action="opened", reason="Rummet skulle lukkes.")
    decide("rooms", 90)
    Redirect.objects.create(old="/samtale/", new="/veje/")
    Announcement.objects.create(text="Lukket på søndag.")
    Portal.objects.get_or_create()
    PrivacyNotice.objects.create(controller="Aarhus Kommune")
    Restriction.objects.create(subject=uuid4(), reason="Personen har krævet det, sag 2026-7.")
    draft = GuideVersion.objects.order_by("pk").first().new_draft()

    def row(model):
        if model is GuideVersion:
            return draft
        if model._meta.model_name == "user":
            return model.objects.get(name="En, der kan slettes")
        return model.objects.order_by("pk").first()

    return row


def shown(client, model, page: str, row=None):
    """The page, or None when it is not shown; an unknown address is a door that is not there."""
    meta = model._meta
    try:
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[row.pk] if row else [])
    except NoReverseMatch:
        return None
    answer = client.get(address, follow=True)  # of what there is one of, the list leads to it
    assert answer.status_code in {200, 403, 404, 405}, address
    return answer if answer.status_code == 200 else None


def opens(client, model, page: str, row=None) -> bool:
    return shown(client, model, page, row) is not None


def lets_change(client, model, everything) -> bool:
    row = everything(model)
    page = row and shown(client, model, "change", row)
    return bool(page) and page.context["has_change_permission"]


def of_a_row(page: str):
    def door(client, model, everything) -> bool:
        row = everything(model)
        return row is not None and opens(client, model, page, row)

    return door


def of_a_list(page: str):
    return lambda client, model, everything: opens(client, model, page)


def lets_publish(client, model, everything) -> bool:
    """By the action of the list, or by the page of a version of a compass."""
    if model is GuideVersion:
        return opens(client, model, "publish", everything(model))
    meta = model._meta
    answer = client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"))
    form = answer.context.get("action_form") if answer.status_code == 200 else None
    return bool(form) and "publish" in dict(form.fields["action"].choices)


def lets_export(client, model, everything) -> bool:
    meta = model._meta
    try:
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_export", args=["csv"])
    except NoReverseMatch:
        return False
    return client.get(address).status_code == 200


def lets_use_emergency_access(client, model, everything) -> bool:
    return model is EmergencyAccess and opens(client, model, "open")


DOORS = {
    "se": of_a_list("changelist"),
    "tilføj": of_a_list("add"),
    "ret": lets_change,
    "slet": of_a_row("delete"),
    "historik": of_a_row("history"),
    "offentliggør": lets_publish,
    "arkivér": of_a_row("archive"),
    "importér": of_a_list("import"),
    "eksportér": lets_export,
    "nødadgang": lets_use_emergency_access,
}


def test_every_action_has_a_door_to_knock_on():
    assert list(DOORS) == ACTIONS
