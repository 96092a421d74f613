"""Who is not on the municipality's list any more is out: at once, and never by a broken list."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import LoginSession, User
from accounts.roles import ADMINISTRATOR
from privacy.models import Event, What
from reflection.live import streams
from tests.factories import make_goal, make_room, make_user
from tests.reflection.asgi import request_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Ten with an account, who have all logged in; the first is an administrator."""
    first = make_user("Ada", role=ADMINISTRATOR, email="ada@example.dk")
    return [first, *[make_user(f"Person {n}", email=f"p{n}@example.dk") for n in range(9)]]


@pytest.fixture
def sync(tmp_path):
    """A function: run the command with a list of those who stay."""

    def run(stay, *options) -> str:
        file, said = tmp_path / "staff.txt", StringIO()
        file.write_text("\n".join(["e-mail", *[user.email.upper() for user in stay]]), encoding="utf-8-sig")
        call_command("sync_staff", str(file), *options, stdout=said, stderr=said)
        return said.getvalue()

    return run


def closed() -> set[str]:
    return set(User.objects.filter(is_active=False).values_list("email", flat=True))


def test_who_is_absent_is_closed_and_logged_out(sync, people, logged_in):
    browser, other = logged_in(people[9]), logged_in(people[1])
    assert sync(people[:9]).splitlines() == [f"account {people[9].pk}", "closed: 1"]
    assert closed() == {people[9].email}
    assert browser.get("/maalkompasset/mine/").status_code == 302
    assert other.get("/maalkompasset/mine/").status_code == 200
    assert LoginSession.objects.get().user == people[1]
    assert Event.objects.get(what=What.ACCOUNT_CLOSED).about == User.objects.get(pk=people[9].pk).pseudonym
    assert sync(people[:9]).splitlines() == ["closed: 0"]


def test_a_seat_in_a_room_ends_with_the_account(sync, people, logged_in):
    room, leaver = make_room(leader=people[1]), people[9]
    room.participants.create(user=leaver, name="Leaver")
    browser = logged_in(leaver)
    assert streams.may_follow(request_of(browser), room.key)
    sync(people[:9])
    assert not streams.may_follow(request_of(browser), room.key)


def test_what_stays_theirs_is_said_by_number_and_not_by_name(sync, people):
    make_goal(owner=people[9])
    make_room(leader=people[9])
    said = sync(people[:9], "--dry-run")
    assert f"account {people[9].pk} still owns" in said
    assert "would be closed: 1" in said
    assert people[9].name not in said
    assert closed() == set()


def test_more_than_a_fifth_is_refused_unless_forced(sync, people):
    sync(people[:8])
    assert len(closed()) == 2
    User.objects.update(is_active=True)
    with pytest.raises(CommandError, match="3 of 10"):
        sync(people[:7])
    assert closed() == set()
    sync(people[:7], "--force")
    assert len(closed()) == 3


def test_the_last_administrator_stays(sync, people):
    assert "stays open" in sync(people[1:])
    assert closed() == set()


def test_an_account_nobody_has_begun_is_left_alone(sync, people):
    User.objects.create_user("ny@example.dk", name="Ny")
    sync(people)
    assert closed() == set()


@pytest.mark.parametrize("text", ["", "navn\nAda\n"])
def test_a_list_without_addresses_closes_nobody(tmp_path, people, text):
    (tmp_path / "list").write_text(text)
    with pytest.raises(CommandError):
        call_command("sync_staff", str(tmp_path / "list"), "--force")
    assert closed() == set()


def test_the_list_may_come_from_another_program(people, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("\n".join(user.email for user in people[:9])))
    call_command("sync_staff", "-", stdout=StringIO())
    assert closed() == {people[9].email}
