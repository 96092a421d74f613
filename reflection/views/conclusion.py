"""The last screen of every reflection; and the form that leads to it where a compass has none of its own."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from publishing.shortcuts import form_methods
from reflection.compasses import AGREEMENT
from reflection.development import development_of_series
from reflection.forms.autosave import post_data, save_form, status_of
from reflection.forms.conclusion import FORMS
from reflection.models import AgreementDraft, GuideVersion
from reflection.outcomes import heading_of, mail_to, next_steps, outcome_of
from reflection.participation import (
    over_response,
    own_participants,
    participant_required,
    room_participant_required,
    shows_others,
)
from reflection.slides import end_of


@require_safe
@participant_required
@shows_others
def outcome(request, participant):
    """What came of it, for everybody who was in it, at once and later."""
    room = participant.reflection
    if not room.is_concluded:
        return redirect("reflection:room", key=room.key)
    context = {
        "participant": participant,
        "room": room,
        "heading": heading_of(room),
        "outcome": outcome_of(room),
        "next_steps": next_steps(participant),
        "mail_to": mail_to(participant),
    }
    return render(request, "reflection/outcome.html", context)


@require_safe
@room_participant_required
@shows_others
def development(request, participant):
    """What one saw in each round, for whoever has a place in this one, with or without an account."""
    room = participant.reflection
    over_rounds = room.compass.over_rounds or development_of_series
    context = {"room": room, "parties": over_rounds(room, own_participants(request))}
    return render(request, room.compass.over_rounds_page, context)


HEADINGS = {
    GuideVersion.Ending.AGREEMENT: gettext_lazy("Én aftale"),
    GuideVersion.Ending.DECISION: gettext_lazy("Beslutningen"),
    GuideVersion.Ending.PLAN: gettext_lazy("Planen"),
}


@form_methods
@participant_required
def agree(request, participant):
    """Whoever looks alone, or leads a room that has seen its answers, ends it here."""
    room = participant.reflection
    if not (room.is_solo or participant.is_facilitator) or room.compass.conclude.route != AGREEMENT.route:
        raise Http404
    if not (room.is_solo or room.is_revealed):
        return redirect("reflection:room", key=room.key)
    if room.is_concluded:
        return over_response(request, room) or redirect(room.outcome_address)
    draft = _draft_of(room, is_kept=request.method == "POST")
    form = FORMS[room.version.ending](post_data(request), instance=draft, participant=participant)
    response = save_form(request, form, lambda go: _after_agreeing(request, participant, draft, go))
    context = {
        "participant": participant,
        "room": room,
        "form": form,
        "heading": HEADINGS[GuideVersion.Ending(room.version.ending)],
        "votes": [] if room.is_solo else room.compass.choices(room),
        "end": end_of(room),
    }
    return response or render(request, "reflection/agree.html", context, status=status_of(form))


def _draft_of(room, *, is_kept: bool) -> AgreementDraft:
    if is_kept:
        draft, _made = AgreementDraft.objects.get_or_create(reflection=room)
    else:
        draft = AgreementDraft.objects.filter(reflection=room).first() or AgreementDraft()
    draft.reflection = room
    return draft


def _after_agreeing(request, participant, draft, go: str):
    room = participant.reflection
    if go == "back":
        return redirect(room.answers_address if room.is_solo else room.result_address)
    if not draft.is_whole:  # another window has just emptied a field that this one left alone
        messages.warning(request, _("Et felt er tømt i et andet vindue. Se aftalen igennem."))
        return redirect("reflection:agree", key=room.key)
    if room.end_with(draft.agreements(), draft.outcome(), participant.label):
        return redirect(room.outcome_address)
    messages.warning(request, _("Der svares igen. Vis svarene samlet, før I afslutter."))
    return redirect("reflection:room", key=room.key)
