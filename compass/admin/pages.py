"""Pages of their own, and the people one can write to."""

from django.contrib import admin, messages

from aarhuskompas.editing import PUBLISHING, ContentAdmin, PublishableAdmin, english
from compass.models import Contact, Page


@admin.register(Page)
class PageAdmin(PublishableAdmin):
    list_display = ["title", "slug"]
    search_fields = ["title", "title_en", "standfirst", "body"]
    fieldsets = [
        (None, {"fields": ["title", "standfirst", "body", "readability"]}),
        english("title_en", "standfirst_en", "body_en"),
        PUBLISHING,
    ]


@admin.register(Contact)
class ContactAdmin(ContentAdmin):
    list_display = ["name", "role", "department", "is_shown", "is_shown_in_english", "as_of"]
    list_filter = ["is_shown", "is_shown_in_english", "department"]
    list_select_related = ["department"]
    search_fields = ["name", "role", "email"]
    autocomplete_fields = ["department"]
    actions = ["show", "hide"]
    help_texts = {
        "as_of": "Skriv den dag, du sidst spurgte. Læseren ser datoen.",
        "is_shown": "Fjern fluebenet, når kontakten er holdt op eller ikke vil stå på siden.",
        "is_shown_in_english": "Sæt kun flueben, når kontakten har sagt ja til det.",
    }
    fieldsets = [
        (None, {"fields": ["name", "role", "department", "email", "as_of"]}),
        english("role_en"),
        ("Vises", {"fields": ["is_shown", "is_shown_in_english"]}),
    ]

    @admin.action(description="Vis de valgte kontakter på siden", permissions=["change"])
    def show(self, request, queryset):
        self._switch(request, queryset, is_shown=True)

    @admin.action(description="Skjul de valgte kontakter", permissions=["change"])
    def hide(self, request, queryset):
        self._switch(request, queryset, is_shown=False)

    def _switch(self, request, queryset, *, is_shown):
        message = "Vises på siden." if is_shown else "Skjult på siden."
        for contact in queryset.exclude(is_shown=is_shown):
            contact.is_shown = is_shown
            contact.save(update_fields=["is_shown"])
            self.log_change(request, contact, message)
            messages.success(request, f"{contact}: {message}")
