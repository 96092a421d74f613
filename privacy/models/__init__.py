from privacy.models.events import Event, What, Why
from privacy.models.retention import Kept, RetentionPeriod

__all__ = ["Event", "Kept", "RetentionPeriod", "What", "Why"]
