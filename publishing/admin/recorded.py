"""What is done and seen in the admin is in the event log too."""

import functools

from django.contrib.admin.utils import unquote
from django.http import HttpResponse

from privacy.events import happening, record, record_all, record_looks
from privacy.models import What, Why


class RecordsEvents:
    """Mixin for every admin: adding, changing and deleting are events.

    Where the rows are somebody's own, `looked_at_as` says by what right they are looked at, and every page
    about them is an event as well. Django's own history stays beside it, row by row.
    """

    looked_at_as: Why | None = None

    @property
    def urls(self):
        """All pages, those of other mixins too."""
        urls = super().urls
        for url in urls if self.looked_at_as else []:
            url.callback = self._recorded(url.callback)
        return urls

    def _recorded(self, view):
        @functools.wraps(view)
        def recorded(request, *args, **kwargs) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                self.record_look(request, kwargs.get("object_id", ""))
            return response

        return recorded

    def record_look(self, request, object_id: str):
        """At one row, or at the list."""
        item = self.get_queryset(request).filter(pk=unquote(object_id)).first() if object_id else None
        record_looks(request.user, [item or self.model()], why=self.looked_at_as, about=item)

    def record_act(self, request, what: What, item):
        record(what, who=request.user, about=item, thing=item)

    def log_addition(self, request, obj, message):
        self.record_act(request, What.ADDED, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self.record_act(request, What.CHANGED, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        acts = [happening(What.DELETED, who=request.user, about=item, thing=item) for item in queryset]
        record_all(acts)
        return super().log_deletions(request, queryset)
