"""Personal invitations: slips to print and hand out, one a person, and a new one for whoever lost theirs."""

import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from publishing.shortcuts import form_methods
from reflection.forms.autosave import post_data, status_of
from reflection.forms.facilitator import MoreSlipsForm
from reflection.minutes.pdf import pdf_response
from reflection.participation import facilitator_required, shows_others
from reflection.templatetags.rooms import invitation_address, qr, short_address


def slips_required(view):
    """As `facilitator_required`, in a room that one comes into by slip and that has not ended."""

    @facilitator_required
    @functools.wraps(view)
    def guarded(request, participant, *args, **kwargs):
        if not participant.reflection.is_by_invitation or participant.reflection.is_concluded:
            raise Http404
        return view(request, participant, *args, **kwargs)

    return guarded


@form_methods
@slips_required
def slips(request, participant):
    """Every slip with its code, to print or to show; which are used; and more of them."""
    room = participant.reflection
    form = MoreSlipsForm(post_data(request), room=room)
    if form.is_valid():
        form.save()
        messages.success(request, _("Der er lavet flere sedler."))
        return redirect("reflection:slips", key=room.key)
    context = {
        "participant": participant,
        "room": room,
        "form": form,
        "slips": room.personal_invitations.select_related("party"),
    }
    return render(request, "reflection/slips.html", context, status=status_of(form))


@form_methods
@slips_required
@shows_others
def new_slip(request, participant, number):
    """For whoever lost theirs: the old one opens nothing. Who has used it is taken out first."""
    room = participant.reflection
    slip = get_object_or_404(room.personal_invitations.select_related("participant", "party"), number=number)
    slip.reflection = room
    if request.method == "POST" and slip.replace():
        messages.success(request, _("Der er en ny seddel %s. Den gamle virker ikke mere.") % slip.number)
        return redirect(reverse("reflection:slips", args=[room.key]) + f"#seddel-{slip.number}")
    context = {"participant": participant, "room": room, "slip": slip}
    status = 409 if request.method == "POST" else 200
    return render(request, "reflection/new_slip.html", context, status=status)


@require_safe
@slips_required
def slips_pdf(request, participant):
    """Those that nobody has used yet, eight to a sheet."""
    room = participant.reflection
    unused = room.personal_invitations.unused().select_related("party")
    if not unused:
        messages.info(request, _("Alle sedler er brugt. Lav flere, hvis der kommer nogen til."))
        return redirect("reflection:slips", key=room.key)
    content = {
        "title": _("Sedler til %(compass)s") % {"compass": room.version.guide.local.title},
        "about": room.title,
        "lang": get_language(),
        "source": "",
        "slips": [_on_paper(slip) for slip in unused],
        "words": {
            "address": _("Scan, eller skriv koden på"),
            "once": _("Kun til dig. Koden kan bruges én gang."),
        },
    }
    return pdf_response(request, "reflection/print/slips.typ", content, _("sedler.pdf"))


def _on_paper(slip) -> dict:
    address = invitation_address(slip)
    return {
        "label": slip.label,
        "code": slip.code,
        "address": short_address(),
        "qr": qr(address),
        "alt": _("QR-kode, der fører til %(address)s") % {"address": address},
    }
