"""Lists of the admin: their order, and what an address may ask of them."""

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ValidationError

from publishing.danish_order import in_danish_order

# What Django's own filters write after the name of a field.
WRITTEN_BY_FILTERS = {"", "exact", "in", "isnull", "isempty", "id__exact", "gte", "lt"}


class DanishChangeList(ChangeList):
    """Sorted as a Dane would, also by the column whose heading somebody clicks."""

    def get_ordering(self, request, queryset):
        return in_danish_order(self.model, super().get_ordering(request, queryset))


def can_be_filled_in(opts, name: str, value) -> bool:
    try:
        field = opts.get_field(name).formfield()
        field and field.clean(value)
    except (FieldDoesNotExist, ValidationError):
        return False
    return field is not None


def is_key_of(opts, text: str) -> bool:
    try:
        return opts.pk.to_python(text) is not None
    except ValidationError:
        return False


def is_declared(lookup: str, filters) -> bool:
    return any(_writes(declared, lookup) for declared in filters)


def _writes(declared, lookup: str) -> bool:
    if isinstance(declared, type) and issubclass(declared, SimpleListFilter):
        return lookup == declared.parameter_name
    name = declared if isinstance(declared, str) else declared[0]
    return lookup.startswith(name) and lookup.removeprefix(name).removeprefix("__") in WRITTEN_BY_FILTERS
