"""Nødadgang: who may, what it takes, what it can do – and that it never shows what somebody answered."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.roles import ADMINISTRATOR, EDITOR, METHOD_OWNER
from reflection.models import Answer, EmergencyAccess, Participant, Reflection
from reflection.privacy.emergency_access import REMOVED
from tests.factories import make_collaboration, make_goal, make_room, make_round, make_user
from tests.reflection.people import add, enter

SECRET = "Chefen hører ikke efter"
REASON = "Deltageren har ringet og bedt om at få sine svar slettet."
ACTIONS = ["close", "answers", "lead", "delete_room"]


def url(name: str, *args) -> str:
    return reverse(f"admin:reflection_emergencyaccess_{name}", args=args)


@pytest.fixture
def room(staff):
    """Malik's: Alma, Bo and two more have answered with words that nobody else may see."""
    opened = make_room(title=SECRET, leader=staff)
    for number, name in enumerate(["Alma", "Bo", "Ea", "Ib"], start=1):
        add(opened, (str(number), f"{SECRET} {number}"), name=name)
    return opened


@pytest.fixture
def admin(logged_in, administrator):
    return logged_in(administrator)


def open_it(browser, opened, **said):
    fields = {"room": f"https://kompas.example.dk/rum/{opened.key}/", "reason": REASON, "confirmed": "on"}
    return browser.post(url("open"), {**fields, **said})


@pytest.fixture
def opened(admin, room) -> EmergencyAccess:
    assert open_it(admin, room).status_code == 302
    return EmergencyAccess.objects.get()


# --- Who -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [(EDITOR, 403), (METHOD_OWNER, 403), (ADMINISTRATOR, 200), (None, 403)]
)
def test_only_an_administrator_may(room, logged_in, role, status):
    browser = logged_in(make_user(role=role))
    assert browser.get(url("open"), follow=True).status_code == status
    assert browser.get(url("changelist"), follow=True).status_code == status
    assert (open_it(browser, room).status_code == 302) == (status == 200 or role is None)
    assert EmergencyAccess.objects.exists() == (status == 200)


@pytest.mark.parametrize("role", [EDITOR, METHOD_OWNER, ADMINISTRATOR])
def test_one_opening_lets_nobody_else_in(room, opened, logged_in, role):
    """Also another administrator needs a reason of their own."""
    browser = logged_in(make_user(role=role))
    refused = 404 if role == ADMINISTRATOR else 403
    assert browser.get(url("room", opened.pk)).status_code == refused
    for action in ACTIONS:
        said = {"who": "Alma", "confirmed": "on"}
        assert browser.post(url(action, opened.pk), said).status_code == refused
    assert EmergencyAccess.objects.count() == 1
    assert room.participants.filter(name="Alma", answers__isnull=False).exists()


def test_whoever_has_no_place_in_the_admin_is_led_to_the_login(client, room):
    assert client.get(url("open")).status_code == 302
    assert open_it(client, room).status_code == 302
    assert not EmergencyAccess.objects.exists()


def test_the_permission_is_its_own_and_the_administrators_alone(db):
    holders = Permission.objects.get(codename="use_emergency_access").group_set.values_list("name", flat=True)
    assert list(holders) == [ADMINISTRATOR]
    assert list(Permission.objects.filter(content_type__model="emergencyaccess").values_list("codename")) == [
        ("use_emergency_access",)
    ]


# --- What it takes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"reason": "Haster"}, "Skriv grunden i en hel sætning, på mindst 20 tegn."),
        ({"reason": " " * 40}, "Skriv, hvorfor rummets administration skal åbnes."),
        ({"confirmed": ""}, "Sæt kryds, hvis du vil åbne rummets administration."),
        ({"room": "/rum/findes-ikke/"}, "Adressen fører ikke til et rum."),
        ({"room": "00000000-0000-4000-8000-000000000000"}, "Adressen fører ikke til et rum."),
    ],
)
def test_without_a_reason_a_yes_and_a_room_nothing_opens_and_nothing_typed_is_lost(admin, room, said, error):
    answer = open_it(admin, room, **said)
    assert answer.status_code == 422
    assert error in answer.content.decode()
    if "reason" not in said:
        assert REASON in answer.content.decode()
    assert not EmergencyAccess.objects.exists()


