"""Three texts of one form: as it was opened, as it is stored now, and as it was typed.

The form carries what it was opened with. So what two people changed in different fields is put together,
and of what both have changed each is shown as whose it is.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django import forms
from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from publishing.admin.comparison import marked_words, told
from publishing.admin.snapshots import Row, fields_of, plain

SALT = "publishing.admin.opened"
# What becomes public or goes away while one writes is always told, and never merged.
STATE = ["published_at", "published_until", "submitted_at", "archived_at"]
# Rows by their kind and key: {"compass.story": {"5": {"title": "…"}}}.
Texts = dict[str, dict[str, dict]]


def texts_of(rows: Iterable[Row]) -> Texts:
    texts: Texts = {}
    for row in rows:
        values = {name: _to_the_second(value) for name, value in row.values.items()}
        texts.setdefault(row.model._meta.label_lower, {})[str(row.pk)] = values
    return _as_json(texts)


def _to_the_second(value):
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def _as_json(value):
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def packed(texts: Texts) -> str:
    return signing.dumps(texts, salt=SALT, compress=True)


def unpacked(text: str) -> Texts:
    """Nothing where the form does not say what it was opened with: whatever differs then is a clash."""
    try:
        return signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return {}


def mark_of(texts: Texts) -> str:
    """Differs as soon as one word does."""
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Clash:
    """A field that both have changed: what it was, and what each has made of it."""

    title: str
    opened: str
    theirs: str
    mine: str

    @property
    def their_words(self) -> SafeString:
        return marked_words(self.opened, self.theirs)

    @property
    def my_words(self) -> SafeString:
        return marked_words(self.opened, self.mine)


@dataclass
class Merge:
    opened: Texts
    stored: Texts
    clashes: list[Clash] = field(default_factory=list)
    taken_over: list[str] = field(default_factory=list)  # what only the others changed, by its name

    @property
    def is_needed(self) -> bool:
        return self.opened != self.stored

    def merge_page(self, form: forms.ModelForm):
        """While the form is cleaned: what it does not hold afterwards is not written."""
        self._merge_fields(form)
        before, now = self._texts(form)
        for name in STATE:
            if before.get(name) != now.get(name):
                self._clash(form.instance._meta.get_field(name), "", before.get(name), now[name], now[name])

    def merge_rows(self, formset: forms.BaseModelFormSet) -> forms.BaseModelFormSet:
        """The rows to save: none where only the others have changed any."""
        formset.is_valid()
        if not _is_touched(formset, self.opened):
            self._take_over_rows(formset)
            return _rebuilt(formset, [])
        before, now = (texts.get(formset.model._meta.label_lower, {}) for texts in (self.opened, self.stored))
        formset = self._removed_as_new(formset, before)
        mine = _typed_rows(formset)
        if before.keys() - now.keys() or len({_places(before), _places(now), _places(mine)}) == 3:
            name = capfirst(formset.model._meta.verbose_name_plural)
            self.clashes.append(Clash(name, *map(_listed, (before, now, mine))))
            return formset
        for row in formset.initial_forms:
            for left in self._merge_fields(row):
                setattr(row.instance, left.attname, left.to_python(self._texts(row)[1][left.attname]))
        for row in formset.forms:
            for name, part in getattr(row, "parts", {}).items():
                row.parts[name] = self.merge_rows(part)
        return formset

    def _removed_as_new(self, formset, before):
        """A row that another removed while its editor wrote in it is a new one: no word is lost."""
        gone = [row for row in formset.initial_forms if not row.instance.pk]
        if not gone:
            return formset
        touched = [row for row in gone if _is_row_touched(row, before, self.opened)]
        kept = [row for row in formset.initial_forms if row.instance.pk]
        return _rebuilt(formset, [*kept, *touched, *formset.extra_forms])

    def _take_over_rows(self, formset):
        label = formset.model._meta.label_lower
        if self.opened.get(label) != self.stored.get(label):
            self.taken_over.append(str(formset.model._meta.verbose_name_plural))

    def _merge_fields(self, form) -> list[models.Field]:
        """What only the others have changed leaves the form; what both have changed is a clash."""
        before, now = self._texts(form)
        left = []
        for one in _fields(form):
            old, new, typed = before.get(one.attname), now.get(one.attname), _typed(one, form)
            if new in (old, typed):
                continue
            if isinstance(typed, dict):
                form.cleaned_data[one.name] = self._merged_texts(old or {}, new, typed)
            elif typed == old:
                left.append(one)
                del form.cleaned_data[one.name]
                self.taken_over.append(str(one.verbose_name))
            else:
                self._clash(one, _title_of(form), old, new, typed)
        return left

    def _merged_texts(self, old: dict, new: dict, typed: dict) -> dict:
        for key, text in typed.items():
            if new.get(key) not in (old.get(key), text) and text != old.get(key):
                words = ("\n".join((texts.get(key) or {}).values()) for texts in (old, new, typed))
                self.clashes.append(Clash(key, *words))
        return {key: new.get(key) if text == old.get(key) else text for key, text in typed.items()}

    def _texts(self, form) -> tuple[dict, dict]:
        label, key = form._meta.model._meta.label_lower, _key(form)
        return self.opened.get(label, {}).get(key, {}), self.stored.get(label, {}).get(key, {})

    def _clash(self, one, title, *values):
        label = f"{title}: {one.verbose_name}" if title else capfirst(str(one.verbose_name))
        self.clashes.append(Clash(label, *(_told(one, value) for value in values)))


def _told(one: models.Field, value) -> str:
    return told(one, value if one.many_to_many else one.to_python(value))


def _title_of(form) -> str:
    """Which row it is; nothing for the page itself."""
    return f"{capfirst(form._meta.model._meta.verbose_name)} «{form.instance}»" if form.prefix else ""


def _key(form) -> str:
    """Also of a row that is gone: the form still has its number."""
    return str(form.instance.pk or form.data.get(form.add_prefix(form._meta.model._meta.pk.name)) or "")


def _fields(form) -> list[models.Field]:
    cleaned = getattr(form, "cleaned_data", {})
    return [one for one in fields_of(form._meta.model) if one.name in cleaned]


def _typed(one: models.Field, form):
    value = form.cleaned_data[one.name]
    if one.many_to_many:
        return sorted(chosen.pk for chosen in value)
    if one.is_relation:
        return value and value.pk
    if isinstance(one, models.FileField):  # a new file has no name yet that a stored one could have
        return getattr(value, "name", "") or ""
    return _as_json(_to_the_second(plain(value)))


# --- Rows --------------------------------------------------------------------------------------------


def _is_touched(formset, opened: Texts) -> bool:
    before = opened.get(formset.model._meta.label_lower, {})
    return bool(formset.deleted_forms) or any(_is_row_touched(row, before, opened) for row in formset.forms)


def _is_row_touched(row, before, opened) -> bool:
    if not _key(row):
        return row.has_changed()
    old = before.get(_key(row), {})
    is_own = any(_typed(one, row) != old.get(one.attname) for one in _fields(row))
    return is_own or any(_is_touched(part, opened) for part in getattr(row, "parts", {}).values())


def _typed_rows(formset) -> dict[str, dict]:
    rows = [row for row in formset.forms if row not in formset.deleted_forms]
    return {
        _key(row) or f"ny {number}": {one.attname: _typed(one, row) for one in _fields(row)}
        for number, row in enumerate(rows)
        if _key(row) or row.has_changed()
    }


def _places(rows: dict[str, dict]) -> tuple:
    return tuple(sorted((key, values.get("position")) for key, values in rows.items()))


def _listed(rows: dict[str, dict]) -> str:
    told_rows = (str(values.get("title") or values.get("label") or key) for key, values in rows.items())
    return "\n".join(told_rows)


def _rebuilt(formset, rows):
    """The formset with these of its rows, in this order; a row that is not stored has no number."""
    data = QueryDict(mutable=True)
    for number, row in enumerate(rows):
        is_new = not row.instance.pk
        for name in [name for name in formset.data if name.startswith(f"{row.prefix}-")]:
            rest = name.removeprefix(row.prefix)
            value = {"id": "", "INITIAL_FORMS": "0"}.get(rest.rpartition("-")[2]) if is_new else None
            values = formset.data.getlist(name) if value is None else [value]
            data.setlist(f"{formset.prefix}-{number}{rest}", values)
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(len(rows))
    data[f"{formset.prefix}-INITIAL_FORMS"] = str(sum(bool(row.instance.pk) for row in rows))
    built = type(formset)(data, formset.files, instance=formset.instance, prefix=formset.prefix)
    built.is_valid()
    return built
