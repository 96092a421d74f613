"""Copies of the board: quick for a thousand people, and never older than what happened last."""

import pytest
from django.urls import reverse

from reflection.live.board_copies import Copies, copies, shown_to_all
from reflection.models import GuideVersion, Reflection, SharedLine
from tests.reflection.people import add, enter

PART = {"HX-Request": "true", "HX-Target": "board"}


@pytest.fixture
def room(content_without_search, staff):
    copies.kept.clear()
    version = GuideVersion.objects.first()
    return Reflection.open_room(version, staff, mode=Reflection.Mode.CONFIDENTIAL, title="Et mål")


@pytest.fixture
def revealed(room):
    add(room, *[("4", f"Ord fra den {number}.") for number in ["første", "anden", "tredje"]])
    room.reveal()
    return room


def board(browser, room, **headers) -> str:
    return browser.get(reverse("reflection:board", args=[room.key]), headers=headers).content.decode()


def test_the_second_who_asks_costs_no_more_than_the_question_who_they_are(
    revealed, django_assert_max_num_queries
):
    first, second = enter(revealed), enter(revealed)
    shown = board(first, revealed)
    with django_assert_max_num_queries(4):  # and that they have looked
        assert board(second, revealed) == shown
    assert "Ord fra den tredje." in shown


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_comment_that_is_hidden_is_gone_at_once(revealed, headers):
    browser = enter(revealed)
    assert "Ord fra den første." in board(browser, revealed, **headers)
    for snapshot in revealed.snapshots.exclude(comments=[]):
        for position, said in enumerate(snapshot.comments):
            if "første" in said["text"]:
                snapshot.hidden.create(position=position, reason="Navn", hidden_by="Malik")
    assert "Ord fra den første." not in board(browser, revealed, **headers)


def test_a_shared_line_the_timer_and_the_title_are_new_at_once(revealed):
    browser = enter(revealed)
    assert "Vi ved det nu" not in board(browser, revealed)
    line = SharedLine.objects.create(
        reflection=revealed, step=revealed.version.steps.first(), text="Vi ved det nu"
    )
    assert "Vi ved det nu" in board(browser, revealed)
    line.text = "Vi ved noget andet"
    line.save()
    assert "Vi ved noget andet" in board(browser, revealed)
    revealed.start_timer(60)
    assert "data-ends" in board(browser, revealed)
    Reflection.objects.filter(pk=revealed.pk).update(title="Et andet mål")
    assert "Et andet mål" in board(browser, revealed)


def test_what_only_the_facilitator_may_do_is_in_no_copy_for_others(revealed, staff_client):
    for headers in [PART, {}]:
        assert "/led/skjul/" in board(staff_client, revealed, **headers)
        assert "/led/skjul/" not in board(enter(revealed), revealed, **headers)


def test_who_has_no_place_gets_no_copy_and_who_goes_back_takes_it_away(revealed, client):
    browser = enter(revealed)
    board(browser, revealed)
    address = reverse("reflection:board", args=[revealed.key])
    assert client.get(address).status_code == 403
    revealed.collect_again()
    assert browser.get(address).status_code == 302


def test_a_page_that_htmx_asks_for_may_be_compressed_or_not(revealed):
    browser = enter(revealed)
    address = reverse("reflection:board", args=[revealed.key])
    small = browser.get(address, headers={"Accept-Encoding": "gzip", **PART})
    assert small["Content-Encoding"] == "gzip"
    plain = browser.get(address, headers=PART)
    assert "Content-Encoding" not in plain
    assert "Accept-Encoding" in plain["Vary"]


def test_nothing_is_kept_before_the_reveal(room, rf):
    with pytest.raises(ValueError, match="before the reveal"):
        shown_to_all(rf.get("/"), room, (), lambda: None)
    assert not copies.kept


def test_few_are_kept_none_that_is_out_of_date_and_none_that_failed():
    kept = Copies(2)
    for key in "abc":
        assert kept.get((key,), lambda key=key: key.encode(), lambda: True) == key.encode()
    assert list(kept.kept) == [("b",), ("c",)]
    assert kept.get(("d",), lambda: b"d", lambda: False) == b"d"
    with pytest.raises(ZeroDivisionError):
        kept.get(("e",), lambda: 1 / 0, lambda: True)
    assert not {("d",), ("e",)} & set(kept.kept)


def test_who_waits_is_led_to_the_board_without_fetching_it_twice(revealed):
    address = reverse("reflection:waiting", args=[revealed.key])
    answer = enter(revealed).get(address, headers={"HX-Request": "true", "HX-Target": "state"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"] == revealed.result_address


def test_a_comment_is_text_whatever_is_in_it_and_keeps_its_lines(room):
    add(room, *[("4", f"<b>{number}</b> & 'andet'\nlinje to") for number in range(3)])
    room.reveal()
    shown = board(enter(room), room)
    assert shown.count("&lt;b&gt;") == 3 * len(room.version.all_steps())
    assert "&amp; &#x27;andet&#x27;<br>linje to</blockquote>" in shown
