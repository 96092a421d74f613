"""Several items at once: what an action will do, and to which, is said before it is done."""

import functools
from collections.abc import Callable

from django.contrib import admin
from django.db import models
from django.template.response import TemplateResponse

MOST_LISTED = 100


def asks_first(description: str, *, does: str, applies: Callable[[models.Model], bool], permission="change"):
    """A decorator for actions: `does` is what it does in a sentence, `applies` to which of the chosen; those
    are handed over."""

    def decorated(action):
        @admin.action(description=description, permissions=[permission])
        @functools.wraps(action)
        def asked(model_admin, request, queryset):
            chosen = list(queryset)
            touched = [item for item in chosen if applies(item)]
            if "confirmed" in request.POST:
                return action(model_admin, request, touched)
            context = {
                "does": does,
                "button": f"Ja, {description[0].lower()}{description[1:]}",
                "action": action.__name__,
                "touched": touched,
                "untouched": [item for item in chosen if item not in touched],
            }
            return bulk_page(model_admin, request, description, "admin/bulk.html", context)

        return asked

    return decorated


def bulk_page(model_admin, request, title: str, template: str, context: dict) -> TemplateResponse:
    """A page that asks about the chosen rows of a list, and sends the same choice once more."""
    chosen = {
        "chosen": request.POST.getlist("_selected_action"),
        "select_across": request.POST.get("select_across", "0"),
        "most": MOST_LISTED,
    }
    return model_admin.page(request, title, template, {**chosen, **context})
