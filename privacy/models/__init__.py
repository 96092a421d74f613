from privacy.models.erasures import Erasure
from privacy.models.events import Event, What, Why
from privacy.models.notice import PrivacyNotice
from privacy.models.restriction import Restriction
from privacy.models.retention import AT_ONCE, Kept, RetentionPeriod

__all__ = [
    "AT_ONCE",
    "Erasure",
    "Event",
    "Kept",
    "PrivacyNotice",
    "Restriction",
    "RetentionPeriod",
    "What",
    "Why",
]
