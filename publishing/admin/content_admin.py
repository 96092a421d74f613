"""What every form of the admin does: help in sentences, guards, addresses out of titles, versions."""

import json
import re
from collections import ChainMap, Counter
from contextlib import contextmanager
from functools import partial
from itertools import count

from django.conf import settings
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.db import models, transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from reversion.admin import VersionAdmin

from publishing.admin.base import BaseAdmin
from publishing.admin.custom_views import READ, Feature, item_view
from publishing.admin.drafts import DRAFTS, draw_fetched, fetched_work, finish_work, work_key
from publishing.admin.edit_conflicts import GuardedForm, collision_context, tell_what_was_taken_over
from publishing.admin.help import ADDRESSES, beside_each_other, furnished, with_help, with_typed_choice
from publishing.admin.history import HISTORY, VERSIONS_SHOWN, as_version, remember, versions_of
from publishing.admin.references import Use, uses_of
from publishing.admin.text_checks import TEXT_CHECKS, advise
from publishing.admin.unpublishing import delete_many, delete_with_successor
from publishing.bin import throw_away
from publishing.signals import put_away
from publishing.slugs import slug_of

KEY = re.compile(r"([A-ZÆØÅ]+-?)(\d+)")
LOOKED_AT = 500
TAKEN = {
    "slug": "Adressen bliver brugt i forvejen. Skriv en anden her, eller giv teksten en anden titel.",
    "key": "Nøglen bliver brugt i forvejen. Lad feltet stå tomt, så får teksten den næste.",
}
NO_ADDRESS = "Titlen har ingen bogstaver, en adresse kan laves af. Skriv en adresse her."


@item_view("valgt/", "chosen", methods=READ, permission="view")
def chosen_view(model_admin, request, item):
    """Tell the form that the window was opened from what was added, and close it."""
    chosen = json.dumps({"value": str(item.pk), "obj": str(item)})
    return TemplateResponse(request, "admin/popup_response.html", {"popup_response_data": chosen})


