"""Old addresses that lead on, and short ones for a poster."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse

from compass.models import Redirect
from publishing.admin import ContentAdmin, ContentForm
from publishing.admin.references import is_good_link, leads_to_a_page, own_path
from publishing.danish_order import danish_order
from publishing.slugs import slug_of


class RedirectForm(ContentForm):
    """`old` is one word after the host, as on a poster; those that came by a renaming stay as they are."""

    def clean_old(self):
        typed = self.cleaned_data["old"]
        if typed == self.instance.old:
            return typed
        word = slug_of(typed.strip().strip("/"))
        if not word or "/" in typed.strip().strip("/"):
            raise ValidationError("Skriv ét ord, fx «samtale». Adressen bliver så /samtale/.")
        address = reverse("compass:page", args=[word])
        if leads_to_a_page(address):
            raise ValidationError(f"Der er allerede en side på {address}. Vælg et andet ord.")
        return address

    def clean_new(self):
        typed = self.cleaned_data["new"].strip()
        address = own_path(typed)
        if not address or not is_good_link(address):
            raise ValidationError(
                "Der er ingen offentlig side der. Kopiér adressen fra den, fx /veje/lytte/."
            )
        return address

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("old") and cleaned.get("old") == cleaned.get("new"):
            raise ValidationError("Adressen kan ikke føre til sig selv.")
        return cleaned


@admin.register(Redirect)
class RedirectAdmin(ContentAdmin):
    form = RedirectForm
    fields = ["old", "new"]
    list_display = ["old", "new", "moved_at"]
    search_fields = ["old", "new"]
    ordering = [danish_order("old")]
    help_texts = {
        "old": "Ét ord, fx «samtale». Så fører /samtale/ til siden.",
        "new": "Adressen på en offentlig side på portalen, fx /veje/lytte/.",
    }
