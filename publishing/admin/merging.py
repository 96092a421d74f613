"""Three texts of one form: as it was opened, as it is stored now, and as it was typed.

The form carries what it was opened with. So what two people changed in different fields is put together,
and of what both have changed each is shown as whose it is.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from django import forms
from django.core import signing
from django.db import models
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from publishing.admin.comparison import marked_words, told
from publishing.admin.snapshots import STATE, UNTIL, Rows, Snapshot, Values, fields_of, plain

SALT = "publishing.admin.opened"


def packed(snapshot: Snapshot) -> str:
    return signing.dumps(snapshot, salt=SALT, compress=True)


def unpacked(text: str) -> Snapshot:
    """Nothing where the form does not say what it was opened with: whatever differs then is a clash."""
    try:
        return signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return {}


class Clash(NamedTuple):
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
    opened: Snapshot
    stored: Snapshot
    clashes: list[Clash] = field(default_factory=list)
    taken_over: list[str] = field(default_factory=list)  # what only the others changed, by its name

    @property
    def is_needed(self) -> bool:
        return self.opened != self.stored

    def merge_page(self, form: forms.ModelForm):
        """While the form is cleaned: what it does not hold afterwards is not written. What becomes public or
        goes away while one writes is always told."""
        self._merge_fields(form)
        before, now = self._values(form)
        for name in [*STATE, UNTIL]:
            if before.get(name) != now.get(name):
                self._clash(form, form.instance._meta.get_field(name), before.get(name), now[name], now[name])

    def merge_rows(self, formset: forms.BaseModelFormSet) -> forms.BaseModelFormSet:
        """The rows to save: none where only the others have changed any."""
        formset.is_valid()
        before, now = self._rows(formset.model)
        names = formset.model._meta.verbose_name_plural
        if not self._is_touched(formset):
            self.taken_over += [str(names)] if before != now else []
            return _rebuilt(formset, [])
        gone = [row for row in formset.initial_forms if not row.instance.pk]
        if gone:  # one that was written in is a new one: no word is lost
            left = [row for row in formset.forms if row not in gone or self._is_row_touched(row)]
            formset = _rebuilt(formset, sorted(left, key=lambda row: not row.instance.pk))
        mine = _typed_rows(formset)
        if before.keys() - now.keys() or len({*map(_places, [before, now, mine])}) == 3:
            self.clashes.append(Clash(capfirst(names), *map(_listed, [before, now, mine])))
            return formset
        for row in formset.initial_forms:
            self._merge_fields(row)
        for row in formset.forms:
            for name, part in getattr(row, "parts", {}).items():
                row.parts[name] = self.merge_rows(part)
        return formset

    def _merge_fields(self, form):
        """What only the others have changed leaves the form; what both have changed is a clash."""
        before, now = self._values(form)
        for one in _fields(form):
            old, new, typed = before.get(one.attname), now.get(one.attname), _typed(one, form)
            if new in (old, typed):
                continue
            if isinstance(typed, dict):
                form.cleaned_data[one.name] = self._merged_texts(old or {}, new, typed)
            elif typed != old:
                self._clash(form, one, old, new, typed)
            else:
                self.taken_over.append(str(one.verbose_name))
                del form.cleaned_data[one.name]
                if not one.many_to_many:  # a row has been cleaned, and holds what was typed
                    setattr(form.instance, one.attname, one.to_python(new))

    def _merged_texts(self, old: dict, new: dict, typed: dict) -> dict:
        for key, text in typed.items():
            if new.get(key) not in (old.get(key), text) and text != old.get(key):
                words = ("\n".join((texts.get(key) or {}).values()) for texts in (old, new, typed))
                self.clashes.append(Clash(key, *words))
        return {key: new.get(key) if text == old.get(key) else text for key, text in typed.items()}

    def _rows(self, model: type[models.Model]) -> tuple[Rows, Rows]:
        kind = model._meta.label_lower
        return self.opened.get(kind, {}), self.stored.get(kind, {})

    def _values(self, form) -> tuple[Values, Values]:
        before, now = self._rows(form._meta.model)
        return before.get(_key(form), {}), now.get(_key(form), {})

    def _is_touched(self, formset) -> bool:
        return bool(formset.deleted_forms) or any(map(self._is_row_touched, formset.forms))

    def _is_row_touched(self, row) -> bool:
        if not _key(row):
            return row.has_changed()
        before, _now = self._values(row)
        is_own = any(_typed(one, row) != before.get(one.attname) for one in _fields(row))
        return is_own or any(map(self._is_touched, getattr(row, "parts", {}).values()))

    def _clash(self, form, one: models.Field, *values):
        title = capfirst(one.verbose_name)
        if form.prefix:  # which row it is
            title = f"{capfirst(form._meta.model._meta.verbose_name)} «{form.instance}»: {one.verbose_name}"
        self.clashes.append(Clash(title, *(told(one, value) for value in values)))


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
    return plain(value)


def _typed_rows(formset) -> Rows:
    rows = [row for row in formset.forms if row not in formset.deleted_forms]
    return {
        _key(row) or f"ny {number}": {one.attname: _typed(one, row) for one in _fields(row)}
        for number, row in enumerate(rows)
        if _key(row) or row.has_changed()
    }


def _places(rows: Rows) -> frozenset:
    return frozenset((key, values.get("position")) for key, values in rows.items())


def _listed(rows: Rows) -> str:
    return "\n".join(str(values.get("title") or values.get("label") or key) for key, values in rows.items())


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
