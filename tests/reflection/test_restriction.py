"""Restriction of processing (article 18): kept for the person, and shown, sent and deleted by nobody else.

Which texts are somebody's the marks say: each gets a word that stands nowhere else, and every address of the
portal is asked for by everybody who is shown it as long as nothing is restricted.
"""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITOR
from goals.models import Goal, Goodbye, Review, YearCount
from goals.overview import picture_of
from privacy.marks import Purpose, Whose, marked_models
from privacy.models import Event, Kept, RetentionPeriod, What
from privacy.models.restriction import Restriction
from reflection.confidentiality import board, safety
from reflection.models import Participant, Reflection, Snapshot
from reflection.privacy.restriction import tell_rooms
from reflection.reminders import send_all
from tests import routes
from tests.admin.conftest import admin_url
from tests.factories import (
    decide,
    make_agreement,
    make_ended_review,
    make_goal,
    make_goodbye,
    make_guide,
    make_room,
    make_user,
    tomorrow,
    yesterday,
)
from tests.privacy.test_looks import WORD, browser_of, pages_of_the_admin, text_of, with_word
from tests.privacy.test_retention import left, make_everything, purge
from tests.reflection.people import add, answer, enter, place_of, seat

pytestmark = pytest.mark.django_db
REASON = "Personen bestrider, at det er rigtigt, sag 2026-7."
ADD = "/admin/privacy/restriction/add/"


def restrict(person) -> Restriction:
    made = Restriction.objects.create(subject=person.pseudonym, reason=REASON)
    tell_rooms(made)
    return made


def lift(restriction: Restriction):
    restriction.lifted_at, restriction.lifted_because = timezone.now(), "Det er undersøgt."
    restriction.save()
    tell_rooms(restriction)


# --- No channel shows it: found by the marks and by the routes ---------------------------------------------


def sow(person):
    """Put the word into every text that is this one person's, wherever the marks lead."""
    for model, mark in marked_models().items():
        is_own = mark.whose in {Whose.STAFF, Whose.PARTICIPANTS} and mark.purpose == Purpose.REFLECTION
        ways = [way for way in mark.ways_to_pseudonyms() if is_own]
        names = [*mark.identity, *mark.words]
        for way in ways:
            for row in model._base_manager.filter(**{way: person.pseudonym}):
                sown = {name: with_word(model._meta.get_field(name), getattr(row, name)) for name in names}
                told = {name: new for name, new in sown.items() if new}
                model._base_manager.filter(pk=row.pk).update(**told)


@pytest.fixture
def people(content_without_search, staff, logged_in, settings, tmp_path):
    """Whose it is; a colleague who is in every room and may read every goal; and whoever has no account."""
    settings.MEDIA_ROOT = tmp_path
    routes.make_examples(staff)
    User.objects.filter(pk=staff.pk).update(name=f"{WORD} Malik")
    staff.refresh_from_db()
    colleague = make_user("Karen Kollega", email="karen@example.dk")
    for goal in Goal.objects.exclude(shares__user=colleague):
        goal.shares.create(user=colleague)
    for goal in [make_goal("Kollegaens mål.", owner=colleague)]:
        goal.shares.create(user=staff)
    for room in Reflection.objects.exclude(mode=Reflection.Mode.SOLO):
        show_words_of(staff, room)
        room.participants.create(user=colleague, name="Karen", party=room.parties.first())
    Goodbye.objects.update(is_shared=True, published_at=yesterday())
    sow(staff)
    return {"colleague": colleague, "nobody": None}


def show_words_of(staff, room):
    """Who leads answers too, and so that it is shown, where anything is; with a name."""
    place = room.participants.filter(user=staff).first()
    if place is None or not place.is_facilitator:
        return
    was = room.phase
    Reflection.objects.filter(pk=room.pk).update(phase="collecting", concluded_at=None)
    place.answer_for(place.party or room.parties.first())
    Participant.objects.filter(pk=place.pk).update(name=f"{WORD} Malik")
    answer(Participant.objects.get(pk=place.pk), "4", f"{WORD} siger leder", is_signed=True)
    others = room.participants.filter(is_respondent=True, party=place.party).exclude(pk=place.pk)
    for other in others:
        if was != "collecting":
            answer(other, "2", f"Ord {other.pk}")
    if was == "collecting":
        return
    Snapshot.objects.filter(reflection=room).delete()
    Reflection.objects.get(pk=room.pk).reveal()
    if was == "concluded":
        Reflection.objects.get(pk=room.pk).conclude()


