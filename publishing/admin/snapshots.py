"""One item with its rows at one moment: as it is stored now, or as a version remembers it.

Rows by their kind and key, with the values that JSON has: {"compass.story": {"5": {"title": "…"}}}. What two
have made of the same one is put together field by field.
"""

import hashlib
import json
from collections.abc import Iterable
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

Values = dict[str, Any]
Rows = dict[str, Values]
Snapshot = dict[str, Rows]

# What the portal writes by itself is no change that an editor made.
WRITTEN_BY_THE_PORTAL = {"updated_at", "english_behind"}
# Whether readers see it. Neither putting a text back nor merging it with a colleague's changes that unasked.
STATE = ["published_at", "submitted_at", "archived_at"]
UNTIL = "published_until"  # of these only a version beside the public text has one of its own


def parts_of(model: type[models.Model]) -> dict[str, models.ForeignKey]:
    """The relations that the model's form edits with it, by accessor: {"standpoints": Standpoint.dilemma}."""
    if not admin.site.is_registered(model):
        return {}
    keys = (key_to(model, inline.model) for inline in admin.site.get_model_admin(model).inlines)
    return {key.remote_field.get_accessor_name(): key for key in keys}


def key_to(model, part) -> models.ForeignKey:
    return next(field for field in part._meta.fields if field.related_model is model)


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """What an editor changes, in the order of the model."""
    own = [field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)]
    return [field for field in [*own, *model._meta.many_to_many] if field.name not in WRITTEN_BY_THE_PORTAL]


def stored(item: models.Model) -> Snapshot:
    rows = [row for name in parts_of(type(item)) for row in getattr(item, name).order_by("pk")]
    return snapshot_of([item, *rows])


def snapshot_of(rows: Iterable[models.Model]) -> Snapshot:
    snapshot: Snapshot = {}
    for row in rows:
        values = {field.attname: plain(_value(row, field)) for field in fields_of(type(row))}
        snapshot.setdefault(row._meta.label_lower, {})[str(row.pk)] = values
    return snapshot


def _value(row: models.Model, field: models.Field):
    if field.many_to_many:
        return sorted(getattr(row, field.name).values_list("pk", flat=True))
    return getattr(row, field.attname)


def remembered(version: Version) -> Snapshot:
    """Raises reversion's RevertError where the version is of a model that has become another."""
    snapshot: Snapshot = {}
    for one in [version, *versions_of_parts([version.revision_id], version._model, version.object_id)]:
        snapshot.setdefault(one._model._meta.label_lower, {})[one.object_id] = _values_at(one)
    return snapshot


def versions_of_parts(revisions: Iterable[int], model: type[models.Model], pk) -> list[Version]:
    """What these revisions remember of the rows of one item."""
    return [
        version
        for key in parts_of(model).values()
        for version in Version.objects.filter(
            revision__in=revisions, content_type=ContentType.objects.get_for_model(key.model)
        )
        if str(version.field_dict[key.attname]) == str(pk)
    ]


def _values_at(version: Version) -> Values:
    """What the model has got since is as it is for a new one."""
    told, values = version.field_dict, {}
    for field in fields_of(version._model):
        if field.many_to_many:
            key = field.related_model._meta.pk
            values[field.attname] = sorted(key.to_python(pk) for pk in told.get(field.attname, []))
        else:
            values[field.attname] = plain(told.get(field.attname, field.get_default()))
    return values


def plain(value):
    """The same, whether it came out of a table, a version or a form, which keeps no more than seconds."""
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, datetime):
        local = timezone.localtime(value, timezone.get_default_timezone())
        return local.replace(microsecond=0).isoformat()
    if isinstance(value, Decimal):
        return str(value.normalize())
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def fingerprint(told) -> str:
    """Differs as soon as one word does."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


# --- What two have made of one -----------------------------------------------------------------------


def merged(opened: Snapshot, now: Snapshot, wanted: Snapshot) -> Snapshot:
    """What is wanted, with what only others have changed since it was opened."""
    snapshots = [opened, now, wanted]
    return {kind: _merged_rows(*(one.get(kind, {}) for one in snapshots)) for kind in {**now, **wanted}}


def _merged_rows(opened: Rows, now: Rows, wanted: Rows) -> Rows:
    """Without the rows that others removed and nobody else changed, and with those that others added."""
    stay = {pk: values for pk, values in wanted.items() if pk in now or values != opened.get(pk)}
    rows = {pk: merged_values(opened.get(pk, {}), now.get(pk, {}), values) for pk, values in stay.items()}
    rows |= {pk: values for pk, values in now.items() if pk not in {**opened, **wanted}}
    places = [values.get("position") for values in rows.values()]
    if None in places or len(set(places)) == len(places):
        return rows
    in_order = sorted(rows, key=lambda pk: rows[pk]["position"])  # two that were added at once have the same
    return {pk: {**rows[pk], "position": number} for number, pk in enumerate(in_order, start=1)}


def merged_values(opened: Values, now: Values, wanted: Values) -> Values:
    if not now:
        return wanted
    return {**now, **{name: value for name, value in wanted.items() if value != opened.get(name)}}
