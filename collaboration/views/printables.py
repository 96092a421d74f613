"""What everybody may read and print: the principles, and sheets of them."""

from django.shortcuts import render

from collaboration.models import GUIDE
from publishing.public_pages import public
from reflection.models import Answer
from reflection.published_guides import newest_version


@public
def about(request):
    return render(request, "collaboration/about.html", {"version": newest_version(GUIDE)})


@public
def blank(request):
    context = {"version": newest_version(GUIDE), "sureness": Answer.Sureness.labels}
    return render(request, "collaboration/blank.html", context)
