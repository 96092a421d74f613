"""Agreements as calendar files: whole days, nothing of what anybody has answered."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from publishing.portal import current_portal
from reflection.models import Agreement

if TYPE_CHECKING:
    from icalendar import Calendar, Event


def calendar_response(agreements, filename: str, address: str = "") -> HttpResponse:
    """`address` is where the reader finds the agreements; staff find theirs under «Mine aftaler»."""
    body = calendar_of(agreements, address or reverse("reflection:agreements")).to_ical()
    headers = {"Content-Disposition": content_disposition_header(True, filename)}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


def calendar_of(agreements, address: str) -> "Calendar":
    """A day for each agreement that has a date."""
    from icalendar import Calendar  # five megabytes, which few requests need

    calendar, portal = Calendar(), current_portal()
    calendar.add("prodid", f"-//{portal.municipality}//{portal.name}//DA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Aftaler fra %(name)s") % {"name": portal.local.name})
    for agreement in agreements:
        if agreement.due:
            calendar.add_component(_event(agreement, address))
    return calendar


def _event(agreement: Agreement, address: str) -> "Event":
    """The name of the event never changes, so a second file moves the day and makes no twin."""
    from icalendar import Event

    event = Event()
    event.add("uid", f"{agreement.key}@{settings.SITE_URL.partition('://')[2]}")
    event.add("dtstamp", timezone.now())
    event.add("sequence", agreement.revision)
    event.add("dtstart", agreement.due)
    event.add("dtend", agreement.due + timedelta(days=1))
    event.add("summary", _("Aftale: %(what)s") % {"what": agreement.what})
    event.add("description", _("Hvem: %(who)s") % {"who": agreement.who})
    event.add("url", settings.SITE_URL + address)
    event.add("transp", "TRANSPARENT")  # nobody is busy all that day
    return event
