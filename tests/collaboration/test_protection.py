"""Who sees what: nothing before the reveal, nothing of small groups, nothing for others without a yes."""

import re
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from collaboration.models import Consent, PaperConsent, Round
from reflection.blindspots import spots
from reflection.confidentiality import MIN_OUTSIDE, cells
from reflection.models import MIN_IN_ROOM, Answer
from tests.collaboration.people import ARGUMENTS, PAGES_OF_A_ROUND, SIDES, address, go_to, say_yes
from tests.factories import make_collaboration, make_room, make_round, seat
from tests.reflection.people import enter, place_of
from tests.reflection.people import seat as browser_of
from tests.test_sent_twice import sent_at_once

CHANGING = re.compile(r'(csrfmiddlewaretoken|name="page"|nonce)[^>]*>|\?next=[^"]*')


# --- Before the reveal ---------------------------------------------------------------------------


def pages_of(opened, crowd, collaboration) -> dict[tuple, str]:
    """What everybody sees everywhere, without what changes from one fetch to the next."""
    room = opened.reflection
    addresses = [address(name, room, **ARGUMENTS.get(name, {})) for name in PAGES_OF_A_ROUND]
    addresses += [
        reverse(f"reflection:{name}", args=[room.key])
        for name in ["lead", "waiting", "board", "answers", "minutes"]
    ]
    addresses += [collaboration.get_absolute_url(), reverse("collaboration:mine")]
    found = {}
    for (role, browser), url in product(crowd.items(), addresses):
        response = browser.get(url, follow=True)
        found[role, url] = CHANGING.sub("", response.content.decode())
    return found


def test_no_page_depends_on_what_others_have_answered_or_guessed_before_the_reveal(
    opened, crowd, collaboration
):
    before = pages_of(opened, crowd, collaboration)
    alma = place_of(crowd["resident"], opened.reflection)
    others = Answer.objects.exclude(participant=alma)
    assert others.update(value=1, sureness=None) == 8 * 2 * 2
    assert pages_of(opened, crowd, collaboration) == before


def test_the_comparison_is_empty_until_the_reveal_and_again_when_one_goes_back(opened):
    room = opened.reflection
    assert spots(room) == []
    room.reveal()
    assert len(spots(room)) == 4
    room.collect_again()
    assert spots(room) == []
    assert cells(room) == {}


# --- Small groups --------------------------------------------------------------------------------


@pytest.mark.parametrize("people", range(MIN_IN_ROOM + 2))
def test_of_a_party_with_fewer_than_three_neither_answers_nor_guesses_are_shown(
    page, staff, collaboration, people
):
    opened = make_round(collaboration, sides=[[(2, 4, 4)] * people, [(3, 5, 2)] * 4])
    opened.reflection.reveal()
    by_guesser = {spot.guesser.position: spot for spot in spots(opened.reflection)}
    is_shown = people >= MIN_IN_ROOM
    assert (by_guesser[1].own is not None, by_guesser[1].guess is not None) == (is_shown, is_shown)
    assert (by_guesser[2].answer is not None) == is_shown
    assert (by_guesser[1].kind, by_guesser[2].kind) == (("close", "too-high") if is_shown else ("", ""))
    seen = page(address("result", opened.reflection), by=staff)
    assert ("for få svar" in seen.text) == (not is_shown)


@pytest.mark.parametrize("numbers", [(1, 3), (2, 3), (3, 2), (2, 2)])
def test_own_answers_and_guesses_stand_apart_so_neither_tells_of_fewer_than_three(collaboration, numbers):
    """Four answer for themselves and some of them guess: nobody can take the one from the other."""
    own, guessing = numbers
    opened = make_round(collaboration)
    residents, municipality = opened.reflection.parties.all()
    for number in range(4):
        seat(opened, residents, 2 if number < own else None, 5 if number < guessing else None, 3)
    opened.reflection.reveal()
    shown = {
        (party, about): values.total for (_prompt, party, about), values in cells(opened.reflection).items()
    }
    assert shown.get((residents.pk, None), 0) == (own if own >= MIN_IN_ROOM else 0)
    assert shown.get((residents.pk, municipality.pk), 0) == (guessing if guessing >= MIN_IN_ROOM else 0)


