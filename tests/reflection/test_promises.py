"""Whoever promised and has no account: what they are mailed, how they are left out, how soon it is gone."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from reflection.forms.follow_up import address_of, address_token, promise_token
from reflection.models import Agreement, AgreementDraft, Promise, Reflection
from reflection.reminders import send_all
from tests.factories import make_agreement, make_ending, make_goal, make_guide, make_review, make_room
from tests.reflection.people import enter, place_of, seat

SLUG = "hverdagskompasset"
TODAY = timezone.localdate
EA = "ea@example.org"


@pytest.fixture
def room(staff):
    make_guide(SLUG, title="Hverdagskompasset")
    room = make_room(leader=staff, guide=SLUG, title="Hemmelig titel", people=[None] * 3)
    room.reveal()
    return Reflection.objects.get(pk=room.pk)


@pytest.fixture
def promise(room):
    agreement = make_agreement(room, "Vi ringer\nom fredagen.", due=TODAY() + timedelta(days=30))
    agreement.give_address(EA, "Malik Medarbejder")
    return Promise.objects.get()


def letters_to(address) -> list:
    return [letter for letter in mail.outbox if letter.to == [address]]


def everything_in(letter) -> str:
    return "\n".join([letter.subject, letter.body, letter.alternatives[0][0]])


def due_today(promise):
    Agreement.objects.filter(pk=promise.agreement_id).update(due=TODAY())


# --- The form says it ----------------------------------------------------------------------------------


def test_whoever_writes_the_agreement_is_told_whom_the_mail_goes_to(page, staff, room):
    asked = page(room.conclude_address, by=staff)
    assert f"Mailen om aftalen går til dig ({staff.email})." in asked.text
    asked.form("main form[data-autosave]").send(
        {"what": "Vi ringer.", "who": "Ea", "who_email": EA, "look_back": "1"}, button="Afslut"
    )
    promise = Promise.objects.get()
    assert (promise.email, promise.given_by) == (EA, staff.name)
    assert not AgreementDraft.objects.exists()


def test_each_line_of_a_plan_has_its_own_address(page, staff):
    version = make_ending("planen", "I morgen", "Om en måned", ending="plan")
    room = make_room(leader=staff, guide=version.guide.slug, people=[None] * 3)
    room.reveal()
    asked = page(room.conclude_address, by=staff)
    assert asked.text.count("hvordan man slipper for mails") == 1
    plan = {"what_1": "Ring", "who_1": "Ea", "who_email_1": EA, "when_1": "1"}
    plan |= {
        "what_2": "Skriv",
        "who_2": "Bo",
        "who_email_2": "bo",
        "when_2": "none",
        "no_date_reason_2": "Snart.",
    }
    refused = asked.form("main form[data-autosave]").send(plan, button="Afslut", status=422)
    assert "Skriv en e-mail som navn@eksempel.dk." in refused.text
    refused.form("main form[data-autosave]").send({"who_email_2": ""}, button="Afslut")
    assert Promise.objects.values_list("agreement__what", "email").get() == ("I morgen: Ring", EA)
    assert not AgreementDraft.objects.exists()


def test_who_has_no_account_gives_nobodys_address(page, room):
    """A room that anybody may lead must not be a way to send mails to whom one likes."""
    browser = enter(room, name="Alma")
    place_of(browser, room).lead()
    asked = page(room.conclude_address, by=browser)
    assert asked.select("[name=who_email]") == []
    said = {"what": "Vi ringer.", "who": "Ea", "who_email": EA, "look_back": "1"}
    page(room.conclude_address, by=browser, post=said)
    assert Agreement.objects.get().what == "Vi ringer."
    assert not Promise.objects.exists()


def test_nobody_else_reads_the_address(page, staff, room, promise):
    room.conclude()
    for name in ["outcome", "minutes", "board", "wall"]:
        for by in [staff, enter_again(room)]:
            assert EA not in page(reverse(f"reflection:{name}", args=[room.key]), by=by).html, name
    assert EA not in page(reverse("reflection:agreements"), by=staff).html


def enter_again(room):
    return seat(room.participants.filter(user=None).first())


# --- The mails -----------------------------------------------------------------------------------------


def test_the_first_mail_says_who_gave_the_address_and_how_to_be_left_out(page, promise):
    send_all()
    send_all()
    (letter,) = letters_to(EA)
    assert letter.subject == "Du har lovet: Vi ringer om fredagen."
    told = everything_in(letter)
    assert told.count("Malik Medarbejder har skrevet i Hverdagskompasset, at du har lovet noget") == 2
    forget = reverse("reflection:forget_address", args=[address_token(promise)])
    assert told.count(forget) == 2
    assert "Hemmelig titel" not in told


def test_the_link_that_deletes_an_address_is_the_same_in_every_mail(promise, monkeypatch):
    first = address_token(promise)
    monkeypatch.setattr("django.core.signing.time.time", datetime(2040, 1, 1).timestamp)
    assert address_token(promise) == first
    assert address_of(first) == str(promise.key)


def test_on_the_day_they_get_the_three_links_without_an_account(page, promise):
    send_all()
    due_today(promise)
    send_all()
    send_all()
    _first, letter = letters_to(EA)
    assert letter.subject == "Hvad blev der af aftalen? Vi ringer om fredagen."
    told = everything_in(letter)
    assert "Malik Medarbejder har givet os din e-mail" in told
    assert "/aftaler/slet-min-adresse/" in told
    promise.refresh_from_db()
    promise.agreement.refresh_from_db()
    asked = page(
        reverse("reflection:follow_up_by_link", args=[promise_token(promise)]), query={"svar": "done"}
    )
    asked.form().send(button="Gem")
    assert Agreement.objects.get().status == Agreement.Status.DONE


def test_a_promise_that_is_due_at_once_is_one_mail(promise):
    due_today(promise)
    send_all()
    assert len(letters_to(EA)) == 1


def test_without_a_date_there_is_one_mail_and_no_address_left(room):
    agreement = make_agreement(room, no_date_reason="Vi venter.")
    agreement.give_address(EA, "Malik")
    send_all()
    (letter,) = letters_to(EA)
    assert "Der er ingen dato, så vi skriver ikke igen. Din adresse er slettet." in letter.body
    assert not Promise.objects.exists()


def test_in_a_rehearsal_nobody_is_mailed(promise, room):
    Reflection.objects.filter(pk=room.pk).update(is_rehearsal=True)
    send_all()
    assert letters_to(EA) == []


def test_a_mail_that_could_not_go_is_tried_again(promise, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(EmailMultiAlternatives, "send", lambda self: 1 / 0)
        assert send_all()[1] == 1
    send_all()
    assert len(letters_to(EA)) == 1


# --- Left out --------------------------------------------------------------------------------------------


def test_whoever_wants_no_mails_deletes_the_address_without_a_login(page, promise):
    address = reverse("reflection:forget_address", args=[address_token(promise)])
    asked = page(address)
    assert Promise.objects.exists()  # a mail scanner opens links
    gone = asked.form().send(button="Slet min adresse")
    assert gone.texts("h1") == ["Din adresse er slettet"]
    assert not Promise.objects.exists()
    due_today(promise)
    send_all()
    assert letters_to(EA) == []
    assert page(address).texts("h1") == ["Din adresse er slettet"]


def test_a_link_that_was_made_up_opens_nothing(page, promise):
    for token in ["x", address_token(promise)[:-1], promise_token(promise)]:
        page(reverse("reflection:forget_address", args=[token]), status=410)
    page(reverse("reflection:follow_up_by_link", args=[address_token(promise)]), status=410)


def test_with_the_address_the_links_of_its_mails_are_gone(page, promise):
    token = promise_token(promise)
    promise.delete()
    page(reverse("reflection:follow_up_by_link", args=[token]), status=410)


@pytest.mark.parametrize("status", ["done", "goodbye"])
def test_when_the_agreement_is_closed_the_address_is_gone(page, staff, promise, status):
    page(reverse("reflection:follow_up", args=[promise.agreement.key]), by=staff).form().send(
        {"status": status}
    )
    assert not Promise.objects.exists()


def test_put_off_it_stays_until_the_new_date(page, staff, promise):
    asked = page(reverse("reflection:follow_up", args=[promise.agreement.key]), by=staff)
    asked.form().send({"status": "postponed", "new_date": "2"})
    assert Promise.objects.exists()


def test_another_way_of_sending_a_subject_is_not_a_header(room):
    agreement = make_agreement(room, "Vi ringer\r\nBcc: alle@example.org", due=TODAY())
    agreement.give_address(EA, "Malik\r\nBcc: alle@example.org")
    send_all()
    assert [letter.bcc for letter in mail.outbox] == [[]] * len(mail.outbox)
    assert letters_to(EA)


def test_of_goals_and_rounds_it_is_given_the_same_way(page, staff):
    """The draft forgets it when the plan stands."""
    review = make_review(make_goal(owner=staff), decision="keep", reason="Den virker.")
    review.decide()
    form = page(reverse("goals:plan", args=[review.reflection.key]), by=staff).form()
    form.send({"stop": "Skemaet", "responsible": "Ea", "who_email": EA, "look_back": "2"}, button="Afslut")
    review.refresh_from_db()
    assert (Promise.objects.get().email, review.who_email) == (EA, "")
