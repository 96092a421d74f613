"""The list of stories, filtered as the reader likes."""

from django.shortcuts import redirect, render
from django.urls import NoReverseMatch

from compass.filters import Filtered
from compass.redirects import new_slug
from publishing.public_pages import public
from publishing.shortcuts import render_page


@public
def stories(request):
    filtered = Filtered(request.GET, request.user)
    if filtered.unknown and (moved := _with_new_path(request)):
        return redirect(moved, permanent=True)
    context = {"filtered": filtered}
    if filtered.unknown:
        return render(request, "compass/stories.html", context, status=404)
    return render_page(request, "compass/stories.html", context, partial="stories")


def _with_new_path(request) -> str:
    """The same list where the path has another name now; nothing where that is not what is wrong."""
    try:
        now = new_slug("compass:path", request.GET.get("vej", ""))
    except NoReverseMatch:
        return ""
    if not now:
        return ""
    query = request.GET.copy()
    query["vej"] = now
    return f"{request.path}?{query.urlencode()}"
