"""A look at a goal: eight steps, a decision with a reason, a plan with a date – and then no change."""

import re

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from goals.models import Decision, Review
from tests.factories import make_goal, make_guide, make_review

pytestmark = pytest.mark.django_db

SAVED = r"Gemt kl\. \d\d\.\d\d"
AUTOSAVE = {"HX-Request": "true", "HX-Target": "save-status"}


@pytest.fixture
def send(staff_client):
    """A function: what a form sends, by button or by autosave; the answer is not followed."""

    def post(url, autosave=False, **fields):
        return staff_client.post(url, fields, headers=AUTOSAVE if autosave else {})

    return post


def raw(review, name) -> str:
    review.refresh_from_db()
    return review.raw(name)


def answers(review) -> list[str]:
    return [answer.raw for answer in review.participant.answers.order_by("prompt_id")]


# --- Steps ---------------------------------------------------------------------------------------


def test_an_answered_step_leads_to_the_next(page, staff, address, field, review):
    step = page(address("step", position=1), by=staff)
    assert step.texts("h1") == ["Hvad handler målet om (1)?"]
    going_on = {field("scale"): "4", field("line"): "Cyklen"}
    assert step.form().send(going_on, button="Fortsæt").url == address("step", position=2)
    assert answers(review) == ["4", "Cyklen"]


def test_the_last_step_leads_to_the_answers(page, staff, address, field):
    step = page(address("step", position=2), by=staff)
    done = step.form().send({field("scale", 2): "unknown"}, button="Fortsæt")
    assert done.url == address("answers")
    assert done.texts("dd") == ["intet svar", "intet svar", "ved ikke", "intet svar"]


def test_without_a_number_the_step_is_shown_again_with_the_words(page, staff, address, field, review):
    step = page(address("step", position=1), by=staff)
    again = step.form().send({field("line"): "Cyklen"}, button="Fortsæt", status=422)
    assert again.texts(".kompas-error-summary a") == [
        "Målet er klart.: Vælg et tal fra 1 til 5 eller «Ved ikke» – eller spring trinnet over."
    ]
    assert again.one(f"[name={field('line')}]").text.strip() == "Cyklen"
    assert answers(review) == ["Cyklen"]


def test_skipping_keeps_what_is_written_and_goes_on(page, staff, address, field, review):
    step = page(address("step", position=1), by=staff)
    assert step.form().send({field("line"): "Cyklen"}, button="Spring over").url == address(
        "step", position=2
    )
    assert answers(review) == ["", "Cyklen"]
    assert page(address("answers"), by=staff).texts("dd")[:2] == ["sprunget over", "Cyklen"]


def test_going_back_keeps_what_is_written(page, staff, address, field, review):
    step = page(address("step", position=2), by=staff)
    assert step.form().send({field("line", 2): "Bussen"}, button="Tilbage").url == address("step", position=1)
    assert answers(review) == ["Bussen"]


def test_the_first_step_has_no_way_back(page, staff, address):
    buttons = page(address("step", position=1), by=staff).texts("form button")
    assert "Tilbage" not in buttons
    assert "Tilbage" in page(address("step", position=2), by=staff).texts("form button")


def test_saving_for_later_leads_to_the_goal(page, staff, address, field, review):
    step = page(address("step", position=1), by=staff)
    later = step.form().send({field("scale"): "2"}, button="Gem, og fortsæt senere")
    assert later.url == review.goal.get_absolute_url()
    assert answers(review) == ["2"]


def test_what_was_answered_stands_there_when_one_comes_back(page, staff, address, field, send):
    send(address("step", position=1), **{field("scale"): "4", field("line"): "Cyklen\nog bussen"})
    form = page(address("step", position=1), by=staff).form()
    assert form.values[field("scale")] == ["4"]
    assert form.values[field("line")][0].strip() == "Cyklen\nog bussen"


@pytest.mark.parametrize("position", [0, 3, 99999999999999999999])
def test_a_step_that_is_not_there_is_not_found(page, staff, address, position):
    page(address("step", position=position), by=staff, status=404)


def test_a_step_shows_help_for_whom_the_goal_is_about(page, staff, content):
    review = make_review(make_goal(owner=staff, concerns="inside"))
    step = page(f"/rum/{review.reflection.key}/trin/2/", by=staff)
    assert step.texts("details p")[-1].startswith("Medarbejderne er her dem, målet er til for.")