def test_a_second_reveal_after_one_changed_guess_shows_the_first_again(opened):
    room = opened.reflection
    room.reveal()
    before = cells(room)
    room.collect_again()
    Answer.objects.filter(participant=room.participants.filter(party__position=1).first()).update(
        value=1, sureness=1
    )
    room.reveal()
    assert cells(room) == before


def test_a_small_party_is_told_so_before_it_answers_and_the_leader_sees_how_many(page, staff, collaboration):
    opened = make_round(collaboration, sides=[[], [(3, 5, 2)] * 3])
    room = opened.reflection
    browser = enter(room, party=room.parties.first().pk, name="Alma")
    warning = "Beboerne: 1 er med. Deres tal vises ikke, før de er mindst tre."
    for who, name in [(browser, "welcome"), (browser, "waiting"), (staff, "lead")]:
        seen = page(reverse(f"reflection:{name}", args=[room.key]), by=who)
        assert warning in seen.texts(".kompas-notice--warning")
        assert not any(text.startswith("Teknik") for text in seen.texts(".kompas-notice--warning"))


@pytest.mark.parametrize(
    ("screens", "papers", "said"),
    [
        (2, 4, "Beboerne: 2 svarer på egen skærm. Tallene vises ikke, før de er mindst tre."),
        (0, 2, "Beboerne: 2 er med. Deres tal vises ikke, før de er mindst tre."),
        (0, 3, ""),
        (3, 1, ""),
    ],
)
def test_papers_count_where_a_party_answers_on_paper_alone(page, staff, collaboration, screens, papers, said):
    opened = make_round(collaboration, sides=[[(2, 4, 4)] * screens, [(3, 5, 2)] * 3])
    for _paper in range(papers):
        seat(opened, opened.reflection.parties.first(), 2, 4, 4, is_paper=True)
    lead = page(reverse("reflection:lead", args=[opened.reflection.key]), by=staff)
    warnings = [text for text in lead.texts(".kompas-notice--warning") if text.startswith("Beboerne")]
    assert warnings == ([said] if said else [])
    opened.reflection.reveal()
    assert {values.party.position for values in cells(opened.reflection).values()} == (
        {2} if said else {1, 2}
    )


def test_an_open_room_warns_of_no_small_party(collaboration):
    opened = make_round(collaboration, sides=[[(3, 3, 3)], [(3, 3, 3)]], mode="open")
    assert opened.reflection.small_parties() == []
    opened.reflection.reveal()
    assert {spot.kind for spot in spots(opened.reflection)} == {"knows"}


def test_outsiders_are_warned_about_access_to_documents_before_they_write(page, opened):
    room = opened.reflection
    words = "Her er både ansatte og folk udefra. Det, der skrives, kan være omfattet af aktindsigt."
    assert words in page(reverse("reflection:join", args=[room.invitation])).text
    browser = enter(room, party=room.parties.first().pk, name="Alma")
    assert words in page(reverse("reflection:welcome", args=[room.key]), by=browser).text


@pytest.mark.parametrize(
    ("kinds", "is_mixed", "is_weaker"),
    [
        (["department", "department"], False, False),
        (["department", "politicians"], True, False),
        (["department", "citizens"], True, True),
        (["association", "company"], True, True),
        (["authority", "department", "citizens"], True, True),
    ],
)
def test_who_the_parties_are_decides_who_is_warned_and_who_is_sheltered(guide, kinds, is_mixed, is_weaker):
    partners = [(f"Part {number}", kind) for number, kind in enumerate(kinds)]
    collaboration = make_collaboration(partners=partners)
    assert (collaboration.is_mixed, collaboration.has_weaker_partner) == (is_mixed, is_weaker)
    assert make_round(collaboration).reflection.is_mixed == is_mixed


def test_confidential_is_chosen_and_the_open_form_needs_that_all_have_been_asked(page, staff, collaboration):
    opening = page(reverse("collaboration:open_round", args=[collaboration.key]), by=staff)
    assert opening.one("[name=mode][checked]").get("value") == "confidential"
    said = {"mode": "open", "answers_for": "", "absent": "", "way_in": "shared"}
    refused = opening.form().send(said, button="Åbn rummet", status=422)
    assert refused.texts(".kompas-error-summary a") == [
        "Alle parter har sagt ja til at svare åbent: Spørg alle parter først, eller vælg «Fortroligt»."
    ]
    assert refused.form().send({**said, "agreed": "on"}, button="Åbn rummet").texts("h1") == ["Saml svar"]


