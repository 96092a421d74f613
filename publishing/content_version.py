"""What a process reads once for each version of the content, and keeps until there is another.

The version is asked for at most once a second, as for finished pages (aarhuskompas/page_cache.py), and what
this process itself saves is seen at once.
"""

import time
from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, TypeVar

from django.conf import settings
from django.db import DatabaseError
from django.utils.module_loading import import_string

from publishing.trial import is_trial

ASKED_AGAIN_AFTER = 1  # second
T = TypeVar("T")


class _Kept:
    values: dict[Callable, object] = {}  # another one for each version: what is read too late is thrown away
    version: object = None
    asked = float("-inf")
    away = float("-inf")  # when the database was last found to be


def heard(version: object):
    """The content has this version: what was read of another is not kept."""
    if version != _Kept.version:
        _Kept.version, _Kept.values = version, {}


def ask_again():
    _Kept.asked = float("-inf")


def _ask():
    if time.monotonic() >= _Kept.asked + ASKED_AGAIN_AFTER:
        _Kept.asked = time.monotonic()
        heard(import_string(settings.CONTENT_VERSION)())


class OncePerVersion(Generic[T]):
    """`@once_per_version(…)` on a function without arguments: it is called again when something changes.

    While the database is away the last value stands; before there is any, what `otherwise` says. A page that
    reads several waits for it once.
    """

    def __init__(self, read: Callable[[], T], otherwise: Callable[[], T]):
        self.read = read
        self.otherwise = otherwise
        self.last: T | None = None
        update_wrapper(self, read)

    def __call__(self) -> T:
        if is_trial():
            return self.read()
        if time.monotonic() < _Kept.away + ASKED_AGAIN_AFTER:
            return self._last()
        try:
            _ask()
            values = _Kept.values
            if self not in values:
                self.last = values[self] = self.read()
            return values[self]  # type: ignore[return-value]
        except DatabaseError:
            _Kept.away = time.monotonic()
            return self._last()

    def _last(self) -> T:
        return self.otherwise() if self.last is None else self.last

    def forget(self, **kwargs):
        """Read it again; may be connected to a signal."""
        _Kept.values.pop(self, None)


def once_per_version(*, otherwise: Callable[[], T]) -> Callable[[Callable[[], T]], OncePerVersion[T]]:
    return lambda read: OncePerVersion(read, otherwise)
