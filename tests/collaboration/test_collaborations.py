"""Collaborations: written down, found again, and seen over their rounds."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collaboration.development import development
from collaboration.models import Collaboration
from reflection.models import Participant
from tests.collaboration.people import say_yes
from tests.factories import make_collaboration, make_collaboration_guide, make_round, make_user

REGISTER = {
    "title": "Stien", "about": "En sti, alle kan bruge", "partner_1": "Beboerne", "kind_1": "citizens",
    "partner_2": "Kommunen", "kind_2": "department",
}  # fmt: skip


def register(page, staff, *, status=200, **changes):
    form = page(reverse("collaboration:register"), by=staff).form()
    return form.send({**REGISTER, **changes}, button="Gem samarbejdet", status=status)


def test_a_collaboration_is_written_down_with_its_parties(page, staff):
    made = register(page, staff, partner_3="Barerne", kind_3="company")
    assert made.texts("h1") == ["Stien"]
    assert made.texts("dl dt") == ["Beboerne", "Kommunen", "Barerne"]
    assert page(reverse("collaboration:mine"), by=staff).texts(".kompas-card__title") == ["Stien"]


def test_of_two_windows_the_second_is_shown_what_the_first_has_stored(page, staff):
    collaboration = make_collaboration("Stien langs åen", owner=staff)
    url = reverse("collaboration:edit", args=[collaboration.key])
    first, second = page(url, by=staff), page(url, by=staff)
    first.form().send({"title": "Broen over åen", "partner_2": "Roklubben"})
    shown = second.form().send({"about": "Stien om vinteren."}, status=409)
    assert "I et andet vindue står der nu: Broen over åen" in shown.text
    assert "I et andet vindue står der nu: Roklubben" in shown.text
    assert shown.one("[name=about]").text.strip() == "Stien om vinteren."
    collaboration.refresh_from_db()
    assert (collaboration.title, collaboration.about) != ("Stien langs åen", "Stien om vinteren.")
    shown.form().send()
    collaboration.refresh_from_db()
    assert (collaboration.title, collaboration.about) == ("Stien langs åen", "Stien om vinteren.")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "Hvad kalder I samarbejdet? Giv samarbejdet et navn."),
        ({"partner_2": ""}, "Part 2: Skriv, hvem part 2 er."),
        ({"kind_1": ""}, "Hvad er part 1? Vælg, hvad part 1 er."),
        ({"partner_3": "Barerne"}, "Hvad er part 3? Vælg, hvad part 3 er."),
        ({"kind_3": "company"}, "Part 3: Skriv, hvem part 3 er."),
        ({"partner_2": "BEBOERNE"}, "Part 1: To parter har samme navn. Giv dem hver sit."),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(page, staff, changes, message):
    assert register(page, staff, status=422, **changes).texts(".kompas-error-summary a") == [message]
    assert not Collaboration.objects.exists()


def test_the_parties_can_be_changed_until_a_round_has_asked_them(page, staff, collaboration):
    url = reverse("collaboration:edit", args=[collaboration.key])
    page(url, by=staff).form().send({"partner_1": "Naboerne"}, button="Gem rettelserne")
    assert [partner.title for partner in collaboration.partners.all()] == ["Naboerne", "Teknik og Miljø"]
    make_round(collaboration)
    editing = page(url, by=staff)
    assert not any(name.startswith("partner_") for name in editing.form().names)
    editing.form().send({"title": "Et nyt navn", "partner_1": "Nogle andre"}, button="Gem rettelserne")
    collaboration.refresh_from_db()
    assert (collaboration.title, collaboration.partners.first().title) == ("Et nyt navn", "Naboerne")


def test_mine_holds_what_one_owns_and_what_one_took_part_in_and_nothing_else(page, staff, colleague, guide):
    shared, own = make_collaboration("Fælles", owner=staff), make_collaboration("Eget", owner=colleague)
    make_collaboration("Andres", owner=make_user())
    make_round(shared).reflection.participants.create(user=colleague)
    seen = page(reverse("collaboration:mine"), by=colleague).texts(".kompas-card__title")
    assert sorted(seen) == sorted([shared.title, own.title])


# --- Over the rounds -----------------------------------------------------------------------------


def end(opened):
    opened.reflection.reveal()
    opened.what, opened.who, opened.due = "Vi mødes.", "Bo", "2027-06-01"
    opened.conclude()
    return opened


def numbers(collaboration, user) -> dict[str, list[list]]:
    """What each party said of the first principle, round by round."""
    return {
        party.side: [[line.number, line.means[0]] for line in party.lines]
        for party in development(collaboration, Participant.objects.filter(user=user))
    }


def test_whoever_was_there_follows_each_party_from_three_people_on(collaboration, staff):
    end(make_round(collaboration, sides=[[(2, 3, 1)] * 4, [(4, 3, 1)] * 2]))
    end(make_round(collaboration, sides=[[(4, 3, 1)] * 3, [(5, 3, 1)] * 5]))
    assert numbers(collaboration, staff) == {
        "Beboerne": [[1, 2], [2, 4]],
        "Teknik og Miljø": [[1, None], [2, 5]],
    }


def test_a_running_round_and_a_rehearsal_are_not_part_of_it(collaboration, staff):
    end(make_round(collaboration, sides=[[(2, 3, 1)] * 5] * 2))
    end(make_round(collaboration, sides=[[(5, 3, 1)] * 5] * 2, is_rehearsal=True))
    make_round(collaboration, sides=[[(5, 3, 1)] * 5] * 2).reflection.reveal()
    assert numbers(collaboration, staff)["Beboerne"] == [[1, 2]]


def test_of_a_round_one_was_not_in_one_sees_numbers_only_with_everybodys_yes(collaboration, colleague):
    first = end(make_round(collaboration, sides=[[(2, 3, 1)] * 5] * 2))
    second = make_round(collaboration, sides=[[(4, 3, 1)] * 5] * 2)
    second.reflection.participants.create(user=colleague, party=second.reflection.parties.last())
    end(second)
    assert numbers(collaboration, colleague)["Beboerne"] == [[1, 4]]
    say_yes(first, "may_share")
    assert numbers(collaboration, colleague)["Beboerne"] == [[1, 2], [2, 4]]


def test_of_a_round_one_was_not_in_one_sees_five_and_never_three(collaboration, colleague):
    few = end(make_round(collaboration, sides=[[(2, 3, 1)] * 4, [(2, 3, 1)] * 5]))
    own = make_round(collaboration, sides=[[(4, 3, 1)] * 3, [(5, 3, 1)] * 3])
    own.reflection.participants.create(user=colleague, party=own.reflection.parties.first())
    end(own)
    say_yes(few, "may_share")
    assert numbers(collaboration, colleague) == {
        "Beboerne": [[1, None], [2, 4]],
        "Teknik og Miljø": [[1, 2], [2, 5]],
    }


def test_a_guest_sees_by_the_own_link_what_they_saw_in_each_round_they_came_to(page, collaboration, staff):
    """The second round, on a phone that was there the first time, and on one that was not."""
    old, new = Client(), Client()
    for own, browsers in [(2, [old]), (4, [old, new])]:
        opened = make_round(collaboration, sides=[[(own, 3, 1)] * 3, [(5, 3, 1)] * 2])
        for browser in browsers:
            guest = opened.reflection.participants.create(party=opened.reflection.parties.last(), name="Bo")
            browser.post(reverse("reflection:own_link", args=[guest.link]))
        end(opened)
    over_time = reverse("reflection:development", args=[opened.reflection.key])
    assert page(over_time, by=old).texts("thead th")[1:3] == ["Runde 1", "Runde 2"]
    assert page(over_time, by=old).texts("tbody td")[:2] == ["2,0", "4,0"]
    assert page(over_time, by=new).texts("tbody td")[:1] == ["4,0"]
    page(over_time, status=403)


def test_whoever_left_before_the_second_round_keeps_the_first(page, collaboration, colleague):
    first = make_round(collaboration, sides=[[(2, 3, 1)] * 3, [(3, 3, 1)] * 3])
    first.reflection.participants.create(user=colleague, party=first.reflection.parties.first())
    end(first)
    end(make_round(collaboration, sides=[[(5, 3, 1)] * 6, [(5, 3, 1)] * 6]))
    assert numbers(collaboration, colleague)["Beboerne"] == [[1, 2]]
    seen = page(reverse("reflection:development", args=[first.reflection.key]), by=colleague)
    assert seen.texts("tbody td")[0] == "2,0"


def test_the_last_screen_and_the_collaboration_lead_to_it_once_there_is_something(page, staff, collaboration):
    words = "Udvikling over runderne"
    first = make_round(collaboration, sides=[[(2, 3, 1)] * 3, [(3, 3, 1)] * 3])
    assert words not in page(collaboration.get_absolute_url(), by=staff).text
    end(first)
    assert words in page(collaboration.get_absolute_url(), by=staff).text
    assert words not in page(first.reflection.outcome_address, by=staff).text  # beside what?
    end(make_round(collaboration, sides=[[(4, 3, 1)] * 3, [(3, 3, 1)] * 3]))
    assert words in page(first.reflection.outcome_address, by=staff).text


def test_the_table_has_a_column_for_each_round(page, staff, collaboration):
    for own in [2, 4]:
        end(make_round(collaboration, sides=[[(own, 3, 1)] * 5, [(3, 3, 1)] * 2]))
    seen = page(reverse("collaboration:development", args=[collaboration.key]), by=staff)
    assert seen.texts("tbody td") == ["2,0", "4,0"] * 2
    assert "For få har svaret i hver runde, så her er ingen tal." in seen.text


def test_another_version_of_the_guide_is_compared_by_topic(guide, collaboration, staff):
    version = guide.current_version()
    draft = version.new_draft()
    draft.steps.filter(position=2).update(title="Et nyt navn")
    end(make_round(collaboration, sides=[[(2, 3, 1)] * 5] * 2))
    draft.publish()
    end(make_round(collaboration, sides=[[(4, 3, 1)] * 5] * 2))
    residents = development(collaboration, Participant.objects.filter(user=staff))[0]
    assert residents.rows[1] == ("Et nyt navn", [2, 4])


# --- What pages cost -----------------------------------------------------------------------------


def cost(browser, url) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("number", [1, 3])
def test_mine_costs_the_same_for_one_and_for_many(staff, staff_client, guide, number):
    for _ in range(number):
        end(make_round(make_collaboration(owner=staff)))
    assert cost(staff_client, reverse("collaboration:mine")) == 4


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("app", "queries"), [("collaboration", 8), ("reflection", 9)])
def test_what_has_developed_costs_the_same_over_one_round_and_over_many(
    staff_client, collaboration, app, queries, number
):
    for _ in range(number):
        ended = end(make_round(collaboration, sides=[[(2, 3, 1)] * 3, [(3, 3, 1)] * 3]))
    key = collaboration.key if app == "collaboration" else ended.reflection.key
    address = reverse(f"{app}:development", args=[key])
    staff_client.get(address)
    assert cost(staff_client, address) == queries


@pytest.mark.parametrize("number", [1, 3])
def test_a_collaboration_costs_the_same_with_one_round_and_with_many(staff_client, collaboration, number):
    for _ in range(number):
        end(make_round(collaboration))
    assert cost(staff_client, collaboration.get_absolute_url()) == 8


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("name", ["about", "blank", "cards_pdf"])
def test_the_compass_costs_the_same_with_one_principle_and_with_many(client, db, name, number):
    make_collaboration_guide(steps=number)
    client.get("/")  # what a process reads once: stories, paths, how long an open room lasts
    address = reverse(f"collaboration:{name}")
    assert (cost(client, address), cost(client, address)) == (4, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_a_result_costs_the_same_with_one_principle_and_with_many(staff, staff_client, db, number):
    make_collaboration_guide(steps=number)
    opened = make_round(make_collaboration(owner=staff), sides=[[(2, 3, 1)] * 3] * 2)
    opened.reflection.reveal()
    assert cost(staff_client, opened.get_absolute_url()) == 18