# --- Withdrawing ---------------------------------------------------------------------------------


def test_before_the_reveal_one_takes_back_answers_and_guesses_alike(page, opened, crowd):
    room = opened.reflection
    alma = place_of(crowd["resident"], room)
    prompt = room.version.steps.first().answered_prompts[0]
    alma.answers.create(prompt=prompt, value=1)
    alma.answers.create(prompt=prompt, value=1, about=room.parties.last(), sureness=4)
    own = page(reverse("reflection:answers", args=[room.key]), by=crowd["resident"])
    own.form(f"form[action='{reverse('reflection:withdraw', args=[room.key])}']").send()
    assert alma.answers.count() == 0


def test_after_the_reveal_nobody_takes_anything_back(opened, crowd):
    room = opened.reflection
    alma = place_of(crowd["resident"], room)
    alma.answers.create(prompt=room.version.steps.first().answered_prompts[0], value=1)
    room.reveal()
    crowd["resident"].post(reverse("reflection:withdraw", args=[room.key]))
    assert alma.answers.count() == 1


# --- A third person ------------------------------------------------------------------------------


@pytest.fixture
def shared(collaboration, staff):
    """A round of six and four that everybody has said yes to, and its address for others."""
    opened = make_round(collaboration, sides=[[(2, 4, 4)] * 6, [(3, 5, 2)] * 4])
    go_to(opened, "concluded")
    say_yes(opened, "may_share")
    opened.share()
    return opened


def shared_address(opened) -> str:
    return reverse("collaboration:shared", args=[opened.shared_key])


def test_a_third_person_sees_groups_of_at_least_five_and_no_words(page, shared):
    seen = page(shared_address(shared))
    assert "Tal fra færre end fem vises ikke." in seen.text
    rows = [row.text_content() for row in seen.select("table")[0].cssselect("tbody tr")]
    assert ["vises ikke" in row for row in rows] == [False, False, True, True, True, False]
    assert seen.select(".kompas-spot__title") == []
    for total in [values.total for values in cells(shared.reflection, is_outside=True).values()]:
        assert total >= MIN_OUTSIDE


def test_what_others_see_is_part_of_what_the_room_saw(shared):
    inside, outside = cells(shared.reflection), cells(shared.reflection, is_outside=True)
    assert outside
    assert {cell: inside[cell] for cell in outside} == outside


@pytest.mark.parametrize("state", ["collecting", "revealed", "concluded"])
@pytest.mark.parametrize("saying", ["nobody", "one side", "all but one", "everybody"])
def test_the_address_works_once_it_is_over_while_everybody_on_both_sides_says_yes(
    client, opened, state, saying
):
    go_to(opened, state)
    people = list(opened.reflection.participants.counted().order_by("party__position", "pk"))
    count = {"nobody": 0, "one side": 4, "all but one": 7, "everybody": 8}[saying]
    say_yes(opened, "may_share", people=people[:count])
    opened.share()
    is_open = saying == "everybody" and state == "concluded"
    assert client.get(shared_address(opened)).status_code == (200 if is_open else 404)


def test_one_who_takes_a_yes_back_closes_the_address(client, shared):
    Consent.objects.filter(participant=shared.reflection.participants.counted().first()).update(
        may_share=False
    )
    assert client.get(shared_address(shared)).status_code == 404


def test_a_party_that_could_not_come_has_not_said_yes(collaboration):
    alone = make_round(collaboration, sides=[[(2, 4, 4)] * 4], absent=collaboration.partners.last())
    go_to(alone, "concluded")
    say_yes(alone, "may_share")
    assert [is_yes for _party, is_yes in alone.consent_by_party("may_share")] == [True, False]


