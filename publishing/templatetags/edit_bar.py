"""A line on the pages of content for those who may change it; readers' pages know nothing of it."""

from django import template
from django.urls import reverse

from publishing.public_pages import has_session
from publishing.publishable import Publishable

register = template.Library()


@register.simple_tag(takes_context=True)
def edit_bar(context) -> dict:
    """Nothing for a reader: without a session nobody is asked for, and the page is the same for all."""
    request = context.get("request")
    if getattr(request, "is_draft", False):
        return {"is_draft": True}
    if not hasattr(request, "user") or not (has_session(request) and request.user.is_staff):
        return {}
    items = [value for value in context.flatten().values() if isinstance(value, Publishable)]
    pages = [item for item in items if hasattr(item, "get_absolute_url")]
    shown = [page for page in pages if page.get_absolute_url() == request.path]
    if not shown or not request.user.has_perm(f"{shown[0]._meta.label_lower.replace('.', '.change_')}"):
        return {}
    name = f"admin:{shown[0]._meta.app_label}_{shown[0]._meta.model_name}_change"
    return {"item": shown[0], "address": reverse(name, args=[shown[0].pk])}
