"""What every request passes, from the outside in (the order stands in settings.MIDDLEWARE)."""

import logging
import time
import uuid

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from aarhuskompas.logs import request_id

access = logging.getLogger("aarhuskompas.access")


class RequestId:
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
            if access.isEnabledFor(logging.INFO):
                access.info("request", extra={"fields": _access_fields(request, response, started)})
            return response
        finally:
            request_id.reset(token)


def _access_fields(request, response, started) -> dict:
    match = getattr(request, "resolver_match", None)
    return {
        "method": request.method if request.method in {"GET", "HEAD", "POST"} else "OTHER",
        "route": match.route if match else getattr(response, "answered_by", ""),
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - started) * 1000, 1),
    }


class Impossible:
    """Refuse what nobody sends by mistake: a length that fits no buffer, a NUL no database takes."""

    LONGEST = 12  # digits of Content-Length

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if len(request.META.get("CONTENT_LENGTH") or "") > self.LONGEST:
            return HttpResponse(status=413)
        if "\0" in request.path_info:
            return HttpResponse(status=400)
        return self.get_response(request)


class SecurityHeaders:
    """The headers Django and django-csp do not set: public-sector.md F2–F3."""

    HEADERS = {
        "Permissions-Policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "X-Permitted-Cross-Domain-Policies": "none",
    }

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in self.HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class LanguageFromPath:
    """English under /en/, Danish everywhere else; neither cookie nor Accept-Language has a say.

    Django's LocaleMiddleware asks the browser and so makes every page vary on a header that almost
    no two readers share; an address that always has the same language can be cached and cited.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = "en" if request.path_info.startswith("/en/") else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class CacheRules:
    """Nothing is stored by anybody unless the view says that it is public (caching.public)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store, private"
        return response
