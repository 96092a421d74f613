"""The wall, the step that everybody is taken to, and what whoever leads does from their own screen."""

from contextlib import closing

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from goals.models import Decision
from reflection.agenda import safety_sentence
from reflection.confidentiality import board, comment_to_hide
from reflection.forms.facilitator import HideForm
from reflection.live.notifications import CHANGED, CHANNEL
from reflection.models import Guide, Reflection
from reflection.templatetags.spreads import dots, wide_dots
from tests.factories import make_ending, make_goal, make_guide, make_room, make_user, yesterday
from tests.reflection.asgi import Subscribers
from tests.reflection.people import add, answer, enter, place_of, seat


@pytest.fixture
def leader(db):
    make_guide(steps=2)
    return make_user("Malik Medarbejder")


@pytest.fixture
def room(leader):
    """A goal that a group looks at; Malik leads and does not answer."""
    return make_goal("Svar inden fem dage.", owner=leader).open_room(leader, mode="confidential").reflection


def at(room, name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


def step_of(room) -> int:
    return Reflection.objects.get(pk=room.pk).current_step


def answered(room):
    """Four people; at the second step they differ most."""
    people = add(room, ("3", "Vi ringer"), ("3", "Vi skriver"), ("3", "Vi venter"), ("4", "Vi spørger"))
    scale = room.version.steps.get(position=2).answered_prompts[0]
    for person, value in zip(people, [1, 1, 5, 5], strict=True):
        person.answers.filter(prompt=scale).update(value=value)
    return people


@pytest.fixture
def revealed(room):
    answered(room)
    room.reveal()
    return room


@pytest.fixture
def wall(room):
    """A computer where nobody is logged in, opened by the code on the screen of whoever leads."""
    room.open_wall()
    browser = Client()
    browser.post(reverse("reflection:wall_code"), {"code": room.wall_code})
    return browser


# --- What stands on it -----------------------------------------------------------------------------


def test_before_the_reveal_it_shows_the_way_in_and_how_many_are_done_and_nobody(page, room, leader):
    room.participants.create(name="Alma Alene", is_done=True)
    room.participants.create(name="Bo Bange")
    seen = page(at(room, "wall"), by=leader)
    assert f"{room.code[:3]} {room.code[3:]}" in seen.text
    assert "1 af 2 er færdige" in seen.text
    assert seen.select("svg.kompas-qr")
    assert seen.select("header, nav, footer") == []
    for private in ["Alma", "Bo Bange", "Malik", room.facilitator_invitation, "frit", "/led/"]:
        assert private not in seen.html, private


def test_before_anybody_has_come_it_counts_nobody(page, room, leader):
    for name in ["wall", "lead"]:
        seen = page(at(room, name), by=leader)
        assert "Ingen er kommet ind endnu" in seen.text
        assert "0 " not in " ".join(seen.texts(".kompas-wall__done, #state"))


def test_what_only_a_script_does_is_not_said_where_none_runs(page, room):
    phone = enter(room)
    hidden = page(at(room, "step", 1), by=phone).one("[data-save-text]")
    assert (hidden.text, hidden.get("hidden")) == ("Gemmes, mens du skriver", "")
    phone.post(at(room, "finish"), {"done": "yes"})
    waiting = page(at(room, "waiting"), by=phone).one("[data-follows-itself]")
    assert (waiting.text, waiting.get("hidden")) == ("De kommer frem her af sig selv.", "")


def test_it_says_how_many_are_done_of_each_party_however_many_they_are(page, room, leader):
    sides = [
        room.parties.create(position=n, title=title) for n, title in enumerate(["Klubben", "De frivillige"])
    ]
    for party, people in zip(sides, [4, 3], strict=True):
        for number in range(people):
            room.participants.create(party=party, is_done=number > 0)
    seen = page(at(room, "wall"), by=leader)
    assert seen.texts(".kompas-wall__parties li") == ["Klubben 3 af 4", "De frivillige 2 af 3"]


def test_after_the_reveal_it_shows_all_and_then_one_at_a_time_the_widest_first(page, revealed, leader):
    everything = page(at(revealed, "wall"), by=leader)
    assert everything.texts("h1") == ["Det, I ser mest forskelligt, står først"]
    statements = [str(result.statement.local.text) for result in board(revealed)]
    assert everything.texts(".kompas-wall__all .kompas-wall__name") == statements
    assert "1: slet ikke · 5: helt" in everything.text
    step = everything.form("form[data-remote]").send(button="Næste →")
    assert step.texts("h1") == statements[:1]
    assert "1 af 2" in step.text
    assert len(step.select(".kompas-wall__picture svg")) == 1
    assert "Begynd her." in step.text
    last = step.form("form[data-remote]").send(button="Næste →")
    assert "2 af 2" in last.text
    assert "Begynd her." not in last.text
    end = last.form("form[data-remote]").send(button="Næste →")
    assert end.texts("h1") == ["Hvad skal der ske med målet?"]
    assert end.form("form[data-remote]").send(button="← Forrige").texts("h1") == last.texts("h1")


def test_a_hidden_comment_is_not_there_and_nothing_says_that_one_was(page, revealed, leader):
    revealed.show_step(1)
    comment = next(said for said in board(revealed)[0].comments if said.text == "Vi venter")
    form = HideForm({"reason": "Det nævner en person"})
    assert form.is_valid()
    form.save(
        comment_to_hide(revealed, comment.snapshot, comment.position), revealed.participants.get(user=leader)
    )
    seen = page(at(revealed, "wall"), by=leader)
    assert len(seen.select("[data-comments] li")) == 3
    for said in ["Vi venter", "skjult", "nævner", "Malik", "/skjul/"]:
        assert said not in seen.html, said
    assert "har skjult en kommentar" in page(at(revealed, "board"), by=leader).text


def test_it_has_room_for_some_comments_and_says_how_many_there_are_beside(page, room, leader):
    add(
        room,
        *[("3", f"En lang historie nummer {number}, " + "som vi fortæller. " * 6) for number in range(9)],
    )
    room.reveal()
    room.show_step(1)
    seen = page(at(room, "wall"), by=leader)
    shown = len(seen.select("[data-comments] li"))
    assert 0 < shown < 9
    assert f"{9 - shown} flere på jeres telefoner" in seen.text


def test_the_clock_stands_on_it_and_is_gone_at_the_end(page, revealed, leader):
    revealed.start_timer(120)
    assert page(at(revealed, "wall"), by=leader).select(".kompas-timer")
    revealed.conclude()
    ended = Reflection.objects.get(pk=revealed.pk)
    assert (ended.timer_ends_at, ended.timer_left) == (None, None)
    assert page(at(revealed, "wall"), by=leader).select(".kompas-timer") == []


# --- Who may open it -------------------------------------------------------------------------------


def test_a_code_opens_the_wall_and_nothing_else(page, revealed, leader, wall):
    seen = page(at(revealed, "wall"), by=wall)
    assert seen.select("form") == []
    for name in ["room", "board", "lead", "minutes", "answers", "talk_here"]:
        assert wall.get(at(revealed, name)).status_code == 403, name
    assert wall.post(at(revealed, "show_step"), {"step": 1}).status_code == 403
    assert revealed.participants.count() == 5  # nobody has come in


def test_the_code_stands_on_the_screen_of_whoever_leads_and_is_not_stored(page, room, leader):
    lead = page(at(room, "lead"), by=leader)
    lead = lead.form(f"form[action='{at(room, 'share_wall')}']").send(button="Lav en skærmkode")
    code = lead.texts(".kompas-code--wall")[0]
    room = Reflection.objects.get(pk=room.pk)
    assert code == room.wall_code
    assert code.replace("-", "") not in str(Reflection.objects.filter(pk=room.pk).values())
    opened = page(reverse("reflection:wall_code"), by=Client()).form().send({"code": code.lower()})
    assert opened.url == at(room, "wall")


def test_the_code_leads_nobody_into_the_room(page, room):
    room.open_wall()
    refused = page(reverse("reflection:code")).form().send({"code": room.wall_code}, status=422)
    assert "passer ikke" in refused.text
    assert page(reverse("reflection:wall_code")).form().send({"code": room.code}, status=422).texts("h1")


@pytest.mark.parametrize("end", ["closed", "renewed", "past"])
def test_a_code_that_is_over_shows_nothing_any_more(room, wall, end):
    assert wall.get(at(room, "wall")).status_code == 200
    if end == "past":
        Reflection.objects.filter(pk=room.pk).update(wall_until=yesterday())
    else:
        (room.close_wall if end == "closed" else room.open_wall)()
    assert wall.get(at(room, "wall")).status_code == 403


def test_the_wall_hears_what_the_room_hears_until_its_code_is_closed(room, wall):
    with closing(Subscribers(room, wall=wall, stranger=Client())) as subscribers:
        assert subscribers.hear() == ([], {"wall": CHANGED})
        room.start_timer(60)
        assert subscribers.hear()[1] == {"wall": CHANGED}
        room.close_wall()
        subscribers.hear()
        room.start_timer(30)
        assert subscribers.hear()[1] == {"wall": b""}


def test_what_is_decided_stands_on_it_while_it_is_written_and_it_alone_is_told(
    page, revealed, leader, wall, logged_in
):
    revealed.show_step(3)
    phone, lead = seat(revealed.participants.exclude(user=leader).first()), logged_in(leader)
    said = {"decision": Decision.ADJUST, "reason": "Det måler forkert", "new_wording": "Svar, der hjælper"}
    said["new_wording-was"] = "Svar inden fem dage."
    saves = {"HX-Request": "true", "HX-Target": "save-status"}
    with closing(Subscribers(revealed, phone=phone)) as subscribers:
        subscribers.hear()
        lead.post(reverse("goals:decision", args=[revealed.key]), {"page": "p" * 22, **said}, headers=saves)
        assert subscribers.hear()[0] == [(CHANNEL, f"{revealed.key}+")]  # no hurry: boards do not change
    shown = page(at(revealed, "wall"), by=wall)
    assert shown.texts("h1") == ["Hvad skal der ske med målet?"]
    assert shown.texts(".kompas-panel__said") == ["Justér"]
    assert shown.texts(".kompas-wall__lines dd") == ["Det måler forkert", "Svar, der hjælper"]


def test_enter_in_a_field_ends_no_room_and_the_plan_has_the_four_places_too(page, revealed, leader):
    review = revealed.review
    review.decision, review.reason = Decision.KEEP, "Det virker."
    review.save()
    review.decide()
    plan = page(reverse("goals:plan", args=[revealed.key]), by=leader)
    first = plan.select("form[data-autosave] button")[0]  # what a browser presses at Enter
    assert first.get("disabled") is not None
    assert plan.texts(".kompas-phases__current") == ["4 Aftal 15 min"]
    assert "kan ikke ændres" in plan.text


# --- The step --------------------------------------------------------------------------------------


def test_of_a_step_the_number_is_told_and_nothing_is_fetched(revealed, leader, logged_in):
    phone, lead = seat(revealed.participants.exclude(user=leader).first()), logged_in(leader)
    with closing(Subscribers(revealed, phone=phone)) as subscribers:
        subscribers.hear()
        lead.post(at(revealed, "show_step"), {"step": 2})
        announced, heard = subscribers.hear()
    assert announced == [(CHANNEL, f"{revealed.key}#2")]
    assert heard == {"phone": b"event: step\ndata: 2\n\n"}


@pytest.mark.parametrize("step", ["4", "-1", "to", ""])
def test_there_is_no_step_but_those_that_are_shown(revealed, leader, logged_in, step):
    revealed.show_step(1)
    assert logged_in(leader).post(at(revealed, "show_step"), {"step": step}).status_code == 302
    assert Reflection.objects.get(pk=revealed.pk).current_step == 1


def test_before_the_reveal_nobody_is_taken_anywhere_and_going_back_begins_anew(room, leader, logged_in):
    answered(room)
    lead = logged_in(leader)
    lead.post(at(room, "show_step"), {"step": 1})
    assert Reflection.objects.get(pk=room.pk).current_step == 0
    room.reveal()
    room.show_step(2)
    room.collect_again()
    assert room.current_step == 0


def test_who_does_not_lead_moves_nobody(revealed):
    phone = seat(revealed.participants.filter(user=None).first())
    assert phone.post(at(revealed, "show_step"), {"step": 2}).status_code == 404
    assert Reflection.objects.get(pk=revealed.pk).current_step == 0


def test_a_phone_has_every_step_and_knows_which_one_the_room_is_at(page, revealed):
    phone = seat(revealed.participants.filter(user=None).first())
    revealed.show_step(2)
    seen = page(at(revealed, "board"), by=phone)
    assert [slide.get("data-slide") for slide in seen.select("[data-slide]")] == ["1", "2", "3"]
    assert [step.get("data-room-step") for step in seen.select("[data-room-step]")] == ["2"]
    assert seen.texts("[data-here]:not([hidden])") == ["Her er I nu: 2 af 2"]
    assert seen.links()["Se det, I taler om nu"] == "#her"


# --- The screen of whoever leads -------------------------------------------------------------------


def test_four_places_have_four_names_minutes_and_words_to_say(page, room, leader):
    lead = page(at(room, "lead"), by=leader)
    assert lead.texts(".kompas-phases__list li") == [
        "1 Saml svar 15 min",
        "2 Se svarene 5 min",
        "3 Tal 40 min",
        "4 Aftal 15 min",
    ]
    assert lead.texts(".kompas-phases__list a") == ["1 Saml svar"]  # there is nothing to see yet
    answered(room)
    room.reveal()
    seen = page(at(room, "board"), by=leader)
    assert list(seen.links(".kompas-phases__list a")) == ["1 Saml svar", "2 Se svarene", "3 Tal", "4 Aftal"]
    assert "Læs svarene i stilhed" in seen.texts(".kompas-say")[0]


def test_a_guide_says_its_own_words_and_minutes(page, leader):
    version = Guide.objects.get().current_version().new_draft()
    version.texts = {"say-collect": {"da": "Tag jeres telefon frem."}, "minutes-collect": {"da": "20"}}
    version.save()
    version.publish()
    room = make_room(leader=leader)
    lead = page(at(room, "lead"), by=leader)
    assert "Sig: Tag jeres telefon frem." in lead.texts(".kompas-say")[0]
    assert lead.texts(".kompas-phases__list li")[0] == "1 Saml svar 20 min"


@pytest.mark.parametrize(("draw", "letters"), [(dots, 17), (wide_dots, 24)])
def test_how_many_more_there_are_is_not_cut_at_the_top(draw, letters):
    """Above the topmost dot, and inside the picture: `letters` is their size in static/css."""
    picture = html.fragment_fromstring(draw([0, 0, 0, 12, 0]))
    top = float(picture.get("viewbox").split()[1])
    [more] = picture.cssselect(".kompas-dots__more")
    topmost = min(float(dot.get("cy")) - float(dot.get("r")) for dot in picture.cssselect("circle"))
    assert top <= float(more.get("y")) - 0.75 * letters
    assert float(more.get("y")) < topmost


def test_what_the_group_knows_is_written_beside_the_picture_and_takes_everybody_along(page, revealed, leader):
    talk = page(at(revealed, "talk_here"), by=leader)
    assert talk.url == at(revealed, "talk", 1)
    assert talk.select("svg.kompas-dots")
    assert "Skærmen og telefonerne viser noget andet lige nu." in talk.text
    here = talk.form("form[data-autosave]").send({"text": "Vi ved det nu."}, button="Vis dette for alle")
    assert (here.url, Reflection.objects.get(pk=revealed.pk).current_step) == (at(revealed, "talk", 1), 1)
    following = here.form("form[data-autosave]").send(button="Næste →")
    assert (following.url, Reflection.objects.get(pk=revealed.pk).current_step) == (
        at(revealed, "talk", 2),
        2,
    )
    phone = seat(revealed.participants.filter(user=None).first())
    assert "Det ved vi nu: Vi ved det nu." in page(at(revealed, "board"), by=phone).texts(
        ".kompas-result__line"
    )
    agree = following.form("form[data-autosave]").send(button="Videre til Aftal →")
    assert agree.url == reverse("goals:decision", args=[revealed.key])
    assert step_of(revealed) == 3


def test_nobody_is_done_and_the_way_to_the_reveal_looks_shut(page, room, leader):
    room.participants.create()
    lead = page(at(room, "lead"), by=leader)
    assert lead.text.index("Vis svarene samlet") < lead.text.index("Sådan kommer man ind")
    assert "Vis svarene samlet" not in lead.links()
    assert "Ingen er færdige endnu." in lead.text


def test_who_showed_the_answers_too_early_finds_the_way_back_first_and_what_it_is_good_for(
    page, revealed, leader
):
    lead = page(at(revealed, "lead"), by=leader)
    assert lead.texts("h1") == ["Svarene er vist"]
    assert "Sig:" not in lead.text
    assert lead.text.index("Tilbage: lad dem svare igen") < lead.text.index("Lige nu")
    rule = "skifter et svar på tavlen kun, når mindst tre har ændret noget eller svaret nyt"
    assert rule in lead.text
    again = lead.form("form[action$='/tilbage/']").send(button="Tilbage: lad dem svare igen")
    assert again.texts("h1") == ["Saml svar"]
    phone = seat(revealed.participants.filter(user=None, is_done=True).first())
    waiting = page(at(revealed, "waiting"), by=phone).text
    assert "Der er åbnet for svar igen." in waiting
    assert rule in waiting
    assert rule in page(at(revealed, "reveal"), by=leader).text


def test_who_comes_when_answers_are_shown_is_told_so(page, revealed):
    late = page(reverse("reflection:join", args=[revealed.invitation]))
    assert "Svarene er vist. Du kan se med og tale med." in late.text


def test_the_reveal_asks_when_somebody_is_not_done(page, room, leader):
    add(room, "1", "2", "3")
    room.participants.create()
    room.participants.create()
    asked = page(at(room, "reveal"), by=leader)
    assert "To er ikke færdige. Vis alligevel?" in asked.text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([], ""),
        ([0, 0, 1, 2, 1], "Ingen af de fire siger, at de ikke kan svare frit."),
        ([1, 3, 0, 1, 1], "Fire af seks kan ikke svare frit. Stop, og spørg, hvad der skal til."),
        ([1, 0, 0, 3, 1], "En af fem kan ikke svare frit. Spørg alle, hvad der skal til."),
    ],
)
def test_how_free_people_are_is_said_in_a_sentence(said, words):
    assert safety_sentence(said) == words


