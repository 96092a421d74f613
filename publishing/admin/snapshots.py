"""One item with its rows at one moment: as it is stored now, or as a version remembers it."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.formats import date_format
from reversion.models import Version

# What the portal writes by itself is no change that an editor made.
WRITTEN_BY_THE_PORTAL = {"updated_at", "english_behind"}


@dataclass(frozen=True)
class Row:
    model: type[models.Model]
    pk: Any
    values: dict


@dataclass(frozen=True)
class Snapshot:
    """`parts` are the rows of each inline, in their order, by the name of the relation."""

    row: Row
    parts: dict[str, list[Row]]

    @property
    def rows(self) -> list[Row]:
        return [self.row, *(row for rows in self.parts.values() for row in rows)]

    @property
    def fingerprint(self) -> str:
        """Differs as soon as one word does."""
        told = [self.row.values, *([row.pk, row.values] for rows in self.parts.values() for row in rows)]
        return hashlib.sha256(json.dumps(told, cls=DjangoJSONEncoder).encode()).hexdigest()


def parts_of(model: type[models.Model]) -> dict[str, models.ForeignKey]:
    """The relations that the model's form edits with it, by accessor: {"standpoints": Standpoint.dilemma}."""
    if not admin.site.is_registered(model):
        return {}
    keys = (key_to(model, inline.model) for inline in admin.site.get_model_admin(model).inlines)
    return {key.remote_field.get_accessor_name(): key for key in keys}


def key_to(model, part) -> models.ForeignKey:
    return next(field for field in part._meta.fields if field.related_model is model)


def stored(item: models.Model) -> Snapshot:
    parts = {
        name: [row_of(row) for row in getattr(item, name).order_by("pk")] for name in parts_of(type(item))
    }
    return Snapshot(row_of(item), parts)


def remembered(version: Version) -> Snapshot:
    """Raises reversion's RevertError where the version is of a model that has become another."""
    model = version._model
    parts = {name: _rows_at(version, key) for name, key in parts_of(model).items()}
    return Snapshot(_row_at(version), parts)


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """What an editor changes, in the order of the model."""
    own = [field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)]
    return [field for field in [*own, *model._meta.many_to_many] if field.name not in WRITTEN_BY_THE_PORTAL]


def row_of(item) -> Row:
    values = {field.attname: plain(_value(item, field)) for field in fields_of(type(item))}
    return Row(type(item), item.pk, values)


def _value(item, field):
    if field.many_to_many:
        return sorted(getattr(item, field.name).values_list("pk", flat=True))
    return getattr(item, field.attname)


def _rows_at(version: Version, key: models.ForeignKey) -> list[Row]:
    kind = ContentType.objects.get_for_model(key.model)
    rows = [_row_at(one) for one in version.revision.version_set.filter(content_type=kind)]
    of_the_item = [row for row in rows if str(row.values[key.attname]) == version.object_id]
    return sorted(of_the_item, key=lambda row: row.pk)


def _row_at(version: Version) -> Row:
    model, told = version._model, version.field_dict
    values = {}
    for field in fields_of(model):
        if field.many_to_many:
            key = field.related_model._meta.pk
            values[field.attname] = sorted(key.to_python(pk) for pk in told.get(field.attname, []))
        else:
            values[field.attname] = plain(told.get(field.attname, field.get_default()))
    return Row(model, model._meta.pk.to_python(version.object_id), values)


# --- Kept as JSON ------------------------------------------------------------------------------------


def written(snapshot: Snapshot) -> dict:
    parts = {name: [[row.pk, row.values] for row in rows] for name, rows in snapshot.parts.items()}
    return {"row": snapshot.row.values, "parts": parts}


def read(item: models.Model, kept: dict) -> Snapshot:
    """The snapshot of the item that was written; what its model has got since is as it is for a new one."""
    parts = {
        name: [_read_row(key.model, pk, values) for pk, values in kept["parts"].get(name, [])]
        for name, key in parts_of(type(item)).items()
    }
    return Snapshot(_read_row(type(item), item.pk, kept["row"]), parts)


def _read_row(model, pk, values: dict) -> Row:
    found = {}
    for field in fields_of(model):
        value = values.get(field.attname, [] if field.many_to_many else field.get_default())
        found[field.attname] = value if field.many_to_many else plain(field.to_python(value))
    return Row(model, pk, found)


def merged(opened: Snapshot, now: Snapshot, wanted: Snapshot) -> Snapshot:
    """What is wanted, with what only others have changed since it was opened."""
    parts = {
        name: _merged_rows(opened.parts.get(name, []), now.parts.get(name, []), rows)
        for name, rows in wanted.parts.items()
    }
    return Snapshot(_merged_row(opened.row, now.row, wanted.row), parts)


def _merged_row(old: Row | None, now: Row | None, new: Row) -> Row:
    if not (old and now):
        return new
    values = {
        name: now.values[name] if old.values[name] == value else value for name, value in new.values.items()
    }
    return replace(new, values=values)


def _merged_rows(opened: list[Row], now: list[Row], wanted: list[Row]) -> list[Row]:
    before, current = ({row.pk: row for row in rows} for rows in (opened, now))
    kept = [row for row in wanted if not (row == before.get(row.pk) and row.pk not in current)]
    known = {row.pk for row in [*opened, *wanted]}
    rows = [_merged_row(before.get(row.pk), current.get(row.pk), row) for row in kept]
    rows += [row for row in now if row.pk not in known]
    return _each_in_a_place_of_its_own(rows)


def _each_in_a_place_of_its_own(rows: list[Row]) -> list[Row]:
    """Two that were added at once have the same number."""
    places = [row.values.get("position") for row in rows]
    if None in places or len(set(places)) == len(places):
        return rows
    in_order = sorted(rows, key=lambda row: row.values["position"])
    return [replace(row, values={**row.values, "position": n}) for n, row in enumerate(in_order, start=1)]


def in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), r"j. F Y \k\l. H.i")


def plain(value):
    """The same value, whether it came out of the table or out of a version."""
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, datetime):
        local = timezone.localtime(value, timezone.get_default_timezone())
        return local.replace(microsecond=local.microsecond // 1000 * 1000)  # a version keeps no more
    return str(value.normalize()) if isinstance(value, Decimal) else value
