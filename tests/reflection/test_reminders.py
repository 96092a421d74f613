"""Mails about agreements and look-backs, sent to a real server that also refuses, hangs up and bounces."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from lxml import html

from aarhuskompas.logs import JsonFormatter
from bench.servers import free_port
from reflection.compasses import Compass
from reflection.models import Reminder
from reflection.reminders import Due, send_all
from tests.collaboration.people import SIDES
from tests.factories import make_agreement, make_collaboration, make_room, make_round, make_user, tomorrow

NOT_DONE = ("reflection/mail/not_done.txt", "reflection/mail/not_done.html")


def today() -> date:
    return timezone.localdate()


@pytest.fixture
def server(mail_server):
    return mail_server


@pytest.fixture
def room(staff):
    return make_room(leader=staff, title="Hemmelig titel")


@pytest.fixture
def due(room):
    return make_agreement(room, "Vi ringer om fredagen.", due=today())


def remind() -> str:
    told = StringIO()
    call_command("remind", stdout=told)
    return told.getvalue()


def parts(letter) -> tuple[str, html.HtmlElement]:
    """The plain text, and the HTML."""
    plain = letter.get_body(("plain",)).get_content()
    return plain, html.document_fromstring(letter.get_body(("html",)).get_content())


def links(tree) -> dict[str, str]:
    return {link.text_content(): link.get("href") for link in tree.cssselect("a")}


# --- What is sent, and to whom --------------------------------------------------------------------


def test_the_mail_says_what_was_agreed_and_leads_to_three_answers(server, staff, due):
    assert remind() == "sent: 1 reminders; not sent and still due: 0\n"
    ((to, letter),) = server.got
    assert (to, letter["Subject"]) == ([staff.email], "Hvad blev der af aftalen? Vi ringer om fredagen.")
    assert letter["Auto-Submitted"] == "auto-generated"
    plain, tree = parts(letter)
    assert "Vi ringer om fredagen." in plain
    assert "Hemmelig titel" not in letter.as_string()
    assert (tree.get("lang"), list(links(tree))) == ("da", ["Gjort", "Udskudt", "Farvel", "Mine aftaler"])
    for address in links(tree).values():
        assert address in plain
        assert address.startswith("http://testserver/aftaler/")


@pytest.mark.parametrize(
    ("what", "subject"),
    [
        ("Vi ringer om fredagen.", "Hvad blev der af aftalen? Vi ringer om fredagen."),
        ("Vi ringer\nBcc: alle@example.dk", "Hvad blev der af aftalen? Vi ringer Bcc: alle@example.dk"),
        ("æøå " * 40, "Hvad blev der af aftalen? " + "æøå " * 14 + "æøå…"),
    ],
)
def test_the_subject_holds_the_agreement_on_one_line(server, room, what, subject):
    make_agreement(room, what, due=today())
    remind()
    [(_to, letter)] = server.got
    assert letter["Subject"].strip() == subject  # a long one is folded
    assert letter["Bcc"] is None


def test_the_link_in_the_mail_leads_to_the_form_and_changes_nothing(server, page, due):
    remind()
    _plain, tree = parts(server.got[0][1])
    for name, chosen in [("Gjort", "done"), ("Udskudt", "postponed"), ("Farvel", "goodbye")]:
        asked = page(links(tree)[name].removeprefix("http://testserver"), by=Client())
        assert asked.form().values["status"] == [chosen]
    due.refresh_from_db()
    assert due.status == "open"


def test_who_reads_the_portal_in_english_gets_the_mail_in_english(server, staff, room, due):
    room.participants.filter(user=staff).update(language="en")
    remind()
    ((_to, letter),) = server.got
    plain, tree = parts(letter)
    assert tree.get("lang") == "en"
    assert "http://testserver/en/aftaler/" in plain
    assert str(due.due.year) in plain


def test_the_owner_and_who_leads_are_told_each_once_and_nobody_else(server, staff, room, due):
    leads = make_user("Lis", email="lis@example.dk")
    room.participants.create(user=leads, is_facilitator=True)
    room.participants.create(user=make_user("Bo", email="bo@example.dk"))
    gone = make_user("Gert", email="gert@example.dk", is_active=False)
    room.participants.create(user=gone, is_facilitator=True)
    room.participants.create(name="Uden konto", is_facilitator=True)
    remind()
    assert server.receivers == ["lis@example.dk", staff.email]


def test_nothing_is_sent_before_its_date_nor_of_what_has_ended_or_was_not_meant(server, staff, room):
    make_agreement(room, due=today() + timedelta(days=1))
    make_agreement(room, due=today(), status="done")
    make_agreement(room, no_date_reason="Rådet bestemmer")
    make_agreement(make_room(leader=staff, is_rehearsal=True), due=today())
    assert remind().startswith("sent: 0")
    assert server.got == []


# --- Once, and also late --------------------------------------------------------------------------


def test_twice_the_same_day_is_one_mail_and_a_late_run_still_sends(server, room):
    make_agreement(room, due=today() - timedelta(days=9))
    remind()
    remind()
    assert len(server.got) == 1


def test_a_new_date_is_a_new_mail(server, due):
    remind()
    due.status, due.due = "postponed", today() - timedelta(days=1)
    due.save()
    remind()
    remind()
    assert len(server.got) == 2


def test_two_who_run_it_at_once_send_one_mail(committed, server):
    make_agreement(make_room(leader=make_user()), due=today())
    server.seconds = 0.3

    def run(_which):
        try:
            return send_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(run, range(2)))
    assert sorted(outcomes) == [(0, 0), (1, 0)]
    assert len(server.got) == 1


# --- When it cannot be sent -----------------------------------------------------------------------


def logged(caplog) -> list[dict]:
    return [json.loads(JsonFormatter().format(record)) for record in caplog.records]


def check_that_nothing_was_said(caplog):
    lines = [line for line in logged(caplog) if line["logger"] == "reflection.reminders"]
    assert {line["message"] for line in lines} == {"a reminder was not sent and stays due"}
    for word in ["fredagen", "example.dk", "aftaler"]:
        assert word not in json.dumps(lines)


def test_without_a_server_it_stays_due(server, settings, due, caplog):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert remind() == "sent: 0 reminders; not sent and still due: 1\n"
    check_that_nothing_was_said(caplog)
    settings.EMAIL_PORT = port
    assert remind() == "sent: 1 reminders; not sent and still due: 0\n"


def test_one_refused_address_keeps_nobody_else_from_theirs(server, staff, room, due, caplog):
    room.participants.create(user=make_user("Lis", email="lis@example.dk"), is_facilitator=True)
    server.refused = {staff.email}
    assert remind() == "sent: 1 reminders; not sent and still due: 1\n"
    assert server.receivers == ["lis@example.dk"]
    check_that_nothing_was_said(caplog)
    server.refused = set()
    remind()
    assert server.receivers == ["lis@example.dk", staff.email]


def test_a_connection_that_drops_loses_no_mail(server, room, due):
    make_agreement(room, "En til", due=today())
    server.hangs_up = 1
    assert remind() == "sent: 1 reminders; not sent and still due: 1\n"
    assert remind() == "sent: 1 reminders; not sent and still due: 0\n"
    assert len(server.got) == 2


def test_a_server_that_says_nothing_does_not_hold_up_the_night(settings, staff, due, monkeypatch):
    monkeypatch.setattr("reflection.reminders.TIMEOUT", 0.2)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        assert remind() == "sent: 0 reminders; not sent and still due: 1\n"


def test_a_fault_of_ours_keeps_nobody_else_from_theirs(server, staff, due, register, caplog):
    def breaks():
        raise KeyError("Hemmelige ord")

    templates = ("reflection/mail/agreement.txt", "reflection/mail/agreement.html")
    found = [
        Due(staff, "da", "a fault", today(), "x", templates, breaks),
        Due(staff, "da", "no fault", today(), "x", NOT_DONE, lambda: {"address": "x"}),
    ]
    register(Compass("et-kompas", reminders=lambda: found))
    assert remind() == "sent: 2 reminders; not sent and still due: 1\n"
    assert "Hemmelige ord" not in json.dumps(logged(caplog))
    assert Reminder.objects.filter(about="a fault").count() == 0


def test_a_mail_that_comes_back_changes_nothing(server, page, staff, due):
    """A bounce is a letter to the sender's address: the agreement is as open as before."""
    remind()
    due.refresh_from_db()
    assert (due.status, due.is_open) == ("open", True)
    assert page("/aftaler/", by=staff).texts(".kompas-card__what") == ["Vi ringer om fredagen."]


