"""What a room may show: nothing before the reveal, and never a group below MIN_IN_ROOM."""

import ast
import json
import logging
import re
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from itertools import product
from typing import NamedTuple

import openpyxl
import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aarhuskompas.logs import JsonFormatter
from collaboration.development import development
from collaboration.models import Round
from publishing import content_version
from reflection.blindspots import mean
from reflection.confidentiality import MIN_OUTSIDE, board, cells, comment_to_hide, safety
from reflection.live.board_copies import copies
from reflection.live.notifications import (
    CHANGED,
    CHANNEL,
    COUNTED,
    DELAYED,
    GONE,
    PHASE_CHANGED,
    REVEALED,
    STEP,
    STEP_SEPARATOR,
)
from reflection.minutes import pdf
from reflection.minutes.calendar import calendar_of
from reflection.minutes.content import minutes_to_keep
from reflection.minutes.files import excel, for_sheet, word
from reflection.models import MIN_IN_ROOM, Answer, Participant, Reflection
from reflection.privacy.own_data import own_data
from reflection.reminders import send_all
from tests import routes
from tests.collaboration.people import say_yes
from tests.factories import (
    make_agreement,
    make_collaboration,
    make_collaboration_guide,
    make_goal,
    make_guide,
    make_open_room,
    make_room,
    make_round,
    make_user,
    tomorrow,
    yesterday,
)
from tests.factories import seat as collaboration_seat
from tests.reflection.asgi import AsgiClient, Subscribers
from tests.reflection.files import said, texts, texts_of_excel, texts_of_word
from tests.reflection.people import add, answer, enter, place_of, reveal, seat
from tests.test_architecture import OURS, python_files, relative, templates

SMALL = range(1, MIN_IN_ROOM)


# --- Nobody's page depends on what somebody else has answered --------------------------------------


@pytest.fixture(params=["somebody's", "nobody's"])
def room(request, staff):
    """Two parties: Alma, Bo and three more of «os», two of «de andre»; Malik leads, with Sara.

    And the same where nobody has an account: an open room, led by who has its link.
    """
    guide = make_guide(steps=2)
    if request.param == "nobody's":
        return make_open_room(guide, parties=["os", "de andre"])
    room = make_goal(owner=staff).open_room(staff, mode=Reflection.Mode.CONFIDENTIAL).reflection
    for position, title in enumerate(["os", "de andre"]):
        room.parties.create(position=position, title=title)
    return room


@pytest.fixture
def crowd(room, staff, logged_in, monkeypatch):
    """Every kind of person who may come by, with a browser; «alma» is the one who is to be protected."""
    monkeypatch.setattr(pdf, "SECONDS", 120)  # a sheet that a busy machine gives up would be a difference
    us, them = room.parties.all()
    staff.is_superuser = staff.is_staff = True
    crowd = {
        "leader": logged_in(staff) if room.owner else seat(room.participants.get()),
        "alma": enter(room, party=us.pk, name="Alma"),
        "bo": enter(room, party=us.pk, name="Bo"),
        "guest": enter(room, party=them.pk),
        "spectator": enter(room, party=us.pk, spectator="on"),
        "second": enter(room, party=them.pk, token=room.facilitator_invitation, name="Sara", spectator="on"),
        "colleague": logged_in(make_user("Karen Kollega")),
        "superuser": logged_in(make_user("Sofus Super", role="administrator", is_superuser=True)),
        "reader": Client(),
        "wall": Client(),
    }
    room.open_wall()
    crowd["wall"].post(reverse("reflection:wall_code"), {"code": room.wall_code})
    add(room, "1", "2", "5", party=us)
    add(room, "4", party=them)
    monkeypatch.setattr(content_version._Kept, "asked", float("inf"))  # what was sent above has it ask again
    return crowd


def everything(room) -> list[str]:
    """Every address of the room and of what it is about, what leads into it, and the admin."""
    kwargs = {
        "key": room.key, "position": 1, "number": 1, "token": room.invitation, "snapshot": 1,
        "person": room.participants.get(name="Bo").key,
    }  # fmt: skip
    found = ["/admin/", "/admin/reflection/", f"/haendelser/{room.key}/"]
    for route in routes.EVERY:
        if route.name.startswith("reflection:") or "key" in route.parameters:
            given = {name: kwargs[name] for name in route.parameters if name in kwargs}
            try:
                address = reverse(route.name, kwargs=given)
            except NoReverseMatch:
                continue
            found.append(address)
    kept = [f"/admin/privacy/{model}/" for model in ["event", "retentionperiod", "privacynotice"]]
    return [*found, *kept, *(f"/admin/reflection/{model}/" for model in ["guide", "guideversion", "answer"])]


CLOCKS = {"X-Request-ID", "Expires", "Content-Length"}


def seen(browser, room, caplog) -> dict[str, tuple]:
    """All that an address and the log say, by address; without what changes by itself."""
    told = {}
    for address in everything(room):
        caplog.clear()
        response = browser.get(address)  # other methods are refused (test_pages.py) or are forms
        assert response.status_code != 503, address
        logged = [steady(JsonFormatter().format(record)) for record in caplog.records]
        headers = {name: steady(value) for name, value in response.items() if name not in CLOCKS}
        told[address] = (response.status_code, headers, steady(said(response)), logged)
    return told


def steady(text: str) -> str:
    text = re.sub(r'name="(csrfmiddlewaretoken|page)" value="[^"]+"', "", text)
    text = re.sub(r'"(time|request)": "[^"]*"|"milliseconds": [\d.]+', "", text)
    text = re.sub(r'"at": "[^"]*"|<td class="field-at[^<]*</td>', "", text)  # of events: when, not what
    text = re.sub(r"DTSTAMP:\w+|/aftaler/(svar|slet-min-adresse)/[\w:-]+/", "", text)
    return re.sub(r"/skjul/\d+/\d+/", "", text)


