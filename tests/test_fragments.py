"""Pieces of pages that are rendered once: the same values must mean the same HTML, and others not."""

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import override

from aarhuskompas.templatetags.portal import section
from publishing import fragments
from publishing.fragments import piece
from publishing.translated import Text

CONTACT = "components/contact.html"


def contact(email) -> str:
    return piece(CONTACT, email=email)


@pytest.fixture(autouse=True)
def nothing_kept():
    fragments._render.cache_clear()


def test_a_piece_is_rendered_once_for_the_same_values():
    assert contact("Tillid") == contact("Tillid")
    assert fragments._render.cache_info().misses == 1


def test_another_value_is_another_piece():
    assert "Tillid" in contact("Tillid")
    assert "Tillid" not in contact("Opfølgning")


def test_each_language_has_its_own_piece():
    with override("da"):
        danish = piece("components/listen.html")
    with override("en"):
        english = piece("components/listen.html")
    assert "Fart" in danish
    assert "Fart" not in english


def test_the_language_of_a_text_is_not_mixed_up_with_that_of_its_letters():
    assert '<span lang="da">Tillid</span>' in contact(Text("Tillid", "da"))
    assert "<span" not in contact(Text("Tillid"))


def test_a_text_is_escaped_also_when_the_same_letters_were_html():
    assert "<b>nu</b>" in contact(mark_safe("<b>nu</b>"))
    assert "&lt;b&gt;nu" in contact("<b>nu</b>")


def test_while_developing_nothing_is_kept(settings):
    settings.DEBUG = True
    contact("Tillid")
    assert fragments._render.cache_info().currsize == 0


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
