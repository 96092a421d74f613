"""Pages of the admin that are ours: each is a function, and a feature is a module that declares its own."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

FORM, READ, ACT = ["GET", "HEAD", "POST"], ["GET", "HEAD"], ["POST"]


class CustomView(NamedTuple):
    route: str
    name: str
    view: Callable

    def url(self, model_admin) -> URLPattern:
        view = partial(self.view, model_admin=model_admin)
        return path(
            self.route, model_admin.admin_site.admin_view(view), name=model_admin.page_name(self.name)
        )


class Feature(NamedTuple):
    """What an admin offers beside Django's own: `features = […]`; as with `Media`, parents' count too.

    `in_form(model_admin, request, context, item)` is what the form shows more, with the item where it may be
    changed, and `in_list(model_admin, request)` what the list does.
    """

    views: Iterable[CustomView] = ()
    in_form: Callable[..., dict] = lambda *_: {}
    in_list: Callable[..., dict] = lambda *_: {}


def permitted(permission: str) -> Callable[..., bool]:
    """To «view», «add» or «change» what the admin is of."""
    return lambda model_admin, request: getattr(model_admin, f"has_{permission}_permission")(request)


def custom_view(route: str, name: str, *, methods=FORM, may=lambda *_: True, guards=()):
    """A decorator for a page: `may(model_admin, request)` says who sees it, `guards` decorate it."""

    def decorated(view) -> CustomView:
        def guarded(request, *, model_admin, **kwargs):
            if not may(model_admin, request):
                raise PermissionDenied
            return view(model_admin, request, **kwargs)

        for guard in [*guards, require_http_methods(methods)]:
            guarded = guard(guarded)
        return CustomView(route, name, guarded)

    return decorated


def item_view(route: str, name: str, *, permission="change", **options):
    """A decorator for a page about one item: handed over, and locked while a form about it is handled."""

    def decorated(view) -> CustomView:
        @transaction.atomic
        def with_item(model_admin, request, object_id, **kwargs):
            return view(
                model_admin, request, model_admin.item_or_404(request, object_id, permission), **kwargs
            )

        return custom_view(f"<path:object_id>/{route}", name, **options)(with_item)

    return decorated
