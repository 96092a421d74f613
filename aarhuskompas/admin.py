from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.urls import reverse


class PortalAdmin(admin.AdminSite):
    site_header = "Aarhuskompasset: redaktion"
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
