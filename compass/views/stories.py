"""The list of stories, filtered as the reader likes."""

from django.shortcuts import render

from aarhuskompas.caching import public
from aarhuskompas.shortcuts import render_page
from compass.filters import Filtered


@public
def stories(request):
    filtered = Filtered(request.GET, request.user)
    context = {"filtered": filtered}
    if filtered.unknown:
        return render(request, "compass/stories.html", context, status=404)
    return render_page(request, "compass/stories.html", context, partial="stories")
