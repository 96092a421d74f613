"""Copies of what a whole room sees: made once for each change, not once for each of a thousand people.

The view has checked that the visitor is in the room before it asks for a copy, as for any page.
Nothing is kept before the reveal, and no copy holds anything of one person.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from reflection.confidentiality import state_of_board
from reflection.models import Reflection

MAX_COPIES = 32  # copies in a process; a board of a thousand is a few hundred kilobytes


class Copies:
    def __init__(self, most: int):
        self.most = most
        self.kept: OrderedDict[tuple, Future[bytes]] = OrderedDict()
        self.lock = Lock()

    def get(self, key: tuple, make: Callable[[], bytes], is_still: Callable[[], bool]) -> bytes:
        """The copy for `key`; requests wait while it is made. It is kept if `is_still()` holds then."""
        with self.lock:
            is_new = key not in self.kept
            copy = self.kept.setdefault(key, Future())
            self.kept.move_to_end(key)
            if len(self.kept) > self.most:
                self.kept.popitem(last=False)
        if is_new:
            self._make(key, copy, make, is_still)
        return copy.result()

    def _make(self, key: tuple, copy: Future, make: Callable[[], bytes], is_still: Callable[[], bool]):
        is_right = False
        try:
            copy.set_result(make())
            is_right = is_still()
        except BaseException as error:
            if not copy.done():
                copy.set_exception(error)
            raise
        finally:
            if not is_right:
                with self.lock:
                    self.kept.pop(key, None)


copies = Copies(MAX_COPIES)


def shown_to_all(request, room: Reflection, variant: tuple, render: Callable[[], HttpResponse]):
    """The response of `render`, made once for all who ask for this address and `variant` of the room."""
    if not room.is_revealed:
        raise ValueError("nothing is kept before the reveal")
    state = state_of_board(room)
    is_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    key = (request.get_full_path(), variant, is_gzip, row_of(room), state)

    def make() -> bytes:
        content = render().content
        return gzip.compress(content, 6) if is_gzip else content

    response = HttpResponse(copies.get(key, make, lambda: state_of_board(room) == state))
    patch_vary_headers(response, ["Accept-Encoding"])
    if is_gzip:
        response.headers["Content-Encoding"] = "gzip"
    return response


def row_of(room: Reflection) -> tuple[str, ...]:
    """All columns of the row as texts: another tuple after every change."""
    return tuple(str(getattr(room, field.attname)) for field in room._meta.concrete_fields)
