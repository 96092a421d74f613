"""What is sent twice counts once: the rule itself, under two clicks at the same moment, and for strangers.

That every form of the portal obeys it is tested in test_every_form_sent_twice.py.
"""

import threading
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Submission
from compass.models import Source
from goals.models import Goal
from publishing.media import StorageFullError
from reflection.models import Participant
from tests.factories import make_guide, make_room, make_user
from tests.pages import Page
from tests.reflection.people import place_of

REGISTER = "/maalkompasset/nyt/"
WORDS = {"wording": "Flere skal cykle til arbejde.", "concerns": "citizens"}


def form_of(browser, address, css="main form") -> dict:
    """What a browser would send of a form it has just been shown."""
    return Page(browser.get(address), None).form(css).values


@pytest.fixture
def room(db):
    make_guide()
    return make_room()


# --- One rendering, one thing --------------------------------------------------------------------


def test_a_form_sent_twice_makes_one_thing_and_leads_to_it_twice(staff_client):
    sent = form_of(staff_client, REGISTER) | WORDS
    answers = [staff_client.post(REGISTER, sent) for _click in range(3)]
    assert {answer["Location"] for answer in answers} == {Goal.objects.get().get_absolute_url()}


def test_the_form_shown_again_is_another(staff_client):
    for _time in range(2):
        staff_client.post(REGISTER, form_of(staff_client, REGISTER) | WORDS)
    assert Goal.objects.count() == 2


def test_a_form_with_errors_has_made_nothing_and_can_be_sent(staff_client):
    sent = form_of(staff_client, REGISTER)
    assert staff_client.post(REGISTER, sent).status_code == 422
    for _click in range(2):
        assert staff_client.post(REGISTER, sent | WORDS).status_code == 302
    assert Goal.objects.count() == 1


@pytest.mark.parametrize("token", [None, "", "kort", "x" * 32, "x" * 500, "\0" * 64, "å" * 64])
def test_a_form_without_the_token_of_a_page_acts_each_time_it_is_sent(staff_client, token):
    sent = WORDS if token is None else WORDS | {"csrfmiddlewaretoken": token}
    for _time in range(2):
        assert staff_client.post(REGISTER, sent).status_code == 302
    assert (Goal.objects.count(), Submission.objects.count()) == (2, 0)