def test_what_somebody_does_alone_is_no_room(admin, staff, room):
    alone = Reflection.start_solo(room.version, staff)
    assert open_it(admin, alone).status_code == 422


def test_after_an_hour_one_needs_a_new_reason(admin, opened):
    assert admin.get(url("room", opened.pk)).status_code == 200
    EmergencyAccess.objects.update(at=timezone.now() - EmergencyAccess.LASTS)
    assert admin.get(url("room", opened.pk)).status_code == 404
    assert admin.post(url("close", opened.pk)).status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_looking_changes_nothing(admin, opened, action):
    assert admin.get(url(action, opened.pk)).status_code == 405


# --- What it shows -------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["collecting", "revealed", "concluded"])
def test_no_page_of_it_shows_or_depends_on_what_was_answered(admin, room, opened, phase):
    if phase != "collecting":
        room.reveal()
    if phase == "concluded":
        room.conclude()
    pages = [url("room", opened.pk), url("changelist"), url("open"), url("change", opened.pk)]
    before = [shown(admin, page) for page in pages]
    assert "<td>5</td>" in before[0]  # how many there are
    for page in before:
        for hidden in [SECRET, "Alma", room.code, room.invitation, room.facilitator_invitation]:
            assert hidden not in page
    Answer.objects.filter(value__isnull=False).update(value=5)
    Answer.objects.exclude(text="").update(text="Noget helt andet")
    assert [shown(admin, page) for page in pages] == before


def shown(browser, page) -> str:
    answer = browser.get(page)
    assert answer.status_code == 200
    return re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>', "", answer.content.decode())


def test_refused_forms_show_no_answer_either(admin, opened, room):
    for action, said in {"answers": {"who": "Ingen"}, "lead": {"who": "Alma"}, "delete_room": {}}.items():
        answer = admin.post(url(action, opened.pk), said)
        assert answer.status_code == 422
        assert SECRET not in answer.content.decode()
    assert EmergencyAccess.objects.count() == 1
    assert Reflection.objects.filter(pk=room.pk).exists()


# --- What it can do ------------------------------------------------------------------------------


def test_codes_and_links_are_closed(admin, opened, room, client):
    assert client.get(reverse("reflection:join", args=[room.invitation])).status_code == 200
    admin.post(url("close", opened.pk))
    assert client.get(reverse("reflection:join", args=[room.invitation])).status_code == 404
    assert Reflection.objects.by_code(room.code).first() is None


@pytest.mark.parametrize("by", ["name", "code"])
def test_one_persons_answers_are_deleted_by_name_or_by_their_code(admin, opened, room, by):
    alma = room.participants.get(name="Alma")
    alma.safety = 2
    alma.save()
    admin.post(url("answers", opened.pk), {"who": " alma " if by == "name" else alma.return_code.lower()})
    alma.refresh_from_db()
    assert (alma.answers.count(), alma.is_done, alma.safety) == (0, False, None)
    assert room.participants.filter(answers__isnull=False).distinct().count() == 3


def test_two_of_the_same_name_are_told_apart_by_code_alone(admin, opened, room):
    add(room, ("3", "Den anden"), name="Alma")
    refused = admin.post(url("answers", opened.pk), {"who": "Alma"})
    assert "Flere hedder det. Bed om deltagerens egen kode." in refused.content.decode()
    assert Answer.objects.filter(participant__name="Alma").values("participant").distinct().count() == 2


@pytest.mark.parametrize("mode", ["confidential", "open"])
def test_words_that_were_shown_go_and_numbers_stay_as_they_were_shown(page, admin, staff, room, opened, mode):
    Reflection.objects.filter(pk=room.pk).update(mode=mode)
    room.refresh_from_db()
    room.reveal()
    board = reverse("reflection:board", args=[room.key])
    assert f"{SECRET} 1" in page(board, by=staff).text
    counts = list(room.snapshots.order_by("pk").values_list("counts", flat=True))
    admin.post(url("answers", opened.pk), {"who": "Alma"})
    seen = page(board, by=staff).text
    assert f"{SECRET} 1" not in seen
    assert f"{SECRET} 2" in seen
    assert "slettet, fordi den, der skrev det, bad om det" in seen
    assert list(room.snapshots.order_by("pk").values_list("counts", flat=True)) == counts
    kept = str(list(room.snapshots.values_list("comments", "names")))
    assert f"{SECRET} 1" not in kept
    assert "Alma" not in kept
    assert (REMOVED in kept) == (mode == "open")


