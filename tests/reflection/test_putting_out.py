"""Who leads gives the lead, takes it back and puts people out: openly, and nothing can be subtracted."""

from contextlib import closing

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collaboration.models import Consent
from reflection.confidentiality import board
from reflection.forms.facilitator import PersonForm
from reflection.live.notifications import CHANGED
from reflection.models import Reflection
from reflection.privacy.own_data import DeletionForm
from tests.factories import make_agreement, make_collaboration, make_room, make_round, make_user
from tests.reflection.asgi import Subscribers
from tests.reflection.people import add, enter, place_of


@pytest.fixture
def leader(db):
    return make_user("Malik Medarbejder")


@pytest.fixture
def room(leader):
    return make_room(leader=leader)


@pytest.fixture
def leads(logged_in, leader):
    return logged_in(leader)


def at(room, name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


def do(browser, room, person, act):
    return browser.post(at(room, "person", person.key), {"act": act})


def again(room) -> Reflection:
    return Reflection.objects.get(pk=room.pk)


def show(room):
    """A reveal, as a later request makes it; what the board then says to the first statement."""
    again(room).reveal()
    counts = [values.counts for values in board(again(room))[0].values]
    again(room).collect_again()
    return counts


# --- Put out ---------------------------------------------------------------------------------------


def test_place_link_and_code_of_who_was_put_out_open_nothing(page, room, leads):
    browser = enter(room, name="Trine")
    place = place_of(browser, room)
    assert do(leads, room, place, "put_out").status_code == 302
    for name in ["room", "welcome", "answers", "waiting"]:
        told = page(at(room, name), by=browser, status=403)
        assert "Du er sat ud af rummet" in told.text
    told = page("/deltag/igen/", by=Client(), post={"code": place.return_code}, status=422)
    assert "Du er sat ud af rummet" in told.text
    assert page("/deltag/", by=Client(), post={"code": place.return_code}, status=422)
    own = reverse("reflection:own_link", args=[place.link])
    assert "Du er sat ud af rummet" in page(own, by=Client(), status=403).text
    newcomer = Client()
    assert newcomer.post(own).status_code == 403
    assert newcomer.session.get("places") is None


def test_the_way_in_leads_who_was_put_out_to_what_happened_and_makes_nobody_new(page, room, leads):
    browser = enter(room, name="Trine")
    do(leads, room, place_of(browser, room), "put_out")
    people = room.participants.count()
    join = reverse("reflection:join", args=[room.invitation])
    assert "Du er sat ud af rummet" in page(join, by=browser, status=403).text
    browser.post(join, {"name": "Trine"})
    assert room.participants.count() == people


def test_an_account_that_was_put_out_is_not_let_in_again_by_the_link(page, room, leads, logged_in):
    karen = make_user("Karen Kollega")
    browser = enter(room, by=logged_in(karen), name="Karen")
    place = room.participants.get(user=karen)
    make_agreement(room)
    assert room.title in page("/mine-rum/", by=browser).text
    do(leads, room, place, "put_out")
    join = reverse("reflection:join", args=[room.invitation])
    assert "Du er sat ud af rummet" in page(join, by=logged_in(karen), status=403).text
    assert room.title not in page("/mine-rum/", by=browser).text
    assert "Vi ringer om fredagen." not in page("/aftaler/", by=browser).text


def test_what_somebody_types_who_does_not_know_it_yet_is_shown_to_them(page, room, leads):
    browser = enter(room, name="Trine")
    do(leads, room, place_of(browser, room), "put_out")
    told = page(at(room, "step", 1), by=browser, post={"prompt-1": "Mine ord"}, status=403)
    assert told.texts(".kompas-typed") == ["Mine ord"]
    line = browser.post(at(room, "step", 1), {"prompt-1": "Mine ord"}, headers={"HX-Request": "true"})
    assert (line.status_code, "Du er sat ud af rummet" in line.content.decode()) == (403, True)
    assert place_of(browser, room).answers.count() == 0


def test_the_phone_hears_of_it_at_once_and_follows_no_more(room, leads, no_delay):
    trine, bo = enter(room, name="Trine"), enter(room, name="Bo")
    with closing(Subscribers(room, trine=trine, bo=bo)) as subscribers:
        subscribers.hear()
        do(leads, room, place_of(trine, room), "put_out")
        _announced, heard = subscribers.hear()
        assert heard["bo"] == CHANGED
        assert heard["trine"].startswith(CHANGED)
        again(room).start_timer(60)
        _announced, heard = subscribers.hear()
        assert (heard["bo"], heard["trine"]) == (CHANGED, b"")


def test_a_page_that_is_fetched_meanwhile_leads_to_what_happened(room, leads):
    browser = enter(room, name="Trine")
    do(leads, room, place_of(browser, room), "put_out")
    fetched = browser.get(at(room, "waiting"), headers={"HX-Request": "true", "HX-Target": "state"})
    assert (fetched.status_code, fetched["Location"]) == (302, at(room, "room"))


def test_everybody_learns_that_somebody_was_put_out_and_not_who(page, room, leads):
    trine, bo = enter(room, name="Trine"), enter(room, name="Bo")
    do(leads, room, place_of(trine, room), "put_out")
    told = page(at(room, "waiting"), by=bo)
    assert "En deltager blev sat ud af rummet" in told.text
    assert "Trine" not in told.text
    assert "1 er sat ud" in page(at(room, "lead"), by=leads).texts(".kompas-participants > li")


def test_it_is_told_once_however_often_the_button_is_pressed(room, leads):
    place = place_of(enter(room, name="Trine"), room)
    for _press in range(2):
        do(leads, room, place, "put_out")
    assert [act for act, _name, _day in again(room).told] == ["put_out"]


def test_a_mistake_can_be_mended(page, room, leads):
    browser = enter(room, name="Trine")
    do(leads, room, place_of(browser, room), "put_out")
    do(leads, room, place_of(browser, room), "let_in")
    page(at(room, "answers"), by=browser)
    assert "kan komme ind igen" in page(at(room, "waiting"), by=browser).text


def test_who_owns_or_leads_the_room_is_not_put_out(room, leads, leader):
    owner = room.participants.get(user=leader)
    second = place_of(enter(room, token=room.facilitator_invitation, name="Sara"), room)
    for person in [owner, second]:
        assert do(leads, room, person, "put_out").status_code == 422
        assert not person.put_out()
    assert not room.participants.filter(is_put_out=True).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        room.participants.filter(pk=second.pk).update(is_put_out=True)


def test_whoever_does_not_lead_puts_nobody_out(room):
    browser, other = enter(room), enter(room, name="Bo")
    place = place_of(other, room)
    assert browser.get(at(room, "people")).status_code == 404
    assert do(browser, room, place, "put_out").status_code == 404
    assert do(other, room, place, "lead").status_code == 404
    assert place_of(other, room).is_put_out is False


def test_people_of_the_same_name_are_told_apart_by_what_they_see_themselves(page, room, leads):
    browsers = [enter(room, name="Anna"), *[enter(room) for _person in range(3)]]
    marks = [place_of(browser, room).mark for browser in browsers]
    listed = page(at(room, "people"), by=leads)
    assert len(set(marks)) == 4
    for browser, mark in zip(browsers, marks, strict=True):
        assert mark in page(at(room, "answers"), by=browser).text
        assert sum(mark in line for line in listed.texts("main li")) == 1


def test_no_address_tells_in_which_order_people_came(page, room, leads):
    for name in ["Anna", "Bo", "Ea"]:
        enter(room, name=name)
    addresses = [link.get("href") for link in page(at(room, "people"), by=leads).select("main li a")]
    numbers = {str(pk) for pk in room.participants.values_list("pk", flat=True)}
    assert len(addresses) == 4
    assert not any(numbers & set(address.strip("/").split("/")) for address in addresses)


@pytest.mark.parametrize("people", [1, 30])
def test_the_list_of_people_costs_the_same_for_one_and_for_many(room, leads, people):
    add(room, *["3"] * people)
    leads.get(at(room, "people"))
    with CaptureQueriesContext(connection) as queries:
        leads.get(at(room, "people"))
    assert len(queries) <= 7


# --- What is shown of them -------------------------------------------------------------------------


def test_answers_of_who_was_put_out_do_not_count_in_the_first_reveal(room):
    *_others, last = add(room, "1", "1", "1", "5")
    last.put_out()
    assert (room.counted_count, room.done_count) == (3, 3)
    assert show(room) == [[3, 0, 0, 0, 0]]


def test_two_who_are_left_are_too_few_to_be_shown(room):
    *_others, last = add(room, "1", "1", "5")
    last.put_out()
    assert show(room) == []


def test_nobody_is_put_out_together_with_two_windows_to_be_subtracted(room):
    """Three would be gone between two reveals, and who leads knows what two of them said."""
    alma, *_others = add(room, "5", "1", "1", "1")
    windows = add(room, "3", "3")
    assert show(room) == [[3, 0, 2, 0, 1]]
    for person in [alma, *windows]:
        person.put_out()
    assert show(room) == [[3, 0, 2, 0, 1]]
    add(room, "2", "2", "2")
    assert show(room) == [[3, 3, 2, 0, 1]]


def test_whether_somebody_was_put_out_changes_no_later_number(room):
    """Whatever who leads calculates from two boards, they could calculate without putting anybody out."""
    alma, bo, *_others = add(room, "5", "4", "1", "1")
    first = show(room)
    with transaction.atomic():
        add(room, "2", "2", "3")
        kept = show(room)
        transaction.set_rollback(True)
    alma.put_out()
    bo.put_out()
    bo.let_in_again()
    assert show(room) == first
    add(room, "2", "2", "3")
    assert show(room) == kept


def test_in_an_open_room_the_next_board_is_without_them(leader):
    room = make_room(leader=leader, mode=Reflection.Mode.OPEN)
    *_others, last = add(room, "1", "1", "1", "5", name="Alma")
    assert show(room) == [[3, 0, 0, 0, 1]]
    last.put_out()
    assert show(room) == [[3, 0, 0, 0, 0]]


def test_who_was_put_out_unseen_need_not_agree_that_the_result_is_shared(leader):
    one = make_round(make_collaboration(owner=leader), sides=[[(2, 4, 4)] * 4] * 2)
    *others, last = one.reflection.participants.counted()
    last.put_out()
    one.reflection.reveal()
    for place in others:
        Consent.objects.create(participant=place, may_share=True)
    assert one.has_yes("may_share")
    seen = others[0]
    again(one.reflection).collect_again()
    seen.put_out()
    Consent.objects.filter(participant=seen).delete()
    assert not one.has_yes("may_share")


# --- The lead --------------------------------------------------------------------------------------


def test_the_lead_is_given_and_taken_back_and_everybody_learns_of_it(page, room, leads):
    browser, bo = enter(room, name="Sara"), enter(room, name="Bo")
    sara = place_of(browser, room)
    do(leads, room, sara, "lead")
    page(at(room, "lead"), by=browser)
    assert "Sara leder også rummet" in page(at(room, "waiting"), by=bo).text
    do(leads, room, sara, "stop_leading")
    page(at(room, "lead"), by=browser, status=404)
    page(at(room, "answers"), by=browser)
    assert "Sara leder ikke rummet mere" in page(at(room, "waiting"), by=bo).text


def test_the_link_that_gave_the_lead_does_not_give_it_again(page, room, leads):
    link, code = room.facilitator_invitation, room.code
    browser = enter(room, token=link, name="Sara")
    do(leads, room, place_of(browser, room), "stop_leading")
    assert browser.get(reverse("reflection:join", args=[link])).status_code == 404
    assert Client().get(reverse("reflection:join", args=[link])).status_code == 404
    now = again(room)
    assert now.code == code
    assert now.facilitator_invitation != link
    assert Reflection.objects.by_link(now.facilitator_invitation)
    assert now.facilitator_invitation in page(at(room, "lead"), by=leads).html


def test_who_is_put_out_while_another_gives_them_the_lead_does_not_lead(room):
    browser = enter(room, name="Bo")
    bo = place_of(browser, room)
    form = PersonForm({"act": "lead"}, person=bo)
    assert form.is_valid()
    place_of(browser, room).put_out()
    assert not form.save()
    assert form.errors["act"] == ["Det kan ikke lade sig gøre mere. Se, hvad der står nu."]


def test_the_link_of_one_whose_account_was_closed_gives_no_lead(room, logged_in):
    karen = make_user("Karen Kollega")
    link = room.facilitator_invitation
    enter(room, by=logged_in(karen), token=link, name="Karen")
    karen.is_active = False
    karen.save()
    assert Client().post(reverse("reflection:join", args=[link]), {"name": "Karen"}).status_code == 404
    assert Reflection.objects.by_link(again(room).facilitator_invitation)
    assert again(room).code == room.code


def test_the_link_of_one_who_deleted_their_account_gives_no_lead(room, logged_in):
    karen = make_user("Karen Kollega")
    link = room.facilitator_invitation
    enter(room, by=logged_in(karen), token=link, name="Karen")
    form = DeletionForm({"is_sure": "on"}, user=karen)
    assert form.is_valid()
    form.save()
    assert Client().get(reverse("reflection:join", args=[link])).status_code == 404


def test_the_owner_and_the_last_one_who_leads_keep_the_lead(room, leads, leader):
    owner = room.participants.get(user=leader)
    sara = place_of(enter(room, token=room.facilitator_invitation, name="Sara"), room)
    assert do(leads, room, owner, "stop_leading").status_code == 422
    assert not owner.stop_leading()
    leader.is_active = False
    leader.save()
    assert not sara.stop_leading()
    assert set(room.participants.filter(is_facilitator=True)) == {owner, sara}
