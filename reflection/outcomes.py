"""The last screen: what came of a reflection, and what whoever was in it can do now.

The wall, the phones and who looked alone are told the same (`Compass.outcome`); nothing of it says what
anybody answered.
"""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reflection.compasses import NextStep, Outcome
from reflection.models import Agreement, AgreementDraft, Participant, Reflection


def outcome_of(room: Reflection) -> Outcome:
    """What came of it; before the end, what whoever leads has written so far."""
    return (room.compass.outcome or what_was_agreed)(room)


def heading_of(room: Reflection) -> str:
    return str(room.compass.alone_ended) if room.is_solo else _("Det blev I enige om")


def what_was_agreed(room: Reflection) -> Outcome:
    """One agreement, whose date is the day one looks again, with what was decided; or a plan of several."""
    agreements = list(room.agreements.select_related("party").order_by("pk"))
    draft = None if room.is_concluded else AgreementDraft.objects.filter(reflection=room).first()
    if draft:
        draft.reflection = room
        agreements = [agreement for agreement, _address in draft.agreements()]
    if not agreements:
        return Outcome("", [])
    first, *others = agreements
    if others:
        return Outcome(_("Planen"), [(agreement.what, _who_and_when(agreement)) for agreement in agreements])
    decided = [(label, text) for label, text in (draft.outcome() if draft else room.outcome)]
    return Outcome(first.what, [*decided, *who_of(first), look_back_of(room, first)])


def _who_and_when(agreement: Agreement) -> str:
    when = day_or_reason(agreement.due, agreement.no_date_reason)
    if agreement.who and when:
        return f"{agreement.who}, {when[0].lower()}{when[1:]}"
    return agreement.who or when or "…"  # while it is written


def first_agreement(room: Reflection) -> Agreement | None:
    return room.agreements.select_related("party").order_by("pk").first()


def who_of(agreement: Agreement) -> list[tuple[str, str]]:
    party = f" ({agreement.party.title})" if agreement.party else ""
    return [(_("Hvem"), f"{agreement.who}{party}" if agreement.who else "")]


def look_back_of(room: Reflection, agreement: Agreement) -> tuple[str, str]:
    label = _("Du kigger igen") if room.is_solo else _("I kigger igen")
    return label, day_or_reason(agreement.due, agreement.no_date_reason)


def day_or_reason(day, reason: str) -> str:
    return date_format(day, "DATE_FORMAT") if day else _("Ingen dato, fordi: %s") % reason if reason else ""


def next_steps(participant: Participant) -> list[NextStep]:
    """Those of the compass first, then what every ending has."""
    room = participant.reflection
    minutes = reverse("reflection:minutes", args=[room.key])
    return [
        *room.compass.next_steps(participant),
        *_development(participant),
        *_calendar(room),
        NextStep(_("Læs referatet"), minutes, _("Hele refleksionen, også som PDF og Word.")),
    ]


def _development(participant: Participant) -> list[NextStep]:
    """Where the room went on from another; whoever only looked on was not there."""
    room = participant.reflection
    earlier = Reflection.objects.rounds_of(room).filter(pk__lt=room.pk)
    if not ((participant.is_respondent or participant.is_facilitator) and earlier.exists()):
        return []
    address = reverse("reflection:development", args=[room.key])
    return [NextStep(_("Udvikling over runderne"), address, _("Det, du så i hver runde, du var med i."))]


def _calendar(room: Reflection) -> list[NextStep]:
    if not room.has_open_dates:
        return []
    address = reverse("reflection:room_in_calendar", args=[room.key])
    return [NextStep(_("Læg datoen i din kalender"), address, _("En fil, som din kalender kan åbne."))]


def mail_to(participant: Participant) -> str:
    """Where the mail goes on the day; empty where this one gets none."""
    room = participant.reflection
    is_sent = room.has_open_dates and not room.is_rehearsal and participant.gets_mails
    return participant.user.email if is_sent else ""