def leave(user, *, days_ago=2):
    """The account is closed; so long ago that a room of theirs may get another to lead it."""
    user.is_active = False
    user.save()
    user.closed_at = timezone.now() - timedelta(days=days_ago)
    user.save()


def join_with_account(room, name, **fields) -> Participant:
    """A colleague's place; the account is older than anything that happens in the room."""
    fields = {"date_joined": timezone.now() - timedelta(days=30), **fields}
    user = make_user(f"{name} Kollega", email=f"{name.lower()}@example.dk", **fields)
    return room.participants.create(user=user, name=name)


def test_somebody_in_the_room_leads_when_the_owner_has_left(admin, opened, room, staff):
    nete = join_with_account(room, "Nete")
    refused = admin.post(url("lead", opened.pk), {"who": "Nete"})
    assert "har stadig en konto" in refused.content.decode()
    leave(staff)
    assert admin.post(url("lead", opened.pk), {"who": "Nete"}).status_code == 302
    nete.refresh_from_db()
    assert nete.is_facilitator


def test_nobody_gives_the_role_to_themselves_or_to_somebody_outside(
    admin, administrator, opened, room, staff
):
    leave(staff)
    room.participants.create(user=administrator, name="Ada", is_respondent=False)
    own = admin.post(url("lead", opened.pk), {"who": "Ada"})
    assert "Du kan ikke give rollen til dig selv." in own.content.decode()
    outside = admin.post(url("lead", opened.pk), {"who": administrator.email})
    assert outside.status_code == 422
    assert list(room.participants.filter(is_facilitator=True).values_list("user", flat=True)) == [staff.pk]


def test_closing_the_owners_account_for_a_moment_makes_nobody_leader(admin, administrator, room, staff):
    """An administrator closes it, comes into the room by a window and by an account of their own making,
    opens the room's administration, gives themselves the lead, and opens the account again."""
    window = enter(room, name="Vindue")
    join_with_account(room, "Nete")
    staff.is_active = False
    staff.save()
    join_with_account(room, "Ny", date_joined=timezone.now())
    open_it(admin, room)
    opened = EmergencyAccess.objects.get()
    for who in ["Vindue", "Nete", "Ny"]:
        assert admin.post(url("lead", opened.pk), {"who": who}).status_code == 422
    leave(staff)
    for who in ["Vindue", "Ny"]:
        assert admin.post(url("lead", opened.pk), {"who": who}).status_code == 422
    staff.is_active = True
    staff.save()
    staff.is_active = False
    staff.save()
    refused = admin.post(url("lead", opened.pk), {"who": "Nete"})
    assert "mindre end et døgn" in refused.content.decode()
    assert list(room.participants.filter(is_facilitator=True).values_list("user", flat=True)) == [staff.pk]
    assert window.get(reverse("reflection:lead", args=[room.key])).status_code == 404


def test_a_room_that_somebody_still_leads_gets_nobody_else_in_an_emergency(admin, opened, room, staff):
    enter(room, token=room.facilitator_invitation, name="Sara")
    join_with_account(room, "Nete")
    leave(staff)
    refused = admin.post(url("lead", opened.pk), {"who": "Nete"})
    assert "har stadig en, der leder" in refused.content.decode()


def test_who_was_put_out_or_whose_account_is_closed_is_not_given_the_lead(admin, opened, room, staff):
    nete, tor = join_with_account(room, "Nete"), join_with_account(room, "Tor")
    nete.put_out()
    leave(tor.user)
    leave(staff)
    for who in ["Nete", "Tor"]:
        assert admin.post(url("lead", opened.pk), {"who": who}).status_code == 422
    assert room.participants.leading().count() == 0


