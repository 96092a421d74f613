"""Error pages that help: what happened, and what one can do now."""

import sys

from django.shortcuts import render

from compass.models import Missed
from publishing.database_away import is_away
from publishing.media import is_full, no_room


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    Missed.objects.note(request)
    return render(request, "404.html", status=404)


def server_error(request):
    """Without database, session or context: whatever broke may still be broken."""
    error = sys.exc_info()[1]
    if is_away(error):
        response = unavailable(request)
        response.database_error = error
        return response
    if is_full(error):  # while the form was still being read
        return no_room(request)
    return render(None, "500.html", status=500)


def unavailable(request):
    """The database is away, and comes back."""
    response = render(None, "503.html", status=503)
    response.headers["Retry-After"] = "30"
    return response
