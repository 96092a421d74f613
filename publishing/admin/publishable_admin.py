"""Content that is published: its state in lists and forms, and the buttons that change it."""

from functools import partial

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.formats import date_format

from publishing.admin.content_admin import ContentAdmin
from publishing.admin.filters import NoEnglishFilter, NotSeenFilter, StatusFilter, TaskKind, no_english
from publishing.admin.pending import PENDING, form_response
from publishing.admin.remarks import REMARKS
from publishing.admin.workflow import ACTIONS, WORKFLOW, response_of_step, status_of
from publishing.publishable import State
from publishing.readability import AIM, described, lix


class PublishableAdmin(ContentAdmin):
    """For models that are Publishable; `text_field` names the Markdown text whose LIX is shown."""

    text_field = "body"
    own_tasks: list[TaskKind] = []
    actions = ACTIONS
    features = [PENDING, WORKFLOW, REMARKS]
    save_on_top = True

    def get_list_display(self, request):
        measured = ["readability"] if self.text_field else []
        return [*super().get_list_display(request), "status", "changed", *measured]

    def get_list_filter(self, request):
        english = [NoEnglishFilter] if len(no_english(self.model)) > 1 else []
        return [StatusFilter, NotSeenFilter, *english, *super().get_list_filter(request)]

    def get_readonly_fields(self, request, obj=None):
        dates = ["published_at"] if getattr(request, "pending", None) else []
        return [*super().get_readonly_fields(request, obj), *dates, "updated_at", "readability"]

    def get_view_on_site_url(self, obj=None):
        """The page itself: editors see drafts there, at the address that readers will get."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    @admin.display(description="status", ordering="published_at")
    def status(self, item):
        return status_of(item)

    @admin.display(description="ændret", ordering="updated_at")
    def changed(self, item):
        return date_format(timezone.localtime(item.updated_at), "d.m.Y")

    @admin.display(description="LIX")
    def readability(self, item):
        return described(getattr(item, self.text_field)) if self.text_field else ""

    def save_model(self, request, obj, form, change):
        if obj.published_at:  # a date wins: the marks of earlier states go
            obj.submitted_at = obj.archived_at = None
        super().save_model(request, obj, form, change)
        value = lix(getattr(obj, self.text_field)) if self.text_field else None
        if value and value >= AIM:
            text = f"Teksten har LIX {value}. Prøv kortere sætninger og ord, så flere kan læse den."
            messages.warning(request, text)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = partial(super().changeform_view, request, object_id, form_url, extra_context)
        return form_response(self, request, object_id, view)

    def response_add(self, request, obj, post_url_continue=None):
        taken = response_of_step(self, request, obj)
        if not taken and obj.state == State.DRAFT:
            messages.info(request, f"«{obj}» er en kladde. Læserne ser den først, når den er offentlig.")
        return taken or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return response_of_step(self, request, obj) or super().response_change(request, obj)
