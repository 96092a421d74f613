"""What is searched, and where its pages are."""

from collections.abc import Callable
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


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
            return bool(self.address(*["1"] * self.parts))
        except NoReverseMatch:
            return False

    def address(self, *parts: str) -> str:
        if not self.fragment:
            return self._page(*parts)
        return f"{self._page(*parts[:-1])}#{self.fragment.format(parts[-1])}"

    def _page(self, *parts: str) -> str:
        return self.route(*parts) if callable(self.route) else reverse(self.route, args=parts)


KINDS: dict[str, Kind] = {}


def register(
    name: str,
    label: str | Promise,
    route: str | Callable[..., str],
    fragment: str = "",
    *,
    parts: int = 1,
    is_reference: bool = False,
):
    """Search a kind of entry that the database writes (`kinds` of `follow`), and say where its pages are.

    The `parts` of the entry's address fill in the route, a name or a function – or, the last of them,
    the `fragment`.
    A reference tells where something stands, and comes after the thing itself.
    """
    KINDS[name] = Kind(name, label, route, fragment, parts, is_reference)


register("pivot", pgettext_lazy("søgning", "Omdrejningspunkter"), "compass:pivot")
register("path", pgettext_lazy("søgning", "Veje"), "compass:path")
register("dilemma", pgettext_lazy("søgning", "Dilemmaer"), "compass:dilemma")
register("story", pgettext_lazy("søgning", "Historier"), "compass:story")
register("page", pgettext_lazy("søgning", "Sider"), "compass:page")
register("chapter", pgettext_lazy("søgning", "Lydbog"), "compass:chapter", parts=2, is_reference=True)
register("milestone", pgettext_lazy("søgning", "Tidslinje"), "compass:timeline", "{}", is_reference=True)
register("resource", pgettext_lazy("søgning", "Dokumenter"), "compass:documents", "{}", is_reference=True)


def searched_kinds() -> list[str]:
    return [kind.name for kind in KINDS.values() if kind.has_page]
