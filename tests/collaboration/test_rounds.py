"""A round from the code on the wall to the agreement, as people go through it."""

import pytest
from django.urls import reverse

from collaboration.models import Round
from reflection.models import Agreement, Answer
from reflection.privacy.retention import delete_room
from reflection.slides import end_of
from tests.collaboration.people import Person, address
from tests.factories import COMING, make_collaboration, make_collaboration_guide, make_round, seat
from tests.pages import words

THREE_PARTNERS = [("Beboerne", "citizens"), ("Barerne", "company"), ("Kommunen", "department")]
ENDING = {
    "what": "Vi mødes, før tegningen er færdig.",
    "who": "Bo",
    "due": "2027-06-01",
    "look_back_on": "2027-09-01",
}


def open_a_round(page, staff, collaboration, **chosen) -> Round:
    opened = page(reverse("collaboration:open_round", args=[collaboration.key]), by=staff)
    said = {
        "mode": "confidential", "answers_for": "", "absent": "", "way_in": "shared", **chosen,
    }  # fmt: skip
    lead = opened.form().send(said, button="Åbn rummet")
    assert lead.texts("h1") == ["Saml svar"]
    return collaboration.rounds.first()


def reveal(page, staff, room):
    return page(reverse("reflection:reveal", args=[room.key]), by=staff).form().send({"go": "now"})


# --- The whole way -------------------------------------------------------------------------------


def test_a_round_of_two_parties_of_four_goes_from_the_code_to_the_result(page, staff, collaboration):
    opened = open_a_round(page, staff, collaboration)
    room = opened.reflection
    residents, municipality = room.parties.all()
    people = [Person(page, room, residents, number=2, guessed=4) for _ in range(4)]
    people += [Person(page, room, municipality, number=3, guessed=5, sureness=2) for _ in range(4)]
    for count, person in enumerate(people, start=1):
        waiting = person.answer_and_guess()
        assert waiting.texts("h1") == ["Vent på de andre"]
        assert f"{count} er færdig" in waiting.text
    assert reveal(page, staff, room).url == address("result", room)
    for person in people:
        seen = person.get(reverse("reflection:room", args=[room.key]))
        assert seen.url == address("result", room)
        assert "I snit: Teknik og Miljø gættede 5, Beboerne svarede 2." in seen.text


@pytest.fixture
def finished(collaboration):
    """Four residents who answer 2 and guess 4, four of the municipality who answer 3 and guess 5."""
    opened = make_round(collaboration, sides=[[(2, 4, 4)] * 4, [(3, 5, 2)] * 4])
    opened.reflection.reveal()
    return opened


@pytest.fixture
def resident(finished, client):
    """The browser of one of the residents, by their own link."""
    person = finished.reflection.participants.filter(party__position=1).first()
    client.post(reverse("reflection:own_link", args=[person.link]))
    return client


def test_own_guess_and_answer_are_seen_by_all_in_words_numbers_and_a_picture(page, staff, resident, finished):
    for who in [staff, resident]:
        seen = page(address("result", finished.reflection), by=who)
        assert seen.texts(".kompas-spot h3")[:2] == [
            "Teknik og Miljø gættede på Beboerne", "Beboerne gættede på Teknik og Miljø",
        ]  # fmt: skip
        assert seen.texts(".kompas-spot__title")[:2] == [
            "De har det sværere, end I troede",
            "Lidt ved siden af",
        ]
        assert "I snit: Teknik og Miljø gættede 5, Beboerne svarede 2." in seen.text
        first = seen.select("table")[0]
        rows = [" ".join(words(cell) for cell in row) for row in first.cssselect("tbody tr")]
        assert rows == [
            "Teknik og Miljø eget svar 3 3–3 4 0",
            "Teknik og Miljø gæt på Beboerne 5 5–5 4 0",
            "Beboerne svaret 2 2–2 4 0",
            "Beboerne eget svar 2 2–2 4 0",
            "Beboerne gæt på Teknik og Miljø 4 4–4 4 0",
            "Teknik og Miljø svaret 3 3–3 4 0",
        ]


def test_the_marks_differ_in_shape_and_the_picture_has_a_name(page, staff, finished):
    seen = page(address("result", finished.reflection), by=staff)
    picture = seen.select("svg.kompas-marks")[0]
    assert picture.get("role") == "img"
    assert picture.get("aria-label").startswith("Teknik og Miljø og Beboerne på en skala")
    for shape in ["circle.kompas-marks__own", "path.kompas-marks__guess", "path.kompas-marks__answer"]:
        assert len(picture.cssselect(shape)) == 1
    assert len({path.get("d") for path in picture.cssselect("path")}) == 2


