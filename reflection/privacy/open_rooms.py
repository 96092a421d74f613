"""Open rooms: begun by anybody, without an account, and gone by themselves after a decided period."""

import functools
from datetime import timedelta

from django.http import Http404

from privacy.models import Kept
from privacy.retention import period
from publishing.content_version import once_per_version


@once_per_version(otherwise=timedelta)
def open_room_lifetime() -> timedelta:
    """From the start; nothing where the municipality has closed that door."""
    return period(Kept.OPEN_ROOMS).age or timedelta()


def open_rooms_required(view):
    """For pages that are there while anybody may begin a room."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if not open_room_lifetime():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