VARIANTS = {
    "nothing": None,
    "one": ("1", "Hemmelige ord om chefen"),
    "five": ("5", "Helt andre ord"),
}


IN_THE_ROOM = ["leader", "second", "bo", "spectator", "wall"]


def compare(crowd, room, caplog, vary, who=IN_THE_ROOM):
    """`vary` puts each variant into the database; none of `who` may see any difference."""
    caplog.set_level(logging.DEBUG)
    told = {}
    for variant in VARIANTS.values():
        with transaction.atomic():
            vary(variant)
            for name in who:
                told.setdefault(name, []).append(seen(crowd[name], room, caplog))
            transaction.set_rollback(True)
    for name, (first, *others) in told.items():
        for other in others:
            assert {key: value for key, value in other.items() if value != first[key]} == {}, name
    assert mail.outbox == []


@pytest.mark.long
def test_before_the_reveal_no_page_of_anybody_depends_on_an_answer(crowd, room, caplog):
    alma = place_of(crowd["alma"], room)

    def vary(variant):
        if variant:
            answer(alma, *variant, is_signed=True)

    compare(crowd, room, caplog, vary, crowd.keys() - {"alma"})
    assert "Hemmelige ord" not in json.dumps(seen(crowd["leader"], room, caplog), default=str)


@pytest.mark.long
def test_after_the_reveal_no_page_depends_on_the_answers_of_a_party_of_two(crowd, room, caplog):
    guest = place_of(crowd["guest"], room)

    def vary(variant):
        if variant:
            answer(guest, *variant, is_signed=True)
        room.reveal()

    compare(crowd, room, caplog, vary)


@pytest.mark.long
def test_at_the_end_no_page_depends_on_the_answers_of_a_party_of_two(crowd, room, caplog):
    """The last screen, the wall and the minutes in every format among them."""
    guest = place_of(crowd["guest"], room)
    make_agreement(room)

    def vary(variant):
        if variant:
            answer(guest, *variant, is_signed=True)
        room.reveal()
        assert Reflection.objects.get(pk=room.pk).conclude()

    compare(crowd, room, caplog, vary, [*IN_THE_ROOM, "colleague"])


@pytest.mark.long
def test_after_going_back_one_changed_answer_changes_no_page(crowd, room, caplog):
    alma = place_of(crowd["alma"], room)
    answer(alma, "2")
    room.reveal()
    room.collect_again()

    def vary(variant):
        answer(alma, *(variant or ("2", "")))
        Reflection.objects.get(pk=room.pk).reveal()

    compare(crowd, room, caplog, vary)


@pytest.mark.long
@pytest.mark.parametrize("party", ["os", "de andre"])
def test_what_whoever_leads_answers_is_as_hidden_as_what_others_do(crowd, room, caplog, party):
    """Before the reveal from all; afterwards too, where their party is too small to be shown."""
    place = place_of(crowd["leader"], room)
    room.participants.filter(party__title="de andre", is_facilitator=False).update(is_respondent=False)
    place.answer_for(room.parties.get(title=party))
    others = crowd.keys() - {"leader"}

    def vary(variant):
        place.answers.all().delete()
        if variant:
            answer(place, *variant, is_signed=True)
        if party == "de andre":
            room.reveal()

    compare(crowd, room, caplog, vary, others)


@pytest.mark.long
def test_at_each_step_no_page_depends_on_the_answers_of_a_party_of_two(crowd, room, caplog):
    guest = place_of(crowd["guest"], room)

    def vary(variant):
        if variant:
            answer(guest, *variant, is_signed=True)
        room.reveal()
        room.show_step(1)

    compare(crowd, room, caplog, vary)


@pytest.mark.parametrize("others", [0, 1])
@pytest.mark.long
def test_what_one_would_choose_is_nobody_elses_to_see_before_three_have_and_it_is_shown(
    crowd, room, caplog, others
):
    if room.has_no_owner:
        pytest.skip("a goal is chosen between, and an open room has none")
    alma = place_of(crowd["alma"], room)
    answer(alma, "2")
    room.reveal()
    room.show_step(len(board(room)) + 1)
    for person in room.participants.on_screen().filter(name="", party=alma.party)[:others]:
        assert person.vote_for("keep")

    def vary(variant):
        assert alma.vote_for({None: "keep", "1": "adjust", "5": "goodbye"}[variant and variant[0]])
        assert not room.show_votes()

    compare(crowd, room, caplog, vary, [*IN_THE_ROOM, "guest", "colleague"])


def test_no_mail_depends_on_an_answer(crowd, room, logged_in):
    """Neither to who has not answered, nor about an agreement; whether answers are shown or not."""
    alma = place_of(crowd["alma"], room)
    mails = []
    for variant in VARIANTS.values():
        with transaction.atomic():
            if variant:
                answer(alma, *variant, is_signed=True)
            room.participants.create(user=make_user("Ida", email="ida@example.dk"))
            room.reveal_at = tomorrow()
            room.save()
            make_agreement(room, due=yesterday().date()).give_address("ea@example.org", "Malik")
            make_agreement(room, "Vi mødes").give_address("bo@example.org", "Malik")
            assert send_all() == ((0, 0) if room.has_no_owner else (4, 0))
            mails.append([(letter.to, steady(letter.body), letter.subject) for letter in mail.outbox])
            transaction.set_rollback(True)
        mail.outbox.clear()
    assert mails[0] == mails[1] == mails[2]


def test_the_comparison_sees_what_may_be_seen(crowd, room, caplog):
    """If it could see nothing, it would prove nothing."""
    alma = place_of(crowd["alma"], room)
    told = []
    for number in ["1", "5"]:
        answer(alma, number)
        told.append(seen(crowd["alma"], room, caplog))
    assert told[0] != told[1]
    room.reveal()
    before = seen(crowd["bo"], room, caplog)
    room.collect_again()
    for person in room.participants.counted():
        answer(person, "5")
    room.reveal()
    assert seen(crowd["bo"], room, caplog) != before


