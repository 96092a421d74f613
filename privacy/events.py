"""`record` writes into the event log. One insert, no query beside it.

What can happen again and again within a moment counts once: a board that is fetched anew after each change is
one look in an hour, and a stranger who sends wrong passwords fills no disk.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils import timezone

from privacy.models import Event, What, Why

logger = logging.getLogger(__name__)

# What whoever watches over the installation hears of at once, by pseudonyms (docs/operations/monitoring.md).
SECURITY = {
    What.LOGGED_IN, What.LOGIN_FAILED, What.LIMITED, What.REFUSED, What.INVITED, What.ROLES_CHANGED,
    What.ACCOUNT_CHANGED, What.ACCOUNT_CLOSED, What.ACCOUNT_OPENED, What.SESSIONS_ENDED, What.EMERGENCY,
    What.HANDED_OVER, What.EXPORTED,
}  # fmt: skip
LOGGED = ["what", "who", "about", "thing", "why", "detail"]
NAMES = uuid.UUID("6b0d2b0e-3c0a-4a0e-9a53-0d3c1f6f5d11")
MINUTE, HOUR = "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H"
COUNTS_ONCE = {
    What.LOOKED: HOUR,
    What.LOGIN_FAILED: MINUTE,
    What.LIMITED: MINUTE,
    What.REFUSED: MINUTE,
}


# A column at a time: a thousand people look at a board within a second, and Django spends a quarter of a
# millisecond on each row of an insert.
FIELDS = [field for field in Event._meta.concrete_fields if not field.primary_key]
INSERT = f"""
INSERT INTO {Event._meta.db_table} ({", ".join(str(field.column) for field in FIELDS)})
SELECT * FROM unnest({", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in FIELDS)})
ON CONFLICT DO NOTHING
"""  # noqa: S608 – our own table


def record(what: What, **details: Any):
    """Keep that somebody did something; `details` as in `new_event`."""
    record_all([new_event(what, **details)])


def record_looks(who: Any, things: Iterable[models.Model], *, why: Why, about: Any = None):
    """That somebody was shown these things of others."""
    record_all([new_event(What.LOOKED, who=who, about=about, thing=thing, why=why) for thing in things])


def record_all(events: list[Event]):
    """Of many at once, in one insert."""
    if not events:
        return
    now = timezone.now()
    for event in events:
        event.at, event.once = now, _once(event, now)
    columns = [[getattr(event, field.attname) for event in events] for field in FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, columns)
    for event in events:
        if event.what in SECURITY:
            fields = {name: str(getattr(event, name) or "") for name in LOGGED}
            logger.info("security", extra={"fields": fields})


def new_event(
    what: What,
    *,
    who: Any = None,
    about: Any = None,
    thing: models.Model | None = None,
    why: Why | str = "",
    detail: str = "",
    number: int | None = None,
) -> Event:
    """An event that is not written yet.

    `who` and `about` are accounts or participants: whatever has a `pseudonym`. `thing` is what it was done
    to, by its kind and key alone. `detail` is made of words of the code (a role, a kind of file), never of
    typed ones.
    """
    people = {"who": getattr(who, "pseudonym", None), "about": getattr(about, "pseudonym", None)}
    return Event(what=what, why=why, detail=detail, number=number, **people, **_named(thing))


def _named(thing: models.Model | None) -> dict[str, str]:
    """Of a person only that it is one: who is said by the pseudonym, which goes with the account."""
    if thing is None:
        return {}
    key = "" if hasattr(thing, "pseudonym") or thing.pk is None else str(getattr(thing, "key", thing.pk))
    return {"thing": thing._meta.label_lower, "key": key}


def _once(event: Event, now: datetime) -> uuid.UUID | None:
    if event.what not in COUNTS_ONCE:
        return None
    moment = now.strftime(COUNTS_ONCE[What(event.what)])
    parts = [event.what, event.who, event.about, event.thing, event.key, event.why, event.detail, moment]
    return uuid.uuid5(NAMES, "|".join(map(str, parts)))
