"""Guides and their versions, who has opened a room's administration, the event log and what is deleted when.

Nothing that people answer is registered (accounts/roles.py says why).
"""

from reflection.admin import emergency_access, event_log, guides, notice, restrictions, retention

__all__ = ["emergency_access", "event_log", "guides", "notice", "restrictions", "retention"]
