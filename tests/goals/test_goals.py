"""Goals: written in word for word, seen by nobody but their owner, with a history of their words."""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from goals.models import CityGoal, Goal
from tests.factories import make_department, make_goal, make_guide, make_review

pytestmark = pytest.mark.django_db

WORDING = "Flere skal cykle til arbejde."
TYPED = {"wording": WORDING, "concerns": "citizens"}
START = "form[action$='/se-paa-maalet/']"


# --- Writing a goal in ---------------------------------------------------------------------------


def test_a_goal_is_kept_word_for_word(page, staff):
    department = make_department("Teknik og Miljø")
    form = page("/maalkompasset/nyt/", by=staff).form()
    told = {
        "stands_in": "Budgettet", "department": str(department.pk), "serves": "En by i bevægelse",
        "set_by": "Byrådet", "is_law_bound": "on",
    }  # fmt: skip
    shown = form.send(TYPED | told)
    goal = Goal.objects.get()
    assert shown.url == goal.get_absolute_url()
    assert (goal.owner, goal.wording, goal.concerns, goal.is_law_bound) == (
        staff, WORDING, "citizens", True,
    )  # fmt: skip
    assert shown.texts("blockquote") == [WORDING]
    assert shown.texts("dd")[:6] == [
        "Borgere", "Budgettet", "Teknik og Miljø", "En by i bevægelse", "Byrådet", "ja",
    ]  # fmt: skip


def test_the_words_and_whom_they_are_about_are_needed(page, staff):
    answer = page("/maalkompasset/nyt/", by=staff).form().send({}, status=422)
    assert answer.texts(".kompas-error-summary li") == [
        "Målet, ord for ord: Skriv målet, som det står.",
        "Hvem handler målet om? Vælg, hvem målet handler om.",
    ]
    assert Goal.objects.count() == 0


def test_a_goal_that_is_too_long_comes_back_with_every_word(page, staff):
    long = "Flere skal cykle. " * 60
    answer = page("/maalkompasset/nyt/", by=staff).form().send(TYPED | {"wording": long}, status=422)
    assert answer.one("textarea[name=wording]").text.strip() == long.strip()
    assert Goal.objects.count() == 0


def test_nobody_can_write_a_goal_in_for_somebody_else(page, staff, colleague):
    page("/maalkompasset/nyt/", by=staff).form().send(TYPED | {"owner": str(colleague.pk)})
    assert Goal.objects.get().owner == staff


def test_a_goal_is_shown_as_text_whatever_it_holds(page, staff):
    goal = make_goal("<script>alert(1)</script> {{ 7 }} & «æøå»", owner=staff)
    shown = page(goal.get_absolute_url(), by=staff)
    assert shown.texts("blockquote") == ["<script>alert(1)</script> {{ 7 }} & «æøå»"]


# --- My goals ------------------------------------------------------------------------------------


def test_my_goals_are_mine_newest_first(page, staff, colleague):
    make_goal("Det ældste", owner=staff)
    make_goal("Naboens", owner=colleague)
    make_goal("Det nyeste", owner=staff)
    assert page("/maalkompasset/mine/", by=staff).texts("h2") == ["Det nyeste", "Det ældste"]


def test_somebody_without_goals_is_told_where_to_begin(page, staff, colleague):
    make_goal("Naboens", owner=colleague)
    empty = page("/maalkompasset/mine/", by=staff)
    assert empty.texts("h2") == []
    assert "Du har ikke skrevet et mål ind endnu." in empty.text


def test_each_goal_says_how_far_it_is(page, staff):
    make_guide()
    concluded = make_review(make_goal("Set på", owner=staff), decision="keep", reason="Den virker.")
    concluded.look_back_on = "2027-03-01"
    concluded.save()
    concluded.decide()
    concluded.reflection.conclude()
    make_review(make_goal("Ses på", owner=staff), decision="goodbye", reason="Måske.")
    make_goal("Ikke set på", owner=staff)
    assert page("/maalkompasset/mine/", by=staff).texts(".kompas-card__text") == [
        "Ikke set på endnu.",
        "Der er en refleksion i gang.",
        "Seneste beslutning: Behold. Næste kig: 1. marts 2027.",
    ]


