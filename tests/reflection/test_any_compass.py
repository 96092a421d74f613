"""What a guide alone makes a compass: between parties with a guess, and an end in its own words."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from publishing.days import months_after
from reflection.models import Agreement, AgreementDraft, Guide, Prompt, Reflection
from tests.factories import make_ending, make_guide, make_open_room, make_room
from tests.reflection.people import add, enter, place_of, reveal, seat

pytestmark = pytest.mark.django_db
SLUG = "nabokompasset"
PARTIES = {"together": "parties", "guesses": True, "for_one": False}


@pytest.fixture
def between(db):
    """Two parties answer two steps and guess."""
    return make_guide(SLUG, title="Nabokompasset", **PARTIES)


def at(name, *arguments) -> str:
    return reverse(f"reflection:{name}", args=arguments)


def guess(person, about, number: str):
    for step in person.reflection.version.all_steps():
        for prompt in step.answered_prompts:
            if prompt.kind == Prompt.Kind.SCALE:
                person.answers.create(prompt=prompt, about=about, sureness=4, **prompt.content(number))


# --- Between parties ---------------------------------------------------------------------------------


def open_room(page, leader, **said):
    form = page(at("open_room", SLUG), by=leader).form("main form")
    told = {"title": "Gården", "party_1": "Beboerne", "party_2": "Baren", "people": "20", **said}
    form.send(told)
    return Reflection.objects.latest("pk")


def test_parties_are_named_when_the_room_is_opened_and_not_two_alike(page, between, staff):
    form = page(at("open_room", SLUG), by=staff).form("main form")
    sent = {"title": "Gården", "party_1": "Os", "party_2": "os", "people": "20"}
    refused = form.send(sent, status=422)
    assert refused.texts(".kompas-error-summary a") == ["Part 2: To parter har samme navn. Giv dem hver sit."]
    room = open_room(page, staff)
    assert [party.title for party in room.parties.all()] == ["Beboerne", "Baren"]


def test_few_of_each_party_come_in_by_slip(page, between, staff):
    room = open_room(page, staff, people="4")
    assert room.is_by_invitation
    assert [room.personal_invitations.filter(party=party).count() for party in room.parties.all()] == [4, 4]


def test_one_guesses_what_the_other_party_answers_and_sees_both_together(page, between, staff, logged_in):
    room = open_room(page, staff)
    us, them = room.parties.all()
    browser = enter(room, party=us.pk)
    step = page(at("step", room.key, 1), by=browser)
    assert "Dit gæt: hvad svarer Baren?" in step.text
    assert "Du skal svare to gange." in step.text
    for party, other, own in [(us, them, "2"), (them, us, "5")]:
        for person in add(room, *[own] * 3, party=party):
            guess(person, other, "2")
    place_of(browser, room).finish()
    reveal(logged_in(staff), room)
    shown = page(at("compared", room.key), by=browser)
    assert shown.texts("h1") == ["Gæt og svar"]
    assert "Sikker, men ved siden af" in shown.text
    assert "I snit: Beboerne gættede 2, Baren svarede 5." in shown.text
    assert page(at("room", room.key), by=browser).url == at("compared", room.key)
    page(at("compared_pair", room.key, 2), by=browser, status=404)
    line = page(at("talk", room.key, 1), by=staff).form("main form[data-autosave]")
    line.send({"text": "Vi spørger først."})
    ended = (
        page(room.conclude_address, by=staff)
        .form("main form")
        .send({"what": "Vi mødes", "who": "Ea", "due": "2027-03-01"})
    )
    assert "Vi mødes" in ended.text
    minutes = page(at("minutes", room.key), by=browser)
    assert "Vi spørger først." in minutes.text
    assert "Beboerne gættede på Baren" in minutes.text


def test_before_the_reveal_nothing_is_compared(page, between, staff):
    room = open_room(page, staff)
    assert page(at("compared", room.key), by=staff).url != at("compared", room.key)


def test_what_does_not_guess_has_no_such_page(page, staff):
    make_guide(SLUG, title="Nabokompasset")
    room = make_open_room(Guide.objects.get(slug=SLUG))
    add(room, "1", "2", "3")
    room.reveal()
    page(at("compared", room.key), by=seat(room.participants.first()), status=404)


def test_the_collaboration_compass_guesses_in_an_open_room_as_well(page, content):
    room = make_open_room(Guide.objects.get(slug="samarbejdskompasset"), parties=["Os", "Dem"])
    us, them = room.parties.all()
    for party, other in [(us, them), (them, us)]:
        for person in add(room, "3", "4", "5", party=party):
            guess(person, other, "4")
    room.reveal()
    starter = seat(room.participants.get(is_facilitator=True))
    assert "I kender hinanden her" in page(at("compared", room.key), by=starter).text
    page(at("agree", room.key), by=starter)


# --- How it ends -------------------------------------------------------------------------------------


def test_it_ends_with_a_decision_in_its_own_words(page, staff):
    version = make_ending(SLUG, "Bliv", "Flyt", ending="decision")
    about = page(f"/kompasser/{SLUG}/")
    assert {"Bliv", "Flyt"} <= set(about.texts("dt"))
    room = make_open_room(version.guide)
    people = add(room, "1", "2", "3")
    room.reveal()
    vote = page(at("vote", room.key), by=seat(people[0]))
    assert vote.texts("main label") != []
    starter = seat(room.participants.get(is_facilitator=True))
    form = page(room.conclude_address, by=starter).form("main form[data-autosave]")
    refused = form.send({"what": "Vi pakker", "who": "Ea", "due": "2027-03-01"}, status=422)
    assert "Hvad beslutter I? Vælg, hvad I beslutter." in refused.texts(".kompas-error-summary a")
    ended = refused.form("main form[data-autosave]").send({"decision": "line-2", "why": "Der er for trangt."})
    for words in ["Vi pakker", "Flyt", "Der er for trangt."]:
        assert words in ended.text
        assert words in page(at("minutes", room.key), by=seat(people[0])).text


def test_it_ends_with_a_plan_of_its_lines(page, staff):
    version = make_ending(SLUG, "I morgen", "Om en måned", ending="plan")
    room = make_open_room(version.guide)
    add(room, "1", "2", "3")
    room.reveal()
    starter = seat(room.participants.get(is_facilitator=True))
    form = page(room.conclude_address, by=starter).form("main form")
    assert "Skriv mindst én linje i planen." in form.send({}, status=422).text
    refused = form.send({"what_1": "Ring", "who_2": "Bo"}, status=422)
    assert refused.texts(".kompas-error-summary a") == [
        "Hvem? (I morgen): Skriv ét navn.",
        "Hvornår? (I morgen): Vælg en dato, eller skriv, hvorfor der ikke er en.",
        "Om en måned: Skriv, hvad der skal ske, eller slet navn og dato.",
    ]
    said = {"who_1": "Ea", "when_1": "2", "what_2": "Skriv", "when_2": "none", "no_date_reason_2": "Snart."}
    ended = refused.form("main form").send(said)
    assert "I morgen: Ring" in ended.text
    assert "Bo, ingen dato, fordi: Snart." in ended.text
    assert list(Agreement.objects.order_by("pk").values_list("what", "who", "due", "no_date_reason")) == [
        ("I morgen: Ring", "Ea", months_after(timezone.localdate(), 2), ""),
        ("Om en måned: Skriv", "Bo", None, "Snart."),
    ]
    assert not AgreementDraft.objects.exists()


ENDS = {
    "decision": {"decision": "line-2", "why": "Der er trangt", "what": "Vi pakker", "look_back": "none"},
    "plan": {"what_2": "Vi pakker", "who_2": "Ea", "when_2": "day", "due_2": "2027-03-01"},
}


@pytest.mark.parametrize("ending", ENDS)
def test_every_end_saves_itself_and_is_filled_in_when_one_comes_back(page, ending):
    room = make_open_room(make_ending(SLUG, "Bliv", "Flyt", ending=ending).guide)
    add(room, "1", "2", "3")
    room.reveal()
    starter = seat(room.participants.get(is_facilitator=True))
    saves = {"HX-Request": "true", "HX-Target": "save-status"}

    def save(of_page="a", **said):
        return starter.post(room.conclude_address, {"page": of_page * 22, **said}, headers=saves).status_code

    assert save(**ENDS[ending]) == 200
    form = page(room.conclude_address, by=starter).form("main form[data-autosave]")
    found = {name: form.values[name][0].strip() for name in ENDS[ending] if form.values.get(name)}
    assert found == {name: text for name, text in ENDS[ending].items() if text != "none"}
    what = next(name for name in ENDS[ending] if name.startswith("what"))
    assert save("b", **{what: "Vi går", f"{what}-was": ""}) == 409  # another window is never overwritten
    assert form.send(button="Tilbage til svarene").url == room.result_address


# --- The wall, while it is written --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "said", "told"),
    [
        ("agreement", {"what": "Vi pakker", "who": "Ea", "who_email": "ea@example.dk", "due": "2027-03-01"},
         ["Vi pakker", "Ea", "1. marts 2027"]),
        ("decision", {"decision": "line-2", "why": "Der er trangt"}, ["Flyt", "Der er trangt"]),
        ("plan", {"what_1": "Vi pakker", "who_1": "Ea", "who_email_1": "ea@example.dk", "what_2": "Vi går"},
         ["Bliv: Vi pakker", "Ea", "Flyt: Vi går"]),
    ],
)  # fmt: skip
def test_the_wall_shows_what_is_agreed_while_it_is_written(page, staff, logged_in, ending, said, told):
    version = make_ending(SLUG, "Bliv", "Flyt", ending=ending)
    room = make_room(leader=staff, guide=SLUG, people=[None] * 3)
    room.reveal()
    wall = reverse("reflection:wall", args=[room.key])
    Reflection.objects.filter(pk=room.pk).update(current_step=len(version.all_steps()) + 1)
    before = page(wall, by=staff)
    assert ("Tal sammen" in before.text) == (ending != "decision")
    saves = {"HX-Request": "true", "HX-Target": "save-status"}
    logged_in(staff).post(room.conclude_address, {"page": "p" * 22, **said}, headers=saves)
    shown = page(wall, by=staff)
    assert [words for words in told if words not in shown.text] == []
    assert "ea@example.dk" not in shown.html
    assert "Det bliver skrevet nu" in shown.text
    assert "Tal sammen" not in shown.text
    Reflection.objects.filter(pk=room.pk).update(current_step=1)
    assert told[0] not in page(wall, by=staff).text  # what is looked at now is something else
    Reflection.objects.get(pk=room.pk).collect_again()
    assert told[0] not in page(wall, by=staff).text


def test_the_end_of_a_published_version_never_changes(db):
    version = make_ending(SLUG, "Bliv", "Flyt", ending="decision")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        version.end_lines.update(text="Noget andet")
