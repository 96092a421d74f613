"""Visibility: one nullable date, one rule, used by pages, search, feeds and sitemap."""

from django.db import models
from django.utils import timezone


class PublishedQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__lte=timezone.now())

    def visible_to(self, user):
        """Editors preview drafts; everyone else sees what is published."""
        return self.all() if user.is_staff else self.published()


class Publishable(models.Model):
    published_at = models.DateTimeField(
        "offentlig fra",
        null=True,
        blank=True,
        db_index=True,
        help_text="Tom dato = kladde. En dato i fremtiden = siden kommer frem af sig selv den dag.",
    )
    updated_at = models.DateTimeField("sidst opdateret", auto_now=True)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.published_at is not None and self.published_at <= timezone.now()
