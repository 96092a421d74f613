"""Finished public pages (publishing/public_pages.py), kept as long as the content is the same.

For readers without a session. Each process asks the database at most once a second which version its
content has, so a change is seen at once where it was made and within a second elsewhere; what is dated
ahead appears on its moment. The tag is of the page before compression, so that it is the same in all
processes, and a page is compressed once. Whoever has a session always gets a fresh page.
"""

import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

import brotli
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from aarhuskompas.middleware import RequestIdMiddleware
from aarhuskompas.serving.wsgi_bridge import Response
from publishing import content_version
from publishing.public_pages import has_session
from publishing.publishable import next_appearance

WEIGHT_OF_HEADERS = 4_000  # bytes, and of the rest of what is kept beside a page
SHORTEST_COMPRESSED = 200  # bytes
NOT_PAGES = ("/static/", "/health/")

# As fast as one another, and far from the smallest: a page made anew waits for it.
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=4),
    "gzip": lambda body: gzip.compress(body, compresslevel=4, mtime=0),
}


def is_public(response) -> bool:
    return (
        response.status_code == 200
        and response.get("Cache-Control", "").startswith("public")
        and not response.streaming
        and not response.has_header("ETag")  # it answers for itself
        and not response.cookies
    )


class Version(NamedTuple):
    """Pages of the same version are the same."""

    content: tuple
    until: datetime  # then something appears that was dated ahead, or another day begins


class CurrentVersion:
    """The version of pages that are made now, as this process last heard of it."""

    version: Version | None = None

    def at_once(self) -> Version | None:
        """Without asking the database; None where that is needed."""
        known = self.version
        is_it = content_version.is_known() and known and known.content == content_version.version()
        return known if is_it and timezone.now() < known.until else None

    def asked(self) -> Version | None:
        """None where nothing is kept. While the database is away, the last one stands."""
        try:
            content, known = content_version.version(), self.version
            if content is None:
                self.version = None
            elif not (known and known.content == content and timezone.now() < known.until):
                self.version = Version(content, next_appearance())
        except DatabaseError:
            pass
        return self.version


class Copy(NamedTuple):
    version: Version | None
    body: bytes
    headers: dict
    etag: str

    @property
    def weight(self) -> int:
        return len(self.body) + WEIGHT_OF_HEADERS


class Copies:
    """Those last asked for, as many as there is room for; shared by the threads of a process."""

    def __init__(self):
        self.kept: OrderedDict[tuple, Copy] = OrderedDict()
        self.weight = 0
        self.lock = Lock()

    def find(self, key, version: Version | None) -> Copy | None:
        with self.lock:
            copy = self.kept.get(key)
            if copy is None or version is None or copy.version != version:
                return None
            self.kept.move_to_end(key)
            return copy

    def keep(self, key, copy: Copy):
        with self.lock:
            self._remove(self.kept.pop(key, None))
            self.kept[key] = copy
            self.weight += copy.weight
            while self.weight > settings.PAGE_CACHE_MB * 1_000_000 / 2:  # there are two of these
                self._remove(self.kept.popitem(last=False)[1])

    def _remove(self, copy: Copy | None):
        self.weight -= copy.weight if copy else 0


class PageCacheMiddleware:
    """Answer public pages from a copy, and with 304 where the browser has it already."""

    newest = None

    def __init__(self, get_response):
        self.get_response = get_response
        self.version = CurrentVersion()
        # Anybody can ask in more ways than there is room for; that pushes no page out.
        self.pages, self.variants = Copies(), Copies()
        PageCacheMiddleware.newest = self  # of this process

    def __call__(self, request):
        if request.method not in {"GET", "HEAD"}:
            response = self.get_response(request)
            content_version.ask_again()  # it may have changed something
            return response
        if has_session(request) or request.path_info.startswith(NOT_PAGES):
            return self.get_response(request)
        # Asked before the page is made: what changes meanwhile makes it an old one.
        version = self.version.asked() if settings.PAGE_CACHE_MB else None
        copy = self._copies(request).find(_key(request), version)
        if copy is None:
            response = self.get_response(request)
            if not is_public(response):
                return response
            copy = _copy_of(response, _encoding(request), version)
            if version:
                self._copies(request).keep(_key(request), copy)
        return _answer(request, copy)

    def find_at_once(self, request) -> Copy | None:
        """Without asking the database."""
        return self._copies(request).find(_key(request), self.version.at_once())

    def _copies(self, request) -> Copies:
        return self.pages if _is_plain(request) else self.variants


class CompressMiddleware(GZipMiddleware):
    """Leave public pages for the one that keeps them: Django's random bytes would make each another."""

    def process_response(self, request, response):
        is_kept = is_public(response) and not has_session(request)
        return response if is_kept else super().process_response(request, response)


def _copy_of(response, encoding: str, version: Version | None) -> Copy:
    body = response.content
    # Weak: it is the same however the page is compressed.
    etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    patch_vary_headers(response, ["Accept-Encoding"])
    headers = {**response.headers, "ETag": etag}
    headers.pop("X-Request-ID", None)
    if encoding and len(body) >= SHORTEST_COMPRESSED:
        body = COMPRESS[encoding](body)
        headers |= {"Content-Encoding": encoding, "Content-Length": str(len(body))}
    return Copy(version, body, headers, etag)


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
        _encoding(request),
        meta.get("HTTP_HX_REQUEST"),
        meta.get("HTTP_HX_TARGET"),
    )


def _encoding(request) -> str:
    return best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""))


def best_encoding(accepted: str) -> str:
    """The first that we have among those the browser takes; nothing for one that takes none."""
    names = set(re.findall(r"[a-z]+", accepted.lower()))
    refused = set(re.findall(r"([a-z]+)\s*;\s*q=0(?:\.0*)?\s*(?:,|$)", accepted.lower()))
    return next((encoding for encoding in COMPRESS if encoding in names - refused), "")


def _answer(request, copy: Copy):
    response = HttpResponse(copy.body, headers=copy.headers)
    response = get_conditional_response(request, copy.etag, response=response)
    response.answered_by = "copy"
    return response


def answer_at_once(environ: dict) -> Response | None:
    """A copy that is there already, for a server that need not wait for a thread to hand it out."""
    request, cache = WSGIRequest(environ), PageCacheMiddleware.newest
    copy = cache and not has_session(request) and cache.find_at_once(request)
    if not copy:
        return None
    response = RequestIdMiddleware(lambda request: _answer(request, copy))(request)
    return Response(response.status_code, list(response.items()), response.content, None)
