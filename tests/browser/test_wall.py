"""A room with a wall, the leader's phone and three phones: at each moment each shows what it should."""

import re

import psycopg
import pytest

from tests.browser.input_devices import choose_day, press
from tests.browser.inspection import NARROW, PHONE, WIDE, look
from tests.browser.stopwatch import BY_EVENT
from tests.browser.test_collaboration import come_in as come_in_for
from tests.browser.test_collaboration import open_round
from tests.browser.test_room import come_in, open_room
from tests.databases import on_the_server

WALL = {"width": 1920, "height": 1080}

ANSWER = """
    INSERT INTO reflection_answer
        (participant_id, prompt_id, about_id, state, value, text, is_signed, version, written_by)
    SELECT person.id, prompt.id, about.id, 'given',
        CASE WHEN prompt.kind = 'scale' THEN 1 + (person.id * prompt.position + prompt.id) %% 5 END,
        CASE WHEN prompt.kind = 'line' THEN 'Det ser jeg hver dag, siger nummer ' || person.id ELSE '' END,
        false, 1, ''
    FROM reflection_participant person
    JOIN reflection_reflection room ON room.id = person.reflection_id AND room.key = %s
    JOIN reflection_step step ON step.version_id = room.version_id
    JOIN reflection_prompt prompt ON prompt.step_id = step.id AND prompt.kind <> 'question'
    LEFT JOIN LATERAL (
        SELECT NULL::bigint AS id
        UNION ALL
        SELECT party.id FROM reflection_party party
        WHERE party.reflection_id = room.id AND party.id <> person.party_id AND prompt.kind = 'scale'
    ) about ON true
    WHERE person.is_respondent
    ON CONFLICT DO NOTHING
"""


@pytest.fixture
def all_answer(own_database):
    """A function: everybody in the room answers everything and is done, and the room is told."""

    def answer(room):
        with psycopg.connect(**on_the_server(own_database)) as database:
            database.execute(ANSWER, [room])
            database.execute(
                "UPDATE reflection_participant SET is_done = true WHERE is_respondent AND reflection_id ="
                " (SELECT id FROM reflection_reflection WHERE key = %s)",
                [room],
            )
            database.execute("SELECT pg_notify('reflection', %s)", [f"{room}+"])

    return answer


def soon(page, css, text=None):
    """It is there without anybody's asking."""
    page.locator(css, has_text=text).first.wait_for(timeout=BY_EVENT)


def size(page, css) -> float:
    return page.evaluate("css => parseFloat(getComputedStyle(document.querySelector(css)).fontSize)", css)


def fits(page) -> bool:
    """All of it is on the screen: nobody scrolls a wall."""
    return page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def shown_slides(page) -> list[str]:
    return page.locator("[data-slide]:visible").evaluate_all("all => all.map(one => one.dataset.slide)")


def sees_only(page, number):
    shown = "[...document.querySelectorAll('[data-slide]:not([hidden])')].map(one => one.dataset.slide)"
    is_there = f"number => {shown}.join() === number"
    page.wait_for_function(is_there, arg=str(number), timeout=BY_EVENT)


def drawn(page) -> dict:
    return page.locator("[data-picture]").first.evaluate(
        "one => { const {width, bottom} = one.getBoundingClientRect(); return {width, bottom} }"
    )


def open_wall_by_code(leader, pc):
    press(leader, "Lav en skærmkode")
    code = leader.inner_text(".kompas-code--wall")
    pc.goto("/skaerm/")
    pc.fill("[name=code]", code.lower())
    press(pc, "Vis rummet")
    pc.wait_for_url(re.compile("/skaerm/$"))


class Meeting:
    """The devices of one room."""

    def __init__(self, new_page, login, start, parties):
        self.leader = new_page(viewport=PHONE)
        login(self.leader)
        self.code = start(self.leader)
        self.room = re.search(r"/rum/([\w-]+)/", self.leader.url)[1]
        self.wall = new_page(viewport=WALL)  # of the same person: a window behind another draws nothing
        self.wall.context.add_cookies(self.leader.context.cookies())
        self.wall.goto(f"/rum/{self.room}/skaerm/")
        self.pc = new_page(viewport=WALL)
        open_wall_by_code(self.leader, self.pc)
        self.phones = [new_page(viewport=PHONE, java_script_enabled=runs) for runs in [True, True, False]]
        for name, phone, party in zip(["Alma", "Bo", "Eva"], self.phones, parties, strict=True):
            if party:
                come_in_for(phone, self.code, party, name)
            else:
                come_in(phone, self.code)

    @property
    def walls(self):
        return [self.wall, self.pc]

    @property
    def live(self):
        return self.phones[:2]

    def reveal(self):
        self.leader.goto(f"/rum/{self.room}/led/")
        for phone in self.live:
            phone.goto(f"/rum/{self.room}/venter/")
        press(self.leader, "Vis svarene samlet")
        press(self.leader, "Det passer. Vis svarene samlet")


