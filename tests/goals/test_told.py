"""What leaders read by name: decisions that those who made them have told the municipality of."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goals.models import Evidence, Goal, Review
from privacy.models import Event, What
from reflection.models import Agreement, Reflection
from tests.factories import (
    PLANNED,
    answer_everything,
    make_department,
    make_ended_review,
    make_goal,
    make_goodbye,
    make_guide,
    make_user,
)

pytestmark = pytest.mark.django_db

OVERVIEW = "/maalkompasset/overblik/"
NOBODY = "Ingen har fortalt om en beslutning endnu."


@pytest.fixture
def ended(staff):
    make_guide()
    return make_ended_review(make_goal("Ti møder om måneden.", owner=staff, department=make_department()))


def tell(review) -> str:
    return reverse("goals:tell", args=[review.reflection.key])


def together(staff, people=3, **fields):
    """A group's decision about a goal of its leader's."""
    review = make_goal("Flere på cykel.", owner=staff).open_room(staff, mode="confidential")
    for number in range(people):
        answer_everything(review.reflection.participants.create(), number + 1)
    review.reflection.reveal()
    for name, value in {"decision": "keep", "reason": "Den virker.", **PLANNED, **fields}.items():
        setattr(review, name, value)
    review.save()
    review.decide()
    assert review.conclude()
    return review


# --- A yes ------------------------------------------------------------------------------------------


def test_nothing_is_told_before_somebody_says_yes(page, staff, ended, colleague):
    shown = page(OVERVIEW, by=colleague)
    assert NOBODY in shown.text
    assert "Ti møder" not in shown.text
    page(tell(ended), by=staff)
    assert "Ti møder" not in page(OVERVIEW, by=colleague).text


def test_whoever_owns_the_goal_sees_first_what_others_will_see_and_says_yes(page, staff, ended, colleague):
    preview = page(tell(ended), by=staff)
    promised = preview.texts("main dd")
    back = preview.form("main form").send(button="Ja, fortæl det")
    assert back.url == ended.goal.get_absolute_url()
    shown = page(OVERVIEW, by=colleague)
    assert shown.texts(".kompas-card dd") == promised
    assert shown.texts("h4") == ["Ti møder om måneden."]
    assert promised[:1] == [f"Behold, {date_of(ended)}"]
    assert "Ugerapporten" in promised[1]


def date_of(review) -> str:
    return date_format(timezone.localtime(review.reflection.concluded_at), "j. F Y").lower()


def test_a_yes_can_be_taken_back(page, staff, ended, colleague):
    page(tell(ended), by=staff).form("main form").send(button="Ja, fortæl det")
    page(tell(ended), by=staff).form("main form").send(button="Tag det tilbage")
    assert "Ti møder" not in page(OVERVIEW, by=colleague).text


def test_a_group_says_yes_together(page, staff, colleague):
    make_guide()
    review = together(staff)
    asked = page(tell(review), by=staff).form("main form").send(button="Ja, fortæl det", status=422)
    assert "Spørg dem, der var med, og sæt kryds, når alle har sagt ja." in asked.text
    assert NOBODY in page(OVERVIEW, by=colleague).text
    asked.form("main form").send({"agreed": "on"}, button="Ja, fortæl det")
    assert "Flere på cykel." in page(OVERVIEW, by=colleague).text


def test_only_the_owner_tells_and_only_of_what_has_ended(page, staff, ended, logged_in, colleague, goal):
    ended.goal.shares.create(user=colleague)
    assert logged_in(colleague).post(tell(ended), {"go": "tell"}).status_code == 404
    running = goal.start_review(staff)
    page(tell(running), by=staff, status=404)
    assert Review.objects.filter(told_at__isnull=False).count() == 0


def test_the_last_screen_and_the_goal_lead_to_it(page, staff, ended):
    for address in [ended.goal.get_absolute_url(), ended.reflection.outcome_address]:
        assert tell(ended) in page(address, by=staff).links("main a").values()


# --- What it says -----------------------------------------------------------------------------------


def test_neither_answers_reasons_nor_names_are_told(page, staff, colleague):
    make_guide()
    review = together(
        staff, reason="Hemmelig grund", dissent="Hemmelig uenighed", responsible="Hemmelige Hans",
        tell="Hemmelige huset", look_back_by="Hemmelige Heidi", first_sign="Hemmeligt tegn",
    )  # fmt: skip
    Evidence.objects.create(review=review, voices=True, voices_line="Hemmelig linje", pays="Hemmelig")
    review.tell_everybody()
    shown = page(OVERVIEW, by=colleague)
    assert "Flere på cykel." in shown.text
    assert "emmelig" not in shown.html
    assert staff.name not in shown.one("main").text_content()


def test_agreements_stand_by_department_and_what_became_of_them(page, staff, colleague):
    make_guide()
    offices = [make_department("Teknik og Miljø"), make_department("Børn og Unge"), None]
    for office, statuses in zip(offices, [["done", "goodbye"], ["open"], ["postponed"]], strict=True):
        for status in statuses:
            review = make_ended_review(make_goal(f"Mål {status}", owner=staff, department=office))
            Agreement.objects.filter(reflection=review.reflection).update(status=status)
            review.tell_everybody()
    shown = page(OVERVIEW, by=colleague)
    rows = [" ".join(cell.text_content().strip() for cell in row) for row in shown.select("tbody tr")]
    assert shown.texts("thead th") == ["Forvaltning", "Åben", "Gjort", "Udskudt", "Farvel"]
    assert rows == ["Børn og Unge 1 0 0 0", "Teknik og Miljø 0 1 0 1", "Uden forvaltning 0 0 1 0"]


def test_who_looks_back_this_month_and_who_is_late(page, staff, colleague):
    make_guide()
    today = timezone.localdate()
    for wording, day in [
        ("I dag", today),
        ("Sent", today - timedelta(days=70)),
        ("Om et år", date(2099, 1, 1)),
    ]:
        make_ended_review(make_goal(wording, owner=staff), look_back_on=day).tell_everybody()
    shown = page(OVERVIEW, by=colleague)
    assert shown.texts("section[aria-labelledby=look-backs] a") == ["Sent", "I dag"]
    assert len(shown.select("section[aria-labelledby=look-backs] .kompas-tag")) == 1


def test_who_has_looked_again_is_not_late(page, staff, colleague):
    make_guide()
    goal = make_goal("Set på to gange", owner=staff)
    make_ended_review(goal, look_back_on=timezone.localdate()).tell_everybody()
    make_ended_review(goal)
    shown = page(OVERVIEW, by=colleague)
    assert shown.texts("section[aria-labelledby=look-backs] a") == []
    assert shown.texts("h4") == ["Set på to gange"]


def test_goals_without_a_citizens_or_an_employees_hand(page, staff, colleague):
    make_guide()
    known = {
        "Begge": {"voices": True, "craft_line": "Plejen"},
        "Ingen borger": {"craft": True},
        "Kun tal": {"figures": True},
        "Ikke skrevet": {},
    }
    for wording, fields in known.items():
        review = make_ended_review(make_goal(wording, owner=staff))
        Evidence.objects.create(review=review, **fields)
        review.tell_everybody()
    found = page(OVERVIEW, by=colleague).texts("section[aria-labelledby=hands] li")
    assert sorted(found) == [
        "Ingen borger: ingen borgers stemme er nævnt",
        "Kun tal: ingen borgers stemme, ingen, der gør arbejdet er nævnt",
    ]


def test_a_goal_stands_once_with_the_latest_that_was_told(page, staff, ended, colleague):
    again = make_ended_review(ended.goal, "adjust", new_wording="Fem møder om måneden.")
    ended.tell_everybody()
    again.tell_everybody()
    shown = page(OVERVIEW, by=colleague)
    assert shown.texts("h4") == ["Ti møder om måneden."]
    assert "Fem møder om måneden." in shown.texts(".kompas-card dd")


def test_that_a_colleague_read_it_is_in_the_log(page, staff, ended, colleague):
    ended.tell_everybody()
    page(OVERVIEW, by=colleague)
    assert Event.objects.filter(what=What.LOOKED, key=ended.goal.key).count() == 1


def test_it_is_found_on_ones_own_page(page, colleague):
    assert page("/din-side/", by=colleague).links("nav a")["Overblik for ledere"] == OVERVIEW


# --- The attacker -----------------------------------------------------------------------------------

SECRET = "Hemmeligt mål"
HIDDEN = st.tuples(
    st.sampled_from(["keep", "adjust", "replace", "goodbye"]),
    st.sampled_from(Agreement.Status.values),
    st.booleans(),  # whether a citizen is named
    st.integers(-60, 60),  # days until one looks back
    st.sampled_from(["concluded", "running", "rehearsal", "goodbye written", "shared with one"]),
)


def test_whatever_nobody_told_of_changes_nothing_that_anybody_sees(staff, ended, logged_in, colleague):
    """Of up to five colleagues – beyond, the counts of goals/overview.py begin, with rules of their own."""
    ended.tell_everybody()
    browser = logged_in(colleague)
    before = read(browser)

    @given(st.lists(HIDDEN, max_size=4))
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def attack(hidden):
        for one in hidden:
            hide(*one)
        assert read(browser) == before
        Goal.objects.filter(wording=SECRET).update(wording=SECRET)  # stays; the page must not care

    attack()


def read(browser) -> str:
    text = browser.get(OVERVIEW).content.decode()
    return text[text.index("<main") : text.index("</main>")]


def hide(decision, status, is_named, days, state):
    owner = make_user("Ole Opretter") if not Goal.objects.filter(wording=SECRET).exists() else None
    owner = owner or Goal.objects.filter(wording=SECRET).first().owner
    look_back = timezone.localdate() + timedelta(days=days)
    if state == "running":
        make_goal(SECRET, owner=owner).start_review(owner)
        return
    review = make_ended_review(make_goal(SECRET, owner=owner), decision, look_back_on=look_back)
    Agreement.objects.filter(reflection=review.reflection).update(status=status)
    Evidence.objects.create(review=review, voices=is_named, craft=True)
    if state == "rehearsal":
        Reflection.objects.filter(pk=review.reflection_id).update(is_rehearsal=True)
        Review.objects.filter(pk=review.pk).update(told_at=timezone.now())
    if state == "goodbye written":
        make_goodbye(review)
    if state == "shared with one":
        review.goal.shares.create(user=make_user("Dina Deler"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_decision_and_for_many(
    staff, staff_client, number, django_assert_num_queries
):
    make_guide()
    for place in range(number):
        goal = make_goal(
            f"Mål {place}", owner=make_user(f"Ejer {place}"), department=make_department(f"F {place}")
        )
        make_ended_review(goal).tell_everybody()
    staff_client.get(OVERVIEW)
    with django_assert_num_queries(9):
        staff_client.get(OVERVIEW)
