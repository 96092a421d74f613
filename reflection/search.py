"""The compasses and their steps in the search; reflection/sql/search_sources.sql says what of them."""

from django.utils.translation import pgettext_lazy

from compass.search import register
from reflection.models import Guide


def page_of(slug: str) -> str:
    return Guide(slug=slug).get_absolute_url()


def register_kinds():
    register("guide", pgettext_lazy("søgning", "Kompasser"), page_of)
    register("step", pgettext_lazy("søgning", "Trin i kompasserne"), page_of, "trin-{}", parts=2)