def before_the_reveal(meeting, all_answer, people):
    for wall in meeting.walls:
        soon(wall, ".kompas-wall__done", f"0 af {people} er færdige")
        assert wall.inner_text(".kompas-wall__code") == f"{meeting.code[:3]} {meeting.code[3:]}"
        assert size(wall, ".kompas-wall__code") >= 100
        assert size(wall, ".kompas-wall__address strong") >= 48
        assert wall.locator(".kompas-qr").bounding_box()["width"] >= 600
        assert wall.locator("header, nav, footer").count() == 0
        assert fits(wall)
    look(meeting.pc, "wall-way-in")
    all_answer(meeting.room)
    for wall in meeting.walls:
        soon(wall, ".kompas-wall__done", f"{people} af {people} er færdige")


def follow_the_leader(meeting):
    """From all of it to the first, onward by the phone and by the keys of the wall, and back."""
    leader, wall, pc = meeting.leader, meeting.wall, meeting.pc
    one, other, plain = meeting.phones
    for screen in meeting.walls:
        soon(screen, "h1", "står først")
        assert fits(screen)
    look(pc, "wall-all")
    for phone in meeting.live:
        phone.wait_for_selector("[data-slide]", timeout=BY_EVENT)
    leader.wait_for_timeout(2_000)  # a page that has just been opened begins to follow
    asked = len(one.seen.requests)
    press(leader, "Tal om det første, alle sammen")
    leader.wait_for_url(re.compile("/led/tal/1/"))
    for screen in meeting.walls:
        soon(screen, ".kompas-wall__where", "1 af")
        assert size(screen, "h1") >= 48
        assert size(screen, "[data-comments] li") >= 32
        assert fits(screen)
    for phone in meeting.live:
        sees_only(phone, 1)
        picture = phone.locator("[data-slide]:visible svg").first.bounding_box()
        assert picture["y"] + picture["height"] <= 700
    assert len(one.seen.requests) == asked  # the phone has them all, and asks for nothing
    plain.goto(f"/rum/{meeting.room}/")
    assert plain.locator("[data-here]:visible").inner_text().startswith("Her er I nu: 1 af")
    assert len(shown_slides(plain)) > 1
    look(pc, "wall-step")
    look(leader, "talk", PHONE, WIDE, NARROW)
    look(other, "following", PHONE, NARROW)

    press(one, "Se alle trin")
    assert len(shown_slides(one)) > 1
    other.locator("[data-slide]:visible summary").first.focus()
    wall.keyboard.press("ArrowRight")
    soon(pc, ".kompas-wall__where", "2 af")
    sees_only(other, 2)
    assert other.evaluate("document.activeElement.matches('[data-follows]')")  # not at the top of the page
    assert len(shown_slides(one)) > 1
    press(one, "Følg igen")
    assert shown_slides(one) == ["2"]
    pc.keyboard.press("ArrowRight")  # it can look, and no more
    pc.wait_for_timeout(500)
    assert "2 af" in pc.inner_text(".kompas-wall__where")
    wall.keyboard.press("ArrowLeft")
    soon(pc, ".kompas-wall__where", "1 af")
    press(leader, "Start 2 minutter")
    for screen in meeting.walls:
        soon(screen, ".kompas-timer")
        assert size(screen, ".kompas-timer strong") >= 60
        box = screen.locator(".kompas-timer").bounding_box()
        assert (box["y"] < 120, box["x"] + box["width"] > 1800) == (True, True)


def write(meeting, name, words):
    """What whoever leads types is on every screen a second after it is saved."""
    meeting.leader.fill(f"[name={name}]", words)
    meeting.leader.wait_for_selector(".kompas-save--saved")
    for screen in [*meeting.walls, *meeting.live]:
        soon(screen, "body", words)


def all_see_the_end(meeting, button, said):
    """Whoever leads presses the last button, and a second later everybody is told the same.

    One reads in English, and one has no JavaScript: that one presses the button that is there.
    """
    one, other, plain = meeting.phones
    for phone in meeting.live:
        phone.goto(f"{'/en' if phone is other else ''}/rum/{meeting.room}/")
    plain.goto(f"/rum/{meeting.room}/")
    meeting.leader.wait_for_timeout(2_000)  # a page that has just been opened begins to follow
    press(meeting.leader, button)
    for phone in meeting.live:
        phone.wait_for_url(re.compile("/aftalt/$"), timeout=BY_EVENT)
    for screen in meeting.walls:
        soon(screen, ".kompas-panel__said", said)
    meeting.leader.wait_for_url(re.compile("/aftalt/$"))
    press(plain, "Opdatér")
    screens = [one, plain, meeting.leader, *meeting.walls]
    told = [screen.locator("main dl").first.inner_text().split("\n") for screen in screens]
    assert [words for words in told if words != told[0]] == []
    for screen in [*screens, other]:
        assert screen.inner_text(".kompas-panel__said") == said or screen is other
    assert [screen.inner_text("h1") for screen in screens] == ["Det blev I enige om"] * len(screens)
    assert other.inner_text("h1") == "This is what you agreed on"
    for screen in meeting.walls:
        assert screen.locator(".kompas-timer").count() == 0
        assert size(screen, ".kompas-panel__said") >= 48
        assert size(screen, ".kompas-wall__lines dd") >= 32
        assert fits(screen)
    look(meeting.pc, f"wall-end-{len(said)}", WALL)
    look(one, f"end-{len(said)}", WIDE, PHONE, NARROW)
    look(meeting.leader, f"end-leader-{len(said)}", PHONE)
    one.reload()
    assert one.url.endswith("/aftalt/")
    press(one, "Svarene samlet" if one.locator("text=Svarene samlet").count() else "Gæt og svar")
    one.wait_for_timeout(2_000)  # whoever goes back to the answers stays there
    assert not one.url.endswith("/aftalt/")


