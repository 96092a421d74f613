"""Restriction of processing (GDPR article 18): what is somebody's is kept, and shown to nobody else.

What is somebody's the marks say (privacy/marks.py). Whoever reads rows for others asks `unrestricted`, and so
does what deletes when a time is over: a restriction outlives every period.
"""

from typing import TypeVar

from django.db import models

from privacy.marks import marked_models
from privacy.models import Restriction

Rows = TypeVar("Rows", bound=models.QuerySet)


def restricted(model: type[models.Model]) -> models.Q:
    """The rows of `model` that are somebody's whose restriction stands."""
    found = models.Q(pk__in=[])
    for way in marked_models()[model].ways_to_pseudonyms():
        found |= models.Q(**{f"{way}__in": Restriction.objects.subjects()})
    return found


def unrestricted(rows: Rows) -> Rows:
    return rows.exclude(restricted(rows.model))
