"""Personal invitations: a slip lets one person in, once; and what windows beside one person can do."""

import re
from collections import Counter
from io import BytesIO

import pikepdf
import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from collaboration.models import Collaboration
from reflection.confidentiality import board, safety
from reflection.forms.facilitator import PaperForm, PersonForm
from reflection.forms.joining import JoinForm
from reflection.models import EmergencyAccess, Participant, PersonalInvitation, Reflection
from reflection.privacy.emergency_access import close_ways_in
from tests.collaboration.test_print import check_accessible, tags
from tests.factories import (
    make_collaboration,
    make_collaboration_guide,
    make_goal,
    make_guide,
    make_room,
    make_user,
)
from tests.reflection.people import add, answer, enter, place_of, reveal
from tests.test_sent_twice import at_once


@pytest.fixture(autouse=True)
def guide(db):
    cache.clear()
    return make_guide(steps=1)


@pytest.fixture
def leader(db):
    return make_user("Malik Medarbejder")


@pytest.fixture
def room(leader):
    """Two parties, with a slip for three of one and two of the other."""
    room = make_room(leader=leader, is_by_invitation=True)
    for position, (title, people) in enumerate([("Klubben", 3), ("Frivillige", 2)]):
        room.invite(people, room.parties.create(position=position, title=title))
    return room


