"""Guides and their versions, and who has opened a room's administration.

Nothing that people answer is registered (accounts/roles.py says why).
"""

from reflection.admin import emergency_access, guides

__all__ = ["emergency_access", "guides"]
