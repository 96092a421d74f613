"""Several items at once: what an action will do, and to which, is said before it is done."""

import functools
from collections.abc import Callable

from django.contrib import admin
from django.db import models
from django.template.response import TemplateResponse

MOST_LISTED = 100


def asks_first(description: str, *, does: str, applies: Callable[[models.Model], bool], permission="change"):
    """A decorator for actions: `does` is what it does in a sentence, `applies` to which of the chosen."""

    def decorated(action):
        @admin.action(description=description, permissions=[permission])
        @functools.wraps(action)
        def asked(self, request, queryset):
            if "confirmed" in request.POST:
                return action(self, request, queryset)
            chosen = list(queryset)
            touched = [item for item in chosen if applies(item)]
            context = {
                "does": does,
                "button": f"Ja, {description[0].lower()}{description[1:]}",
                "action": action.__name__,
                "touched": touched,
                "untouched": [item for item in chosen if item not in touched],
            }
            return bulk_page(self, request, queryset, description, "admin/bulk.html", context)

        return asked

    return decorated


def bulk_page(self, request, queryset, title: str, template: str, context: dict) -> TemplateResponse:
    """A page that asks about the chosen rows of a list, and sends the same choice once more."""
    around = {
        **self.admin_site.each_context(request), "opts": self.opts, "title": title,
        "chosen": request.POST.getlist("_selected_action"),
        "select_across": request.POST.get("select_across", "0"), "most": MOST_LISTED,
    }  # fmt: skip
    return TemplateResponse(request, template, {**around, **context})
