"""Mails that go out once: to answer while a room collects, and to look again when a date has come.

Each is sent inside the transaction that notes it. So two processes send one mail, and what could not
be sent – no server, a refused address, a fault of ours – is not noted and goes out the next time.

A compass adds its own: `Compass.reminders`.
"""

import logging
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from privacy.restrictions import restricted, unrestricted
from reflection.compasses import Due, registered
from reflection.forms.follow_up import address_token, promise_token, token
from reflection.models import Agreement, Participant, Promise, Reflection, Reminder

logger = logging.getLogger(__name__)
NOT_DONE = ("reflection/mail/not_done.txt", "reflection/mail/not_done.html")
AGREEMENT = ("reflection/mail/agreement.txt", "reflection/mail/agreement.html")
PROMISE = ("reflection/mail/promise.txt", "reflection/mail/promise.html")
TIMEOUT = 20  # seconds: a server that says nothing must not hold up the others


def send_all() -> tuple[int, int]:
    """Send everything that is due; returns how many went, and how many could not and stay due."""
    outcomes = [remind(person) for person in to_remind()]
    for all_due in [agreements_due, *(compass.reminders for compass in registered())]:
        outcomes += [send(due) for due in _to_send(list(all_due()))]
    outcomes += [send_address_notice(promise) for promise in _with_room(Promise.objects.to_tell())]
    outcomes += [remind_of_promise(promise) for promise in _with_room(Promise.objects.due())]
    return outcomes.count(True), outcomes.count(None)


def _to_send(found: list[Due]) -> list[Due]:
    """What has not gone out, to nobody whose processing is restricted: then it waits."""
    resting = set(User.objects.filter(restricted(User)).values_list("pk", flat=True))
    sent = Reminder.objects.filter(about__in={due.about for due in found})
    rows = set(sent.values_list("user_id", "about", "on"))
    return [due for due in found if due.row not in rows and due.user.pk not in resting]


def send(due: Due) -> bool | None:
    """Whether the mail went; False when another process was quicker, None when it stays due."""
    user, about, on = due.row

    def note() -> bool:
        return Reminder.objects.get_or_create(user_id=user, about=about, on=on)[1]

    def write() -> EmailMultiAlternatives:
        context = due.context()
        return _mail(due.user.email, due.subject, due.templates, context)

    return _send_once(note, write, due.language)


def _send_once(note: Callable[[], bool], write: Callable, language: str) -> bool | None:
    try:
        with transaction.atomic(), override(language):
            is_first = note()
            if is_first:
                write().send()
    except Exception:  # whatever is wrong with one must not keep the others from theirs
        logger.exception("a reminder was not sent and stays due")
        return None
    return is_first


def subject(question, about: str):
    """«Hvad blev der af aftalen? Vi ringer om fredagen»: told from the others, and on one line."""
    return format_lazy("{} {}", question, Truncator(" ".join(about.split())).chars(60))


def _mail(address: str, subject, templates: tuple[str, str], context: dict) -> EmailMultiAlternatives:
    plain, html = (render_to_string(template, context) for template in templates)
    mail = EmailMultiAlternatives(
        str(subject),
        plain,
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},  # so that no absence message answers it
        connection=get_connection(timeout=TIMEOUT),
    )
    mail.attach_alternative(html, "text/html")
    return mail


# --- Rooms that collect answers over days ----------------------------------------------------------


def to_remind():
    """Who has an account, is to answer and is not done, in rooms that will be revealed at a set time."""
    return (
        unrestricted(Participant.objects.counted())
        .exclude(reminded_on__gte=timezone.localdate())
        .filter(is_done=False, user__is_active=True)
        .filter(reflection__phase=Reflection.Phase.COLLECTING, reflection__reveal_at__gt=timezone.now())
        .exclude(user__email="")
        .exclude(reflection__owner=None)
        .select_related("user", "reflection")
    )


