"""The public pages of all compasses, for search engines and accessibility robots."""

from django.urls import reverse

from compass.sitemaps import PortalSitemap
from reflection.compasses import home_of
from reflection.privacy.open_rooms import open_room_lifetime
from reflection.published_guides import usable_guides


class Guides(PortalSitemap):
    def items(self):
        return usable_guides()


class OnPaper(Guides):
    def location(self, item):
        home = home_of(item.slug)
        return reverse(home.on_paper) if home else reverse("reflection:blank", args=[item.slug])


class ToLead(Guides):
    def location(self, item):
        return reverse("reflection:facilitators_guide", args=[item.slug])


class OpenRooms(PortalSitemap):
    def items(self):
        return ["reflection:open_rooms"] if open_room_lifetime() else []

    def location(self, item):
        return reverse(item)


COMPASSES = {"guides": Guides, "on_paper": OnPaper, "to_lead": ToLead, "open_rooms": OpenRooms}
