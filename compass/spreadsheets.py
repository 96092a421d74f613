"""Content in and out by spreadsheet: a trial first, all rows or none, and errors that name row and column.

outcome = run(resource, sheet, is_trial=True)
outcome.errors            sentences with row and column
outcome.new, .changed     what was done, or would be
outcome.rows              the same row by row; of the first that are changed, each column before and after

The trial is the import itself, undone. An import never publishes: what is new is a draft, and what is
there keeps its state.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.text import capfirst
from import_export import resources, widgets
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.results import RowResult
from tablib import Dataset

from compass.tables import Sheet
from publishing.admin import status_of
from publishing.admin.comparison import Line
from publishing.registry import ContentType, content_type_of, content_types
from publishing.slugs import slug_of
from publishing.text_lint import refuse_what_must_be_mended
from publishing.tidy_text import tidy

logger = logging.getLogger(__name__)

NOT_SAVED = "Rækken kan ikke gemmes. Sammenlign den med en række, som du henter fra portalen."
REWRITTEN_DATE = (
    "«{new}» ligner en dato, som regnearket har skrevet om. På portalen står «{old}»."
    " Skriv det, der skal stå, eller ret i Excel-filen (xlsx) i stedet."
)
NOT_READ = "Filen kan ikke importeres. Sammenlign den med en fil, som du henter fra portalen."
BETWEEN = " | "
ROWS_AT_A_TIME = 500
ROWS_COMPARED = 50
STATUS = "status"  # told, never read
YES, NO = {"ja", "j", "x", "1", "true", "sand"}, {"nej", "n", "", "0", "false", "falsk"}
EMPTY = "Feltet er tomt. Skriv noget i det."
# What a spreadsheet makes of «maj 2018» when it takes it for a date: 01-05-2018, maj-18, or the day's number.
REWRITTEN = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}( 0?0:00(:00)?)?"
    r"|(\d{1,2}[.-])?[a-z]{3,4}\.?-\d{2}|\d{1,2}-[a-z]{3}|[2-6]\d{4}",
    re.IGNORECASE,
)
DATES = ["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y"]


# --- Cells -------------------------------------------------------------------------------------------


class TextCell(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        return tidy(value, lines=False).strip()

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class LongTextCell(TextCell):
    def clean(self, value, row=None, **kwargs):
        text = tidy(value)
        return text if text.strip() else ""


class NumberCell(TextCell):
    def clean(self, value, row=None, **kwargs):
        text = value.strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"«{text}» er ikke et helt tal.")
        return int(text)


class DateCell(TextCell):
    def clean(self, value, row=None, **kwargs):
        text = value.strip()
        for pattern in DATES if text else []:
            try:
                return datetime.strptime(text, pattern).date()
            except ValueError:
                continue
        if text:
            raise ValueError(f"«{text}» er ikke en dato. Skriv fx 2026-05-31.")
        return None

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


class YesNoCell(TextCell):
    def clean(self, value, row=None, **kwargs):
        text = value.strip().lower()
        if text not in YES | NO:
            raise ValueError(f"«{text}» er hverken ja eller nej.")
        return text in YES

    def render(self, value, obj=None, **kwargs):
        return "ja" if value else "nej"


class ChoiceCell(TextCell):
    def __init__(self, choices):
        super().__init__()
        self.labels = {value: str(label) for value, label in choices}
        self.values = {label.lower(): value for value, label in self.labels.items()}

    def clean(self, value, row=None, **kwargs):
        text = value.strip().lower()
        if not text or text in self.labels:
            return text
        if text not in self.values:
            known = ", ".join(self.labels.values())
            raise ValueError(f"«{value.strip()}» findes ikke. Skriv en af: {known}.")
        return self.values[text]

    def render(self, value, obj=None, **kwargs):
        return self.labels.get(value, value or "")


class Named:
    """Rows of another model, known by `key`; each is read from the database once an import."""

    def __init__(self, model, key: str):
        self.model, self.key = model, key
        self.rows: dict | None = None

    def find(self, name: str):
        if self.rows is None:
            self.rows = {getattr(row, self.key).lower(): row for row in self.model.objects.all()}
        if name.lower() not in self.rows:
            names = sorted(self.rows)
            choices = f" Skriv en af: {', '.join(names)}." if len(names) <= 12 else ""
            raise ValueError(f"«{name}» findes ikke blandt {self.model._meta.verbose_name_plural}.{choices}")
        return self.rows[name.lower()]


class OneCell(TextCell):
    def __init__(self, model, key: str):
        super().__init__()
        self.named = Named(model, key)

    def clean(self, value, row=None, **kwargs):
        return self.named.find(value.strip()) if value.strip() else None

    def render(self, value, obj=None, **kwargs):
        return getattr(value, self.named.key) if value else ""


class ManyCell(widgets.ManyToManyWidget):
    def __init__(self, model, key: str):
        super().__init__(model, separator=BETWEEN, field=key)
        self.named = Named(model, key)

    def clean(self, value, row=None, **kwargs):
        names = [name.strip() for name in value.split("|")]
        return list(dict.fromkeys(self.named.find(name) for name in names if name))

    def render(self, value, obj=None, **kwargs):
        return self.written(value.all()) if value is not None else ""

    def written(self, rows) -> str:
        return BETWEEN.join(sorted(getattr(row, self.field) for row in rows))


def cell_of(column: models.Field):
    """How a column of the model is written in a spreadsheet."""
    if column.is_relation:
        model = column.related_model
        key = "key" if any(one.name == "key" for one in model._meta.fields) else "slug"
        return ManyCell(model, key) if column.many_to_many else OneCell(model, key)
    if column.choices:
        return ChoiceCell(column.choices)
    kinds = {
        models.BooleanField: YesNoCell,
        models.IntegerField: NumberCell,
        models.DateField: DateCell,
        models.TextField: LongTextCell,
    }
    return next((cell for kind, cell in kinds.items() if isinstance(column, kind)), TextCell)()


# --- Resources ---------------------------------------------------------------------------------------


class ContentResource(resources.ModelResource):
    """A model as a table: the columns have the names of the form's fields."""

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        return Field(
            attribute=field_name,
            column_name=str(django_field.verbose_name),
            widget=cell_of(django_field),
            readonly=readonly,
        )

    @classmethod
    def columns(cls) -> list[str]:
        return [cls.fields[name].column_name for name in cls._meta.fields]

    @classmethod
    def key_column(cls) -> str:
        return cls.fields[cls._meta.import_id_fields[0]].column_name

    def __init__(self, numbers: list[int] = ()):
        super().__init__()
        self.numbers = numbers
        self.seen: dict[str, int] = {}
        self.is_new = False
        self.new: list[models.Model] = []
        self.links: list[tuple] = []

    def get_queryset(self):
        return self.with_relations(super().get_queryset())

    @classmethod
    def with_relations(cls, rows):
        columns = [cls._meta.model._meta.get_field(name) for name in cls._meta.fields]
        one = [column.name for column in columns if column.many_to_one]
        many = [column.name for column in columns if column.many_to_many]
        return rows.select_related(*one or [None]).prefetch_related(*many)

    def before_import_row(self, row, row_number=None, **kwargs):
        key = row[self.key_column()].strip()
        here = self.numbers[row_number - 1]
        name = self._meta.import_id_fields[0]
        if not key:
            raise ValidationError({name: "Feltet er tomt. Det skal sige, hvilken række på portalen det er."})
        if key in self.seen:
            raise ValidationError({name: f"«{key}» står også i række {self.seen[key]}. Slet den ene."})
        self.seen[key] = here

    def import_instance(self, instance, row, **kwargs):
        """Also what the library would find only when it saves: other rows that are not there."""
        address = getattr(instance, "slug", "")
        errors = self._errors_of_rewritten_dates(instance, row)
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        errors |= self._errors_of_many(row) | self._errors_of_markdown(instance)
        if hasattr(instance, "slug") and not instance.slug:
            longest = instance._meta.get_field("slug").max_length
            instance.slug = address or slug_of(instance.title, longest)
        if errors:
            raise ValidationError(errors)

    def _errors_of_rewritten_dates(self, instance, row) -> dict:
        """Of texts that are there: a spreadsheet that saves CSV writes a date as its own country does."""
        errors = {}
        for name, column in self.fields.items() if instance.pk else ():
            new = row.get(column.column_name, "").strip()
            if type(column.widget) is TextCell and REWRITTEN.fullmatch(new):
                old = column.export(instance)
                if old and not REWRITTEN.fullmatch(old):
                    errors[name] = [REWRITTEN_DATE.format(new=new, old=old)]
        return errors

    def _errors_of_many(self, row) -> dict:
        errors = {}
        for column in self.fields.values():
            if isinstance(column.widget, ManyCell) and column.column_name in row:
                try:
                    column.clean(row)
                except ValueError as error:
                    errors[column.attribute] = [str(error)]
        return errors

    def _errors_of_markdown(self, instance) -> dict:
        errors = {}
        for name in content_type_of(self._meta.model).markdown & set(self._meta.fields):
            try:
                refuse_what_must_be_mended(getattr(instance, name))
            except ValidationError as error:
                errors[name] = error.messages
        return errors

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """As the form does, but with no query a row: other rows and what must be unique are known already."""
        errors = dict(import_validation_errors or {})
        found = [name for name, column in self.fields.items() if isinstance(column.widget, OneCell)]
        known = [name for name in found if getattr(instance, f"{name}_id") is not None]
        try:
            instance.full_clean(exclude={*errors, *known}, validate_unique=False)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for name, found in errors.items():
            errors[name] = [EMPTY if getattr(one, "code", "") in {"null", "blank"} else one for one in found]
        for name in self.taken:
            if name not in errors and self._is_taken(name, instance):
                errors[name] = [instance.unique_error_message(type(instance), (name,))]
        if errors:
            raise ValidationError(errors)

    @cached_property
    def taken(self) -> dict[str, dict]:
        """Values that only one row may have, and the row that has each; read once an import."""
        unique = [name for name in self._meta.fields if self._meta.model._meta.get_field(name).unique]
        rows = self._meta.model.objects
        return {name: dict(rows.values_list(name, "pk")) for name in unique}

    def _is_taken(self, name: str, instance) -> bool:
        owner = self.taken[name].get(getattr(instance, name))
        return owner is not None and owner != instance.pk

    def do_instance_save(self, instance, is_create):
        """New rows are written together at the end."""
        self.is_new = is_create
        if is_create:
            self.new.append(instance)
        else:
            instance.save()
        for name, values in self.taken.items():
            values[getattr(instance, name)] = instance.pk or -len(self.new)

    def save_m2m(self, instance, row, **kwargs):
        for column in self.fields.values():
            if isinstance(column.widget, ManyCell) and column.column_name in row:
                manager = getattr(type(instance), column.attribute)
                chosen = column.clean(row)
                if self.is_new:
                    self.links += [(manager.field, instance, one) for one in chosen]
                else:
                    getattr(instance, column.attribute).set(chosen)

    def after_import(self, dataset, result, **kwargs):
        if result.has_errors() or result.has_validation_errors():
            return  # all of it is undone anyway
        self._meta.model.objects.bulk_create(self.new, batch_size=ROWS_AT_A_TIME)
        links: dict[type, list] = {}
        for relation, instance, one in self.links:
            through = relation.remote_field.through
            ends = {relation.m2m_column_name(): instance.pk, relation.m2m_reverse_name(): one.pk}
            links.setdefault(through, []).append(through(**ends))
        for through, rows in links.items():
            through.objects.bulk_create(rows, batch_size=ROWS_AT_A_TIME)
        super().after_import(dataset, result, **kwargs)

    def get_diff_class(self):
        return NoDiff