def test_a_step_leads_to_what_there_is_to_read(page, staff, content):
    review = make_review(make_goal(owner=staff))
    links = page(f"/rum/{review.reflection.key}/trin/8/", by=staff).links("aside.kompas-aside a")
    assert any(address.startswith("/dilemmaer/") for address in links.values())
    assert any(address.startswith("/historier/") for address in links.values())


# --- Autosave ------------------------------------------------------------------------------------


def test_autosave_answers_with_the_status_line_alone(page, staff_client, address, field, review):
    sent = {field("line"): "Cyk", "page": "p" * 22}
    line = page(address("step", position=1), by=staff_client, post=sent, part="save-status")
    assert re.fullmatch(SAVED, line.text)
    assert line.one("[data-spoken]").get("data-spoken") == "Gemt"
    assert line.select("textarea, [type=radio]") == []
    assert answers(review) == ["Cyk"]


def test_autosave_of_too_long_a_line_says_which_and_keeps_the_rest(
    page, staff_client, address, field, review
):
    sent = {field("scale"): "4", field("line"): "x" * 2001}
    line = page(address("step", position=1), by=staff_client, post=sent, part="save-status", status=422)
    assert line.texts("p, li") == [
        "Noget kan ikke gemmes, før det er rettet:",
        "Skriv én linje.: Denne værdi må højst have 2000 tegn (den har 2001).",
    ]
    assert answers(review) == ["4"]


def test_autosave_shows_the_other_windows_text_and_a_way_out(
    page, staff_client, address, field, send, review
):
    send(address("step", position=1), autosave=True, **{field("line"): "Cyklen", "page": "a" * 22})
    sent = {field("line"): "Bussen", "page": "b" * 22}
    line = page(address("step", position=1), by=staff_client, post=sent, part="save-status", status=409)
    assert line.texts("blockquote") == ["Cyklen"]
    assert line.texts("button") == ["Gem min tekst i stedet"]
    assert line.links() == {"Brug den anden tekst": address("step", position=1)}
    assert answers(review) == ["Cyklen"]


def test_without_javascript_the_other_windows_text_is_shown_too(page, staff, address, field, send, review):
    mine = page(address("step", position=1), by=staff).form()
    send(address("step", position=1), **{field("scale"): "1", field("line"): "Cyklen"})
    clash = mine.send({field("scale"): "5", field("line"): "Bussen"}, button="Fortsæt", status=409)
    assert clash.texts("#save-status blockquote") == ["1", "Cyklen"]
    assert clash.one(f"[name={field('line')}]").text.strip() == "Bussen"
    first = clash.select("button[name=overwrite]")[1]
    kept = clash.form().send({"overwrite": first.get("value")}, status=409)
    assert answers(review) == ["1", "Bussen"]
    last = kept.one("button[name=overwrite]")
    done = kept.form().send({"overwrite": last.get("value")})
    assert done.url == address("step", position=1)
    assert done.texts("[role=status]")[0] == "Din tekst er gemt i stedet."
    assert answers(review) == ["5", "Bussen"]


# --- Coming back ---------------------------------------------------------------------------------


def led_to(browser, address) -> str:
    return browser.get(address, follow=True).redirect_chain[-1][0]


def test_one_comes_back_to_the_first_step_that_waits(staff_client, address, field, send):
    send(address("step", position=1), **{field("scale"): "4"})
    assert led_to(staff_client, address("review")) == address("step", position=2)


def test_a_skipped_step_does_not_wait(staff_client, address, send):
    send(address("step", position=1), go="skip")
    assert led_to(staff_client, address("review")) == address("step", position=2)


def test_when_no_step_waits_one_comes_to_the_answers(staff_client, address, send):
    for position in [1, 2]:
        send(address("step", position=position), go="skip")
    assert led_to(staff_client, address("review")) == address("answers")


def test_when_it_is_decided_one_comes_to_the_plan(staff_client, address, send, decided):
    for position in [1, 2]:
        send(address("step", position=position), go="skip")
    assert staff_client.get(address("review"))["Location"] == address("plan")


