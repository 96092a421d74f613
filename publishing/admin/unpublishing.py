"""Before something is deleted or put away: what stands in the way, and what leads to it."""

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import router, transaction
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.text import capfirst

from publishing.admin.bulk import MOST_LISTED, bulk_page
from publishing.admin.custom_views import item_view
from publishing.admin.references import HIDDEN, change_url, leads_to_a_page, own_path
from publishing.danish_order import danish_key
from publishing.models import BINNED_KEPT
from publishing.publishable import State
from publishing.signals import is_needed, put_away


def needed_by(objs) -> list[str]:
    """Each a line for an editor, from whatever app that answers the signal."""
    answers = [answer for item in objs for answer in is_needed.send(type(item), item=item)]
    return [reason for _receiver, reasons in answers for reason in reasons]


def what_stands_in_the_way(objs, site: AdminSite) -> list[str]:
    """Each with a link, and what the admin shows nobody only as a number."""
    collector = NestedObjects(using=router.db_for_write(objs[0].__class__))
    collector.collect(objs)
    shown = [row for row in collector.protected if site.is_registered(type(row))]
    link = '{}: <a href="{}">{}</a>'
    lines = [format_html(link, capfirst(row._meta.verbose_name), change_url(row), row) for row in shown]
    hidden = len(collector.protected) - len(shown)
    return [*sorted(lines, key=danish_key), *([HIDDEN.format(hidden)] if hidden else [])]


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


@item_view("arkiver/", "archive")
def archive_view(model_admin, request, item):
    if item.state == State.ARCHIVED:
        messages.info(request, f"«{item}» er allerede arkiveret.")
        return redirect(model_admin.address(item))
    form = SuccessorForm(request.POST or None, address=item.public_address)
    if not form.is_valid():
        context = {"form": form, "uses": model_admin.uses(item)}
        title = f"Arkivér {model_admin.opts.verbose_name}"
        return model_admin.page(request, title, "admin/archive.html", context, item=item)
    successor = form.cleaned_data.get("successor", "")
    led = f" Læserne føres til {successor}." if successor else ""
    with model_admin.as_version(request, item, f"Arkiveret.{led}"):
        item.archive(successor)
    messages.success(request, f"«{item}» er arkiveret og vises ikke mere for læserne.{led}")
    return redirect(model_admin.address(item))


# --- Deleting ---


def delete_with_successor(model_admin, request, item, view):
    """Django's own page, with what leads here and a field for the page that takes its place."""
    address = getattr(item, "public_address", "")
    form = SuccessorForm(request.POST or None, address=address)
    is_refused = request.method == "POST" and not form.is_valid()
    if is_refused:
        request.POST = QueryDict()  # Django then asks again
    archive = model_admin.address(item, "archive") if hasattr(item, "archive") else ""
    response = view({"uses": model_admin.uses(item), "leave_form": form, "archive_url": archive})
    if is_refused:
        response.status_code = 400
    elif address and not type(item).objects.filter(pk=item.pk).exists():
        put_away.send(type(item), old=address, new=form.cleaned_data["successor"])
    return response


def delete_many(model_admin, request, queryset):
    """Django's own action, with the warnings of a single deletion for each."""
    _deleted, _counts, lacking, protected = model_admin.get_deleted_objects(queryset, request)
    if lacking:
        raise PermissionDenied
    if "post" in request.POST and not protected:
        number, opts = queryset.count(), model_admin.opts
        with transaction.atomic():
            model_admin.log_deletions(request, queryset)
            model_admin.delete_queryset(request, queryset)
        what = opts.verbose_name if number == 1 else opts.verbose_name_plural
        messages.success(request, f"{number} {what} ligger nu i papirkurven i {BINNED_KEPT.days} dage.")
        return None
    context = {
        "items": [(item, model_admin.uses(item)) for item in queryset[:MOST_LISTED]],
        "more": max(0, queryset.count() - MOST_LISTED),
        "protected": protected,
        "can_archive": "archive" in model_admin.get_actions(request),
    }
    return bulk_page(model_admin, request, "Slet", "admin/delete_many.html", context)
