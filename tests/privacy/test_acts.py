"""What is done in the portal is in the event log: who, what, about whom – and nothing typed."""

import re

import pytest
from django.contrib import admin
from django.core import mail
from django.test import Client

from accounts.models import User
from privacy.models import Event, What
from publishing.admin import BaseAdmin
from tests.admin.conftest import admin_url
from tests.factories import PASSWORD, make_goal, make_room, make_user
from tests.reflection.people import add

pytestmark = pytest.mark.django_db
LOGIN = "/konto/log-ind/"
REASON = "Deltageren bad om at få sine svar slettet."


def acts() -> list[tuple]:
    """What stands in the log, looks aside, the oldest first."""
    found = Event.objects.exclude(what=What.LOOKED).order_by("pk")
    return [(event.what, event.who, event.about) for event in found]


def log_in(email: str, password: str, browser=None) -> Client:
    browser = browser or Client()
    browser.post(LOGIN, {"login": email, "password": password})
    return browser


def test_logins_that_work_and_that_do_not(staff):
    staff.set_password("adgang-til-kompasset")
    staff.save()
    browser = log_in(staff.email, "forkert")
    log_in("ingen@example.dk", "forkert")
    log_in(staff.email, "adgang-til-kompasset", browser)
    browser.post("/konto/log-ud/")
    person = staff.pseudonym
    assert acts() == [
        ("login_failed", None, person),
        ("login_failed", None, None),
        ("logged_in", person, None),
        ("logged_out", person, None),
    ]


@pytest.mark.usefixtures("within_one_window")
def test_whoever_has_tried_too_often_is_told_to_wait_and_so_is_the_log(staff):
    for _time in range(7):
        log_in(staff.email, "forkert")
    assert ("limited", None, None) in acts()


def test_a_form_that_is_not_ours_is_an_event(staff):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff)
    assert browser.post("/maalkompasset/nyt/", {"wording": "x"}).status_code == 403
    assert acts()[-1] == ("refused", staff.pseudonym, None)


def test_what_is_done_to_an_account(administrator, administrator_client, colleague):
    form = {"name": "Karen Kollega", "email": colleague.email, "is_active": "on", "_save": "1"}
    group = colleague.groups.model.objects.get(name="redaktør")
    administrator_client.post(admin_url(colleague), {**form, "groups": [group.pk]})
    administrator_client.post(admin_url(colleague), {**form, "name": "Karen K.", "groups": [group.pk]})
    del form["is_active"]
    administrator_client.post(admin_url(colleague), {**form, "name": "Karen K."})
    new = {"name": "Ny", "email": "ny@example.dk", "_save": "1"}
    administrator_client.post("/admin/accounts/user/add/", new)
    who, about = administrator.pseudonym, colleague.pseudonym
    assert acts()[1:] == [
        ("roles_changed", who, about),
        ("account_changed", who, about),
        ("roles_changed", who, about),
        ("account_closed", who, about),
        ("invited", who, User.objects.get(email="ny@example.dk").pseudonym),
    ]
    roles = Event.objects.filter(what="roles_changed").order_by("pk").values_list("detail", flat=True)
    assert list(roles) == ["ingen → redaktør", "redaktør → ingen"]


def changes() -> list[tuple]:
    found = Event.objects.filter(what=What.ACCOUNT_CHANGED).order_by("pk")
    return [(event.who, event.about, event.detail) for event in found]


def test_a_new_password_and_a_new_address_of_ones_own(page, staff, staff_client):
    sent = {"oldpassword": PASSWORD, "password1": "en-helt-ny-adgang", "password2": "en-helt-ny-adgang"}
    staff_client.post("/konto/adgangskode/skift/", sent)
    staff_client.post("/konto/mail/", {"email": "ny@example.dk", "password": sent["password1"]})
    page(link_to("/konto/mail/"), by=staff_client).form().send()
    page("/konto/adgangskode/glemt/").form().send({"email": "ny@example.dk"})
    page(link_to("/konto/adgangskode/ny/")).form().send({"password1": PASSWORD, "password2": PASSWORD})
    person = staff.pseudonym
    assert changes() == [
        (person, person, "adgangskode"),
        (person, person, "e-mail"),
        (None, person, "adgangskode"),
    ]


def link_to(beginning: str) -> str:
    """The last that was sent."""
    found = [re.search(rf"http://testserver({beginning}\S+)", message.body) for message in mail.outbox]
    return next(match[1] for match in reversed(found) if match)


def test_looking_at_an_account_is_a_look(administrator, administrator_client, colleague):
    administrator_client.get(admin_url(colleague))
    administrator_client.get("/admin/accounts/user/")
    looks = Event.objects.filter(what=What.LOOKED, who=administrator.pseudonym).order_by("pk")
    assert [(look.about, look.why) for look in looks] == [
        (colleague.pseudonym, "accounts"),
        (None, "accounts"),
    ]
    assert set(looks.values_list("thing", "key")) == {("accounts.user", "")}


def test_acts_on_content_are_there(editor, editor_client, content):
    editor_client.post("/admin/compass/theme/add/", {"title": "Kanariefugle", "_save": "1"})
    editor_client.get("/admin/compass/story/eksport/csv/")
    found = Event.objects.filter(who=editor.pseudonym).order_by("pk")
    assert [(event.what, event.thing) for event in found][1:] == [
        ("added", "compass.theme"),
        ("exported", "compass.story"),
    ]


def test_every_admin_records_what_is_done():
    assert [model for model, one in admin.site._registry.items() if not isinstance(one, BaseAdmin)] == []


def test_emergency_access_and_each_act_of_it(staff, administrator, administrator_client):
    room = make_room(leader=staff)
    add(room, ("3", "Ord"))
    opened = {"room": f"/rum/{room.key}/", "reason": REASON, "confirmed": "on"}
    page = administrator_client.post("/admin/reflection/emergencyaccess/aabn/", opened, follow=True)
    administrator_client.post(page.request["PATH_INFO"].replace("rum/", "luk-koder/"))
    found = Event.objects.filter(what=What.EMERGENCY).order_by("pk")
    assert [(event.who, event.key, event.detail) for event in found] == [
        (administrator.pseudonym, str(room.key), "opened"),
        (administrator.pseudonym, str(room.key), "closed_ways_in"),
    ]
    look = Event.objects.get(what=What.LOOKED, why="emergency")
    assert (look.who, look.about, look.key) == (administrator.pseudonym, staff.pseudonym, str(room.key))


def test_a_shared_goal_that_is_read_is_a_look_and_ones_own_is_not(staff, colleague, logged_in):
    goal = make_goal("Flere skal cykle.", owner=staff)
    goal.shares.create(user=colleague)
    for person in [staff, colleague]:
        assert logged_in(person).get(goal.get_absolute_url()).status_code == 200
    looks = Event.objects.filter(what=What.LOOKED)
    assert [(look.who, look.about, look.why) for look in looks] == [
        (colleague.pseudonym, staff.pseudonym, "shared")
    ]


def test_deleting_ones_own_account_is_an_event_under_a_pseudonym_that_is_gone(logged_in):
    person = make_user("Ida", email="ida@example.dk")
    logged_in(person).post("/mine-data/slet/", {"is_sure": "on"})
    event = Event.objects.get(what=What.DELETED)
    assert (event.who, event.key) == (person.pseudonym, "")
    assert not User.objects.filter(pseudonym=person.pseudonym).exists()
