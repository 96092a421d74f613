"""What Målkompasset adds to mails and to «Mine data»."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from goals.models import GoodbyeCheck
from reflection.privacy.own_data import own_data
from reflection.reminders import send_all
from tests.factories import make_ended_review, make_goal, make_goodbye


def ended(owner, wording="Flere skal cykle", **fields):
    look = make_ended_review(
        make_goal(wording, owner=owner), decision="goodbye", reason="Ingen læste den.", **fields
    )
    look.reflection.participants.update(language="da")
    return look


@pytest.fixture
def goodbye(staff):
    return make_goodbye(ended(staff), what="Ugerapporten <1>")


def test_a_goodbye_is_asked_about_once_for_each_stage(goodbye, mail_server):
    send_all()
    send_all()
    [(receivers, letter)] = mail_server.got
    assert receivers == ["malik@example.dk"]
    assert letter["Subject"] == "Er det virkelig væk? Ugerapporten <1>"
    address = reverse("goals:check_goodbye", args=[goodbye.review.reflection.key])
    for part in ["plain", "html"]:
        text = letter.get_body((part,)).get_content()
        assert address in text
        assert "Ugerapporten" in text
    assert "Ugerapporten &lt;1&gt;" in letter.get_body(("html",)).get_content()


def test_what_could_not_be_sent_is_sent_later(goodbye, mail_server):
    mail_server.refused.add("malik@example.dk")
    assert send_all() == (0, 1)
    mail_server.refused.clear()
    assert send_all() == (1, 0)


def test_it_is_asked_in_the_language_of_the_owner(goodbye, mail_server):
    goodbye.review.reflection.participants.update(language="en")
    send_all()
    [(_receivers, letter)] = mail_server.got
    assert "/en/" in letter.get_body(("plain",)).get_content()


def test_a_trial_and_three_months_are_two_letters(staff, mail_server):
    today = timezone.localdate()
    goodbye = make_goodbye(
        ended(staff),
        stops_on=today - timedelta(days=60),
        is_trial=True,
        trial_until=today - timedelta(days=1),
    )
    send_all()
    goodbye.check_again(GoodbyeCheck.Stage.TRIAL, answer=GoodbyeCheck.IsGone.GONE)
    send_all()
    assert len(mail_server.got) == 1
    goodbye.stops_on = today - timedelta(days=100)
    goodbye.save()
    send_all()
    assert len(mail_server.got) == 2


def test_who_has_left_gets_no_letter(goodbye, staff, mail_server):
    staff.is_active = False
    staff.save()
    send_all()
    assert mail_server.got == []


def test_the_plan_comes_back_by_mail_on_its_day(staff, mail_server):
    """A look that is concluded makes an agreement; three months later its date has come."""
    look = make_ended_review(
        make_goal("Flere skal cykle", owner=staff),
        decision="keep",
        reason="Den virker.",
        change="Vi tæller cykler",
        stop="Intet",
        responsible="Malik",
        look_back_on=timezone.localdate(),
    )
    assert look.reflection.agreements.count() == 1
    send_all()
    [(_receivers, letter)] = mail_server.got
    assert "Vi tæller cykler" in letter.get_body(("plain",)).get_content()


def test_my_data_hold_my_goals_and_nobody_elses(goodbye, staff, colleague):
    make_goal("Karens mål", owner=colleague)
    [goal] = own_data(staff)["goals"]
    assert goal["wording"] == "Flere skal cykle"
    assert goal["reviews"][0]["goodbye"]["what"] == "Ugerapporten <1>"
    assert "Karens mål" not in str(own_data(staff))


@pytest.mark.parametrize("number", [1, 3])
def test_my_goals_cost_the_same_for_one_and_for_many(staff, number, django_assert_num_queries):
    from goals.compass import goals_of

    for _ in range(number):
        make_goodbye(ended(staff))
    with django_assert_num_queries(5):
        goals_of(staff)