# --- What no view is asked for: event streams, and copies of the board -----------------------------


def address(name, room, *arguments) -> str:
    return reverse(f"reflection:{name}", args=[room.key, *arguments])


def say_everything(browser, room, number, words):
    """Step by step, as the page saves it while one types; where there is nothing to say, that too."""
    for step in room.version.steps.prefetch_related("prompts"):
        raw = {
            f"prompt-{prompt.pk}": {"scale": number, "line": words}[prompt.kind]
            for prompt in step.answered_prompts
        }
        sent = browser.post(address("step", room, step.position), raw, headers={"HX-Request": "true"})
        assert sent.status_code == 200


def paper(room, number, words) -> dict:
    party = room.parties.last().pk
    prompts = [prompt for step in room.version.steps.all() for prompt in step.answered_prompts]
    return {"party": party} | {
        f"prompt-{prompt.pk}": {"scale": number, "line": words}[prompt.kind] for prompt in prompts
    }


HTMX = {"HX-Request": "true"}


def whole_life(crowd, room, number, words) -> list[tuple[str, Callable, list[str]]]:
    """All that happens to a room; each with what is announced of it: now, soon («+») or seen («!»)."""
    alma, leader, keeps = crowd["alma"], crowd["leader"], Reflection.objects.get(pk=room.pk)
    done, again = {"done": "yes"}, {"done": "no"}
    return [
        ("free", lambda: alma.post(address("welcome", room), {"safety": number}), []),
        ("answers", lambda: say_everything(alma, room, number, words), []),
        ("done", lambda: alma.post(address("finish", room), done), [DELAYED]),
        ("not done", lambda: alma.post(address("finish", room), again), [DELAYED]),
        ("withdraws", lambda: alma.post(address("withdraw", room)), [DELAYED]),
        ("once more", lambda: say_everything(alma, room, number, words), []),
        ("paper", lambda: leader.post(address("paper", room), paper(room, number, words)), [""]),
        ("reveal", lambda: reveal(leader, room), [PHASE_CHANGED]),
        ("timer", lambda: leader.post(address("timer", room), {"minutes": 2}), [""]),
        ("step", lambda: leader.post(address("show_step", room), {"step": 2}), [f"{STEP_SEPARATOR}2"]),
        ("line", lambda: leader.post(address("talk", room, 1), {"text": words or "-"}, headers=HTMX), [""]),
        ("too late", lambda: alma.post(address("withdraw", room)), []),
        ("back", lambda: leader.post(address("collect_again", room)), [""]),
        ("anew", lambda: alma.post(address("withdraw", room)), [DELAYED]),
        ("third", lambda: say_everything(alma, room, number, words), []),
        ("shown", lambda: reveal(leader, room), [PHASE_CHANGED]),
        ("end", lambda: keeps.conclude(), [PHASE_CHANGED]),
    ]  # fmt: skip


def events(kinds: list[str]) -> bytes:
    steps = {f"{STEP_SEPARATOR}{number}": STEP % number for number in range(3)}
    told = {PHASE_CHANGED: REVEALED, DELAYED: COUNTED, "": CHANGED, **steps}
    return b"".join(told[kind] for kind in kinds)


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_event_depends_on_an_answer_from_the_first_to_the_last(crowd, room, no_delay, variant):
    """Word by word, and when: what is announced says how soon. Colleagues and strangers hear nothing."""
    inside = ["leader", "second", "alma", "bo", "guest", "spectator", "wall"]
    number, words = VARIANTS[variant] or ("", "")
    with closing(Subscribers(room, **crowd)) as subscribers:
        assert subscribers.hear() == ([], dict.fromkeys(inside, CHANGED))
        for name, act, kinds in whole_life(crowd, room, number, words):
            act()
            announced = [(CHANNEL, f"{room.key}{kind}") for kind in kinds]
            assert subscribers.hear() == (announced, dict.fromkeys(inside, events(kinds))), name


def boards_of(room) -> list[str]:
    found = []
    for language in ["da", "en"]:
        with override(language):
            found.append(address("board", room))
    return found


def at_the_door(asgi_client: AsgiClient, path, browser) -> tuple:
    answer = asgi_client(path, browser)
    headers = {name.decode(): text.decode() for name, text in answer.headers.items()}
    cookie = headers.pop("set-cookie", "").partition("=")[0].strip()
    return answer.status, cookie, without_clocks(headers), steady(answer.body.decode())


def from_the_view(path, browser) -> tuple:
    """What the view makes for this one person, whatever is kept of others."""
    copies.kept.clear()
    response = browser.get(path)
    cookie = "".join(response.cookies)
    return response.status_code, cookie, without_clocks(response.headers), steady(said(response))


def without_clocks(headers: dict) -> dict:
    """Also without the names of servers."""
    without = {name.lower() for name in [*CLOCKS, "Server"]}
    return {name.lower(): text for name, text in headers.items() if name.lower() not in without}


@pytest.fixture
def from_elsewhere(staff):
    """Somebody with a place in another room, which is shown."""
    other = make_room(leader=staff, people=[None] * 3)
    other.reveal()
    return enter(other)


def test_the_door_answers_everybody_as_the_board_itself_does_in_every_phase(
    crowd, room, asgi_client, from_elsewhere
):
    everybody = crowd | {"elsewhere": from_elsewhere}
    answer(place_of(crowd["guest"], room), "5", "Ord fra en part på to")
    for act in [lambda: None, room.reveal, room.collect_again, room.reveal, room.conclude]:
        act()
        for path in boards_of(room):
            for name, browser in everybody.items():
                told = at_the_door(asgi_client, path, browser)
                assert told == from_the_view(path, browser), (room.phase, path, name)


