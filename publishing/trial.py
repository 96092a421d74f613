"""What a page would be if something were saved: it is saved, in a transaction that is always undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpResponse
from django.urls import resolve
from django.utils import timezone
from django.utils.translation import override
from django_htmx.middleware import HtmxDetails

_is_trial: ContextVar[bool] = ContextVar("is_trial", default=False)


def is_trial() -> bool:
    """Whether what the database says here is nobody else's: nothing made of it may be kept in the process."""
    return _is_trial.get()


@contextmanager
def trial() -> Iterator[None]:
    """Nothing that is done in this block lasts."""
    token = _is_trial.set(True)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        _is_trial.reset(token)


def as_readers_see_it(request, item, language: str) -> HttpResponse:
    """The item's page as everybody would get it if the item were public; only in a trial.

    Whoever asks is nobody there, so nothing else that is not public comes along.
    """
    shown = {"published_at": timezone.now(), "published_until": None, "archived_at": None}
    if not item.is_published:
        type(item)._base_manager.filter(pk=item.pk).update(**shown)
    with override(language):
        path = item.get_absolute_url().partition("#")[0]
        reader = reader_like(request, path, language)
        view, args, kwargs = reader.resolver_match = resolve(path)
        response = view(reader, *args, **kwargs)
        return response.render() if hasattr(response, "render") else response


def reader_like(request, path: str, language: str) -> Any:
    """Nobody in particular who asks for the page, as far as its template can tell."""
    kept = {
        name: value for name, value in request.META.items() if not name.startswith(("HTTP_COOKIE", "HTTP_HX"))
    }
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "wsgi.input": BytesIO()}
    reader: Any = WSGIRequest({**kept, **asked, "CONTENT_LENGTH": "0"})
    reader.user, reader.LANGUAGE_CODE = AnonymousUser(), language
    reader.htmx, reader.is_draft = HtmxDetails(reader), True
    return reader
