"""What every request passes, from the outside in (the order stands in settings.MIDDLEWARE)."""

import time
import uuid
from contextlib import suppress
from io import BytesIO

from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, QueryDict
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from aarhuskompas.logs import log_access, request_id
from aarhuskompas.serving.wsgi_bridge import LARGEST_UPLOAD, REFUSED
from publishing.media import is_full, no_room
from publishing.tidy_text import tidy


class RequestIdMiddleware:
    """Give each request an id, and log it by its route: an address may hold a search or a code."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        token = request_id.set(request.id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.id
            match = getattr(request, "resolver_match", None)
            route = match.route if match else getattr(response, "answered_by", "")
            log_access(request.method, route, response.status_code, started)
            return response
        finally:
            request_id.reset(token)


def language_of(request) -> str:
    return "en" if request.path_info.startswith("/en/") else settings.LANGUAGE_CODE


class RefusedMiddleware(MiddlewareMixin):
    """Answer what is not worth reading on: too much, too slow, or nothing that anybody sends by mistake."""

    PAGES = {400: "400.html", 408: "400.html", 413: "413.html", 503: "503.html"}

    def process_request(self, request):
        status = request.META.get(REFUSED) or self._status(request)
        if not status:
            return None
        with translation.override(language_of(request)):  # LanguageFromPath comes after
            page = self.PAGES.get(status)
            response = render(request, page, status=status) if page else no_room(request)
        response.headers["Cache-Control"] = "no-store"
        if status == 503:
            response.headers["Retry-After"] = "30"
        return response

    def _status(self, request) -> int | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > LARGEST_UPLOAD:
            return 413
        return 400 if "\0" in request.path_info else None


class SecurityHeadersMiddleware(MiddlewareMixin):
    """The headers Django does not set: public-sector.md F2–F3.

    The policy is the same for every answer, and put together once; a view that needs another sets its own.
    """

    HEADERS = {
        "Permissions-Policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "X-Permitted-Cross-Domain-Policies": "none",
    }

    def __init__(self, get_response):
        super().__init__(get_response)
        self.headers = self.HEADERS | {POLICY: build_policy()}

    def process_response(self, request, response):
        # Django's page about an error has styles of its own.
        is_for_developers = settings.DEBUG and response.status_code in {404, 500}
        for name, value in (self.HEADERS if is_for_developers else self.headers).items():
            response.headers.setdefault(name, value)
        return response


def fixed_headers() -> list[tuple[bytes, bytes]]:
    """For answers that pass no middleware: all that says how a browser shall treat them, and HSTS."""
    over_https = {"wsgi.url_scheme": "https", "HTTP_X_FORWARDED_PROTO": "https"}
    request = WSGIRequest(over_https | {"REQUEST_METHOD": "GET", "wsgi.input": BytesIO()})
    response = HttpResponse()
    for middleware in [SecurityMiddleware, SecurityHeadersMiddleware, XFrameOptionsMiddleware]:
        middleware(HttpResponse).process_response(request, response)
    del response.headers["Content-Type"]
    found = {"Server": "aarhuskompas", **response.headers}
    return [(name.lower().encode(), value.encode()) for name, value in found.items()]


class LanguageFromPathMiddleware:
    """English under /en/, Danish everywhere else; neither cookie nor Accept-Language has a say.

    Django's LocaleMiddleware asks the browser and so makes every page vary on a header that almost
    no two readers share; an address that always has the same language can be cached and cited.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class WrongMethodMiddleware(MiddlewareMixin):
    """A link to what only a button does, as in a browser's history: say so, and lead on."""

    def process_response(self, request, response):
        if response.status_code != 405 or request.method not in {"GET", "HEAD"} or response.content:
            return response
        page = render(request, "405.html", {"way_on": _page_above(request.path)}, status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


def _page_above(path: str) -> str:
    """The nearest address above this one that leads anywhere."""
    above = path
    while above := above.rstrip("/").rpartition("/")[0]:
        with suppress(Resolver404):
            resolve(f"{above}/")
            return f"{above}/"
    return "/"


class CacheRulesMiddleware(MiddlewareMixin):
    """Nothing is stored by anybody unless the view says that it is public (publishing/public_pages.py)."""

    def process_response(self, request, response):
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store, private"
            # What is not public is no hit either: many addresses are secrets (an invitation, one's place).
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


class StorageFullMiddleware(MiddlewareMixin):
    """Say so in words where there is no room for an upload; what else was written is undone."""

    def process_exception(self, request, error):
        return no_room(request) if is_full(error) else None


class TidyTextMiddleware(MiddlewareMixin):
    """Hand views and forms what people meant (publishing/tidy_text.py); passwords are left as they are typed.

    Last of all, so that nothing is read which one of the others refuses.
    """

    def process_view(self, request, view, args, kwargs):
        if "%" in request.META.get("QUERY_STRING", ""):
            request.GET = _tidied(request.GET)
        if request.method == "POST":
            request.POST = _tidied(request.POST)


def _tidied(fields: QueryDict) -> QueryDict:
    tidied = QueryDict(mutable=True, encoding=fields.encoding)
    for name, texts in fields.lists():
        if "password" not in name:  # a NUL is nobody's mistake: forms refuse it in words
            texts = [text if "\0" in text else tidy(text) for text in texts]
        tidied.setlist(name, texts)
    tidied._mutable = False  # as the request's own
    return tidied


class ProgressMiddleware(MiddlewareMixin):
    """Says where a form leads to a script that shows how much is sent: a browser would follow by itself."""

    def process_response(self, request, response):
        if response.status_code == 302 and "X-Progress" in request.headers:
            return HttpResponse(status=204, headers={"X-Leads-To": response.url})
        return response
