"""Pieces of pages – menu, footer, drawings – which are rendered once for the same values.

For what nearly all pages have alike; what differs from page to page would only push these out.

A piece sees the values it is given and who we are (publishing/portal.py), and nothing else: no request, no
user, no query. So the values say all about it, and it can be neither out of date nor meant for somebody else.
"""

from functools import lru_cache

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from publishing.portal import current_portal
from publishing.translated import marked

PIECES_KEPT = 500


def piece(template: str, **values) -> SafeString:
    """The template with these texts and numbers, in the language of the page."""
    render = _render.__wrapped__ if settings.DEBUG else _render
    # Texts with the same letters may differ in their language and their escapes, so these belong to the key.
    known = tuple([(name, value, type(value), getattr(value, "lang", "")) for name, value in values.items()])
    portal = current_portal()  # by what it says: one that was saved is another one
    return render(template, get_language(), known, of=(portal.updated_at, portal.name))


@lru_cache(maxsize=PIECES_KEPT)
def _render(template: str, language: str, values: tuple[tuple, ...], *, of: tuple) -> SafeString:
    context = {name: marked(value) for name, value, *_ in values} | {"portal": current_portal()}
    return get_template(template).render(context)  # type: ignore[return-value]
