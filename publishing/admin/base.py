"""What every admin of the portal does: acts are recorded, and addresses ask for no more than pages show."""

import functools

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from privacy.events import new_event, record, record_all, record_looks
from privacy.models import What, Why
from publishing.admin.custom_views import Feature
from publishing.admin.lists import DanishChangeList, can_be_filled_in, is_declared, is_key_of
from publishing.admin.unpublishing import needed_by, what_stands_in_the_way


class BaseAdmin(admin.ModelAdmin):
    """Where the rows are somebody's own, `looked_at_as` says by what right they are looked at, and every page
    about them is an event. Django's own history stays beside the event log, row by row.
    """

    features: list[Feature] = []
    looked_at_as: Why | None = None
    own_lookups: list[str] = []  # that links of ours use beside the filters

    # --- Pages of our own ---

    def all_features(self) -> list[Feature]:
        return [one for cls in reversed(type(self).__mro__) for one in vars(cls).get("features", [])]

    def get_urls(self):
        views = [view for feature in self.all_features() for view in feature.views]
        return [*(view.url(self) for view in views), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        item = obj if change and obj and obj.pk and self.has_change_permission(request, obj) else None
        for feature in self.all_features():
            context |= feature.in_form(self, request, context, item)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def page_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def list_address(self, page: str = "changelist", *args) -> str:
        return reverse(f"{self.admin_site.name}:{self.page_name(page)}", args=args)

    def address(self, item, page: str = "change", *args) -> str:
        return self.list_address(page, item.pk, *args)

    def page(self, request, title: str, template: str, context: dict, *, item=None, status=0):
        """A page below the list, or about one item of it; 400 where its form was refused."""
        around = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        if item:
            about = {"subtitle": str(item), "item": item, "change_url": self.address(item)}
            around |= {**about, "list_url": self.list_address()}
        form = context.get("form")
        answer = status or (400 if form and form.errors else 200)
        return TemplateResponse(request, template, {**around, **context}, status=answer)

    def item_or_404(self, request, object_id, permission="change"):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not getattr(self, f"has_{permission}_permission")(request, item):
            raise PermissionDenied
        return item

    def get_object(self, request, object_id, from_field=None):
        """Locked while a form of somebody who may write in it is handled."""
        item = super().get_object(request, object_id, from_field or None)  # an empty one is asked for nothing
        if not item or request.method != "POST" or not connection.in_atomic_block:
            return item
        may_write = self.has_change_permission(request, item) or self.has_delete_permission(request, item)
        locked = self.get_queryset(request).select_for_update(of=["self"])
        return locked.filter(pk=item.pk).first() if may_write else item

    # --- What an address may ask ---

    def get_changelist(self, request, **kwargs):
        return DanishChangeList

    def lookup_allowed(self, lookup, value, request):
        """By its own filters alone. Django follows any relation, one step away: `?reflections__isnull=False`
        would tell which colleague has rooms, and `?password__startswith=` how a hash begins."""
        if any("\0" in text for text in value):  # no database takes it
            return False
        return lookup in self.own_lookups or is_declared(lookup, self.get_list_filter(request))

    def get_changeform_initial_data(self, request):
        """What an address fills in beforehand, as far as the fields can take it."""
        said = super().get_changeform_initial_data(request)
        return {name: value for name, value in said.items() if can_be_filled_in(self.opts, name, value)}

    def to_field_allowed(self, request, to_field):
        """Nothing of ours is chosen by another field than its key; Django's own fails at a relation."""
        return to_field == self.opts.pk.name

    def response_action(self, request, queryset, *args, **where):
        """Of the rows that are chosen, those whose key is one: at another Django fails."""
        sent = request.POST.copy()
        chosen = sent.getlist(ACTION_CHECKBOX_NAME)
        sent.setlist(ACTION_CHECKBOX_NAME, [key for key in chosen if is_key_of(self.opts, key)])
        request.POST = sent
        return super().response_action(request, queryset, *args, **where)

    def get_deleted_objects(self, objs, request):
        """What stands in the way of a deletion is named only if the admin shows it.

        Django lists it with its text, and that may be a colleague's goal, which is nobody else's to read.
        """
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected = what_stands_in_the_way(objs, self.admin_site)
        return deleted, counts, lacking, [*protected, *needed_by(objs)]

    # --- The event log ---

    @property
    def urls(self):
        urls = super().urls
        for url in urls if self.looked_at_as else []:
            url.callback = self._recorded(url.callback)
        return urls

    def _recorded(self, view):
        @functools.wraps(view)
        def recorded(request, *args, **kwargs) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                self.record_look(request, kwargs.get("object_id", ""))
            return response

        return recorded

    def record_look(self, request, object_id: str):
        """At one row, or at the list."""
        item = self.get_queryset(request).filter(pk=unquote(object_id)).first() if object_id else None
        record_looks(request.user, [item or self.model()], why=self.looked_at_as, about=item)

    def record_act(self, request, what: What, item):
        record(what, who=request.user, about=item, thing=item)

    def log_addition(self, request, obj, message):
        self.record_act(request, What.ADDED, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self.record_act(request, What.CHANGED, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        record_all([new_event(What.DELETED, who=request.user, about=item, thing=item) for item in queryset])
        return super().log_deletions(request, queryset)


class AddedOnlyAdmin(BaseAdmin):
    """A row is added, with who recorded it, and neither changed nor deleted."""

    def save_model(self, request, obj, form, change):
        obj.recorded_by = request.user.pseudonym
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    has_delete_permission = has_change_permission


class ReadOnlyAdmin(AddedOnlyAdmin):
    """Nor is one added here; who has `permission` reads them."""

    permission: str

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(self.permission)

    has_module_permission = has_view_permission

    def has_add_permission(self, request) -> bool:
        return False
