"""Changing one's own address: a password, a word to the old address, a link in the new one."""

import re

import pytest
from django.core import mail

from accounts.models import User
from accounts.rate_limits import CHANGE_PASSWORD
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
CHANGE, FORGOTTEN = "/konto/mail/", "/konto/adgangskode/glemt/"
NEW = "malik.ny@example.dk"


def ask(page, browser, *, status=200, **said):
    return page(CHANGE, by=browser).form().send({"email": NEW, "password": PASSWORD, **said}, status=status)


def link() -> str:
    [message] = [message for message in mail.outbox if message.to == [NEW]]
    return re.search(r"http://testserver(/konto/mail/\S+)", message.body)[1]


def test_the_address_changes_when_the_link_in_the_new_one_is_used(page, staff, staff_client):
    ask(page, staff_client)
    staff.refresh_from_db()
    assert staff.email == "malik@example.dk"
    page(link(), by=staff_client)
    staff.refresh_from_db()
    assert staff.email == "malik@example.dk"  # looking changes nothing
    page(link(), by=staff_client).form().send()
    staff.refresh_from_db()
    assert (staff.email, staff.new_email) == (NEW, "")


def test_the_old_address_is_told_which_one_it_shall_be(page, staff_client):
    ask(page, staff_client)
    [told] = [message for message in mail.outbox if message.to == ["malik@example.dk"]]
    assert NEW in told.body
    assert "/konto/" not in told.body


def test_without_the_password_nothing_is_sent(page, staff, staff_client):
    refused = ask(page, staff_client, password="forkert-kodeord", status=422)
    assert "Adgangskoden passer ikke." in refused.text
    assert refused.one("[name=email]").get("value") == NEW
    assert mail.outbox == []
    staff.refresh_from_db()
    assert staff.new_email == ""


@pytest.mark.usefixtures("within_one_window")
def test_passwords_cannot_be_tried_without_end(page, staff_client):
    for _ in range(CHANGE_PASSWORD.most):
        ask(page, staff_client, password="forkert-kodeord", status=422)
    assert "for mange gange" in ask(page, staff_client, password="forkert-kodeord", status=429).text
    assert mail.outbox == []


def test_an_address_that_is_somebody_elses_is_refused(page, staff_client):
    make_user(email=NEW)
    assert "allerede en konto" in ask(page, staff_client, status=422).text
    assert mail.outbox == []


def test_an_address_that_was_taken_meanwhile_stays_the_others(page, staff, staff_client):
    ask(page, staff_client)
    make_user(email=NEW)
    page(link(), by=staff_client, status=410)
    assert staff_client.post(link()).status_code == 410
    staff.refresh_from_db()
    assert staff.email == "malik@example.dk"


def test_a_link_works_once_for_its_own_account_and_for_the_newest_wish(page, staff, staff_client, colleague):
    ask(page, staff_client)
    old = link()
    assert "virker ikke længere" in page(old, by=colleague, status=410).text
    ask(page, staff_client, email="en.anden@example.dk")
    page(old, by=staff_client, status=410)
    ask(page, staff_client)
    mail.outbox.pop(0), mail.outbox.pop(0)
    newest = [m for m in mail.outbox if m.to == [NEW]][-1]
    address = re.search(r"http://testserver(/konto/mail/\S+)", newest.body)[1]
    page(address, by=staff_client).form().send()
    page(address, by=staff_client, status=410)
    assert User.objects.get(pk=staff.pk).email == NEW


def test_a_link_is_over_after_three_days(page, staff_client, time_machine, staff, logged_in):
    time_machine.move_to("2026-11-24T08:00:00+01:00")
    browser = logged_in(staff)
    ask(page, browser)
    time_machine.move_to("2026-11-28T08:00:00+01:00")
    page(link(), by=logged_in(staff), status=410)


def test_a_stranger_with_the_link_is_led_to_the_login(page, staff_client, client):
    ask(page, staff_client)
    assert client.get(link()).headers["Location"].startswith("/konto/log-ind/")


def test_the_old_address_opens_nothing_afterwards(page, staff, staff_client):
    page(FORGOTTEN).form().send({"email": staff.email})
    sent_before = re.search(r"http://testserver(/konto/adgangskode/ny/\S+)", mail.outbox.pop().body)[1]
    ask(page, staff_client)
    page(link(), by=staff_client).form().send()
    assert not page(sent_before).select("[name=password1]")
    mail.outbox.clear()
    page(FORGOTTEN).form().send({"email": "malik@example.dk"})
    assert not any("/adgangskode/ny/" in message.body for message in mail.outbox)


def test_an_address_that_the_library_remembers_gets_no_link(page, staff):
    staff.emailaddress_set.create(email="gammel@example.dk", verified=True, primary=False)
    page(FORGOTTEN).form().send({"email": "gammel@example.dk"})
    assert not any("/adgangskode/ny/" in message.body for message in mail.outbox)
