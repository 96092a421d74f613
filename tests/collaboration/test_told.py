"""Rounds that the municipality is told of by name, in the overview for leaders."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.models import Consent
from privacy.models import Event, Restriction
from tests.collaboration.people import SIDES, address, go_to, say_yes
from tests.factories import make_collaboration, make_guide, make_round
from tests.reflection.people import seat

OVERVIEW = "/maalkompasset/overblik/"
ASKED = "Sæt den i overblikket"
TITLE = "Stien langs åen"


@pytest.fixture
def shared(opened):
    """It has ended with an agreement, everybody says yes, and there is a page for others."""
    make_guide()
    opened.what, opened.who, opened.due = "Vi ringer til fru Holm.", "Bo", "2027-03-01"
    opened.save()
    go_to(opened, "revealed")
    opened.conclude()
    say_yes(opened, "may_share")
    opened.share()
    opened.refresh_from_db()
    return opened


def test_who_leads_sets_it_there_by_name_without_a_word_that_somebody_wrote(page, staff, colleague, shared):
    assert TITLE not in page(OVERVIEW, by=colleague).text
    page(address("consent", shared.reflection), by=staff).form(f"form:has(button:contains('{ASKED}'))").send(
        button=ASKED
    )
    seen = page(OVERVIEW, by=colleague)
    assert seen.texts("#told-rounds + ul h3") == [TITLE]
    assert seen.texts("#told-rounds + ul .kompas-tag") == ["Aftalen: Åben"]
    for private in ["fru Holm", "Bo,", "Alma"]:
        assert private not in seen.text
    assert page(seen.links("main a")[TITLE], by=colleague).status == 200
    assert Event.objects.filter(what="looked", who=colleague.pseudonym).exists()


def test_it_needs_everybodys_yes_and_goes_on_needing_it(page, staff, colleague, shared):
    person = shared.reflection.participants.counted().first()
    shared.tell_everybody()
    assert TITLE in page(OVERVIEW, by=colleague).text
    page(address("consent", shared.reflection), by=seat(person)).form("main form").send({"may_share": ""})
    shared.refresh_from_db()
    assert shared.told_at is None  # a later yes does not bring it back by itself
    page(address("tell", shared.reflection), by=staff, post={"go": "tell"})
    assert TITLE not in page(OVERVIEW, by=colleague).text
    shared.tell_everybody()  # as if both had been sent at once
    assert TITLE not in page(OVERVIEW, by=colleague).text
    Consent.objects.filter(participant=person).update(may_share=True)
    assert TITLE in page(OVERVIEW, by=colleague).text
    page(address("tell", shared.reflection), by=staff, post={"go": "take_back"})
    assert TITLE not in page(OVERVIEW, by=colleague).text


def test_who_was_put_out_before_anything_of_theirs_was_shown_is_not_asked(page, colleague, shared):
    shared.reflection.participants.create(party=shared.reflection.parties.first(), is_put_out=True)
    assert shared.has_yes("may_share")
    shared.tell_everybody()
    assert TITLE in page(OVERVIEW, by=colleague).text


def test_who_was_put_out_after_they_were_shown_is_asked_on(page, colleague, shared):
    shared.tell_everybody()
    person = shared.reflection.participants.counted().first()
    person.consent.delete()
    person.put_out()
    assert not shared.has_yes("may_share")
    assert TITLE not in page(OVERVIEW, by=colleague).text


def test_whoever_is_restricted_is_not_told_of(page, staff, colleague, shared):
    shared.tell_everybody()
    Restriction.objects.create(subject=staff.pseudonym)
    assert TITLE not in page(OVERVIEW, by=colleague).text


@pytest.mark.parametrize("rounds", [1, 3])
def test_the_overview_costs_the_same_for_one_round_and_for_many(colleague, logged_in, staff, shared, rounds):
    shared.tell_everybody()
    for number in range(rounds - 1):
        further = make_round(make_collaboration(f"Sti {number}", owner=staff), sides=SIDES)
        go_to(further, "concluded")
        say_yes(further, "may_share")
        further.share()
        further.tell_everybody()
    browser = logged_in(colleague)
    browser.get(OVERVIEW)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(OVERVIEW).content.decode().count("Aftalen:") >= 1
    assert len(queries) == 11
