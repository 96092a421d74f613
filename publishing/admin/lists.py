"""Lists of the admin: what an address may ask of them."""

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ValidationError

from publishing.admin.recorded import RecordsEvents
from publishing.danish_order import in_danish_order

# What Django's own filters write after the name of a field.
WRITTEN_BY_FILTERS = {"", "exact", "in", "isnull", "isempty", "id__exact", "gte", "lt"}


class DanishChangeList(ChangeList):
    """Sorted as a Dane would, also by the column whose heading somebody clicks."""

    def get_ordering(self, request, queryset):
        return in_danish_order(self.model, super().get_ordering(request, queryset))


class DeclaredLookups(RecordsEvents):
    """Mixin for every admin: a list is narrowed by its own filters alone, and what is done is recorded.

    Django follows any relation of the model, one step away: `?reflections__isnull=False` would tell which
    colleague has rooms, and `?password__startswith=` how a hash begins.
    """

    def get_changelist(self, request, **kwargs):
        return DanishChangeList

    own_lookups: list[str] = []  # that links of ours use beside the filters

    def lookup_allowed(self, lookup, value, request):
        if any("\0" in text for text in value):  # no database takes it
            return False
        if lookup in self.own_lookups:
            return True
        return any(_writes(declared, lookup) for declared in self.get_list_filter(request))

    def get_changeform_initial_data(self, request):
        """What an address fills in beforehand, as far as the fields can take it."""
        said = super().get_changeform_initial_data(request)
        return {name: value for name, value in said.items() if _fits(self.opts, name, value)}

    def to_field_allowed(self, request, to_field):
        """Nothing of ours is chosen by another field than its key; Django's own fails at a relation."""
        return to_field == self.opts.pk.name


def _fits(opts, name: str, value) -> bool:
    try:
        field = opts.get_field(name).formfield()
        field and field.clean(value)
    except (FieldDoesNotExist, ValidationError):
        return False
    return field is not None


def _writes(declared, lookup: str) -> bool:
    if isinstance(declared, type) and issubclass(declared, SimpleListFilter):
        return lookup == declared.parameter_name
    name = declared if isinstance(declared, str) else declared[0]
    return lookup.startswith(name) and lookup.removeprefix(name).removeprefix("__") in WRITTEN_BY_FILTERS
