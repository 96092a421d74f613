"""What everybody may read and print: the principles, and sheets of them."""

from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from collaboration.models import GUIDE
from publishing.public_pages import public
from reflection.minutes.pdf import pdf_response
from reflection.models import Answer, Prompt
from reflection.published import newest_version


@public
def about(request):
    return render(request, "collaboration/about.html", {"version": newest_version(GUIDE)})


@public
def blank(request):
    context = {"version": newest_version(GUIDE), "sureness": Answer.Sureness.labels}
    return render(request, "collaboration/blank.html", context)


@public
def cards_pdf(request):
    return _sheet(request, "collaboration/print/cards.typ", "samarbejdskompasset-kort.pdf")


@public
def poster_pdf(request):
    return _sheet(request, "collaboration/print/poster.typ", "samarbejdskompasset-plakat.pdf")


@public
def blank_pdf(request):
    return _sheet(request, "collaboration/print/blank.typ", "samarbejdskompasset-blanket.pdf")


def _sheet(request, template: str, filename: str):
    version = newest_version(GUIDE)
    content = {
        "title": version.guide.local.title,
        "standfirst": version.guide.local.standfirst,
        "lang": get_language(),
        "source": version.provenance_text,
        "exercise": version.text("exercise"),
        "cards": [card(step) for step in version.all_steps()],
        "sureness": [str(label) for label in Answer.Sureness.labels],
        "words": _words(),
    }
    return pdf_response(request, template, content, filename)


def card(step) -> dict:
    """A principle as the sheets show it."""
    statement = next(prompt for prompt in step.answered_prompts if prompt.kind == Prompt.Kind.SCALE)
    return {
        "number": step.position,
        "title": step.local.title,
        "purpose": step.local.purpose,
        "questions": [prompt.local.text for prompt in step.questions],
        "statement": statement.local.text,
        "low": statement.local.low,
        "high": statement.local.high,
    }


def _words() -> dict:
    return {
        "party": _("Jeg svarer for"),
        "other": _("Jeg gætter på"),
        "own": _("Mit svar"),
        "guess": _("Mit gæt"),
        "sure": _("Hvor sikker?"),
        "unknown": _("Ved ikke"),
        "example": _("Et eksempel med mine egne ord"),
        "together": _("Det skriver I sammen"),
        "order": _(
            "Vis alle tal på samme tid. Spørg om de to principper, hvor gæt og svar er længst fra hinanden."
        ),
        "thought": _("Vi troede …"),
        "known": _("Nu ved vi …"),
        "therefore": _("Derfor vil vi …"),
        "agreement": _("Én aftale, med navn og dato"),
        "who": _("Hvem?"),
        "due": _("Hvornår?"),
        "look_back": _("Vi kigger igen den"),
    }
