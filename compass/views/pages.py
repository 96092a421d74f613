from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.shortcuts import render

from compass import library
from compass.models import Contact
from publishing.public_pages import public


def visible_or_404(find: Callable, slug: str, user):
    """What the library finds at `slug`, if the user may see it."""
    try:
        found = find(slug)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if not found.is_visible_to(user):
        raise Http404
    return found


@public
def page(request, slug):
    page = visible_or_404(library.current().page, slug, request.user)
    return render(request, "compass/page.html", {"page": page})


@public
def contact(request):
    page = visible_or_404(library.current().page, "kontakt", request.user)
    contacts = Contact.objects.shown_in(request.LANGUAGE_CODE)
    return render(request, "compass/contact.html", {"page": page, "contacts": contacts})


contact.shows_page = "kontakt"
