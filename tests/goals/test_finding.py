"""Found again among many: pages, search, the archive, and a set-up that is used again."""

import pytest
from django.urls import reverse

from goals.models import Goal
from goals.views.goals import ON_A_PAGE
from tests.factories import answer_everything, make_ended_review, make_goal, make_guide, make_review

pytestmark = pytest.mark.django_db

MINE = "/maalkompasset/mine/"


def titles(page, person, **query):
    return page(MINE, by=person, query=query).texts("h2.kompas-card__title")


# --- Pages ---------------------------------------------------------------------------------------


def test_a_page_holds_twenty_and_the_next_the_rest(page, staff):
    for number in range(ON_A_PAGE + 2):
        make_goal(f"Mål {number}", owner=staff)
    first = page(MINE, by=staff)
    assert len(first.select("h2.kompas-card__title")) == ON_A_PAGE
    rest = page(MINE + first.one("a[rel=next]").get("href"), by=staff)
    assert rest.texts("h2.kompas-card__title") == ["Mål 1", "Mål 0"]
    assert rest.select("a[rel=next]") == []


def test_exactly_one_page_has_no_next(page, staff):
    for number in range(ON_A_PAGE):
        make_goal(f"Mål {number}", owner=staff)
    assert page(MINE, by=staff).select(".kompas-pagination") == []


def test_a_page_that_is_not_there_says_so(page, staff, goal):
    assert "Her er ikke flere mål." in page(MINE, by=staff, query={"side": "7"}).text


@pytest.mark.parametrize("side", ["0", "-1", "to", "99999999999999"])
def test_a_page_number_that_is_none_shows_the_first_page_and_an_error(page, staff, goal, side):
    shown = page(MINE, by=staff, query={"side": side}, status=422)
    assert shown.texts("h2.kompas-card__title") == [goal.wording]
    assert shown.texts(".kompas-error-summary li") == ["Den side findes ikke. Her er den første."]


# --- Search --------------------------------------------------------------------------------------


@pytest.fixture
def looked(goal):
    review = make_review(goal)
    answer_everything(review.participant, 2)
    goal.past_wordings.create(text="Flere skal gå til fods.")
    return make_ended_review(goal, stop="Månedsrapporten", reason="Ingen læser den.")


@pytest.mark.parametrize(
    "text", ["CYKLE", "til fods", "månedsrapport", "ingen læser", "ord fra deltager 2", "Ord fra"]
)
def test_own_goals_are_found_by_their_words_plans_and_answers(page, staff, looked, text):
    make_goal("Færre skal vente.", owner=staff)
    assert titles(page, staff, q=text) == ["Flere skal cykle til arbejde."]


def test_nothing_found_is_said_with_the_word(page, staff, looked):
    assert "Ingen af dine mål har «zebra» i sig." in page(MINE, by=staff, query={"q": "zebra"}).text


def test_the_goals_of_others_are_not_found(page, colleague, looked):
    assert titles(page, colleague, q="cykle") == []


def test_what_a_group_answered_is_not_found(page, staff, goal):
    make_guide()
    room = goal.open_room(staff, mode="confidential").reflection
    answer_everything(room.participants.create(name=""), 7)
    assert titles(page, staff, q="Ord fra deltager 7") == []


def test_a_shared_goal_is_found_by_its_words_and_by_nothing_else(page, colleague, looked):
    looked.goal.shares.create(user=colleague)
    found = page(MINE, by=colleague, query={"q": "cykle"})
    assert found.texts("h3") == ["Flere skal cykle til arbejde."]
    for text in ["Ord fra", "Månedsrapporten"]:
        assert page(MINE, by=colleague, query={"q": text}).texts("h3") == []


def test_signs_of_the_database_are_letters_like_others(page, staff, goal):
    assert titles(page, staff, q="%") == titles(page, staff, q="_") == []


# --- The archive ---------------------------------------------------------------------------------


def test_a_goal_in_the_archive_is_out_of_the_way_and_comes_back(page, staff, goal):
    put_away = page(goal.get_absolute_url(), by=staff).form("form[action$='/arkiver/']").send()
    assert put_away.url == MINE
    assert titles(page, staff) == []
    assert titles(page, staff, arkiv="1") == [goal.wording]
    back = page(goal.get_absolute_url(), by=staff)
    assert "Målet ligger i arkivet." in back.text
    back.form("form[action$='/hent-frem/']").send()
    assert titles(page, staff) == [goal.wording]
    assert titles(page, staff, arkiv="1") == []


def test_the_archive_is_searched_by_itself(page, staff):
    make_goal("Flere på cykel", owner=staff).archive()
    make_goal("Flere på cykel hele året", owner=staff)
    assert titles(page, staff, q="cykel") == ["Flere på cykel hele året"]
    assert titles(page, staff, q="cykel", arkiv="1") == ["Flere på cykel"]


# --- Copies --------------------------------------------------------------------------------------


def test_a_copy_has_the_set_up_and_nothing_of_what_was_thought(page, staff, looked):
    Goal.objects.update(stands_in="Budgettet", is_law_bound=True)
    form = page(looked.goal.get_absolute_url(), by=staff).form("form[action$='/kopier/']")
    edited = form.send()
    copy = Goal.objects.latest("pk")
    assert edited.url == reverse("goals:edit", args=[copy.key])
    assert (copy.wording, copy.stands_in, copy.is_law_bound) == (looked.goal.wording, "Budgettet", True)
    assert (copy.reviews.count(), copy.past_wordings.count(), copy.shares.count()) == (0, 0, 0)
    assert copy.key != looked.goal.key
