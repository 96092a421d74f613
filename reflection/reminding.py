"""Reminders by mail while a room collects answers over days."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reflection.models import Participant, Reflection

logger = logging.getLogger(__name__)


def to_remind():
    """Who has an account, is to answer and is not done, in rooms that will be revealed at a set time."""
    not_today = Q(reminded_on=None) | Q(reminded_on__lt=timezone.localdate())
    return (
        Participant.objects.counted()
        .filter(not_today, is_done=False, user__is_active=True)
        .filter(reflection__phase=Reflection.Phase.COLLECTING, reflection__reveal_at__gt=timezone.now())
        .exclude(user__email="")
        .select_related("user", "reflection")
    )


def remind(person: Participant) -> bool:
    """Send one mail, at most one a day, also when two processes try at once."""
    first = to_remind().filter(pk=person.pk).update(reminded_on=timezone.localdate())
    return bool(first) and _send(person)


def _send(person: Participant) -> bool:
    room = person.reflection
    address = settings.SITE_URL + reverse("reflection:room", args=[room.key])
    text = render_to_string("reflection/reminder.txt", {"room": room, "address": address})
    try:
        send_mail(str(_("Du mangler at svare")), text, None, [person.user.email])
    except (SMTPException, OSError):
        logger.exception("a reminder was not sent; the next is sent tomorrow")
        return False
    return True
