from django.shortcuts import get_object_or_404, render

from compass.models import Contact, Page
from privacy.models import PrivacyNotice
from privacy.retention import periods
from publishing.public_pages import public


@public
def page(request, slug):
    page = get_object_or_404(Page.objects.visible_to(request.user), slug=slug)
    return render(request, "compass/page.html", {"page": page})


@public
def contact(request):
    page = get_object_or_404(Page.objects.visible_to(request.user), slug="kontakt")
    contacts = Contact.objects.shown_in(request.LANGUAGE_CODE)
    return render(request, "compass/contact.html", {"page": page, "contacts": contacts})


contact.shows_page = "kontakt"


@public
def privacy(request):
    """The editors' words, and what the municipality has written down: who, why and for how long."""
    page = get_object_or_404(Page.objects.visible_to(request.user), slug="privatliv")
    context = {
        "page": page,
        "notice": PrivacyNotice.objects.in_force(),
        "periods": periods().values(),
    }
    return render(request, "compass/privacy.html", context)


privacy.shows_page = "privatliv"
