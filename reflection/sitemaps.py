"""The public pages of all compasses, for search engines and accessibility robots."""

from compass.sitemaps import PortalSitemap
from reflection.published_guides import usable_guides


class Guides(PortalSitemap):
    def items(self):
        return usable_guides()
