"""Open rooms: begun by anybody, without an account, and gone by themselves after a decided period."""

import functools
from datetime import timedelta

from django.http import Http404

from privacy.models import Kept
from privacy.retention import period
from publishing.content_version import once_per_version


@once_per_version(otherwise=timedelta)
def open_room_lifetime() -> timedelta:
    """How long an open room is kept from its start; zero where the municipality allows none."""
    return period(Kept.OPEN_ROOMS).age or timedelta()


def open_rooms_required(view):
    """Answer 404 where the municipality allows no open rooms."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if not open_room_lifetime():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
