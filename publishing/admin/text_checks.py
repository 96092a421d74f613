"""While an editor writes: what to look at again, and the text as the reader will see it.

Every MarkdownField has it, in a form and in its rows. Both are asked for by scripts
(static/js/admin_checks.js, admin_preview.js). Without them the advice comes as a message when the text is
saved, and a draft is seen at its own address.
"""

from django import forms
from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from publishing.admin.custom_views import ACT, Feature, custom_view
from publishing.admin.references import is_good_link, public_pages
from publishing.fields import MarkdownField
from publishing.pasted import html_to_markdown, lines_to_markdown
from publishing.registry import content_types
from publishing.text_lint import findings

LONGEST = 200_000
LONGEST_PASTED = 1_000_000  # office programs write ten signs for each that is seen


class TextForm(forms.Form):
    text = forms.CharField(required=False, strip=False, max_length=LONGEST)
    is_english = forms.BooleanField(required=False)


class PastedForm(forms.Form):
    html = forms.CharField(required=False, strip=False, max_length=LONGEST_PASTED)
    text = forms.CharField(required=False, strip=False, max_length=LONGEST)


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)


def addresses_of_checks(model_admin) -> dict[str, str]:
    """Where the scripts of a Markdown field ask; an inline's are those of the whole."""
    whole = getattr(model_admin, "parent_model", model_admin.model)._meta
    name = f"{model_admin.admin_site.name}:{whole.app_label}_{whole.model_name}"
    own = {page: reverse(f"{name}_{page}") for page in ["check", "preview", "paste", "links"]}
    choosers = {one.in_texts: one.chooser_address() for one in content_types() if one.in_texts}
    return {f"data-{page}": address for page, address in {**own, **choosers}.items()}


def _may_write(model_admin, request) -> bool:
    return model_admin.has_change_permission(request) or model_admin.has_add_permission(request)


def typed(request, form_class=TextForm) -> dict:
    form = form_class(request.POST)
    return form.cleaned_data if form.is_valid() else {}


@custom_view("tjek/", "check", methods=ACT, may=_may_write)
def check(model_admin, request):
    data = typed(request)
    found = findings(data.get("text", ""), is_good_link=is_good_link, with_lix=not data.get("is_english"))
    return render(request, "admin/_findings.html", {"is_too_long": not data, "findings": found})


@custom_view("forhaandsvisning/", "preview", methods=ACT, may=_may_write)
def preview(model_admin, request):
    data = typed(request)
    return render(request, "admin/_preview.html", {"is_too_long": not data, **data})


@custom_view("indsat/", "paste", methods=ACT, may=_may_write)
def paste(model_admin, request):
    """What somebody pastes, as Markdown and as the reader will see it, before it stands."""
    pasted = typed(request, PastedForm)
    try:
        html, text = pasted.get("html", ""), pasted.get("text", "")
        written = html_to_markdown(html) if html else lines_to_markdown(text)
    except RecursionError:  # a page in a page in a page …
        written = ""
    found = findings(written, is_good_link=is_good_link, with_lix=False)
    lacks = {"pictures": "<img" in html, "deletions": "<del" in html}
    return render(request, "admin/_pasted.html", {"written": written, "findings": found, "lacks": lacks})


@custom_view("link/", "links", methods=ACT, may=_may_write)
def links(model_admin, request):
    """Pages that a text can lead to: everything public, by the beginning of a word of its title."""
    found = public_pages(typed(request, SearchForm).get("q", ""))
    return render(request, "admin/_links_found.html", {"found": found})


TEXT_CHECKS = Feature([check, preview, paste, links])


def advise(request, form, formsets):
    """For whoever writes without scripts: all but the LIX, which has a message of its own."""
    forms = [("", form)]
    for formset in formsets:
        kind = capfirst(formset.model._meta.verbose_name)
        rows = [(f"{kind} {number}: ", row) for number, row in enumerate(formset.forms, start=1)]
        forms += [(name, row) for name, row in rows if row not in formset.deleted_forms]
    for start, one in forms:
        written = {field.name for field in one._meta.model._meta.fields if isinstance(field, MarkdownField)}
        for name in one.changed_data:  # a form may have fields that its model has not
            if name in written:
                _advise_of(request, f"{start}{one.fields[name].label}", getattr(one.instance, name))


def _advise_of(request, label: str, text: str):
    if found := findings(text, is_good_link=is_good_link, with_lix=False):
        sentences = format_html_join("", "<li>{}</li>", ((one.sentence,) for one in found))
        messages.warning(request, format_html("Gemt. Se på feltet «{}» igen:<ul>{}</ul>", label, sentences))
