"""«Prøv selv»: begun without an account, found by nobody in the house, and gone by itself."""

import re
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import rate_limits
from accounts.models import WrongTries
from accounts.rate_limits import OPEN_ROOMS
from privacy.models import Event, Kept
from reflection.confidentiality import board
from reflection.models import Agreement, EmergencyAccess, Participant, Reflection
from reflection.reminders import send_all
from tests import routes
from tests.factories import decide, make_guide, make_open_room, make_user
from tests.reflection.people import add, answer, enter, place_of, reveal, seat

pytestmark = pytest.mark.django_db
SLUG = "hverdagskompasset"
LINK = re.compile(r"/deltag/min-plads/[\w-]+/")


@pytest.fixture
def guide(db):
    return make_guide(SLUG, title="Hverdagskompasset")


def at(name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=arguments)


def begin(page, browser, slug=SLUG, **said):
    """The page with the link, as the browser that has begun sees it."""
    form = page(at("begin_open_room", slug), by=browser).form("main form")
    return form.send({"title": "Mandag morgen", "mode": "confidential", **said})


def link_on(page) -> str:
    return LINK.search(page.html)[0]


# --- The way in --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/kompasser/hverdagskompasset/", "/", "/proev-selv/", reverse("account_login"), "/deltag/"]
)
def test_one_is_led_to_try_it_from_where_one_may_be(page, guide, address):
    found = page(address)
    assert {at("open_rooms"), at("begin_open_room", SLUG)} & set(found.links("main a").values())


@pytest.mark.parametrize("slug", ["maalkompasset", "samarbejdskompasset"])
def test_every_compass_can_be_tried(page, content, slug):
    about = page(f"/{slug}/")
    assert at("begin_open_room", slug) in about.links("main a").values()


def test_it_is_said_before_the_first_word_and_no_cookie_is_set_before_one_has_begun(page, guide):
    browser = Client()
    for address in ["/", at("open_rooms"), at("about", SLUG)]:
        page(address, by=browser)
    assert not browser.cookies
    form = page(at("begin_open_room", SLUG), by=browser)
    for words in ["åbent rum", "slettes af sig selv efter 30 dage", "kan hverken finde eller læse rummet"]:
        assert words in form.text
    assert set(browser.cookies) == {"csrf"}
    assert len(form.select("main form label")) - len(form.select("main form [type=radio]")) == 1
    assert len(form.select("main form fieldset")) == 1


def test_a_room_goes_from_the_compass_to_the_minutes_without_an_account(page, guide):
    starter = Client()
    kept = begin(page, starter)
    assert kept.texts("h1") == ["Gem dit link nu"]
    room = Reflection.objects.get()
    assert room.code in kept.text
    assert (room.owner, room.is_for_anybody) == (None, True)
    lead = kept.form("main form").send()
    assert (lead.url, lead.texts("h1")) == (at("lead", room.key), ["Saml svar"])
    five = [enter(room) for _person in range(5)]
    for number, browser in enumerate(five, start=1):
        answer(place_of(browser, room), str(number), f"ord {number}")
        browser.post(at("finish", room.key))
    reveal(starter, room)
    assert "ord 3" in page(at("board", room.key), by=five[0]).text
    minutes = (
        page(at("agree", room.key), by=starter)
        .form("main form")
        .send({"what": "Vi ringer", "who": "Ea", "due": "2027-03-01"})
    )
    assert "Vi ringer" in minutes.text
    for browser in five:
        assert "Vi ringer" in page(at("room", room.key), by=browser).text
        assert browser.get(at("minutes_pdf", room.key))["Content-Type"] == "application/pdf"


def test_one_answers_alone_without_an_account_and_comes_back_by_the_link(page, guide):
    kept = begin(page, Client(), mode="solo")
    room = Reflection.objects.get()
    assert not room.code_hash
    step = kept.form("main form").send()
    assert step.url == at("step", room.key, 1)
    other = Client()
    back = page(link_on(kept), by=other).form("main form").send()
    assert back.url == at("step", room.key, 1)
    last = back.form("main form.kompas-form").send(button="Spring over")
    own = last.form("main form.kompas-form").send(button="Spring over")
    agree = page(own.links("main a")["Skriv aftalen"], by=other)
    minutes = agree.form("main form").send({"what": "Jeg ringer", "who": "Mig", "no_date_reason": "Nu"})
    assert "Jeg ringer" in minutes.text