def test_a_new_look_does_not_hide_the_last_decision(page, staff):
    review = make_review(make_goal(owner=staff), decision="keep", reason="Den virker.")
    review.decide()
    review.reflection.conclude()
    make_review(review.goal)
    assert page("/maalkompasset/mine/", by=staff).texts(".kompas-card__text") == [
        "Seneste beslutning: Behold. Der er en refleksion i gang."
    ]


# --- New words -----------------------------------------------------------------------------------


def test_the_old_words_stay_in_the_history(page, staff, goal):
    form = page(reverse("goals:edit", args=[goal.key]), by=staff).form()
    shown = form.send({"wording": "Flere skal cykle hele året."})
    assert shown.texts("blockquote") == ["Flere skal cykle hele året."]
    assert shown.texts(".kompas-card__text") == [WORDING]
    assert shown.one(".kompas-card__title").text_content().startswith("Indtil ")


def test_the_history_has_the_newest_words_first(staff_client, goal):
    for wording in ["To", "Tre", "Fire"]:
        edit(staff_client, goal, wording=wording)
    assert [past.text for past in goal.past_wordings.all()] == ["Tre", "To", WORDING]


def test_a_change_beside_the_words_is_no_history(staff_client, goal):
    edit(staff_client, goal, wording=f"  {WORDING}\r\n", stands_in="Budgettet")
    goal.refresh_from_db()
    assert (goal.stands_in, goal.past_wordings.count()) == ("Budgettet", 0)


def test_words_that_cannot_be_saved_make_no_history(staff_client, goal):
    assert edit(staff_client, goal, wording="").status_code == 422
    goal.refresh_from_db()
    assert (goal.wording, goal.past_wordings.count()) == (WORDING, 0)


def edit(client, goal, **fields):
    goal.refresh_from_db()
    sent = TYPED | {"seen_version": goal.version} | fields
    return client.post(reverse("goals:edit", args=[goal.key]), sent)


# --- Looking at it -------------------------------------------------------------------------------


def test_a_look_begins_at_the_first_step(page, staff, goal):
    make_guide()
    shown = page(goal.get_absolute_url(), by=staff)
    step = shown.form(START).send()
    assert step.url.endswith("/trin/1/")
    assert goal.reviews.get().participant.user == staff


def test_beginning_twice_is_beginning_once(staff_client, goal):
    make_guide()
    start = reverse("goals:start", args=[goal.key])
    first, second = staff_client.post(start), staff_client.post(start)
    assert first["Location"] == second["Location"] == goal.reviews.get().get_absolute_url()


def test_two_clicks_at_the_same_moment_begin_once(committed, goal):
    make_guide()
    both = threading.Barrier(2)

    def click():
        try:
            both.wait()
            Goal.objects.get(pk=goal.pk).start_review(goal.owner)
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click) for _click in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert goal.reviews.count() == 1


def test_after_the_conclusion_a_new_look_begins_and_the_old_one_stays(page, staff, concluded):
    shown = page(concluded.goal.get_absolute_url(), by=staff)
    assert shown.form(START).send().url.endswith("/sidst/")
    newest, oldest = concluded.goal.reviews.all()
    assert (newest.is_concluded, oldest.is_concluded) == (False, True)
    assert (oldest.decision, newest.decision) == ("keep", "")


def test_the_history_names_each_look_and_its_decision(page, staff, concluded):
    make_review(concluded.goal)
    titles = page(concluded.goal.get_absolute_url(), by=staff).texts(".kompas-card__title")
    assert [title.partition(": ")[2] for title in titles] == ["i gang", "Behold"]


# --- What everybody may read ---------------------------------------------------------------------


def test_the_whole_compass_can_be_read_without_an_account(page, content):
    about = page("/maalkompasset/")
    assert about.texts("h1") == ["Målkompasset"]
    steps = [heading for heading in about.texts("h2") if heading[0].isdecimal()]
    assert steps == [
        "1. Hvad handler målet om?", "2. Hvem er målet til for?", "3. Hvordan blev målet sat?",
        "4. Hvem satte det?", "5. Hvem følger op, og på hvad?", "6. Med hvilket udbytte?",
        "7. Giver det mening for dem, der bidrager?", "8. Hvad siger vi farvel til?",
    ]  # fmt: skip


