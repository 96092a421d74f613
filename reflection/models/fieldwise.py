"""Rows that several people write at once, each field for itself."""

from typing import Any

from django.db import models, transaction

from reflection.live.notifications import announce


class Fieldwise(models.Model):
    """A row whose fields save themselves while one types, without overwriting another window."""

    written_by = models.JSONField(default=dict, editable=False)  # field → page that wrote it last

    class Meta:
        abstract = True

    @transaction.atomic
    def write(self, texts: dict, *, was: dict, page: str) -> list[str]:
        """Store form fields; returns the names of those that another page changed meanwhile.

        `texts` and `was` hold each field as forms hold it: what it shall be, and what the page read.
        A field that nobody touched on the page never overwrites what another window wrote.
        """
        stored = type(self)._default_manager.select_for_update().get(pk=self.pk)
        changed = [name for name in texts if stored.raw(name) != texts[name]]
        own = [name for name in changed if stored.written_by.get(name) == page]
        free = [name for name in changed if name in own or stored.raw(name) == was[name]]
        for name in free:
            stored.put(name, texts[name])
            stored.written_by[name] = page
        beside = ["written_by", *stored.settle()]
        stored.save(update_fields=[*{self.column(name) for name in free}, *beside])
        self.refresh_from_db(fields=[*{self.column(name) for name in texts}, *beside])
        if free:
            self.announce_change()
        return [name for name in changed if name not in free and texts[name] != was[name]]

    def announce_change(self):
        """Hook: tell the pages that show the row while it is written."""

    def settle(self) -> list[str]:
        """Bring other fields in line with what was just written; returns their names."""
        return []

    def _field(self, name: str) -> models.Field:
        return next(field for field in self._meta.concrete_fields if field.name == name)

    def column(self, name: str) -> str:
        """Where a field of the form is kept."""
        return name

    def put(self, name: str, text: str):
        """Set a field to what a form holds."""
        field = self._field(name)
        setattr(self, field.attname, None if field.null and not text else text)

    def raw(self, name: str) -> str:
        """A field as forms hold it."""
        return raw(getattr(self, self._field(name).attname))


class FieldwiseEnding(Fieldwise):
    """How a reflection ends: on the wall while it is written, and on the phones when it stands."""

    reflection: Any  # the field of each that ends one

    class Meta:
        abstract = True

    def announce_change(self):
        announce(self.reflection.key, is_urgent=False)


def raw(value) -> str:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, models.Model):
        value = value.pk
    return "" if value is None else str(value)
