"""What a municipality still has to fill in before the portal is its own, with links; for administrators."""

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib.admin import AdminSite
from django.urls import reverse

from compass.models import Contact
from privacy.models import PrivacyNotice
from privacy.retention import undecided
from publishing.models import Portal
from publishing.registry import content_types

# Not needed to show the portal to anybody, but to run it as one's own.
FIELDS = [
    "name", "municipality", "municipality_short", "municipality_genitive", "promise", "welcome", "city_goal",
    "main_site", "address", "phone", "cvr", "contact_email", "security_email", "was_url", "logo",
    "main_colour", "name_en", "municipality_en", "municipality_short_en", "municipality_genitive_en",
    "promise_en", "welcome_en", "city_goal_en",
]  # fmt: skip
OPTIONAL = {"picture", "attachment", "source", "goodbye"}  # a portal may do without


class Missing(NamedTuple):
    what: str
    needs: list[str]
    url: str


def missing(site: AdminSite) -> list[Missing]:
    """In the order in which it is best done: docs/adopting.md."""
    portal = Portal.objects.first() or Portal()
    names = [str(Portal._meta.get_field(name).verbose_name) for name in FIELDS if not getattr(portal, name)]
    notice = (PrivacyNotice.objects.in_force() or PrivacyNotice()).missing
    periods = [str(kind.label) for kind in undecided()]
    contacts = [] if Contact.objects.filter(is_shown=True).exists() else ["ingen vises på siden"]
    found = [
        Missing("Portalen", names, reverse("admin:publishing_portal_changelist")),
        Missing("Oplysninger til dem, der skriver", notice, reverse("admin:privacy_privacynotice_add")),
        Missing("Frister for sletning", periods, reverse("admin:privacy_retentionperiod_add")),
        Missing("Kontakter", contacts, reverse("admin:compass_contact_changelist")),
    ]
    return [one for one in [*found, *_content(site)] if one.needs]


def _content(site: AdminSite) -> Iterator[Missing]:
    """Each kind of content that nothing is public of."""
    for one in content_types():
        if one.name in OPTIONAL or one.model is Contact or not site.is_registered(one.model):
            continue
        rows = one.model._default_manager
        found = rows.published() if one.is_dated else rows.all()
        label = str(one.model._meta.verbose_name_plural).capitalize()
        address = reverse(f"admin:{one.model._meta.app_label}_{one.name}_changelist")
        yield Missing(label, [] if found.exists() else ["ingen endnu"], address)
