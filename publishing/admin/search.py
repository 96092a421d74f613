"""One search over everything an editor may see: «where does that sentence stand?»"""

from typing import NamedTuple

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import models
from django.template.response import TemplateResponse

from publishing.admin.references import says
from publishing.admin.text_checks import SearchForm
from publishing.registry import content_type_of

SHOWN = 10  # of each kind; its list shows the rest


class Found(NamedTuple):
    label: str
    rows: list[tuple[str, str]]  # address and words
    all_of_them: str  # the address of the list that shows them, where there are more


def search_view(request, site: AdminSite) -> TemplateResponse:
    content = [one for one in site._registry.values() if content_type_of(one.model)]
    readable = [one for one in content if one.has_view_permission(request)]
    if not readable:
        raise PermissionDenied
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = [group for one in readable if words and (group := _found(request, one, words))]
    context = {**site.each_context(request), "title": "Søg i alt indhold", "form": form, "words": words}
    status = 200 if form.is_valid() else 400
    return TemplateResponse(request, "admin/search.html", {**context, "found": found}, status=status)


def _found(request, model_admin, words: str) -> Found | None:
    """One query a kind: the words as they are written, in any text of it; its parts have their own."""
    has_words = says(model_admin.model, words, (models.CharField, models.TextField), "icontains")
    rows = list(model_admin.get_queryset(request).filter(has_words)[: SHOWN + 1])
    if not rows:
        return None
    return Found(
        str(model_admin.opts.verbose_name_plural),
        [(model_admin.address(row), str(row)) for row in rows[:SHOWN]],
        model_admin.list_address() if len(rows) > SHOWN else "",
    )