class NoDiff:
    """The library would write out every row twice, with queries: `_lines` tells of what has changed."""

    def __init__(self, resource, instance, new):
        pass

    def compare_with(self, resource, instance):
        pass


class Options:
    instance_loader_class = CachedInstanceLoader
    skip_unchanged = True
    report_skipped = True
    skip_html_diff = True
    store_instance = True


def resource_of(content_type: ContentType) -> type[ContentResource]:
    """The columns that the content type declares, with their English twins; the first of them is the key."""
    meta = {
        "model": content_type.model,
        "import_id_fields": [content_type.imported[0]],
        "fields": content_type.in_both_languages(content_type.imported),
    }
    name = f"{content_type.model.__name__}Resource"
    return type(name, (ContentResource,), {"Meta": type("Meta", (Options,), meta)})


def resources_by_model() -> dict[type[models.Model], type[ContentResource]]:
    return {one.model: resource_of(one) for one in content_types() if one.imported}


# --- In ----------------------------------------------------------------------------------------------


@dataclass
class Row:
    number: int  # in the spreadsheet
    what: str
    is_new: bool
    lines: list[Line] = field(default_factory=list)  # of one that is changed: the columns that are


@dataclass
class Outcome:
    errors: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    new: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    unchanged: int = 0
    note: str = ""