def test_the_door_gives_copies_only_to_whoever_may_be_given_one(crowd, room, asgi_client, from_elsewhere):
    """Else the comparison would compare the page with itself."""
    everybody = [*crowd.values(), from_elsewhere]
    for path in boards_of(room):
        for browser in everybody:
            asgi_client(path, browser)
    assert asgi_client.asked_of_pages == 2 * len(everybody)
    room.reveal()
    asgi_client.asked_of_pages = 0
    for path in boards_of(room):
        for name in ["alma", "bo", "guest", "spectator"]:
            assert asgi_client(path, crowd[name]).status == 200
    assert asgi_client.asked_of_pages == 2


# --- Random rooms: no group below the minimum, nor by any calculation ------------------------------


class RandomRoom(RuleBasedStateMachine):
    """People come, answer, take back, and are shown it, in any order; what was shown is remembered."""

    def __init__(self, asgi_client, leader, colleague):
        super().__init__()
        self.asgi_client, self.leader, self.colleague = asgi_client, leader, colleague
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.people = []
        self.paper = set()
        self.out = {}  # who was put out → party and party guessed about, where they had been shown by then
        self.said = {}  # (person, about) → what they say now: (number, words, sureness, is_signed)
        self.numbers = {}  # cell → what was shown of it, each time: (what the page said, whose answers)
        self.words = {}  # cell → the words shown, each time
        self.sure = {}
        self.named = set()  # words that stood on the board with a name
        self.safety = []  # what was shown of how free people are, each time
        self.words_used = 0
        self.phones = []  # of those who came by the link: they are given copies at the door
        self.announced = []  # what is to be announced since the last look,
        self.events = {}  # name → and to be heard

    def teardown(self):
        if hasattr(self, "subscribers"):
            self.subscribers.close()
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize(parties=st.sampled_from([0, 2]), people=st.integers(0, 6), has_no_owner=st.booleans())
    def open(self, parties, people, has_no_owner):
        self.room = make_open_room() if has_no_owner else make_room()
        self.leading = self.room.participants.get(is_facilitator=True)
        if has_no_owner:
            self.leader = seat(self.leading)
        self.parties = [self.room.parties.create(position=n, title=f"Part {n}") for n in range(parties)]
        self.subscribers = Subscribers(self.room, stranger=Client(), colleague=self.colleague)
        self.follow("leader", self.leader)
        self.come_by_link("spectator", self.room.participants.create(is_respondent=False))
        for number in range(people):
            self.come(party=number % 2, number=number % 5 + 1, is_signed=False)

    @rule(party=st.integers(0, 1), number=st.integers(1, 5), is_signed=st.booleans())
    def come(self, party, number, is_signed):
        if len(self.people) < 9:
            party = self.parties[party] if self.parties else None
            self.people.append(self.room.participants.create(name=f"P{len(self.people)}", party=party))
            if len(self.people) == 1:
                self.come_by_link("participant", self.people[0])
            self.change(len(self.people) - 1, number, is_signed=is_signed)

    def follow(self, name, browser):
        self.subscribers.add(name, browser)
        self.events[name] = CHANGED

    def come_by_link(self, name, place):
        self.phones.append(seat(place))
        self.follow(name, self.phones[-1])

    def announce(self, kind):
        """Expect it: it must be heard word for word, by all who may follow, and nothing else."""
        self.announced.append((CHANNEL, f"{self.room.key}{kind}"))
        self.events = {name: heard + events([kind]) for name, heard in self.events.items()}

    @precondition(lambda self: self.people)
    @rule(
        who=st.integers(0, 8),
        number=st.sampled_from(["1", "3", "5", "unknown"]),
        is_signed=st.booleans(),
        is_done=st.booleans(),
    )
    def change(self, who, number, is_signed, is_done=False):
        person = self.people[who % len(self.people)]
        if self.room.is_collecting and person not in self.out:
            self.write(person, None, str(number), None, is_signed)
            if is_done:
                person.finish()
                self.announce(DELAYED)

    @rule(
        people=st.sets(st.integers(0, 8), min_size=3),
        number=st.sampled_from(["1", "4"]),
        is_signed=st.booleans(),
    )
    def change_several(self, people, number, is_signed):
        for who in people:
            if self.people:
                self.change(who, number, is_signed)

    @precondition(lambda self: self.people and self.parties)
    @rule(
        people=st.sets(st.integers(0, 8)),
        number=st.sampled_from(["2", "5"]),
        sureness=st.sampled_from([None, 1, 4]),
    )
    def guess(self, people, number, sureness):
        for who in people if self.room.is_collecting else []:
            person = self.people[who % len(self.people)]
            about = next(party for party in self.parties if party != person.party)
            if person not in self.out:
                self.write(person, about, number, sureness, False)

    def write(self, person, about, number, sureness, is_signed):
        person.answers.filter(about=about).delete()
        self.words_used += 1
        words = f"ord{self.words_used}" if about is None else ""
        for prompt in self.prompts:
            raw = number if prompt.kind == "scale" else words
            if raw:
                # Paper carries no name.
                signed = is_signed and prompt.kind == "line" and person not in self.paper
                content = prompt.content(raw)
                person.answers.create(
                    prompt=prompt, about=about, sureness=sureness, is_signed=signed, **content
                )
        self.said[person, about] = (number, words, sureness, self.words_used)

    @property
    def prompts(self):
        return [prompt for step in self.room.version.steps.all()[:1] for prompt in step.answered_prompts]

    @precondition(lambda self: self.people)
    @rule(who=st.integers(0, 8))
    def withdraw(self, who):
        person = self.people[who % len(self.people)]
        if person not in self.out and person.withdraw():
            self.announce(DELAYED)
            self.said = {key: said for key, said in self.said.items() if key[0] != person}

    @rule(number=st.sampled_from(["1", "5"]), party=st.integers(0, 1), copies=st.integers(1, 3))
    def type_paper_in(self, number, party, copies):
        for _copy in range(copies):
            if self.room.is_collecting and len(self.people) < 9:
                party_of = self.parties[party] if self.parties else None
                person = self.room.participants.create(is_paper=True, is_done=True, party=party_of)
                self.people.append(person)
                self.paper.add(person)
                self.write(person, None, number, None, False)

    @precondition(lambda self: self.people)
    @rule(people=st.sets(st.integers(0, 8)), number=st.integers(1, 5))
    def say_how_free(self, people, number):
        for who in people:
            person = self.people[who % len(self.people)]
            if person not in self.out:
                person.record_safety(number)
            self.look_at_safety()

    @precondition(lambda self: self.people[1:])
    @rule(who=st.integers(0, 8))
    def put_out(self, who):
        """Nobody of those who follow: their events end."""
        person = self.people[1:][who % len(self.people[1:])]
        if person in self.out or person in self.paper:
            return
        assert person.put_out()
        shown = self.room.snapshots.filter(members__has_key=str(person.pk), prompt__kind="scale")
        self.out[person] = set(shown.values_list("party", "about"))
        self.announce("")
        self.announced.append((CHANNEL, f"{person.key}{GONE}"))

    @precondition(lambda self: self.out)
    @rule(who=st.integers(0, 8))
    def let_in(self, who):
        person = list(self.out)[who % len(self.out)]
        assert person.let_in_again()
        del self.out[person]
        self.announce("")

    @rule(is_closed=st.booleans())
    def move_the_door(self, is_closed):
        """Who is in, and whoever is let in again, are in and out as before."""
        room = Reflection.objects.get(pk=self.room.pk)
        if room.is_door_closed != is_closed:
            self.announce("")
        room.close_door(is_closed=is_closed)
        self.room.refresh_from_db(fields=["told", "is_door_closed"])

    def look_at_safety(self):
        """Nothing while answers are taken; then what three or more said, and never another row."""
        shown = safety(self.room)
        assert shown == [] or self.room.is_revealed
        assert sum(shown) not in SMALL
        self.safety += [shown] if shown else []
        assert self.safety[1:] == self.safety[:-1]

    @rule()
    def reveal(self):
        self.announce(PHASE_CHANGED if self.room.is_collecting else "")
        if self.room.is_collecting:
            self.look_at_files()
        self.room.reveal()
        self.look()
        self.look_at_safety()
        self.look_at_files()
        self.look_at_the_door()

    @rule()
    def go_back(self):
        self.announce("")
        was_revealed = self.room.is_revealed
        self.room.collect_again()
        if was_revealed:
            self.look_at_files()
            self.look_at_the_door()

    @rule(people=st.sets(st.integers(0, 8)), number=st.sampled_from(["2", "4"]))
    def show_again(self, people, number):
        """Some have changed their minds, or nobody has."""
        self.go_back()
        for who in people if self.people else []:
            self.change(who, number, is_signed=False, is_done=True)
        self.reveal()

    @rule(number=st.integers(0, 2))
    def show_step(self, number):
        """The number alone is told; and the wall says of the step what the board says, or nothing."""
        self.room.show_step(number)
        if self.room.is_revealed:
            self.announce(f"{STEP_SEPARATOR}{number}")
        wall = self.leader.get(address("wall", self.room)).content.decode()
        shown = {comment.text for result in board(self.room) for comment in result.comments}
        said = sorted(values.sentence for result in board(self.room) for values in result.values)
        assert words_in([wall]) == (shown if number == 1 and self.room.is_revealed else set())
        figures = sorted(re.findall(r"\d+ har svaret\.[^<]*", wall))
        assert [figure.strip() for figure in figures] == (said if number == 1 else [])

    def look(self):
        """Remember what the board and the cells say now, and whose answers that must be."""
        (step,) = board(self.room)[:1] if len(board(self.room)) == 1 else [self.first_step()]
        for party in self.parties or [None]:
            said = [comment for comment in step.comments if comment.party == party]
            texts = frozenset(comment.text for comment in said)
            self.named |= {comment.text for comment in said if comment.name}
            self.remember(self.words, party, texts)
        for (prompt, party, about), values in cells(self.room).items():
            cell = (prompt, party, about)
            now = self.now(party, about)
            self.remember_numbers(self.numbers, cell, (*values.counts, values.unknown), now)
            sure = frozenset(member for member in now if member[1][2] and member[1][0] != "unknown")
            self.remember_numbers(self.sure, cell, tuple(values.sureness), sure)

    def look_at_files(self):
        """Every file says the words that the board says, and none of anybody who is not on it."""
        shown = {comment.text for result in board(self.room) for comment in result.comments}
        place = Participant.objects.get(pk=self.leading.pk)
        minutes = minutes_to_keep(place)
        assert words_in(texts(minutes)) == shown
        assert words_in(texts(for_sheet(minutes))) == shown
        assert words_in(texts_of_word(word(minutes))) == shown
        figures = [values["counts"] for step in minutes["steps"] for values in step["values"]]
        assert figures == [values.counts for result in board(self.room) for values in result.values]
        figures_file = excel(minutes)
        _header, *rows = openpyxl.load_workbook(BytesIO(figures_file)).active.values
        assert [list(row[3:8]) for row in rows if row[3] is not None] == figures
        assert words_in(texts_of_excel(figures_file)) == set()
        if self.room.owner:
            assert words_in(texts(own_data(self.room.owner))) == set()
        assert words_in([calendar_of(self.room.agreements.all(), "").to_ical().decode()]) == set()

    def look_at_the_door(self):
        """Everybody is answered what the gate says now, whoever the copy was made for."""
        shown = {comment.text for result in board(self.room) for comment in result.comments}
        said = sorted(values.sentence for result in board(self.room) for values in result.values)
        for phone in self.phones:
            answered = self.asgi_client(address("board", self.room), phone)
            assert answered.status == (200 if self.room.is_revealed else 302)
            told = answered.body.decode()
            assert words_in([told]) == shown
            assert sorted(re.findall(r"\d+ har svaret\.[^<]*", told)) == said

    def first_step(self):
        return next(result for result in board(self.room) if result.step.position == 1)

    def now(self, party, about) -> frozenset:
        return frozenset(
            ((person, said_about), said)
            for (person, said_about), said in self.said.items()
            if person.party_id == party and (said_about.pk if said_about else None) == about
            if (party, about) in self.out.get(person, {(party, about)})
        )

    def remember(self, shown, cell, what):
        if what and (not shown.get(cell) or shown[cell][-1] != what):
            shown.setdefault(cell, []).append(what)

    def remember_numbers(self, shown, cell, what, whose):
        """The same numbers as before tell nothing new, whoever they are of."""
        if any(what) and (not shown.get(cell) or shown[cell][-1][0] != what):
            shown.setdefault(cell, []).append((what, whose))

    @invariant()
    def nothing_is_shown_while_answers_are_taken(self):
        if self.room.is_collecting:
            assert board(self.room) == []
            assert cells(self.room) == {}
            assert minutes_to_keep(Participant.objects.get(pk=self.leading.pk))["steps"] == []
            newest = self.room.snapshots.last()
            assert newest is None or comment_to_hide(self.room, newest.pk, 0) is None

    @invariant()
    def a_stream_says_that_something_has_happened_and_nothing_else(self):
        assert self.subscribers.hear() == (self.announced, self.events)
        self.announced, self.events = [], dict.fromkeys(self.events, b"")

    @invariant()
    def no_calculation_tells_about_fewer(self):
        on_paper = {
            words for (person, _about), (_n, words, _s, _v) in self.said.items() if person in self.paper
        }
        for showings in self.words.values():
            for few in differences(showings):
                assert len(few - on_paper) not in SMALL, few
                assert len(few - self.named) not in SMALL, (few, self.named)
        for shown in [self.numbers, self.sure]:
            for showings in shown.values():
                for few in differences([whose for _what, whose in showings]):
                    assert len(few) not in SMALL, few
                    assert len([who for who in few if who[0][0] not in self.paper]) not in SMALL, few


