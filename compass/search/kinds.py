"""What is searched, and where its pages are."""

from collections.abc import Callable
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from publishing.content_version import once_per_version
from publishing.public_pages import is_open
from publishing.registry import content_types


class Kind(NamedTuple):
    name: str
    label: str | Promise
    route: str | Callable[..., str]
    fragment: str
    parts: int
    is_reference: bool

    @property
    def has_page(self) -> bool:
        """Not every installation has every part of the portal; what has no page is not searched."""
        try:
            return is_open(self.address(*["1"] * self.parts).partition("#")[0])
        except NoReverseMatch:
            return False

    def address(self, *parts: str) -> str:
        if not self.fragment:
            return self._page(*parts)
        return f"{self._page(*parts[:-1])}#{self.fragment.format(parts[-1])}"

    def _page(self, *parts: str) -> str:
        return self.route(*parts) if callable(self.route) else reverse(self.route, args=parts)


def kinds() -> dict[str, Kind]:
    """Of every declared content type, in the order of the declarations.

    The parts of an entry's address fill in the route, a name or a function – or, the last of them, the
    `fragment`.
    A reference tells where something stands, and comes after the thing itself.
    """
    found = [
        Kind(name, search.label, search.route, search.fragment, search.length_of_address, search.is_reference)
        for content_type in content_types()
        for name, search in zip(content_type.kinds, content_type.search, strict=True)
    ]
    return {kind.name: kind for kind in found}


def _searched() -> dict[str, Kind]:
    return {name: kind for name, kind in kinds().items() if kind.has_page}


# To know which there are takes an address of each.
searched_kinds = once_per_version(otherwise=_searched)(_searched)
