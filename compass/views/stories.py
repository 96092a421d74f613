"""The list of stories, filtered as the reader likes."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override

from compass.filters import Filtered
from compass.models import Department, Theme
from compass.redirects import new_slug
from publishing.public_pages import public
from publishing.shortcuts import render_page


@public
def stories(request):
    filtered = Filtered(request.GET, request.user)
    if filtered.unknown and (moved := _with_new_names(request)):
        return redirect(moved, permanent=True)
    context = {"filtered": filtered}
    if filtered.unknown:
        return render(request, "compass/stories.html", context, status=404)
    return render_page(request, "compass/stories.html", context, partial="stories")


def _with_new_names(request) -> str:
    """The same list where a path, a theme or a department has another name now; nothing where none has."""
    with override(settings.LANGUAGE_CODE):
        lists = reverse("compass:stories")
        old = {"vej": f"{reverse('compass:paths')}%s/"} | {
            shelf.facet: f"{lists}?{shelf.facet}=%s" for shelf in [Theme, Department]
        }
    query = request.GET.copy()
    for name, address in old.items():
        if now := name in query and new_slug(address % query[name].replace("\0", "")):
            query[name] = now
    return f"{request.path}?{query.urlencode()}" if query != request.GET else ""