def remind(person: Participant) -> bool | None:
    """At most one mail a day; as `send`."""

    def note() -> bool:
        return bool(to_remind().filter(pk=person.pk).update(reminded_on=timezone.localdate()))

    def write() -> EmailMultiAlternatives:
        room = person.reflection
        address = settings.SITE_URL + reverse("reflection:room", args=[room.key])
        context = {"room": room, "address": address}
        return _mail(person.user.email, _("Du mangler at svare"), NOT_DONE, context)

    return _send_once(note, write, person.language)


# --- Agreements ------------------------------------------------------------------------------------


def agreements_due() -> Iterable[Due]:
    """Open agreements whose date has come, to who opened the room and who leads it."""
    found = Agreement.objects.due().select_related("reflection__owner", "reflection__version__guide")
    for agreement in found.prefetch_related(leading("reflection__participants")):
        for user, language in receivers(agreement.reflection):
            yield Due(
                user,
                language,
                f"agreement {agreement.pk}",
                agreement.due,
                subject(_("Hvad blev der af aftalen?"), agreement.what),
                AGREEMENT,
                lambda agreement=agreement, user=user: _agreement_context(agreement, user),
            )


def leading(lookup: str) -> Prefetch:
    """The prefetch that `receivers` asks for: those with an account who lead or opened the room."""
    people = Participant.objects.exclude(user=None).select_related("user")
    return Prefetch(lookup, people, to_attr="with_account")


def receivers(room: Reflection) -> list[tuple]:
    """Who is told what comes of a room, each once: user and language."""
    languages = {person.user_id: person.language for person in room.with_account}
    leaders = [person.user for person in room.with_account if person.is_facilitator]
    people = {user.pk: user for user in [room.owner, *leaders] if user}
    reachable = [user for user in people.values() if user.is_active and user.email]
    return [(user, languages.get(user.pk, settings.LANGUAGE_CODE)) for user in reachable]


def _agreement_context(agreement: Agreement, user) -> dict:
    mine = settings.SITE_URL + reverse("reflection:agreements")
    return _follow_up_context(agreement, token(agreement, user)) | {"mine": mine}


def _follow_up_context(agreement: Agreement, sent: str) -> dict:
    address = reverse("reflection:follow_up_by_link", args=[sent])
    answers = [Agreement.Status.DONE, Agreement.Status.POSTPONED, Agreement.Status.GOODBYE]
    return {
        "agreement": agreement,
        "compass": agreement.reflection.version.guide.local.title,
        "links": [(state.label, f"{settings.SITE_URL}{address}?svar={state}") for state in answers],
    }


# --- Whoever promised, and has no account -----------------------------------------------------------


def _with_room(promises):
    return promises.select_related("agreement__reflection__version__guide")


def send_address_notice(promise: Promise) -> bool | None:
    """That somebody gave us the address, and how to be left out: before anything else."""

    def write() -> EmailMultiAlternatives:
        words = subject(_("Du har lovet:"), promise.agreement.what)
        return _mail(promise.email, words, PROMISE, _promise_context(promise))

    return _send_once(promise.note_told, write, promise.language)


def remind_of_promise(promise: Promise) -> bool | None:
    def write() -> EmailMultiAlternatives:
        context = _follow_up_context(promise.agreement, promise_token(promise)) | _promise_context(promise)
        words = subject(_("Hvad blev der af aftalen?"), promise.agreement.what)
        return _mail(promise.email, words, AGREEMENT, context)

    return _send_once(promise.note_reminded, write, promise.language)


def _promise_context(promise: Promise) -> dict:
    """Who gave it, and how it goes."""
    path = reverse("reflection:forget_address", args=[address_token(promise)])
    return {
        "agreement": promise.agreement,
        "compass": promise.agreement.reflection.version.guide.local.title,
        "given_by": promise.given_by or _("Den, der ledte samtalen,"),
        "forget": settings.SITE_URL + path,
    }