def test_the_sentence_is_for_whoever_leads_alone(page, room, leader, wall):
    for person in answered(room):
        person.record_safety(1)
    room.reveal()
    sentence = "Fire af fire kan ikke svare frit."
    assert sentence in page(at(room, "board"), by=leader).text
    phone = seat(room.participants.filter(user=None).first())
    for browser, name in [(phone, "board"), (wall, "wall")]:
        assert "svare frit" not in page(at(room, name), by=browser).html, name


def test_an_invitation_to_copy_holds_address_and_code(page, room, leader):
    lead = page(at(room, "lead"), by=leader)
    (invitation,) = lead.texts("#invitation")
    assert room.code in invitation
    assert reverse("reflection:join", args=[room.invitation]) in invitation


# --- Whoever leads may answer ----------------------------------------------------------------------


def test_whoever_leads_may_answer_until_answers_have_been_shown(page, room, leader, logged_in):
    form = f"form[action='{at(room, 'take_part')}']"
    said = page(at(room, "lead"), by=leader).form(form).send({"answers": "yes"})
    assert "Du svarer også." in said.text
    assert room.head_count().people == 1
    first = page(at(room, "room"), by=leader)
    assert first.url in {at(room, "welcome"), at(room, "step", 1)}
    page(at(room, "lead"), by=leader).form(form).send({"answers": "no"})
    assert room.head_count().people == 0
    answered(room)
    room.reveal()
    room.collect_again()
    logged_in(leader).post(at(room, "take_part"), {"answers": "yes"})
    assert not room.participants.get(user=leader).is_respondent


