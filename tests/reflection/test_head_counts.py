"""How many there are, where people come in while whoever leads is counting."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from reflection.forms.joining import JoinForm
from reflection.models import Reflection
from tests.factories import make_guide, make_room, make_user
from tests.reflection.people import add

A_MOMENT = 0.5  # seconds


@pytest.fixture
def room(committed):
    make_guide(steps=1)
    room = make_room(leader=make_user())
    add(room, "1", "2", "3")
    return room


def begin_to_come_in(room, has_begun: Event, may_go_on: Event):
    """As somebody whose request takes a while; nobody else sees the place yet."""
    try:
        with transaction.atomic():
            form = JoinForm({"name": "Langsom"}, room=Reflection.objects.get(pk=room.pk))
            assert form.is_valid()
            assert form.save(None, is_facilitator=False)
            has_begun.set()
            may_go_on.wait(timeout=10)
    finally:
        connection.close()


def in_a_thread(act):
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.parametrize("act", ["confirm", "reveal"])
def test_whoever_is_coming_in_is_waited_for_and_makes_the_count_void(room, act):
    here = room.people_digest()
    if act == "reveal":
        assert room.confirm_head_count(here)
    acts = {"confirm": lambda: room.confirm_head_count(here), "reveal": room.reveal_if_counted}
    has_begun, may_go_on = Event(), Event()
    with ThreadPoolExecutor(2) as threads:
        coming = threads.submit(begin_to_come_in, room, has_begun, may_go_on)
        assert has_begun.wait(timeout=10)
        asked = threads.submit(in_a_thread, acts[act])
        with pytest.raises(TimeoutError):
            asked.result(timeout=A_MOMENT)
        may_go_on.set()
        coming.result(timeout=10)
        assert asked.result(timeout=10) is False
    stored = Reflection.objects.get(pk=room.pk)
    assert stored.is_collecting
    assert not stored.is_counted
