"""Every kind of visitor × every state of a round × every address: what each gets, and nothing else.

200 is a page, 302 the way to what there is (or to the login), 403 no place in the room, 404 nothing there.
"""

import pytest
from django.urls import reverse

from collaboration.models import Consent, PaperConsent
from tests.collaboration.people import ARGUMENTS, address, go_to, say_yes
from tests.factories import seat
from tests.reflection.people import answer, place_of

STATES = ["collecting", "withdrawn", "revealed", "concluded", "shared", "taken back"]

LEADERS = ["owner", "handed the role"]
ANSWERING = ["resident", "municipality", "inside"]
SEEING = ["spectator"]
INSIDE = [*LEADERS, *ANSWERING, *SEEING]
BY_ACCOUNT = ["other round", "stranger", "editor", "method owner", "administrator", "root"]
OUTSIDE = [*BY_ACCOUNT, "anonymous"]


def to(roles: list[str], *codes: int) -> dict[str, list[int]]:
    """What `roles` get in each of STATES; one code is for all of them."""
    return {role: list(codes) * (1 if len(codes) > 1 else len(STATES)) for role in roles}


NO_PLACE = to(OUTSIDE, 403)
LEADING_ALONE = NO_PLACE | to([*ANSWERING, *SEEING], 404)
WHEN_SHOWN = [302, 302, 200, 200, 200, 200]
UNTIL_SHOWN = [200, 200, 302, 302, 302, 302]

OF_A_ROUND = {
    "result": to(INSIDE, *WHEN_SHOWN) | NO_PLACE,
    "pair": to(INSIDE, *WHEN_SHOWN) | NO_PLACE,
    "agree": to(LEADERS, 302, 302, 200, 302, 302, 302) | LEADING_ALONE,
    "consent": to([*LEADERS, *ANSWERING], *WHEN_SHOWN) | to(SEEING, 302) | NO_PLACE,
    "paper_consent": to(LEADERS, 404, 404, 200, 200, 200, 200) | LEADING_ALONE,
    "case": to(LEADERS, 302, 302, 302, 302, 200, 302) | LEADING_ALONE,
    "invitation_pdf": to(LEADERS, 200, 200, 200, 404, 404, 404) | LEADING_ALONE,
}
OF_THE_ROOM = {
    "room": to(INSIDE, 302) | NO_PLACE,
    "lead": to(LEADERS, 200) | LEADING_ALONE,
    "board": to(INSIDE, *WHEN_SHOWN) | NO_PLACE,
    "minutes": to(INSIDE, *WHEN_SHOWN) | NO_PLACE,
    "development": to(INSIDE, 200) | NO_PLACE,
    "answers": to(INSIDE, 200) | NO_PLACE,
    "download": to(INSIDE, 200) | NO_PLACE,
    "waiting": to(INSIDE, *UNTIL_SHOWN) | NO_PLACE,
    "paper": to(LEADERS, *UNTIL_SHOWN) | LEADING_ALONE,
    "talk_here": to(LEADERS, 302) | LEADING_ALONE,
    "wall": to(INSIDE, 200) | NO_PLACE,
}
WITHOUT_ACCOUNT = to(["handed the role", "resident", "municipality", "spectator", "anonymous"], 302)
NOT_THEIRS = to(BY_ACCOUNT, 404) | WITHOUT_ACCOUNT
OF_THE_COLLABORATION = {
    "collaboration": to(["owner", "inside"], 200) | NOT_THEIRS,
    "development": to(["owner", "inside"], 200) | NOT_THEIRS,
    "edit": to(["owner"], 200) | to(["inside"], 404) | NOT_THEIRS,
    "open_round": to(["owner"], 200) | to(["inside"], 404) | NOT_THEIRS,
    "follow_up": to(["owner", "inside"], 404, 404, 404, 200, 200, 200) | NOT_THEIRS,
}
EVERYBODY = [*INSIDE, *OUTSIDE]
SHARED = to(EVERYBODY, 404, 404, 404, 404, 200, 404)


@pytest.fixture
def in_state(opened, crowd):
    """A function: bring the round, with one more answer on paper, to a state."""
    seat(opened, opened.reflection.parties.first(), 3, 3, 3, is_paper=True)
    opened.share()
    return lambda state: bring(opened, crowd, state)