# --- Other reminders ------------------------------------------------------------------------------


def test_a_compass_that_is_registered_is_asked_too(server, staff, register):
    made = Due(staff, "da", "goodbye 1", today(), "Er det væk?", NOT_DONE, lambda: {"address": "x"})
    register(Compass("et-kompas", reminders=lambda: [made]))
    remind()
    remind()
    assert [letter["Subject"] for _to, letter in server.got] == ["Er det væk?"]


def test_who_has_not_answered_gets_the_mail_the_next_time_when_the_server_was_away(server, settings, staff):
    room = make_room(leader=staff, reveal_at=tomorrow(), title="Hemmelig titel")
    room.participants.create(user=make_user("Karen", email="karen@example.dk"), language="en")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    remind()
    settings.EMAIL_PORT = port
    remind()
    remind()
    ((to, letter),) = server.got
    plain, tree = parts(letter)
    assert to == ["karen@example.dk"]
    assert f"http://testserver/en/rum/{room.key}/" in plain
    assert f"http://testserver/en/rum/{room.key}/" in links(tree).values()


def test_a_round_is_looked_at_again_on_its_day_unless_a_later_one_has_begun(server, staff):
    collaboration = make_collaboration("Stien langs åen", owner=staff)
    opened = make_round(collaboration, sides=SIDES)
    opened.reflection.reveal()
    opened.what, opened.who, opened.due, opened.look_back_on = "Vi mødes.", "Ea", date(2099, 1, 1), today()
    opened.save()
    opened.conclude()
    remind()
    remind()
    ((to, letter),) = server.got
    assert (to, letter["Subject"]) == ([staff.email], "Tid til at kigge igen: Stien langs åen")
    assert f"http://testserver{collaboration.get_absolute_url()}" in parts(letter)[0]
    Reminder.objects.all().delete()
    collaboration.open_round(staff, mode="confidential")
    remind()
    assert len(server.got) == 1
