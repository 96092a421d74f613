"""Goodbyes are told to everybody only when the owner offers them and an editor agrees."""

import datetime
import threading

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from goals.models import Goodbye
from publishing.days import months_after
from tests.factories import make_goal, make_review
from tests.pages import Page

OFFERED = {
    "what": "Ugerapporten",
    "why": "Ingen læste den.",
    "stops_on": "2027-01-01",
    "frees": "To timer om ugen",
    "guard": "Teamlederen",
    "is_shared": "on",
}


@pytest.fixture
def ended(staff):
    """Malik's goal, to which he has said goodbye; its words are nobody else's."""
    goal = make_goal("Hemmeligt mål", owner=staff)
    review = make_review(goal, decision="goodbye", reason="Hemmelig grund", stop="Hemmelig plan")
    review.decide()
    review.reflection.conclude()
    return review


@pytest.fixture
def address(ended):
    return reverse("goals:offer_goodbye", args=[ended.reflection.key])


def make_goodbye(review, **fields):
    return Goodbye.objects.create(
        review=review, **{**OFFERED, "is_shared": True, "stops_on": datetime.date(2027, 1, 1), **fields}
    )


def test_an_offered_goodbye_waits_for_the_editor(staff_client, client, address, page):
    answer = staff_client.post(address, OFFERED)
    assert answer.status_code == 302
    goodbye = Goodbye.objects.get()
    assert (goodbye.published_at, goodbye.state) == (None, "gennemsyn")
    assert "Ugerapporten" not in page("/farvel/").text


def test_a_published_goodbye_says_what_was_offered_and_nothing_of_the_goal(ended, page):
    make_goodbye(ended, published_at=timezone.now())
    text = page("/farvel/").text
    for words in ["Ugerapporten", "Ingen læste den.", "To timer om ugen", "Teamlederen"]:
        assert words in text
    assert "Hemmelig" not in text


def test_what_an_editor_has_mended_meanwhile_is_shown_and_not_written_over(ended, page, staff, address):
    goodbye = make_goodbye(ended)
    opened = page(address, by=staff)
    Goodbye.objects.filter(pk=goodbye.pk).update(what="Ugerapporten fra teamet")
    shown = opened.form().send({"why": "Ingen brugte den."}, status=409)
    assert "I et andet vindue står der nu: Ugerapporten fra teamet" in shown.text
    shown.form().send({"what": "Ugerapporten fra teamet"})
    goodbye.refresh_from_db()
    assert (goodbye.what, goodbye.why) == ("Ugerapporten fra teamet", "Ingen brugte den.")


def test_the_newest_goodbye_comes_first(staff, page):
    for number, day in [(1, 3), (2, 5), (3, 4)]:
        review = make_review(make_goal(f"Mål {number}", owner=staff), decision="goodbye", reason="Nok")
        make_goodbye(
            review, what=f"Nummer {number}", stops_on=datetime.date(2027, 1, day), published_at=timezone.now()
        )
    assert page("/farvel/").texts("article h2") == ["Nummer 2", "Nummer 3", "Nummer 1"]


def test_an_empty_list_says_so(page):
    assert "Ingen har fortalt om et farvel endnu." in page("/farvel/").text


def test_a_colleague_cannot_offer_it(colleague, logged_in, address):
    assert logged_in(colleague).post(address, OFFERED).status_code == 404
    assert not Goodbye.objects.exists()


def test_only_a_concluded_goodbye_can_be_told(staff, staff_client):
    review = make_review(make_goal(owner=staff), decision="keep", reason="Godt")
    key = review.reflection.key
    assert staff_client.get(reverse("goals:offer_goodbye", args=[key])).status_code == 404


def test_a_public_goodbye_is_not_rewritten_by_its_owner(ended, staff_client, address):
    make_goodbye(ended, published_at=timezone.now())
    staff_client.post(address, {**OFFERED, "what": "Noget andet"})
    assert Goodbye.objects.get().what == "Ugerapporten"


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(staff_client, address):
    answer = staff_client.post(address, {**OFFERED, "guard": ""})
    assert answer.status_code == 422
    assert "Ingen læste den." in answer.content.decode()


