import asyncio
import math

import pytest
from django.db import connections

from reflection import compasses
from reflection.live import notifications
from tests.reflection.asgi import AsgiClient, thread_in_this_transaction


@pytest.fixture
def committed(transactional_db):
    """What the test writes is seen by other connections; afterwards nothing of it is left."""


@pytest.fixture
def asgi_client(db, monkeypatch):
    """What answers for the board, within the test's own transaction."""
    for owner, closes in [
        (connections, "close_all"),
        (connections["default"], "close_if_unusable_or_obsolete"),
    ]:
        monkeypatch.setattr(owner, closes, lambda: None)
    with asyncio.Runner() as runner, thread_in_this_transaction() as thread:
        yield AsgiClient(runner, thread)


@pytest.fixture
def register(monkeypatch):
    """A function that registers a compass until the test has ended."""
    monkeypatch.setattr(compasses, "_registered", dict(compasses._registered))
    return compasses.register


@pytest.fixture
def no_delay(monkeypatch):
    """What is not urgent reaches the followers of a room at once; the payload says that it may wait."""
    monkeypatch.setattr(notifications, "PAGES_A_SECOND", math.inf)
