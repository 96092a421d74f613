"""Pieces of pages – menu, footer, cards – which are rendered once for the same values.

A piece sees the values it is given and nothing else: no request, no user, no query. So the values say
all about it, and it can be neither out of date nor meant for somebody else.
"""

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from aarhuskompas.translated import marked

PIECES_KEPT = 5_000


def piece(template: str, **values) -> SafeString:
    """The template with these texts and numbers, in the language of the page."""
    render = _render.__wrapped__ if settings.DEBUG else _render
    return render(template, get_language(), tuple(Value.of(*item) for item in values.items()))


class Value(NamedTuple):
    """One value of a piece; texts with the same letters may differ in their language and escapes."""

    name: str
    value: object
    kind: type
    lang: str

    @classmethod
    def of(cls, name: str, value) -> "Value":
        return cls(name, value, type(value), getattr(value, "lang", ""))


@lru_cache(maxsize=PIECES_KEPT)
def _render(template: str, language: str, values: tuple[Value, ...]) -> SafeString:
    return get_template(template).render({name: marked(value) for name, value, _kind, _lang in values})