def walk(browser, addresses) -> set[str]:
    """The names of the routes on which the word stands; a PDF says what the page it is made of says."""
    shown = set()
    for name, address in addresses:
        with transaction.atomic():
            response = browser.get(address)
            is_pdf = response.get("Content-Type") == "application/pdf"
            if response.status_code == 200 and not is_pdf and WORD in text_of(response):
                shown.add(name)
            transaction.set_rollback(True)
    return shown


def every_address():
    return [
        (route.name, address)
        for route in routes.EVERY
        if not route.is_post_only
        for address in route.addresses()
    ]


SHOWN = {
    "colleague": {"goals:goal", "goals:mine", "goodbyes", "reflection:board", "reflection:minutes",
                  "reflection:minutes_word", "reflection:minutes_json", "reflection:wall"},
    "nobody": {"goodbyes", "reflection:board", "reflection:minutes", "reflection:minutes_word"},
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("who", SHOWN)
def test_no_page_and_no_file_shows_anybody_else_what_is_restricted(people, staff, logged_in, who):
    browser = browser_of(people[who], logged_in)
    addresses = every_address()
    before = walk(browser, addresses)
    assert before >= SHOWN[who]
    restriction = restrict(staff)
    assert walk(browser, addresses) == set()
    lift(restriction)
    assert walk(browser, addresses) == before


@pytest.mark.long
@pytest.mark.parametrize("role", [ADMINISTRATOR, EDITOR])
def test_nor_does_any_page_of_the_admin(people, staff, logged_in, role):
    """Accounts aside, which say who may come in: what somebody has written and answered stands nowhere."""
    browser = logged_in(make_user("Ada", email="ada@example.dk", role=role))
    pages = [page for page in pages_of_the_admin() if not page[0].startswith(("accounts.user", "admin."))]
    pages = [*pages, ("dashboard", "/admin/"), ("bin", "/admin/papirkurv/")]
    assert "goals.goodbye change" in walk(browser, pages)
    restrict(staff)
    assert walk(browser, pages) - {"privacy.event changelist", "privacy.restriction changelist"} == set()


@pytest.mark.long
def test_the_person_reads_all_of_it_as_before(people, staff, logged_in):
    browser = logged_in(staff)
    addresses = [(name, address) for name, address in every_address() if name.startswith("goals:")]
    before = walk(browser, addresses)
    restrict(staff)
    assert walk(browser, addresses) >= before - {"goodbyes"} >= {"goals:goal", "goals:mine"}


# --- In a room ---------------------------------------------------------------------------------------------


@pytest.fixture
def room(staff):
    make_guide(steps=1)
    return make_room(leader=staff)


def words(room) -> list[str]:
    (result,) = board(Reflection.objects.get(pk=room.pk))
    return sorted(
        comment.hidden_note or f"{comment.text} {comment.name}".strip() for comment in result.comments
    )


def test_before_the_reveal_the_answers_of_somebody_restricted_are_left_out(room):
    alma, *_others = add(room, ("1", "Almas ord"), ("2", "b"), ("3", "c"), ("4", "d"))
    restriction = restrict(alma)
    room.reveal()
    assert words(room) == ["b", "c", "d"]
    lift(restriction)
    room.collect_again()
    Reflection.objects.get(pk=room.pk).reveal()
    assert words(room) == ["b", "c", "d"]  # one more would be known to be theirs


@pytest.mark.parametrize("mode", [Reflection.Mode.CONFIDENTIAL, Reflection.Mode.OPEN])
def test_what_was_shown_is_hidden_and_comes_back_also_when_the_answer_has_changed(staff, mode):
    make_guide(steps=1)
    room = make_room(leader=staff, mode=mode)
    people = [room.participants.create(name=name) for name in ["Alma", "Bo", "Eva", "Ib"]]
    for number, person in enumerate(people, start=1):
        answer(person, str(number), f"ord {person.name}")
    room.reveal()
    shown = words(room)
    room.collect_again()
    answer(people[0], "5", "noget andet")
    room = Reflection.objects.get(pk=room.pk)
    Reflection.objects.filter(pk=room.pk).update(phase="revealed")
    restriction = restrict(people[0])
    assert words(room) == ["En kommentar vises ikke for tiden.", *shown[1:]]
    (result,) = board(Reflection.objects.get(pk=room.pk))
    (values,) = result.values
    assert values.counts == [1, 1, 1, 1, 0]  # numbers stay: others could else subtract
    assert "Alma" not in str(values.names)
    lift(restriction)
    assert words(room) == shown


def test_names_that_stand_in_the_room_are_not_shown(room, page, logged_in):
    alma = place_of(enter(room, name="Alma"), room)
    room.participants.create(name="Bo")
    alma.lead()
    people = reverse("reflection:people", args=[room.key])
    assert "Alma" in page(people, by=room.owner).text
    restrict(alma)
    told = page(people, by=room.owner)
    assert "Alma" not in told.text
    assert "Bo" in told.text
    assert "leder også rummet" in page(reverse("reflection:waiting", args=[room.key]), by=seat(alma)).text
    restrict(room.owner)
    assert Reflection.objects.get(pk=room.pk).leader_name == ""


def test_how_free_somebody_is_is_not_counted(room):
    for number in [1, 2, 3, 5]:
        person = room.participants.create(safety=number)
    restrict(person)
    room.reveal()
    assert safety(room) == [1, 1, 1, 0, 0]


def test_what_somebody_would_choose_is_not_counted(room):
    people = add(room, "1", "2", "3", "4")
    room.reveal()
    for person in people:
        assert person.vote_for("goodbye" if person == people[0] else "keep")
    restrict(people[0])
    assert room.vote_count()[:2] == (3, 3)
    assert room.show_votes()
    assert room.votes_shown == {"keep": 3}


def test_the_board_for_many_is_made_anew_at_once(room, asgi_client, no_delay):
    """A copy was kept; whoever looks is told that something has changed."""
    alma, *others = add(room, *[("1", f"{WORD} {n}") for n in range(4)])
    room.reveal()
    phone, address = seat(others[0]), reverse("reflection:board", args=[room.key])
    assert f"{WORD} 0" in asgi_client(address, phone).body.decode()
    restriction = restrict(alma)
    assert f"{WORD} 0" not in asgi_client(address, phone).body.decode()
    lift(restriction)
    assert f"{WORD} 0" in asgi_client(address, phone).body.decode()


def test_a_new_code_of_ones_own_does_not_end_the_restriction(room):
    alma, *_others = add(room, *[("1", "ord")] * 4)
    restrict(alma)
    alma.renew_ways_back()
    assert Reflection.objects.get(pk=room.pk).restricted.keys() == {alma.pk}


# --- Outside the room --------------------------------------------------------------------------------------


def test_a_count_that_is_made_anew_leaves_out_the_goals_of_somebody_restricted(content):
    owners = [make_user() for _number in range(7)]
    for owner in owners:
        make_ended_review(make_goal("Et mål.", owner=owner))
    restrict(owners[0])
    counted = YearCount.objects.count_year(timezone.localdate().year, picture_of)
    assert set(counted.owners) == {str(owner.pk) for owner in owners[1:]}


def test_what_a_group_told_leaders_by_name_is_not_told(content):
    review = make_ended_review(make_goal("Et mål.", owner=make_user()))
    review.tell_everybody()
    restriction = restrict(review.goal.owner)
    assert list(Review.objects.told()) == []
    lift(restriction)
    assert list(Review.objects.told()) == [review]


def test_the_kept_public_page_is_another_at_once(content, client, page):
    goodbye = make_goodbye(make_ended_review(make_goal("Et skema.", owner=make_user()), "goodbye"), what=WORD)
    Goodbye.objects.update(is_shared=True, published_at=yesterday())
    assert WORD in page("/farvel/").text
    restriction = restrict(goodbye.review.goal.owner)
    assert WORD not in page("/farvel/").text
    lift(restriction)
    assert WORD in page("/farvel/").text


def test_no_mail_goes_to_somebody_restricted_and_it_goes_when_that_is_over(staff, room):
    waiting = make_user("Ida", email="ida@example.dk")
    room.participants.create(user=waiting)
    Reflection.objects.filter(pk=room.pk).update(reveal_at=tomorrow())
    make_agreement(room, due=yesterday().date())
    restrictions = [restrict(staff), restrict(waiting)]
    assert send_all() == (0, 0)
    assert mail.outbox == []
    for restriction in restrictions:
        lift(restriction)
    assert send_all() == (2, 0)


# --- Kept longer than its period ---------------------------------------------------------------------------

HELD = [kind for kind in Kept if kind in {
    Kept.ROOMS, Kept.ALONE, Kept.GOALS, Kept.AGREEMENTS, Kept.UNUSED_ACCOUNTS, Kept.CLOSED_ACCOUNTS,
    Kept.EVENTS,
}]  # fmt: skip


@pytest.mark.parametrize("kind", HELD)
def test_what_is_restricted_outlives_its_period_and_goes_once_it_is_lifted(kind):
    make_everything(days=40)
    Event.objects.filter(what=What.PUBLISHED)
    decide(kind, 30)
    for user in User.objects.all():
        Event.objects.create(what=What.PUBLISHED, who=user.pseudonym, at=timezone.now() - timedelta(days=40))
    restrictions = [restrict(user) for user in User.objects.all()]
    before = left()
    nobodys = Event.objects.filter(who=None, about=None, what=What.PUBLISHED).count()
    expected = nobodys if kind == Kept.EVENTS else 0
    assert purge(dry_run=True)[kind] == purge()[kind] == expected
    assert {name: number - left()[name] for name, number in before.items() if left()[name] != number} == (
        {"events": nobodys} if expected else {}
    )
    for restriction in restrictions:
        lift(restriction)
    assert purge(dry_run=True)[kind] == purge()[kind] > 0


def test_a_place_without_an_account_holds_its_room(room):
    alma, *_others = add(room, *[("1", "ord")] * 4)
    Reflection.objects.update(created_at=timezone.now() - timedelta(days=40))
    decide(Kept.ROOMS, 30)
    restriction = restrict(alma)
    assert purge()["rooms"] == 0
    lift(restriction)
    assert purge()["rooms"] == 1


def test_a_place_in_a_room_of_nobodys_holds_it_beyond_its_day(room):
    alma, *_others = add(room, *[("1", "ord")] * 4)
    Reflection.objects.update(owner=None, is_for_anybody=True, keep_until=yesterday().date())
    decide(Kept.OPEN_ROOMS, 30)
    restriction = restrict(alma)
    assert purge(dry_run=True)["open_rooms"] == purge()["open_rooms"] == 0
    lift(restriction)
    assert purge()["open_rooms"] == 1


def test_all_kinds_that_the_municipality_decides_about_are_tried():
    assert {*HELD, Kept.OPEN_ROOMS} == set(dict(RetentionPeriod._meta.get_field("kind").choices))


def test_nobody_deletes_it_by_another_way(administrator, administrator_client, logged_in, page, staff):
    colleague = make_user("Karen", email="karen@example.dk")
    restrict(staff)
    User.objects.filter(pk=staff.pk).update(is_active=False)
    assert administrator_client.post(admin_url(staff, "delete"), {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [staff.pk], "post": "yes"}
    administrator_client.post("/admin/accounts/user/", selected)
    with pytest.raises(CommandError):
        call_command("hand_over", staff.email, colleague.email, reason="Malik er holdt op, Karen tager over.")
    User.objects.filter(pk=staff.pk).update(is_active=True)
    told = page("/mine-data/slet/", by=staff).form().send({"is_sure": "on"}, status=422)
    assert "Behandlingen af dine oplysninger er begrænset" in told.text
    assert User.objects.filter(pk=staff.pk).exists()


def test_emergency_access_deletes_neither_the_room_nor_the_answers(administrator_client, room):
    alma, *_others = add(room, *[("1", "ord")] * 4)
    restrict(alma)
    opened = {"room": f"/rum/{room.key}/", "reason": REASON, "confirmed": "on"}
    there = administrator_client.post("/admin/reflection/emergencyaccess/aabn/", opened, follow=True)
    address = there.request["PATH_INFO"]
    for end, sent in [("slet-rum/", {"confirmed": "on"}), ("slet-svar/", {"who": alma.return_code})]:
        refused = administrator_client.post(address.replace("rum/", end), sent)
        assert refused.status_code == 422
        assert "er begrænset. Frigiv den først." in refused.content.decode()
    assert alma.answers.count() == 2


# --- Who does it, and who is told --------------------------------------------------------------------------


def test_an_administrator_restricts_and_lifts_with_a_reason_and_both_are_events(
    administrator, administrator_client, staff
):
    sent = {"who": staff.email, "reason": REASON, "confirmed": "on"}
    assert administrator_client.post(ADD, sent).status_code == 302
    restriction = Restriction.objects.get()
    assert (restriction.subject, restriction.began_by) == (staff.pseudonym, administrator.pseudonym)
    again = administrator_client.post(ADD, sent)
    assert "allerede begrænset" in again.content.decode()
    lifted = {"lifted_because": "Oplysningerne er rettet, sag 2026-7.", "confirmed": "on"}
    assert administrator_client.post(admin_url(restriction), lifted).status_code == 302
    restriction.refresh_from_db()
    assert (restriction.is_standing, restriction.lifted_by) == (False, administrator.pseudonym)
    assert administrator_client.post(admin_url(restriction), lifted).status_code == 403
    assert administrator_client.get(admin_url(restriction)).status_code == 200
    assert administrator_client.post(admin_url(restriction, "delete"), {"post": "yes"}).status_code == 403
    acts = Event.objects.filter(what__in=[What.RESTRICTED, What.RELEASED]).order_by("pk")
    assert [(act.what, act.who, act.about, act.key) for act in acts] == [
        ("restricted", administrator.pseudonym, staff.pseudonym, ""),
        ("released", administrator.pseudonym, staff.pseudonym, ""),
    ]
    assert REASON not in json.dumps(list(Event.objects.values()), default=str)


def test_by_a_participants_code(administrator_client, room):
    alma = room.participants.create(name="Alma")
    administrator_client.post(ADD, {"who": alma.return_code, "reason": REASON, "confirmed": "on"})
    assert Restriction.objects.get().subject == alma.key


@pytest.mark.parametrize(
    "wrong",
    [{"who": ""}, {"who": "ingen@example.dk"}, {"who": "AAAAA-AAAAA"}, {"reason": ""}, {"reason": "Kort."},
     {"confirmed": ""}, {"reason": "x" * 501}],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_restricted(administrator_client, staff, wrong):
    sent = {"who": staff.email, "reason": REASON, "confirmed": "on", **wrong}
    answered = administrator_client.post(ADD, sent)
    assert list(answered.context["adminform"].form.errors) == list(wrong)
    assert not Restriction.objects.exists()


@pytest.mark.parametrize("wrong", [{"lifted_because": ""}, {"lifted_because": "Kort."}, {"confirmed": ""}])
def test_it_is_not_lifted_without_a_reason_and_a_word_to_the_person(administrator_client, staff, wrong):
    restriction = restrict(staff)
    sent = {"lifted_because": "Oplysningerne er rettet, sag 2026-7.", "confirmed": "on", **wrong}
    answered = administrator_client.post(admin_url(restriction), sent)
    assert list(answered.context["adminform"].form.errors) == list(wrong)
    assert Restriction.objects.standing().exists()


def test_nobody_else_may(editor_client, staff_client, staff):
    for browser in [editor_client, staff_client]:
        answered = browser.post(ADD, {"who": staff.email, "reason": REASON, "confirmed": "on"})
        assert answered.status_code in {302, 403}
    assert not Restriction.objects.exists()


def test_the_person_reads_it_and_why_and_that_it_is_over(page, staff):
    restriction = restrict(staff)
    told = page("/mine-data/", by=staff)
    assert "Behandlingen af dine oplysninger er begrænset" in told.texts("h2")
    assert REASON in told.text
    lift(restriction)
    assert "Det er undersøgt." in page("/mine-data/", by=staff).text


def test_so_does_somebody_without_an_account_beside_their_answers(page, room):
    alma = add(room, ("1", "ord"))[0]
    restrict(alma)
    assert REASON in page(reverse("reflection:answers", args=[room.key]), by=seat(alma)).text


def test_the_list_costs_the_same_for_one_and_for_three(administrator_client, django_assert_max_num_queries):
    for _number in range(3):
        restrict(make_user())
    with django_assert_max_num_queries(12):
        administrator_client.get("/admin/privacy/restriction/")
