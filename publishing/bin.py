"""What editors delete lies in a bin for thirty days: with its rows, its relations and its versions."""

from django.contrib.admin.utils import NestedObjects
from django.contrib.contenttypes.models import ContentType
from django.core.serializers import deserialize, serialize
from django.db import models, router, transaction

from publishing.models import Binned
from publishing.publishable import Publishable
from publishing.signals import gone


def throw_away(item: models.Model, user):
    """Delete it and all that hangs on it, so that `put_back` can undo it."""
    with transaction.atomic():
        kind = ContentType.objects.get_for_model(item)
        rows = serialize("json", _everything_deleted_with(item))
        Binned.objects.create(content_type=kind, object_id=item.pk, title=str(item)[:200], rows=rows, by=user)
        item.delete()


def _everything_deleted_with(item) -> list[models.Model]:
    collector = NestedObjects(using=router.db_for_write(type(item), instance=item))
    collector.collect([item])
    rest = [row for rows in collector.data.values() for row in rows if row != item]
    return [item, *rest]


def put_back(binned: Binned) -> models.Model:
    """Everything as it was, but for readers to see: raises IntegrityError where something has its place."""
    with transaction.atomic():
        item, *rest = (kept.object for kept in deserialize("json", binned.rows))
        if isinstance(item, Publishable):
            item.published_at = None
        for row in [item, *rest]:  # relations are rows of their own among the rest
            row.save_base(raw=True, force_insert=True)
        binned.delete()
    return item


def forget(binned: Binned):
    """For good: what somebody wanted gone is nowhere any more."""
    item = next(deserialize("json", binned.rows, ignorenonexistent=True)).object
    with transaction.atomic():
        binned.delete()
        gone.send(type(item), instance=item)


def is_binned(item: models.Model) -> bool:
    return Binned.objects.of(item).exists()