def test_of_a_long_name_the_party_is_shortened_and_not_what_it_did(page, staff, finished):
    finished.reflection.parties.filter(title="Beboerne").update(
        title="De frivillige i Ungdomsklubben ved havnen"
    )
    names = page(address("result", finished.reflection), by=staff).texts("text.kompas-marks__name")
    assert {name.split()[-1] for name in names} <= {"selv", "gættede", "svarede"}
    assert max(map(len, names)) <= 36


def test_two_principles_are_asked_about_and_one_agreement_ends_the_round(page, staff, resident, finished):
    room = finished.reflection
    asking = page(reverse("reflection:talk_here", args=[room.key]), by=staff)
    assert asking.url == reverse("reflection:talk", args=[room.key, 1])
    assert "Beboerne taler først, i to minutter. Teknik og Miljø spørger kun." in asking.text
    form = "main form[data-autosave]"
    said = {"thought": "Vi troede, I var glade.", "known": "I mangler svar.", "therefore": "Vi ringer."}
    second = asking.form(form).send(said, button="Næste →")
    agreeing = second.form(form).send({"known": "I kom for sent."}, button="Videre til Aftal →")
    assert agreeing.url == address("agree", room)
    missing = agreeing.form().send(button="Afslut runden", status=422)
    assert len(missing.texts(".kompas-error-summary a")) == 5
    carrier = room.parties.get(position=2)
    last = missing.form().send({**ENDING, "party": carrier.pk}, button="Afslut runden")
    assert last.texts("h1") == ["Det blev I enige om"]
    minutes = page(last.links("main a")["Læs referatet"], by=staff)
    for line in [
        *said.values(),
        "I kom for sent.",
        "Vi mødes, før tegningen er færdig.",
        "1. september 2027",
    ]:
        assert line in minutes.text
    agreement = Agreement.objects.get(reflection=room)
    assert (agreement.who, agreement.party, str(agreement.due)) == ("Bo", carrier, "2027-06-01")
    theirs = page(reverse("reflection:room", args=[room.key]), by=resident)
    assert "Vi mødes, før tegningen er færdig." in theirs.text


def test_an_ending_without_a_date_needs_a_reason(page, staff, finished):
    room = finished.reflection
    fields = {**ENDING, "due": "", "look_back_on": "", "party": room.parties.first().pk}
    agreeing = page(address("agree", room), by=staff)
    refused = agreeing.form().send(fields, button="Afslut runden", status=422)
    assert refused.texts(".kompas-error-summary a") == [
        "Hvornår? Vælg en dato, eller skriv, hvorfor der ikke er en.",
        "Hvornår kigger I igen? Vælg en dato, eller skriv, hvorfor der ikke er en.",
    ]
    room.show_step(end_of(room))
    assert ENDING["what"] in page(reverse("reflection:wall", args=[room.key]), by=staff).text
    reasons = {"no_date_reason": "Vi venter på byrådet.", "no_look_back_reason": "Stien er bygget."}
    last = refused.form().send({**fields, **reasons}, button="Afslut runden")
    assert "Ingen dato, fordi: Stien er bygget." in last.texts("dd")


def test_a_round_ended_twice_has_one_agreement(finished):
    finished.what, finished.who, finished.due = "Vi mødes.", "Bo", "2027-06-01"
    finished.conclude()
    Round.objects.get(pk=finished.pk).conclude()
    assert Agreement.objects.filter(reflection=finished.reflection).count() == 1


def test_who_writes_on_when_the_round_has_ended_gets_the_words_back(page, staff, finished):
    asking = page(reverse("reflection:talk", args=[finished.reflection.key, 1]), by=staff)
    finished.what, finished.who, finished.due = "Vi mødes.", "Bo", "2027-06-01"
    finished.conclude()
    late = asking.form("main form[data-autosave]").send({"thought": "For sent"}, button="Næste →", status=409)
    assert late.texts(".kompas-typed") == ["For sent"]


def test_the_timer_of_the_room_starts_on_the_page_where_one_asks(page, staff, resident, finished):
    asking = page(reverse("reflection:talk", args=[finished.reflection.key, 1]), by=staff)
    ticking = asking.form(
        f"form[action='{reverse('reflection:timer', args=[finished.reflection.key])}']"
    ).send()
    assert ticking.url == asking.url
    assert "Uret: går til kl." in ticking.text
    assert "Uret: går til kl." in page(address("result", finished.reflection), by=resident).text