def test_an_act_that_failed_can_be_tried_again(staff_client, monkeypatch):
    sent = form_of(staff_client, REGISTER) | WORDS
    monkeypatch.setattr(Goal, "get_absolute_url", lambda goal: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        staff_client.post(REGISTER, sent)
    assert (Goal.objects.count(), Submission.objects.count()) == (0, 0)
    monkeypatch.undo()
    assert staff_client.post(REGISTER, sent).status_code == 302


def test_what_a_view_refuses_in_its_own_words_undoes_what_it_did(staff_client, monkeypatch):
    """Other middlewares answer it as ever (aarhuskompas.middleware.StorageFullMiddleware)."""

    def full(goal):
        raise StorageFullError

    sent = form_of(staff_client, REGISTER) | WORDS
    monkeypatch.setattr(Goal, "get_absolute_url", full)
    assert staff_client.post(REGISTER, sent).status_code == 507
    assert (Goal.objects.count(), Submission.objects.count()) == (0, 0)


def test_a_second_text_in_the_same_form_is_given_back_and_can_be_sent_too(staff_client, page):
    sent = form_of(staff_client, REGISTER)
    first = staff_client.post(REGISTER, sent | WORDS)["Location"]
    second = WORDS | {"wording": "Færre skal køre i bil."}
    back = page(REGISTER, by=staff_client, post=sent | second, status=409)
    assert "Færre skal køre i bil." in back.text
    assert back.links("main a")["Se det, der er gemt"] == first
    assert [goal.wording for goal in Goal.objects.all()] == [WORDS["wording"]]
    for _click in range(2):
        back.form().send()
    assert sorted(Goal.objects.values_list("wording", flat=True)) == sorted(
        [WORDS["wording"], second["wording"]]
    )


# --- Two clicks at the same moment -----------------------------------------------------------------


def waiting() -> int:
    """How many connections of this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction reads the same as the first time
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def at_once(acts, *, table) -> list:
    """What each of `acts` returns, begun in this order while nothing can be written to `table` yet."""
    done = []

    def do(act):
        done.append(act())
        connections.close_all()

    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        for number, thread in enumerate(threads, start=1):
            thread.start()
            deadline = time.monotonic() + 20
            while waiting() < number and time.monotonic() < deadline:
                time.sleep(0.02)
    for thread in threads:
        thread.join()
    return done


def sent_at_once(browsers, address, sent, *, table) -> list:
    """The answers to a form that each browser sends while nothing can be written to `table` yet."""
    return at_once([lambda browser=browser: browser.post(address, sent) for browser in browsers], table=table)


def copies(browser: Client, number: int) -> list[Client]:
    """The same browser, as it was before it was answered."""
    made = [Client() for _copy in range(number)]
    for copy in made:
        copy.cookies.load(browser.cookies.output(header="", sep=";"))
    return made


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_goal(staff_client):
    sent = form_of(staff_client, REGISTER) | WORDS
    answers = sent_at_once(copies(staff_client, 3), REGISTER, sent, table="goals_goal")
    assert [answer.status_code for answer in answers] == [302] * 3
    assert {answer["Location"] for answer in answers} == {Goal.objects.get().get_absolute_url()}


@pytest.mark.django_db(transaction=True)
def test_two_taps_on_the_way_in_are_one_participant_and_both_answers_lead_in():
    make_guide()
    room = make_room()
    address = reverse("reflection:join", args=[room.invitation])
    phone = Client()
    sent = form_of(phone, address) | {"name": "Bo"}
    taps = copies(phone, 2)
    sent_at_once(taps, address, sent, table="reflection_participant")
    person = room.participants.get(is_facilitator=False)
    for tap in taps:  # whichever answer the phone keeps
        assert place_of(tap, room) == person
        assert tap.get(reverse("reflection:welcome", args=[room.key])).status_code == 200


# --- Who joins twice -------------------------------------------------------------------------------


def test_a_second_tap_comes_into_the_place_of_the_first_also_where_its_answer_was_lost(room):
    address = reverse("reflection:join", args=[room.invitation])
    phone = Client()
    sent = form_of(phone, address)
    [lost] = copies(phone, 1)
    lost.post(address, sent)
    phone.post(address, sent, follow=True)
    assert place_of(phone, room) == room.participants.get(is_facilitator=False)


def test_somebody_with_an_account_stays_logged_in_when_they_tap_twice(room, logged_in):
    karen = make_user("Karen Kollega")
    address = reverse("reflection:join", args=[room.invitation])
    browser = logged_in(karen)
    sent = form_of(browser, address)
    [lost] = copies(browser, 1)
    lost.post(address, sent)
    answer = browser.post(address, sent, follow=True)
    assert answer.status_code == 200
    assert room.participants.get(is_facilitator=False).user == karen
    assert browser.get("/maalkompasset/mine/").status_code == 200


def test_whoever_has_the_token_of_another_joins_as_themselves(room):
    address = reverse("reflection:join", args=[room.invitation])
    one, other = Client(), Client()
    sent = form_of(one, address)
    one.post(address, sent)
    assert other.post(address, sent)["Location"] == reverse("reflection:welcome", args=[room.key])
    assert place_of(other, room) != place_of(one, room)
    assert Participant.objects.filter(reflection=room, is_facilitator=False).count() == 2


def test_whoever_has_the_token_of_another_is_told_nothing(staff_client, colleague_client):
    sent = form_of(staff_client, REGISTER)
    staff_client.post(REGISTER, sent | WORDS)
    made = Goal.objects.get()
    for words in [WORDS, WORDS | {"wording": "Noget andet."}]:
        answer = colleague_client.post(REGISTER, sent | words)
        assert made.get_absolute_url() not in f"{answer.headers}{answer.content.decode()}"
    assert Goal.objects.exclude(owner=made.owner).count() == 1


def test_leaving_on_a_shared_device_leaves_nothing_to_come_back_to(room):
    address = reverse("reflection:join", args=[room.invitation])
    shared = Client()
    sent = form_of(shared, address)
    shared.post(address, sent)
    shared.post(reverse("reflection:leave", args=[room.key]))
    shared.post(address, sent)
    assert str(room.key) not in shared.session.get("places", {})


# --- Mails and windows of the admin ------------------------------------------------------------------


def test_a_mail_that_is_asked_for_twice_goes_out_once(client, staff):
    address = reverse("account_reset_password")
    sent = form_of(client, address) | {"email": staff.email}
    assert len({client.post(address, sent)["Location"] for _click in range(2)}) == 1
    assert len(mail.outbox) == 1


def test_what_is_added_from_a_window_of_the_admin_is_one_thing(editor_client):
    address = "/admin/compass/source/add/?_popup=1"
    sent = form_of(editor_client, address, "#source_form") | {"key": "K77", "title": "En side om byen"}
    for _click in range(2):
        closing = editor_client.post(address, sent, follow=True)
        made = Source.objects.get(title="En side om byen")
        assert closing.status_code == 200
        assert f"&quot;value&quot;: &quot;{made.pk}&quot;" in closing.content.decode()


# --- What is kept of it ------------------------------------------------------------------------------


def test_what_is_kept_holds_no_word_and_no_time(staff_client):
    staff_client.post(REGISTER, form_of(staff_client, REGISTER) | WORDS)
    kept = Submission.objects.values().get()
    assert "cykle" not in str(kept)
    assert (kept["sent_on"], kept["session_key"]) == (timezone.localdate(), "")


def test_purge_forgets_it_after_a_day(staff_client):
    staff_client.post(REGISTER, form_of(staff_client, REGISTER) | WORDS)
    call_command("purge")
    assert Submission.objects.count() == 1
    Submission.objects.update(sent_on=timezone.localdate() - timedelta(days=2))
    call_command("purge")
    assert Submission.objects.count() == 0
