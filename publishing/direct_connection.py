"""A connection to PostgreSQL itself, past any pooler: for what one session hears (LISTEN) or holds (a lock).

Through a pooler that hands out transactions LISTEN succeeds, and nothing ever arrives.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection

NAMES = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}


def parameters(**own: object) -> dict:
    """What psycopg connects with, and `own`."""
    direct = settings.DIRECT_DATABASE
    given = {ours: direct[theirs] for theirs, ours in NAMES.items() if direct.get(theirs)}
    return everyday_parameters(**direct.get("OPTIONS", {}) | given | own)


def everyday_parameters(**own: object) -> dict:
    """The same of the connections that pages use, which may lead through a pooler."""
    found = connection.get_connection_params()
    for name in ["context", "cursor_factory"]:  # made for Django's own connections
        found.pop(name, None)
    return found | own


@contextmanager
def lock(name: str, *, patience: int) -> Iterator[psycopg.Connection]:
    """Alone in the whole installation; raises psycopg.errors.LockNotAvailable after `patience` seconds."""
    with psycopg.connect(**parameters(autocommit=True, application_name=name)) as database:
        database.execute("SELECT set_config('lock_timeout', %s, false)", [f"{patience}s"])
        database.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        yield database
