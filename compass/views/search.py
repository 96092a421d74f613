from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import override

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
    if results and not results.groups:
        context["number_in_other_language"] = _number_in_other_language(text, request)
    return render(request, "compass/search.html", context)


def _number_in_other_language(text: str, request) -> int:
    with override("da" if request.LANGUAGE_CODE == "en" else "en"):
        return find(text, request.user).number


@public
def suggestions(request):
    """What to jump to or search for while one types; the search page works without it."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"suggestions": []}, status=400)
    return JsonResponse({"suggestions": suggest(form.cleaned_data["q"], request.user)})
