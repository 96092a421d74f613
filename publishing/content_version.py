"""What a process reads once for each version of the content, and keeps until there is another.

The version is asked for at most once a second, for this and for finished pages (aarhuskompas/page_cache.py),
and what this process itself saves is seen at once.
"""

import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import update_wrapper
from typing import Generic, TypeVar

from django.conf import settings
from django.db import DatabaseError
from django.utils.module_loading import import_string

from publishing.trial import is_trial

ASKED_AGAIN_AFTER = 1  # second
T = TypeVar("T")
Version = tuple[str, ...]  # what is kept here rests on the first part alone; pages rest on all of it


class _Kept:
    values: dict[Callable, object] = {}  # another one for each version: what is read too late is thrown away
    version: Version | None = None
    asked = float("-inf")
    away = float("-inf")  # when the database was last found to be


def _happened_just_now(moment: float) -> bool:
    return time.monotonic() < moment + ASKED_AGAIN_AFTER


def is_known() -> bool:
    """Whether `version` would ask nobody. A database that is away is not asked twice in a second either."""
    return _happened_just_now(_Kept.asked) or _happened_just_now(_Kept.away)


def version() -> Version | None:
    """As this process last heard it; None where nothing may be kept. Raises DatabaseError when that fails."""
    if not is_known():
        asked = time.monotonic()
        with _noticing_that_it_is_away():
            heard(import_string(settings.CONTENT_VERSION)())
        _Kept.asked = asked
    return _Kept.version


def heard(version: Version | None):
    """The content has this version: what was read of another is not kept."""
    if not (version and _Kept.version and version[0] == _Kept.version[0]):
        _Kept.values = {}
    _Kept.version = version


def ask_again():
    _Kept.asked = float("-inf")


@contextmanager
def _noticing_that_it_is_away():
    try:
        yield
    except DatabaseError:
        _Kept.away = time.monotonic()
        raise


class OncePerVersion(Generic[T]):
    """`@once_per_version(…)` on a function without arguments: it is called again when something changes.

    For what all pages have alike. It reads nothing of stories, and is not called again for one.

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
        try:
            version()
            return self._of_this_version(_Kept.values)
        except DatabaseError:
            return self._last()

    def _of_this_version(self, values: dict) -> T:
        if self not in values:
            if _happened_just_now(_Kept.away):
                return self._last()
            with _noticing_that_it_is_away():
                self.last = values[self] = self.read()
        return values[self]

    def _last(self) -> T:
        return self.otherwise() if self.last is None else self.last

    def forget(self, **kwargs):
        """Read it again; may be connected to a signal."""
        _Kept.values.pop(self, None)


def once_per_version(*, otherwise: Callable[[], T]) -> Callable[[Callable[[], T]], OncePerVersion[T]]:
    return lambda read: OncePerVersion(read, otherwise)
