"""Who may do what in the admin; and that nobody gets to what people have answered."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITOR, METHOD_OWNER
from compass import models as compass
from reflection.models import Guide, GuideVersion
from tests.admin.conftest import admin_url
from tests.factories import (
    PASSWORD,
    make_attachment,
    make_goal,
    make_picture,
    make_recording,
    make_review,
    make_user,
)

CONTENT = [
    compass.Attachment, compass.Contact, compass.Department, compass.Dilemma, compass.Fact,
    compass.Milestone, compass.Page, compass.Path, compass.Picture, compass.Pivot, compass.Recording,
    compass.Redirect, compass.ResearchQuestion, compass.ResearchWave, compass.Resource, compass.Source,
    compass.Story, compass.Theme,
]  # fmt: skip
INLINE = {compass.Chapter, compass.PivotPoint, compass.ResearchFigure, compass.Standpoint}
WRITTEN_BY_THE_PORTAL = {
    compass.ContentMark,
    compass.LoadedContent,
    compass.Missed,
    compass.SearchEntry,
    compass.SearchWord,
}

ALL = {"changelist", "add", "change", "delete"}
MAKE_AND_CHANGE = {"changelist", "add", "change"}
LOOK = {"changelist", "change (read only)"}

# role → model → pages that open; everything else is refused.
MATRIX = {
    EDITOR: dict.fromkeys(CONTENT, ALL),
    METHOD_OWNER: {Guide: MAKE_AND_CHANGE, GuideVersion: LOOK},
    ADMINISTRATOR: {
        **dict.fromkeys(CONTENT, ALL), Guide: MAKE_AND_CHANGE, GuideVersion: LOOK, User: ALL,
    },
}  # fmt: skip
MODELS = [*CONTENT, Guide, GuideVersion, User]


@pytest.fixture
def somebody(db, logged_in):
    return lambda role: logged_in(make_user(role=role))


@pytest.fixture
def everything(content_without_search):
    """One of each thing the admin knows; the content holds the rest."""
    make_recording()
    make_picture()
    make_attachment()
    compass.Redirect.objects.create(old="/samtale/", new="/veje/lytte/")
    make_user("En, der kan slettes", is_active=False)


@pytest.mark.parametrize("role", MATRIX)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_pages_of_a_model_open_for_the_roles_that_need_them(somebody, everything, role, model):
    client, expected = somebody(role), MATRIX[role].get(model, set())
    row = model.objects.order_by("pk").first()
    for page in ["changelist", "add"]:
        assert client.get(admin_url(model, page)).status_code == (200 if page in expected else 403), page
    opened = client.get(admin_url(row))
    assert opened.status_code == (200 if {"change", "change (read only)"} & expected else 403)
    if opened.status_code == 200:
        assert opened.context["has_change_permission"] == ("change" in expected)
    assert client.get(admin_url(row, "delete")).status_code == (200 if "delete" in expected else 403)


@pytest.mark.parametrize("role", MATRIX)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_form_sent_by_somebody_without_the_role_changes_nothing(somebody, everything, role, model):
    if model in MATRIX[role]:
        return
    client, row = somebody(role), model.objects.order_by("pk").first()
    before = model.objects.order_by("pk").values().first()
    for page in ["change", "delete"]:
        assert client.post(admin_url(row, page), {"post": "yes", "title": "x"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert client.post(admin_url(model, "changelist"), chosen).status_code == 403
    assert model.objects.order_by("pk").values().first() == before


# --- What people answer --------------------------------------------------------------------------


def private_models():
    apps_with_answers = [app for app in ["reflection", "goals", "collaboration"] if apps.is_installed(app)]
    of_guides = {"Guide", "GuideVersion", "Step", "Prompt", "HelpVariant", "EndLine"}
    for app in apps_with_answers:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            name = model.__name__
            if name not in of_guides | {"EmergencyAccess", "Goodbye", "CityGoal"} and not name.startswith(
                "Step_"
            ):
                yield model


PRIVATE = list(private_models())


def test_the_private_models_are_found():
    assert {"Reflection", "Participant", "Answer", "Goal", "Review"} <= {m.__name__ for m in PRIVATE}


@pytest.mark.parametrize("model", PRIVATE, ids=lambda model: model.__name__)
def test_what_people_answer_is_not_in_the_admin(client, db, model):
    assert not admin.site.is_registered(model)
    root = make_user("Rut", is_superuser=True, role=ADMINISTRATOR)
    client.force_login(root)
    assert client.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/").status_code == 404


def test_no_inline_of_the_admin_shows_what_people_answer():
    private = set(PRIVATE)
    inlines = {inline.model for one in admin.site._registry.values() for inline in one.inlines}
    assert inlines
    assert not inlines & private


@pytest.mark.parametrize("role", MATRIX)
def test_no_role_has_a_permission_on_what_people_answer(db, role):
    given = set(Group.objects.get(name=role).permissions.values_list("content_type__model", flat=True))
    assert given
    assert not given & {model._meta.model_name for model in PRIVATE}


def test_a_department_in_use_does_not_give_away_whose_goal_stands_in_the_way(editor_client, db):
    department = compass.Department.objects.create(title="Teknik og Miljø", slug="teknik")
    make_goal("Et mål, som kun ejeren kender.", department=department)
    for response in [
        editor_client.get(admin_url(department, "delete")),
        editor_client.post(
            admin_url(compass.Department, "changelist"),
            {"action": "delete_selected", "_selected_action": [department.pk]},
        ),
    ]:
        text = response.content.decode()
        assert "Noget, som ikke vises her, fx medarbejderes mål (1)" in text
        assert "kun ejeren kender" not in text


def test_what_the_admin_shows_anyway_is_named_when_it_stands_in_the_way(editor_client, content):
    path = compass.Path.objects.first()
    text = editor_client.get(admin_url(path, "delete")).content.decode()
    assert path.stories.first().title in text


# --- The registry --------------------------------------------------------------------------------


def test_every_model_of_the_compass_can_be_edited_by_an_editor():
    models = set(apps.get_app_config("compass").get_models())
    assert models == set(CONTENT) | INLINE | WRITTEN_BY_THE_PORTAL
    assert all(admin.site.is_registered(model) for model in CONTENT)
    shown = {inline.model for model in CONTENT for inline in admin.site._registry[model].inlines}
    assert shown == INLINE


def test_an_editor_has_all_permissions_on_the_models_of_the_compass_and_no_others(db):
    given = Group.objects.get(name=EDITOR).permissions
    models = {model._meta.model_name for model in [*CONTENT, *INLINE]}
    assert set(given.values_list("content_type__app_label", flat=True)) == {"compass", "goals"}
    assert set(given.values_list("content_type__model", flat=True)) == models | {"goodbye", "citygoal"}
    assert given.count() == 4 * (len(models) + 2)


# --- The door ------------------------------------------------------------------------------------


def test_the_admin_has_no_login_of_its_own(client, db):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1] == (f"{reverse('account_login')}?next=/admin/", 302)
    post_data = client.post("/admin/login/", {"username": "rikke@example.dk", "password": PASSWORD})
    assert post_data["Location"].startswith(reverse("account_login"))


def test_an_editor_comes_to_the_admin_through_the_portals_login(page, editor):
    door = page("/admin/")
    admin_page = door.form().send({"login": editor.email, "password": PASSWORD})
    assert admin_page.url == "/admin/"
    assert admin_page.texts("h1") == ["Hvad vil du arbejde med?"]


def test_staff_without_a_role_are_told_so_and_not_sent_in_circles(client, staff):
    client.force_login(staff)
    assert client.get("/admin/", follow=True).status_code == 403


# --- The administrator and people ------------------------------------------------------------------


def form_of(user, **changes):
    fields = {"name": user.name, "email": user.email, "is_active": "on", "_save": "1"}
    return {**fields, **changes}


def test_an_administrator_gives_a_role(administrator_client, staff):
    role = Group.objects.get(name=EDITOR)
    sent = form_of(staff, groups=[role.pk])
    assert administrator_client.post(admin_url(staff), sent).status_code == 302
    staff.refresh_from_db()
    assert list(staff.groups.all()) == [role]
    assert staff.is_staff


def test_an_administrator_makes_an_account(administrator_client, db):
    sent = {"email": "ny@example.dk", "name": "Nye Nina", "is_superuser": "on", "is_staff": "on"}
    administrator_client.post(admin_url(User, "add"), sent)
    made = User.objects.get(email="ny@example.dk")
    assert (made.is_superuser, made.is_staff) == (False, False)


def test_an_administrator_cannot_make_anybody_a_superuser(administrator, administrator_client, staff):
    right = Permission.objects.get(codename="view_session")
    for user in [staff, administrator]:
        sent = form_of(user, is_superuser="on", user_permissions=[right.pk], is_staff="on")
        administrator_client.post(admin_url(user), sent)
        user.refresh_from_db()
        assert not user.is_superuser
        assert not user.user_permissions.exists()


def test_an_administrator_cannot_give_a_group_that_is_no_role(administrator_client, staff):
    group = Group.objects.create(name="Alt er tilladt")
    answer = administrator_client.post(admin_url(staff), form_of(staff, groups=[group.pk]))
    assert answer.status_code == 200
    assert answer.context["adminform"].errors["groups"]
    assert not staff.groups.exists()


@pytest.mark.parametrize("page", ["change", "delete"])
def test_an_administrator_cannot_take_over_or_remove_a_superuser(administrator_client, page):
    root = make_user("Rut", is_superuser=True, role=ADMINISTRATOR)
    before = User.objects.values().get(pk=root.pk)
    address = f"{admin_url(root)[: -len('change/')]}{page}/"
    sent = form_of(root, name="Overtaget", password1="x" * 20, password2="x" * 20, post="yes")
    assert administrator_client.post(address, sent).status_code == 403
    assert User.objects.values().get(pk=root.pk) == before


def test_a_superuser_is_not_deleted_in_a_heap(administrator_client):
    root = make_user("Rut", is_superuser=True, role=ADMINISTRATOR)
    chosen = {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"}
    administrator_client.post(admin_url(User, "changelist"), chosen)
    assert User.objects.filter(pk=root.pk).exists()


def test_an_administrator_does_not_see_a_colleagues_goal_when_removing_the_account(
    administrator_client, staff
):
    make_review(make_goal("Et mål, som kun ejeren kender.", owner=staff))
    User.objects.filter(pk=staff.pk).update(is_active=False)
    text = administrator_client.get(admin_url(staff, "delete")).content.decode()
    assert "Noget, som ikke vises her" in text
    assert "kun ejeren kender" not in text


def test_nobody_reaches_groups_permissions_or_addresses_of_others(logged_in, db):
    for client in [
        logged_in(make_user(is_superuser=True, role=ADMINISTRATOR)),
        logged_in(make_user(role=ADMINISTRATOR)),
    ]:
        for address in ["/admin/auth/group/", "/admin/auth/group/add/", "/admin/account/emailaddress/"]:
            assert client.get(address).status_code == 404
