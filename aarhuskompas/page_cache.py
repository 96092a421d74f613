"""Copies of public pages (publishing/public_pages.py).

For a reader without a session each process keeps finished answers, compressed and with their ETag, for
READER_CACHE_SECONDS. Whoever has a session always gets a fresh page.
"""

import hashlib
import time
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from aarhuskompas.middleware import RequestId
from aarhuskompas.serving.wsgi_bridge import Answer
from publishing.public_pages import has_session


def is_public(response) -> bool:
    return (
        response.status_code == 200
        and response.get("Cache-Control", "").startswith("public")
        and not response.streaming
        and not response.has_header("ETag")  # it answers for itself
        and not response.cookies
    )


class Copy(NamedTuple):
    body: bytes
    headers: dict
    etag: str
    expires: float


class Copies:
    """The newest READER_CACHE_PAGES that were asked for; shared by the threads of a process."""

    def __init__(self):
        self.kept: OrderedDict[tuple, Copy] = OrderedDict()
        self.lock = Lock()

    def find(self, key) -> Copy | None:
        with self.lock:
            copy = self.kept.get(key)
            if copy is None or copy.expires < time.monotonic():
                return None
            self.kept.move_to_end(key)
            return copy

    def keep(self, key, copy: Copy):
        with self.lock:
            self.kept[key] = copy
            while len(self.kept) > settings.READER_CACHE_PAGES:
                self.kept.popitem(last=False)


class ReaderCache:
    """Middleware: answer public pages from a copy, and with 304 where the browser has it already."""

    newest = None

    def __init__(self, get_response):
        self.get_response = get_response
        self.seconds = settings.READER_CACHE_SECONDS
        # Anybody can ask in more ways than there is room for; that pushes no page out.
        self.pages, self.variants = Copies(), Copies()
        ReaderCache.newest = self  # of this process

    def __call__(self, request):
        if request.method not in {"GET", "HEAD"} or has_session(request):
            return self.get_response(request)
        copy = self.find(request)
        if copy is None:
            response = self.get_response(request)
            if not is_public(response):
                return response
            copy = self._copy_of(response)
            if self.seconds:
                self._copies(request).keep(_key(request), copy)
        return _answer(request, copy)

    def find(self, request) -> Copy | None:
        return self._copies(request).find(_key(request))

    def _copies(self, request) -> Copies:
        return self.pages if _is_plain(request) else self.variants

    def _copy_of(self, response) -> Copy:
        etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
        headers = {**response.headers, "ETag": etag}
        headers.pop("X-Request-ID", None)
        return Copy(response.content, headers, etag, time.monotonic() + self.seconds)


def _is_plain(request) -> bool:
    """A page at its own address: there are only so many."""
    odd = {"HTTP_HX_REQUEST", "HTTP_HX_TARGET"} & request.META.keys() or request.META.get("QUERY_STRING")
    ours = urlsplit(settings.SITE_URL).netloc
    return not odd and request.META.get("HTTP_HOST", ours) == ours


def _key(request) -> tuple:
    meta = request.META
    return (
        request.method,
        settings.TRUSTED_PROXIES and meta.get("HTTP_X_FORWARDED_PROTO") == "https",
        meta.get("HTTP_HOST"),
        meta.get("PATH_INFO"),
        meta.get("QUERY_STRING"),
        "gzip" in meta.get("HTTP_ACCEPT_ENCODING", ""),
        meta.get("HTTP_HX_REQUEST"),
        meta.get("HTTP_HX_TARGET"),
    )


def _answer(request, copy: Copy):
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    # A proxy that compresses marks the tag as weak; the page behind it is the same.
    if copy.etag in known or f"W/{copy.etag}" in known or "*" in known:
        response = HttpResponseNotModified()
        for name in ("Cache-Control", "Vary", "Content-Language"):
            if name in copy.headers:
                response.headers[name] = copy.headers[name]
        response.headers["ETag"] = copy.etag
    else:
        response = HttpResponse(copy.body)
        for name, value in copy.headers.items():
            response.headers[name] = value
    response.answered_by = "copy"
    return response


def answer_at_once(environ: dict) -> Answer | None:
    """A copy that is there already, for a server that need not wait for a thread to hand it out."""
    request, copies = WSGIRequest(environ), ReaderCache.newest
    copy = copies and not has_session(request) and copies.find(request)
    if not copy:
        return None
    response = RequestId(lambda request: _answer(request, copy))(request)
    return Answer(response.status_code, list(response.items()), response.content, None)