def test_an_editor_publishes_and_cannot_see_the_goal(ended, editor, logged_in, page):
    goodbye = make_goodbye(ended)
    browser = logged_in(editor)
    form = browser.get(f"/admin/goals/goodbye/{goodbye.pk}/change/")
    assert form.status_code == 200
    assert "Hemmelig" not in form.content.decode()
    browser.post(
        "/admin/goals/goodbye/", {"action": "publish", "_selected_action": [goodbye.pk], "confirmed": "yes"}
    )
    assert page("/farvel/").texts("article h2") == ["Ugerapporten"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(staff, client, django_assert_num_queries, number):
    for index in range(number):
        review = make_review(make_goal(f"Mål {index}", owner=staff), decision="goodbye", reason="Nok")
        make_goodbye(review, published_at=timezone.now())
    with django_assert_num_queries(2):
        client.get("/farvel/")


# --- On trial ------------------------------------------------------------------------------------


def test_a_goodbye_may_be_a_trial_with_an_end(staff_client, address, page):
    trial = OFFERED | {"is_trial": "on", "trial_until": "2027-04-01"}
    assert staff_client.post(address, trial).status_code == 302
    Goodbye.objects.update(published_at=timezone.now())
    shown = page("/farvel/")
    assert shown.texts("article h2") == ["Ugerapporten På prøve"]
    assert "Til 1. april 2027" in shown.texts("article dd")


@pytest.mark.parametrize("until", ["", "2026-12-31", "2027-01-01", "i morgen"])
def test_a_trial_without_an_end_that_can_be_is_refused(staff_client, address, until):
    answer = staff_client.post(address, OFFERED | {"is_trial": "on", "trial_until": until})
    assert answer.status_code == 422
    assert "Prøven slutter den" in answer.content.decode()
    assert not Goodbye.objects.exists()


def test_the_end_of_a_trial_that_is_none_is_dropped(staff_client, address):
    staff_client.post(address, OFFERED | {"trial_until": "2027-04-01"})
    assert Goodbye.objects.get().trial_until is None


# --- Only for oneself ------------------------------------------------------------------------------


def test_what_is_not_offered_is_seen_by_no_editor_and_no_reader(
    staff_client, address, editor, logged_in, page
):
    staff_client.post(address, {name: text for name, text in OFFERED.items() if name != "is_shared"})
    goodbye = Goodbye.objects.get()
    goodbye.published_at = timezone.now()
    goodbye.save()
    browser = logged_in(editor)
    assert "Ugerapporten" not in browser.get("/farvel/").content.decode()
    assert "Ugerapporten" not in browser.get("/admin/goals/goodbye/").content.decode()
    assert browser.get(f"/admin/goals/goodbye/{goodbye.pk}/change/").status_code == 302
    assert "Ugerapporten" not in page("/farvel/").text


# --- Is it really gone? ----------------------------------------------------------------------------

TODAY = datetime.date(2027, 7, 1)


@pytest.mark.parametrize(
    ("stops_on", "stage"),
    [
        (datetime.date(2027, 4, 2), None),
        (datetime.date(2027, 4, 1), 3),
        (datetime.date(2027, 1, 2), 3),
        (datetime.date(2027, 1, 1), 6),
        (datetime.date(2025, 1, 1), 6),
    ],
)
def test_it_is_time_to_check_after_three_and_after_six_months(ended, stops_on, stage):
    make_goodbye(ended, stops_on=stops_on)
    assert [goodbye.due_stage for goodbye in Goodbye.objects.to_check(TODAY)] == ([stage] if stage else [])


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (datetime.date(2027, 5, 31), 3, datetime.date(2027, 2, 28)),
        (datetime.date(2028, 5, 31), 3, datetime.date(2028, 2, 29)),
        (datetime.date(2027, 3, 15), 3, datetime.date(2026, 12, 15)),
        (datetime.date(2027, 1, 1), 6, datetime.date(2026, 7, 1)),
    ],
)
def test_months_are_months_of_the_calendar(day, months, before):
    assert months_after(day, -months) == before


def test_what_has_been_checked_is_not_asked_about_until_the_next_stage(ended):
    goodbye = make_goodbye(ended, stops_on=datetime.date(2027, 4, 1))
    goodbye.check_again(3, answer="gone", note="")
    assert not Goodbye.objects.to_check(TODAY).exists()
    in_october = datetime.date(2027, 10, 1)
    assert Goodbye.objects.to_check(in_october).get().due_stage == 6


