"""A goal can be shared with colleagues by name: they read what was decided, and nobody's answers."""

import pytest
from django.urls import reverse

from goals.models import Goal, GoalShare
from tests.factories import (
    answer_everything,
    make_ended_review,
    make_goal,
    make_guide,
    make_review,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(goal, colleague):
    """Malik has looked at his goal, answered, planned – and shared it with Karen."""
    review = make_review(goal)
    answer_everything(review.participant, 2)
    look = make_ended_review(goal, change="Færre møder")
    goal.shares.create(user=colleague)
    return look


def share_page(goal):
    return reverse("goals:share", args=[goal.key])


def test_the_owner_shares_by_the_address_of_an_account(page, staff, colleague, goal):
    form = page(share_page(goal), by=staff).form()
    shown = form.send({"email": colleague.email.upper()})
    assert "Karen Kollega kan nu læse målet." in shown.text
    assert goal.shares.get().user == colleague


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("", "Skriv kollegaens e-mail."),
        ("karen", "Skriv en e-mail som navn@kommune.dk."),
        ("ukendt@example.dk", "Ingen med den adresse har taget en konto i brug her."),
        ("væk@example.dk", "Skriv en e-mail som navn@kommune.dk."),
        ("gone@example.dk", "Ingen med den adresse har taget en konto i brug her."),
        ("invited@example.dk", "Ingen med den adresse har taget en konto i brug her."),
        ("malik@example.dk", "Målet er dit eget. Skriv en kollegas adresse."),
    ],
)
def test_an_address_that_cannot_be_is_refused(page, staff, goal, email, message):
    make_user("Gone", email="gone@example.dk", is_active=False)
    make_user("Invited", email="invited@example.dk").withdraw_invitation()
    again = page(share_page(goal), by=staff).form().send({"email": email}, status=422)
    assert again.texts(".kompas-error-summary li") == [f"Kollegaens e-mail: {message}"]
    assert not GoalShare.objects.exists()


def test_sharing_twice_is_sharing_once(staff_client, colleague, goal):
    for _time in range(2):
        staff_client.post(share_page(goal), {"email": colleague.email})
    assert goal.shares.count() == 1


def test_the_colleague_reads_the_goal_and_what_was_decided(page, colleague, shared):
    mine = page("/maalkompasset/mine/", by=colleague)
    assert mine.texts("h3") == ["Flere skal cykle til arbejde."]
    shown = page(shared.goal.get_absolute_url(), by=colleague)
    assert shown.select("main form") == []
    assert "Malik Medarbejder har delt målet med dig." in shown.text
    printed = page(shown.links(".kompas-card__title a").popitem()[1], by=colleague)
    assert "Færre møder" in printed.text
    assert "Det valgte vi." in printed.text


def test_the_colleague_reads_nobodys_answers(page, colleague, shared):
    printed = page(reverse("goals:printout", args=[shared.reflection.key]), by=colleague)
    assert "Ord fra deltager" not in printed.text
    assert "2 af 5" not in printed.text
    assert "Du kan læse beslutningen og planen, ikke svarene." in printed.text


def test_the_owner_still_reads_the_answers(page, staff, shared):
    printed = page(reverse("goals:printout", args=[shared.reflection.key]), by=staff)
    assert "Ord fra deltager 2" in printed.text


@pytest.mark.parametrize("name", ["edit", "share", "copy", "archive", "unarchive", "start", "open_room"])
def test_the_colleague_changes_nothing(colleague_client, shared, name):
    where = reverse(f"goals:{name}", args=[shared.goal.key])
    assert colleague_client.post(where, {"email": "malik@example.dk"}).status_code == 404


@pytest.mark.parametrize("name", ["review", "decision", "plan", "evidence", "look_back"])
def test_the_colleague_opens_no_other_page_of_a_look(colleague_client, shared, name):
    assert colleague_client.get(reverse(f"goals:{name}", args=[shared.reflection.key])).status_code == 404


def test_a_look_under_way_is_not_there_for_the_colleague(page, colleague, colleague_client, shared):
    running = make_review(shared.goal, decision="goodbye", reason="Hemmelig overvejelse")
    assert "Hemmelig" not in page(shared.goal.get_absolute_url(), by=colleague).text
    assert colleague_client.get(reverse("goals:printout", args=[running.reflection.key])).status_code == 404


def test_the_colleague_can_be_removed_again(page, staff, colleague_client, shared):
    form = page(share_page(shared.goal), by=staff).form("form[action$='/fjern/']")
    form.send()
    assert colleague_client.get(shared.goal.get_absolute_url()).status_code == 404


def test_a_share_of_another_goal_cannot_be_removed(colleague, colleague_client, shared):
    own = make_goal("Karens eget", owner=colleague)
    share = shared.goal.shares.get()
    where = reverse("goals:unshare", args=[own.key, share.pk])
    assert colleague_client.post(where).status_code == 404
    assert GoalShare.objects.count() == 1


def test_a_stranger_reads_nothing(page, shared, logged_in):
    stranger = logged_in(make_user("Sofie Stranger"))
    for where in [
        shared.goal.get_absolute_url(),
        reverse("goals:printout", args=[shared.reflection.key]),
    ]:
        assert stranger.get(where).status_code == 404


def test_many_shares_show_a_goal_and_a_look_once(page, staff, colleague, shared):
    for number in range(3):
        shared.goal.shares.create(user=make_user(f"Kollega {number}"))
    assert Goal.objects.visible_to(staff).count() == 1
    assert page("/maalkompasset/mine/", by=colleague).texts("h3") == ["Flere skal cykle til arbejde."]
    page(reverse("goals:printout", args=[shared.reflection.key]), by=staff)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_shares_costs_the_same_for_one_and_for_many(
    staff_client, goal, number, django_assert_num_queries
):
    make_guide()
    for index in range(number):
        goal.shares.create(user=make_user(f"Kollega {index}"))
    with django_assert_num_queries(4):
        staff_client.get(share_page(goal))
