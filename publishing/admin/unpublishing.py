"""Before something is deleted or put away: what stands in the way, and what leads to it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, router, transaction
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from publishing.admin.bulk import MOST_LISTED, bulk_page
from publishing.admin.references import Use, leads_to_a_page, own_path, uses_of
from publishing.bin import throw_away
from publishing.publishable import State, put_away

# Reasons why something must stay, from apps of the floors above; each a line for an editor.
PINNED_BY: list[Callable[[models.Model], list[str]]] = []


class DiscreetDeletion:
    """Mixin for admins: what stands in the way of a deletion is named only if the admin shows it.

    Django lists it with its text, and that may be a colleague's goal, which is nobody else's to read.
    """

    def get_deleted_objects(self, objs, request):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected = self._what_stands_in_the_way(objs)
        pinned = [reason for item in objs for says in PINNED_BY for reason in says(item)]
        return deleted, counts, lacking, [*protected, *pinned]

    def _what_stands_in_the_way(self, objs) -> list[str]:
        rows = _protected(objs)
        shown = [row for row in rows if self.admin_site.is_registered(type(row))]
        lines = sorted(_link(self.admin_site, row) for row in shown)
        if hidden := len(rows) - len(shown):
            lines.append(f"Noget, som ikke vises her, fx medarbejderes mål ({hidden})")
        return lines


def _protected(objs) -> set:
    collector = NestedObjects(using=router.db_for_write(objs[0].__class__))
    collector.collect(objs)
    return collector.protected


def _link(site, row) -> str:
    meta = row._meta
    url = reverse(f"{site.name}:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('{}: <a href="{}">{}</a>', capfirst(meta.verbose_name), url, row)


class SuccessorForm(forms.Form):
    """Where readers are led who come by the old address."""

    successor = forms.CharField(
        label="Hvor skal læserne hen i stedet?",
        required=False,
        max_length=200,
        help_text=(
            "Skriv adressen på en anden side hos os, fx /historier/det-nye-moede/. Er feltet tomt, får "
            "læserne at vide, at siden ikke findes mere."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args, address: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.address = address
        if not address:
            del self.fields["successor"]

    def clean_successor(self) -> str:
        if not (written := self.cleaned_data["successor"]):
            return ""
        path = own_path(written)
        if path == self.address:
            raise ValidationError("Det er adressen på den side, du er ved at lægge væk.")
        if not path or not leads_to_a_page(path):
            raise ValidationError("Der er ingen offentlig side hos os på den adresse.")
        return path


class Leaving(DiscreetDeletion):
    """Mixin for admins: archive with a successor, and see what leads here before deleting."""

    delete_confirmation_template = "admin/leave_delete.html"

    def get_urls(self):
        archive = self.route("<path:object_id>/arkiver/", self.archive_view, "archive")
        return [*([archive] if hasattr(self.model, "archive") else []), *super().get_urls()]

    def uses(self, item) -> list[Use]:
        """Everything that leads to the item; an admin adds what no table knows, such as the menu."""
        return uses_of(item)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(transaction.atomic)
    def archive_view(self, request, object_id):
        item = self.item_or_404(request, object_id)
        if item.state == State.ARCHIVED:
            messages.info(request, f"«{item}» er allerede arkiveret.")
            return redirect(self.address(item))
        form = SuccessorForm(request.POST or None, address=item.public_address)
        if request.method == "POST" and form.is_valid():
            return self._archive(request, item, form.cleaned_data.get("successor", ""))
        context = {"form": form, "uses": self.uses(item)}
        status = 400 if form.errors else 200
        return self.page(
            request, item, f"Arkivér {self.opts.verbose_name}", "admin/archive.html", context, status
        )

    def _archive(self, request, item, successor):
        led = f" Læserne føres til {successor}." if successor else ""
        with self.as_version(request, item, f"Arkiveret.{led}"):
            item.archive(successor)
        messages.success(request, f"«{item}» er arkiveret og vises ikke mere for læserne.{led}")
        return redirect(self.address(item))

    # --- Deleting ---

    @method_decorator(transaction.atomic)
    def delete_view(self, request, object_id, extra_context=None):
        """Django's own page, with what leads here and a field for the page that takes its place."""
        item = self.item_or_404(request, object_id, "delete")
        address = getattr(item, "public_address", "")
        form = SuccessorForm(request.POST or None, address=address)
        is_refused = request.method == "POST" and not form.is_valid()
        if is_refused:
            request.POST = QueryDict()  # Django then asks again
        archive = self.address(item, "archive") if hasattr(item, "archive") else ""
        extra = {"uses": self.uses(item), "leave_form": form, "archive_url": archive, **(extra_context or {})}
        answer = super().delete_view(request, object_id, extra)
        if is_refused:
            answer.status_code = 400
        elif address and not type(item).objects.filter(pk=item.pk).exists():
            put_away.send(type(item), old=address, new=form.cleaned_data["successor"])
        return answer

    def delete_model(self, request, obj):
        throw_away(obj, request.user)

    def delete_queryset(self, request, queryset):
        for item in queryset:
            address = getattr(item, "public_address", "")
            throw_away(item, request.user)
            if address:
                put_away.send(self.model, old=address, new="")

    # --- Several at once ---

    def get_actions(self, request):
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            actions["delete_selected"] = (type(self).delete_many, "delete_selected", "Slet")
        return actions

    def delete_many(self, request, queryset):
        """Django's own action, with the warnings of a single deletion for each."""
        _deleted, _counts, lacking, protected = self.get_deleted_objects(queryset, request)
        if lacking:
            raise PermissionDenied
        if "post" in request.POST and not protected:
            return self._delete_many(request, queryset)
        shown = queryset[:MOST_LISTED]
        context = {
            "items": [(item, self.uses(item)) for item in shown],
            "more": max(0, queryset.count() - MOST_LISTED),
            "protected": protected,
            "can_archive": "archive" in self.get_actions(request),
        }
        return bulk_page(self, request, queryset, "Slet", "admin/delete_many.html", context)

    def _delete_many(self, request, queryset):
        number = queryset.count()
        with transaction.atomic():
            self.log_deletions(request, queryset)
            self.delete_queryset(request, queryset)
        what = self.opts.verbose_name if number == 1 else self.opts.verbose_name_plural
        messages.success(request, f"{number} {what} ligger nu i papirkurven i 30 dage.")
