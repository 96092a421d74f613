"""«Dit ståsted» and «Læs op»: harmless without a script, and never on a page with answers."""

import pytest

from tests.factories import make_dilemma, make_page, make_story

pytestmark = pytest.mark.django_db

BAR = "[data-read-aloud]"


def test_a_dilemma_asks_before_and_after_the_text(page):
    dilemma = make_dilemma()
    found = page(dilemma.get_absolute_url())
    before, after = found.select("[data-standpoint]")
    assert [before.get("data-standpoint"), after.get("data-standpoint")] == ["before", "after"]
    words = found.text
    assert words.index("Dit ståsted, før du læser") < words.index("To gode ting trækker hver sin vej.")
    assert words.index("Dit ståsted, når du har læst") > words.index("To gode ting trækker hver sin vej.")


def test_the_places_have_names_for_those_who_do_not_see_the_line(page):
    places = page(make_dilemma().get_absolute_url()).texts("[data-standpoint=before] label")
    assert places == [
        "Helt ved den første",
        "Nærmest den første",
        "Midt imellem",
        "Nærmest den anden",
        "Helt ved den anden",
    ]


def test_without_a_script_nothing_of_it_is_seen_and_nothing_can_be_sent(page):
    found = page(make_dilemma().get_absolute_url())
    for fieldset in found.select("[data-standpoint]"):
        assert "hidden" in fieldset.attrib
        assert not any(parent.tag == "form" for parent in fieldset.iterancestors())


def test_texts_can_be_read_aloud_and_the_bar_waits_for_a_voice(page):
    for item in [make_dilemma(), make_story(), make_page()]:
        found = page(item.get_absolute_url())
        for part in ["[data-read-aloud-bar]", "[data-read-aloud-without]"]:
            assert "hidden" in found.one(part).attrib


def test_no_page_with_answers_can_be_read_aloud(page, staff_client, staff):
    from tests.factories import make_goal

    goal = make_goal(owner=staff)
    for address in ["/maalkompasset/mine/", goal.get_absolute_url()]:
        found = page(address, by=staff_client)
        assert not found.select(BAR)
        assert not [script for script in found.select("script") if "read-aloud" in script.get("src", "")]