# --- More than two, and fewer --------------------------------------------------------------------


def test_with_three_parties_one_guesses_about_each_other(page, staff, guide):
    opened = open_a_round(
        page, staff, make_collaboration("Fester på havnen", partners=THREE_PARTNERS, owner=staff)
    )
    room = opened.reflection
    for party in room.parties.all():
        Person(page, room, party, number=party.position + 1, guessed=3).answer_and_guess()
        for _ in range(2):
            seat(opened, party, party.position + 1, 3, 4)
    assert Answer.objects.exclude(about=None).count() == 9 * 2 * 2  # people, others, principles
    shown = reveal(page, staff, room)
    pairs = shown.links(".kompas-filter a")
    assert list(pairs) == ["Beboerne – Barerne", "Beboerne – Kommunen", "Barerne – Kommunen"]
    third = page(pairs["Barerne – Kommunen"], by=staff)
    assert set(third.texts(".kompas-spot h3")) == {
        "Barerne gættede på Kommunen",
        "Kommunen gættede på Barerne",
    }
    assert third.texts(".kompas-filter a[aria-current=page]") == ["Barerne – Kommunen"]


def test_the_wall_begins_with_what_three_parties_know_least_and_names_who_guessed_of_whom(page, staff):
    make_collaboration_guide(steps=4)
    harbour = make_collaboration("Fester på havnen", partners=THREE_PARTNERS, owner=staff)
    room = make_round(harbour, sides=[[(3, 3, 4)] * 3, [(3, 3, 4)] * 3, [(1, 3, 4)] * 3]).reflection
    room.reveal()
    seen = page(reverse("reflection:wall", args=[room.key]), by=staff)
    rows = seen.texts(".kompas-wall__all li")
    assert len(rows) == 8
    assert all("gættede 3, Kommunen svarede 1." in row for row in rows)
    assert {row.split(" gættede")[0].split(": ")[1] for row in rows} == {"Beboerne", "Barerne"}
    assert "4 flere på jeres telefoner" in seen.text


@pytest.fixture
def one_sided(page, staff, collaboration):
    """Malik answers for «Teknik og Miljø»; «Beboerne» cannot come."""
    residents, municipality = collaboration.partners.all()
    opened = open_a_round(
        page, staff, collaboration,
        mode="open", agreed="on", answers_for=municipality.pk, absent=residents.pk,
    )  # fmt: skip
    place = opened.reflection.participants.get(user=staff)
    for prompt in opened.reflection.version.steps.first().answered_prompts[:1]:
        place.answers.create(prompt=prompt, value=4)
        place.answers.create(
            prompt=prompt, value=2, about=opened.reflection.parties.get(position=1), sureness=3
        )
    opened.reflection.reveal()
    return opened


def test_a_one_sided_round_is_shown_as_unfinished_and_says_nothing_about_the_other(page, staff, one_sided):
    shown = page(address("result", one_sided.reflection), by=staff)
    assert shown.texts(".kompas-notice__title") == ["Kun vores eget syn"]
    assert "Beboerne har ikke svaret. Det her er kun et gæt." in shown.text
    assert shown.texts(".kompas-spot h3") == ["Teknik og Miljø gættede på Beboerne"] * 2
    assert shown.texts(".kompas-spot__title") == []
    assert shown.select(".kompas-talk") == []


def test_a_one_sided_round_ends_with_three_questions_and_who_asks_them(page, staff, one_sided):
    room = one_sided.reflection
    asking = page(room.conclude_address, by=staff)
    assert asking.texts("h1") == ["Tre spørgsmål at tage med"]
    room.show_step(end_of(room))
    assert "Tal sammen." in page(reverse("reflection:wall", args=[room.key]), by=staff).text
    said = {
        "question_1": "Hvad koster det jer?", "question_2": "Hvad venter I på?", "question_3": "",
        "who": "Malik", "party": room.parties.get(position=2).pk,
        "due": "2027-02-01", "look_back_on": "2027-03-01",
    }  # fmt: skip
    last = asking.form().send(said, button="Afslut runden")
    assert "Runden er først færdig, når nogen har svaret." in last.text
    agreement = Agreement.objects.get(reflection=room)
    assert agreement.what == "Spørg Beboerne:\n– Hvad koster det jer?\n– Hvad venter I på?"


def test_nobody_can_come_in_for_a_party_that_cannot_come(page, staff, collaboration):
    opened = open_a_round(page, staff, collaboration, absent=collaboration.partners.first().pk)
    door = page(reverse("reflection:join", args=[opened.reflection.invitation]))
    assert door.texts("label:has([name=party])") == ["Teknik og Miljø"]