def test_what_is_concluded_is_read_on_its_printout(staff_client, address, concluded):
    assert staff_client.get(address("review"))["Location"] == address("printout")


# --- The decision --------------------------------------------------------------------------------


def test_a_decision_leads_to_the_plan(page, staff, address, review):
    form = page(address("decision"), by=staff).form()
    sent = {"decision": "adjust", "reason": "Tallet driller.", "new_wording": "Flere cykler, når de vil."}
    plan = form.send(sent, button="Beslut, og lav en plan")
    assert plan.url == address("plan")
    assert plan.texts(".kompas-notice p")[1] == "Justér: Tallet driller."
    review.refresh_from_db()
    assert review.decided_at is not None


def test_a_decision_needs_a_choice_and_a_reason(page, staff, address, review):
    answer = page(address("decision"), by=staff).form().send({}, button="Beslut, og lav en plan", status=422)
    assert answer.texts(".kompas-error-summary a") == [
        "Hvad beslutter du? Vælg én af beslutningerne.",
        "Én sætning om hvorfor: Skriv én sætning om hvorfor.",
    ]
    assert not Review.objects.get().is_decided


def test_disagreement_is_recorded(page, staff, address, review):
    form = page(address("decision"), by=staff).form()
    told = {"decision": "keep", "reason": "Den virker.", "dissent": "Karen synes ikke, den virker."}
    form.send(told, button="Beslut, og lav en plan")
    assert "Uenighed: Karen synes ikke, den virker." in page(address("printout"), by=staff).text


@pytest.mark.parametrize(
    ("button", "name"), [("Tilbage til svarene", "answers"), ("Gem, og fortsæt senere", None)]
)
def test_a_decision_can_wait_half_written(page, staff, address, review, button, name):
    shown = page(address("decision"), by=staff).form().send({"reason": "Måske"}, button=button)
    assert shown.url == (address(name) if name else review.goal.get_absolute_url())
    assert raw(review, "reason") == "Måske"
    assert not review.is_decided


@pytest.mark.parametrize("go", ["xyz", "skip", "NEXT", ""])
def test_no_other_word_than_next_decides_or_concludes(address, send, review, go):
    assert send(address("decision"), go=go, decision="keep").status_code == 302
    assert not Review.objects.get().is_decided
    Review.objects.update(decision="keep", reason="Den virker.")
    review.refresh_from_db()
    review.decide()
    assert send(address("plan"), go=go).status_code == 302
    assert not Review.objects.get().is_concluded


def test_a_goal_the_law_has_set_is_offered_other_ways_than_goodbye(page, staff, address, review):
    review.goal.is_law_bound = True
    review.goal.save()
    decision = page(address("decision"), by=staff)
    assert decision.texts("[name=decision] + span") == [
        "Behold", "Justér", "Erstat", "Justér opfølgningen", "Bær erfaringen videre",
    ]  # fmt: skip
    assert "«Sig farvel» kan ikke vælges, fordi målet er fastsat ved lov." in decision.text


def test_other_goals_are_offered_the_usual_ways(page, staff, address):
    decision = page(address("decision"), by=staff)
    assert decision.texts("[name=decision] + span") == ["Behold", "Justér", "Erstat", "Sig farvel"]
    assert decision.select("[name=carry_to]") == []


@pytest.mark.parametrize("autosave", [True, False])
def test_a_made_up_goodbye_to_a_goal_the_law_has_set_is_refused(address, send, review, autosave):
    review.goal.is_law_bound = True
    review.goal.save()
    answer = send(address("decision"), autosave, decision="goodbye", reason="Væk med det.")
    assert answer.status_code == 422
    assert (raw(review, "decision"), raw(review, "reason")) == ("", "Væk med det.")
    assert not review.is_decided


def test_a_made_up_way_of_carrying_on_is_refused_for_other_goals(address, send, review):
    assert send(address("decision"), decision="carry-on", reason="Videre.").status_code == 422
    assert raw(review, "decision") == ""


