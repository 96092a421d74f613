"""`record` writes into the event log. One insert, no query beside it.

What can happen again and again within a moment counts once: a board that is fetched anew after each change is
one look in an hour, and a stranger who sends wrong passwords fills no disk.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from privacy.models import Event, What, Why

NAMES = uuid.UUID("6b0d2b0e-3c0a-4a0e-9a53-0d3c1f6f5d11")
MINUTE, HOUR = "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H"
COUNTS_ONCE = {
    What.LOOKED: HOUR,
    What.LOGIN_FAILED: MINUTE,
    What.LIMITED: MINUTE,
    What.REFUSED: MINUTE,
}


def record(
    what: What,
    *,
    who: Any = None,
    about: Any = None,
    thing: models.Model | None = None,
    why: Why | str = "",
    detail: str = "",
    number: int | None = None,
):
    """Keep that somebody did something.

    `who` and `about` are accounts or participants: whatever has a `pseudonym`. `thing` is what it was done
    to, by its key alone. `detail` is made of words of the code (a role, a kind of file), never of typed ones.
    """
    told = Event(what=what, why=why, detail=detail, number=number, **_people(who, about), **_named(thing))
    record_all([told])


def record_looks(who: Any, things: Iterable[models.Model], *, why: Why, about: Any = None):
    """That somebody was shown these things of others."""
    told = {"what": What.LOOKED, "why": why, **_people(who, about)}
    record_all([Event(**told, **_named(thing)) for thing in things])


def record_all(events: list[Event]):
    now = timezone.now()
    for event in events:
        event.at, event.once = now, _once(event, now)
    Event.objects.bulk_create(events, ignore_conflicts=True)


def _people(who: Any, about: Any) -> dict[str, uuid.UUID | None]:
    return {"who": getattr(who, "pseudonym", None), "about": getattr(about, "pseudonym", None)}


def _named(thing: models.Model | None) -> dict[str, str]:
    if thing is None:
        return {}
    return {"thing": thing._meta.label_lower, "key": str(getattr(thing, "key", thing.pk))}


def _once(event: Event, now: datetime) -> uuid.UUID | None:
    if event.what not in COUNTS_ONCE:
        return None
    moment = now.strftime(COUNTS_ONCE[What(event.what)])
    parts = [event.what, event.who, event.about, event.thing, event.key, event.why, event.detail, moment]
    return uuid.uuid5(NAMES, "|".join(map(str, parts)))
