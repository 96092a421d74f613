"""A round, for everybody who has a place in its room: see, ask, agree, and say who else may know."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.submitted_forms import repeatable
from collaboration.cases import CaseForm
from collaboration.forms import (
    AgreementForm,
    ConsentForm,
    PaperConsentForm,
    QuestionsForm,
)
from collaboration.guards import round_facilitator_required, round_required
from collaboration.models import Consent, PaperConsent, Round
from collaboration.slides import talked_about
from privacy.events import record_looks
from privacy.models import Why
from publishing.shortcuts import form_methods
from reflection import blindspots
from reflection.forms.autosave import post_data, save_form, status_of
from reflection.minutes.pdf import pdf_response
from reflection.models import Reflection
from reflection.participation import over_response, redirects_to_outcome, shows_others
from reflection.templatetags.rooms import invitation_address, qr
from reflection.views.compared import compared_page

# --- See -----------------------------------------------------------------------------------------


@require_safe
@round_required
@redirects_to_outcome
@shows_others
def result(request, participant, round):
    """Own answers, guesses and answers of the first two parties."""
    return _result(request, participant, round, 0)


@require_safe
@round_required
@redirects_to_outcome
@shows_others
def pair(request, participant, round, number):
    """The same for each further pair of parties, where there are more than two."""
    return _result(request, participant, round, number - 1)


def _result(request, participant, round, index: int):
    names = {"template": "collaboration/result.html", "route": "collaboration:pair"}
    return compared_page(request, participant, index, **names, round=round)


# --- Agree ---------------------------------------------------------------------------------------


@form_methods
@round_facilitator_required
def agree(request, participant, round):
    """One agreement, not ten. It ends the round."""
    if not participant.reflection.is_revealed:
        return redirect("reflection:lead", key=participant.reflection.key)
    if round.is_concluded:
        return _closed(request, round)
    if round.is_one_sided:
        form = QuestionsForm(post_data(request), instance=round, participant=participant)
    else:
        known = {"participant": participant, "talked_about": talked_about(round)}
        form = AgreementForm(post_data(request), instance=round, **known)
    response = save_form(request, form, lambda go: _after_agreeing(participant, round, go))
    context = {
        "participant": participant,
        "room": participant.reflection,
        "round": round,
        "form": form,
        "one_sided": participant.reflection.version.text("one-sided"),
    }
    return response or render(request, "collaboration/agree.html", context, status=status_of(form))


def _after_agreeing(participant, round, go: str):
    if go == "back":
        return redirect(round)
    round.conclude(participant.name)
    return redirect(round.reflection.outcome_address)


def _closed(request, round):
    """The round has ended, perhaps in another window: say so, and give back what was typed."""
    if response := over_response(request, round.reflection):
        return response
    messages.info(request, _("Runden er afsluttet og kan ikke ændres."))
    return redirect("reflection:minutes", key=round.reflection.key)


# --- Who else may know ---------------------------------------------------------------------------


@form_methods
@round_required
@transaction.atomic
@shows_others
def consent(request, participant, round):
    """One's own yes, or taking it back; who else has said what is not shown. Who only leads has none."""
    if not participant.reflection.is_revealed or not (
        participant.is_respondent or participant.is_facilitator
    ):
        return redirect("reflection:room", key=participant.reflection.key)
    if request.method == "POST":
        round.hold()
    given = Consent.objects.filter(participant=participant).first() or Consent(participant=participant)
    form = ConsentForm(post_data(request), instance=given) if participant.is_respondent else None
    if form and form.is_valid():
        form.save()
        round.enforce_consents()
        messages.success(request, _("Det er gemt. Du kan ændre det her når som helst."))
        return redirect("collaboration:consent", key=participant.reflection.key)
    context = {
        "participant": participant,
        "room": participant.reflection,
        "round": round,
        "form": form,
        "sharing": round.told("may_share"),
        "telling": round.told("may_tell"),
        "papers": round.papers(),
        "paper_consents": round.paper_consents.select_related("party"),
    }
    return render(request, "collaboration/consent.html", context)