def run(resource_class: type[ContentResource], sheet: Sheet, *, is_trial: bool) -> Outcome:
    """Import every row, or none when something is wrong with one – or when it is only a trial."""
    if wrong := _wrong_columns(resource_class, sheet):
        return Outcome(errors=wrong)
    canonical = {column.lower(): column for column in [*resource_class.columns(), STATUS]}
    headers = [canonical[header.lower()] for header in sheet.headers]
    resource = resource_class(sheet.numbers)
    result = resource.import_data(
        Dataset(*sheet.rows, headers=headers),
        dry_run=is_trial,
        use_transactions=True,
        rollback_on_validation_errors=True,
    )
    errors = _errors(resource, result, sheet)
    if errors:
        return Outcome(errors=errors, note=sheet.note)
    return _outcome(resource, result, sheet, headers)


def _wrong_columns(resource_class, sheet: Sheet) -> list[str]:
    columns, key = resource_class.columns(), resource_class.key_column()
    known = {column.lower() for column in [*columns, STATUS]}
    headers = [header.lower() for header in sheet.headers]
    unknown = [header for header in sheet.headers if header and header.lower() not in known]
    twice = [header for header, number in Counter(headers).items() if header and number > 1]
    wrong = [f"Portalen kender ikke kolonnen «{header}». Ret navnet, eller slet den." for header in unknown]
    wrong += [f"Kolonnen «{header}» er der to gange. Slet den ene." for header in twice]
    if "" in headers:
        wrong.append("En kolonne har intet navn. Skriv det i første række, eller slet kolonnen.")
    if key.lower() not in headers:
        wrong.append(f"Kolonnen «{key}» mangler. Den siger, hvilken række på portalen det er.")
    return [*wrong, f"Kolonnerne hedder: {' · '.join(columns)}"] if wrong else []


