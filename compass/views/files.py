"""Small files that machines ask for, and the short address of the accessibility statement."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publishing.portal import current_portal
from publishing.public_pages import public

SECURITY_TXT_DAYS = 180


@require_safe
def was(request):
    """The statement in the state's own tool – or our page about it until the tool has one."""
    return redirect(current_portal().was_url or reverse("compass:page", args=["tilgaengelighed"]))


@public
def security_txt(request):
    """RFC 9116. The date is computed, so that the file never expires while the portal runs."""
    portal, expires = current_portal(), timezone.localdate() + timedelta(days=SECURITY_TXT_DAYS)
    return _text(
        f"Contact: mailto:{portal.security_email or portal.contact_email}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: da, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    )


@public
def robots_txt(request):
    return _text(
        "User-agent: *",
        "Disallow: /konto/",
        "Disallow: /en/konto/",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    )


def _text(*lines: str) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
