"""Pieces of pages that are rendered once: the same values must mean the same HTML, and others not."""

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import override

from aarhuskompas.templatetags.portal import section
from publishing import fragments
from publishing.fragments import made_once, piece
from publishing.translated import Text

CARD = "components/dilemma_card.html"


def card(title) -> str:
    return piece(CARD, title=title, address="/dilemmaer/x/", position=1)


@pytest.fixture(autouse=True)
def nothing_kept():
    fragments._render.cache_clear()


def test_a_piece_is_rendered_once_for_the_same_values():
    assert card("Tillid") == card("Tillid")
    assert fragments._render.cache_info().misses == 1


def test_another_value_is_another_piece():
    assert "Tillid" in card("Tillid")
    assert "Tillid" not in card("Opfølgning")


def test_each_language_has_its_own_piece():
    with override("da"):
        danish = piece("components/listen.html")
    with override("en"):
        english = piece("components/listen.html")
    assert "Fart" in danish
    assert "Fart" not in english


def test_the_language_of_a_text_is_not_mixed_up_with_that_of_its_letters():
    assert '<span lang="da">Tillid</span>' in card(Text("Tillid", "da"))
    assert "<span" not in card(Text("Tillid"))


def test_a_text_is_escaped_also_when_the_same_letters_were_html():
    assert "<b>nu</b>" in card(mark_safe("<b>nu</b>"))
    assert "&lt;b&gt;nu" in card("<b>nu</b>")


def test_while_developing_nothing_is_kept(settings):
    settings.DEBUG = True
    card("Tillid")
    assert fragments._render.cache_info().currsize == 0


class Item:
    pass


def test_what_is_made_of_an_item_is_made_once_in_each_language():
    made = []
    shown = made_once(lambda item: made.append(item) or len(made))
    first, second = Item(), Item()
    with override("da"):
        assert [shown(first), shown(first), shown(second)] == [1, 1, 2]
    with override("en"):
        assert [shown(first), shown(first)] == [3, 3]


def test_two_things_made_of_one_item_are_not_mixed_up():
    item = Item()
    assert [made_once(lambda item: "kort")(item), made_once(lambda item: "kilde")(item)] == ["kort", "kilde"]


def test_while_developing_everything_is_made_anew(settings):
    settings.DEBUG = True
    made = []
    shown = made_once(lambda item: made.append(item) or len(made))
    item = Item()
    assert [shown(item), shown(item)] == [1, 2]


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/", "/"),
        ("/en/", "/en/"),
        ("/historier/", "/historier/"),
        ("/historier/en-historie/", "/historier/…"),
        ("/en/historier/en-historie/", "/en/historier/…"),
        ("/enhed/", "/enhed/"),
    ],
)
def test_a_menu_knows_the_part_of_the_portal_and_no_more(path, known):
    assert section(path) == known