def _errors(resource, result, sheet: Sheet) -> list[str]:
    lines = [(sheet.numbers[row.number - 1], row.error) for row in result.invalid_rows]
    sentences = [(number, sentence) for number, error in lines for sentence in _sentences(resource, error)]
    sentences += [(sheet.numbers[number - 1], f": {NOT_SAVED}") for number, _ in result.row_errors()]
    for error in [
        *result.base_errors,
        *(sentence for _, errors in result.row_errors() for sentence in errors),
    ]:
        logger.error("import failed: %s", type(error.error).__name__)
    whole = [NOT_READ for _ in result.base_errors]
    return [*whole, *(f"Række {number}{sentence}" for number, sentence in sorted(sentences))]


def _sentences(resource, error: ValidationError) -> Iterator[str]:
    for name, messages in error.message_dict.items():
        where = "" if name == NON_FIELD_ERRORS else f", kolonnen «{_column(resource, name)}»"
        yield from (f"{where}: {message}" for message in messages)


def _column(resource, name: str) -> str:
    return resource.fields[name].column_name if name in resource.fields else name


def _outcome(resource: ContentResource, result, sheet: Sheet, headers: list[str]) -> Outcome:
    outcome = Outcome(note=sheet.note)
    for number, row, cells in zip(sheet.numbers, result.rows, sheet.rows, strict=True):
        if row.import_type == RowResult.IMPORT_TYPE_SKIP:
            outcome.unchanged += 1
            continue
        is_new = row.import_type == RowResult.IMPORT_TYPE_NEW
        (outcome.new if is_new else outcome.changed).append(row.instance)
        told = Row(number, capfirst(str(row.instance)), is_new)
        if not is_new and len(outcome.changed) <= ROWS_COMPARED:
            told.lines = _lines(resource, row, dict(zip(headers, cells, strict=True)))
        outcome.rows.append(told)
    return outcome


def _lines(resource: ContentResource, row: RowResult, cells: dict[str, str]) -> list[Line]:
    """The columns of the file that the row has other values in than before."""
    lines = []
    for column in resource.fields.values():
        if column.column_name in cells:
            old = column.export(row.original)
            new = column.export(row.instance)
            if isinstance(column.widget, ManyCell):  # a trial is undone: the database has the old ones again
                new = column.widget.written(column.clean(cells))
            lines.append(Line(capfirst(column.column_name), str(old), str(new)))
    return [line for line in lines if line.change]


# --- Out ---------------------------------------------------------------------------------------------


def table(resource_class: type[ContentResource], queryset) -> Iterator[list[str]]:
    """The headers and then a row for each; made as it is read, so that many need no more memory than few."""
    resource = resource_class()
    names = resource_class._meta.fields
    has_status = hasattr(resource_class._meta.model, "published_at")
    yield [*resource_class.columns(), *([STATUS] if has_status else [])]
    for item in resource_class.with_relations(queryset).iterator(chunk_size=ROWS_AT_A_TIME):
        values = [str(resource.fields[name].export(item)) for name in names]
        yield [*values, *([status_of(item)] if has_status else [])]