def test_the_link_is_shown_once_and_leads_on_another_device(page, guide):
    starter = Client()
    kept = begin(page, starter)
    link, room = link_on(kept), Reflection.objects.get()
    assert link_on(page(at("keep_link", room.key), by=starter)) == link  # a page that is loaded again
    kept.form("main form").send()
    again = page(at("keep_link", room.key), by=starter)
    assert LINK.search(again.html) is None
    other = Client()
    assert page(link, by=other).form("main form").send().url == at("lead", room.key)
    renewed = again.form("main form").send()
    assert link_on(renewed) != link
    page(link, status=404)
    page(at("lead", room.key), by=other, status=403)
    assert page(at("lead", room.key), by=starter).texts("h1") == ["Saml svar"]


def test_the_link_is_not_in_the_database(page, guide):
    token = link_on(begin(page, Client())).split("/")[-2]
    place = Participant.objects.get()
    assert token not in {str(value) for value in place.__dict__.values()}
    assert place.link_hash


def test_only_who_began_or_leads_sees_the_page_of_the_link(page, guide):
    begin(page, Client())
    room = Reflection.objects.get()
    page(at("keep_link", room.key), by=enter(room), status=404)
    page(at("keep_link", room.key), status=403)


def test_nobody_takes_the_lead_from_who_began(page, guide):
    room = make_open_room()
    starter = room.participants.get()
    other = room.participants.create().lead()
    assert starter.is_owner
    assert not other.is_owner
    assert not starter.stop_leading()
    assert other.stop_leading()


def test_a_compass_of_an_app_is_a_plain_one_in_an_open_room(page, content):
    starter = Client()
    begin(page, starter, "maalkompasset")
    room = Reflection.objects.get()
    for number in [1, 2, 3]:
        add(room, str(number))
    reveal(starter, room)
    assert room.conclude_address == at("agree", room.key)
    page(at("board", room.key), by=starter)
    page(room.conclude_address, by=starter)


def test_what_is_missing_is_said_and_nothing_is_lost(page, content):
    refused = page(
        at("begin_open_room", "samarbejdskompasset"),
        post={"title": "Havnen", "mode": "confidential", "party_1": "Os", "party_2": "os"},
        status=422,
    )
    assert refused.texts(".kompas-error-summary a") == ["Part 2: To parter har samme navn. Giv dem hver sit."]
    assert "Havnen" in refused.text
    assert not Reflection.objects.exists()


# --- Limits ------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.usefixtures("within_one_window")
def test_a_flood_from_one_address_leaves_the_limit_behind_and_disturbs_nobody(page, guide):
    sent = {"title": "Spam", "mode": "confidential"}
    flood = [Client(REMOTE_ADDR="192.0.2.7").post(at("begin_open_room", SLUG), sent) for _n in range(1_000)]
    refused = 1_000 - OPEN_ROOMS.most
    assert [answer.status_code for answer in flood] == [302] * OPEN_ROOMS.most + [429] * refused
    assert Reflection.objects.count() == OPEN_ROOMS.most
    assert "Spam" in flood[-1].content.decode()
    elsewhere = Client(REMOTE_ADDR="198.51.100.9")
    assert begin(page, elsewhere).texts("h1") == ["Gem dit link nu"]
    assert not WrongTries.objects.filter(key__contains="192.0.2.7").exists()
    assert Event.objects.filter(what="limited").count() == 1


@pytest.mark.usefixtures("within_one_window")
def test_when_all_have_begun_too_many_nobody_begins_one_more(page, guide, monkeypatch):
    monkeypatch.setattr(
        rate_limits, "OPEN_ROOMS_OF_EVERYBODY", rate_limits.OPEN_ROOMS_OF_EVERYBODY._replace(most=1)
    )
    begin(page, Client(REMOTE_ADDR="192.0.2.1"))
    refused = Client(REMOTE_ADDR="192.0.2.2").post(
        at("begin_open_room", SLUG), {"title": "Mandag", "mode": "confidential"}
    )
    assert refused.status_code == 429
    assert Reflection.objects.count() == 1


