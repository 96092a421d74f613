"""Addresses where readers found nothing, and that we ourselves had led them to.

What a visitor types is kept nowhere: an address is counted only where it stands in our own tables – as one
that led on, as a page that is not public now, or as a link in the text of the page that the reader came from.
"""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.db.models import F, Q
from django.urls import Resolver404
from django.utils import timezone

from compass.models.redirects import Redirect
from privacy.marks import NOT_PERSONAL
from publishing.public_pages import content_at, danish_path

AT_MOST = 1_000
NOT_OFTENER_THAN = timedelta(seconds=10)
FORGOTTEN_AFTER = timedelta(days=90)


class MissedQuerySet(models.QuerySet):
    def note(self, request):
        """Count that somebody found nothing there, if it is an address of ours."""
        page = _page_before(request)
        if request.method != "GET" or not (page or request.resolver_match):
            return
        address = danish_path(request.path)
        with suppress(DatabaseError), transaction.atomic():
            if is_on_the_page := bool(page) and _leads_from(page, address):
                self._count(address, page)
            led_on = Redirect.objects.filter(Q(old=address, new="") | Q(new=address))
            if not is_on_the_page and (_row_at(address) or led_on.exists()):
                self._count(address, "")

    def _count(self, address: str, page: str):
        """So seldom that nobody can keep the table busy, and of so many that nobody can fill it."""
        now, row = timezone.now(), self.filter(address=address, page=page)
        if row.filter(last_at__lt=now - NOT_OFTENER_THAN).update(times=F("times") + 1, last_at=now):
            return
        self.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
        if self.count() < AT_MOST:
            self.bulk_create([self.model(address=address, page=page, last_at=now)], ignore_conflicts=True)


class Missed(models.Model):
    """`page` is the one whose link led there, or empty; both in Danish and without the host."""

    address = models.CharField("adresse", max_length=200)
    page = models.CharField("side med linket", max_length=200, blank=True)
    times = models.PositiveIntegerField("antal", default=1)
    last_at = models.DateTimeField("senest")

    objects = MissedQuerySet.as_manager()

    personal_data = NOT_PERSONAL

    class Meta:
        ordering = ["-times", "-last_at"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["address", "page"], name="an_address_is_missed_once")]

    def __str__(self):
        return self.address


def _page_before(request) -> str:
    """The page of ours that the reader came from, as the browser says."""
    came_from, home = request.headers.get("Referer", ""), request.build_absolute_uri("/")
    if not came_from.startswith(home):
        return ""
    return danish_path("/" + came_from.removeprefix(home).partition("?")[0])


def _leads_from(page: str, address: str) -> bool:
    row = _row_at(page)
    texts = (
        [getattr(row, field.name) for field in row._meta.fields if isinstance(field, models.TextField)]
        if row
        else []
    )
    return any(f"]({prefix}{address})" in text for text in texts for prefix in ["", "/en", settings.SITE_URL])


def _row_at(address: str) -> models.Model | None:
    """The content whose page it is, public or not."""
    try:
        rows = content_at(address)
    except Resolver404:
        return None
    return None if rows is None else rows.first()