def test_the_answers_of_whoever_leads_count_with_those_of_the_others(room, leader):
    place = room.participants.get(user=leader)
    place.answer_for(None)
    answer(place, "5", "Jeg leder")
    add(room, "1")
    room.reveal()
    assert board(room)[0].values == []  # two are too few
    room.collect_again()
    add(room, "2")
    room.reveal()
    assert board(room)[0].values[0].total == 3


def test_whether_who_leads_answers_voids_the_count(room, leader):
    add(room, "1", "2", "3")
    assert room.confirm_head_count(room.people_digest())
    room.participants.get(user=leader).answer_for(None)
    assert not room.reveal_if_counted()


def test_who_changes_sides_leaves_no_guess_about_their_own(room, leader):
    us, them = (room.parties.create(position=n, title=str(n)) for n in [0, 1])
    place = room.participants.get(user=leader)
    place.answer_for(us)
    scale = room.version.steps.first().answered_prompts[0]
    place.answers.create(prompt=scale, about=them, value=2)
    place.answer_for(them)
    assert not place.answers.filter(about=them).exists()


# --- What each would choose ------------------------------------------------------------------------


def vote(room, person, choice):
    return seat(person).post(at(room, "vote"), {"choice": choice})


def test_everybody_chooses_before_whoever_leads_writes_it(page, revealed, leader):
    *people, last = revealed.participants.filter(user=None)
    asked = page(at(revealed, "vote"), by=seat(last))
    assert len(asked.select("[name=choice]")) == len(Decision.usual())
    assert str(Decision.KEEP.when) in asked.text
    asked.form().send({"choice": "keep"})
    for person in people:
        vote(revealed, person, "goodbye")
    decision = page(reverse("goals:decision", args=[revealed.key]), by=leader)
    assert "4 af 4 har valgt." in decision.text
    shown = decision.form(f"form[action='{at(revealed, 'show_votes')}']").send()
    assert shown.texts(".kompas-votes__row") == ["Behold 1", "Justér 0", "Erstat 0", "Sig farvel 3"]
    revealed.show_step(3)
    for name in ["wall", "board"]:
        assert page(at(revealed, name), by=leader).texts(".kompas-votes__row") == shown.texts(
            ".kompas-votes__row"
        )