def words_in(found: list[str]) -> set[str]:
    """What people have written in a random room: ord1, ord2, …"""
    return set(re.findall(r"ord\d+", "\n".join(found)))


def differences(showings: list[frozenset]) -> set[frozenset]:
    """Whose answers are left, when showings are added and subtracted in any way."""
    found = set()
    for signs in product([-1, 0, 1], repeat=len(showings[-5:])):
        total = {}
        for sign, showing in zip(signs, showings[-5:], strict=True):
            for member in showing:
                total[member] = total.get(member, 0) + sign
        found.add(frozenset(member for member, times in total.items() if times))
    return found


@pytest.mark.long
def test_no_calculation_with_what_a_room_shows_tells_about_fewer_than_three(asgi_client, no_delay, logged_in):
    make_guide(steps=1)
    leader, colleague = (logged_in(make_user(name)) for name in ["Malik Medarbejder", "Karen Kollega"])
    run_state_machine_as_test(
        lambda: RandomRoom(asgi_client, leader, colleague),
        settings=settings(
            max_examples=40, stateful_step_count=18, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate], report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert asgi_client.asked > 50  # where nothing is shown, nothing is proved


# --- A few rooms by hand ---------------------------------------------------------------------------


def lines(room) -> list[tuple[str, str]]:
    (result,) = [result for result in board(room) if result.step.position == 1]
    return sorted((comment.text, comment.name) for comment in result.comments)


@pytest.fixture
def plain_room(db):
    make_guide(steps=1)
    return make_room(leader=make_user())


def test_names_are_left_out_where_they_would_name_the_one_who_did_not_sign(plain_room):
    for name in ["Alma", "Bo", "Eva"]:
        person = plain_room.participants.create(name=name)
        answer(person, words=f"ord {name}", is_signed=name != "Eva")
    plain_room.reveal()
    assert lines(plain_room) == [("ord Alma", ""), ("ord Bo", ""), ("ord Eva", "")]


def test_two_answers_on_paper_do_not_unveil_the_third_to_who_typed_them(plain_room):
    add(plain_room, "1", "2", is_paper=True)
    add(plain_room, "5")
    plain_room.reveal()
    assert [result.values for result in board(plain_room)] == [[]]


@pytest.mark.parametrize(("sure", "shown"), [(0, []), (1, []), (2, []), (3, [0, 0, 0, 3])])
def test_how_sure_people_are_is_shown_from_three_who_said_so(plain_room, sure, shown):
    us, them = (plain_room.parties.create(position=n, title=str(n)) for n in [0, 1])
    scale, _line = plain_room.version.steps.get().answered_prompts
    for number in range(5):
        person = plain_room.participants.create(party=us)
        sureness = 4 if number < sure else None
        person.answers.create(prompt=scale, about=them, value=2, sureness=sureness)
    plain_room.reveal()
    (values,) = cells(plain_room).values()
    assert values.counts == [0, 5, 0, 0, 0]
    assert [count for count in values.sureness if any(values.sureness)] == shown


@pytest.mark.parametrize("puppets", [0, 1, 2, 8])
def test_before_the_reveal_no_number_of_windows_tells_how_free_one_person_is(page, plain_room, puppets):
    """Who knows what the puppets say knows the rest, as soon as anything is shown."""
    alma, *windows = [enter(plain_room) for _window in range(puppets + 1)]
    for window in windows:
        window.post(address("welcome", plain_room), {"safety": "5"})
    told = []
    for number in ["1", "3"]:
        place_of(alma, plain_room).record_safety(int(number))
        lead = page(address("lead", plain_room), by=plain_room.owner)
        told.append(steady(lead.html))
        assert safety(Reflection.objects.get(pk=plain_room.pk)) == []
        Participant.objects.filter(pk=place_of(alma, plain_room).pk).update(safety=None)
    assert told[0] == told[1]
    assert "ser du først, når svarene vises samlet" in lead.text


def test_how_free_people_are_is_shown_once_and_then_no_more_asked(page, plain_room):
    """Whoever comes later, or is taken out, would else be what two such rows differ by."""
    for number in [1, 2, 5]:
        plain_room.participants.create(safety=number)
    plain_room.reveal()
    assert safety(plain_room) == [1, 1, 0, 0, 1]
    plain_room.collect_again()
    assert safety(plain_room) == []
    late = enter(plain_room)
    assert "Hvor frit kan du svare?" not in page(address("welcome", plain_room), by=late).text
    late.post(address("welcome", plain_room), {"safety": "3"})
    for _puppet in range(3):
        plain_room.participants.create(safety=4)
    plain_room.participants.filter(safety=1).delete()
    plain_room.reveal()
    assert safety(plain_room) == [1, 1, 0, 0, 1]


def test_two_who_said_how_free_they_are_are_not_shown(page, plain_room):
    for number in [1, 2]:
        plain_room.participants.create(safety=number)
    plain_room.reveal()
    assert safety(plain_room) == []
    told = page(address("lead", plain_room), by=plain_room.owner)
    assert "Færre end tre har svaret på det." in told.text


def test_nobody_learns_whether_two_answered_or_none(plain_room):
    add(plain_room, ("5", "ord"), ("5", "ord"), "", "")
    with transaction.atomic():
        plain_room.reveal()
        two = board(plain_room)
        transaction.set_rollback(True)
    Answer.objects.all().delete()
    Reflection.objects.get(pk=plain_room.pk).reveal()
    plain_room.refresh_from_db()
    assert board(plain_room) == two


def test_snapshots_do_not_lie_in_the_order_of_the_first_answers(plain_room):
    scale, line = plain_room.version.steps.get().answered_prompts
    for words in "abc":
        person = plain_room.participants.create()
        for prompt, raw in [(line, words), (scale, "3")]:
            person.answers.create(prompt=prompt, **prompt.content(raw))
    plain_room.reveal()
    assert list(plain_room.snapshots.order_by("pk").values_list("prompt", flat=True)) == [scale.pk, line.pk]


def test_a_hidden_comment_stays_hidden_when_the_room_is_shown_again(plain_room, logged_in):
    add(plain_room, ("1", "Nævner et navn"), ("2", "b"), ("3", "c"))
    plain_room.reveal()
    leader = logged_in(plain_room.owner)
    (result,) = board(plain_room)
    hidden = next(comment for comment in result.comments if comment.text == "Nævner et navn")
    address = reverse("reflection:hide", args=[plain_room.key, hidden.snapshot, hidden.position])
    assert "Nævner et navn" in leader.get(address).content.decode()
    leader.post(address, {"reason": "Den nævner en borger"})
    plain_room.collect_again()
    add(plain_room, ("1", "d"), ("2", "e"), ("3", "f"))
    plain_room.reveal()
    assert lines(plain_room) == [("", ""), ("b", ""), ("c", ""), ("d", ""), ("e", ""), ("f", "")]
    told = leader.get(reverse("reflection:board", args=[plain_room.key])).content.decode()
    assert "har skjult en kommentar: Den nævner en borger" in told
    assert "Nævner et navn" not in told


def test_an_open_room_says_who_answered_what(db, page):
    make_guide(steps=1)
    room = make_room(mode=Reflection.Mode.OPEN)
    for name, number in [("Bo", "5"), ("Alma", "2")]:
        answer(room.participants.create(name=name), number, f"ord {name}")
    room.reveal()
    assert lines(room) == [("ord Alma", "Alma"), ("ord Bo", "Bo")]
    told = page(reverse("reflection:board", args=[room.key]), by=room.owner)
    assert told.texts(".kompas-values__names li") == ["2: Alma", "5: Bo"]


# --- Over the rounds -------------------------------------------------------------------------------

PEOPLE = st.lists(st.integers(1, 5), max_size=6)  # of a party: what each of them answers
PARTS = st.sampled_from(["answers", "leads", "looks on", "is put out", "was not there"])
ROUNDS = st.lists(st.tuples(PEOPLE, PEOPLE, PARTS, st.booleans(), st.booleans()), min_size=1, max_size=3)


class PastRound(NamedTuple):
    """A round that ended as somebody may see it: `least` is how many a party must have, None: not at all."""

    round: Round
    least: int | None


def hold_rounds(collaboration, visitor, rounds) -> list[PastRound]:
    return [_hold(collaboration, visitor, *told) for told in rounds]


def _hold(collaboration, visitor, us, them, part, has_yes, changes_later) -> PastRound:
    """People come, answer, are shown, perhaps one changes an answer and is shown again; then it ends."""
    held = make_round(collaboration, sides=[[(own, None, None) for own in side] for side in [us, them]])
    room = held.reflection
    if part != "was not there":
        asked = {"party": room.parties.first(), "is_respondent": part in {"answers", "is put out"}}
        place = room.participants.create(user=visitor, is_facilitator=part == "leads", **asked)
        if part == "is put out":
            Participant.objects.filter(pk=place.pk).update(is_put_out=True)
    room.reveal()
    if changes_later and (us or them):
        room.collect_again()
        Answer.objects.filter(participant=room.participants.filter(answers__isnull=False).first()).update(
            value=1
        )
        room.reveal()
    if has_yes:
        say_yes(held, "may_share")
    Reflection.objects.filter(pk=room.pk).update(phase="concluded", concluded_at=yesterday())
    was_there = part in {"answers", "leads"}
    least = MIN_IN_ROOM if was_there else MIN_OUTSIDE if held.has_yes("may_share") else None
    return PastRound(held, least)


@pytest.mark.long
def test_over_the_rounds_nobody_sees_fewer_than_in_each_of_them(db):
    """An attacker who was in some rounds and not in others has nothing that can be subtracted.

    Whatever stands there is a mean of one party in one round. People have a place of their own in each, so
    those groups have nobody in common; each is shown once; and none is smaller than the rule of its round.
    """
    make_collaboration_guide(steps=1)
    visitor = make_user("Vera Vogter")
    collaboration = make_collaboration(owner=make_user("Ole Opretter"))

    @given(ROUNDS)
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def attack(rounds):
        with transaction.atomic():
            past = hold_rounds(collaboration, visitor, rounds)
            shown = development(collaboration, Participant.objects.filter(user=visitor))
            open_rounds = [round for round in past if round.least is not None]
            for position, party in enumerate(shown):
                assert len(party.lines) == len(open_rounds)
                for line, (held, least) in zip(party.lines, open_rounds, strict=True):
                    groups = {
                        values.party.position: values for values in cells(held.reflection).values()
                        if values.party
                    }  # fmt: skip
                    group = groups.get(collaboration.partners.all()[position].position)
                    assert line.means == [mean(group) if group and group.total >= least else None]
            assert bool(shown) == bool(open_rounds)
            transaction.set_rollback(True)

    attack()


def test_who_is_one_of_two_in_a_party_changes_nothing_that_others_see_over_the_rounds(crowd_over_time):
    """The same pages, whatever Alma answers in a party of two, in the first round or in the second."""
    collaboration, browsers, answers = crowd_over_time
    seen = []
    for number in ["1", "5"]:
        with transaction.atomic():
            answers(number)
            over_time = reverse("collaboration:development", args=[collaboration.key])
            pages = [*(browser.get(over_time) for browser in browsers)]
            pages += [browser.get(collaboration.get_absolute_url()) for browser in browsers]
            seen.append([re.sub(r"[0-9a-f-]{36}", "", steady(said(shown))) for shown in pages])
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert any("2,0" in text for text in seen[0])


@pytest.fixture
def crowd_over_time(db, logged_in):
    """Four of «os» in each of two rounds, and two of «de andre»; and who may come by afterwards."""
    make_collaboration_guide(steps=1)
    staff, bo = make_user("Malik Medarbejder"), make_user("Bo")
    collaboration = make_collaboration(owner=staff)

    def answers(number):
        for _round in range(2):
            held = make_round(collaboration, sides=[[(2, None, None)] * 4, [(3, None, None)]])
            held.reflection.participants.create(user=bo, party=held.reflection.parties.first())
            alma = collaboration_seat(held, held.reflection.parties.last(), int(number))
            held.reflection.reveal()
            assert alma.answers.exists()
            Reflection.objects.filter(pk=held.reflection_id).update(
                phase="concluded", concluded_at=yesterday()
            )

    return collaboration, [logged_in(staff), logged_in(bo), logged_in(make_user("Karen"))], answers


def test_what_stands_in_the_way_of_a_deletion_is_named_without_words(plain_room):
    add(plain_room, ("1", "hemmeligt"), ("2", "hemmeligt"), ("3", "hemmeligt"))
    plain_room.reveal()
    step = plain_room.version.steps.get()
    plain_room.shared_lines.create(step=step, text="hemmeligt")
    plain_room.agreements.create(what="hemmeligt", who="hemmeligt", no_date_reason="hemmeligt")
    things = [*Participant.objects.all(), *Answer.objects.all(), *plain_room.snapshots.all()]
    things += [*plain_room.shared_lines.all(), *plain_room.agreements.all()]
    assert [str(thing) for thing in things if "hemmeligt" in str(thing)] == []


# --- The code --------------------------------------------------------------------------------------

# Who may touch answers and snapshots: the gate, the tables, the author's own forms, what types paper in
# and what deletes. Everything that is shown passes the gate.
MAY_TOUCH = {
    "reflection/privacy/emergency_access.py",  # deletes one person's answers, and shows none
    "reflection/confidentiality.py",
    "reflection/forms/answers.py",
    "reflection/forms/facilitator.py",
    "reflection/privacy/retention.py",
    "reflection/models/__init__.py",
    "reflection/models/answers.py",
    "reflection/models/participants.py",
    "reflection/models/rehearsal.py",
    "reflection/models/rooms.py",
    "reflection/models/snapshots.py",
    "reflection/models/votes.py",  # asks who has been shown, and shows nobody
}
READS = {"snapshots", "members", "safety_shown", "own_answers_to_keep"}


def touched(path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            found |= {node.attr} & READS
            if isinstance(node.value, ast.Name) and node.value.id in {"Answer", "Snapshot"}:
                found |= {f"{node.value.id}.{node.attr}"} - {"Answer.Sureness"}  # words of a scale
            if isinstance(node.value, ast.Attribute) and node.value.attr == "answers":
                found.add(f"answers.{node.attr}")
    return found - {"answers.exists"}  # whether one has begun oneself


def test_only_the_gate_and_an_authors_own_forms_read_answers():
    paths = [path for path in python_files(*OURS) if "migrations" not in path.parts]
    others = {relative(path): sorted(touched(path)) for path in paths if relative(path) not in MAY_TOUCH}
    assert {name: names for name, names in others.items() if names} == {}


def test_no_template_reads_answers_but_those_of_the_reader():
    readers = re.compile(
        r"\b(participants?|person|room|reflection)\.(\w+\.)*(answers|snapshots|safety_shown)\b"
    )
    assert [relative(path) for path in templates() if readers.search(path.read_text(encoding="utf-8"))] == []
