"""What people are told: who has looked, how long things are kept, and who answers for it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from privacy.events import record, record_looks
from privacy.models import Event, Kept, PrivacyNotice, What, Why
from tests.admin.conftest import admin_url
from tests.factories import decide, make_goal, make_room, make_user

pytestmark = pytest.mark.django_db
WHOLE = {
    "controller": "Aarhus Kommune", "controller_contact": "Rådhuset", "dpo": "DPO i Aarhus",
    "dpo_contact": "dpo@example.dk", "basis": "Artikel 6, stk. 1, litra e", "basis_en": "Article 6(1)(e)",
    "recipients": "Ingen", "recipients_en": "Nobody", "authority": "Datatilsynet",
}  # fmt: skip


def told() -> str:
    errors = StringIO()
    call_command("check", "--deploy", "--tag", "security", stderr=errors, stdout=StringIO())
    return errors.getvalue()


def words(page, selector: str) -> str:
    return " ".join(page.texts(selector))


# --- The log, for administrators ----------------------------------------------------------------------


@pytest.fixture
def looked_at(staff, colleague):
    goal = make_goal("Flere skal cykle.", owner=staff)
    record_looks(colleague, [goal], why=Why.SHARED, about=staff)
    record(What.PUBLISHED, who=colleague)
    return goal


def rows(browser, **query) -> str:
    return browser.get(admin_url(Event, "changelist"), query).content.decode()


def test_an_administrator_finds_events_by_person_kind_object_and_period(
    administrator_client, looked_at, staff, colleague
):
    everything = rows(administrator_client)
    assert colleague.name in everything
    assert "Flere skal cykle" not in everything
    shared = str(Why.SHARED.label)
    for query, is_found in [
        ({"q": "Karen"}, True),
        ({"q": staff.email}, True),
        ({"q": str(looked_at.key)}, True),
        ({"q": str(colleague.pseudonym)}, True),
        ({"q": "Ingen"}, False),
        ({"hvad": "looked"}, True),
        ({"hvad": "published"}, False),
        ({"slags": "goals.goal"}, True),
        ({"tid": "7"}, True),
        ({"tid": "2001-01"}, True),
        ({"tid": "i går eller deromkring"}, True),
    ]:
        assert (shared in rows(administrator_client, **query).split("result_list")[-1]) == is_found, query


def test_reading_the_log_is_an_event_and_nobody_else_reads_it(
    administrator, administrator_client, editor_client, staff_client, looked_at
):
    for browser in [editor_client, staff_client]:
        assert browser.get(admin_url(Event, "changelist")).status_code in {302, 403}
        assert browser.get("/admin/privacy/event/stikproeve/").status_code in {302, 403}
    rows(administrator_client)
    assert Event.objects.filter(who=administrator.pseudonym, why=Why.SPOT_CHECK).count() == 1


def test_the_log_costs_the_same_for_one_event_and_for_many(administrator_client, looked_at, staff):
    rows(administrator_client)
    numbers = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as counted:
            rows(administrator_client)
        numbers.append(len(counted))
        for _more in range(10):
            record(What.CHANGED, who=staff, about=staff)
    assert numbers[0] == numbers[1]


def test_a_sample_shows_looks_from_outside_the_rooms_alone(administrator_client, looked_at, colleague):
    record_looks(colleague, [make_room(leader=make_user("Lis"))], why=Why.ROOM)
    page = administrator_client.get("/admin/privacy/event/stikproeve/").content.decode()
    assert str(Why.SHARED.label) in page
    assert str(Why.ROOM.label) not in page


def test_what_is_of_a_deleted_account_says_so(administrator_client, looked_at, colleague):
    colleague.delete()
    assert "uden konto eller slettet" in rows(administrator_client)


# --- «Mine data» --------------------------------------------------------------------------------------


def test_a_person_sees_when_others_looked_and_never_who(page, staff, colleague, looked_at, logged_in):
    shown = page("/mine-data/", by=staff)
    assert "Flere skal cykle." in words(shown, "#set table")
    assert str(Why.SHARED.label) in words(shown, "#set table")
    assert colleague.name not in words(shown, "main")
    held = logged_in(staff).get("/mine-data/mine-data.json").json()
    assert [(look["what"], look["number"]) for look in held["looks_of_others"]] == [("Flere skal cykle.", 1)]
    assert colleague.name not in str(held)
    assert str(colleague.pseudonym) not in str(held)


def test_ones_own_looks_are_not_those_of_others(page, staff, logged_in):
    goal = make_goal("Flere skal cykle.", owner=staff)
    logged_in(staff).get(goal.get_absolute_url())
    record_looks(make_user("Karen"), [make_goal("Et fremmed mål.", owner=make_user("Olga"))], why=Why.SHARED)
    assert "Ingen har set noget af dit endnu." in words(page("/mine-data/", by=staff), "#set")


# --- Article 13 ---------------------------------------------------------------------------------------


def test_the_deploy_check_says_what_is_missing_until_nothing_is(db, settings):
    settings.SILENCED_SYSTEM_CHECKS = [
        "aarhuskompas.E001"
    ]  # the accessibility statement: tests/test_deploy_checks.py
    assert "databeskyttelsesrådgiver" in told()
    PrivacyNotice.objects.create(**{**WHOLE, "dpo": ""})
    assert "lacks: databeskyttelsesrådgiver." in told()
    PrivacyNotice.objects.create(**WHOLE)
    assert "privacy.W001" not in told()
    assert "rooms" in told()
    for kind in Kept:
        if not kind.at_once:
            decide(kind, 365)
    assert "privacy.W002" not in told()


def test_which_version_was_in_force_is_kept(administrator, administrator_client):
    first = PrivacyNotice.objects.create(**WHOLE)
    page = administrator_client.get(admin_url(PrivacyNotice, "add")).content.decode()
    assert "DPO i Aarhus" in page  # begins as the last one was
    administrator_client.post(admin_url(PrivacyNotice, "add"), {**WHOLE, "dpo": "En ny DPO"})
    second = PrivacyNotice.objects.in_force()
    assert (second.dpo, second.recorded_by) == ("En ny DPO", administrator.pseudonym)
    assert PrivacyNotice.objects.in_force(first.recorded_at).dpo == "DPO i Aarhus"
    for change in [lambda: PrivacyNotice.objects.update(dpo="Anden"), lambda: first.delete()]:
        with pytest.raises(IntegrityError, match="add a new one"), transaction.atomic():
            change()


@pytest.mark.parametrize("is_there", [True, False])
def test_it_is_told_before_the_first_words_are_written(page, staff, content, is_there):
    if is_there:
        PrivacyNotice.objects.create(**WHOLE)
    room = make_room(leader=staff)
    said = "Aarhus Kommune er dataansvarlig" if is_there else "Kommunen mangler at skrive, hvem"
    for address, by in [
        (f"/deltag/{room.invitation}/", None),
        ("/maalkompasset/nyt/", staff),
        ("/samarbejdskompasset/nyt/", staff),
    ]:
        form = words(page(address, by=by), "main form")
        assert said in form, address


def test_the_page_about_privacy_tells_all_of_it_and_the_periods_as_they_are(page, content):
    shown = page("/privatliv/")
    assert "Kommunen har ikke skrevet dem ind endnu." in words(shown, "main")
    assert "slettes ikke: intet er besluttet" in words(shown, "main table")
    PrivacyNotice.objects.create(**WHOLE)
    decide(Kept.ROOMS, 90, "Sag 2026-7")
    shown = page("/privatliv/")
    assert "DPO i Aarhus, dpo@example.dk" in words(shown, "main")
    assert "90 dage" in words(shown, "main table")
    assert "Sag 2026-7 (Direktionen, 1. januar 2026)" in words(shown, "main table")
    assert "Article 6(1)(e)" in words(page("/en/privatliv/"), "main")