def test_a_goodbye_does_not_stand_when_the_goal_turns_out_to_be_set_by_law(
    page, staff, staff_client, address, send, review
):
    send(address("decision"), decision="goodbye", reason="Ingen bruger det.")
    assert Review.objects.get().is_decided
    review.goal.is_law_bound = True
    review.goal.save()
    assert page(address("plan"), by=staff).url == address("decision")
    plan = {"stop": "Rapporten", "responsible": "Karen", "look_back_on": "2027-03-01"}
    assert send(address("plan"), **plan)["Location"] == address("decision")
    assert not Review.objects.get().is_concluded


def test_carrying_the_experience_on_needs_to_whom(page, staff, address, review):
    review.goal.is_law_bound = True
    review.goal.save()
    form = page(address("decision"), by=staff).form()
    told = {"decision": "carry-on", "reason": "Andre bestemmer."}
    answer = form.send(told, button="Beslut, og lav en plan", status=422)
    assert answer.texts(".kompas-error-summary a") == [
        "Hvem skal erfaringen bæres videre til? Skriv, hvem erfaringen skal bæres videre til."
    ]
    plan = answer.form().send({"carry_to": "Ministeriet"}, button="Beslut, og lav en plan")
    assert plan.texts(".kompas-notice p")[1] == "Bær erfaringen videre Ministeriet: Andre bestemmer."


def test_whom_one_no_longer_carries_it_to_is_not_part_of_the_decision(page, staff, address, decided):
    decided.carry_to = "Ministeriet"
    decided.save()
    assert page(address("plan"), by=staff).texts(".kompas-notice p")[1] == "Behold: Den virker."
    assert "Ministeriet" not in page(address("printout"), by=staff).text


@pytest.mark.parametrize("erased", [{"decision": ""}, {"reason": ""}])
@pytest.mark.parametrize("autosave", [True, False])
def test_a_decision_whose_words_are_erased_is_no_decision(address, send, decided, erased, autosave):
    read = {"decision-was": "keep", "reason-was": "Den virker."}
    told = {"decision": "keep", "reason": "Den virker.", **read, **erased}
    answer = send(address("decision"), autosave, go="later", **told)
    assert answer.status_code == (200 if autosave else 302)
    decided.refresh_from_db()
    assert (decided.decided_at, decided.is_decided) == (None, False)
    assert send(address("plan"))["Location"] == address("decision")


def test_the_first_time_is_the_time_it_was_decided(address, send, decided):
    before = decided.decided_at
    read = {"decision-was": "keep", "reason-was": "Den virker.", "new_wording-was": decided.goal.wording}
    send(address("decision"), decision="adjust", reason="Næsten.", new_wording="Flere cykler.", **read)
    assert raw(decided, "decision") == "adjust"
    assert decided.decided_at == before


def test_hints_come_from_the_answers(page, staff, content):
    review = make_review(make_goal(owner=staff))
    step = review.reflection.version.steps.get(topic="aim")
    scale = step.prompts.get(kind="scale")
    review.participant.answers.create(prompt=scale, value=1)
    decision = page(f"/maalkompasset/refleksion/{review.reflection.key}/beslutning/", by=staff)
    assert decision.texts(".kompas-notice li") == ["Målets retning står svagt. Hvad vil målet egentlig?"]
    assert decision.texts(".kompas-notice__title") == ["Vink til eftertanke, ikke en dom"]


# --- The plan ------------------------------------------------------------------------------------


PLAN = {"stop": "Ugerapporten", "responsible": "Karen", "look_back_on": "2027-03-01"}


def test_a_plan_ends_the_look(page, staff, address, decided):
    last = page(address("plan"), by=staff).form().send(PLAN, button="Afslut")
    assert last.url == decided.reflection.outcome_address
    decided.reflection.refresh_from_db()
    assert decided.reflection.phase == "concluded"
    assert decided.reflection.concluded_at is not None


def test_a_plan_needs_something_to_stop_somebody_and_a_date_or_a_reason(page, staff, address, decided):
    form = page(address("plan"), by=staff).form()
    answer = form.send({}, button="Afslut", status=422)
    assert answer.texts(".kompas-error-summary a") == [
        "Jeg holder op med: Skriv mindst én ting, eller skriv «intet, fordi …».",
        "Ansvarlig: Skriv ét navn.",
        "Hvornår kigger du igen? Vælg en dato, eller skriv, hvorfor der ikke er en.",
    ]
    assert not Review.objects.get().is_concluded