def test_who_has_not_said_yes_is_nobodys_business(page, staff, opened, crowd):
    go_to(opened, "revealed")
    alma = place_of(crowd["resident"], opened.reflection)
    alma.answers.create(prompt=opened.reflection.version.steps.first().answered_prompts[0], value=1)
    people = opened.reflection.participants.counted().exclude(pk=alma.pk)
    say_yes(opened, "may_share", people=people)
    seen = page(address("consent", opened.reflection), by=crowd["inside"])
    assert seen.texts("dl dt")[:2] == ["Beboerne", "Teknik og Miljø"]
    assert seen.texts("dl dd")[:2] == ["Ikke alle har sagt ja", "Alle har sagt ja"]
    assert "Alma" not in seen.text


def test_of_a_side_of_one_or_two_nobody_reads_what_they_said(page, staff, collaboration):
    opened = make_round(collaboration, sides=[[(2, 4, 4)] * 2, [(3, 5, 2)] * 4])
    go_to(opened, "revealed")
    for people in [opened.reflection.participants.filter(party__position=side) for side in [1, 2]]:
        seen = page(address("consent", opened.reflection), by=staff)
        assert seen.texts("dl dt")[:2] == ["Alle parter"] * 2
        assert seen.texts("dl dd")[:2] == ["Ikke alle har sagt ja"] * 2
        say_yes(opened, "may_share", people=people)
    assert page(address("consent", opened.reflection), by=staff).texts("dl dd")[0] == "Alle har sagt ja"


def test_that_somebody_answered_nothing_is_not_seen_by_what_the_others_say(opened):
    """Who is in and has not said yes is missing, whatever they have answered."""
    silent = opened.reflection.participants.create(party=opened.reflection.parties.first(), name="Alma")
    go_to(opened, "revealed")
    say_yes(opened, "may_share", people=opened.reflection.participants.counted().exclude(pk=silent.pk))
    assert not opened.has_yes("may_share")
    say_yes(opened, "may_share", people=[silent])
    assert opened.has_yes("may_share")


def test_who_took_back_answers_that_are_still_shown_is_asked(opened):
    room = opened.reflection
    go_to(opened, "revealed")
    alma, *others = room.participants.counted()
    say_yes(opened, "may_share", people=others)
    room.collect_again()
    assert alma.withdraw()
    room.reveal()
    assert {values.total for values in cells(room).values()} == {4}
    assert not opened.has_yes("may_share")


