"""The end: everybody who was in it is told the same, at once and later; and the way on from there."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from collaboration.models import Round
from goals.models import Review
from reflection.models import Reflection
from reflection.outcomes import outcome_of
from tests.collaboration.people import SIDES
from tests.factories import make_ended_review, make_goal, make_guide, make_room, make_round, make_user
from tests.reflection.people import add, enter, seat

SLUG = "hverdagskompasset"
HTMX = {"HX-Request": "true"}


def at(room, name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


def of_a_guide(leader) -> Reflection:
    make_guide(SLUG, title="Hverdagskompasset")
    room = make_room(leader=leader, guide=SLUG, people=[None] * 3)
    room.reveal()
    room.agree(what="Vi ringer om fredagen.", who="Ea", due="2027-03-01", no_date_reason="")
    return Reflection.objects.get(pk=room.pk)


def of_a_goal(leader) -> Reflection:
    make_guide()
    room = make_goal(owner=leader).open_room(leader, mode="confidential").reflection
    add(room, "1", "2", "5")
    room.reveal()
    review = Review.objects.get(reflection=room)
    review.decision, review.reason = "adjust", "Ordene driller."
    review.stop, review.responsible, review.look_back_on = "Vi ringer om fredagen.", "Ea", "2027-03-01"
    review.save()
    review.refresh_from_db()
    assert review.conclude()
    return Reflection.objects.get(pk=room.pk)


def of_a_round(leader) -> Reflection:
    opened = make_round(sides=SIDES)
    opened.reflection.reveal()
    opened.what, opened.who, opened.party = "Vi ringer om fredagen.", "Ea", opened.reflection.parties.last()
    opened.due, opened.look_back_on = "2027-01-15", "2027-03-01"
    opened.save()
    Round.objects.get(pk=opened.pk).conclude()
    return Reflection.objects.get(pk=opened.reflection_id)


ENDED = pytest.mark.parametrize("ended", [of_a_guide, of_a_goal, of_a_round])
TOLD = {
    of_a_guide: ("Vi ringer om fredagen.", [("Hvem", "Ea"), ("I kigger igen", "1. marts 2027")]),
    of_a_goal: (
        "Justér",
        [
            ("Hvorfor", "Ordene driller."),
            ("Aftale", "Vi holder op med: Vi ringer om fredagen."),
            ("Hvem", "Ea"),
            ("I kigger igen", "1. marts 2027"),
        ],
    ),
    of_a_round: (
        "Vi ringer om fredagen.",
        [
            ("Hvem", "Ea (Teknik og Miljø)"),
            ("Hvornår", "15. januar 2027"),
            ("I kigger igen", "1. marts 2027"),
        ],
    ),
}


def said_on(screen) -> tuple[str, list[tuple[str, str]]]:
    names = screen.texts("main dl dt")
    return screen.texts(".kompas-panel__said")[0], list(zip(names, screen.texts("main dl dd"), strict=True))


@ENDED
def test_every_phone_and_the_wall_are_told_the_same(page, staff, ended):
    room = ended(staff)
    screens = [
        page(at(room, "outcome"), by=staff),
        page(at(room, "outcome"), by=seat(room.participants.filter(user=None).first())),
        page(at(room, "outcome"), by=seat(room.participants.create(is_respondent=False))),
        page(at(room, "wall"), by=staff),
    ]
    assert [screen.texts("h1") for screen in screens] == [["Det blev I enige om"]] * 4
    assert [said_on(screen) for screen in screens] == [TOLD[ended]] * 4


@ENDED
def test_it_leads_on_to_minutes_calendar_and_the_place_of_ones_own(page, staff, ended):
    room = ended(staff)
    person = room.participants.filter(user=None).first()
    last = page(at(room, "outcome"), by=seat(person))
    links = last.links("main a")
    assert links["Læs referatet"] == at(room, "minutes")
    assert links["PDF"] == at(room, "minutes_pdf")
    assert links["Læg datoen i din kalender"] == at(room, "room_in_calendar")
    assert links["Dine egne svar"] == at(room, "answers")
    assert person.link in last.one(".kompas-copied").text_content()
    assert 2 <= len(last.select(".kompas-next > li")) <= 4
    leaders = page(at(room, "outcome"), by=staff)
    assert f"Den dag sender vi en mail til {staff.email}." in leaders.text
    assert "Den dag sender vi" not in last.text
    assert staff.email not in last.html


@ENDED
def test_whoever_comes_back_comes_to_it(page, staff, ended):
    room = ended(staff)
    for by in [staff, seat(room.participants.filter(user=None).first())]:
        assert page(at(room, "room"), by=by).url == at(room, "outcome")


def test_before_the_end_there_is_none(page, staff):
    room = make_room(leader=staff, people=[None] * 3)
    assert page(at(room, "outcome"), by=staff).url == at(room, "lead")
    room.reveal()
    assert page(at(room, "outcome"), by=staff).url == at(room, "board")


@ENDED
@pytest.mark.parametrize("name", ["outcome", "wall"])
def test_it_is_for_those_who_were_there(page, staff, ended, name):
    room = ended(staff)
    page(at(room, name), by=Client(), status=403)
    page(at(room, name), by=make_user("Karen Kollega"), status=403)


def test_it_is_said_in_english_too(page, staff):
    room = of_a_round(staff)
    with override("en"):
        address = at(room, "outcome")
    last = page(address, by=staff)
    assert last.texts("h1") == ["This is what you agreed on"]
    assert last.texts("dl dt") == ["Who", "When", "You look again"]
    assert last.texts("dl dd")[-1] == "1 March 2027"


# --- Pages that are open when it happens ---------------------------------------------------------------


def fetched(browser, address, target):
    """As static/js/live.js fetches a part of a page that was opened before the end."""
    return browser.get(address, headers={**HTMX, "HX-Target": target})


def test_every_open_page_that_fetches_is_led_to_the_last_screen(staff, logged_in):
    rooms = [of_a_guide(staff), of_a_goal(staff), of_a_round(staff)]
    for room in rooms:
        phone, leader = seat(room.participants.filter(user=None).first()), logged_in(staff)
        pages = [(phone, room.result_address, "result"), (phone, at(room, "board"), "board")]
        pages += [(leader, at(room, "lead"), "state")]
        for browser, address, target in pages:
            led = fetched(browser, address, target)
            assert led.headers.get("HX-Redirect") == at(room, "outcome"), address
            stays = fetched(browser, f"{address}?slut", target)
            assert "HX-Redirect" not in stays.headers, address
        assert fetched(phone, at(room, "waiting"), "state").headers["HX-Redirect"] == at(room, "outcome")
        told = fetched(phone, at(room, "now"), "talking").content.decode()
        assert at(room, "room") in told


def test_a_page_opened_after_the_end_stays_and_says_where_the_end_is(page, staff):
    room = of_a_guide(staff)
    phone = seat(room.participants.filter(user=None).first())
    shown = page(at(room, "board"), by=phone)
    assert shown.one("#board").get("hx-get") == f"{at(room, 'board')}?slut"
    assert shown.one("#board").get("data-result") is None
    assert shown.links("main a")["Se, hvad I blev enige om"] == at(room, "outcome")


def test_without_javascript_the_button_that_is_there_leads_to_it(page, staff):
    make_guide(SLUG, title="Hverdagskompasset")
    room = make_room(leader=staff, guide=SLUG)
    phone = enter(room)
    add(room, "1", "2", "3")
    room.reveal()
    open_page = page(at(room, "board"), by=phone)
    room.agree(what="Vi ringer.", who="Ea", due="2027-03-01", no_date_reason="")
    assert page(open_page.links("main a")["Opdatér"], by=phone).url == at(room, "outcome")


# --- Alone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["keep", "adjust", "replace", "goodbye"])
def test_who_looked_alone_is_told_what_they_decided_and_has_three_ways_on(page, staff, decision):
    review = make_ended_review(make_goal(owner=staff), decision)
    last = page(at(review.reflection, "outcome"), by=staff)
    assert last.texts("h1") == ["Det har du besluttet"]
    assert last.texts(".kompas-panel__said") == [review.get_decision_display()]
    assert (
        dict(zip(last.texts("dl dt"), last.texts("dl dd"), strict=True))["Du kigger igen"] == "1. marts 2027"
    )
    links = last.links(".kompas-next a")
    assert len(links) >= 3
    assert list(links.values())[-1] == at(review.reflection, "minutes")
    assert ("Skriv farvellet ned" in links) == (decision == "goodbye")
    assert f"Den dag sender vi en mail til {staff.email}." in last.text
    assert page(at(review.reflection, "room"), by=staff).url == last.url


def test_without_a_date_it_says_why(page, staff):
    review = make_ended_review(make_goal(owner=staff), look_back_on=None, no_date_reason="Det er sket.")
    last = page(at(review.reflection, "outcome"), by=staff)
    assert "Ingen dato, fordi: Det er sket." in last.text
    assert "Den dag sender vi" not in last.text
    assert "Læg datoen i din kalender" not in last.links("main a")


def test_a_room_that_ended_without_an_agreement_still_has_its_minutes(page, staff):
    room = make_room(leader=staff, people=[None] * 3)
    room.reveal()
    room.conclude()
    last = page(at(room, "outcome"), by=staff)
    assert (outcome_of(room).headline, last.texts(".kompas-panel__said")) == ("", [])
    assert "Læs referatet" in last.links("main a")


# --- What it costs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [3, 9])
def test_it_costs_the_same_however_many_they_are(staff, people, django_assert_max_num_queries):
    make_guide(SLUG, title="Hverdagskompasset")
    room = make_room(leader=staff, guide=SLUG, people=[None] * people)
    room.reveal()
    room.agree(what="Vi ringer.", who="Ea", due="2027-03-01", no_date_reason="")
    phone = seat(room.participants.filter(user=None).first())
    phone.get(at(room, "outcome"))
    with django_assert_max_num_queries(9):
        assert phone.get(at(room, "outcome")).status_code == 200
