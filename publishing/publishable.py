"""Visibility: one nullable date, one rule, used by pages, search, feeds and sitemap.

What is archived has no `published_at` either, so whatever asks that rule leaves it out. A date always
wins over the marks beside it: something cannot be public and archived at once.
"""

from datetime import datetime, time, timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import override

from publishing.signals import put_away


def next_appearance() -> datetime:
    """When something dated ahead appears or ends, or the day does: what is public changes then by itself."""
    now = timezone.now()
    columns = [
        (column, model._meta.db_table)
        for model in apps.get_models()
        for column in getattr(model, "appears_at", ())
    ]
    dated = [f"(SELECT min({column}) FROM {table} WHERE {column} > %s)" for column, table in columns]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT least({', '.join(['%s::timestamptz', *dated])})", [_midnight(), *[now] * len(dated)]
        )
        return cursor.fetchone()[0]


def _midnight() -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time()))


class State(models.TextChoices):
    DRAFT = "kladde", "Kladde"
    REVIEW = "gennemsyn", "Til gennemsyn"
    SCHEDULED = "planlagt", "Planlagt"
    PUBLISHED = "offentlig", "Offentlig"
    ARCHIVED = "arkiveret", "Arkiveret"


class PublishedQuerySet(models.QuerySet):
    def published(self):
        return self.filter(in_state(State.PUBLISHED))

    def visible_to(self, user):
        """Editors preview drafts; everyone else sees what is published."""
        return self.all() if user.is_staff else self.published()

    def in_state(self, state: str):
        return self.filter(in_state(state))


def in_state(state: str) -> models.Q:
    """The condition for a state; `Publishable.state` says the same of one item."""
    now = timezone.now()
    hidden = models.Q(published_at__isnull=True)
    ended = models.Q(published_at__lte=now, published_until__lte=now)
    return {
        State.DRAFT: hidden & models.Q(submitted_at__isnull=True, archived_at__isnull=True),
        State.REVIEW: hidden & models.Q(submitted_at__isnull=False, archived_at__isnull=True),
        State.SCHEDULED: models.Q(published_at__gt=now),
        State.PUBLISHED: models.Q(published_at__lte=now) & ~models.Q(published_until__lte=now),
        State.ARCHIVED: (hidden & models.Q(archived_at__isnull=False)) | ended,
    }[State(state)]


class Publishable(models.Model):
    published_at = models.DateTimeField(
        "offentlig fra",
        null=True,
        blank=True,
        db_index=True,
        help_text="Tom dato = kladde. En dato i fremtiden = siden kommer frem af sig selv den dag.",
    )
    published_until = models.DateTimeField(
        "offentlig til",
        null=True,
        blank=True,
        db_index=True,
        help_text="Tom = den bliver stående. Ellers går siden af sig selv i arkivet på det tidspunkt.",
    )
    submitted_at = models.DateTimeField("sendt til gennemsyn", null=True, blank=True, editable=False)
    archived_at = models.DateTimeField("arkiveret", null=True, blank=True, editable=False)
    updated_at = models.DateTimeField("sidst opdateret", auto_now=True)
    # Texts that were changed in Danish and not in English since; the database writes it (english_behind.sql).
    english_behind = ArrayField(
        models.TextField(),
        verbose_name="engelsk, der er ældre end det danske",
        default=list,
        null=True,
        editable=False,
    )

    # Moments at which what is public changes by itself.
    appears_at: tuple[str, ...] = ("published_at", "published_until")

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.has_begun and not self.has_ended

    @property
    def has_begun(self) -> bool:
        return self.published_at is not None and self.published_at <= timezone.now()

    @property
    def has_ended(self) -> bool:
        return self.published_until is not None and self.published_until <= timezone.now()

    def is_visible_to(self, user) -> bool:
        """The rule of PublishedQuerySet.visible_to, for one that has been fetched."""
        return user.is_staff or self.is_published

    @property
    def state(self) -> State:
        if self.has_begun:
            return State.ARCHIVED if self.has_ended else State.PUBLISHED
        if self.published_at is not None:
            return State.SCHEDULED
        if self.archived_at is not None:
            return State.ARCHIVED
        return State.REVIEW if self.submitted_at is not None else State.DRAFT

    def clean(self):
        super().clean()
        if self.published_at and self.published_until and self.published_until <= self.published_at:
            raise ValidationError({"published_until": "Siden skal være offentlig, før den ikke er det mere."})

    def say_that_english_is_right(self):
        type(self)._base_manager.filter(pk=self.pk).update(english_behind=None)

    def submit(self):
        """Somebody else is asked to look at the draft."""
        self._move(submitted_at=timezone.now())

    def publish(self, at: datetime | None = None):
        """Show it to readers now, or from that moment on; raises ValidationError where it is not ready."""
        self.check_before_publishing()
        self._move(published_at=at or timezone.now())

    def withdraw(self):
        """A draft again, whatever it was."""
        self._move()

    def archive(self, successor: str = ""):
        """Put it away. Readers who had its address are led to the successor, or told that it has gone."""
        address = self._danish_address if self.has_begun else ""
        self._move(archived_at=timezone.now())
        if address:
            put_away.send(type(self), old=address, new=successor)

    def check_before_publishing(self):
        """Raise ValidationError for what must be there before readers may see it."""

    @property
    def verbose_kind(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def public_address(self) -> str:
        """Where readers find it, in Danish; empty while they do not, or when it has no page of its own."""
        return self._danish_address if self.is_published else ""

    @property
    def _danish_address(self) -> str:
        if not hasattr(self, "get_absolute_url"):
            return ""
        with override(settings.LANGUAGE_CODE):
            return self.get_absolute_url().partition("#")[0]

    def _move(self, published_at=None, submitted_at=None, archived_at=None):
        self.published_at, self.submitted_at, self.archived_at = published_at, submitted_at, archived_at
        if not published_at or self.has_ended:
            self.published_until = None
        self.save(
            update_fields=["published_at", "published_until", "submitted_at", "archived_at", "updated_at"]
        )
