"""The way into a room, and back again."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import rate_limits
from reflection import tokens
from reflection.forms.joining import CodeForm
from reflection.models import Participant, Reflection
from tests.factories import make_guide, make_room, make_user
from tests.reflection.people import enter, place_of


@pytest.fixture
def room(db):
    return make_room(leader=make_user("Malik Medarbejder"))


CODE = "/deltag/"


@pytest.mark.parametrize(
    "typed",
    [str.lower, str.upper, lambda code: f" {code[:3]} {code[3:]} ", lambda code: f"{code[:3]}-{code[3:]}"],
)
def test_the_code_is_found_however_it_is_typed(client, room, typed):
    answer = client.post(CODE, {"code": typed(room.code)})
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("reflection:join", args=[room.invitation]),
    )


PASTED = [
    "{0}-{1}", "{0}.{1}.", "«{0}{1}»", '"{0} {1}"', "“{0}{1}”", "'{0}{1}'", "{0}\u2013{1}", "{0}\u00a0{1}",
    "Kode: {0}{1}", "Koden er {0}-{1}.", "kode {0} {1}", "Rumkode:\n{0}{1}", "Code: {0}{1}",
    "The code is {0}{1}!",
    "\ufeff{0}\u200b{1}\u00ad", "({0}{1})", "{0}/{1}", "*{0}{1}*",
    "Deltag på kompas.example.dk med koden {0}{1}",
    "\t{0}{1}\r\n",
]  # fmt: skip


@pytest.mark.parametrize("pasted", PASTED)
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_code_is_found_whatever_was_pasted_with_it(client, room, pasted, case):
    typed = pasted.format(case(room.code[:3]), case(room.code[3:]))
    for _ in range(25):  # more than the limit on wrong tries
        assert tokens.normalised(typed) == room.code
    assert client.post(CODE, {"code": typed}).status_code == 302


SENTENCES = [
    "Din kode er 7kp 4wd, hilsen Bo", "Koden til rummet er 7KP-4WD.", "7KP4WD er koden",
    "7KP4WD (koden til i dag)", "Kode til mødet: 7KP4WD", "7\u041a\u0420 4WD",
    "\uff17\uff2b\uff30\uff14\uff37\uff24", "Rummet har koden 7KP4WD kl. 10",
]  # fmt: skip


@pytest.mark.parametrize("pasted", SENTENCES)
def test_a_code_is_found_in_a_sentence_and_in_letters_that_look_like_it(pasted):
    assert tokens.normalised(pasted) == "7KP4WD"


def test_a_code_on_ten_signs_is_found_in_a_sentence():
    assert tokens.normalised("Din kode er 7kp4w-dabcd, gem den godt") == "7KP4WDABCD"


LINKS = [
    "{}", "https://kompas.example.dk{}", "http://et-andet-sted.dk{}", "kompas.example.dk{}", "<https://x.dk{}>",
    "Gå ind her: https://x.dk{}.", "«https://x.dk{}»", "https://x.dk{}?utm_source=mail", "https://x.dk/en{}",
]  # fmt: skip


@pytest.mark.parametrize("pasted", LINKS)
@pytest.mark.parametrize("end", ["/", ""])
def test_a_whole_link_is_as_good_as_the_code(client, room, pasted, end):
    link = reverse("reflection:join", args=[room.invitation])
    typed = pasted.format(link.rstrip("/") + end)
    assert client.post(CODE, {"code": typed})["Location"] == link


def test_the_facilitators_link_still_leads_to_the_lead(client, room):
    link = reverse("reflection:join", args=[room.facilitator_invitation])
    assert client.post(CODE, {"code": f"https://kompas.example.dk{link}"})["Location"] == link


@pytest.mark.parametrize("form", [CODE, "/deltag/igen/"])
def test_ones_own_link_may_be_pasted_where_a_code_is_asked_for(client, room, form):
    guest = room.participants.create(name="Alma")
    link = reverse("reflection:own_link", args=[guest.link])
    assert client.post(form, {"code": f"https://kompas.example.dk{link}"})["Location"].endswith(
        f"{room.key}/"
    )


@pytest.mark.parametrize("form", [CODE, "/deltag/igen/"])
def test_an_old_link_is_answered_in_words_and_is_no_wrong_try(client, room, form):
    for _ in range(25):
        response = client.post(form, {"code": "https://x.dk/deltag/AAAAAAAAAAAAAAAAAAAAAA/"})
        assert response.status_code == 422
        assert "Bed om et nyt" in response.content.decode()
    assert client.post(CODE, {"code": room.code}).status_code == 302


def test_a_look_at_the_link_lets_nobody_in(client, room):
    client.get(reverse("reflection:join", args=[room.invitation]))
    assert room.participants.count() == 1
    assert client.session.get("places") is None


def test_from_the_picture_to_the_first_question_it_is_three_taps(page, room):
    came = page(reverse("reflection:join", args=[room.invitation]))
    welcome = came.form().send(button="Gå ind")
    first = welcome.form("main form").send({"safety": "4"}, button="Begynd")
    assert first.url == f"/rum/{room.key}/trin/1/"
    assert room.participants.get(safety=4).name == ""


def test_nobody_must_say_how_free_they_are(page, room):
    came = page(reverse("reflection:join", args=[room.invitation]))
    first = came.form().send(button="Gå ind").form("main form").send(button="Begynd")
    assert first.url == f"/rum/{room.key}/trin/1/"


def test_the_six_characters_are_no_link(client, room):
    """Else whoever guesses could do so without limit."""
    assert client.get(reverse("reflection:join", args=[room.code])).status_code == 404


def guess(code, address="10.0.0.1"):
    return Client().post(CODE, {"code": code}, REMOTE_ADDR=address).status_code


@pytest.mark.usefixtures("within_one_window")
def test_who_guesses_codes_is_told_to_wait_and_the_right_one_still_gets_in(page, room):
    for _attempt in range(20):
        page(CODE, post={"code": "AAAAAA"}, status=422)
    assert "der er prøvet for mange koder herfra" in page(CODE, post={"code": "AAAAAA"}, status=429).text
    assert page(CODE, post={"code": room.code}).url == reverse("reflection:join", args=[room.invitation])


@pytest.mark.usefixtures("within_one_window")
def test_an_address_has_so_many_wrong_codes_a_day_and_the_link_works_on(page, client, room, monkeypatch):
    monkeypatch.setattr(rate_limits, "CODE_DAY", rate_limits.CODE_DAY._replace(most=30))
    answers = [guess("AAAAAA") for _attempt in range(40)]
    assert answers == [422] * 20 + [429] * 20
    assert guess(room.code) == 429
    assert guess(room.code, address="10.0.0.2") == 302
    assert page(reverse("reflection:join", args=[room.invitation])).form()


@pytest.mark.usefixtures("within_one_window")
def test_a_guesser_with_many_addresses_soon_has_few_tries_on_each(room, monkeypatch):
    monkeypatch.setattr(rate_limits, "CODE_EVERYBODY", rate_limits.CODE_EVERYBODY._replace(most=50))
    looked_up = []
    monkeypatch.setattr(CodeForm, "find", lambda form, code: looked_up.append(code))
    for number in range(10):
        for _attempt in range(30):
            guess("AAAAAA", address=f"10.0.1.{number}")
    assert len(looked_up) <= 50 + 10 * 20


def test_a_hundred_come_at_once_and_nobody_is_refused(room, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("a page's thread must not wait"))
    assert {guess(room.code) for _person in range(100)} == {302}


def test_right_codes_do_not_count_as_guesses(client, room):
    for _person in range(25):
        assert client.post(CODE, {"code": room.code}).status_code == 302


def test_a_new_code_closes_the_old_ways_in(room):
    old = [room.code, room.invitation, room.facilitator_invitation]
    room.renew_code()
    assert not Reflection.objects.by_code(old[0])
    assert not Reflection.objects.by_link(old[1])
    assert not Reflection.objects.by_link(old[2])


def test_a_concluded_room_lets_nobody_in(client, room):
    code, link = room.code, room.invitation
    room.reveal()
    room.conclude()
    assert client.post(CODE, {"code": code}).status_code == 422
    assert client.get(reverse("reflection:join", args=[link])).status_code == 404


@pytest.mark.parametrize("address", ["/deltag/", "/deltag/igen/"])
@pytest.mark.parametrize("typed", [str, str.lower, lambda code: code.replace("-", "")])
def test_ones_own_code_brings_one_back_without_counting_twice(client, room, address, typed):
    person = place_of(enter(room, name="Alma"), room)
    before = room.counted_count
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", person.return_code)
    answer = client.post(address, {"code": typed(person.return_code)})
    assert answer["Location"] == f"/rum/{room.key}/"
    assert place_of(client, room) == person
    assert room.counted_count == before


def test_ones_own_link_asks_before_it_lets_in(client, room):
    person = place_of(enter(room, name="Alma"), room)
    address = reverse("reflection:own_link", args=[person.link])
    client.get(address)
    assert client.session.get("places") is None
    client.post(address)
    assert place_of(client, room) == person


def test_an_account_takes_part_once(logged_in, room):
    user = make_user("Karen Kollega")
    enter(room, by=logged_in(user), name="Karen")
    enter(room, by=logged_in(user), name="Karen igen")
    assert room.participants.filter(user=user).count() == 1


def test_the_database_holds_no_code_and_no_link(room):
    person = place_of(enter(room), room)
    secrets = [room.code, room.invitation, room.facilitator_invitation, person.link]
    secrets += [person.return_code, person.return_code.replace("-", "")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM reflection_reflection r")
        rows = [row for (row,) in cursor.fetchall()]
        cursor.execute("SELECT row_to_json(p)::text FROM reflection_participant p")
        rows += [row for (row,) in cursor.fetchall()]
    assert [secret for secret in secrets if any(secret in row for row in rows)] == []
    assert tokens.digest(room.code) in rows[0]


def test_a_spectator_looks_and_is_not_counted(page, room):
    browser = enter(room, spectator="on")
    assert room.counted_count == 0
    assert page(f"/rum/{room.key}/trin/1/", by=browser).url == f"/rum/{room.key}/venter/"
    scale, _line = room.version.steps.first().answered_prompts
    browser.post(f"/rum/{room.key}/trin/1/", {f"prompt-{scale.pk}": "5"})
    assert place_of(browser, room).answers.count() == 0


def test_who_comes_after_the_reveal_sees_the_board(page, room):
    room.reveal()
    assert page(f"/rum/{room.key}/", by=enter(room)).url == f"/rum/{room.key}/tavle/"


def test_an_open_room_wants_a_name_and_a_yes(page, db):
    room = make_room(mode=Reflection.Mode.OPEN, leader=make_user())
    address = reverse("reflection:join", args=[room.invitation])
    asked = page(address, post={"name": ""}, status=422)
    assert asked.texts(".kompas-error-summary li") == [
        "Navn: Skriv et navn. Her står det ved dine svar.",
        (
            "Ja, de andre må se mine svar med mit navn ved: "
            "Her kan alle se navnene. Sig ja, eller lad være at gå ind."
        ),
    ]


@pytest.mark.parametrize("again", ["Alma", "  alma ", "ALMA", "Ａlma"])
def test_a_name_that_is_taken_is_told_apart(page, room, again):
    enter(room, name="Alma")
    came = page(reverse("reflection:join", args=[room.invitation]))
    refused = came.form("#join").send({"name": again}, button="Gå ind", status=422)
    assert "Skriv et efternavn eller et forbogstav til" in refused.text
    assert refused.form("#join").values["name"] == [again]
    assert room.counted_count == 1
    refused.form("#join").send({"name": "Alma K."}, button="Gå ind")
    assert room.counted_count == 2


def test_as_many_as_like_may_be_without_a_name(room):
    enter(room)
    enter(room)
    assert room.counted_count == 2


def test_paper_takes_nobodys_name(page, db):
    room = make_room(mode=Reflection.Mode.OPEN, leader=make_user())
    enter(room, name="Alma", agrees="on")
    asked = page(f"/rum/{room.key}/led/papir/", by=room.owner)
    refused = asked.form().send({"name": "alma"}, status=422)
    assert "Skriv et efternavn" in refused.text
    assert room.counted_count == 1


@pytest.fixture
def shown_open_room(db):
    """An open room that has been shown, with the ways in."""
    room = make_room(mode=Reflection.Mode.OPEN, leader=make_user(), people=[None])
    room.reveal()
    return room


@pytest.mark.parametrize("collects_again", [False, True])
@pytest.mark.parametrize("link", ["invitation", "facilitator_invitation"])
def test_nobody_new_comes_into_an_open_room_that_has_been_shown(page, shown_open_room, link, collects_again):
    """Those who said yes to be seen said it to those who were there."""
    room = shown_open_room
    if collects_again:
        room.collect_again()
    address = reverse("reflection:join", args=[getattr(room, link)])
    for sent in [None, {"name": "Ny", "agrees": "on"}]:
        assert "Rummet tager ikke flere ind" in page(address, post=sent, status=403).text
    assert not room.participants.filter(name="Ny").exists()
    lead = page(f"/rum/{room.key}/led/", by=room.owner)
    assert "Derfor kan ingen nye komme ind" in lead.text
    assert room.code not in lead.text


def test_who_was_in_an_open_room_comes_back_to_it(client, shown_open_room):
    person = shown_open_room.participants.counted().get()
    client.post("/deltag/igen/", {"code": person.return_code})
    assert client.get(f"/rum/{shown_open_room.key}/tavle/").status_code == 200


def test_only_who_gave_a_name_is_asked_whether_to_show_it(page, room):
    for name, asked in [("Alma", 1), ("", 0)]:
        step = page(f"/rum/{room.key}/trin/1/", by=enter(room, name=name))
        assert len(step.select("[name$=-signed]")) == asked


def test_who_has_lost_the_place_keeps_the_words_and_is_asked_for_the_own_code(page, room):
    told = page(
        f"/rum/{room.key}/trin/1/", by=Client(), post={"prompt-1": "Mine ord"}, status=403,
        headers={"Origin": "http://testserver"},
    )  # fmt: skip
    assert "Brug din egen kode på ti tegn" in told.text
    assert "Log ind" not in told.text
    assert "Mine ord" in told.text


def test_the_same_room_in_two_languages(page, room):
    english = page(f"/en/deltag/{room.invitation}/", post={"name": ""})
    assert english.url == f"/en/rum/{room.key}/velkommen/"
    step = english.form("main form").send({"safety": "3"})
    assert step.url == f"/en/rum/{room.key}/trin/1/"
    assert room.title in step.text


def test_leaving_forgets_the_place_and_keeps_the_answers(room):
    browser = enter(room, name="Alma")
    person = place_of(browser, room)
    browser.post(f"/rum/{room.key}/forlad/")
    assert browser.get(f"/rum/{room.key}/").status_code == 403
    assert Participant.objects.filter(pk=person.pk).exists()


def test_ones_answers_can_be_taken_home(room):
    browser = enter(room, name="Alma")
    scale, _line = room.version.steps.first().answered_prompts
    browser.post(f"/rum/{room.key}/trin/1/", {f"prompt-{scale.pk}": "5"})
    file = browser.get(f"/rum/{room.key}/mine-svar/hent/")
    name = f"mine-svar-flere-paa-cykel-{timezone.localdate()}.json"  # the room, and the day
    assert file["Content-Disposition"] == f'attachment; filename="{name}"'
    (number,) = [given["number"] for given in file.json()["answers"] if given["number"]]
    assert (file.json()["name"], number) == ("Alma", 5)


@pytest.fixture(autouse=True)
def guide(db):
    return make_guide()