def at(room, name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


def slip(room, number=1) -> PersonalInvitation:
    return room.personal_invitations.get(number=number)


def use(room, number=1, **said) -> Client:
    return enter(room, token=slip(room, number).invitation, **said)


def join_address(invitation) -> str:
    return reverse("reflection:join", args=[invitation.invitation])


# --- One slip, one person --------------------------------------------------------------------------


def test_a_slip_brings_one_into_its_party(page, room):
    came = page("/deltag/").form().send({"code": slip(room, 4).code.lower()})
    assert "fra Frivillige" in came.text
    assert "party" not in came.form("#join").names
    welcome = came.form("#join").send({"name": "Bo"}, button="Gå ind")
    assert welcome.url == at(room, "welcome")
    person = room.participants.get(name="Bo")
    assert (person.party.title, slip(room, 4).participant) == ("Frivillige", person)


@pytest.mark.parametrize("way", ["code", "link", "link, sent at once"])
def test_a_slip_is_good_once(page, room, way):
    use(room, name="Alma")
    if way == "code":
        told = page("/deltag/", post={"code": slip(room).code}, status=422)
        assert "Sedlen er brugt" in told.text
    else:
        told = page(
            join_address(slip(room)), post={"name": "Ny"} if "sent" in way else None, status=410
        )  # fmt: skip
        assert "Har du været her før?" in told.text
    assert room.counted_count == 1


def test_of_two_who_use_a_slip_at_the_same_time_the_second_is_told(room):
    one, two = slip(room), slip(room)
    assert (one.use(), two.use()) == (True, False)


def test_whoever_used_it_comes_back_by_the_same_browser_or_the_own_code(page, room):
    browser = use(room, name="Alma")
    person = place_of(browser, room)
    for way in [
        page(join_address(slip(room)), by=browser),
        page("/deltag/", by=browser, post={"code": slip(room).code}),
        page(join_address(slip(room)), post={"code": person.return_code}),
    ]:
        assert way.url == at(room, "welcome")
    assert room.counted_count == 1


def test_a_look_at_the_link_uses_nothing(page, room):
    page(join_address(slip(room)))
    assert not slip(room).is_used


def test_nothing_but_a_slip_lets_anybody_in_to_answer(page, room):
    page(reverse("reflection:join", args=[room.invitation]), status=404)
    page("/deltag/", post={"code": room.code}, status=422)
    came = page(reverse("reflection:join", args=[room.facilitator_invitation]))
    assert "brug en seddel som alle andre" in came.text
    came.form("#join").send({"name": "Sara"}, button="Gå ind")
    assert (room.counted_count, room.participants.filter(is_facilitator=True).count()) == (0, 2)


def test_no_shared_code_can_be_stored(room):
    with (
        pytest.raises(IntegrityError, match="where_one_comes_by_slip_no_code_is_shared"),
        transaction.atomic(),
    ):
        Reflection.objects.filter(pk=room.pk).update(code_hash="x")


def test_an_account_uses_no_slip_when_it_is_in_already(logged_in, room):
    user = make_user("Karen Kollega")
    use(room, 1, by=logged_in(user), name="Karen")
    use(room, 2, by=logged_in(user), name="Karen igen")
    assert (room.counted_count, slip(room, 2).is_used) == (1, False)


def test_codes_are_spelt_as_those_of_rooms_and_the_database_holds_none(room):
    codes = [one.code for one in room.personal_invitations.all()]
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{6}", code) for code in codes)
    assert len(set(codes)) == 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM reflection_personalinvitation i")
        rows = "".join(row for (row,) in cursor.fetchall())
    links = [one.invitation for one in room.personal_invitations.all()]
    assert [secret for secret in [*codes, *links] if secret in rows] == []


@pytest.mark.parametrize("end", ["concluded", "closed by an administrator"])
def test_slips_end_with_the_room(page, room, end):
    if end == "concluded":
        room.reveal()
        room.conclude()
    else:
        close_ways_in(EmergencyAccess.objects.create(reflection=room, action=EmergencyAccess.Action.OPENED))
    page(join_address(slip(room)), status=404)
    page("/deltag/", post={"code": slip(room).code}, status=422)


# --- Slips on paper --------------------------------------------------------------------------------


def test_the_leader_prints_slips_and_sees_which_are_used(page, room, leader):
    use(room, 2)
    seen = page(at(room, "slips"), by=leader)
    codes = [slip(room, number).code for number in [1, 3, 4, 5]]
    assert seen.texts(".kompas-slip .kompas-code") == codes
    assert seen.texts("#seddel-2 .kompas-tag") == ["Brugt"]


def test_the_sheet_is_accessible_and_holds_the_unused_slips(logged_in, room, leader):
    use(room, 2)
    answered = logged_in(leader).get(at(room, "slips_pdf"))
    assert "no-store" in answered["Cache-Control"]
    pdf = pikepdf.open(BytesIO(answered.content))
    check_accessible(pdf, "Sedler til Målkompasset", "da")
    assert (tags(pdf).count("/H2"), tags(pdf).count("/Figure")) == (4, 4)


def test_more_can_be_made_while_people_come(page, room, leader):
    party = room.parties.last()
    page(at(room, "slips"), by=leader).form().send({"party": party.pk, "people": "2"})
    assert list(room.personal_invitations.values_list("number", "party"))[-2:] == [
        (6, party.pk),
        (7, party.pk),
    ]
    refused = page(at(room, "slips"), by=leader).form().send({"party": party.pk, "people": "99"}, status=422)
    assert "højst have 100 sedler" in refused.text


def test_the_lead_page_and_the_poster_say_that_there_is_no_shared_code(page, room, leader):
    for name in ["lead", "poster"]:
        seen = page(at(room, name), by=leader)
        assert "Der er ingen fælles kode" in seen.text
        assert room.code not in seen.html
    assert not page(at(room, "lead"), by=leader).select(f"form[action='{at(room, 'renew_code')}']")


@pytest.mark.parametrize("name", ["slips", "slips_pdf"])
def test_slips_are_for_those_who_lead_a_room_that_has_them(page, room, leader, logged_in, name):
    assert use(room).get(at(room, name)).status_code == 404
    assert logged_in(leader).get(at(make_room(leader=leader), name)).status_code == 404


def test_a_paper_answer_uses_up_a_slip(page, room, leader):
    asked, other_window = (page(at(room, "paper"), by=leader) for _window in range(2))
    assert "Vælg den seddel" in asked.form().send(status=422).text
    asked.form().send({"slip": slip(room, 4).pk})
    person = room.participants.get(is_paper=True)
    assert (person.party.title, slip(room, 4).participant) == ("Frivillige", person)
    page(join_address(slip(room, 4)), status=410)
    assert "Sedlen er brugt" in other_window.form().send({"slip": slip(room, 4).pk}, status=422).text
    assert room.counted_count == 1


# --- A new one for a lost one ----------------------------------------------------------------------


def test_a_lost_slip_is_replaced_and_the_old_one_dies(page, room, leader):
    old = slip(room)
    page(at(room, "new_slip", 1), by=leader).form().send(button="Lav en ny seddel")
    page(join_address(old), status=404)
    page("/deltag/", post={"code": old.code}, status=422)
    use(room, name="Alma")
    assert room.counted_count == 1


def test_whoever_used_the_lost_slip_is_taken_out_before_a_new_one_is_made(page, room, leader):
    """And comes in again only by the new one, so that they never count twice."""
    browser = use(room, name="Alma")
    alma = place_of(browser, room)
    page(at(room, "new_slip", 1), by=leader).form().send(button="Lav en ny seddel")
    assert room.counted_count == 0
    assert browser.get(at(room, "room")).status_code == 403
    assert not alma.let_in_again()
    assert "let_in" not in page(reverse("reflection:person", args=[room.key, alma.key]), by=leader).html
    enter(room, by=browser, token=slip(room).invitation, name="Alma igen")
    assert room.counted_count == 1


def test_an_account_that_was_taken_out_takes_its_place_again_by_the_new_slip(room, leader, logged_in):
    browser = use(room, by=logged_in(make_user("Karen Kollega")), name="Karen")
    assert slip(room).replace()
    enter(room, by=browser, token=slip(room).invitation, name="Karen")
    assert (room.counted_count, room.participants.filter(name="Karen").count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_slip_that_is_replaced_while_it_is_used_lets_in_one_person(room):
    first = slip(room)
    use_it = [lambda: use(room, 1, name="Bo"), lambda: PersonalInvitation.objects.get(pk=first.pk).replace()]
    at_once(use_it, table="reflection_participant")
    assert (room.counted_count, slip(room).is_used) == (0, False)
    assert room.participants.get(name="Bo").is_put_out
    use(room, 1, name="Bo igen")
    assert room.counted_count == 1


def put_out_with_a_slip(room, browser) -> Participant:
    use(room, 1, by=browser, name="Karen")
    person = place_of(browser, room)
    person.put_out()
    return person


def test_who_was_put_out_and_got_another_slip_takes_the_same_place_and_has_used_both(room, logged_in):
    browser = logged_in(make_user("Karen Kollega"))
    person = put_out_with_a_slip(room, browser)
    use(room, 2, by=browser, name="Karen")
    assert place_of(browser, room) == person
    assert (room.counted_count, slip(room, 2).participant) == (1, person)
    assert (slip(room, 1).is_used, slip(room, 1).participant) == (True, None)


def test_a_slip_for_another_party_is_no_way_back(page, room, logged_in):
    browser = logged_in(make_user("Karen Kollega"))
    person = put_out_with_a_slip(room, browser)
    way_in = page(join_address(slip(room, 4)), by=browser).form("#join")
    refused = way_in.send({"name": "Karen"}, button="Gå ind", status=422)
    assert "Sedlen er til en anden part" in refused.text
    assert not slip(room, 4).is_used
    person.refresh_from_db()
    assert person.is_put_out


def test_a_used_slip_is_not_replaced_after_its_answers_were_shown(page, room, leader):
    """What was shown stays and is shown on: by a new slip the same person would count twice."""
    for number in [1, 2, 3]:
        answer(place_of(use(room, number), room), "2")
    room.reveal()
    room.collect_again()
    asked = page(at(room, "new_slip", 1), by=leader)
    assert "Den samme person ville tælle to gange" in asked.text
    page(at(room, "new_slip", 1), by=leader, post={}, status=409)
    assert slip(room).is_used
    assert room.counted_count == 3
    assert slip(room, 4).replace()  # nobody has used it


def test_the_slip_of_somebody_who_leads_is_not_replaced(room):
    place_of(use(room), room).lead()
    assert not slip(room).replace()
    assert slip(room).is_used


# --- Windows beside one real person ----------------------------------------------------------------


@pytest.mark.parametrize("windows", [1, 2, 9])
def test_windows_with_one_slip_are_one_person_beside_the_real_one(page, room, leader, logged_in, windows):
    """Whoever leads may confirm what they like: two of a party are not shown."""
    alma = place_of(use(room, 1, name="Alma"), room)
    answer(alma, "5", "Almas ord")
    alma.record_safety(1)
    alma.finish()
    for window in range(windows):
        Client().post(join_address(slip(room, 2)), {"name": f"Vindue {window}"})
    for puppet in room.participants.counted().exclude(pk=alma.pk):
        answer(puppet, "1", "ord")
        puppet.record_safety(5)
    assert room.counted_count == 2
    reveal(logged_in(leader), room)
    room.refresh_from_db()
    assert room.is_revealed
    assert [(result.values, result.comments) for result in board(room)] == [([], [])]
    assert safety(room) == []


@pytest.mark.parametrize("windows", [2, 5])
def test_windows_with_a_shared_code_are_seen_by_the_one_they_sit_beside(page, leader, windows):
    """The portal cannot tell a window from a person. The person can, and is shown the number first."""
    room = make_room(leader=leader)
    alma = enter(room, name="Alma")
    answer(place_of(alma, room), "5", "Almas ord")
    alma.post(at(room, "finish"))
    puppets = [enter(room, name=f"Vindue {window}") for window in range(windows)]
    seen = page(at(room, "waiting"), by=alma)
    assert f"{windows + 1} er med." in seen.text
    asked = page(at(room, "reveal"), by=leader)
    assert f"Her er {windows + 1}. Er I så mange?" in asked.text
    for browser in [alma, *puppets]:
        assert browser.post(at(room, "reveal"), {"counted": room.people_digest()}).status_code == 404
    enter(room, name="Et vindue til")
    asked.form().send({"go": "now"}, status=422)
    assert Reflection.objects.get(pk=room.pk).is_collecting


@pytest.mark.parametrize("newcomers", [1, 2, 3])
def test_who_comes_after_a_reveal_is_not_shown_until_they_are_three(leader, newcomers):
    """Those who were shown before are known, so newcomers are a group of their own."""
    room = make_room(leader=leader)
    add(room, ("1", "a"), ("2", "b"), ("3", "c"))
    room.reveal()
    before = board(room)
    room.collect_again()
    for number in range(newcomers):
        answer(place_of(enter(room), room), "5", f"ny {number}")
    room.reveal()
    assert (board(room) == before) == (newcomers < 3)


def test_newcomers_of_one_party_are_not_shown_because_others_came_to_another(leader):
    room = make_room(leader=leader)
    us, them = (room.parties.create(position=n, title=str(n)) for n in [0, 1])
    for party in [us, them]:
        add(room, ("1", "a"), ("2", "b"), ("3", "c"), party=party)
    room.reveal()
    room.collect_again()
    add(room, ("5", "alene"), party=us)
    add(room, ("4", "x"), ("4", "y"), ("4", "z"), party=them)
    room.reveal()
    (result,) = board(room)
    assert {values.party: values.total for values in result.values} == {us: 3, them: 6}
    assert "alene" not in [comment.text for comment in result.comments]


# --- Which way in is chosen ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "way_in", "by_slip"),
    [(5, "fitting", True), (6, "fitting", False), (5, "shared", False), (30, "slips", True)],
)
def test_a_goals_room_gets_slips_where_few_come(page, leader, people, way_in, by_slip):
    asked = page(reverse("goals:open_room", args=[make_goal(owner=leader).key]), by=leader)
    told = asked.form().send({"people": people, "way_in": way_in})
    room = Reflection.objects.latest("pk")
    assert (room.is_by_invitation, room.personal_invitations.count()) == (by_slip, people if by_slip else 0)
    assert ("Den tæller telefoner og ikke mennesker" in told.text) == (people < 6 and not by_slip)


def test_how_many_come_is_asked_unless_a_code_is_shared(page, leader):
    asked = page(reverse("goals:open_room", args=[make_goal(owner=leader).key]), by=leader)
    assert "Skriv, hvor mange du regner med" in asked.form().send(status=422).text
    told = asked.form().send({"is_rehearsal": "on"})
    assert "Sådan kommer man ind" in told.text


@pytest.fixture
def collaboration_guide(db):
    return make_collaboration_guide()


ALL_COME = {"answers_for": "", "absent": ""}
STAFF_ALONE = [("Skole", "department"), ("Fritid", "department")]
MIXED = [("Beboerne", "citizens"), ("Kommunen", "department")]


@pytest.mark.parametrize(
    ("partners", "people", "by_slip"),
    [
        (STAFF_ALONE, (6, 6), False),
        (STAFF_ALONE, (6, 12), False),
        (STAFF_ALONE, (6, 13), True),
        (STAFF_ALONE, (5, 8), True),
        (MIXED, (20, 20), True),
        (MIXED, (80, 80), False),
    ],
)
def test_a_round_gets_slips_where_parties_are_small_or_unequal(
    page, leader, collaboration_guide, partners, people, by_slip
):
    collaboration = make_collaboration(owner=leader, partners=partners)
    asked = page(reverse("collaboration:open_round", args=[collaboration.key]), by=leader)
    asked.form().send({**ALL_COME, "people_1": people[0], "people_2": people[1]})
    room = Collaboration.objects.get(pk=collaboration.pk).running_round().reflection
    assert room.is_by_invitation == by_slip
    assert room.personal_invitations.count() == (sum(people) if by_slip else 0)


def test_whoever_opens_a_round_and_answers_needs_no_slip(page, leader, collaboration_guide):
    collaboration = make_collaboration(owner=leader, partners=STAFF_ALONE)
    first = collaboration.partners.first()
    asked = page(reverse("collaboration:open_round", args=[collaboration.key]), by=leader)
    asked.form().send({**ALL_COME, "people_1": 3, "people_2": 4, "answers_for": first.pk})
    room = collaboration.running_round().reflection
    assert room.counted_count + room.personal_invitations.count() == 7


def test_a_party_that_cannot_come_gets_no_slips(page, leader, collaboration_guide):
    collaboration = make_collaboration(owner=leader, partners=STAFF_ALONE)
    asked = page(reverse("collaboration:open_round", args=[collaboration.key]), by=leader)
    asked.form().send({**ALL_COME, "people_1": 3, "absent": collaboration.partners.last().pk})
    room = collaboration.running_round().reflection
    assert set(room.personal_invitations.values_list("party__title", flat=True)) == {"Skole"}


def test_a_rehearsal_can_be_rehearsed_with_slips(page, leader):
    asked = page(reverse("goals:open_room", args=[make_goal(owner=leader).key]), by=leader)
    asked.form().send({"people": 2, "is_rehearsal": "on"})
    room = Reflection.objects.latest("pk")
    use(room, name="Alma")
    assert (room.is_rehearsal, room.counted_count) == (True, 7)
    assert Participant.objects.get(name="Alma").personal_invitation.number == 1


# --- Any number of slips, used, lost and replaced in any order -------------------------------------


class SlipRoom:
    """What may be done through the pages of a room that one comes into by slip, in any order."""

    def __init__(self, room):
        self.room = room
        self.accounts = [make_user(f"Ansat {number}") for number in range(2)]

    def again(self) -> Reflection:
        return Reflection.objects.get(pk=self.room.pk)

    def slip_at(self, number) -> PersonalInvitation:
        slips = list(self.room.personal_invitations.all())
        return slips[number % len(slips)]

    def use(self, number, account):
        """By somebody without an account, or with one that may be in already."""
        user = self.accounts[account] if account in range(2) else None
        slip = self.slip_at(number)
        place = self.room.participants.let_in().filter(user=user).first() if user else None
        form = JoinForm({"name": ""}, room=self.again(), slip=slip)
        if place is None and form.is_valid() and (person := form.save(user, is_facilitator=False)):
            answer(person, "3")

    def paper(self, number, _account):
        form = PaperForm({"slip": self.slip_at(number).pk}, room=self.again())
        if self.again().is_collecting and form.is_valid():
            assert form.save()
            answer(self.slip_at(number).participant, "2")

    def replace(self, number, _account):
        self.slip_at(number).replace()

    def put_out(self, number, _account):
        self.act(number, "put_out")

    def let_in(self, number, _account):
        self.act(number, "let_in")

    def act(self, number, act):
        people = list(self.room.participants.real().order_by("pk"))
        form = PersonForm({"act": act}, person=people[number % len(people)])
        if form.is_valid():
            form.save()

    def more(self, _number, _account):
        if self.room.personal_invitations.count() < 7:
            self.again().locked().invite(1, self.room.parties.first())

    def show(self, _number, _account):
        self.again().reveal()

    def back(self, _number, _account):
        self.again().collect_again()

    def check(self):
        """Who counts, or has ever been shown, has had a slip of their own, and nobody else's."""
        shown = {int(pk) for snapshot in self.room.snapshots.all() for pk in snapshot.members}
        counted = set(self.room.participants.counted().values_list("pk", flat=True))
        held = self.room.personal_invitations.exclude(participant=None).values_list("participant", flat=True)
        assert counted <= set(held)
        assert len(shown | counted) <= self.room.personal_invitations.filter(is_used=True).count()


ACTS = [*["use"] * 3, "paper", *["replace"] * 2, *["put_out"] * 2, "let_in", "more", "show", "back"]
acts = st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.integers(0, 4))


@pytest.mark.long
def test_no_order_of_slips_used_lost_and_replaced_counts_anybody_twice(room):
    seen = Counter()

    @given(st.booleans(), st.lists(acts, min_size=8, max_size=25))
    @settings(
        max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def attack(is_shown_first, chosen):
        with transaction.atomic():
            people = SlipRoom(room)
            for number in range(3):  # as many as may be shown
                people.use(number, None)
            if is_shown_first:
                people.show(0, None)
                people.back(0, None)
            for act, number, account in chosen:
                getattr(people, act)(number, account)
                people.check()
            seen.update(shown=room.snapshots.exists(), out=room.participants.filter(is_put_out=True).exists())
            transaction.set_rollback(True)

    attack()
    assert min(seen["shown"], seen["out"]) > 5, seen