def test_a_reason_takes_the_place_of_a_date(page, staff, address, decided):
    form = page(address("plan"), by=staff).form()
    told = PLAN | {"look_back_on": "", "no_date_reason": "Målet er væk."}
    last = form.send(told, button="Afslut")
    assert "Ingen dato, fordi: Målet er væk." in last.texts("dd")


def test_a_date_that_is_none_is_refused_in_words_and_the_rest_is_kept(page, staff, address, decided):
    form = page(address("plan"), by=staff).form()
    answer = form.send(PLAN | {"look_back_on": "2027-02-30"}, button="Afslut", status=422)
    assert answer.texts(".kompas-error-summary a") == [
        "Jeg kigger igen den: Skriv datoen som år-måned-dag, fx 2027-03-01."
    ]
    assert raw(decided, "stop") == "Ugerapporten"


def test_autosave_of_a_plan_asks_for_nothing(page, staff_client, address, decided):
    sent = {"stop": "Uge", "page": "p" * 22}
    line = page(address("plan"), by=staff_client, post=sent, part="save-status")
    assert re.fullmatch(SAVED, line.text)
    assert raw(decided, "stop") == "Uge"


@pytest.mark.parametrize(
    ("button", "name"), [("Tilbage til beslutningen", "decision"), ("Gem, og fortsæt senere", None)]
)
def test_a_plan_can_wait_half_written(page, staff, address, decided, button, name):
    shown = page(address("plan"), by=staff).form().send({"stop": "Ugerapporten"}, button=button)
    assert shown.url == (address(name) if name else decided.goal.get_absolute_url())
    assert raw(decided, "stop") == "Ugerapporten"
    assert not decided.is_concluded


def test_there_is_no_plan_before_the_decision(page, staff, address):
    shown = page(address("plan"), by=staff)
    assert shown.url == address("decision")
    assert shown.texts("[role=status]")[0] == "Vælg først en beslutning. Så kommer planen."


# --- Concluded -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["step", "decision", "plan"])
def test_what_is_concluded_is_not_changed_by_autosave(staff_client, address, field, concluded, name):
    url = address(name, position=1) if name == "step" else address(name)
    sent = {field("line"): "Efter", "reason": "Efter", "stop": "Efter", "page": "p" * 22}
    answer = staff_client.post(url, sent, headers=AUTOSAVE)
    assert answer.status_code == 409
    assert answer.content.decode().count("kompas-save--not-saved") == 1
    assert (answers(concluded), raw(concluded, "reason"), raw(concluded, "stop")) == (
        [], "Den virker.", "Ugerapporten",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["step", "decision", "plan"])
def test_what_is_sent_after_the_conclusion_is_shown_to_be_copied(
    page, staff, address, field, concluded, name
):
    url = address(name, position=1) if name == "step" else address(name)
    sent = {
        field("line"): "Efter alt", "reason": "Efter alt", "reason-was": "Den virker.",
        "page": "p" * 22, "go": "next",
    }  # fmt: skip
    shown = page(url, by=staff, post=sent, status=409)
    assert shown.texts(".kompas-typed") == ["Efter alt", "Efter alt"]
    assert (answers(concluded), raw(concluded, "reason")) == ([], "Den virker.")


@pytest.mark.parametrize("name", ["step", "decision", "plan"])
def test_the_forms_of_what_is_concluded_lead_to_what_came_of_it(staff_client, address, concluded, name):
    url = address(name, position=1) if name == "step" else address(name)
    answer = staff_client.get(url, follow=True)
    end = concluded.reflection.outcome_address if name == "step" else address("printout")
    assert answer.redirect_chain[-1] == (end, 302)
    assert "Refleksionen er afsluttet og kan ikke ændres." in answer.content.decode()


def test_the_answers_of_what_is_concluded_can_be_read_and_not_changed(page, staff, address, concluded):
    shown = page(address("answers"), by=staff)
    assert shown.texts("h1") == ["Dine svar"]
    assert "Ret" not in " ".join(shown.links("main a"))


# --- The printout --------------------------------------------------------------------------------


