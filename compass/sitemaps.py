"""Every page a reader can find, in both languages, for search engines and accessibility robots."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from compass.models import Chapter, Dilemma, Page, Path, Pivot, Recording, Story


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
        return [
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

    def location(self, item):
        return reverse(item)


class Published(PortalSitemap):
    model = None

    def items(self):
        return self.model.objects.published()

    def lastmod(self, item):
        return item.updated_at


class Pivots(Published):
    model = Pivot


class Paths(Published):
    model = Path


class Dilemmas(Published):
    model = Dilemma


class Stories(Published):
    model = Story


class Pages(Published):
    model = Page


class Chapters(PortalSitemap):
    def items(self):
        return Chapter.objects.filter(recording__in=Recording.objects.published()).select_related("recording")

    def lastmod(self, chapter):
        return chapter.recording.updated_at


SITEMAPS: dict[str, type[Sitemap]] = {  # apps above add theirs when they start
    "fronts": Fronts,
    "pivots": Pivots,
    "paths": Paths,
    "dilemmas": Dilemmas,
    "stories": Stories,
    "pages": Pages,
    "chapters": Chapters,
}