@form_methods
@round_facilitator_required
@transaction.atomic
@shows_others
def paper_consent(request, participant, round, position):
    """What those who answered on paper for one party have said to the one who asked them."""
    if request.method == "POST":
        round.hold()
    papers = {party.position: (party, people) for party, people in round.papers()}
    if not participant.reflection.is_revealed or position not in papers:
        raise Http404
    party, people = papers[position]
    known = round.paper_consents.filter(party=party).first()
    consent = known or PaperConsent(round=round, party=party, asked_by=participant.name)
    form = PaperConsentForm(post_data(request), instance=consent)
    if form.is_valid():
        form.instance.people = people
        form.save()
        round.enforce_consents()
        messages.success(request, _("Det er gemt. Du kan ændre det her når som helst."))
        return redirect("collaboration:consent", key=participant.reflection.key)
    context = {
        "participant": participant,
        "room": participant.reflection,
        "party": party,
        "people": people,
        "form": form,
    }
    return render(request, "collaboration/paper_consent.html", context, status=status_of(form))


@require_POST
@round_facilitator_required
def share(request, participant, round):
    """Make the address for somebody who was not there; it needs everybody's yes, and goes on needing it."""
    if not round.is_concluded:
        messages.warning(request, _("Afslut runden først. Andre kan kun se det, der er afsluttet."))
    elif round.has_yes("may_share"):
        round.share()
    else:
        messages.warning(request, _("Der mangler et ja. Resultatet kan ikke vises til andre endnu."))
    return redirect("collaboration:consent", key=participant.reflection.key)


@repeatable
@require_POST
@round_facilitator_required
@transaction.atomic
def tell(request, participant, round):
    """Name the page for others in the overview for leaders, or no longer; it needs everybody's yes too."""
    round.hold()
    if request.POST.get("go") == "take_back":
        round.tell_everybody(is_told=False)
        messages.success(request, _("Runden står ikke længere i overblikket."))
    elif round.shared_key and round.is_followed and round.is_concluded and round.has_yes("may_share"):
        round.tell_everybody()
        messages.success(request, _("Runden står nu i overblikket for hele kommunen."))
    else:
        messages.warning(request, _("Der mangler et ja. Resultatet kan ikke vises til andre endnu."))
    return redirect("collaboration:consent", key=participant.reflection.key)


@require_safe
def shared(request, key):
    """For a third person: what groups of at least five said, once it is over and while all sides say yes."""
    rounds = Round.objects.select_related("reflection__version__guide", "collaboration")
    round = get_object_or_404(rounds, shared_key=key, reflection__phase=Reflection.Phase.CONCLUDED)
    if not round.has_yes("may_share"):
        raise Http404
    found = blindspots.spots(round.reflection, is_outside=True)
    pairs = [(sides, blindspots.pairs(found, *sides)) for sides in blindspots.party_pairs(round.reflection)]
    record_looks(request.user, [round.reflection], why=Why.LINK)
    context = {"round": round, "room": round.reflection, "pairs": pairs}
    return render(request, "collaboration/shared.html", context)


@form_methods
@round_facilitator_required
@transaction.atomic
@shows_others
def case(request, participant, round):
    """«Fra samtale til historie»: the draft of a story, when everybody has said yes."""
    if request.method == "POST":
        round.hold()
    if round.story or not round.is_concluded or not round.has_yes("may_tell"):
        return redirect("collaboration:consent", key=participant.reflection.key)
    form = CaseForm(post_data(request), round=round)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kladden ligger hos redaktionen. Den er ikke offentlig endnu."))
        return redirect("collaboration:consent", key=participant.reflection.key)
    context = {"participant": participant, "room": participant.reflection, "round": round, "form": form}
    return render(request, "collaboration/case.html", context, status=status_of(form))


@require_safe
@round_facilitator_required
def invitation_pdf(request, participant, round):
    """Code and QR for the wall, as a sheet."""
    room = participant.reflection
    if room.is_concluded or room.is_by_invitation:
        raise Http404
    address = invitation_address(room)
    content = {
        "title": room.version.guide.local.title,
        "about": room.title,
        "lang": get_language(),
        "source": "",
        "qr": qr(address),
        "alt": _("QR-kode, der fører til %(address)s") % {"address": address},
        "address": address.rpartition("/deltag/")[0].partition("://")[2] + "/deltag/",
        "code": room.code,
        "words": {
            "address": _("Scan, eller skriv koden på"),
            "code": _("Kode"),
            "mode": str(room.get_mode_display()),
        },
    }
    return pdf_response(request, "collaboration/print/invitation.typ", content, "plakat.pdf")
