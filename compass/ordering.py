"""Danish alphabetical order: see aarhuskompas.ordering; da_sort() is made by a migration of this app."""

from aarhuskompas.ordering import danish_order

__all__ = ["danish_order"]
