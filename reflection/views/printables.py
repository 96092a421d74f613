"""Sheets of a compass to print, and the guide for whoever leads it: of every published guide."""

import functools

from django.shortcuts import render

from publishing.public_pages import public
from reflection.minutes.pdf import pdf_response
from reflection.printables import facilitators_guide, round_on_paper, sheet
from reflection.published_guides import newest_version


def version_required(view):
    """Turn `slug` into the newest version of a guide, also of one that has a public page of its own."""

    @functools.wraps(view)
    def guarded(request, slug):
        return view(request, newest_version(slug))

    return guarded


@public
@version_required
def cards_pdf(request, version):
    return _pdf(request, version, "reflection/print/cards.typ", sheet(version), "kort")


@public
@version_required
def poster_pdf(request, version):
    return _pdf(request, version, "reflection/print/poster.typ", sheet(version), "plakat")


@public
@version_required
def blank_pdf(request, version):
    return _pdf(request, version, "reflection/print/blank.typ", round_on_paper(version), "blanket")


@public
@version_required
def guide_pdf(request, version):
    template = "reflection/print/facilitators_guide.typ"
    return _pdf(request, version, template, facilitators_guide(version), "vejledning")


@public
@version_required
def guide(request, version):
    context = {"version": version, "guide": facilitators_guide(version)}
    return render(request, "reflection/facilitators_guide.html", context)


def _pdf(request, version, template: str, content: dict, name: str):
    filename = f"{version.guide.slug}-{name}.pdf"
    return pdf_response(request, template, content, filename)