@pytest.mark.long
def test_a_goal_from_the_open_door_to_the_last_screen(new_page, login, all_answer, server):
    meeting = Meeting(new_page, login, open_room, [None] * 3)
    before_the_reveal(meeting, all_answer, 3)
    meeting.reveal()
    follow_the_leader(meeting)
    assert drawn(meeting.pc)["width"] >= 1700
    assert drawn(meeting.pc)["bottom"] <= 620
    write(meeting, "text", "Vi ved, at ingen ringer tilbage.")
    press(meeting.leader, "Gå til Aftal")
    meeting.leader.wait_for_url(re.compile("/beslutning/"))
    for screen in meeting.walls:
        soon(screen, "h1", "Hvad skal der ske med målet?")
        soon(screen, ".kompas-wall__done", "0 af 3 har valgt.")
    for phone, choice in zip(meeting.phones, ["Behold", "Sig farvel", "Sig farvel"], strict=True):
        if phone is meeting.phones[2]:
            phone.reload()
        press(phone, "Sig, hvad du ville vælge")
        if phone in meeting.live:
            look(phone, "vote")
        phone.click(f"label:has-text('{choice}')")
        press(phone, "Gem mit valg")
    soon(meeting.pc, ".kompas-wall__done", "3 af 3 har valgt.")
    press(meeting.leader, "Opdatér")
    press(meeting.leader, "Vis, hvad I har valgt")
    for screen in [*meeting.walls, *meeting.live]:
        screen.locator(".kompas-votes__row", has_text="Sig farvel").first.wait_for(timeout=BY_EVENT)
        assert "2" in screen.locator(".kompas-votes__row", has_text="Sig farvel").first.inner_text()
    look(meeting.pc, "wall-choices")
    look(meeting.leader, "decision-with-choices", PHONE, WIDE)
    meeting.leader.click("label:has([name=decision]):has-text('Sig farvel')")
    meeting.leader.fill("[name=reason]", "Ingen har brug for det.")
    press(meeting.leader, "Beslut, og lav en plan")
    meeting.leader.wait_for_url(re.compile("/plan/"))
    meeting.leader.fill("[name=stop]", "Ugerapporten")
    meeting.leader.fill("[name=responsible]", "Bo")
    choose_day(meeting.leader, "look_back", "look_back_on", "2027-03-03")
    all_see_the_end(meeting, "Afslut", "Sig farvel")
    assert [page.seen.complaints for page in [*meeting.phones, meeting.pc, meeting.leader]] == [[]] * 5


@pytest.mark.long
def test_a_round_from_the_open_door_to_the_agreement(new_page, login, all_answer, server):
    meeting = Meeting(new_page, login, open_round, ["Naboerne", "Naboerne", "Skolen"])
    before_the_reveal(meeting, all_answer, 3)
    for wall in meeting.walls:
        parties = wall.locator(".kompas-wall__parties li").all_inner_texts()
        assert parties == ["Naboerne 2 af 2", "Skolen 1 af 1"]
    meeting.reveal()
    follow_the_leader(meeting)
    write(meeting, "known", "Naboerne mangler et sted at ringe hen.")
    press(meeting.leader, "Gå til Aftal")
    meeting.leader.wait_for_url(re.compile("/aftale/"))
    for screen in meeting.walls:
        soon(screen, "h1", "Hvad bliver I enige om?")
    meeting.leader.fill("[name=what]", "Vi sætter et nummer på lågen.")
    meeting.leader.fill("[name=who]", "Bo")
    meeting.leader.click("label:has([name=party]):has-text('Skolen')")
    choose_day(meeting.leader, "done_by", "due", "2027-01-01")
    choose_day(meeting.leader, "look_back", "look_back_on", "2027-03-03")
    all_see_the_end(meeting, "Afslut runden", "Vi sætter et nummer på lågen.")
    assert [page.seen.complaints for page in [*meeting.phones, meeting.pc, meeting.leader]] == [[]] * 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_wall_has_room_on_every_screen(new_page, login, server, scheme):
    page = new_page(viewport=WALL, color_scheme=scheme)
    login(page)
    page.goto(server.addresses["reflection:wall"]["da"])
    look(page, f"wall-{scheme}", WALL, {"width": 1024, "height": 768}, NARROW)