def bring(opened, crowd, state: str):
    room = opened.reflection
    for role in ["resident", "municipality"]:
        answer(place_of(crowd[role], room))
    if state == "withdrawn":
        crowd["resident"].post(reverse("reflection:withdraw", args=[room.key]))
    go_to(
        opened,
        {"withdrawn": "collecting", "shared": "concluded", "taken back": "concluded"}.get(state, state),
    )
    if state in {"shared", "taken back"}:
        say_yes(opened, "may_share", "may_tell", people=room.participants.counted().filter(is_paper=False))
        party = room.parties.first()
        PaperConsent.objects.create(
            round=opened, party=party, people=1, may_share=True, may_tell=True, asked_by="Malik"
        )
    if state == "taken back":
        alma = place_of(crowd["resident"], room)
        Consent.objects.filter(participant=alma).update(may_share=False, may_tell=False)


def addresses(opened, collaboration) -> dict[str, tuple[str, dict]]:
    """Every address by a name, with what the matrix says of it."""
    room = opened.reflection
    agreement = collaboration.agreements().first()
    found = {
        name: (address(name, room, **ARGUMENTS.get(name, {})), said) for name, said in OF_A_ROUND.items()
    }
    for name, said in OF_THE_ROOM.items():
        found[f"room: {name}"] = (reverse(f"reflection:{name}", args=[room.key]), said)
    for name, said in OF_THE_COLLABORATION.items():
        further = [agreement.pk if agreement else 1] if name == "follow_up" else []
        found[name] = (reverse(f"collaboration:{name}", args=[collaboration.key, *further]), said)
    found["shared"] = (reverse("collaboration:shared", args=[opened.shared_key]), SHARED)
    return found


@pytest.mark.parametrize("state", STATES)
def test_each_gets_what_the_matrix_says(opened, crowd, collaboration, in_state, state):
    in_state(state)
    index = STATES.index(state)
    assert set(crowd) == set(EVERYBODY)
    got, expected = {}, {}
    for name, (url, said) in addresses(opened, collaboration).items():
        for role, browser in crowd.items():
            got[name, role] = browser.get(url).status_code
            expected[name, role] = said[role][index]
    wrong = {key: (got[key], expected[key]) for key in got if got[key] != expected[key]}
    assert wrong == {}


LEADING = ["show_step", "share_wall", "take_part", "show_votes"]
CHANGES = ["share", "tell", "paper_consent", "agree", "case"]


@pytest.mark.parametrize("state", ["collecting", "revealed", "shared"])
def test_who_does_not_lead_changes_nothing_by_sending_a_form(opened, crowd, in_state, state):
    in_state(state)
    before = _all_of(opened)
    for role in [*ANSWERING, *SEEING, *OUTSIDE]:
        for name in CHANGES:
            url = address(name, opened.reflection, **ARGUMENTS.get(name, {}))
            said = {"what": "Noget andet", "who": role, "asked_by": role, "may_share": "on", "known": "Nej"}
            assert crowd[role].post(url, {**said, "go": "next"}).status_code in {403, 404}, (role, name)
        for name in ["reveal", "collect_again", "renew_code", *LEADING]:
            url = reverse(f"reflection:{name}", args=[opened.reflection.key])
            sent = {"step": 1, "answers": "no", "wall": "open"}
            assert crowd[role].post(url, sent).status_code in {403, 404}, (role, name)
        url = reverse("reflection:talk", args=[opened.reflection.key, 1])
        assert crowd[role].post(url, {"known": "Nej", "text": "Nej"}).status_code in {403, 404}, role
    assert _all_of(opened) == before


def _all_of(opened) -> tuple:
    """Everything of the round that a leader's forms could change."""
    room = opened.reflection
    return (
        type(opened).objects.filter(pk=opened.pk).values().get(),
        type(room).objects.filter(pk=room.pk).values().get(),
        list(opened.insights.values()),
        list(opened.paper_consents.values()),
        list(room.agreements.values()),
    )


def test_what_is_withdrawn_is_gone_and_whoever_leads_is_not_told_whose(page, opened, crowd, in_state):
    in_state("withdrawn")
    alma = place_of(crowd["resident"], opened.reflection)
    assert alma.answers.count() == 0
    lead = page(reverse("reflection:lead", args=[opened.reflection.key]), by=crowd["owner"])
    assert [text for text in lead.texts(".kompas-participants li") if "Alma" in text] == ["Alma (Beboerne)"]
