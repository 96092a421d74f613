"""«Oplysninger til dem, der skriver»: each change is a new version, and begins as the last one was."""

from django.contrib import admin

from privacy.models import PrivacyNotice
from publishing.admin import AddedOnlyAdmin

TEXTS = [
    "controller", "controller_contact", "dpo", "dpo_contact", "basis", "basis_en", "recipients",
    "recipients_en", "authority",
]  # fmt: skip


@admin.register(PrivacyNotice)
class PrivacyNoticeAdmin(AddedOnlyAdmin):
    list_display = ["__str__", "recorded_at", "controller", "dpo", "lacks"]
    fields = TEXTS
    actions = None

    def get_changeform_initial_data(self, request):
        newest = PrivacyNotice.objects.in_force()
        return {name: getattr(newest, name) for name in TEXTS} if newest else {}

    @admin.display(description="mangler")
    def lacks(self, notice):
        return ", ".join(notice.missing) or "intet"
