"""Every page a reader can find, in both languages, for search engines and accessibility robots."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.urls import reverse

from compass.models import Chapter, Recording
from publishing.public_pages import is_open
from publishing.registry import content_types


class PortalSitemap(Sitemap):
    """The address is the portal's own, whatever host name the question came by."""

    i18n = True
    alternates = True
    x_default = True

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class Fronts(PortalSitemap):
    """Pages that show rows instead of being one."""

    def items(self):
        fronts = [
            "compass:front",
            "compass:framework",
            "compass:paths",
            "compass:dilemmas",
            "compass:stories",
            "compass:audiobook",
            "compass:timeline",
            "compass:opendata",
            "goodbyes",
        ]
        return [name for name in fronts if is_open(reverse(name))]

    def location(self, item):
        return reverse(item)


class Published(PortalSitemap):
    """The pages of one content type."""

    def __init__(self, model):
        self.model = model

    def items(self):
        return [item for item in self.model.objects.published() if is_open(item.get_absolute_url())]

    def lastmod(self, item):
        return item.updated_at


class Chapters(PortalSitemap):
    def items(self):
        if not is_open(reverse("compass:audiobook")):
            return Chapter.objects.none()
        return Chapter.objects.filter(recording__in=Recording.objects.published()).select_related("recording")

    def lastmod(self, chapter):
        return chapter.recording.updated_at


SITEMAPS: dict[str, type[Sitemap]] = {"fronts": Fronts, "chapters": Chapters}  # apps above add theirs


def sitemaps() -> dict[str, type[Sitemap] | Sitemap]:
    pages = {one.name: Published(one.model) for one in content_types() if one.has_page}
    return {**SITEMAPS, **pages}


def every_page(request):
    return sitemap(request, sitemaps())