class GuardedAdmin(BaseAdmin):
    """For all in which somebody writes: no word is lost, overwritten or left unchecked."""

    form = GuardedForm
    help_texts: dict[str, str] = {}
    formfield_overrides = ADDRESSES
    features = [TEXT_CHECKS, DRAFTS, Feature([chosen_view])]

    class Media:
        js = [
            "js/admin_fields.js",
            "js/admin_unsaved.js",
            "js/admin_checks.js",
            "js/admin_uploads.js",
            "js/admin_chooser.js",
            "js/admin_toolbar.js",
            "js/admin_preview.js",
            "js/admin_order.js",
        ]

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not issubclass(cls.form, GuardedForm):
            raise TypeError(f"The form of {cls.__name__} must be a GuardedForm.")

    def get_fieldsets(self, request, obj=None):
        return beside_each_other(super().get_fieldsets(request, obj), self.model)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        kwargs |= with_help(db_field, self) | with_typed_choice(db_field, request, self)
        return furnished(super().formfield_for_dbfield(db_field, request, **kwargs), db_field, self)

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        obj.formsets = formsets  # the form is cleaned after this, and its rows with it
        return formsets, inlines

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = partial(super().changeform_view, request, object_id)
        if work := fetched_work(self, request, object_id):
            return draw_fetched(request, work, partial(view, request.path, extra_context))
        return view(form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        collision = collision_context(context["adminform"].form)
        context |= {**collision, "most_bytes": settings.UPLOAD_MAX_BYTES}
        response = super().render_change_form(request, context, add, change, form_url, obj)
        response.status_code = 409 if collision else response.status_code
        return response

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        request.saved_item = form.instance  # for whoever looks at what was saved in a trial
        tell_what_was_taken_over(request, form)
        finish_work(request, self.model, work_key(request, str(form.instance.pk)) if change else "")
        advise(request, form, formsets)

    def response_add(self, request, obj, post_url_continue=None):
        """A window that adds something to choose leads on as every form does: sent twice, it is one thing."""
        if IS_POPUP_VAR in request.POST:
            return redirect(self.address(obj, "chosen"))
        return super().response_add(request, obj, post_url_continue)


class ContentForm(GuardedForm):
    """Makes the address of the title, and gives the next key, when the editor wrote none."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in TAKEN.keys() & self.fields.keys():
            self.fields[name].required = False
            self.fields[name].error_messages["unique"] = TAKEN[name]

    def clean(self):
        cleaned = super().clean()
        if "key" in self.fields and not (cleaned.get("key") or "key" in self.errors):
            cleaned["key"] = self.instance.key or next_key(type(self.instance))
        if "slug" in self.fields and not (cleaned.get("slug") or "slug" in self.errors):
            self._make_address(cleaned)
        return cleaned

    def _make_address(self, cleaned: dict):
        """Of the title, or none: the row keeps the one it has, and nothing is public without one."""
        cleaned["slug"] = slug_of(cleaned.get("title", ""), self.fields["slug"].max_length)
        if not cleaned["slug"]:
            del cleaned["slug"]
            if "title" not in self.errors:
                self.add_error("slug", NO_ADDRESS)


def next_key(model: type[models.Model]) -> str:
    """The one after the highest, with the letters that the last rows have: «S20» → «S21»."""
    last = model._default_manager.order_by("-pk").values_list("key", flat=True)[:LOOKED_AT]
    found = [match.groups() for key in last if (match := KEY.fullmatch(key))]
    letters = Counter(letters for letters, _number in found).most_common(1)
    start = letters[0][0] if letters else model._meta.model_name[:1].upper()
    numbers = [number for begins, number in found if begins == start]
    highest, width = max(map(int, numbers), default=0), len(max(numbers, default=""))
    keys = (f"{start}{number:0{width}}" for number in count(highest + 1))
    return next(key for key in keys if not model._default_manager.filter(key=key).exists())


class ContentAdmin(GuardedAdmin, VersionAdmin):
    """What readers are shown. Reversion keeps the versions; the pages that show them are ours."""

    form = ContentForm
    list_per_page = 50
    object_history_template = "admin/history.html"
    delete_confirmation_template = "admin/leave_delete.html"
    change_list_template = None
    features = [HISTORY]

    class Media:
        js = ["js/admin_labels.js", *GuardedAdmin.Media.js]

    def get_urls(self):
        """Reversion's own pages change the row while they show it, so they are not offered."""
        left_out = {self.page_name(page) for page in ["recoverlist", "recover", "revision"]}
        return [url for url in super().get_urls() if url.name not in left_out]

    def uses(self, item) -> list[Use]:
        """Everything that leads to the item; an admin adds what no table knows, such as the menu."""
        return uses_of(item)

    # --- Every change becomes a version ---

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method != "POST":
            return super().change_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            item = self.get_object(request, unquote(object_id))
            if item and self.has_change_permission(request, item):
                remember(item)
            return super().change_view(request, object_id, form_url, extra_context)

    def changelist_view(self, request, extra_context=None):
        """What an action does to several items becomes a version of each, not one of all."""
        shown = [feature.in_list(self, request) for feature in self.all_features()]
        context = dict(ChainMap(extra_context or {}, *shown))
        return super(VersionAdmin, self).changelist_view(request, context)

    @contextmanager
    def as_version(self, request, item, message: str):
        """Whatever is done to the item in this block becomes one version, and a line of its history."""
        with transaction.atomic():
            remember(item)
            with as_version(item, message, request.user):
                yield
            self.log_change(request, item, message)

    def history_view(self, request, object_id, extra_context=None):
        item = self.item_or_404(request, object_id, "view")
        versions = list(versions_of(item)[:VERSIONS_SHOWN])
        shown = {"versions": versions, "can_restore": self.has_change_permission(request, item)}
        return super(VersionAdmin, self).history_view(request, object_id, {**shown, **(extra_context or {})})

    # --- What is deleted lies in the bin ---

    @method_decorator(transaction.atomic)
    def delete_view(self, request, object_id, extra_context=None):
        item = self.item_or_404(request, object_id, "delete")
        django_view = super().delete_view
        return delete_with_successor(
            self, request, item, lambda shown: django_view(request, object_id, shown | (extra_context or {}))
        )

    def delete_model(self, request, obj):
        throw_away(obj, request.user)

    def delete_queryset(self, request, queryset):
        for item in queryset:
            address = getattr(item, "public_address", "")
            throw_away(item, request.user)
            if address:
                put_away.send(self.model, old=address, new="")

    def get_actions(self, request):
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            actions["delete_selected"] = (delete_many, "delete_selected", "Slet")
        return actions
