"""The thresholds as words: no sentence that people read holds a number of its own."""

from django.contrib.humanize.templatetags.humanize import apnumber

from reflection import confidentiality
from reflection.models import snapshots


def least_in_room() -> str:
    """«tre»: below so many, values are not shown in a confidential room."""
    return apnumber(snapshots.MIN_IN_ROOM)


def least_outside() -> str:
    """«fem»: below so many, nothing is shown outside the room."""
    return apnumber(confidentiality.MIN_OUTSIDE)