def test_the_printout_holds_every_answer(page, staff, content):
    goal = make_goal(
        "Færre skal vente.", owner=staff, stands_in="Budgettet", serves="En god by", set_by="Byrådet"
    )
    review = make_review(goal)
    given = []
    for step in review.reflection.version.steps.all():
        for prompt in step.answered_prompts:
            text = f"Linje {step.position}" if prompt.kind == "line" else str(step.position % 5 + 1)
            review.participant.answers.create(prompt=prompt, **prompt.content(text))
            given.append(text if prompt.kind == "line" else f"{text} af 5")
    lines = {
        "change": "Tallet bliver til en samtale", "stop": "Ugerapporten", "responsible": "Karen Kollega",
        "tell": "Hele huset", "first_sign": "Ingen spørger efter tallet", "look_back_by": "Malik",
        "if_nothing": "Så taler vi om det igen", "dissent": "Én er uenig", "reason": "Tallet driller",
    }  # fmt: skip
    Review.objects.update(decision="adjust", look_back_on="2027-03-01", **lines)
    printout = page(f"/maalkompasset/refleksion/{review.reflection.key}/udskrift/", by=staff)
    assert printout.texts(".kompas-sheet__answers dd") == given
    for text in [
        *lines.values(),
        goal.wording,
        "Budgettet",
        "En god by",
        "Byrådet",
        "1. marts 2027",
        "Justér",
    ]:
        assert text in printout.text
    assert "Refleksionen er ikke afsluttet endnu." in printout.text


def test_the_printout_says_when_it_ended(page, staff, address, concluded):
    printout = page(address("printout"), by=staff)
    assert "Refleksionen er ikke afsluttet endnu." not in printout.text
    ended = localtime(concluded.reflection.concluded_at)
    assert printout.one(".kompas-updated time").get("datetime") == f"{ended:%Y-%m-%d}"


# --- Decisions as such ---------------------------------------------------------------------------


@pytest.mark.parametrize("decision", list(Decision))
def test_every_decision_says_when_it_is_right_and_what_follows(decision):
    assert str(decision.when).endswith(".")
    assert str(decision.next_step).endswith(".")


def test_a_look_keeps_its_version_when_a_new_one_is_published(review):
    version = review.reflection.version
    draft = version.new_draft()
    draft.publish()
    newer = make_review(make_goal("Et andet mål"))
    review.refresh_from_db()
    assert (review.reflection.version, newer.reflection.version) == (version, draft)


def test_a_draft_is_used_by_nobody(staff):
    guide = make_guide()
    guide.current_version().new_draft()
    assert make_review(make_goal(owner=staff)).reflection.version.number == 1


# --- What stands beside a choice, and what is written already -------------------------------------------


def test_what_the_last_step_says_can_stop_is_written_into_the_plan(page, staff):
    version = make_guide(is_published=False).versions.get()
    version.steps.filter(position=2).update(topic="goodbye")
    version.publish()
    review = make_review(make_goal(owner=staff), decision="keep", reason="Den virker.")
    review.decide()
    line = review.reflection.version.steps.get(position=2).prompts.get(kind="line")
    review.participant.answers.create(prompt=line, text="Den ugentlige rapport")
    address = reverse("goals:plan", args=[review.reflection.key])
    plan = page(address, by=staff)
    assert plan.form().values["stop"][0].strip() == "Den ugentlige rapport"
    assert "Det står i sidste trin." in plan.text
    plan.form().send({"stop": "Skemaet"}, button="Gem, og fortsæt senere")
    assert page(address, by=staff).form().values["stop"][0].strip() == "Skemaet"


def test_the_answers_stand_beside_the_decision_and_hints_under_their_choices(page, staff, address, review):
    place = review.participant
    scale = review.reflection.version.steps.get(position=1).prompts.get(kind="scale")
    place.answers.create(prompt=scale, value=4)
    decision = page(address("decision"), by=staff)
    assert decision.texts(".kompas-profile__words") == ["4 af 5", "intet tal"]
    assert len(decision.select(".kompas-profile__dots .kompas-profile__chosen")) == 1
    keep = decision.one("[name=decision][value=keep]")
    hint = decision.one(f"#{keep.get('aria-describedby')}")
    assert str(Decision.KEEP.when) in hint.text_content()
    own = page(address("answers"), by=staff)
    assert own.texts(".kompas-profile__words") == ["4 af 5", "intet tal"]
    assert len(own.select(".kompas-row a")) == 2
