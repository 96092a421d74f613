"""While an editor writes: what to look at again, and the text as the reader will see it.

Both are asked for by scripts (static/js/admin_checks.js, admin_preview.js). Without them the advice comes
as a message when the text is saved, and a draft is seen at its own address.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from aarhuskompas.checks import findings, refuse_what_must_be_mended
from aarhuskompas.editing.links import leads_to_a_page, own_path
from compass.models import OldAddress

LONGEST = 200_000
MARKDOWN_FIELDS = {"body", "description", "talk"}


class TextForm(forms.Form):
    text = forms.CharField(required=False, strip=False, max_length=LONGEST)
    is_english = forms.BooleanField(required=False)


def is_good_link(address: str) -> bool:
    """Whether a reader who follows a link within the portal finds a page; also where it has moved."""
    where = own_path(address)
    return not where or leads_to_a_page(where) or OldAddress.objects.filter(old=where).exists()


class CheckedTexts:
    """Mixin for admins of models with Markdown texts."""

    class Media:
        js = ["js/admin_checks.js", "js/admin_preview.js"]

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        views = [("check", "tjek/", self.check_text), ("preview", "forhaandsvisning/", self.preview_text)]
        return [
            path(address, self.admin_site.admin_view(require_POST(view)), name=f"{name}_{view_name}")
            for view_name, address, view in views
        ] + super().get_urls()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name.removesuffix("_en") in MARKDOWN_FIELDS:
            field.validators = [*field.validators, refuse_what_must_be_mended]
            field.widget.attrs |= self._addresses()
            if db_field.name.endswith("_en"):
                field.widget.attrs["data-english"] = "true"
        return field

    def _addresses(self) -> dict[str, str]:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        return {"data-check": reverse(f"{name}_check"), "data-preview": reverse(f"{name}_preview")}

    def _typed(self, request) -> dict:
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        form = TextForm(request.POST)
        return form.cleaned_data if form.is_valid() else {}

    def check_text(self, request):
        typed = self._typed(request)
        found = findings(
            typed.get("text", ""), is_good_link=is_good_link, with_lix=not typed.get("is_english")
        )
        return render(request, "admin/_findings.html", {"is_too_long": not typed, "findings": found})

    def preview_text(self, request):
        typed = self._typed(request)
        return render(request, "admin/_preview.html", {"is_too_long": not typed, **typed})

    def save_model(self, request, obj, form, change):
        """For whoever writes without scripts: the advice comes when the text is saved."""
        super().save_model(request, obj, form, change)
        for name in form.changed_data:
            if name.removesuffix("_en") in MARKDOWN_FIELDS:
                _advise(request, form.fields[name].label, getattr(obj, name))


def _advise(request, label: str, text: str):
    """All but the LIX, which has a message of its own."""
    found = [(one.sentence,) for one in findings(text, is_good_link=is_good_link, with_lix=False)]
    if found:
        sentences = format_html_join("", "<li>{}</li>", found)
        messages.warning(request, format_html("Gemt. Se på feltet «{}» igen:<ul>{}</ul>", label, sentences))
