"""A draft shown to somebody without an account, by a link that ends."""

from typing import Any

from django.apps import apps
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from publishing.publishable import Publishable
from publishing.trial import as_readers_see_it

SALT = "publishing.shared_draft"
DAYS = 14


def link_to(item: Publishable) -> str:
    token = signing.dumps([item._meta.label_lower, item.pk], salt=SALT)
    return reverse("publishing:draft", args=[token])


@require_safe
def draft(request, token):
    """The page as it will be; a link that is too old says so, and one of what is public leads there."""
    from publishing.admin.pending import drafted, pending_of

    item = _item(token)
    if item is None:
        return _is_over(request)
    pending = pending_of(item)
    if item.is_published and not pending:
        return redirect(item.get_absolute_url())
    try:
        with drafted(item, pending):
            return HttpResponse(as_readers_see_it(request, item, get_language()).content)
    except ValidationError:
        return _is_over(request)


def _is_over(request):
    return render(request, "publishing/link_is_over.html", status=410)


def _item(token: str) -> Any:
    try:
        label, pk = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return None
    return apps.get_model(label)._base_manager.filter(pk=pk).first()
