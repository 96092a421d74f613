"""Guides and their versions. Nothing that people answer is registered (accounts/roles.py says why)."""

from reflection.admin import guides

__all__ = ["guides"]