def test_a_form_that_is_wrong_uses_up_nothing(guide):
    for _n in range(3):
        Client().post(at("begin_open_room", SLUG), {"title": ""})
    assert not WrongTries.objects.exists()


# --- The door ----------------------------------------------------------------------------------------


def test_the_municipality_closes_the_door(page, guide):
    room = make_open_room()
    decide(Kept.OPEN_ROOMS, 0)
    for address in [at("open_rooms"), at("begin_open_room", SLUG)]:
        page(address, status=404)
    page(at("begin_open_room", SLUG), post={"title": "x", "mode": "solo"}, status=404)
    for address in ["/", at("about", SLUG), reverse("account_login"), "/deltag/"]:
        assert "Prøv selv" not in page(address).text
        assert "Prøv et kompas" not in page(address).text
    assert at("open_rooms") not in Client().get("/sitemap.xml").content.decode()
    page(at("welcome", room.key), by=enter(room))  # what has begun goes on, as was said


def test_how_long_it_lasts_is_decided_with_a_basis_and_said(page, guide):
    decide(Kept.OPEN_ROOMS, 7)
    assert "efter 7 dage" in page(at("begin_open_room", SLUG)).text
    begin(page, Client())
    assert Reflection.objects.get().keep_until == timezone.localdate() + timedelta(days=7)


# --- Gone, or kept -----------------------------------------------------------------------------------


def later(monkeypatch, days: int):
    moment = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_after_the_period_everything_is_gone(page, guide, monkeypatch):
    starter = Client()
    link = link_on(begin(page, starter))
    room = Reflection.objects.get()
    add(room, ("1", "et"), ("2", "to"), ("3", "tre"))
    room.reveal()
    room.agree(what="Vi ringer", who="Ea", due=date(2027, 3, 1), no_date_reason="")
    later(monkeypatch, 30)
    call_command("purge")
    assert Reflection.objects.exists()
    later(monkeypatch, 1)
    call_command("purge")
    assert not Reflection.objects.exists()
    assert not Participant.objects.exists()
    assert not Agreement.objects.exists()
    page(link, status=404)


@pytest.mark.parametrize("mode", ["solo", "confidential"])
def test_a_colleague_with_the_link_keeps_it(page, guide, colleague, monkeypatch, mode):
    kept = begin(page, Client(), mode=mode)
    link, room = link_on(kept), Reflection.objects.get()
    assert "Log ind for at overtage det" in page(link).text
    own = page(link, by=colleague)
    mine = own.form("form[action$='/behold/']").send()
    assert mine.url.startswith(f"/rum/{room.key}/")
    room.refresh_from_db()
    assert (room.owner, room.keep_until) == (colleague, None)
    if mode == "solo":
        page(link, status=404)
    else:
        assert "Karen Kollega har overtaget rummet" in page(at("lead", room.key), by=colleague).text
        assert "Overtag" not in page(link).text
    later(monkeypatch, 40)
    call_command("purge")
    monkeypatch.undo()
    page(at("room", room.key), by=colleague)


def test_who_began_stays_who_they_are_when_a_colleague_keeps_it(page, guide, colleague):
    starter, by_colleague = Client(), Client()
    by_colleague.force_login(colleague)
    link = link_on(begin(page, starter))
    room = Reflection.objects.get()
    began = room.participants.get()
    began.is_respondent = True
    began.save(update_fields=["is_respondent"])
    answer(began, "1", "mit eget")
    page(link, by=by_colleague).form("form[action$='/behold/']").send()
    began.refresh_from_db()
    kept = room.participants.get(user=colleague)
    assert (began.user, began.name, began.is_facilitator) == (None, "", True)
    assert (kept.pk != began.pk, kept.is_facilitator, kept.is_respondent) == (True, True, False)
    assert (began.answers.exists(), kept.answers.exists()) == (True, False)
    page(at("lead", room.key), by=starter)
    other = Client()
    assert page(link, by=other).form("main form").send().url == at("answers", room.key)


