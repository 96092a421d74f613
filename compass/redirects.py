"""Views whose pages may have moved."""

import functools
import re

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import translate_url
from django.utils.translation import override

from compass.models import Missed, Redirect


def redirects_if_moved(view, beside: str = ""):
    """Lead from the old address of a page to where it is now, with the query; else 404 as before.

    What has been put away for good answers 410, with ways on. `beside` is what the view adds to the
    address of the page: its feed has moved along with it.
    """

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            danish = translate_url(request.path, settings.LANGUAGE_CODE)
            moved = Redirect.objects.filter(old=danish.removesuffix(beside)).first()
            if moved is None:
                raise
            if not moved.new:
                Missed.objects.note(request)
                return render(request, "410.html", status=410)
            return HttpResponsePermanentRedirect(_now_at(moved, request, beside))

    wrapped.leads_on = True  # tests/test_content_types.py looks for it
    return wrapped


def new_slug(address: str) -> str:
    """What stands at the end of the address where the one that was here is now; nothing where none was."""
    moved = Redirect.objects.filter(old=address).exclude(new="").first()
    return re.findall(r"[\w-]+", moved.new)[-1] if moved else ""


def _now_at(moved: Redirect, request, beside: str) -> str:
    query = request.META.get("QUERY_STRING", "")
    with override(settings.LANGUAGE_CODE):  # an address is read in the language that is active
        address = translate_url(moved.new + beside, request.LANGUAGE_CODE)
    return f"{address}?{query}" if query else address
