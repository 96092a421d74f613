"""Who we are: one record and no list. What is said on all pages for a time."""

from django import forms
from django.contrib import admin
from django.shortcuts import redirect

from publishing.admin import ContentAdmin, ContentForm
from publishing.models import Announcement, Portal
from publishing.portal import Section

COLOUR_HELP = (
    "Skriv # og seks tegn, fx #10314f. Uden farver bruges portalens egne. Kontrasten prøves, når du gemmer."
)


class PortalForm(ContentForm):
    closed = forms.MultipleChoiceField(
        label="Lukket for offentligheden",
        choices=Section.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Det, du sætter flueben ved, kan ingen læse, søge frem eller hente.",
    )

    class Meta:
        widgets = {"logo": forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})}


@admin.register(Portal)
class PortalAdmin(ContentAdmin):
    form = PortalForm
    help_texts = {
        "name": "Står øverst på alle sider, i mails og i filer.",
        "municipality": "Det fulde navn, fx Fjordby Kommune.",
        "municipality_short": "Det, man siger, fx Fjordby. Bruges i «Du bor i …».",
        "municipality_genitive": "Fx Fjordby Kommunes. Bruges i «… forståelsesramme».",
        "promise": "To korte linjer. De står på forsiden, i foden og på billedet, når nogen deler en side.",
        "welcome": "Et par sætninger på forsiden.",
        "city_goal": "Det, jeres mål skal støtte, fx byrådsmål. Skriv det, som det står midt i en sætning.",
        "contact_email": "Læserne kan skrive hertil. Adressen står på alle sider.",
        "security_email": "Står i security.txt. Uden den bruges portalens e-mail.",
        "was_url": "Adressen på was.digst.dk. Loven kræver en erklæring.",
        "logo": "Indholdet af en SVG-fil med viewBox. Scripts, billeder og links bliver taget ud.",
        "main_colour": COLOUR_HELP,
        "accent_colour": COLOUR_HELP,
        "main_colour_dark": "Den samme farve, lys nok til mørk bund.",
        "accent_colour_dark": "Den samme farve, lys nok til mørk bund.",
    }
    fieldsets = [
        (None, {"fields": [
            "name", "municipality", "municipality_short", "municipality_genitive", "promise",
            "promise_rest", "welcome", "city_goal",
        ]}),
        ("Find os", {"fields": [
            "main_site", "address", "phone", "cvr", "contact_email", "security_email", "was_url",
        ]}),
        ("Udseende", {"fields": [
            "logo", "main_colour", "main_colour_dark", "accent_colour", "accent_colour_dark",
        ]}),
        ("Åbent og lukket", {"fields": ["closed"]}),
    ]  # fmt: skip

    def changelist_view(self, request, extra_context=None):
        """There is one: the way to the list leads to it, or to writing it."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        portal = Portal.objects.first()
        return redirect(self.address(portal) if portal else self.list_address("add"))

    def add_view(self, request, form_url="", extra_context=None):
        """Of what there is, no second one is made."""
        if Portal.objects.exists():
            return redirect(self.list_address())
        return super().add_view(request, form_url, extra_context)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Announcement)
class AnnouncementAdmin(ContentAdmin):
    list_display = ["text", "is_crisis", "shown_from", "shown_until"]
    search_fields = ["text", "text_en"]
    help_texts = {
        "text": "Kort, og med det vigtigste først. Den står øverst på alle sider.",
        "is_crisis": "Beskeden kommer øverst og i rødt.",
        "shown_until": "Tom = til nogen sletter den.",
    }
    fields = ["text", "url", "is_crisis", "shown_from", "shown_until"]