def test_the_room_is_deleted_whole_and_that_it_was_stays_on_the_list(admin, opened, room):
    assert admin.post(url("delete_room", opened.pk), {}).status_code == 422
    admin.post(url("delete_room", opened.pk), {"confirmed": "on"})
    assert not Reflection.objects.filter(pk=room.pk).exists()
    assert not Participant.objects.exists()
    assert [(one.action, one.reflection, one.reason) for one in EmergencyAccess.objects.all()] == [
        ("deleted_room", None, REASON), ("opened", None, REASON),
    ]  # fmt: skip
    assert admin.get(url("room", opened.pk)).status_code == 404


def test_a_room_of_a_collaboration_and_of_a_goal_can_be_deleted_too(admin, db):
    goal = make_goal()
    make_room(guide="maalkompasset")
    review = goal.open_room(goal.owner, mode="confidential")
    one = make_round(make_collaboration(), sides=[[(2, 4, 4)] * 3] * 2)
    one.reflection.reveal()
    for doomed in [review.reflection, one.reflection]:
        open_it(admin, doomed)
        latest = EmergencyAccess.objects.filter(action="opened").first()
        admin.post(url("delete_room", latest.pk), {"confirmed": "on"})
        assert not Reflection.objects.filter(pk=doomed.pk).exists()


# --- Who gets to know ----------------------------------------------------------------------------


def test_everybody_in_the_room_reads_who_opened_it_when_and_why(page, staff, room, opened):
    browser = enter(room, name="Nete")
    said = f"åbnede rummets administration den {day()} og kan ikke se, hvad der er svaret. Grunden: {REASON}"
    for who, name in [(browser, "welcome"), (browser, "waiting"), (browser, "answers"), (staff, "lead")]:
        assert said in page(reverse(f"reflection:{name}", args=[room.key]), by=who).text
    room.refresh_from_db()
    room.reveal()
    for name in ["board", "minutes"]:
        assert said in page(reverse(f"reflection:{name}", args=[room.key]), by=browser).text


def day() -> str:
    return date_format(timezone.localdate())


def test_a_board_that_is_already_open_learns_of_it(page, admin, staff, room):
    room.reveal()
    board = reverse("reflection:board", args=[room.key])
    assert "åbnede rummets administration" not in page(board, by=staff).text
    open_it(admin, room)
    assert "åbnede rummets administration" in page(board, by=staff).text


@pytest.mark.parametrize(
    ("action", "said", "told"),
    [
        ("close", {}, "lukkede rummets kode og links"),
        ("answers", {"who": "Alma"}, "slettede en deltagers svar efter deltagerens ønske"),
        ("lead", {"who": "Ib"}, "lod en deltager lede rummet"),
    ],
)
def test_every_act_is_written_down_and_told_without_saying_whose(
    page, admin, administrator, staff, room, opened, action, said, told
):
    room.participants.filter(name="Ib").delete()
    join_with_account(room, "Ib")
    leave(staff)
    browser = enter(room, name="Nete")
    assert admin.post(url(action, opened.pk), said).status_code == 302
    latest = EmergencyAccess.objects.first()
    assert (latest.user, latest.reflection, latest.reason) == (administrator, room, REASON)
    assert EmergencyAccess.objects.count() == 2
    seen = page(reverse("reflection:waiting", args=[room.key]), by=browser)
    notices = " ".join(seen.texts(".kompas-notice--warning"))
    assert told in notices
    assert "Alma" not in notices
    room.refresh_from_db()
    assert [action for _name, action, _day, _reason in room.emergency_actions] == ["opened", latest.action]


def test_the_list_is_there_to_read_and_cannot_be_changed(admin, opened):
    listed = admin.get(url("changelist")).content.decode()
    assert REASON in listed
    assert "åbnede rummets administration" in listed
    assert admin.get(url("change", opened.pk)).status_code == 200
    assert admin.post(url("change", opened.pk), {"reason": "En anden"}).status_code == 403
    assert admin.post(url("delete", opened.pk), {"post": "yes"}).status_code == 403
    assert admin.get(url("add")).status_code == 403
    opened.refresh_from_db()
    assert opened.reason == REASON


@pytest.mark.parametrize("uses", [1, 3])
def test_the_list_costs_the_same_for_one_use_and_for_many(
    admin, opened, room, uses, django_assert_max_num_queries
):
    for _ in range(uses - 1):
        open_it(admin, room)
    with django_assert_max_num_queries(11):  # three are for the frame: who we are, and what is announced
        admin.get(url("changelist"))