def test_what_fewer_than_three_chose_is_not_shown(page, revealed, leader):
    for person in revealed.participants.filter(user=None)[:2]:
        vote(revealed, person, "keep")
    page(at(revealed, "show_votes"), by=leader, post={})
    assert Reflection.objects.get(pk=revealed.pk).votes_shown == {}


def test_it_is_shown_once_and_nobody_changes_it_afterwards(revealed):
    people = list(revealed.participants.filter(user=None))
    for person in people[:3]:
        assert person.vote_for("keep")
    assert revealed.show_votes()
    assert not people[3].vote_for("goodbye")
    assert not people[0].vote_for("goodbye")
    assert not revealed.show_votes()
    assert Reflection.objects.get(pk=revealed.pk).votes_shown == {"keep": 3}


def test_windows_that_come_after_the_reveal_have_no_say(page, revealed, leader):
    """Else two of them beside one person would be «three who have chosen»."""
    people = list(revealed.participants.filter(user=None))
    assert people[0].vote_for("adjust")
    for _window in range(2):
        late = enter(revealed)
        late.post(at(revealed, "vote"), {"choice": "keep"})
        assert place_of(late, revealed).vote == ""
        assert "Kun de, hvis svar er vist, vælger her." in page(at(revealed, "vote"), by=late).text
    assert not revealed.show_votes()
    assert revealed.vote_count() == (4, 1, 3)


