"""Views whose pages may have moved."""

import functools

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import translate_url
from django.utils.translation import override

from compass.models import OldAddress


def movable(view):
    """Lead from the old address of a page to where it is now, with the query; else 404 as before.

    What has been put away for good answers 410, with ways on.
    """

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            danish = translate_url(request.path, settings.LANGUAGE_CODE)
            moved = OldAddress.objects.filter(old=danish).first()
            if moved is None:
                raise
            if not moved.new:
                return render(request, "410.html", status=410)
            return HttpResponsePermanentRedirect(_now_at(moved, request))

    return wrapped


def _now_at(moved: OldAddress, request) -> str:
    query = request.META.get("QUERY_STRING", "")
    with override(settings.LANGUAGE_CODE):  # an address is read in the language that is active
        address = translate_url(moved.new, request.LANGUAGE_CODE)
    return f"{address}?{query}" if query else address
