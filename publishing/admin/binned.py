"""The bin: what editors have deleted, to fetch back or to forget."""

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from publishing.bin import forget, put_back
from publishing.models import Binned

MOST_SHOWN = 500


class ActForm(forms.Form):
    binned = forms.ModelChoiceField(Binned.objects.none())
    act = forms.ChoiceField(choices=[("back", "Hent tilbage"), ("forget", "Slet for altid")])


def deletable_by(request, site) -> list[str]:
    """The kinds of content that they may delete, and so fetch back."""
    return [
        model._meta.model_name
        for model, one in site._registry.items()
        if one.has_delete_permission(request) and one.has_add_permission(request)
    ]


def bin_view(request, site):
    models = deletable_by(request, site)
    if not models:
        raise PermissionDenied
    binned = Binned.objects.filter(content_type__model__in=models).select_related("content_type", "by")
    form = ActForm(request.POST or None)
    form.fields["binned"].queryset = binned
    if form.is_valid():
        chosen = form.cleaned_data["binned"]
        if form.cleaned_data["act"] == "back":
            _put_back(request, chosen)
        else:
            forget(chosen)
            messages.success(request, f"«{chosen}» er slettet for altid.")
        return redirect(request.path)
    context = {**site.each_context(request), "title": "Papirkurven", "binned": binned[:MOST_SHOWN]}
    return TemplateResponse(request, "admin/bin.html", context, status=400 if form.is_bound else 200)


def _put_back(request, binned: Binned):
    try:
        item = put_back(binned)
    except IntegrityError:
        messages.error(request, f"«{binned}» kan ikke hentes tilbage. Noget andet har taget dens plads.")
        return
    LogEntry.objects.log_actions(request.user.pk, [item], ADDITION, "Hentet op af papirkurven.")
    messages.success(request, f"«{item}» er hentet tilbage. Læserne ser den, når du offentliggør den.")