def test_the_latest_stage_answers_for_the_earlier(ended):
    goodbye = make_goodbye(ended, stops_on=datetime.date(2027, 1, 1))
    goodbye.check_again(6, answer="gone", note="")
    assert not Goodbye.objects.to_check(TODAY).exists()


def test_the_end_of_a_trial_is_asked_about_too(ended):
    make_goodbye(ended, stops_on=datetime.date(2027, 6, 1), is_trial=True, trial_until=TODAY)
    assert not Goodbye.objects.to_check(TODAY - datetime.timedelta(days=1)).exists()
    assert Goodbye.objects.to_check(TODAY).get().due_stage == 0


@pytest.mark.parametrize(("answer", "is_trial"), [("gone", False), ("partly", True), ("back", True)])
def test_a_trial_that_lasted_is_a_goodbye(ended, answer, is_trial):
    begun, over = timezone.localdate() - datetime.timedelta(days=40), timezone.localdate()
    goodbye = make_goodbye(ended, stops_on=begun, is_trial=True, trial_until=over)
    goodbye.check_again(0, answer=answer, note="")
    goodbye.refresh_from_db()
    assert goodbye.is_trial is is_trial


def test_who_owns_it_comes_along_for_whoever_reminds(ended, staff, django_assert_num_queries):
    make_goodbye(ended, stops_on=datetime.date(2027, 1, 1))
    with django_assert_num_queries(1):
        assert Goodbye.objects.to_check(TODAY).get().review.goal.owner.email == staff.email


def test_it_is_asked_on_my_goals_and_on_the_goals_own_page(page, staff, ended):
    stopped = timezone.localdate() - datetime.timedelta(days=100)
    goodbye = make_goodbye(ended, stops_on=stopped, published_at=timezone.now())
    for where in ["/maalkompasset/mine/", ended.goal.get_absolute_url()]:
        assert "Ugerapporten" in page(where, by=staff).one("[aria-labelledby=to-check-title]").text_content()
    asked = page("/maalkompasset/mine/", by=staff)._fetch(asked_at(ended))
    asked.form("form.kompas-form").send({"answer": "partly", "note": "Hemmelig note"})
    assert goodbye.checks.get().stage == 3
    listed = page("/farvel/")
    assert "Tjekket efter 3 måneder: delvist væk." in listed.texts("article dd")
    assert "Hemmelig" not in listed.text
    assert page("/maalkompasset/mine/", by=staff).select("[aria-labelledby=to-check-title]") == []


def asked_at(review):
    return reverse("goals:check_goodbye", args=[review.reflection.key])


def test_an_answer_is_needed_and_the_note_is_kept(page, staff, ended):
    make_goodbye(ended, stops_on=datetime.date(2020, 1, 1))
    again = page(asked_at(ended), by=staff).form("form.kompas-form").send({"note": "Husk mig"}, status=422)
    assert again.texts(".kompas-error-summary li") == ["Er det virkelig væk? Vælg et af svarene."]
    assert again.one("[name=note]").get("value") == "Husk mig"


def test_nobody_else_and_nothing_too_early_is_asked(staff_client, colleague_client, ended):
    goodbye = make_goodbye(ended, stops_on=datetime.date(2020, 1, 1))
    assert colleague_client.post(asked_at(ended), {"answer": "gone"}).status_code == 404
    goodbye.check_again(6, answer="gone", note="")
    assert staff_client.get(asked_at(ended)).status_code == 404


def test_two_clicks_are_one_goodbye(committed, ended, address, logged_in, staff):
    both = threading.Barrier(2)
    statuses = []

    def click(browser):
        try:
            both.wait()
            statuses.append(browser.post(address, OFFERED).status_code)
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click, args=[logged_in(staff)]) for _click in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert (statuses, Goodbye.objects.count()) == ([302, 302], 1)


def test_nothing_is_told_to_the_public_by_a_forgotten_no(staff_client, address):
    found = Page(staff_client.get(address), None)
    assert found.one("[name=is_shared]").get("checked") is None


def test_an_empty_list_shows_what_it_becomes_and_says_that_it_is_made_up(page, db, client):
    found = page("/farvel/")
    assert found.texts("main article .kompas-tag").count("Eksempel") == 2
    assert "De er ikke sket" in found.text


def test_the_examples_go_when_there_is_a_real_one(ended, page):
    make_goodbye(ended, published_at=timezone.now())
    assert "Eksempel" not in page("/farvel/").text
