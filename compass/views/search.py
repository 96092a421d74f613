from django.http import JsonResponse
from django.shortcuts import render

from compass.forms import SearchForm
from compass.search import find, suggest
from publishing.public_pages import public


@public
def search(request):
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "compass/search.html", {"form": form}, status=400)
    text, kind = form.cleaned_data["q"], form.cleaned_data["slags"]
    results = find(text, request.user, kind) if text else None
    context = {"form": form, "text": text, "kind": kind, "results": results}
    return render(request, "compass/search.html", context)


@public
def suggestions(request):
    """Titles to jump to while one types; the search page works without them."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"suggestions": []}, status=400)
    return JsonResponse({"suggestions": suggest(form.cleaned_data["q"], request.user)})