def test_a_one_sided_round_is_not_among_what_has_developed(page, staff, one_sided, collaboration):
    one_sided.question_1, one_sided.who, one_sided.due = "Hvorfor?", "Malik", "2027-02-01"
    one_sided.conclude()
    seen = page(reverse("collaboration:development", args=[collaboration.key]), by=staff)
    assert seen.select("table") == []


# --- The next round ------------------------------------------------------------------------------


@pytest.fixture
def agreed(collaboration):
    """A round that ended with an agreement carried by «Beboerne»."""
    opened = make_round(collaboration, sides=[[(3, 3, 1)] * 3] * 2)
    opened.reflection.reveal()
    opened.what, opened.who, opened.due = "Vi ringer om fredagen.", "Ea", "2027-01-01"
    opened.party = opened.reflection.parties.first()
    opened.conclude()
    return opened


def test_the_next_round_opens_with_what_became_of_the_last_agreement(page, staff, collaboration, agreed):
    opening = page(reverse("collaboration:open_round", args=[collaboration.key]), by=staff)
    asked = page(opening.links()["Vi ringer om fredagen."], by=staff)
    page(asked.url, by=staff).form().send({"status": "done", "note": "Hver uge"}, button="Gem")
    opened = open_a_round(page, staff, collaboration)
    person = Person(page, opened.reflection, opened.reflection.parties.first(), number=3, guessed=3)
    welcome = person.get(reverse("reflection:welcome", args=[opened.reflection.key]))
    assert welcome.texts("dl dt") == ["Vi ringer om fredagen."]
    assert welcome.texts("dl dd") == ["Ea · Gjort · Hver uge"]


def test_what_is_learnt_of_an_agreement_later_is_read_in_the_running_round(
    page, staff, collaboration, agreed
):
    opened = open_a_round(page, staff, collaboration)
    agreement = agreed.reflection.agreements.get()
    asked = page(reverse("collaboration:follow_up", args=[collaboration.key, agreement.pk]), by=staff)
    asked.form().send({"status": "goodbye", "note": ""}, button="Gem")
    opened.reflection.refresh_from_db()
    assert opened.reflection.opening == [["Vi ringer om fredagen.", "Ea · Farvel"]]


def test_a_postponed_agreement_needs_a_new_date(page, staff, collaboration, agreed):
    agreement = agreed.reflection.agreements.get()
    asked = page(reverse("collaboration:follow_up", args=[collaboration.key, agreement.pk]), by=staff)
    refused = asked.form().send({"status": "postponed"}, button="Gem", status=422)
    assert refused.texts(".kompas-error-summary a") == [
        "Udskudt til: Vælg en dato, eller skriv, hvorfor der ikke er en."
    ]
    refused.form().send({"status": "postponed", "due": f"{COMING}-05-01"}, button="Gem")
    agreement.refresh_from_db()
    assert (agreement.status, str(agreement.due)) == ("postponed", f"{COMING}-05-01")


def test_who_carries_the_agreements_is_seen_party_by_party(page, staff, collaboration, agreed):
    seen = page(collaboration.get_absolute_url(), by=staff)
    assert seen.texts("h3 + dl dt") == ["Beboerne", "Teknik og Miljø"]
    assert seen.texts("h3 + dl dd") == ["1 aftale", "0 aftaler"]


def test_two_clicks_open_one_round(collaboration, staff):
    first = collaboration.open_round(staff, mode="confidential")
    assert collaboration.open_round(staff, mode="confidential") == first


def test_a_rehearsal_is_beside_the_real_round_and_its_agreement_was_not_meant(collaboration, staff):
    real = collaboration.open_round(staff, mode="confidential")
    rehearsal = collaboration.open_round(staff, mode="confidential", is_rehearsal=True)
    rehearsal.reflection.reveal()
    rehearsal.what, rehearsal.who, rehearsal.due = "En prøve.", "Ingen", "2027-01-01"
    rehearsal.conclude()
    assert collaboration.running_round() == real
    assert list(collaboration.agreements()) == []


def test_a_rehearsal_is_deleted_whole_and_the_collaboration_stays(collaboration, staff):
    rehearsal = collaboration.open_round(staff, mode="confidential", is_rehearsal=True)
    rehearsal.reflection.reveal()
    assert rehearsal.reflection.snapshots.exclude(about=None).exists()
    delete_room(rehearsal.reflection)
    assert not collaboration.rounds.exists()
    assert collaboration.partners.count() == 2
