"""Danish alphabetical order: see publishing.danish_order; da_sort() is made by a migration of this app."""

from publishing.danish_order import danish_order

__all__ = ["danish_order"]
