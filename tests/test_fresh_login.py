"""What is hard to undo asks once more who one is, the admin after an hour without use; nothing is lost."""

import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import User
from tests.admin.conftest import admin_url
from tests.factories import PASSWORD, make_story

pytestmark = pytest.mark.django_db
AGAIN = "/konto/log-ind/igen/"
MINUTE = 60


def sensitive(staff) -> list[str]:
    return [
        admin_url(User, "add"),
        admin_url(staff),
        admin_url(staff, "delete"),
        reverse("admin:reflection_emergencyaccess_open"),
        reverse("admin:reflection_emergencyaccess_hand_over"),
        reverse("reflection:data_json"),
        reverse("reflection:delete_account"),
        reverse("mfa_activate_totp"),
    ]


def test_a_quarter_of_an_hour_after_the_login_it_is_asked_again(administrator_client, staff, time_machine):
    for address in sensitive(staff):
        assert administrator_client.get(address).status_code in {200, 403}, address
    time_machine.move_to(time.time() + 16 * MINUTE)
    for address in sensitive(staff):
        assert administrator_client.get(address)["Location"].startswith(AGAIN), address


def test_nobody_gives_an_account_its_first_password_at_an_open_desk(logged_in, time_machine):
    """Who comes by single sign-on has none, so none is asked for: a login of this morning is not enough."""
    user = User.objects.create_user("malik@example.dk", name="Malik")
    client, address = logged_in(user), reverse("account_set_password")
    assert client.get(address).status_code == 200
    time_machine.move_to(time.time() + 61 * MINUTE)
    assert client.get(address)["Location"].startswith(AGAIN)
    client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_who_shows_it_goes_on_to_what_they_wanted(page, administrator_client, time_machine):
    time_machine.move_to(time.time() + 16 * MINUTE)
    address = reverse("reflection:delete_account")
    asked = page(address, by=administrator_client)
    asked.form().send({"password": "forkert-kodeord"}, status=422)
    assert page(address, by=administrator_client).url == AGAIN
    before = administrator_client.session.session_key
    assert asked.form().send({"password": PASSWORD}).url == address
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.parametrize("target", ["https://ond.example.dk/", "account_logout", "ord"])
def test_it_leads_to_no_other_site_and_to_no_route_by_its_name(page, administrator_client, target):
    shown = page(f"{AGAIN}?next={target}", by=administrator_client)
    assert shown.form().send({"password": PASSWORD}).url == reverse(settings.LOGIN_REDIRECT_URL)


def test_a_form_that_took_its_time_is_accepted_and_one_that_took_too_long_comes_back_whole(
    administrator_client, staff, time_machine
):
    sent = {"name": "Malik Møller", "is_active": "on", "email": staff.email, "_save": "1"}
    start = time.time()
    time_machine.move_to(start + 30 * MINUTE)
    assert administrator_client.post(admin_url(staff), sent).status_code == 302
    time_machine.move_to(start + 70 * MINUTE)
    answer = administrator_client.post(
        admin_url(staff), sent | {"name": "Malik Meget Langt Navn"}, headers={"Origin": "http://testserver"}
    )
    assert answer.status_code == 403
    assert "Malik Meget Langt Navn" in answer.content.decode()
    assert AGAIN in answer.content.decode()
    staff.refresh_from_db()
    assert staff.name == "Malik Møller"


# --- The admin ------------------------------------------------------------------------------------------


def test_the_admin_asks_again_after_an_hour_without_use(editor_client, time_machine):
    start = time.time()
    for minutes in [50, 100, 150]:
        time_machine.move_to(start + minutes * MINUTE)
        assert editor_client.get("/admin/").status_code == 200
    time_machine.move_to(start + 211 * MINUTE)
    assert editor_client.get("/admin/")["Location"].startswith(AGAIN)
    assert editor_client.get("/maalkompasset/mine/").status_code == 200  # one is still logged in


def test_a_text_that_was_written_meanwhile_is_not_lost(page, editor_client, time_machine):
    story = make_story("Før")
    time_machine.move_to(time.time() + 61 * MINUTE)
    typed = {"title": "En lang titel, der tog en time at finde", "_save": "1"}
    shown = page(
        admin_url(story), by=editor_client, post=typed, headers={"Origin": "http://testserver"}, status=403
    )
    assert "En lang titel, der tog en time at finde" in shown.text
    page(AGAIN, by=editor_client).form().send({"password": PASSWORD})
    assert editor_client.get("/admin/").status_code == 200


def test_staff_without_a_role_are_sent_away_as_ever(staff_client, time_machine):
    time_machine.move_to(time.time() + 61 * MINUTE)
    assert not staff_client.get("/admin/")["Location"].startswith(AGAIN)
