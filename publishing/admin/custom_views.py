"""Pages of the admin that are ours: their addresses, who may see them, and what stands around them."""

import json

from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe


class OwnPages:
    """Mixin for admins with pages of their own."""

    def route(self, route, view, name):
        return path(route, self.admin_site.admin_view(view), name=self.page_name(name))

    def page_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def address(self, item, page: str = "change", *args) -> str:
        return reverse(f"{self.admin_site.name}:{self.page_name(page)}", args=[item.pk, *args])

    def item_or_404(self, request, object_id, permission="change"):
        """The item, if they may; locked while a form about it is handled."""
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not getattr(self, f"has_{permission}_permission")(request, item):
            raise PermissionDenied
        return item

    def get_object(self, request, object_id, from_field=None):
        item = super().get_object(request, object_id, from_field)
        if item and request.method == "POST" and connection.in_atomic_block:
            return self.get_queryset(request).select_for_update(of=["self"]).filter(pk=item.pk).first()
        return item

    def get_urls(self):
        return [self.route("<path:object_id>/valgt/", self.chosen_view, "chosen"), *super().get_urls()]

    def response_add(self, request, obj, post_url_continue=None):
        """A window that adds something to choose leads on as every form does: sent twice, it is one thing."""
        if IS_POPUP_VAR in request.POST:
            return redirect(self.address(obj, "chosen"))
        return super().response_add(request, obj, post_url_continue)

    @method_decorator(require_safe)
    def chosen_view(self, request, object_id):
        """Tell the form that the window was opened from, and close it."""
        item = self.item_or_404(request, object_id, "view")
        chosen = json.dumps({"value": str(item.pk), "obj": str(item)})
        return TemplateResponse(request, "admin/popup_response.html", {"popup_response_data": chosen})

    def page(self, request, item, title: str, template: str, context: dict, status=200):
        """A page about one item."""
        around = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": title,
            "subtitle": str(item), "item": item, "change_url": self.address(item),
            "list_url": reverse(f"{self.admin_site.name}:{self.page_name('changelist')}"),
        }  # fmt: skip
        return TemplateResponse(request, template, {**around, **context}, status=status)