def test_a_choice_that_is_not_offered_is_refused(revealed):
    person = revealed.participants.filter(user=None).first()
    assert vote(revealed, person, "ban").status_code == 422


def test_who_leads_a_compass_made_in_the_admin_shows_what_was_chosen_too(page, leader):
    version = make_ending("vejen", "Bliv", "Flyt", ending="decision")
    room = make_room(leader=leader, guide=version.guide.slug, people=[None] * 3)
    room.reveal()
    asked = page(at(room, "agree"), by=leader)
    assert asked.texts(".kompas-phases__current") == ["4 Aftal 15 min"]
    assert "0 af 3 har valgt" in asked.one("[data-live]").text_content()  # without a press
    for person in room.participants.filter(user=None):
        vote(room, person, room.compass.choices(room)[1].value)
    shown = (
        page(at(room, "agree"), by=leader)
        .form("form[action$='/led/valg/']")
        .send(button="Vis, hvad I har valgt")
    )
    assert shown.texts(".kompas-votes__row") == ["Bliv 0", "Flyt 3"]


def test_where_a_compass_offers_no_choices_there_is_no_page_for_them(leader):
    room = make_room(leader=leader, people=[None] * 3)
    room.reveal()
    assert seat(room.participants.filter(user=None).first()).get(at(room, "vote")).status_code == 404


def test_in_a_rehearsal_the_invented_people_choose_too(leader):
    room = (
        make_goal("En prøve.", owner=leader)
        .open_room(leader, mode="confidential", is_rehearsal=True)
        .reflection
    )
    room.reveal()
    assert room.show_votes()
    assert sum(room.votes_shown.values()) == room.participants.filter(is_pretend=True).count()
