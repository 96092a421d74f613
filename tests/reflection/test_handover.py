"""What a closed account owns gets another owner: with a reason, told to all, and to nobody's own gain."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import EDITOR, METHOD_OWNER
from reflection.models import Answer, EmergencyAccess, Reflection
from tests.factories import (
    answer_everything,
    make_agreement,
    make_collaboration,
    make_goal,
    make_review,
    make_room,
    make_user,
)
from tests.reflection.people import add, enter

REASON = "Malik er holdt op, og Karen tager over."
DAY = timedelta(hours=25)


def page_of_it() -> str:
    return reverse("admin:reflection_emergencyaccess_hand_over")


@pytest.fixture
def left(staff, colleague):
    """Malik, whose account was closed yesterday; he has a room, a goal and a collaboration."""
    room = make_room(leader=staff, title="Stien langs åen")
    make_collaboration(owner=staff)
    make_review(make_goal("Et mål, som kun ejeren kender.", owner=staff))
    User.objects.update(date_joined=timezone.now() - timedelta(days=99))
    staff.is_active = False
    staff.save()
    User.objects.filter(pk=staff.pk).update(closed_at=timezone.now() - DAY)
    return room


def send(browser, staff, colleague, **said):
    fields = {"owner": staff.email, "to": colleague.email, "reason": REASON, "confirmed": "on"}
    return browser.post(page_of_it(), {**fields, **said})


def test_it_has_a_new_owner_and_everybody_in_the_room_reads_who_did_it_and_why(
    page, administrator_client, left, staff, colleague
):
    browser = enter(left, name="Nete")
    assert send(administrator_client, staff, colleague).status_code == 302
    assert {owner for (owner,) in Reflection.objects.values_list("owner")} == {colleague.pk}
    assert colleague.goals.count() == colleague.collaborations.count() == 1
    seen = page(reverse("reflection:waiting", args=[left.key]), by=browser).text
    assert "Ada Administrator gav rummet en ny ejer" in seen
    assert REASON in seen
    assert left.participants.get(user=colleague).is_facilitator


def test_it_stands_on_the_list_and_both_get_a_mail(
    administrator_client, administrator, left, staff, colleague, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        send(administrator_client, staff, colleague)
    given = EmergencyAccess.objects.filter(action="given")
    assert {(one.user, one.reason) for one in given} == {(administrator, REASON)}
    assert {one.reflection for one in given} == {None, left}
    assert sorted(message.to[0] for message in mail.outbox) == sorted([staff.email, colleague.email])
    assert all("Ada Administrator" in message.body and REASON in message.body for message in mail.outbox)
    listed = administrator_client.get(reverse("admin:reflection_emergencyaccess_changelist")).content.decode()
    assert "Malik Medarbejder → Karen Kollega" in listed
    assert "kun ejeren kender" not in listed


def test_what_one_answered_alone_is_not_handed_over(administrator_client, left, staff, colleague):
    review = Reflection.objects.get(mode=Reflection.Mode.SOLO)
    answer_everything(review.participants.get(), 4)
    send(administrator_client, staff, colleague)
    assert not Answer.objects.filter(participant__reflection=review).exists()


@pytest.mark.parametrize(("mode", "is_over"), [("open", False), ("open", True), ("confidential", True)])
def test_what_a_room_was_shown_is_not_handed_over(
    page, administrator_client, staff, colleague, left, mode, is_over
):
    room = make_room(leader=staff, mode=mode)
    add(room, *[("3", f"ord {number}") for number in range(6)], name="Bo")
    room.reveal()
    if is_over:
        room.conclude()
    make_agreement(room, "Vi ringer om fredagen.")
    send(administrator_client, staff, colleague)
    for name in ["board", "minutes", "lead", "answers"]:
        seen = page(reverse(f"reflection:{name}", args=[room.key]), by=colleague, status=403)
        assert "ord 1" not in seen.text
    assert "Vi ringer om fredagen." in page(reverse("reflection:agreements"), by=colleague).text
    assert not room.participants.filter(user=colleague).exists()


def test_whoever_was_in_the_room_leads_it_afterwards(administrator_client, staff, colleague, left, logged_in):
    room = make_room(leader=staff, mode="open")
    enter(room, by=logged_in(colleague), name="Karen", agrees="on")
    room.reveal()
    send(administrator_client, staff, colleague)
    assert room.participants.get(user=colleague).is_facilitator


def test_where_nobody_there_leads_an_administrator_lets_somebody_who_is(
    administrator_client, administrator, staff, colleague, left, logged_in
):
    room, ea = make_room(leader=staff, mode="open"), make_user("Ea")
    User.objects.update(date_joined=timezone.now() - timedelta(days=99))
    enter(room, by=logged_in(ea), name="Ea", agrees="on")
    room.reveal()
    send(administrator_client, staff, colleague)
    opened = EmergencyAccess.objects.create(reflection=room, user=administrator, action="opened")
    address = reverse("admin:reflection_emergencyaccess_lead", args=[opened.pk])
    assert administrator_client.post(address, {"who": "Ea"}).status_code == 302
    assert room.participants.get(user=ea).is_facilitator


def test_of_a_goal_the_new_owner_reads_what_was_decided_and_goes_on(
    page, administrator_client, staff, colleague, left
):
    goal = make_goal("Et mål med to rum.", owner=staff)
    ended = goal.open_room(staff, mode="open")
    add(ended.reflection, *[("3", f"ord {number}") for number in range(6)], name="Bo")
    ended.reflection.reveal()
    ended.decision, ended.reason, ended.look_back_on = "keep", "Fordi det virker.", date(2027, 3, 1)
    ended.save()
    ended.conclude()
    open_one = goal.open_room(staff, mode="open")
    add(open_one.reflection, "1", name="Bo")
    open_one.reflection.reveal()
    send(administrator_client, staff, colleague)
    printed = page(reverse("goals:printout", args=[ended.reflection.key]), by=colleague)
    assert "Fordi det virker." in printed.text
    assert "ord 1" not in printed.text
    for name in ["decision", "plan"]:
        page(reverse(f"goals:{name}", args=[open_one.reflection.key]), by=colleague, status=404)
    assert goal.open_room(colleague, mode="open").reflection.participants.get().user == colleague


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"reason": "Haster"}, "Skriv grunden i en hel sætning"),
        ({"confirmed": ""}, "Sæt kryds, hvis det skal gives videre."),
        ({"to": "ada@example.dk"}, "Du kan ikke give det til dig selv."),
        ({"to": "findes.ikke@example.dk"}, "Der er ingen konto med den e-mail."),
        ({"owner": "karen@example.dk"}, "Kontoen er åben."),
    ],
)
def test_without_a_reason_a_yes_and_the_right_people_nothing_moves(
    administrator_client, left, staff, colleague, said, error
):
    refused = send(administrator_client, staff, colleague, **said)
    assert refused.status_code == 422
    assert error in refused.content.decode()
    assert not EmergencyAccess.objects.exists()
    assert Reflection.objects.filter(owner=staff).count() == 2


def test_nobody_is_closed_for_a_moment_to_be_robbed(administrator_client, left, staff, colleague):
    User.objects.filter(pk=staff.pk).update(closed_at=timezone.now() - timedelta(hours=1))
    refused = send(administrator_client, staff, colleague)
    assert "lukket for mindre end et døgn siden" in refused.content.decode()
    staff.is_active = True
    staff.save()
    staff.is_active = False
    staff.save()
    assert timezone.now() - User.objects.get(pk=staff.pk).closed_at < timedelta(minutes=5)
    assert send(administrator_client, staff, colleague).status_code == 422


def test_nobody_is_made_up_to_take_over(administrator_client, left, staff, colleague):
    made = make_user("Nye Nis")
    refused = send(administrator_client, staff, made)
    assert "nyere end lukningen" in refused.content.decode()
    User.objects.filter(pk=colleague.pk).update(password="!", last_login=None)
    assert "ikke taget i brug" in send(administrator_client, staff, colleague).content.decode()


@pytest.mark.parametrize("role", [EDITOR, METHOD_OWNER, None])
def test_only_an_administrator_may(logged_in, left, staff, colleague, role):
    browser = logged_in(make_user(role=role))
    assert browser.get(page_of_it(), follow=True).status_code == 403
    send(browser, staff, colleague)
    assert Reflection.objects.filter(owner=staff).count() == 2


def test_an_administrator_opens_the_page(administrator_client, db):
    assert administrator_client.get(page_of_it()).status_code == 200


def test_the_command_takes_from_a_closed_account_and_tells_the_room(page, left, staff, colleague):
    browser = enter(left, name="Nete")
    call_command("hand_over", staff.email, colleague.email, reason=REASON, stdout=StringIO())
    assert not Reflection.objects.filter(owner=staff).exists()
    seen = page(reverse("reflection:waiting", args=[left.key]), by=browser).text
    assert "Driften gav rummet en ny ejer den" in seen
    invited = make_user("Inger")
    invited.withdraw_invitation()
    with pytest.raises(CommandError):
        call_command("hand_over", colleague.email, invited.email, reason=REASON, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("hand_over", colleague.email, staff.email, reason=REASON, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("hand_over", staff.email, colleague.email, reason="Haster", stdout=StringIO())
