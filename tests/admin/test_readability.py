"""LIX with known values: words per sentence plus the share of long words."""

import pytest

from publishing.readability import described, level, lix


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Det er en kat. Den sover.", 3),  # 6 words in 2 sentences, none long
        ("Kommunen spørger borgerne.", 103),  # 3 words in 1 sentence, all long
        ("Vi spørger. Hvad mangler?", 52),  # 4 words in 2 sentences, 2 of them long: 2 + 50
        ("En by", 2),
        ("", None),
        ("## \n\n---", None),
    ],
)
def test_lix_of_known_texts(text, value):
    assert lix(text) == value


def test_a_word_of_six_letters_is_short_and_one_of_seven_is_long():
    assert lix("borger") == 1
    assert lix("borgere") == 101


def test_a_heading_and_a_list_item_end_a_sentence_without_a_full_stop():
    assert lix("## Om os\n\n- en bil\n- en bus") == 2


def test_the_address_of_a_link_and_the_marks_of_markdown_are_not_words():
    assert lix("Se **her** på [vej](https://meget-lang-adresse.example.dk/og/mere).") == lix("Se her på vej.")


def test_a_number_with_a_point_is_one_word_in_one_sentence():
    assert lix("De fik 1.213 og 3,5 kr.") == 6


@pytest.mark.parametrize(
    ("value", "name"),
    [(24, "meget let"), (25, "let"), (34, "let"), (35, "middel"), (44, "middel"), (45, "svær"),
     (54, "svær"), (55, "meget svær")],
)  # fmt: skip
def test_the_levels_begin_where_bjoernsson_put_them(value, name):
    assert level(value) == name


def test_an_editor_reads_the_number_with_its_meaning():
    assert described("Det er en kat. Den sover.") == "3 (meget let)"
    assert described("") == ""
