"""Addresses stay good: when a slug changes, the old address leads to the new one."""

from django.conf import settings
from django.db import models
from django.db.models.signals import post_save, pre_save
from django.utils.translation import override

from privacy.marks import NOT_PERSONAL
from publishing.registry import content_type_of
from publishing.signals import leads_on, put_away


class RedirectQuerySet(models.QuerySet):
    def record(self, old: str, new: str):
        """The page at `old` now stands at `new`; whatever led to `old` leads there at once."""
        self.filter(old=new).delete()
        self.filter(new=old).update(new=new)
        self.update_or_create(old=old, defaults={"new": new})

    def leads_on(self, address: str) -> bool:
        return self.filter(old=address).exclude(new="").exists()


class Redirect(models.Model):
    """Where a page used to be, and where it is now; both in Danish and without the host.

    `new` is empty where nothing took the place of what was there.
    """

    old = models.CharField("gammel adresse", max_length=200, unique=True)
    new = models.CharField("ny adresse", max_length=200, db_index=True)
    moved_at = models.DateTimeField("flyttet", auto_now_add=True)

    objects = RedirectQuerySet.as_manager()

    personal_data = NOT_PERSONAL

    class Meta:
        verbose_name = "gammel adresse"
        verbose_name_plural = "gamle adresser"
        ordering = ["old"]

    def __str__(self):
        return f"{self.old} → {self.new or 'findes ikke mere'}"


def _address(item) -> str:
    with override(settings.LANGUAGE_CODE):
        moves_with = content_type_of(type(item)).moves_with
        return getattr(item, moves_with) if moves_with else item.get_absolute_url()


def _remember(sender, instance, raw=False, **kwargs):
    """Before saving: where readers find the page now. A draft has no readers yet."""
    content_type = content_type_of(sender)
    if content_type and (content_type.has_page or content_type.moves_with):
        seen = sender.objects.published() if content_type.has_page else sender.objects.all()
        before = seen.filter(pk=instance.pk).first() if instance.pk and not raw else None
        instance._public_address = _address(before) if before else ""


def _record(sender, instance, **kwargs):
    old = getattr(instance, "_public_address", "")
    if old and old != (new := _address(instance)):
        Redirect.objects.record(old, new)


def _leads_on(sender, path, **kwargs) -> bool:
    return Redirect.objects.leads_on(path)


def _put_away(sender, old, new, **kwargs):
    content_type = content_type_of(sender)
    if content_type and content_type.has_page:
        Redirect.objects.record(old, new)


leads_on.connect(_leads_on, dispatch_uid="leads-on")
put_away.connect(_put_away, dispatch_uid="put-away")
pre_save.connect(_remember, dispatch_uid="remember-address")
post_save.connect(_record, dispatch_uid="record-address")
