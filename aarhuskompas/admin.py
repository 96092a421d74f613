from functools import partial

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from accounts import login_views
from accounts.guards import awake_required
from publishing.models import BINNED_KEPT
from publishing.portal import current_portal

MOST_MISSED = 50


def _runs(request) -> bool:
    """Whether it is theirs to say who we are."""
    return request.user.has_perm("publishing.change_portal")


class PortalAdmin(admin.AdminSite):
    site_title = "Redaktion"
    index_title = "Hvad vil du arbejde med?"
    enable_nav_sidebar = True

    def login(self, request, extra_context=None):
        """One door: the portal's own login, with its rate limits.

        Whoever is through it already and may not work here is told so, and not sent round in a circle.
        """
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def each_context(self, request):
        own = {"site_header": f"{current_portal().name}: redaktion", "bin_days": BINNED_KEPT.days}
        return {**super().each_context(request), **own}

    def logout(self, request, extra_context=None):
        """And one way out, which leads out at the provider too."""
        return login_views.logout(request)

    def admin_view(self, view, cacheable=False):
        """Whoever has not used the admin for an hour shows again who they are."""
        return awake_required(super().admin_view(view, cacheable))

    def get_urls(self):
        from publishing.admin.binned import bin_view
        from publishing.admin.search import search_view

        own = [
            path("r/<int:kind>/<path:object_id>/", self.admin_view(self.on_site_view), name="view_on_site"),
            path("papirkurv/", self.admin_view(partial(bin_view, site=self)), name="bin"),
            path("soeg/", self.admin_view(partial(search_view, site=self)), name="search"),
            path("links/", self.admin_view(self.links_view), name="broken_links"),
            path("mangler/", self.admin_view(self.readiness_view), name="readiness"),
        ]
        # One's password is changed where one logs in, and nobody else's anywhere.
        kept = [url for url in super().get_urls() if "password" not in (getattr(url, "name", "") or "")]
        return [*own, *kept]

    def index(self, request, extra_context=None):
        from publishing.admin.dashboard import editable, tasks_for
        from publishing.admin.own_work import own_work

        context = {
            "tasks": tasks_for(request, self),
            "edits": bool(editable(request, self)),
            "own": own_work(request.user),
            "runs": _runs(request),
        }
        return super().index(request, context | (extra_context or {}))

    def autocomplete_view(self, request):
        """Django asks no form what is typed here, and no database takes a NUL."""
        if "\0" in request.GET.get("term", ""):
            raise BadRequest
        return super().autocomplete_view(request)

    def links_view(self, request):
        """Every link in the texts that leads to nothing, looked for when somebody asks."""
        from compass.models import Missed
        from publishing.admin.dashboard import editable
        from publishing.admin.references import broken_links, is_good_link

        if not editable(request, self):
            raise PermissionDenied
        missed = [one for one in Missed.objects.all()[:MOST_MISSED] if not is_good_link(one.address)]
        own = {"title": "Links, der ikke virker", "broken": broken_links(), "missed": missed}
        context = {**self.each_context(request), **own}
        return TemplateResponse(request, "admin/links.html", context)

    def readiness_view(self, request):
        """What a new municipality still has to fill in."""
        from compass.admin.readiness import missing

        if not _runs(request):
            raise PermissionDenied
        context = {**self.each_context(request), "title": "Det, der mangler", "missing": missing(self)}
        return TemplateResponse(request, "admin/readiness.html", context)

    def on_site_view(self, request, kind, object_id):
        """The page of a row; Django's own would give away the address of anything that has one."""
        model = get_object_or_404(ContentType, pk=kind).model_class()
        if model is None or not self.is_registered(model):
            raise Http404
        model_admin = self.get_model_admin(model)
        item = model_admin.get_object(request, object_id)
        url = model_admin.get_view_on_site_url(item) if item else None
        if not url or not model_admin.has_view_permission(request, item):
            raise Http404
        return redirect(url)
