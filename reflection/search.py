"""The compasses and their steps in the search; reflection/sql/search_sources.sql says what of them."""

from django.utils.translation import pgettext_lazy

from compass.search import register


def register_kinds():
    """A compass has its page at its slug (dilemmas link to it in the same way)."""
    register("guide", pgettext_lazy("søgning", "Kompasser"), "compass:page")
    register("step", pgettext_lazy("søgning", "Trin i kompasserne"), "compass:page", "trin-{}", parts=2)