def test_a_colleague_who_was_in_it_or_was_put_out_has_one_place(guide, colleague):
    room = make_open_room()
    place = room.participants.create(user=colleague, name="Kim", is_put_out=True)
    assert room.participants.earliest("pk").take_over(colleague)
    place.refresh_from_db()
    assert (place.name, place.is_facilitator, place.is_put_out) == ("Kim", True, False)


def test_nobody_takes_it_over_without_the_link_of_who_leads(page, guide, colleague):
    room = make_open_room()
    person = room.participants.create()
    browser = Client()
    browser.force_login(colleague)
    assert browser.post(at("take_over", person.link)).status_code == 404
    assert browser.post(at("take_over", "x" * 22)).status_code == 404
    assert Client().post(at("take_over", room.participants.first().link)).status_code != 302
    room.refresh_from_db()
    assert room.owner is None


def test_it_is_taken_over_once(guide, staff, colleague):
    place = make_open_room().participants.get()
    again = Participant.objects.get(pk=place.pk)
    assert place.take_over(staff)
    assert not again.take_over(colleague)


# --- Nobody in the house finds it --------------------------------------------------------------------


@pytest.fixture
def secret(guide):
    room = make_open_room(title="Hemmelig overskrift")
    add(room, *[(str(number), "hemmelige ord") for number in [1, 2, 3]])
    room.reveal()
    room.agree(what="Hemmelig aftale", who="Ea", due=timezone.localdate(), no_date_reason="")
    return room


ROLES = [None, "redaktør", "metodeansvarlig", "administrator"]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_staff_knows_of_it(secret, logged_in, role):
    user = make_user("Ansat", role=role, is_superuser=role == "administrator")
    browser = logged_in(user)
    named = [route for route in routes.EVERY if not route.parameters and not route.is_post_only]
    addresses = [address for route in named for address in route.addresses()]
    addresses += ["/admin/", "/admin/reflection/emergencyaccess/", "/admin/privacy/event/"]
    addresses += [f"/soeg/?q={words}" for words in ["Hemmelig", "hemmelige"]]
    for address in addresses:
        told = browser.get(address, follow=True)
        body = b"".join(told.streaming_content) if told.streaming else told.content
        assert str(secret.key).encode() not in body, address
        assert b"emmelig" not in re.sub(rb"\?q=\w+|value=.\w+.", b"", body) or "/soeg/" in address, address
    for name in ["room", "board", "minutes", "lead"]:
        assert browser.get(at(name, secret.key)).status_code in {403, 404}


def test_emergency_access_does_not_open_it(page, secret, administrator):
    browser = Client()
    browser.force_login(administrator)
    address = reverse("admin:reflection_emergencyaccess_open")
    sent = {"room": f"/rum/{secret.key}/", "reason": "En deltager har bedt om hjælp.", "confirmed": "on"}
    told = browser.post(address, sent)
    assert "Adressen fører ikke til et rum" in told.content.decode()
    assert not EmergencyAccess.objects.exists()


def test_no_event_and_no_mail_tells_of_it(page, secret, mailoutbox):
    starter = secret.participants.get(is_facilitator=True)
    page(at("minutes", secret.key), by=seat(starter))
    assert not Event.objects.filter(key=str(secret.key)).exists()
    secret.participants.create(user=make_user("Karen", email="karen@example.dk"), is_facilitator=True)
    assert send_all() == (0, 0)
    assert mailoutbox == []


def test_from_the_day_it_is_taken_over_each_look_is_an_event(page, secret, colleague):
    starter = secret.participants.get(is_facilitator=True)
    starter.take_over(colleague)
    page(at("minutes", secret.key), by=seat(starter))
    assert Event.objects.filter(key=str(secret.key), what="looked").exists()


def test_its_board_is_the_gates(guide):
    room = make_open_room()
    add(room, "1", "2")
    room.reveal()
    assert [result.values for result in board(room)] == [[], []]