def test_the_paper_asks_everything_the_screen_asks(page, content):
    paper = page("/maalkompasset/blanket/").text
    for asked in [
        "Målet med mine egne ord",
        "Hvad kan stoppe, hvis dette mål bliver?",
        "Behold",
        "Sig farvel",
    ]:
        assert asked in paper
    assert "8. Sker der intet, så" in paper


@pytest.mark.parametrize("path", ["/maalkompasset/", "/maalkompasset/blanket/"])
def test_without_a_published_compass_there_is_nothing_to_read(page, path, db):
    make_guide(is_published=False)
    page(path, status=404)


# --- Two windows -----------------------------------------------------------------------------------


def test_two_windows_both_texts_are_shown_and_the_later_is_not_saved(page, staff, goal):
    where = reverse("goals:edit", args=[goal.key])
    first, second = (page(where, by=staff).form() for _window in range(2))
    first.send({"wording": "Min første udgave", "stands_in": "Budgettet"})
    clash = second.send({"wording": "Min anden udgave"}, status=409)
    assert clash.texts(".kompas-notice dd") == ["Min første udgave", "Budgettet"]
    assert clash.one("textarea[name=wording]").text.strip() == "Min anden udgave"
    goal.refresh_from_db()
    assert (goal.wording, goal.past_wordings.count()) == ("Min første udgave", 1)


def test_what_another_window_has_chosen_is_said_in_words(page, staff, goal):
    chosen = CityGoal.objects.create(title="En by i bevægelse")
    first, second = (page(reverse("goals:edit", args=[goal.key]), by=staff).form() for _window in range(2))
    first.send({"concerns": "inside", "is_law_bound": "on", "city_goal": str(chosen.pk)})
    clash = second.send({"wording": "Min udgave"}, status=409)
    people = str(Goal.Concerns("inside").label)
    assert clash.texts(".kompas-notice dd") == [goal.wording, people, "ja", "En by i bevægelse"]


def test_whoever_has_seen_both_texts_may_save(page, staff, goal):
    where = reverse("goals:edit", args=[goal.key])
    first, second = (page(where, by=staff).form() for _window in range(2))
    first.send({"wording": "Min første udgave"})
    second.send({"wording": "Min anden udgave"}, status=409).form().send()
    goal.refresh_from_db()
    assert goal.wording == "Min anden udgave"
    assert [past.text for past in goal.past_wordings.all()] == ["Min første udgave", WORDING]


@pytest.mark.parametrize("seen", ["", "0", "7"])
def test_a_page_that_does_not_know_what_it_saw_overwrites_nothing(staff_client, goal, seen):
    answer = edit(staff_client, goal, wording="Noget andet", seen_version=seen)
    assert answer.status_code == 409
    goal.refresh_from_db()
    assert goal.wording == WORDING


# --- Aarhusmål -------------------------------------------------------------------------------------


def test_without_a_list_of_city_goals_one_writes_it(page, staff):
    form = page("/maalkompasset/nyt/", by=staff)
    assert form.select("[name=city_goal]") == []
    assert "Der er ingen liste over Aarhusmål endnu. Skriv det med dine ord." in form.text


def test_with_a_list_one_chooses_from_it(page, staff):
    chosen = CityGoal.objects.create(title="En by i bevægelse")
    form = page("/maalkompasset/nyt/", by=staff).form()
    shown = form.send(TYPED | {"city_goal": str(chosen.pk)})
    assert "En by i bevægelse" in shown.texts("dd")
    assert Goal.objects.get().city_goal == chosen


def test_an_editor_keeps_the_list(editor, logged_in):
    browser = logged_in(editor)
    answer = browser.post("/admin/goals/citygoal/add/", {"title": "En by i bevægelse", "position": "1"})
    assert answer.status_code == 302
    assert CityGoal.objects.get().title == "En by i bevægelse"
