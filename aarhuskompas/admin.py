from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.urls import reverse


class PortalAdmin(admin.AdminSite):
    site_header = "Aarhuskompasset: redaktion"
    site_title = "Redaktion"
    index_title = "Hvad vil du arbejde med?"
    enable_nav_sidebar = True

    def login(self, request, extra_context=None):
        """One door: the portal's own login, with its rate limits."""
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