@pytest.mark.django_db(transaction=True)
def test_a_yes_said_in_two_windows_at_once_is_one_yes(opened):
    go_to(opened, "revealed")
    alma = opened.reflection.participants.counted().first()
    windows = [browser_of(alma), browser_of(alma)]
    answers = sent_at_once(
        windows, address("consent", opened.reflection), {"may_share": "on"}, table="collaboration_consent"
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Consent.objects.get().participant == alma


@pytest.mark.django_db(transaction=True)
def test_what_papers_said_is_typed_in_once_by_two_who_lead(opened, staff, logged_in):
    party = opened.reflection.parties.first()
    seat(opened, party, 3, 3, 3, is_paper=True)
    go_to(opened, "revealed")
    typed = {"may_share": "on", "asked_by": "Karen"}
    url = address("paper_consent", opened.reflection, position=party.position)
    leading = [logged_in(staff), logged_in(staff)]
    answers = sent_at_once(leading, url, typed, table="collaboration_paperconsent")
    assert [answer.status_code for answer in answers] == [302, 302]
    assert PaperConsent.objects.get().party == party


def test_making_the_address_needs_an_end_and_everybodys_yes(page, staff, opened, crowd):
    def ask() -> str:
        answered = page(address("share", opened.reflection), by=staff, post={})
        opened.refresh_from_db()
        return answered.text

    go_to(opened, "revealed")
    say_yes(opened, "may_share")
    assert "Lav en side til andre" not in page(address("consent", opened.reflection), by=staff).text
    assert "Afslut runden først. Andre kan kun se det, der er afsluttet." in ask()
    assert opened.shared_key is None
    go_to(opened, "concluded")
    Consent.objects.update(may_share=False)
    assert "Der mangler et ja." in ask()
    assert opened.shared_key is None
    say_yes(opened, "may_share")
    ask()
    assert opened.shared_key is not None


@pytest.mark.parametrize("mode", ["confidential", "open"])
@pytest.mark.parametrize("people", range(1, MIN_OUTSIDE + 2))
def test_five_holds_for_a_third_person_in_every_mode_and_nobody_is_named(
    page, staff, collaboration, people, mode
):
    opened = make_round(collaboration, sides=[[(2, 4, 4)] * people, [(3, 5, 2)] * 6], mode=mode)
    go_to(opened, "concluded")
    say_yes(opened, "may_share")
    opened.share()
    outside = cells(opened.reflection, is_outside=True)
    assert [values.total for values in outside.values() if values.party.position == 1] == (
        [people] * 4 if people >= MIN_OUTSIDE else []
    )
    assert {str(values.names) for values in outside.values()} == {"{}"}
    seen = page(shared_address(opened))
    assert "Tal fra færre end fem vises ikke." in seen.text
    assert "Deltager" not in seen.text
    hidden = [row for row in seen.texts("tbody tr") if "vises ikke" in row]
    assert len(hidden) == (0 if people >= MIN_OUTSIDE else 2 * 3)


@pytest.mark.parametrize("sure", [MIN_IN_ROOM, MIN_OUTSIDE])
def test_outside_how_sure_people_are_is_shown_of_five_who_said_so(collaboration, sure):
    side = [(2, 4, 4 if number < sure else None) for number in range(6)]
    opened = make_round(collaboration, sides=[side, [(3, 5, 2)] * 6])
    go_to(opened, "concluded")
    guessed = {
        party: values.sureness
        for (_prompt, party, about), values in cells(opened.reflection, is_outside=True).items()
        if about
    }
    residents = opened.reflection.parties.first().pk
    assert guessed[residents] == ([0, 0, 0, sure] if sure >= MIN_OUTSIDE else [])


def test_an_outsider_has_nothing_to_subtract_from_what_is_shown_again(client, opened):
    """Five are shown, and everybody has said yes; three come to them, and it is shown again."""
    room, residents = opened.reflection, opened.reflection.parties.first()
    seat(opened, residents, 2, 4, 4)
    opened.share()
    seen = []
    for _reveal in range(2):
        room.reveal()
        say_yes(opened, "may_share")
        assert cells(room, is_outside=True) == {}
        seen.append(client.get(shared_address(opened)).status_code)
        room.collect_again()
        for _newcomer in range(3):
            seat(opened, residents, 5, 4, 4)
    assert seen == [404, 404]


def test_who_only_looked_on_sees_over_time_what_an_outsider_sees(page, collaboration, colleague):
    opened = make_round(collaboration, sides=[[(2, 4, 4)] * 6, [(3, 5, 2)] * 6])
    looks_on = opened.reflection.participants.create(user=colleague, name="Karen", is_respondent=False)
    go_to(opened, "concluded")
    over_time = reverse("collaboration:development", args=[collaboration.key])
    assert "Der er ingen afsluttet runde at vise dig endnu." in page(over_time, by=colleague).text
    looks_on.lead()
    assert "Runde 1" in page(over_time, by=colleague).text


# --- Who answered on paper -----------------------------------------------------------------------


@pytest.fixture
def on_paper(collaboration):
    """A revealed round where all on screens say yes, and two of «Beboerne» answered on paper."""
    opened = make_round(collaboration, sides=SIDES)
    for _ in range(2):
        seat(opened, opened.reflection.parties.first(), 3, 3, 3, is_paper=True)
    go_to(opened, "revealed")
    say_yes(opened, "may_share", "may_tell", people=opened.reflection.participants.filter(is_paper=False))
    return opened


def ask_them(page, opened, by, status=200, **said):
    asking = page(address("paper_consent", opened.reflection, position=1), by=by)
    return asking.form().send({"asked_by": "Karen", **said}, button="Gem", status=status)


def test_paper_says_yes_only_by_somebody_who_asked_and_whose_name_all_can_see(page, staff, client, on_paper):
    assert [is_yes for _party, is_yes in on_paper.consent_by_party("may_share")] == [False, True]
    before = page(address("consent", on_paper.reflection), by=staff)
    assert "Beboerne: 2 på papir." in before.text
    assert "har spurgt" not in before.text
    refused = ask_them(page, on_paper, staff, may_share="on", asked_by="", status=422)
    assert refused.texts(".kompas-error-summary a") == [
        "Hvem har spurgt dem? Skriv, hvem der har spurgt dem."
    ]
    after = ask_them(page, on_paper, staff, may_share="on")
    assert re.search(r"Beboerne: 2 på papir\. Karen har spurgt, \d+\. \w+ \d{4}\.", after.text)
    assert [is_yes for _party, is_yes in on_paper.consent_by_party("may_share")] == [True, True]
    assert [is_yes for _party, is_yes in on_paper.consent_by_party("may_tell")] == [False, True]
    resident = enter_by_link(client, on_paper)
    assert "Karen har spurgt" in page(address("consent", on_paper.reflection), by=resident).text


def enter_by_link(client, opened) -> Client:
    """The browser of one of «Beboerne», by their own link."""
    person = opened.reflection.participants.filter(party__position=1, is_paper=False).first()
    client.post(reverse("reflection:own_link", args=[person.link]))
    return client


def test_a_yes_on_paper_is_taken_back_and_the_address_closes(page, staff, client, on_paper):
    ask_them(page, on_paper, staff, may_share="on")
    go_to(on_paper, "concluded")
    on_paper.share()
    assert client.get(shared_address(on_paper)).status_code == 200
    asking = page(address("paper_consent", on_paper.reflection, position=1), by=staff).form()
    without = {name: value for name, value in asking.values.items() if name != "may_share"}
    page(asking.action, by=staff, post=without)
    assert client.get(shared_address(on_paper)).status_code == 404


def test_one_paper_more_and_the_yes_of_the_others_is_not_everybodys(page, staff, on_paper):
    ask_them(page, on_paper, staff, may_share="on")
    on_paper.reflection.collect_again()
    seat(on_paper, on_paper.reflection.parties.first(), 3, 3, 3, is_paper=True)
    on_paper.reflection.reveal()
    assert not Round.objects.get(pk=on_paper.pk).has_yes("may_share")
    seen = page(address("consent", on_paper.reflection), by=staff)
    assert "Siden er der kommet flere papirsvar. Spørg igen." in seen.text


def test_who_does_not_lead_and_a_party_without_paper_have_nothing_to_tell(page, staff, client, on_paper):
    room = on_paper.reflection
    resident = enter_by_link(client, on_paper)
    assert resident.get(address("paper_consent", room, position=1)).status_code == 404
    page(address("paper_consent", room, position=2), by=staff, status=404)
    room.collect_again()
    page(address("paper_consent", room, position=1), by=staff, status=404)
    assert not PaperConsent.objects.exists()


# --- A participant who is handed the role --------------------------------------------------------


def test_who_is_handed_the_role_ends_the_round_without_an_account(page, staff, client, opened):
    room = opened.reflection
    resident = enter_by_link(client, opened)
    place = place_of(resident, room)
    assert resident.get(address("agree", room)).status_code == 404
    page(reverse("reflection:person", args=[room.key, place.key]), by=staff, post={"act": "lead"})
    room.participants.update(is_done=True)
    lead = page(reverse("reflection:lead", args=[room.key]), by=resident)
    asked = page(lead.links()["Vis svarene samlet"], by=resident)
    shown = asked.form().send({"go": "now"})
    assert shown.url == address("result", room)
    lead = page(reverse("reflection:lead", args=[room.key]), by=resident)
    asking = page(lead.links()["3 Tal"], by=resident)
    form = "main form[data-autosave]"
    second = asking.form(form).send({"known": "De mangler svar."}, button="Næste →")
    agreeing = second.form(form).send(button="Videre til Aftal →")
    said = {"what": "Vi ringer.", "who": "Alma", "party": place.party_id, "due": "2027-06-01"}
    last = agreeing.form().send({**said, "look_back_on": "2027-09-01"}, button="Afslut runden")
    assert last.texts("h1") == ["Det blev I enige om"]
    assert last.texts(".kompas-panel__said") == ["Vi ringer."]
    room.refresh_from_db()
    assert room.is_concluded


def test_where_the_ending_asks_for_an_account_who_has_none_is_told_so(page, db):
    room = make_room(guide="maalkompasset", people=[None] * 3)
    browser = enter(room, name="Alma")
    place_of(browser, room).lead()
    room.reveal()
    lead = page(reverse("reflection:lead", args=[room.key]), by=browser)
    assert "En, der er logget ind som ansat, skriver det, I bliver enige om." in lead.text
    assert "Skriv det, I bliver enige om, og afslut" not in lead.links()
